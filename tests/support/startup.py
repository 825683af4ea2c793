"""Changes that a test makes inside a gateway process: Python reads them at its start."""

from __future__ import annotations

from pathlib import Path

_FINDER = """
import sys

class Finder:
    def find_spec(self, name, path, target=None):
        if name == {before!r}:
            sys.meta_path.remove(self)
            change()
        return None

sys.meta_path.insert(0, Finder())

def change():
"""


def environment(folder: Path, before: str, code: str) -> dict[str, str]:
    """What to add to the environment, so that `code` runs just before the module `before` is imported."""
    folder.mkdir(parents=True, exist_ok=True)
    body = "\n".join(f"    {line}" for line in code.strip().splitlines())
    (folder / "sitecustomize.py").write_text(_FINDER.format(before=before) + body + "\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder)}
