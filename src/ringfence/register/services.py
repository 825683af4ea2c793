"""Services: the shipped vendor profiles and a customer's own, read into `vocabulary.chat.Service`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from ringfence.register import reading
from ringfence.register.globs import matches
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.fact import ORGANISATION

_PRIVATE = "private"


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One service endpoint as written. `own_host` has no default: a private service must state it."""

    id: str
    title: str
    host: str
    endpoints: tuple[str, ...]
    models: tuple[str, ...]
    modalities: tuple[str, ...] = ("text",)
    private: bool = False
    own_host: bool | None = None
    demonstration: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    vendor: str
    title: str
    source: str = ""
    reviewed_on: date | None = None
    expires_on: date | None = None
    services: tuple[_Entry, ...]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Facts on one vendor: the name in sentences, where they come from, and until when they may be relied on."""

    vendor: str
    title: str
    source: str = ""
    reviewed_on: date | None = None
    expires_on: date | None = None


class Profiled(msgspec.Struct, frozen=True):
    """One file of services, with the profile of their vendor."""

    profile: Profile
    services: tuple[Service, ...]


def shipped_profiles() -> tuple[Profiled, ...]:
    """The vendor profiles of this release. Nothing is on file for any of them."""
    return tuple(_parse(text, name) for name, text in reading.shipped("vendors"))


def load_profile(path: Path) -> Profiled:
    """One file of `services/`. Raises ConfigurationError naming file and field."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise reading.problem(str(path), "", f"can't be read: {error}") from error
    return _parse(text, str(path))


def _parse(text: str, where: str) -> Profiled:
    file = reading.decode(text, _File, where)
    if reading.is_placeholder(file.vendor) or not reading.ID.fullmatch(file.vendor) or "/" in file.vendor:
        raise reading.problem(where, "vendor", "not a lower-case name")
    if file.vendor != _PRIVATE:
        for name in ("source", "reviewed_on", "expires_on"):
            if not getattr(file, name):
                raise reading.problem(where, name, "missing: facts on a vendor need a source and dates")
    services = []
    for index, entry in enumerate(file.services):
        if entry.private and entry.own_host is None:
            raise reading.problem(
                where,
                f"services[{index}].own_host",
                "missing: a private service states whether its host is the organisation's own",
                "Write `own_host = true` only where no other company runs the machine; else false, and file its BAA.",
            )
        service = Service(
            id=entry.id,
            vendor=file.vendor,
            title=entry.title,
            private=entry.private,
            own_host=bool(entry.own_host),
            host=entry.host,
            endpoints=entry.endpoints,
            models=entry.models,
            modalities=entry.modalities,
            demonstration=entry.demonstration,
        )
        check_service(service, f"{where}: services[{index}]")
        services.append(service)
    profile = Profile(
        vendor=file.vendor,
        title=file.title,
        source=file.source,
        reviewed_on=file.reviewed_on,
        expires_on=file.expires_on,
    )
    return Profiled(profile, tuple(services))


def check_service(service: Service, where: str) -> None:
    """Raises ConfigurationError for a service that contradicts itself."""
    if not reading.ID.fullmatch(service.id) or not service.id.startswith(f"{service.vendor}/"):
        raise reading.problem(where, "id", f"must be `{service.vendor}/` and a lower-case name")
    if service.private != (service.vendor == _PRIVATE):
        raise reading.problem(
            where, "private", f'{service.id}: `private = true` and `vendor = "{_PRIVATE}"` go together'
        )
    # INVARIANT: what is on file about the organisation itself is never about a service.
    if ORGANISATION in (service.vendor, bare_host(service.host)):
        raise reading.problem(
            where, "vendor", f"{service.id}: documents about you yourself have the subject {ORGANISATION!r}"
        )
    if service.own_host and not service.private:
        raise reading.problem(where, "own_host", f"{service.id}: only a private service can be on an own host")
    if reading.is_placeholder(service.host):
        raise reading.problem(where, "host", "missing: every service names the host that answers")
    if not service.endpoints:
        raise reading.problem(where, "endpoints", "empty: name the API surface, such as chat_completions")
    for pattern in service.models:
        if not reading.GLOB.fullmatch(pattern):
            raise reading.problem(where, "models", "not a name or a glob with `*`")


def check_private_hosts(services: Iterable[Service]) -> None:
    """Refuses a private service on a host that a vendor's profile names: it would look as if nobody else saw the data.

    Raises ConfigurationError.
    """
    services = tuple(services)
    public = [(bare_host(s.host), s.id) for s in services if not s.private and not s.demonstration]
    for service in services:
        for pattern, owner in public:
            if service.private and matches(pattern, bare_host(service.host)):
                raise reading.problem(
                    service.id, "host", f"{service.host} is the host of {owner}, so the service is not private"
                )


def bare_host(host: str) -> str:
    """A host in lower case and without its port."""
    name, _, port = host.lower().rpartition(":")
    return name if name and port.isdigit() and name.count(":") == 0 else host.lower()
