"""Provenance: what is known of a request's data before anybody looks at it. It only ever raises."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ringfence.vocabulary.labels import UNDECLARED, Label


class Source(msgspec.Struct, frozen=True):
    """What a tag in `x-ringfence-source` means: the labels of everything that comes from there, and why."""

    labels: tuple[Label, ...]
    says: str


SOURCES: dict[str, Source] = {
    "ehr": Source((Label.PHI,), "electronic health records hold protected health information (45 CFR 160.103)"),
    "emr": Source((Label.PHI,), "electronic medical records hold protected health information (45 CFR 160.103)"),
    "claims": Source((Label.PHI,), "health insurance claims are protected health information (45 CFR 160.103)"),
    "pharmacy": Source((Label.PHI,), "prescriptions are protected health information (45 CFR 160.103)"),
    "lab": Source((Label.PHI,), "laboratory results are protected health information (45 CFR 160.103)"),
    "imaging": Source((Label.PHI,), "radiology reports are protected health information (45 CFR 160.103)"),
    "part2": Source((Label.PART2,), "records of substance use disorder treatment (42 CFR 2.11)"),
    "sud": Source((Label.PART2,), "records of substance use disorder treatment (42 CFR 2.11)"),
    "limited-data-set": Source(
        (Label.LIMITED_DATA_SET,), "a limited data set under a data use agreement (45 CFR 164.514(e))"
    ),
    "crm": Source((Label.PERSONAL,), "customer relations data names people"),
    "hr": Source((Label.PERSONAL,), "personnel files name people"),
    "support": Source((Label.PERSONAL,), "support tickets name people"),
    "core-banking": Source((Label.FINANCIAL,), "account data is non-public personal information (16 CFR 314.2(l))"),
    "lending": Source((Label.FINANCIAL,), "loan files are non-public personal information (16 CFR 314.2(l))"),
    "loan": Source((Label.FINANCIAL,), "loan files are non-public personal information (16 CFR 314.2(l))"),
    "payments": Source((Label.CARD,), "payment systems hold cardholder data (PCI DSS v4.0.1)"),
    "vault": Source((Label.SECRET,), "a secrets store holds credentials"),
    "internal": Source((Label.CONFIDENTIAL,), "the organisation's own confidential information"),
    "public": Source((Label.GENERAL,), "published text; says nothing about what else the request carries"),
}
"""Data, not code: customers add tags of their own through the `table` argument; theirs win over these."""


class Provenance(msgspec.Struct, frozen=True):
    """What the API key, the source tags and the label header of a request say.

    `handles` are the labels that the key declares; empty means that it declares nothing, and so may handle anything.
    `sources` are the values of `x-ringfence-source`; `declared_labels` those of `x-ringfence-label`, as sent.
    """

    handles: tuple[Label, ...] = ()
    sources: tuple[str, ...] = ()
    declared_labels: tuple[str, ...] = ()


def declared(provenance: Provenance, table: Mapping[str, Source] = SOURCES) -> tuple[frozenset[Label], tuple[str, ...]]:
    """The labels by provenance, and one plain sentence for each statement that gave some. Never echoes unknown values.

    INVARIANT: each statement adds labels and none removes any: `general` beside `ehr` is still phi. A value that this
    table does not know could mean anything, so it counts as everything; ignoring it would let a typing error lower.
    """
    labels: set[Label] = set()
    reasons: list[str] = []
    if provenance.handles:
        labels.update(provenance.handles)
        reasons.append(f"the key handles {_listed(provenance.handles)}")
    else:
        labels.update(UNDECLARED)
        reasons.append("the key declares nothing, so its traffic is taken to be anything regulated")
    for tag in dict.fromkeys(tag.strip().lower() for tag in provenance.sources):
        source = table.get(tag)
        labels.update(source.labels if source else UNDECLARED)
        reasons.append(
            f"source {tag}: {source.says} ({_listed(source.labels)})"
            if source
            else "a source tag is not in the table of sources, so it is taken to be anything regulated"
        )
    for name in dict.fromkeys(name.strip().lower() for name in provenance.declared_labels):
        try:
            labels.add(Label(name))
            reasons.append(f"the request declares {name}")
        except ValueError:
            labels.update(UNDECLARED)
            reasons.append("a declared label is not one of this gateway's, so it is taken to be anything regulated")
    return frozenset(labels), tuple(dict.fromkeys(reasons))


def _listed(labels: tuple[Label, ...]) -> str:
    return ", ".join(sorted(label.value for label in labels))
