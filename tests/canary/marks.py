"""Marked prompts: words that exist nowhere else, driven through every path of a gateway, and the places to look."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canary import identifiers
from support.client import PATH, Client, Got, chat

LARGEST_FILE = 64 << 20
"""Bytes of a file that are looked at: no record, log or temporary file of ours is larger."""


@dataclass
class Marks:
    """Every mark that was sent, with the path that it was sent on. A mark is a lower-case word or an identifier.

    Words are new in each run, so that what an earlier one left in a temporary folder is not taken for a leak; `rng`
    draws the identifiers, whose kinds decide what happens to a request.
    """

    rng: random.Random
    path: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, Got]] = field(default_factory=list)
    _known: int = 0
    _pattern: re.Pattern[bytes] = field(default_factory=lambda: re.compile(b"(?!)"))

    def word(self, where: str) -> str:
        """A new word of 14 letters."""
        return self._sent("zq" + "".join(random.SystemRandom().choices(string.ascii_lowercase, k=12)), where)

    def text(self) -> str:
        """A prompt: words, and an identifier in their midst."""
        return f"Tell {self.word('text')} that {self.identifier()} belongs to {self.word('text')}."

    def identifier(self) -> str:
        """A new identifier, with the word that says what it is."""
        made = identifiers.make(self.rng)
        self._sent(made.value.lower(), "identifier")
        return made.said

    def key(self) -> str:
        """An object key that is no field name: it has blanks."""
        return f"about {self.word('key')} and {self.word('key')}"

    def _sent(self, mark: str, where: str) -> str:
        self.sent[mark] = f"{where} on path {self.path}"
        return mark

    def found_in(self, data: bytes) -> list[str]:
        """The marks that stand in these bytes, in any case, also as UTF-16."""
        if len(self.sent) != self._known:
            self._pattern = re.compile(b"|".join(re.escape(mark.encode()) for mark in self.sent))
            self._known = len(self.sent)
        lowered = data.lower()
        found = {*self._pattern.findall(lowered), *self._pattern.findall(lowered.replace(b"\0", b""))}
        return [f"{mark} ({self.sent[mark]})" for mark in sorted(match.decode() for match in found)]


def structured(marks: Marks, model: str = "gpt-4o-mini", **members: Any) -> dict[str, Any]:
    """A body with marks at every kind of place."""
    call = {"name": "look_up", "arguments": f'{{"{marks.key()}": "{marks.text()}"}}'}
    schema = {"type": "object", "properties": {marks.key(): {"description": marks.text()}}}
    tool = {
        "type": "function",
        "function": {"name": marks.word("name"), "description": marks.text(), "parameters": schema},
    }
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": marks.text()}], "name": marks.word("name")},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": call}]},
            {"role": "tool", "tool_call_id": "c1", "content": marks.text()},
            {"role": "user", "content": marks.text()},
        ],
        "tools": [tool],
        "metadata": {marks.key(): marks.text()},
        "user": marks.text(),
        "stop": [marks.word("stop")],
        "logit_bias": {marks.word("key"): 1},
        **members,
    }


def malformed(marks: Marks) -> Iterator[bytes]:
    """Bodies that are refused before anything is decided."""
    text = marks.text().encode()
    yield b'{"model":"gpt-4o","messages":[{"role":"user","content":"' + text
    yield b'{"model":"gpt-4o","%b":1,"%b":2}' % (text, text)
    yield b'{"model":"gpt-4o","messages":[],"%b":{"%b":1,"%b":1}}' % (text, text, text)
    yield b'{"model":"gpt-4o","user":"%b\xff\xfe"}' % text
    yield b"\xef\xbb\xbf" + b'"%b"' % text
    yield b'{"%b":%b}' % (text, b"[" * 100 + b"]" * 100)
    yield b'{"%b":NaN}' % text
    yield b'{"%b":%b}' % (text, b"9" * 2000)
    yield b'{"%b":"\\ud800"}' % text
    yield b'"%b"' % text
    yield b'{"model":"gpt-4o","messages":"%b"}' % text
    yield b'{"model":"gpt-4o","messages":[{"role":{"%b":1}}]}' % text
    yield b'{"model":"gpt-4o","messages":[{"role":"user","content":{"%b":1}}]}' % text
    yield b'{"model":["%b"],"messages":[{"role":"user","content":"x"}]}' % text
    yield b'{"model":"%b","messages":[{"role":"user","content":"x"}]}' % text
    yield b'{"model":"gpt-4o","stream":"%b","messages":[{"role":"user","content":"x"}]}' % text
    yield b'{"model":"gpt-4o","tools":{"%b":1},"messages":[{"role":"user","content":"x"}]}' % text


def raw(port: int, data: bytes) -> bytes:
    """Writes bytes to the gateway and reads what comes back, within two seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        back = b""
        try:
            while piece := connection.recv(65536):
                back += piece
        except (TimeoutError, ConnectionError):
            pass
    return back


def refused_requests(marks: Marks, port: int, key: str) -> Iterator[Got]:
    """Requests that fail at the door: the key, the route, the query, the headers, the size."""
    post = Client(port, key).post
    body = chat(marks.text())
    yield Client(port, f"rf_{marks.word('key text')[:10]}_{'x' * 43}").post(body)
    yield post(body, path=f"{PATH}?q={marks.word('query')}")
    yield post(body, path=f"/v1/{marks.word('route')}")
    yield post(body, {"content-type": f"text/{marks.word('type')}"})
    yield post(body, {"content-encoding": marks.word("encoding")})
    yield post(body, {"x-ringfence-source": f"not a tag {marks.word('source')}"})
    yield post(body, {f"x-ringfence-{marks.word('header')}": "1"})
    yield post(body, {"x-ringfence-conversation": f"not a tag {marks.word('conversation')}"})
    yield post(body, {"host": f"{marks.word('host')}.example"})
    yield from _too_large(marks, port, key)


def _too_large(marks: Marks, port: int, key: str) -> Iterator[Got]:
    """A body that is refused by its length alone; the gateway does not read it."""
    head = f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
    head += "content-type: application/json\r\ncontent-length: 50000000\r\nconnection: close\r\n\r\n"
    back = raw(port, head.encode() + json.dumps(chat(marks.text())).encode())
    yield Got(int(back.split(b" ", 2)[1]), {}, back)


def files_since(start_s: float, *folders: Path) -> Iterator[Path]:
    """Regular files in these folders that changed since then (Unix seconds) and can be read."""
    for folder in folders:
        for at, _, names in os.walk(folder, onerror=lambda _error: None):
            for name in names:
                path = Path(at, name)
                try:
                    stat = path.lstat()
                except OSError:
                    continue
                is_file = path.is_file() and not path.is_symlink()
                if is_file and stat.st_mtime >= start_s and stat.st_size <= LARGEST_FILE:
                    yield path


def look(marks: Marks, paths: Iterator[Path]) -> list[str]:
    """The files that hold a mark."""
    found = []
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError:
            continue
        found += [f"{path}: {mark}" for mark in marks.found_in(data)]
    return found


def processes(marks: Marks, pids: list[int]) -> list[str]:
    """The processes that show a mark in their command line or environment."""
    found = []
    for pid in pids:
        for name in ("cmdline", "environ"):
            data = Path(f"/proc/{pid}/{name}").read_bytes()
            found += [f"/proc/{pid}/{name}: {mark}" for mark in marks.found_in(data)]
    return found


def children(pid: int) -> list[int]:
    """A process, its children and theirs."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += children(int(child))
    return found
