"""Places and firms in passing: what a request about nobody says of a service is said of nobody.

`Does my card work in Lisbon?` names no identifier of an individual (45 CFR 164.514(b)(2)(i): identifiers of the
individual, of relatives, employers and household members). As soon as anything else in the request is about a person,
or the request comes from a source or key that says what its data is, every place and firm counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from ringfence.classify.inquiry import Names
from ringfence.classify.merging import Span
from ringfence.classify.sources import Provenance
from ringfence.vocabulary.text import Segment

_PASSING = frozenset(("COUNTRY", "LOCATION", "ORGANIZATION"))
# Words of money only: what is transferred, ordered or delivered may be a patient, a test or a child.
_SERVICE = re.compile(
    r"(?i)\b(?:cards?|payments?|pay|atms?|cash|refunds?|fees?|currenc(?:y|ies)|top[- ]?(?:up|ups|ping up|ped up)|pin|"
    r"banks?|banking|money|cheques?|debits?|vouchers?|subscriptions?|dollars?|euros?|pounds?|visa|mastercard)\b"
)
_OWN = re.compile(
    r"(?i)\b(?:live[sd]?|living|resid\w+|address(?:ed)?|moved?|moving|born|birth|home|house|flat|apartment|"
    r"works? (?:at|for|as)|worked|working (?:at|for|as)|employ\w+|job|school|named?|called|mr|mrs|ms|dr|he|she|his|her|"
    r"him|wife|husband|mother|father|son|daughter|patients?|pts?|hospital|clinic|diagnos\w+|mg|doses?|symptoms?|"
    r"treat\w*|therapy|surgery|pain|seen)\b"
)


def without(names: Names, segments: Sequence[Segment], others: Iterable[Sequence[Span]], said: Provenance) -> Names:
    """`names` less the places and firms of segments about a service. `others` is what patterns found."""
    if said.handles or said.sources or said.declared_labels or any(others):
        return names
    if names.parts or any(span.entity not in _PASSING for _, span in names.whole):
        return names
    kept = tuple((index, span) for index, span in names.whole if not _about_a_service(segments[index].text))
    return msgspec.structs.replace(names, whole=kept)


def _about_a_service(text: str) -> bool:
    return _SERVICE.search(text) is not None and _OWN.search(text) is None
