"""What the exchange works with: every station, built and handed in, so that a test can hand in its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ringfence.classify import Classifier
from ringfence.gateway.files import Files
from ringfence.gateway.serving import Serving
from ringfence.gateway.state import State
from ringfence.masking import Book
from ringfence.upstream import Reply
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.record import Receipt, Record

if TYPE_CHECKING:  # these three import this module
    from ringfence.gateway.admit import Caller
    from ringfence.gateway.plan import Plan
    from ringfence.gateway.sidecars import Mark


class Sender(Protocol):
    """The upstream room as the exchange sees it."""

    def configured(self, service_id: str) -> bool: ...

    def why_not(self, service_id: str) -> str: ...

    def path(self, service_id: str, endpoint: str) -> str: ...

    def send(
        self, service_id: str, path: str, body: bytes, headers: Iterable[tuple[str, str]]
    ) -> AbstractAsyncContextManager[Reply]: ...


class Beside(Protocol):
    """The encrypted stores beside the ledger as the exchange sees them (sidecars.py)."""

    def mark(self, request: CanonicalRequest, body: bytes, caller: Caller, plan: Plan) -> Mark: ...

    def keep(self, index: int, mark: Mark) -> None: ...


@dataclass(frozen=True)
class Stations:
    """`append` makes a record durable or raises LedgerUnavailable. `book` opens the surrogates of one scope.

    `state` gives the register, policies and keys in force now. `cache_salt` makes a client's salt for prefix caches.
    `live` prints one line per request, without content. `readers` search large bodies beside the event loop. `names`
    searches for names (None: that is turned off), with `names_always` also where no answer could change the decision.
    `files` reads files that requests carry (None: they stay unread). `sidecars` keeps what is drawn or found in the
    encrypted stores beside the ledger (None: both are off).
    """

    classifier: Classifier
    state: Callable[[], State]
    book: Callable[[str], Book]
    append: Callable[[Record], Awaitable[Receipt]]
    sender: Sender
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    live: Callable[[str], None]
    new_id: Callable[[], str]
    cache_salt: Callable[[str], str]
    detect_timeout_s: float
    max_reply_bytes: int
    names: Serving | None = None
    names_always: bool = False
    files: Files | None = None
    sidecars: Beside | None = None
    readers: Executor = field(default_factory=lambda: ThreadPoolExecutor(2, "ringfence-reader"))

    def close(self) -> None:
        """Ends what searches and reads in threads and processes of its own."""
        if self.names is not None:
            self.names.close()
        if self.files is not None:
            self.files.close()
