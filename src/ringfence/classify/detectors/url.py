"""Web addresses, and those that point at one person's account."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import CONFIRMED, LIKELY, SHAPED, Detector, Hit, marked
from ringfence.classify.matching import compiled, find

# Suffixes (https://data.iana.org/TLD/tlds-alpha-by-domain.txt) under which a name without scheme is taken for a domain.
# Left out: file endings and words of code and text (py, sh, md, rs, pl, is, it, to, in, me, id, info, app).
_SUFFIXES = (
    "com org net edu gov mil biz io ai co uk de fr nl be ch cz dk fi hu ie jp kr cn br mx ca au nz es pt eu gr hr ro "
    "ru se sk tr ua za il sg hk tw th vn ee lv lt lu cy bg ar cl int museum health hospital clinic bank"
)
_SUFFIX = "|".join(_SUFFIXES.split())
_SCHEME = compiled(r"(?i)\b(?:https?|ftps?|sftp|wss?)://[^\s<>\"'`|\\^{}]+|\bwww\d?\.[\pL\pN-]+\.[^\s<>\"'`|\\^{}]+")
_BARE = compiled(
    rf"\b[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*\.(?:{_SUFFIX})\b"
    r"(?:\.(?:[a-z]{2})\b)?(?:[/?#][^\s<>\"'`|\\^{}]*)?"
)
_PERSON = compiled(
    r"(?i)://[^/\s]+@|/~[\w.-]+|@|%40|linkedin\.com/(?:in|pub)/[\w%.-]+|"
    r"/(?:users?|profiles?|people|person|members?|patients?|customers?)/(?:[\w%.-]*\d[\w%.-]*|[\w%-]+\.[\w%-]+|[a-z][\w%-]{2,})(?:[/?#]|$)|"
    r"(?:facebook|instagram|twitter|x|tiktok)\.com/[\w.]{3,}/?$|\bt\.me/\w{4,}|"
    r"[?&#;](?:e-?mail|user(?:name|_?id)?|uid|patient(?:_?id)?|member(?:_?id)?|mrn|ssn|dob|phone|(?:first|last|full)_?name)=[^&\s]"
)
_GENERIC = compiled(
    r"(?i)/(?:users?|profiles?|people|person|members?|patients?|customers?)/(?:me|new|list|search|login|index|settings|all|guide|docs?)(?:[/?#.]|$)"
)
_LOCAL = compiled(r"(?i)^[a-z]+://(?:localhost|127\.|0\.0\.0\.0|\[::1\])")


def _trimmed(text: str, start: int, end: int) -> int:
    """The end without the punctuation of the sentence around the address."""
    while end > start and text[end - 1] in ".,;:!?)]*_":
        if text[end - 1] == ")" and "(" in text[start:end]:
            break
        end -= 1
    return end


def _hit(text: str, start: int, end: int, score: float) -> Hit:
    value = text[start:end]
    personal = _PERSON.search(value) and not _GENERIC.search(value)
    return Hit(start, end, "PERSONAL_URL", CONFIRMED) if personal else Hit(start, end, "URL", score)


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_SCHEME, text):
        end = _trimmed(text, start, end)
        if not _LOCAL.search(text[start:end]):
            yield _hit(text, start, end, SHAPED)
    for start, end in find(_BARE, text):
        end = _trimmed(text, start, end)
        host = text[start:end].partition("/")[0]
        suffix = host.rpartition(".")[2]
        following = text[end : end + 1]
        if text[start - 1 : start] in ("@", "/", ".", "_", "-", "%") and start:
            continue  # the domain of an e-mail address, or a piece of a longer address or path
        if following == "." and text[end + 1 : end + 2].isalnum():
            continue  # java.io.File
        if following in ("(", "[", "_", "@") or not (suffix.islower() or host.isupper()) or len(host) < len(suffix) + 3:
            continue  # code such as data.de(), or an abbreviation
        if not host.replace(".", "").isdigit() and host.lower() not in ("asp.net", "vb.net", "ado.net", "ml.net"):
            yield _hit(text, start, end, LIKELY)


DETECTOR = Detector(
    name="url",
    version=1,
    entities=("URL", "PERSONAL_URL"),
    says="Addresses with a scheme or www, bare domains under common suffixes; personal ones name an account or person.",
    source="https://www.rfc-editor.org/rfc/rfc3986, https://data.iana.org/TLD/tlds-alpha-by-domain.txt",
    prefilters=(r"://", r"(?i)\bwww\d?\.", rf"[A-Za-z0-9]\.(?:{_SUFFIX})\b"),
    extract=extract,
    examples=(
        marked("see «https://status.example.org/incidents?id=4», then", "URL"),
        marked("(«www.example.com»)", "URL"),
        marked("bought at «shop.example.co.uk» and «example.net/a»", "URL", "URL"),
        marked("profile «https://www.linkedin.com/in/jo-marlowe-4471»", "PERSONAL_URL"),
        marked("«https://portal.example.org/patients/88213»", "PERSONAL_URL"),
        marked("«http://example.edu/~mlowe/» and «https://a.example/?email=x%40y.org»", "PERSONAL_URL", "PERSONAL_URL"),
    ),
    counterexamples=(
        "run main.py, e.g. with setup.sh, i.e. not a.out",
        "http://localhost:8080/users/5",
        "x = frame.de(4)",
        "ASP.NET on System.IO",
        "mail jo@example.com",
        "versions 1.2 and 3.10",
    ),
)
