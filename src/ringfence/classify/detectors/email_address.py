"""E-mail addresses, also as `name [at] example [dot] org`."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LIKELY, SHAPED, Detector, Hit, marked
from ringfence.classify.matching import compiled, find

_PLAIN = compiled(r"[\pL\pN][\pL\pN._%+'-]*@(?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+\pL{2,24}")
_SPELLED = compiled(
    r"(?i)[\pL\pN._%+-]+ ?[\[({<] ?at ?[\])}>] ?[\pL\pN-]+(?:(?:\.| ?[\[({<] ?dot ?[\])}>] ?)[\pL\pN-]+)+"
)
# Not public suffixes, but endings that follow an @ in code: systemd unit types and retina file names (icon@2x.png).
_NOT_DOMAINS = frozenset(
    ("service", "socket", "timer", "target", "mount", "slice", "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js")
)

# Nobody reads what is sent there, so it is nobody's address. Commits that a coding agent signs hold one.
_NOBODYS = frozenset(("noreply", "no-reply", "donotreply", "do-not-reply"))


def is_nobodys(address: str) -> bool:
    """Whether the part before the @ says that nobody reads it."""
    return address.partition("@")[0].lower() in _NOBODYS


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_PLAIN, text):
        name, _, domain = text[start:end].rpartition("@")
        if domain.rpartition(".")[2].lower() in _NOT_DOMAINS:
            continue
        if is_nobodys(text[start:end]):
            continue
        # git@github.com:team/project.git is the address of a repository, not of a person.
        if name == "git" and text[end : end + 1] in (":", "/"):
            continue
        yield Hit(start, end, "EMAIL_ADDRESS", SHAPED)
    for start, end in find(_SPELLED, text):
        yield Hit(start, end, "EMAIL_ADDRESS", LIKELY)


DETECTOR = Detector(
    name="email_address",
    version=2,
    entities=("EMAIL_ADDRESS",),
    says="Addresses of RFC 5321 shape with a domain of two or more labels, and spelled-out ones in brackets.",
    source="https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2",
    prefilters=("@", r"(?i)[\[({<] ?at ?[\])}>]"),
    extract=extract,
    examples=(
        marked("Write to «mara.lindqvist+lab@klinik-nord.example.org», please.", "EMAIL_ADDRESS"),
        marked("<«o'neil@mail.example.ie»>", "EMAIL_ADDRESS"),
        marked("Grüße an «jörg@bücher.example»!", "EMAIL_ADDRESS"),
        marked("or «tom.frey [at] example [dot] net» instead", "EMAIL_ADDRESS"),
    ),
    counterexamples=(
        "git clone git@github.com:team/project.git",
        "systemctl start getty@tty1.service",
        "background: url(logo@2x.png)",
        "Sent by noreply@mail.example.org",
        "@app.route('/x') and a @ b",
        "npm install left-pad@1.3.0",
    ),
)
