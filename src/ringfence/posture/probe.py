"""How one vendor's account is read: what each vendor file exports, and what it gets and gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from ringfence.register.globs import any_matches

T = TypeVar("T")

MOST_PAGES = 1000
"""Of any list of a vendor; a longer one is taken for one that never ends."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/,@+-]{0,199}", re.ASCII)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Reply(msgspec.Struct, frozen=True):
    """What came back: the status, and the whole body within its bound."""

    status: int
    body: bytes


class NoReply(Exception):
    """Nothing usable came back: `args[0]` says why in a few plain words without content."""


class Unreadable(Exception):
    """A setting could not be read: `args[0]` says why. It confirms nothing."""


Get = Callable[[str, dict[str, str]], Reply]
"""GET of a URL with headers, TLS verified, no redirect followed, bounded in size and time. Raises NoReply."""
Sign = Callable[[str, str, str], dict[str, str]]
"""Headers that prove who asks, from a Region, a host and a path without query. Raises NoReply where there is no key."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as read. `about` is what documents claim it for: `retention`, `residency`, `third_parties`, or "" for
    nothing. `meets` is what it keeps to: tiers of retention, or the only places of processing, or `none` for no third
    party. `unreadable` says why there is no value; `uncheckable` that the vendor has no way to read it."""

    scope: str
    setting: str
    source: str
    value: str = ""
    about: str = ""
    meets: tuple[str, ...] = ()
    unreadable: str = ""
    uncheckable: bool = False


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account as configured. `scopes` are the parts of it in use (projects, Regions, resources), `models` those
    whose own terms are read too, `keys` the ids of the vendor's keys that the gateway holds."""

    vendor: str
    services: tuple[str, ...]
    base_url: str = ""
    scopes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor counted on one UTC day (ISO date) for one project and key. `requests` None: it counts tokens only.
    `kind` is the interface that was used, by the vendor's name for it."""

    day: str
    kind: str
    project: str
    key: str
    requests: int | None
    tokens: int


class VendorKey(msgspec.Struct, frozen=True):
    """A key that exists at the vendor: its id, its name there, and the project it belongs to."""

    id: str
    name: str
    project: str


class Usage(msgspec.Struct, frozen=True):
    """A vendor's own counts, and the keys that exist there."""

    days: tuple[Day, ...]
    keys: tuple[VendorKey, ...]


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor. `hosts` are the only hosts that its admin key is sent to (globs); loopback is for tests. `services`
    are those that run on the account unless the settings say otherwise. `usage` is None where there are no counts.

    `read` returns every reading and raises nothing; `usage(desk, account, first, last)` reads the days of two ISO
    dates, both included, and raises Unreadable.
    """

    vendor: str
    title: str
    base_url: str
    hosts: tuple[str, ...]
    services: tuple[str, ...]
    credential_env: str
    source: str
    reviewed_on: str
    read: Callable[[Desk, Account], list[Reading]]
    usage: Callable[[Desk, Account, str, str], Usage] | None = None
    auth_header: str = "authorization"
    auth_prefix: str = "Bearer "
    headers: tuple[tuple[str, str], ...] = ()
    signed: bool = False


class Desk:
    """Asks one vendor with one credential. Every way of failing is Unreadable."""

    def __init__(self, probe: Probe, account: Account, get: Get, *, credential: str = "", sign: Sign | None = None):
        self._probe, self._account, self._get = probe, account, get
        self._credential, self._sign = credential, sign

    def read(
        self,
        path: str,
        kind: type[T],
        query: Iterable[tuple[str, str]] = (),
        *,
        base: str = "",
        region: str = "",
    ) -> T:
        """The JSON at a path below the vendor's address (`base` stands in for it; `{region}` in it is filled in), as a
        typed struct. Unknown members are ignored, known ones must be of their type."""
        root = (self._account.base_url or base or self._probe.base_url).replace("{region}", quote(region, safe="-"))
        parts = urlsplit(root)
        host = parts.hostname or ""
        local = host in _LOOPBACK
        if not local and not (parts.scheme == "https" and any_matches(self._probe.hosts, host)):
            raise Unreadable(f"{host or 'the address'} is none of the hosts that this key is sent to")
        query = tuple(query)
        url = root.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        try:
            reply = self._get(url, self._headers(region, parts.netloc, parts.path.rstrip("/") + path))
        except NoReply as error:
            raise Unreadable(str(error)) from None
        if reply.status != 200:
            raise Unreadable(_status(reply.status))
        try:
            return msgspec.json.decode(reply.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Unreadable("the answer is not of the documented form") from None

    def _headers(self, region: str, host: str, path: str) -> dict[str, str]:
        headers = {"accept": "application/json", **dict(self._probe.headers)}
        if self._probe.signed:
            if self._sign is None:
                raise NoReply("no key to sign requests with is configured")
            return headers | self._sign(region, host, path)
        if not self._credential:
            raise NoReply(f"no key to read it with is configured ({self._probe.credential_env} is not set)")
        return headers | {self._probe.auth_header: self._probe.auth_prefix + self._credential}


def _status(status: int) -> str:
    if 300 <= status < 400:
        return f"the vendor answered with a redirect ({status}), which is never followed"
    if status in (401, 403):
        return f"the key may not read it ({status})"
    if status == 404:
        return "the vendor does not offer it for this account (404)"
    return f"the vendor answered with the status {status}"


def pages(
    desk: Desk,
    path: str,
    kind: type[T],
    query: Iterable[tuple[str, str]] = (),
    *,
    cursor: tuple[str, str] = ("after", "last_id"),
    base: str = "",
) -> Iterator[T]:
    """Every page of a list. `cursor` is the query's member and the page's member that leads on; each page also has
    `has_more`. Raises Unreadable, also where the pages have no end: what was read so far is not the whole list."""
    asked, given = cursor
    at: tuple[tuple[str, str], ...] = ()
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        page = desk.read(path, kind, (*query, *at), base=base)
        yield page
        if not getattr(page, "has_more"):  # noqa: B009 - of any page
            return
        following = getattr(page, given)
        if not following or following in seen:
            raise Unreadable("the list says that it goes on, and does not")
        seen.add(following)
        at = ((asked, following),)
    raise Unreadable(f"the list has more than {MOST_PAGES} pages")


def plain(value: str) -> str:
    """A value as a vendor stated it, if it is a plain name: it goes on record."""
    return value if _PLAIN.fullmatch(value) else "(not a plain name)"


def attempt(readings: list[Reading], failed: Reading, step: Callable[[], Iterable[Reading]]) -> None:
    """Adds what `step` reads, or `failed` with the reason why it could not be read."""
    try:
        readings.extend(step())
    except Unreadable as error:
        readings.append(msgspec.structs.replace(failed, unreadable=str(error)))
