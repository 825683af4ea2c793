"""`ringfence.toml` -> typed settings. Imported by gateway, console and cli only."""

from ringfence.settings.load import Secret, load, resolve_secret
from ringfence.settings.model import Settings
from ringfence.settings.template import render

__all__ = ["Secret", "Settings", "load", "render", "resolve_secret"]
