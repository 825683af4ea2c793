"""A register folder, the shipped data and the configuration -> a snapshot. The only part of the room that reads files.

services/*.toml     a customer's own services, and overrides of shipped ones
documents/*.toml    one document each
terms/*.toml        a customer's own reading of a vendor's terms
requirements.toml   what is relaxed of house policy
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from ringfence.register import reading
from ringfence.register.catalogue import Catalogue, load_catalogue, resolve, shipped_catalogues
from ringfence.register.documents import Document, load_document
from ringfence.register.globs import any_matches
from ringfence.register.kinds import Kind, KindRules, Subject, load_kinds
from ringfence.register.posture import Posture
from ringfence.register.practices import shipped_practices
from ringfence.register.requirements import Relaxation, load_needs, load_relaxations
from ringfence.register.services import (
    Profile,
    bare_host,
    check_private_hosts,
    check_service,
    load_profile,
    shipped_profiles,
)
from ringfence.register.snapshot import Problem, Snapshot, content
from ringfence.register.standing import joined, missing
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.fact import ORGANISATION

T = TypeVar("T")

_FOLDERS = ("services", "documents", "terms")
_REQUIREMENTS = "requirements.toml"
_ABOUT_US = frozenset((Kind.SOC2_TYPE2, Kind.SOC2_TYPE1, Kind.BRIDGE_LETTER, Kind.ISO_CERTIFICATE, Kind.PCI_AOC))
"""Kinds that say how somebody was examined: the organisation itself may have been."""


def load(
    folder: Path | None,
    *,
    extra_services: Iterable[Service] = (),
    demonstration_folder: Path | None = None,
    posture: Posture = Posture(),  # noqa: B008 - frozen
) -> Snapshot:
    """Reads everything. `folder` None: only what is shipped. Files are read anew at every call.

    `extra_services` come from the configuration and replace services of the same id. Everything in
    `demonstration_folder` must say `demonstration = true`, and counts nowhere else. `posture` is what reading the
    vendors' accounts found.
    Raises ConfigurationError naming file, field and remedy; where several files are broken, the first, and how many.
    """
    snapshot, errors = gather(folder, extra_services, demonstration_folder, posture)
    if snapshot is None:
        first = errors[0]
        more = f" ({len(errors) - 1} more: run `ringfence register check`)" if len(errors) > 1 else ""
        raise ConfigurationError(f"{first.message}{more}", remedy=first.remedy, where=first.where)
    return snapshot


def gather(
    folder: Path | None,
    extra_services: Iterable[Service] = (),
    demonstration_folder: Path | None = None,
    posture: Posture = Posture(),  # noqa: B008 - frozen
) -> tuple[Snapshot | None, list[ConfigurationError]]:
    """As `load`, but returns every error instead of raising the first. The snapshot is None where there is one."""
    gathering = _Gathering(posture)
    for each in folder, demonstration_folder:
        if each is not None and gathering.attempt(_existing, each) is not None:
            gathering.read_folder(each, demonstration=each == demonstration_folder)
    gathering.configure(extra_services)
    built = None if gathering.errors else gathering.attempt(gathering.build)
    return built, gathering.errors


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise reading.problem(str(folder), "", "no such folder", "Make a register with `ringfence init FOLDER`.")
    return folder


class _Gathering:
    """Collects files and errors; `build` makes the snapshot of what was collected."""

    def __init__(self, posture: Posture) -> None:
        self.posture = posture
        self.errors: list[ConfigurationError] = []
        self.problems: list[Problem] = []
        self.kinds: dict[Kind, KindRules] = load_kinds()
        self.needs = load_needs()
        self.services: dict[str, Service] = {}
        self.profiles: dict[str, Profile] = {}
        self.documents: dict[str, Document] = {}
        self.relaxations: tuple[Relaxation, ...] = ()
        self.catalogues: dict[str, Catalogue] = {each.key: each for each in shipped_catalogues()}
        self._from: dict[str, str] = {}
        for profiled in shipped_profiles():
            self.profiles[profiled.profile.vendor] = profiled.profile
            self.services.update({service.id: service for service in profiled.services})

    def attempt(self, step: Callable[..., T], *arguments: Any) -> T | None:
        """Runs a step; keeps its ConfigurationError for the report."""
        try:
            return step(*arguments)
        except ConfigurationError as error:
            self.errors.append(error)
            return None

    def read_folder(self, folder: Path, *, demonstration: bool) -> None:
        for path in sorted(folder.rglob("*.toml")):
            if reading.is_blank(path):
                continue
            inside = path.relative_to(folder).as_posix()
            place = path.parent.relative_to(folder).as_posix()
            if place in _FOLDERS:
                step = {"services": self._service, "documents": self._document, "terms": self._terms}[place]
                self.attempt(step, path, demonstration)
            elif inside == _REQUIREMENTS and not demonstration:
                self.relaxations = self.attempt(load_relaxations, path, self.needs) or ()
            else:
                self.attempt(_misplaced, path)

    def _once(self, what: str, path: Path) -> None:
        if what in self._from:
            raise reading.problem(str(path), "id", f"{what} is already in {self._from[what]}", "Remove one of the two.")
        self._from[what] = str(path)

    def _service(self, path: Path, demonstration: bool) -> None:
        profiled = load_profile(path)
        vendor = profiled.profile.vendor
        for service in profiled.services:
            self._once(f"service {service.id}", path)
            if service.demonstration != demonstration:
                raise _mixed(path, "services", demonstration)
        self.profiles[vendor] = profiled.profile
        self.services.update({service.id: service for service in profiled.services})

    def _document(self, path: Path, demonstration: bool) -> None:
        document = load_document(path, self.kinds)
        self._once(f"document {document.id}", path)
        if demonstration and not document.demonstration:
            raise _mixed(path, "demonstration", demonstration)
        if document.demonstration and not demonstration:
            says = f"{document.id} is marked `demonstration = true` and counts for no real service"
            self.problems.append(Problem(str(path), says, "Remove the file, or the mark if the document is real."))
        self.documents[document.id] = document

    def _terms(self, path: Path, demonstration: bool) -> None:
        catalogue = load_catalogue(path)
        self._once(f"terms {catalogue.key}", path)
        if catalogue.key in self.catalogues:
            if demonstration:
                raise reading.problem(str(path), "vendor", f"{catalogue.key} is real", "Use another name.")
            says = f"replaces the shipped terms of {catalogue.key}"
            self.problems.append(Problem(str(path), says, "Compare it with each release; remove it to go back."))
        self.catalogues[catalogue.key] = catalogue

    def configure(self, extra_services: Iterable[Service]) -> None:
        """Services built from the configuration; they replace those of the same id."""
        for service in extra_services:
            self.attempt(check_service, service, f"ringfence.toml: {service.id}")
            self.services[service.id] = service

    def build(self) -> Snapshot:
        self._check_parents()
        self._check_vendors()
        check_private_hosts(self.services.values())
        terms = tuple(sorted(resolve(self.catalogues.values()), key=lambda each: (each.vendor, each.endpoint)))
        parts: dict[str, Any] = {
            "services": self.services,
            "profiles": self.profiles,
            "documents": self.documents,
            "kinds": self.kinds,
            "needs": self.needs,
            "relaxations": tuple(sorted(self.relaxations, key=lambda each: each.need)),
            "terms": terms,
            "practices": shipped_practices(),
        }
        problems = (*self.problems, *self._document_problems())
        whole = content(parts | {"posture": self.posture.decides()})
        digest = hashlib.sha256(whole).hexdigest()
        return Snapshot(**parts, posture=self.posture, problems=problems, content=whole, digest=digest)

    def _check_parents(self) -> None:
        for document in self.documents.values():
            seen = [document.id]
            while (parent := self.documents[seen[-1]].dates.ends_with) in self.documents:
                if parent in seen:
                    where = self._from[f"document {document.id}"]
                    raise reading.problem(where, "dates.ends_with", f"goes round in a circle: {' -> '.join(seen)}")
                seen.append(parent)

    def _check_vendors(self) -> None:
        """INVARIANT: no vendor has both real and demonstration services, so that no example covers a real one."""
        real = {service.vendor for service in self.services.values() if not service.demonstration}
        for service in self.services.values():
            if service.demonstration and service.vendor in real:
                says = f"{service.id} is marked as a demonstration, but {service.vendor} is a real vendor"
                raise reading.problem(self._from.get(f"service {service.id}", "ringfence.toml"), "vendor", says)

    def _document_problems(self) -> Iterable[Problem]:
        """Why documents do not count, as far as the day does not matter."""
        for document in sorted(self.documents.values(), key=lambda each: each.id):
            where = self._from[f"document {document.id}"]
            if gaps := missing(document, self.kinds[document.kind]):
                says = f"{document.id} is claimed, not reviewed, and does not count: {joined(gaps)} missing"
                yield Problem(where, says, "Read the document itself and fill these in.")
            if self.kinds[document.kind].subject is Subject.PROVIDER and not self._known_subject(document):
                says = f"subject: no service has the vendor or host {document.subject!r}, so {document.id} serves none"
                yield Problem(where, says, "Use a vendor's id, or the host of a private service.")
            for pattern in () if _of_ours(document) else document.scope.services:
                if not any(any_matches((pattern,), service) for service in self.services):
                    says = f"scope.services: no service is called {pattern!r}"
                    yield Problem(where, says, "List the services with `ringfence register list`.")
            for field, parent in (("dates.ends_with", document.dates.ends_with), ("report", document.report.bridges)):
                if parent and parent not in self.documents:
                    says = f"{field}: {parent!r} is not on file, so {document.id} does not count"
                    yield Problem(where, says, "Put that document on file too.")

    def _known_subject(self, document: Document) -> bool:
        return _of_ours(document) or any(
            bare_host(document.subject) == bare_host(service.host)
            if service.private
            else document.subject == service.vendor
            for service in self.services.values()
        )


def _of_ours(document: Document) -> bool:
    """Whether it is a report on the organisation itself; its scope names systems of ours, which are no services."""
    return document.subject == ORGANISATION and document.kind in _ABOUT_US


def _misplaced(path: Path) -> None:
    raise reading.problem(
        str(path),
        "",
        "is in no folder that the register reads",
        f"Move it to {', '.join(f'{name}/' for name in _FOLDERS)} or, if it is {_REQUIREMENTS}, to the top.",
    )


def _mixed(path: Path, field: str, demonstration: bool) -> ConfigurationError:
    if demonstration:
        return reading.problem(str(path), field, "not marked `demonstration = true`", "Move it to the real register.")
    return reading.problem(str(path), field, "marked `demonstration = true`", "Remove it: examples have their own.")
