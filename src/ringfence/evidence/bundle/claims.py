"""What follows from a verification, in sentences that an auditor can quote. Each says what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.bundle.outcome import Claim, Replayed, Verdict, Verified
from ringfence.ledger.anchors.anchor import Anchor
from ringfence.ledger.report import Status

_SIGNED = (1, 2, 3, 4, 5, 6, 7)
_LISTED = 5


def claims_of(found: Verified, replayed: Replayed | None) -> Iterator[Claim]:
    """All claims of a report, in its order. `found.claims` is not looked at."""
    view = _View(found)
    yield view.claim(
        "unaltered",
        f"These {found.records} records are what the log's key signed, unaltered and in this order.",
        _SIGNED,
        f"Given that the key {found.key_line or '(none)'} was the operator's alone"
        + ("." if found.key_given else "; the key was taken from the bundle, so compare it with your own copy."),
    )
    yield view.claim(
        "complete",
        "None of the period's records was left out: not between the first and the last, and not at either end.",
        (*_SIGNED, 8, 11),
        "Given the same; the neighbours of the period are in the bundle and dated outside of it. Where a clock was set "
        "back further away, that can't be seen from here.",
        missing=" ".join(found.unclear),
    )
    yield view.claim(
        "extended",
        f"From the period's end until the log had {found.size} records it was only added to.",
        (*_SIGNED, 8, 9),
        "By a consistency proof between two signed trees (RFC 6962, section 2.1.2).",
    )
    yield _anchored(view)
    yield view.claim(
        "ended",
        "Every request that was decided has its end on record.",
        (*_SIGNED, 10),
        "Each ENDED record names its DECIDED one.",
        missing=f"{found.open_count} requests have no end within the period: records {_list(found.open)}."
        if found.open_count
        else "",
        findings_count=True,
    )
    yield _observed(view)
    yield view.claim(
        "named",
        "The rules and the register that each decision names are in the bundle, as they were in force.",
        (*_SIGNED, 12),
        "Each file's name is its SHA-256, and stands in the signed records.",
        missing=_missing(found),
        findings_count=True,
    )
    yield view.claim(
        "agrees",
        "Each decision agrees with the coverage, the facts, the answers and the rules on record with it.",
        (*_SIGNED, 13),
        "Compared record by record; whether the rules really give these answers is the next claim. That the coverage "
        "follows from the register was not derived anew.",
        findings_count=True,
    )
    yield _replayed(view, replayed)
    yield _approved(view)
    yield from _never()


class _View:
    """The steps of a verification, by number."""

    def __init__(self, found: Verified) -> None:
        self.found = found
        self.status = {step.number: step.status for step in found.steps}
        self.details = {step.number: step.details for step in found.steps}

    def broken(self, *numbers: int) -> str:
        """Which of the steps stand in the way, or ""."""
        bad = [str(number) for number in numbers if self.status[number] in (Status.FAILED, Status.SKIPPED)]
        return f"Step{'s' if len(bad) > 1 else ''} {', '.join(bad)} failed or could not be done." if bad else ""

    def claim(
        self,
        id_: str,
        says: str,
        rests_on: tuple[int, ...],
        because: str,
        *,
        missing: str = "",
        findings_count: bool = False,
    ) -> Claim:
        """Proven where its steps hold and nothing is `missing`. `findings_count`: a finding in the last step is in the
        way, too."""
        last = rests_on[-1]
        if findings_count and self.status[last] is Status.FINDING and not missing:
            missing = " ".join(self.details[last][:_LISTED])
        why = self.broken(*rests_on) or missing
        return Claim(id_, says, Verdict.UNPROVEN if why else Verdict.PROVEN, why or because)


def _approved(view: _View) -> Claim:
    found = view.found
    return view.claim(
        "approved",
        "The people named as approvers signed just what is on record.",
        (*_SIGNED, 14),
        f"{found.approvals_checked} approved acts were checked. Given that the public keys in the bundle are these "
        f"people's: ask them. {_unapproved(found)}",
        missing="" if found.approvals_checked else "No approval with its signatures is on record in the period.",
        findings_count=True,
    )


def _anchored(view: _View) -> Claim:
    found = view.found
    says = "Whoever holds the key did not rewrite this history."
    covering = [each for each in found.anchors if each.time and each.size >= found.first + found.records]
    part = [each for each in found.anchors if each.time and found.first < each.size]
    if why := view.broken(*_SIGNED, 8, 9, 17):
        return Claim("not-rewritten", says, Verdict.UNPROVEN, why)
    if covering and not found.trust_given:
        because = (
            f"An anchor of all of the period holds, by {min(covering, key=_when).by}, whom the bundle's maker named "
            "and could have made up: verify again with the witnesses or time-stamping roots that you believe."
        )
        return Claim("not-rewritten", says, Verdict.UNPROVEN, because)
    if covering:
        return Claim("not-rewritten", says, Verdict.PROVEN, _since(min(covering, key=_when), "all of the period"))
    if part:
        best = max(part, key=lambda each: each.size)
        because = f"{_since(best, f'the records below {best.size}')} For the later ones nothing outside vouches."
        return Claim("not-rewritten", says, Verdict.UNPROVEN, because)
    because = "No outside anchor holds: the holder of the key could have written all of this anew, and signed it."
    return Claim("not-rewritten", says, Verdict.UNPROVEN, because)


def _when(anchor: Anchor) -> float:
    return anchor.time.timestamp() if anchor.time else 0.0


def _since(anchor: Anchor, what: str) -> str:
    return (
        f"Since {anchor.time:%Y-%m-%d %H:%M:%S} UTC for {what}, given that {anchor.by} is to be believed "
        f"({anchor.kind}): no other history can have this signature. What was written before then could have been "
        "other before then."
    )


def _observed(view: _View) -> Claim:
    found, says = view.found, "The gateway was up and recording for all of the period."
    if why := view.broken(*_SIGNED, 15):
        return Claim("observed", says, Verdict.UNPROVEN, why)
    if found.not_observed:
        spans = [f"{each.start:%Y-%m-%d %H:%M:%S} to {each.end:%Y-%m-%d %H:%M:%S}" for each in found.not_observed]
        because = f"No sign of life: {_list(spans)} (UTC). Nothing on record then does not mean that nothing happened."
        return Claim("observed", says, Verdict.NOT_OBSERVED, because)
    because = (
        "Starts, stops and heartbeats on record leave no gap. Given that the gateway's clock was right and that "
        "whoever holds the key wrote none of them at another time."
    )
    return Claim("observed", says, Verdict.PROVEN, because)


def _unapproved(found: Verified) -> str:
    """Approvals that are there say nothing of changes that have none."""
    changes = found.summary.get("changes") or []
    count = sum(not each["approvers"] for each in changes) + (found.summary.get("changes_not_listed") or 0)
    return f"{count} changes on record name no approver." if count else ""


def _missing(found: Verified) -> str:
    missing = found.summary.get("snapshots_missing") or {}
    names = [f"{kind} {digest[:16]}" for kind, digests in missing.items() for digest in digests]
    return f"Not in the bundle: {_list(names)}." if names else ""


def _replayed(view: _View, replayed: Replayed | None) -> Claim:
    found, says = view.found, "The rules in force give each of these decisions from the facts on record."
    decided = (found.summary.get("records") or {}).get("decided", 0)
    if replayed is None:
        because = "No replay was handed in: make one with `ringfence evidence replay`."
    elif replayed.bundle_sha256 != found.bundle_sha256 or replayed.decisions != decided:
        because = "The replay that was handed in is of another bundle."
    elif replayed.matched != replayed.decisions:
        because = (
            f"Of {decided} decisions {replayed.mismatched} differ in replay and {replayed.unproven} have no replay."
        )
    elif why := view.broken(*_SIGNED, 12):
        because = why
    else:
        because = f"All {decided} decisions match, by {replayed.engine}. Given that you made that replay yourself."
        return Claim("replayed", says, Verdict.PROVEN, because)
    return Claim("replayed", says, Verdict.UNPROVEN, because)


def _never() -> Iterator[Claim]:
    """What no bundle proves. It is said each time, so that nobody reads it into the rest."""
    yield Claim(
        "all-traffic",
        "Every request to a model went through the gateway.",
        Verdict.UNPROVEN,
        "A program that calls a model directly leaves no record. Compare with the vendors' own counts of use "
        "(`posture_reconciled` on record) and with what the network lets through.",
    )
    yield Claim(
        "labels",
        "The kinds of data were recognised rightly.",
        Verdict.UNPROVEN,
        "Draw a sample (`ringfence evidence sample`), and let the operator show the contents; the record's commitments "
        "tell whether they are the ones.",
    )
    yield Claim(
        "coverage",
        "The coverage on record follows from the agreements in the register.",
        Verdict.UNPROVEN,
        "It is compared with each decision, and not derived anew. The register as it was in force is in the bundle: "
        "for decisions that you sample, read what it says of the documents that their coverage names.",
    )
    yield Claim(
        "documents",
        "The agreements on file say what the register says of them.",
        Verdict.UNPROVEN,
        "The summary has the SHA-256 of each paper: ask for the papers, and read them.",
    )


def _list(values: tuple[object, ...] | list[str]) -> str:
    shown = ", ".join(str(each) for each in values[:_LISTED])
    return f"{shown} and {len(values) - _LISTED} more" if len(values) > _LISTED else shown
