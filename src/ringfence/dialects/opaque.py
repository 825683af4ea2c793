"""Identifiers that name nobody outside of the customer: a UUID or a hash, of which coding agents send several."""

from __future__ import annotations

import re

from ringfence.vocabulary.chat import OPAQUE

# Vendors ask for one: https://platform.claude.com/docs/en/api/messages (metadata.user_id).
_ID = r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,128}+)"
_OPAQUE = re.compile(rf"(?:(?:user|account|session|device|uuid|id|[_\":,{{ -])*+{_ID})++[\"}} ]*", re.ASCII)


def opaque(text: str) -> str:
    """OPAQUE for such identifiers, and nothing but them and words that say what they are; else ""."""
    return OPAQUE if _OPAQUE.fullmatch(text) else ""
