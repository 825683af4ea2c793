"""What a vendor's specification has and the terms catalogue does not, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ringfence.register.catalogue import AllowList
from ringfence.register.globs import any_matches
from ringfence.register.specification import ROUTES, Described
from ringfence.register.surfaces import Surface

# The list of models, and one model: the gateway answers the first itself, and neither takes content.
_WITHOUT_CONTENT = ("/models", "/models/{}")


class Difference(msgspec.Struct, frozen=True):
    """One finding. `kind`: unknown_field, unknown_value, unknown_endpoint, unreadable or gone.

    `below`: how many members below an unknown one are unknown with it.
    """

    kind: str
    endpoint: str
    name: str
    below: int = 0

    @property
    def unknown(self) -> bool:
        """True where the catalogue lacks something, False where the specification does."""
        return self.kind != "gone"


def compare(terms: AllowList, described: Described) -> tuple[Difference, ...]:
    """The members and choices of one request body against the list for it."""
    here = terms.endpoint
    unknown = [path for path in described.fields if path not in terms.fields and not _judged_above(path, terms)]
    top = [path for path in unknown if not any(_below(path, other) for other in unknown)]
    found = [
        Difference("unknown_field", here, path, sum(_below(other, path) for other in unknown)) for path in sorted(top)
    ]
    for path, values in sorted(described.fields.items()):
        known = terms.fields.get(path, {})
        if known and "" not in known:
            found += [Difference("unknown_value", here, f"{path}={v}") for v in sorted(values - known.keys())]
    found += [Difference("unreadable", here, reference) for reference in described.elsewhere]
    found += [Difference("gone", here, path) for path in _gone(terms, described)]
    return tuple(found)


def compare_endpoints(
    described: Iterable[tuple[str, str]], lists: Iterable[AllowList], surfaces: Iterable[Surface]
) -> tuple[Difference, ...]:
    """The vendor's operations that neither a list nor a surface of it speaks of."""
    served = tuple(ROUTES[terms.endpoint] for terms in lists if terms.endpoint in ROUTES)
    globs = tuple(path for surface in surfaces for path in surface.paths)
    return tuple(
        Difference("unknown_endpoint", "", f"{method} {path}")
        for method, path in described
        if not (method == "POST" and path.rstrip("/").endswith(served))
        and not path.rstrip("/").endswith(_WITHOUT_CONTENT)
        and not any(any_matches(globs, f"{prefix}{path}{end}") for prefix in ("", "/v1") for end in _ends(method))
    )


def _ends(method: str) -> tuple[str, ...]:
    """What is kept below a path is also listed at it: GET /chat/completions, beside the POST that is served."""
    return ("", "/") if method == "GET" else ("",)


def _below(path: str, other: str) -> bool:
    return path.startswith(f"{other}/")


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _judged_above(path: str, terms: AllowList) -> bool:
    """True below a member that is judged as a whole: it may never go with regulated data, or only if nothing was found
    anywhere in it. Whatever is new there is judged too."""
    return any(parent in terms.fields and _whole(parent, terms) for parent in _parents(path))


def _whole(path: str, terms: AllowList) -> bool:
    verdicts = {value: verdict for value, (verdict, _) in terms.fields[path].items() if value != "null"}
    if set(verdicts.values()) == {"allow_clean"}:
        return True
    never = path not in terms.conditions and set(verdicts.values()) <= {"forbid_regulated", "unresolved"}
    return "" in verdicts and never


def _gone(terms: AllowList, described: Described) -> list[str]:
    """Listed members that the specification lacks. Headers and what the gateway sets itself are no request members."""
    ours = {forced.pointer for forced in terms.forced}
    gone = {path for path in terms.fields if path not in described.fields and path not in ours and path[1] != "@"}
    return sorted(path for path in gone if not any(parent in gone for parent in _parents(path)))
