"""Names behind a title, and clinicians' names before their degrees."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import compiled, find, matches
from ringfence.classify.nameforms import CAPITALISED, EPONYMS, NOT_NAMES, SUFFIX, WORD
from ringfence.classify.wordlists import words

_TITLE = (
    r"(?:Mr|Mrs|Ms|Mx|Messrs|MR|MRS|MS)\.?|Miss|Master|Sr\.|Sra\.?|Srta\.?|Señora?|Señorita|Herr|Frau|Monsieur|"
    r"Madame|Mme\.?|Mlle\.?"
)
_DOCTOR = r"(?:Drs?|Dra|DR|Prof)\.?|Doctora?|Professor|Nurse|Doktor"
_LOWER = r"(?:mr|mrs|ms|dr|sr|sra|srta|dra)\."
_TITLED = compiled(
    rf"\b((?:{_DOCTOR})(?: Med\.?)?|(?:{_TITLE})(?: (?:Dr|Prof)\.)?) (?:and (?:{_TITLE}) )?({CAPITALISED}){SUFFIX}"
)
_LOWERED = compiled(rf"\b({_LOWER}) ([A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]{{2,}})")
_DEGREE = (
    r"(?:M\.D\.|D\.O\.|MBBS|R\.N\.|RN|BSN|NP|FNP|ARNP|CRNP|APRN|PA-C|DDS|DMD|DPM|OD|PharmD|LCSW|LMFT|LPC|PsyD|CNM|"
    r"CRNA|RPh|DNP|DVM)"
)
_BEFORE_DEGREE = compiled(rf"\b({WORD}(?: {WORD}){{1,3}}),? {_DEGREE}\b")
_SIGNED = compiled(
    rf"(?i:\b(?:by|signed|attending|physician|provider|surgeon|referring|pcp|dictated|with|see|doctor|from)[: "
    rf"]+)({WORD}(?: {WORD}){{1,3}}),? (?:MD|DO)\b"
)
# Words that end a name, or show that there was none: `Mr. Speaker`, `Dr. Office`, `MS Word`, `Nurse Practitioner`.
_STOP = words(
    """
    word excel office teams windows access sql dos visual paint project powerpoint outlook azure edge store
    practitioner practitioners manager managers station call line staff education visit visits appointment
    appointments note notes class degree students student program programs school award prize series imaging
    angiography enterography elastography cholangiography venography spectroscopy scan patients patient contin
    thesis
    """
)
_AFTER = words(
    """
    is was has had will would can could should may might does did said says and or presents presented reports
    reported reviewed office clinic hospital please if when what how why i he she we they the a an this that
    these in on at for to of with from by as but so then there here yes no thanks thank you your my his her our
    their january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday mrn dob ssn id age aged phone email fax address dear hi hello
    regards sincerely
    """
)
_CAPS_ONLY = frozenset(("MR", "MRS", "MS", "DR"))


def _name_end(text: str, start: int, end: int) -> int:
    """Where the name ends: before the first word that is none. `start` itself where nothing is left."""
    at, last = start, start
    for word in text[start:end].split(" "):
        bare = word.strip(".,'’").lower().replace("’", "'").partition("'")[0]
        if bare in _AFTER or bare in _STOP or (at > start and bare in EPONYMS and bare in _STOP):
            break
        at += len(word) + 1
        last = at - 1
    last -= 2 * text[start:last].endswith(("'s", "’s"))
    return max(start, min(last, end))


def extract(text: str) -> Iterator[Hit]:
    for (first, last), (start, end), (_, whole) in matches(_TITLED, text, 1, 2, 0):
        title, stop = text[first:last], _name_end(text, start, end)
        word = text[start:stop].partition(" ")[0].strip(".'’").lower()
        if stop == start or word in EPONYMS or word in NOT_NAMES or _abbreviation(title, text[start:stop]):
            continue
        stop = whole if stop == end else stop
        if text[stop : stop + 1] == "." and text[stop - 2 : stop] in ("Jr", "Sr"):
            stop += 1
        yield Hit(first, stop, _entity(title), LABELLED)
    for (first, last), (start, end) in matches(_LOWERED, text, 1, 2):
        word = text[start:end].lower()
        if text[start:end].islower() and word not in NOT_NAMES | EPONYMS | _STOP | _AFTER:
            yield Hit(first, end, _entity(text[first:last].capitalize()), LABELLED)
    for pattern in (_BEFORE_DEGREE, _SIGNED):
        for start, end in find(pattern, text, 1):
            yield Hit(_without_opening(text, start, end), end, "PROVIDER_NAME", LABELLED)


def _entity(title: str) -> str:
    return "PROVIDER_NAME" if title.startswith(("Dr", "DR", "Doc", "Dok", "Prof", "Nurse")) else "PERSON"


def _abbreviation(title: str, name: str) -> bool:
    """`MR T2 imaging`, `MS OFFICE`: a title in capitals needs a name in capitals of more than two letters."""
    return title in _CAPS_ONLY and not (name.isupper() and len(name) > 3)


def _without_opening(text: str, start: int, end: int) -> int:
    """The start behind capitalised words of the sentence that stand before the name: `By Jane Roe, RN`."""
    while (gap := text.find(" ", start, end)) > 0 and text[start:gap].strip(
        "."
    ).lower() in _AFTER | NOT_NAMES | _OPENING:
        start = gap + 1
    return start


_OPENING = words("signed seen by attending provider physician nurse referring discussed dictated dr called contact")

DETECTOR = Detector(
    name="titled_name",
    version=1,
    entities=("PERSON", "PROVIDER_NAME"),
    says="Capitalised words behind a title such as Mr., Mrs., Sra. or Dr. and before a degree such as RN; no eponyms.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(A)",
    prefilters=(
        rf"\b(?:{_TITLE}|{_DOCTOR}) (?:[A-ZÀ-ÞĀ-ž]|(?:d|v|a|b|el|la|le|st|ter))",
        rf"\b{_LOWER} [A-Za-zÀ-ɏ]",
        rf"[A-Za-zÀ-ɏ],? (?:{_DEGREE}|MD|DO)\b",
    ),
    extract=extract,
    examples=(
        marked("«Mr. Osei» met «Mrs. Anna de la Cruz» and «Dr. L. Chen».", "PERSON", "PERSON", "PROVIDER_NAME"),
        marked("«Ms. Mara L.» and «Mr. Tom O'Neil Jr.» came", "PERSON", "PERSON"),
        marked("la «Sra. Núñez Prieto» vio a la «Dra. Ibáñez»", "PERSON", "PROVIDER_NAME"),
        marked("Seen by «Rui Costa», PA-C, and by «Lena Bauer», MD.", "PROVIDER_NAME", "PROVIDER_NAME"),
        marked("«MR OKOYE», «mrs. okoye» and «Prof. Marlowe»", "PERSON", "PERSON", "PROVIDER_NAME"),
        marked("«Dr. Frey» She left", "PROVIDER_NAME"),
    ),
    counterexamples=(
        "Dr. Pepper and Mr. Potato Head",
        "MR angiography of the MS patients",
        "MS Word and MR T2 images",
        "Nurse Practitioner wanted",
        "Silver Spring, MD 20910",
        "Mr. President, Mr. Speaker",
        "a 5 ms timeout, dr visit",
        "Dr. No is a film",
    ),
)
