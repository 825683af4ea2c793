"""Login and account names beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, LIKELY, Detector, Hit, marked
from ringfence.classify.matching import compiled, matches
from ringfence.classify.wordlists import words

_LABEL = (
    r"user ?names?|user[ _-]?id|login(?: ?(?:name|id))?|log-?in|log(?:s|ged)? in as|screen ?name|account name|portal "
    r"(?:id|login|user(?:name)?)|"
    r"chart login|sign-?in (?:name|id)|logon(?: ?(?:name|id))?|nombre de usuario|usuario|benutzername|nom "
    r"d'utilisateur|handle"
)
_NETWORK = (
    r"twitter|instagram|insta|ig|tiktok|snapchat|telegram|facebook|linkedin|github|reddit|discord|skype|venmo|"
    r"threads|handle|user|dm"
)
_LABELLED = compiled(
    rf"(?i)(?:^|[^A-Za-z0-9])(?:{_LABEL})[\"'`*]{{0,3}}(\s{{0,2}}[:=]|\s(?:is|was|are|of|es)\b:?|\s#|\s)\s{{0,"
    rf"3}}([\"'`“]?)([a-z0-9][a-z0-9._@\\-]{{2,40}})"
)
_AT = compiled(rf"(?i)\b(?:{_NETWORK})\b[^@\n]{{0,16}}(@[a-z0-9_][a-z0-9_.]{{2,30}})")
# What stands there in code, in forms and in service files.
_NOBODY = words(
    """
    string str text int integer number uuid bigint long serial optional list dict bytes nullable unknown varchar
    none null nil true false required optional missing empty invalid incorrect unknown
    root admin administrator postgres mysql redis guest user username users test default nobody anonymous system
    service ubuntu debian nginx apache www-data runner app deploy git ec2-user foo bar name email password login
    is was and or not the your redacted your_username my_user page form button screen attempt failed success
    error os.environ sa field example placeholder changeme value any object self this request process config
    settings env get set new id
    """
)


def extract(text: str) -> Iterator[Hit]:
    for (mark_start, mark_end), (_, quoted), (start, end) in matches(_LABELLED, text, 1, 2, 3):
        value = text[start:end].rstrip(".-@\\")
        end = start + len(value)
        said = text[mark_start:mark_end].strip().lower()
        said = said.rstrip(":") or said
        following = text[end : end + 2]
        if (
            value.lower() in _NOBODY
            or len(value) < 3
            or following[:1] in ("(", "[", "=")
            or (value.isdigit() and len(value) < 5)
        ):
            continue
        if _is_login(value, said, bool(quoted > mark_end and text[start - 1 : start] in "\"'`“"), following):
            yield Hit(start, end, "USERNAME", LABELLED)
    for ((start, end),) in matches(_AT, text, 1):
        yield Hit(start, start + len(text[start:end].rstrip(".")), "USERNAME", LIKELY)


def _is_login(value: str, said: str, quoted: bool, following: str) -> bool:
    """A digit, or a dot or dash between letters, makes a login; mere letters only in a form's field or in quotes."""
    inner = value[1:-1]
    name = value.split(".")[0]
    if following.lstrip()[:1] in ("|", "=", "?"):  # a type in code
        return False
    if name in (
        "os",
        "self",
        "config",
        "settings",
        "request",
        "req",
        "process",
        "args",
        "env",
        "ctx",
        "this",
        "session",
    ):
        return False
    if any(map(str.isdigit, value)):
        return any(map(str.isalpha, value)) or said in (":", "=")
    if any(mark in inner for mark in "._-") and said != "=":
        return said in (":", "is", "was", "es") or quoted
    lower = value.islower()
    return (
        lower
        and (said == ":" or (said in ("is", "was", "es") and quoted))
        and following[:1] in ("", "\n", "\r", ",", ";", '"', "'", " ", ".")
    )


DETECTOR = Detector(
    name="username",
    version=1,
    entities=("USERNAME",),
    says="Login names beside a label such as username or login, and handles with an @ beside the name of a network.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(R)",
    prefilters=(
        rf"(?i)(?:^|[^A-Za-z0-9])(?:{_LABEL})[\"'`*]{{0,3}}(?:\s|[:=])",
        rf"(?i)\b(?:{_NETWORK})\b[^@\n]{{0,16}}@[a-z0-9_]",
    ),
    extract=extract,
    examples=(
        marked("Username: «mokoye»", "USERNAME"),
        marked("her portal login is «m.okoye-82»,", "USERNAME"),
        marked('{"userId": "«jfrey1974»", "x": 1}', "USERNAME"),
        marked("find him on Instagram as «@rui_costa77».", "USERNAME"),
        marked("usuario: «nprieto»", "USERNAME"),
    ),
    counterexamples=(
        "username: string",
        "username is required",
        "login: LoginForm",
        "user id 4",
        "username = os.environ",
        "the login page was slow",
        "handle the error",
        "Username: admin",
        "log in as root",
        "def f(user_id: Key | None, username: foo = 3)",
    ),
)
