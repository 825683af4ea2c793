"""Commands. They print what the rooms say, and hold no rules of their own."""

from ringfence.cli.app import main

__all__ = ["main"]
