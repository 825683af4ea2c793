"""What stands in for an identifier: typed random surrogates, and the fixed texts of what is removed for good.

A surrogate is `HEAD-BODY` plus, for the two kinds whose shape a model or a JSON schema relies on (`format: email`,
`format: uri`), a tail: `ACCOUNT-K7Q2XD9F`, `mail-k7q2xd9f@masked.example`, `https://site-k7q2xd9f.example`.

* The body is drawn at random and never derived from the value, as 45 CFR 164.514(c)(1) asks of a re-identification
  code: 19 * 8 * 27**5 * 19, about 35 bits. It guards nothing by itself (the vault does): it only has to be unique in
  a scope, which the book checks.
* Domains end in `.example`, which RFC 2606 section 2 keeps free for ever, so that no surrogate reaches a real host.
* Addresses, telephone numbers and dates are plain tokens: 555-01xx has a hundred numbers to an area code and the
  documentation networks of RFC 5737 have 768 addresses, too few to be free of collisions; models rewrite IPv6
  addresses; and a made-up date looks true.
* Forms of one person's name share a body, and the head says which form stood there: `PERSON-K7Q2XD9F` for the first,
  mostly the full name, `LASTNAME-K7Q2XD9F`, `FIRSTNAME-K7Q2XD9F`, and `ALIAS-`, `ALIASB-` ... for any other spelling.
  A model sees one person, and each form comes back as it was written.
* Nothing in a surrogate needs a JSON escape. Only the `/` of a URL is escaped by some writers; `restore` knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from ringfence.vocabulary.entities import ENTITIES, Disposal

DIGITS = "23456789"
LETTERS = "BCDFGHJKMNPQRSTVWXZ"
"""No vowels, so that no word appears, and no character that is mistaken for another in either case (0 O, 1 I L)."""
_PLACES = (LETTERS, DIGITS, *[DIGITS + LETTERS] * 5, LETTERS)
"""The body. Letters at both ends, so that digits beside it in the text never run together with its own; a digit near
the front, so that a detector which looks past words for the digits after a label (`MRN ...`) stops at the body."""
BODY_LENGTH = len(_PLACES)


class Form(msgspec.Struct, frozen=True):
    """How the surrogates of one entity are written. `head` and `tail` hold no hyphen: the body follows the only one."""

    head: str
    tail: str = ""

    def write(self, body: str) -> str:
        """`body` in upper case; written in lower case where the head is, so that a surrogate has one case only."""
        return f"{self.head}-{body.lower() if self.head.islower() else body}{self.tail}"


# INVARIANT: no head ends with another head, so that what is read before a hyphen names one form only (tested).
_CHOSEN: dict[str, Form] = {
    "PROVIDER_NAME": Form("PROVIDER"),
    "BIOMETRIC_ID": Form("BIOMETRIC"),
    "EMAIL_ADDRESS": Form("mail", "@masked.example"),
    "URL": Form("https://site", ".example"),
    "PERSONAL_URL": Form("https://page", ".example"),
    "PHONE_NUMBER": Form("PHONE"),
    "FAX_NUMBER": Form("FAX"),
    "US_SSN": Form("SSN"),
    "US_ITIN": Form("ITIN"),
    "US_EIN": Form("EIN"),
    "DRIVER_LICENSE": Form("DRIVERLICENSE"),
    "LICENSE_NUMBER": Form("CERTIFICATE"),
    "MEDICAL_RECORD_NUMBER": Form("MRN"),
    "HEALTH_PLAN_ID": Form("MEMBER"),
    "US_MBI": Form("MBI"),
    "US_NPI": Form("NPI"),
    "US_DEA": Form("DEA"),
    "ACCOUNT_NUMBER": Form("ACCOUNT"),
    "US_ROUTING_NUMBER": Form("ROUTING"),
    "LICENSE_PLATE": Form("PLATE"),
    "DEVICE_ID": Form("DEVICE"),
    "MAC_ADDRESS": Form("MACADDR"),
    "IP_ADDRESS": Form("IPADDR"),
    "STREET_ADDRESS": Form("STREET"),
    "ZIP_CODE": Form("ZIP"),
    "BIRTH_DATE": Form("BIRTHDAY"),
}

FORMS: dict[str, Form] = {
    name: _CHOSEN.get(name) or Form(re.sub("[^A-Z]", "", name))
    for name, entity in ENTITIES.items()
    if entity.disposal is Disposal.SURROGATE
}
"""The form of each entity that gets a surrogate; an entity that has none listed above is written by its own name."""

LAST_NAME, FIRST_NAME = Form("LASTNAME"), Form("FIRSTNAME")
ALIASES = tuple(Form(f"ALIAS{letter}") for letter in ("", *LETTERS))
"""Further forms of a name whose first form has one of `FORMS`; they take its body."""
_FURTHER = (LAST_NAME, FIRST_NAME, *ALIASES)

LONGEST = max(len(form.write("X" * BODY_LENGTH)) for form in (*FORMS.values(), *_FURTHER))
"""Length of the longest surrogate, in code points."""

# A detector takes the word before a value for its label, and "[PASSWORD REMOVED]/app" would read as the password
# "REMOVED]/app": secrets get a text without such a word.
_REMOVED_WORDS = {
    "CREDIT_CARD": "CARD NUMBER",
    "API_KEY": "ACCESS DETAIL",
    "PRIVATE_KEY": "ACCESS DETAIL",
    "PASSWORD": "ACCESS DETAIL",
}


def removed(entity: str) -> str:
    """The text that replaces a value for good, such as `[CARD NUMBER REMOVED]`. It says the kind, nothing else."""
    return f"[{_REMOVED_WORDS.get(entity, entity.replace('_', ' '))} REMOVED]"


REMOVED: frozenset[str] = frozenset(map(removed, ENTITIES))
"""Every text that `removed` gives for the entities of the vocabulary: policy may have any of them removed."""

STARS = "*" * 8
"""What stands for a value that is masked without a word of its kind. The width is fixed: it tells nothing of the
value's."""


