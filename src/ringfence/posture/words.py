"""How far a statement on traffic may reach. Whoever writes one takes its words from here."""

from __future__ import annotations

SEEN_ONLY = "of the traffic that the gateway saw"
"""Without the vendor's own counts nobody knows whether there was other traffic."""


def reach(reconciled: tuple[str, str, str] | None) -> str:
    """The end of a statement on traffic. `reconciled` is (vendor, first day, last day) of a reconciliation without
    findings, ISO dates; None where there was none."""
    if reconciled is None:
        return SEEN_ONLY
    vendor, first, last = reconciled
    return f"of all traffic that {vendor} counted on the account from {first} to {last}"
