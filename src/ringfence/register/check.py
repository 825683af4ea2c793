"""Everything that is wrong with a register folder today, with what to do: for `ringfence register check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from ringfence.register.documents import Document
from ringfence.register.kinds import Kind
from ringfence.register.load import gather
from ringfence.register.snapshot import Problem, Snapshot
from ringfence.register.standing import missing
from ringfence.vocabulary.chat import Service


def check(
    folder: Path | None,
    today: date,
    *,
    extra_services: Iterable[Service] = (),
    demonstration_folder: Path | None = None,
) -> tuple[Problem, ...]:
    """Errors (the register does not load) first, then warnings (something does not count). Empty: all is well."""
    snapshot, errors = gather(folder, extra_services, demonstration_folder)
    if snapshot is None:
        return tuple(Problem(e.where, e.message.removeprefix(f"{e.where}: "), e.remedy, "error") for e in errors)
    return (*snapshot.problems, *problems_today(snapshot, today))


def problems_today(snapshot: Snapshot, today: date) -> Iterator[Problem]:
    """What does not count because of the day: documents, profiles, terms and relaxations outside their dates."""
    for document in sorted(snapshot.documents.values(), key=lambda each: each.id):
        if document.kind is Kind.VENDOR_NOTICE:
            yield from _unread_notice(document, snapshot)
            continue
        if missing(document, snapshot.kinds[document.kind]):
            continue
        standing = snapshot.standing(document, today)
        if not standing.counts:
            yield Problem(document.id, standing.why, "File the document that replaces it, or review it again.")
    for profile in snapshot.profiles.values():
        if profile.expires_on and profile.expires_on < today:
            says = f"the profile may be relied on until {profile.expires_on} only, so nothing regulated is covered"
            yield Problem(f"vendor {profile.vendor}", says, "Install a newer release, or write services/ of your own.")
    for terms in snapshot.terms:
        if terms.expires_on < today:
            says = f"the allow-list may be relied on until {terms.expires_on} only, so nothing regulated is covered"
            where = f"terms {terms.vendor}/{terms.endpoint}"
            yield Problem(where, says, "Install a newer release, or review the terms and write terms/ of your own.")
    for relaxation in snapshot.relaxations:
        if not relaxation.in_force(today):
            says = f"in force from {relaxation.approved_on} to {relaxation.expires_on} only: {relaxation.need} applies"
            yield Problem("requirements.toml", says, "Approve it again, or remove it.")


def _unread_notice(document: Document, snapshot: Snapshot) -> Iterator[Problem]:
    if missing(document, snapshot.kinds[document.kind]):
        when = f"from {document.dates.effective_on} on" if document.dates.effective_on else "from now on"
        says = f"nobody has reviewed this notice, so {when} nothing regulated is covered where it applies"
        yield Problem(document.id, says, "Compare it with the terms (write terms/ of your own), then fill in [review].")
