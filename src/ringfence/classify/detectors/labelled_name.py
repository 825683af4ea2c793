"""Names, employers, facilities and places in forms: `Patient name: john smith`, `Employer: ...`, `City: ...`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, LIKELY, Detector, Hit, marked
from ringfence.classify.matching import compiled, find
from ringfence.classify.nameforms import NOT_NAMES, OPENERS

_WHO = (
    "patient|member|client|subscriber|insured|policy ?holder|beneficiary|guarantor|customer|applicant|borrower|"
    "co-?borrower|"
    "employee|tenant|resident|caller|card ?holder|account ?holder|student|claimant|guardian|mother|father|spouse|"
    "husband|"
    "wife|partner|parent|child|son|daughter|brother|sister|caregiver|contact|recipient|payee|payer|donor|insured party|"
    "responsible party|informant|witness|referrer|pt"
)
_PART = "full|legal|first|last|given|family|middle|maiden|birth|preferred"
# Labels that say `name`; labels that are a role, and then in a dialogue may only say who speaks.
_PERSON = (
    rf"(?:(?:{_WHO})(?:'s|’s)?[ ._-]?(?:{_PART})?[ ._-]?names?|name of (?:the )?(?:{_WHO})|(?:{_PART})[ _-]?name|"
    rf"surname|"
    r"forename|next[ _-]of[ _-]kin|nok|emergency[ _-]contact(?:[ _-]name)?|nombre(?: completo| y apellidos?| del "
    r"paciente)?|"
    r"apellidos?|contacto de emergencia|vorname|nachname|familienname|prénom)"
)
_ROLE = (
    r"(?:patient|client|guarantor|subscriber|policy ?holder|card ?holder|mother|father|spouse|husband|wife|guardian|"
    r"caregiver|"
    r"son|daughter|brother|sister|borrower|co-?borrower|applicant|claimant|insured|paciente|familiar|cónyuge|madre|"
    r"padre|"
    r"patientin)"
)
_PROVIDER = (
    r"(?:(?:attending|referring|primary care|ordering|treating|rendering|admitting|consulting|supervising|performing|"
    r"family)"
    r"[ _-]?(?:physician|provider|doctor|surgeon|clinician|md)?(?:[ _-]name)?|(?:physician|provider|doctor|surgeon|"
    r"clinician|"
    r"therapist|prescriber|practitioner|pharmacist|dentist|radiologist|pathologist|anesthesiologist|nurse)(?:'s|’s)?"
    r"(?:[ _-]name)?|pcp|(?:dictated|signed|electronically signed|reviewed|interpreted|ordered|prescribed|seen|"
    r"performed) by|"
    r"médico|medico|doctora|arzt)"
)
_ORGANISATION = (
    r"(?:employer(?:[ _-]name)?|company[ _-]name|employed by|works at|empresa|empleador|arbeitgeber|workplace)"
)
_FACILITY = r"(?:(?:facility|hospital|clinic|practice|pharmacy|school|nursing home)(?:[ _-]name)?|clínica)"
_PLACE = (
    r"(?:city|town|county|municipality|village|city of residence|place of birth|birth ?place|hometown|ciudad|municipio|"
    r"lugar de nacimiento|localidad|wohnort|geburtsort)"
)
_KINDS = (
    (_PERSON, "PERSON"),
    (_ROLE, "PERSON"),
    (_PROVIDER, "PROVIDER_NAME"),
    (_ORGANISATION, "ORGANIZATION"),
    (_FACILITY, "FACILITY"),
    (_PLACE, "LOCATION"),
)
_CAMEL = r"[a-z](?:FirstName|LastName|FullName|MiddleName|MaidenName)|(?:first|last|full|middle|maiden)Name"
_OPEN = r"(?:^|[\n\r;|{,>\[(\t\"']|[*_]{2}|  |[-•] )[ \t\"'*_-]{0,4}"
_SEPARATOR = r"[\"'*_ ]{0,4}(?:\([^()\n]{1,20}\) ?)?[:=\t|][ \t\"'*_:=-]{0,6}"
_BARE = frozenset((_ROLE, _PROVIDER))
_NAMING = "|".join(kind for kind, _ in _KINDS if kind not in _BARE)
_TWO_CAPITALISED = r"[A-ZÀ-ÞĀ-ž][A-Za-zÀ-ɏ.'’-]*,? [A-ZÀ-ÞĀ-ž]"
_LABEL = (
    rf"(?:{_OPEN}(?i:{_NAMING})|{_CAMEL}){_SEPARATOR}|{_OPEN}(?i:{_ROLE}|{_PROVIDER}){_SEPARATOR}{_TWO_CAPITALISED}"
)
_FIND = compiled(_LABEL)
_HEAD = re.compile(rf"{_OPEN}[^:=\t|\n]*?{_SEPARATOR}|[^:=\t|\n]*?{_SEPARATOR}")
_ENTITY = tuple((re.compile(kind, re.IGNORECASE), entity) for kind, entity in _KINDS)
_WORD = r"[^\W\d_][^\W\d_]*(?:[.'’-][^\W\d_]*)*"
_NAME = re.compile(rf"{_WORD}(?:,? {_WORD}){{0,4}}")
_ORG = re.compile(r"[^\W_][\w&.'’-]*(?:,? [^\W_&][\w&.'’-]*| &){0,6}")
_STOP = "\n\r;|\t\"'<)]}"
# A value ends where the next field begins: `Patient: john smith DOB: ...`, `name: ann lee, age 40`.
_NEXT = re.compile(
    r"(?i)(?:^|,? )(?:dob|d\.o\.b|mrn|ssn|age|aged|sex|gender|phone|tel|cell|fax|email|e-mail|address|id|date|admitted|"
    r"member|account|acct|policy|insurance|relationship|relation|npi|dea|born|male|female|m\.?d|from|at|on|with|for|is|"
    r"was|has|who|and|or|city|state|zip|county|country|street|name|first|last|patient|provider|employer|facility|birth|"
    r"medical record|years?|room|visit|status|type|to|in|of|by|presents|presented|reports|specialty|signed)\b"
)
_CODE = "([=<{_/@$"


def extract(text: str) -> Iterator[Hit]:
    for first, _ in find(_FIND, text):
        head = _HEAD.match(text, first)
        if head is None:
            continue
        start = head.end()
        kind, entity = _kind(head.group())
        match = (_NAME if entity in ("PERSON", "PROVIDER_NAME", "LOCATION") else _ORG).match(text, start)
        if match is None:
            continue
        end = _cut(text, start, match.end(), entity)
        value, words = text[start:end], text[start:end].replace(",", " ").split()
        if not words or (text[end : end + 1] and text[end] in _CODE) or words[0].strip(".").lower() in NOT_NAMES:
            continue
        if kind in _BARE and not _fills_field(text, words, end):
            continue
        if _is_name(words, entity) and len(value) > 1:
            yield Hit(start, end, entity, LABELLED if value[0].isupper() else LIKELY)


@functools.lru_cache(maxsize=1024)
def _kind(label: str) -> tuple[str, str]:
    bare = label.strip(" \t\n\r;|{,>[(\"'*_-•").rstrip(":=|\t \"'*_-").partition("(")[0].strip(" \"'*_")
    for (pattern, entity), (kind, _) in zip(_ENTITY, _KINDS, strict=True):
        if pattern.fullmatch(bare):
            return kind, entity
    return _PERSON, "PERSON"


def _cut(text: str, start: int, end: int, entity: str) -> int:
    value = text[start:end]
    # `patient: john smith phone: 555`: the last words belong to the next label.
    if text[end : end + 2].lstrip()[:1] in (":", "=") and " " in value:
        value = value.rpartition(" ")[0]
    if entity in ("PERSON", "PROVIDER_NAME", "LOCATION") and (found := _NEXT.search(value)) is not None:
        value = value[: found.start()]
    value = value.rstrip(" ,-'’")
    if value.endswith(".") and not (len(value) > 2 and value[-2].isupper() and value[-3] in " ."):
        value = value[:-1]
    return start + len(value)


def _fills_field(text: str, words: list[str], end: int) -> bool:
    """A role stands before a name in a form, and before what somebody says in a dialogue: a name of two or more
    capitalised words that fills the field is the former."""
    rest = text[end : end + 12]
    filled = not rest or rest[0] in _STOP or rest.startswith(("  ", ". \n", ".\n")) or _NEXT.match(rest) is not None
    named = len(words) > 1 and all(word[0].isupper() for word in words)
    return filled and named and not any(word.strip(".").lower() in OPENERS for word in words)


def _is_name(words: list[str], entity: str) -> bool:
    if entity in ("PERSON", "PROVIDER_NAME"):
        # A sentence after a colon is no name; forms hold one to four words, of which one alone is capitalised.
        if len(words) > 4 or any(
            word.lower() in NOT_NAMES and not (word.isupper() and len(word) < 3) for word in words
        ):
            return False
        return len(words) > 1 or words[0][0].isupper()
    return words[0][0].isupper() and len(words[0]) > 1


DETECTOR = Detector(
    name="labelled_name",
    version=1,
    entities=("PERSON", "PROVIDER_NAME", "ORGANIZATION", "FACILITY", "LOCATION"),
    says="Words in any case that fill a field such as `Patient name:`, `Attending:`, `Employer:` or `City:`.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(A)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("Patient Name: «john smith»\nEmployer: «Acme Freight LLC»", "PERSON", "ORGANIZATION"),
        marked("Nombre: «María Núñez»; Next of kin: «SMITH, JOHN A»", "PERSON", "PERSON"),
        marked("Attending physician: «Lena Bauer»\nFacility: «St. Brigid Clinic»", "PROVIDER_NAME", "FACILITY"),
        marked(
            '{"firstName": "«Mara»", "last_name": "«Okoye»", "city": "«Harborview»"}', "PERSON", "PERSON", "LOCATION"
        ),
        marked("Patient: «Ann Lee», age 40", "PERSON"),
        marked("**Patient name:** «Rui Costa» DOB: 1/2/1960", "PERSON"),
    ),
    counterexamples=(
        "Patient: has been coughing since Monday",
        "Patient: Good Morning, doctor.",
        "Doctor: How Are You?",
        "patient name: string",
        "first_name: str = None",
        "provider: openai.Client",
        "Name the city: which one?",
        "the patient was seen",
        "city = config.city",
        "facility: none",
    ),
)
