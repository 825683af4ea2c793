"""Account, loan, policy and customer numbers beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, digits, ends, label

_LABEL = label(
    "account, acct, accnum, acc no, acc number, a/c, account no, account number, bank account, checking account, "
    "savings account, loan number, loan no, loan id, mortgage number, mortgage no, policy number, policy no, "
    "customer number, customer no, customer id, sort code, swift account, "
    "cuenta, número de cuenta, cuenta bancaria, préstamo, número de préstamo, kontonummer, kundennummer, member "
    "account, "
    "routing and account, brokerage account, ira account, card account, guarantor account, financial account"
)
_LABELLED = Labelled(_LABEL, r"[A-Z]{0,4}[ -]?\d(?:[ -]?\d){4,16}(?:-?[A-Z]{1,4})?")


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        start += text[start] in " -"
        if ends(text, end, "-.,") and len(digits(text[start:end])) >= 5:
            yield Hit(start, end, "ACCOUNT_NUMBER", LABELLED)


DETECTOR = Detector(
    name="account_number",
    version=1,
    entities=("ACCOUNT_NUMBER",),
    says="Five or more digits, perhaps after a few capitals, beside a label such as account or loan number.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(J)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("account number is «000123456789»", "ACCOUNT_NUMBER"),
        marked("Acct# «4471-220-918»", "ACCOUNT_NUMBER"),
        marked('"loanNumber": "«LN-00482210»"', "ACCOUNT_NUMBER"),
    ),
    counterexamples=(
        "the account balance is 50000",
        "an account of 10000 words",
        "account ending in 1234",
        "account opened 2021",
    ),
)
