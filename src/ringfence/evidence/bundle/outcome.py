"""What a verification of a bundle says: its steps, and what follows from them, claim by claim."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from ringfence.ledger.anchors.anchor import Anchor
from ringfence.ledger.observed import Span
from ringfence.ledger.report import Step

STEPS = {
    1: "The archive has a bundle's form, and every file in it is the one that its manifest lists",
    2: "The public key is a ledger's key",
    3: "The newest checkpoint is signed by the key",
    4: "The checkpoint before the period is signed, and the frontier leads to it",
    5: "Every record has a known version and shape",
    6: "Every checkpoint's size and root follow from the records before it",
    7: "Every checkpoint is signed by the key",
    8: "The tiles lead to the newest checkpoint and agree with the records",
    9: "The period's last tree is the beginning of the newest one",
    10: "Every ENDED record has its DECIDED one, and no open request is decided again",
    11: "Every record is dated in the period, its neighbours are not, and time never runs backwards",
    12: "Every policy, register and exception list that a record names is there, and is what its digest says",
    13: "Every decision agrees with the coverage, facts, answers and rules on record with it",
    14: "Every approval on record is signed by a person in the bundle",
    15: "Signs of life leave no gap",
    16: "The summary and the README follow from the records",
    17: "Outside anchors hold, and are of this log",
}


class Verdict(StrEnum):
    """PROVEN: it follows from signatures and hashes, under the condition that the claim states. NOT_OBSERVED: nobody
    was looking. UNPROVEN: what would prove it is not in the bundle, or does not hold."""

    PROVEN = "proven"
    NOT_OBSERVED = "not observed"
    UNPROVEN = "unproven"


class Claim(msgspec.Struct, frozen=True):
    """`says` is the claim, `because` what it rests on or what is missing."""

    id: str
    says: str
    verdict: Verdict
    because: str


class Replayed(msgspec.Struct, frozen=True):
    """The result of `ringfence evidence replay --json`, as far as a report needs it."""

    engine: str
    decisions: int
    matched: int
    mismatched: int
    unproven: int
    bundle_sha256: str = ""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome. `ok`: no step failed or was skipped. `root` is the newest checkpoint's, in hex.

    `key_given`: the public key came from the auditor, not from the bundle; `trust_given`: so did whom to believe for
    anchors. `unclear`: why records of the period may stand outside of the bundle. `open` are the indexes of the first
    requests without an ENDED record, of `open_count` in all; `contradicted` counts decisions that step 13 names.
    """

    ok: bool
    steps: tuple[Step, ...]
    claims: tuple[Claim, ...] = ()
    bundle_sha256: str
    bundle_size: int
    key_line: str = ""
    key_given: bool = False
    trust_given: bool = False
    origin: str = ""
    from_: str = ""
    to: str = ""
    first: int = 0
    records: int = 0
    size: int = 0
    root: str = ""
    open: tuple[int, ...] = ()
    open_count: int = 0
    contradicted: int = 0
    unclear: tuple[str, ...] = ()
    approvals_checked: int = 0
    not_observed: tuple[Span, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    summary: dict[str, Any] = {}
