"""The engine that derives decisions anew: npm's @cedar-policy/cedar-wasm under Node.js, driven by replay.mjs alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Protocol

import msgspec

from ringfence.policy.engine import CEDAR_VERSION
from ringfence.vocabulary.errors import ConfigurationError

PACKAGE = "@cedar-policy/cedar-wasm"
MOST_CANDIDATES = 1_000
"""In one process: Node.js 20.20.2 aborts in V8 (deoptimizer, "unreachable code") after some thousand calls."""

_TIMEOUT_S = 300.0
_READY = "Install Node.js 20 or later and, in any folder, `npm install {}@{}`; then name its folder with --cedar-wasm."


class Verdict(msgspec.Struct, frozen=True):
    """What one candidate's facts give. `misfits` are facts that the schema does not know, misses or types otherwise."""

    allowed: bool
    rules: tuple[str, ...]
    misfits: tuple[str, ...] = ()


class Derived(msgspec.Struct, frozen=True):
    """What one record's facts give. `taken` is the place of the first allowed candidate, -1 for none. `failed`: the
    facts could not even be put as a question."""

    candidates: tuple[Verdict, ...] = ()
    taken: int = -1
    effect: str = ""
    service: str = ""
    form: str = ""
    rules: tuple[str, ...] = ()
    failed: str = ""


class Rule(msgspec.Struct, frozen=True):
    """Which facts a rule reads ("*": all), and whether it looks at the names of unknown fields (not only at whether
    there are any)."""

    reads: tuple[str, ...]
    names_fields: bool = False


class Answer(msgspec.Struct, frozen=True):
    """One batch: the rules by id, and what each record gives, in order."""

    rules: dict[str, Rule]
    derived: tuple[Derived, ...]


class Engine(Protocol):
    """`title` names it in reports; `cedar` is its Cedar version."""

    title: str
    cedar: str

    def derive(self, content: bytes, leaves: Sequence[bytes]) -> Answer:
        """What `leaves` (all `decided`, of at most MOST_CANDIDATES candidates where there is more than one) give under
        the policies `content`. Raises ConfigurationError where the engine fails."""
        ...


class _Head(msgspec.Struct):
    cedar: str
    rules: dict[str, Rule]


class CedarWasm:
    """`node` is the program, `folder` that of the installed package."""

    def __init__(self, node: str, folder: Path, timeout_s: float = _TIMEOUT_S) -> None:
        """Raises ConfigurationError where `folder` holds no such package."""
        self._node, self._folder, self._timeout_s = node, folder, timeout_s
        try:
            told = json.loads((folder / "package.json").read_bytes())
            self.cedar = str(told["version"])
        except (OSError, ValueError, KeyError, TypeError):
            raise ConfigurationError(
                f"{folder} does not hold npm's {PACKAGE}", remedy=_READY.format(PACKAGE, CEDAR_VERSION)
            ) from None
        self.title = f"{PACKAGE} {self.cedar} under Node.js"

    def derive(self, content: bytes, leaves: Sequence[bytes]) -> Answer:
        # A line of the protocol ends at a newline, and neither JSON text holds one.
        given = b"\n".join((content.replace(b"\n", b" "), *leaves, b""))
        with resources.as_file(resources.files(__package__) / "replay.mjs") as script:
            try:
                done = subprocess.run(  # noqa: S603 - node and our own script
                    [self._node, str(script), str(self._folder.absolute())],
                    input=given,
                    capture_output=True,
                    timeout=self._timeout_s,
                )
            except subprocess.TimeoutExpired:
                raise self._failed(f"did not answer within {self._timeout_s:g} s") from None
        if done.returncode:
            how = f"was killed by signal {-done.returncode}" if done.returncode < 0 else f"ended with {done.returncode}"
            raise self._failed(f"{how}: {_last_line(done.stderr)}")
        return self._read(done.stdout, len(leaves))

    def _read(self, said: bytes, count: int) -> Answer:
        lines = said.splitlines()
        try:
            head = msgspec.json.decode(lines[0], type=_Head)
            derived = tuple(msgspec.json.decode(line, type=Derived) for line in lines[1:])
        except (IndexError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise self._failed("answered something else than decisions") from None
        if head.cedar != self.cedar:
            raise self._failed(f"says that it is Cedar {head.cedar}, not {self.cedar}")
        if len(derived) != count:
            raise self._failed(f"answered {len(derived)} of {count} decisions")
        return Answer(head.rules, derived)

    def _failed(self, how: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.title} {how}",
            remedy="Run it again; if it stays, run src/ringfence/evidence/replay/replay.mjs by hand, as its head says.",
        )


def find_engine(folder: Path | None, start: Path) -> CedarWasm:
    """The engine in `folder`, else in a `node_modules` at `start` or above it. Raises ConfigurationError, with what to
    install."""
    node = shutil.which("node")
    if node is None:
        raise ConfigurationError("there is no Node.js here (`node`)", remedy=_READY.format(PACKAGE, CEDAR_VERSION))
    places = (each / "node_modules" / PACKAGE for each in (start, *start.parents))
    found = folder or next((place for place in places if place.is_dir()), None)
    if found is None:
        raise ConfigurationError(
            f"npm's {PACKAGE} is not installed at {start} or above it", remedy=_READY.format(PACKAGE, CEDAR_VERSION)
        )
    return CedarWasm(node, found)


def _last_line(text: bytes) -> str:
    """Of an error's output, what Node.js says last but for its own version; it holds no more than records do."""
    lines = [line for line in text.decode(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line] or lines
    return told[-1].strip()[:200] if told else "no word"
