"""Health plan member, subscriber and beneficiary numbers beside a label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, digits, ends, label

_LABEL = label(
    "member id, member number, member no, member#, membership id, subscriber id, subscriber number, "
    "subscriber no, subscriber, beneficiary id, beneficiary number, beneficiary no, insurance id, insurance "
    "number, insurance no, insurance card, insurance policy, health plan, health plan id, plan id, plan "
    "member, plan number, medicaid, medicaid id, medicaid number, medicare number, medicare no, medicare id, "
    "hicn, group number, group no, group id, payer id, claim #, claim number, claim no, claim id, policyholder id, "
    "health plan beneficiary, hpbn, hpb, mbr id, member#, insurance id number, ins id, payer member, insurance "
    "member id, "
    "plan beneficiary, plan beneficiary number, beneficiary, enrollee id, enrollee number, coverage id, benefit id, "
    "insured id, insurance policy number, "
    "health insurance, insurance member, health id, certificate holder, póliza, poliza, número de póliza, número de "
    "afiliado, afiliado, "
    "número de afiliación, versichertennummer, krankenversicherung, ihi number, health card"
)
_LABELLED = Labelled(
    _LABEL,
    r"(?:(?:[A-Z]{1,8}-){0,2}[A-Z]{0,8}[- ]?|[A-Za-z]{0,5}-?)\d[A-Za-z0-9]*(?:[- ]?[A-Za-z]{0,2}\d[A-Za-z0-9]*){0,"
    r"5}(?:-[A-Z]{1,4})?",
)

_YEAR = re.compile(r"(?:19|20)\d\d")


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end, "") and len(digits(text[start:end])) >= 4 and not _YEAR.fullmatch(text[start:end]):
            yield Hit(start, end, "HEALTH_PLAN_ID", LABELLED)


DETECTOR = Detector(
    name="health_plan_id",
    version=1,
    entities=("HEALTH_PLAN_ID",),
    says="Four or more digits, perhaps with letters, beside a label such as member id, subscriber or claim number.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(I)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("Member ID: «XGH884301277»", "HEALTH_PLAN_ID"),
        marked("her Medicaid number is «4410-2291-07»", "HEALTH_PLAN_ID"),
        marked('"subscriberId":"«W229917734»"', "HEALTH_PLAN_ID"),
        marked("póliza nº «4471220918»", "HEALTH_PLAN_ID"),
    ),
    counterexamples=(
        "the health plan covers 80 percent",
        "group number 4",
        "Medicare pays for it",
        "claim id: none",
        "health insurance 2019",
    ),
)
