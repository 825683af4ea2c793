"""One driver process per environment: a task in, what the client saw out."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NODE = ("openai-node",)
SPOKEN = {
    "openai": ("chat", "responses"),
    "openai-async": ("chat", "responses"),
    "openai-node": ("chat", "responses"),
    "anthropic": ("messages",),
    "anthropic-async": ("messages",),
    "langchain-openai": ("chat", "responses"),
    "langchain-anthropic": ("messages",),
    "pydantic-ai": ("chat", "responses", "messages"),
    "instructor": ("chat", "responses", "messages"),
}
"""Client -> the interfaces that it speaks."""
CASES = ("text", "system", "turns", "tool", "loop", "structured")


def cases_of(client: str) -> tuple[str, ...]:
    """`instructor` is for structured output alone."""
    return ("structured",) if client == "instructor" else CASES


@dataclass
class Drivers:
    """Started on first use. `python` is that of the clients' environment."""

    python: Path
    _running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def ask(self, task: dict[str, Any]) -> dict[str, Any]:
        """What the client saw."""
        process = self._process("node" if task["client"] in NODE else "python")
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "the driver ended"
        seen: dict[str, Any] = json.loads(line)
        return seen

    def close(self) -> None:
        for process in self._running.values():
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)

    def _process(self, kind: str) -> subprocess.Popen[str]:
        if kind not in self._running:
            python = [str(self.python), str(HERE / "driver.py")]
            command = ["node", str(HERE / "driver.mjs")] if kind == "node" else python
            self._running[kind] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self._running[kind]
