"""Medical record, chart and patient numbers beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, digits, ends, label

_LABEL = label(
    "mrn, mr#, medical record, medical records, med rec, medical rec, medical file, patient id, patient identifier, "
    "patient number, patient no, patient#, chart number, chart no, chart#, chart id, hospital number, hospital no, "
    "hospital id, health record, encounter id, encounter number, visit number, admission number, accession number, "
    "accession no, specimen id, specimen number, nhs number, nhs no, case number, rx number, prescription number, "
    "ehr id, emr id, record number, record no, record#, med record, mr number, mr no, file number, file no, uhid, pt "
    "id, hospital record, "
    "historia clínica, historia clinica, historial clínico, historial, nhc, expediente, expediente clínico, "
    "número de paciente, id del paciente, patientennummer, fallnummer, numéro de dossier"
)
_LABELLED = Labelled(
    _LABEL,
    r"(?:[A-Z]{0,5}[-/ ]?|[A-Za-z]{0,5}[-/]?)\d[A-Za-z0-9]*(?:[-/ .]?[A-Za-z]?\d[A-Za-z0-9]*){0,5}(?:-[A-Z]{1,4})?",
)


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end, "") and len(digits(text[start:end])) >= 4:
            yield Hit(start, end, "MEDICAL_RECORD_NUMBER", LABELLED)


DETECTOR = Detector(
    name="medical_record_number",
    version=1,
    entities=("MEDICAL_RECORD_NUMBER",),
    says="Four or more digits, perhaps with letters, beside a label such as MRN, chart number or patient id.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(H)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("MRN: «00482913»", "MEDICAL_RECORD_NUMBER"),
        marked("medical record number is «H-4482-19»,", "MEDICAL_RECORD_NUMBER"),
        marked('{"patient_id": "«PT0093471»"}', "MEDICAL_RECORD_NUMBER"),
        marked("MRNs «7710234», «7710235» and «7710236»", *("MEDICAL_RECORD_NUMBER",) * 3),
        marked("MRN«7710234»", "MEDICAL_RECORD_NUMBER"),
        marked("número de historia clínica: «884213»", "MEDICAL_RECORD_NUMBER"),
        marked("MRN «00482913», DOB 3/4/1951, SSN 219-09-9999", "MEDICAL_RECORD_NUMBER"),
    ),
    counterexamples=(
        "mRNA 12345 vaccines",
        "the medical record was reviewed for 30 minutes",
        "chart number 3 shows growth",
        "patient number 12 in the queue",
    ),
)
