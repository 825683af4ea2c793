"""Reads vendors' accounts and compares them with the documents on file, and their usage counts with the ledger.

Opens no connection and reads no clock by itself: the HTTP client, the time and the ledger's rows are handed in.
"""

from ringfence.posture.claims import Claim, claims, region_of, regions_named
from ringfence.posture.drifts import Use, acknowledged, follow, lapses
from ringfence.posture.incidents import affected, opened
from ringfence.posture.probe import Account, Desk, Get, NoReply, Probe, Reading, Reply, Sign, Unreadable, Usage
from ringfence.posture.reconcile import Bypass, Excess, Result, Sent, reconcile
from ringfence.posture.store import Store
from ringfence.posture.words import SEEN_ONLY, reach

__all__ = [
    "SEEN_ONLY",
    "Account",
    "Bypass",
    "Claim",
    "Desk",
    "Excess",
    "Get",
    "NoReply",
    "Probe",
    "Reading",
    "Reply",
    "Result",
    "Sent",
    "Sign",
    "Store",
    "Unreadable",
    "Usage",
    "Use",
    "acknowledged",
    "affected",
    "claims",
    "follow",
    "lapses",
    "opened",
    "reach",
    "reconcile",
    "region_of",
    "regions_named",
]