def draw(entity: str, random_bytes: Callable[[int], bytes]) -> str:
    """A fresh surrogate for an entity of `FORMS` (KeyError for any other), out of 16 random bytes.

    128 bits reduced to 35 leave a bias below 2**-92.
    """
    number = int.from_bytes(random_bytes(16), "big")
    body = ""
    for characters in _PLACES:
        number, choice = divmod(number, len(characters))
        body += characters[choice]
    return FORMS[entity].write(body)


def body_of(surrogate: str) -> str:
    """The body of a surrogate, in upper case."""
    return surrogate.partition("-")[2][:BODY_LENGTH].upper()


def key_of(surrogate: str) -> str:
    """What identifies a surrogate within a scope: its body; for a further form of a name, its body and its head."""
    head, body = surrogate.partition("-")[0].upper(), body_of(surrogate)
    return f"{body}.{head}" if head in _FURTHER_HEADS else body


_FURTHER_HEADS = frozenset(form.head for form in _FURTHER)


# Models put a typographic hyphen (U+2010, U+2011) for the ASCII one, and change case; both are read as the surrogate.
_FOLD = str.maketrans(
    {**{chr(code): chr(code - 32) for code in range(ord("a"), ord("z") + 1)}, "\u2010": "-", "\u2011": "-"}
)


def fold(text: str) -> str:
    """ASCII letters in upper case and every hyphen plain; the length stays, so offsets do too."""
    return text.translate(_FOLD)


_BODY_AT = re.compile(f"(?=([{LETTERS}][{DIGITS}][{DIGITS}{LETTERS}]{{{BODY_LENGTH - 3}}}[{LETTERS}]))")


def bodies_in(text: str) -> frozenset[str]:
    """Every body that stands anywhere in `text`, in any ASCII case, also within a word. Linear time."""
    return frozenset(_BODY_AT.findall(text.upper()))


AFTER_HEAD = re.compile(f"[-\u2010\u2011]([2-9{LETTERS}{LETTERS.lower()}]{{{BODY_LENGTH}}})")
"""A hyphen and a body. Cheap to look for; only then are head and tail compared."""

_FORM_BY_HEAD = {fold(form.head): form for form in (*FORMS.values(), *_FURTHER)}
_HEAD_AT_END = re.compile("(?:" + "|".join(map(re.escape, _FORM_BY_HEAD)) + r")\Z")
_LONGEST_HEAD = max(map(len, _FORM_BY_HEAD))


class Occurrence(msgspec.Struct, frozen=True):
    """Text of the shape of a surrogate: code points, half-open; `surrogate` is it as `draw` would have written it."""

    start: int
    end: int
    surrogate: str


def occurrences(text: str) -> Iterator[Occurrence]:
    """Everything in `text` that has the shape of a surrogate, whoever issued it, left to right. Linear time."""
    for match in AFTER_HEAD.finditer(text):
        before = fold(text[max(0, match.start() - _LONGEST_HEAD) : match.start()])
        head = _HEAD_AT_END.search(before)
        if head is None:
            continue
        form = _FORM_BY_HEAD[head[0]]
        end = match.end() + len(form.tail)
        if fold(text[match.end() : end]) == fold(form.tail):
            yield Occurrence(match.start() - len(form.head), end, form.write(match[1].upper()))


def is_surrogate(text: str) -> bool:
    """Whether `text`, from end to end, has the shape of a surrogate. Shape only: whether this scope issued it is
    another question (see `residual`)."""
    return any(found.start == 0 and found.end == len(text) for found in occurrences(text))
