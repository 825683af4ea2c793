"""Files -> text, read in a bounded worker process without network."""

from __future__ import annotations

from ringfence.extract.extractor import Extractor, Protection
from ringfence.extract.limits import Limits

__all__ = ["Extractor", "Limits", "Protection"]
