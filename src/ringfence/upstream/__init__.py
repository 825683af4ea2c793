"""The only room that opens sockets to models: vendors and private engines by URL, and the embedded engine."""

from ringfence.upstream.embedded import EmbeddedEngine, EngineStatus
from ringfence.upstream.models import ModelFile, find_model
from ringfence.upstream.pool import Exchange, Upstreams
from ringfence.upstream.reply import Reply
from ringfence.upstream.target import Target
from ringfence.upstream.vendor import Vendor

__all__ = [
    "EmbeddedEngine",
    "EngineStatus",
    "Exchange",
    "ModelFile",
    "Reply",
    "Target",
    "Upstreams",
    "Vendor",
    "find_model",
]
