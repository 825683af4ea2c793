"""Which client interface is which: by its endpoint, by a route, or by what else a request says of itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.dialects.translation import Translation

CHAT = "chat_completions"
"""The interface that every private model speaks, and the shape of what belongs to no interface."""
LONGEST_MODEL = 256
"""Of a model's name, in code points."""


def by_endpoint(endpoint: str) -> Dialect:
    """The dialect of an endpoint that is served."""
    return next(dialect for dialect in dialects.all() if dialect.endpoint == endpoint)


def translations(source: str) -> Iterator[Translation]:
    """From this endpoint to each other one that it can be translated to."""
    for dialect in dialects.all():
        found = dialects.translation(source, dialect.endpoint)
        if found is not None:
            yield found


class Routes:
    """The routes of `served`, which holds the dialect of CHAT."""

    def __init__(self, served: Iterable[Dialect]) -> None:
        served = tuple(served)
        self._dialects = {route: dialect for dialect in served for route in dialect.routes}
        self._served = served
        self._chat = next(dialect for dialect in served if dialect.endpoint == CHAT)
        self.methods: dict[str, tuple[str, ...]] = {}
        for method, path in self._dialects:
            self.methods[path] = (*self.methods.get(path, ()), method)

    def find(self, method: str, path: str) -> Dialect | None:
        """The dialect of a route."""
        return self._dialects.get((method, path))

    def shape(self, path: str, header_names: Collection[str]) -> Dialect:
        """Whose shape an answer has that comes from no exchange: the dialect of the path, else the one whose header
        was sent, else the one of the longest route above the path (`/v1/messages/batches`), else CHAT."""
        for (_, route), dialect in self._dialects.items():
            if route == path:
                return dialect
        for dialect in self._served:
            if any(name in header_names for name in dialect.headers):
                return dialect
        above = {len(route): dialect for (_, route), dialect in self._dialects.items() if path.startswith(f"{route}/")}
        return above[max(above)] if above else self._chat
