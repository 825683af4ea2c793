"""Whether a command searches for names in free text, and with what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ringfence.classify import Tagger
from ringfence.gateway.home import Home
from ringfence.gateway.taggers import load_taggers, load_with_deep
from ringfence.scanning.setup import no_taggers


def taggers_for(home: Home, patterns_only: bool) -> Callable[[], Sequence[Tagger]]:
    """What loads the taggers: none where the command or `[detection] names` turns them off."""
    table = home.settings.detection
    if patterns_only or not table.names:
        return no_taggers
    return load_with_deep if table.deep else load_taggers
