"""Numbers of cases, studies, requests and persons that no other detector names, and national identity numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.classify.checksums import curp, dni
from ringfence.classify.detector import CHECKED, DOUBTFUL, LABELLED, LIKELY, Detector, Hit, marked
from ringfence.classify.matching import Labelled, alone, before, compiled, digits, ends, find, label

_LABEL = label(
    "case #, case id, case no, case ref, case reference, study id, study number, study no, subject id, subject number, "
    "subject no, "
    "participant id, participant number, participant no, enrollment id, trial id, referral number, referral no, "
    "referral id, "
    "authorization number, authorization no, authorization id, prior auth, prior authorization, auth number, auth no, "
    "incident number, incident no, incident id, docket number, docket no, application number, application id, "
    "application no, "
    "lab order, lab order number, lab id, requisition number, requisition no, requisition, sample id, sample number, "
    "confirmation number, reference number, reference no, ref number, employee id, employee number, employee no, "
    "staff id, "
    "student id, student number, badge id, person id, personal id, individual id, unique id, unique identifier, "
    "donor id, "
    "recipient id, transplant id, registry id, registry number, tracking id, national id, national id number, "
    "identity card, "
    "identity number, id card, id number, id no, inmate number, booking number, file reference, patient reference, "
    "client id, client number, client no, client reference, applicant id, borrower id, crm id, service request number, "
    "número de caso, número de identificación, identificación, cédula, número de empleado, ausweisnummer, "
    "personalausweis, personalnummer"
)
_NUMBER = r"(?:(?:[A-Z]{1,6}[-/ ]?){0,2}|[a-z]{1,4}[-/]?)\d[A-Za-z0-9]*(?:[-/.][A-Za-z]{0,3}\d*[A-Za-z]{0,2}){0,5}"
_YEAR = re.compile(r"(?:19|20)\d\d")
_LABELLED = Labelled(_LABEL, _NUMBER)
_DNI = r"\b(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]\b"
_DNI_LABEL = label("dni, d.n.i., nie, n.i.e., nif, documento, documento de identidad")
_LABELLED_DNI = Labelled(_DNI_LABEL, r"(?:\d{2}\.?\d{3}\.?\d{3}|[XYZxyz]-?\d{7})[ -]?[A-Za-z]?")
_CURP = r"\b[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b"
_FIND_DNI, _FIND_CURP = compiled(_DNI), compiled(_CURP)
# `(ID: 4471220)`, `ID# 4471220`: an ID alone names a person only where the text around it speaks of one.
_PLAIN = r"(?:^|[^A-Za-z0-9_])(?:ID|Id|id)(?: (?:number|no\.?|is|#))?\s?[:#]{0,2}\s?"
_FIND_PLAIN = compiled(rf"{_PLAIN}([A-Z]{{0,4}}-?\d[\d-]{{3,16}}\d)")
_PERSON = compiled(
    r"(?i)\b(?:patients?|pt|mrs?|ms|dr|year[- ]old|y/?o|male|female|woman|man|member|client|insured|admitted|"
    r"diagnos\w*|treat\w*|seen|born|"
    r"dob|surgery|therapy|his|her|named?|resident|employee|student|paciente|claim\w*|policy)\b"
)
_HEX = compiled(r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-|^(?:19|20)\d{2}-\d\d-\d\d$")


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        value = text[start:end].rstrip("-/. ")
        end = start + len(value)
        if ends(text, end, "") and len(digits(value)) >= 4 and not _YEAR.fullmatch(value):
            yield Hit(start, end, "UNIQUE_ID", LABELLED)
    for start, end in find(_FIND_PLAIN, text, 1):
        if (
            alone(text, start, end, "-.")
            and _PERSON.search(text[max(0, start - 160) : end + 60])
            and not _HEX.search(text[start:end])
        ):
            yield Hit(start, end, "UNIQUE_ID", LIKELY)
    yield from _national(text)


def _national(text: str) -> Iterator[Hit]:
    for start, end in find(_FIND_DNI, text):
        if alone(text, start, end) and dni(text[start:end]) and before(text, start, 1) != ".":
            yield Hit(start, end, "UNIQUE_ID", CHECKED, checked=True)
    for start, end in _LABELLED_DNI.spans(text):
        if ends(text, end, ""):
            valid = dni(text[start:end])
            yield Hit(start, end, "UNIQUE_ID", CHECKED if valid else DOUBTFUL, checked=valid)
    for start, end in find(_FIND_CURP, text):
        valid = curp(text[start:end])
        yield Hit(start, end, "UNIQUE_ID", CHECKED if valid else LIKELY, checked=valid)


DETECTOR = Detector(
    name="unique_id",
    version=1,
    entities=("UNIQUE_ID",),
    says="Four or more digits, perhaps with letters, beside a label such as case id or participant number; five beside "
    "a bare ID where the text speaks of a person; Spanish DNI and NIE by their check letter and Mexican CURP.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(R)",
    prefilters=(_LABEL, _DNI, _DNI_LABEL, _CURP, rf"{_PLAIN}(?:[A-Z]{{0,4}}-?\d)"),
    extract=extract,
    examples=(
        marked("Study ID «CT-88213-04», participant no. «00471»", "UNIQUE_ID", "UNIQUE_ID"),
        marked("prior authorization «PA2200187» was granted", "UNIQUE_ID"),
        marked("the patient (ID: «4471220») was seen", "UNIQUE_ID"),
        marked("con DNI «12345678Z» y NIE «X1234567L»", "UNIQUE_ID", "UNIQUE_ID"),
        marked("CURP «BEXM820115MDFRNR03»", "UNIQUE_ID"),
    ),
    counterexamples=(
        "order number 100234558 shipped",
        "id: 12345 of the row",
        "ticket SUP-48213 is a duplicate",
        "case 12 of 40",
        "request id=550e8400-e29b-41d4-a716-446655440000",
        "part 12345678A",
        "the study id is missing",
        "no prior authorization since 2019, study id 2021",
    ),
)
