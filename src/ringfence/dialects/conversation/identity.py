"""Ids of a translated reply: made of the private model's own, so that the same bytes always give the same reply."""

from __future__ import annotations

import re

_OUTSIDE = re.compile(r"[^A-Za-z0-9]")
# Vendors refuse ids of over 64 characters when a client sends its conversation on; prefix and number need some.
_MAX_CHARACTERS = 40


def identity(service_id: str) -> str:
    """What is left of an id of the service's in letters and digits; never empty."""
    return _OUTSIDE.sub("", service_id)[:_MAX_CHARACTERS] or "0"
