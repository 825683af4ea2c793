"""Passwords, tokens and secrets beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.checksums import entropy_bits
from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import compiled, find

_WORD = (
    r"(?i:pass ?words?|passwd|pass ?phrase|pass ?code|pwd|pword|"
    r"secret[_ -]?(?:access[_ -]?)?key|(?:client[_ -]?)?secret|"
    r"(?:api|access|account|private|signing|encryption)[_ -]?key|(?:access|auth|refresh|session|bearer)[_ -]?token|"
    r"bearer|token|credentials?)"
)
_QUOTED = r"[\"'`][^\"'`\n]{4,200}"
_UNQUOTED = r"[^\s\"'`,;)\]}<>]{4,200}"
_ASSIGNED = compiled(rf"{_WORD}[\"'`*\])]{{0,2}}\s{{0,2}}(?:[:=]{{1,2}}|=>|:=)\s{{0,2}}({_QUOTED}|{_UNQUOTED})")
_SAID = compiled(
    rf"{_WORD}[\"'`*]{{0,2}}(?: (?i:is|was|to|are|of|as|set to|will be|now|:|=))?\s[\"'`]?([^\s\"'`,;<>()]{{6,200}})"
)
_IN_URL = compiled(r"[a-z][a-z0-9+]{1,20}://[^\s/:@\"'<>]{0,64}:([^\s/@\"'<>]{3,128})@")
# What stands where a secret would: examples, code that fetches it, and types.
_PLACEHOLDER = compiled(
    r"(?i)^(?:\*+|x+|\.+|•+|none|null|nil|true|false|undefined|string|str|int|bool|bytes|optional|any|required|redacted|"
    r"hidden|masked|changeme|change_me|example|placeholder|todo|secret|token|password|passwd)$|"
    r"^[\[<{$%&]|^(?:os|process|env|config|settings|self|this|args|request|req|secrets|crypto)[.(\[]|"
    r"^(?:getenv|params|vault|get_|load_|read_|generate|create_|hash|random|std::|new\b|await|function|lambda)|"
    r"^your|[_-]here$|\($|\(\)|\w\(\w*|://|^\d{4}-\d\d-\d\d"
)
_FEW_BITS = 2.5
_MANY_BITS = 3.0


def _mixed(value: str) -> bool:
    """Letters with digits, or either with signs inside: no word of a sentence."""
    inner = value[:-1] if value[-1:] in "!?." else value
    kinds = (
        any(map(str.isalpha, value)),
        any(map(str.isdigit, value)),
        any(not c.isalnum() and c not in "-_'’./:" for c in inner),
    )
    return sum(kinds) >= 2


def _secret(value: str, assigned: bool) -> bool:
    if _PLACEHOLDER.search(value) or len(value) < 6:
        return False
    bits = entropy_bits(value)
    if _mixed(value):
        return bits >= (_FEW_BITS if len(value) < 16 else _MANY_BITS)
    # One kind of character: only a long random string, or a quoted value that is assigned (password = 'letmein').
    cased = not (value.islower() or value.isupper() or value.istitle())
    return value.isalpha() and cased and len(value) >= 16 and bits >= _MANY_BITS and assigned


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_ASSIGNED, text, 1):
        quoted = text[start] in "\"'`"
        start += quoted
        value = text[start:end].rstrip(".!?" if not quoted else "")
        assigned_word = quoted and value.isalnum() and len(value) >= 6 and not _PLACEHOLDER.search(value)
        if _secret(value, True) or (assigned_word and " " not in value and _password_word(text, start)):
            yield Hit(start, start + len(value), "PASSWORD", LABELLED)
    for start, end in find(_SAID, text, 1):
        value = text[start:end].rstrip(".!?:")
        if _secret(value, False) and _unlike_prose(value):
            yield Hit(start, start + len(value), "PASSWORD", LABELLED)
    for start, end in find(_IN_URL, text, 1):
        if not _PLACEHOLDER.search(text[start:end]):
            yield Hit(start, end, "PASSWORD", LABELLED)


def _password_word(text: str, start: int) -> bool:
    """A quoted word is a password only where the label says password: `token = "name"` is code."""
    return any(word in text[max(0, start - 24) : start].lower() for word in ("password", "passwd", "pwd", "passphrase"))


def _unlike_prose(value: str) -> bool:
    """In a sentence the value needs a digit and a letter: `the token is rate-limited` names no secret."""
    return len(value) >= 12 or (not value[0].isdigit() and any(map(str.isdigit, value)))


DETECTOR = Detector(
    name="password",
    version=1,
    entities=("PASSWORD",),
    says="Values with the entropy of a secret beside a label such as password, token or secret, and passwords in URLs.",
    source="https://cwe.mitre.org/data/definitions/798.html",
    prefilters=(_WORD, r"://[^\s/:@]{0,64}:[^\s/@]{3,128}@"),
    extract=extract,
    examples=(
        marked("password: «Tr4vel!Hound»", "PASSWORD"),
        marked('db_password = "«marigold»"', "PASSWORD"),
        marked("the Wi-Fi password is «blue7Canyon»", "PASSWORD"),
        marked("client_secret=«8f2Kq7Lz0PwXr4Tn»", "PASSWORD"),
        marked("postgres://app:«s3cr3tPhrase»@db.internal/app", "PASSWORD"),
    ),
    counterexamples=(
        "password: string",
        "max_tokens: 4096",
        'password = os.environ["DB_PASSWORD"]',
        "my password is incorrect and the token is expired",
        "api_key: YOUR_API_KEY_HERE",
        "password: ********",
        'token = "name"',
        "the token is rate-limited",
        "secret: ${SECRET}",
        "The password must have 12 characters",
    ),
)
