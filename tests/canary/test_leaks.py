"""Nothing of a prompt stays anywhere: logs, errors, ledger, vault, engine, temporary files, process list."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from canary import marks as looking
from canary.marks import Marks, structured
from support import home, startup, vendor
from support.client import Client, Got, chat
from support.gateway import GatewayProcess
from support.needs import need, need_trial_model
from support.vendor import Received, ScriptedVendor

# What a defect of ours could do at its worst: an error that quotes the prompt, before and after DECIDED.
_DEFECTS = """
from ringfence import masking
from ringfence.dialects import chat
real_mask, real_edit = masking.mask, chat.ChatCompletions.edit_reply
def mask(segments, *arguments, **options):
    text = " ".join(segment.text for segment in segments)
    if "break before" in text:
        raise ValueError(text)
    return real_mask(segments, *arguments, **options)
def edit_reply(self, body, *arguments, **options):
    if b"break after" in body:
        raise ValueError(body.decode())
    return real_edit(self, body, *arguments, **options)
masking.mask, chat.ChatCompletions.edit_reply = mask, edit_reply
"""


class Drive:
    """One gateway with the embedded model, and every path through it."""

    def __init__(self, folder: Path, service: ScriptedVendor, gateway: GatewayProcess, keys: dict[str, str]) -> None:
        self.marks = Marks(random.Random(5))
        self.service, self.gateway = service, gateway
        self.clients = {name: Client(gateway.port, key, 120) for name, key in keys.items()}
        self.keys = keys
        self.effects: set[str] = set()
        self.shown: list[str] = []
        self.files: list[str] = []
        self.looked: list[str] = []
        self.pids = 0

    @contextmanager
    def on(self, path: str) -> Iterator[None]:
        self.marks.path = path
        yield
        self.service.answer = vendor.echo

    def ask(self, key: str, body: dict[str, object] | bytes, headers: dict[str, str] | None = None) -> Got:
        """Sends; an error's body and headers are kept for the search, and so are the headers of every reply."""
        if isinstance(body, dict):
            body = {"max_tokens": 8, **body}  # much of it goes to the embedded model, which would talk for minutes
        got = self.clients[key].post(body, headers)
        self.effects.add(got.effect)
        shown = got if got.status >= 400 else Got(got.status, got.headers, b"")
        self.marks.errors.append((self.marks.path, shown))
        return got

    def decided(self) -> None:
        """The paths on which a decision is made."""
        with self.on("allowed"):
            for stream in (False, True):
                got = self.ask("general", chat(f"Say {self.marks.word('text')}", stream=stream))
                assert (got.status, got.effect) == (200, "ALLOW")
        with self.on("tagged"):
            for tag in ("source", "label", "conversation"):
                got = self.ask("general", chat("Hello."), {f"x-ringfence-{tag}": self.marks.word(tag)})
                assert got.status == 200
        with self.on("masked"):
            for stream in (False, True):
                got = self.ask("general", chat(f"My number is 536-22-8412, {self.marks.word('text')}.", stream=stream))
                assert (got.status, got.effect) == (200, "MASK")
                assert self.ask("general", chat(self.marks.text(), stream=stream)).status == 200
        with self.on("rerouted"):
            for stream in (False, True):
                got = self.ask("undeclared", structured(self.marks, stream=stream, tools=None, stop=None))
                assert got.effect == "REROUTE"
                assert self.ask("undeclared", chat(self.marks.text(), stream=stream)).status == 200
        with self.on("denied"):
            assert self.ask("deny", structured(self.marks)).status == 403
            assert self.ask("deny", chat(self.marks.text())).status == 403
            key = self.marks.key()
            assert self.ask("phi deny", chat(self.marks.text(), "gpt-4o-baa", **{key: self.marks.text()})).status == 403

    def broken_upstream(self) -> None:
        """The vendor fails in every way."""
        answers = {
            "reset before a reply": vendor.stream([], end=False),
            "reset in a stream": vendor.stream([vendor.event({"content": "half"})], end=False),
            "no JSON": vendor.plain(b"<html>no</html>"),
            "redirect": vendor.plain(b"{}", 307, "location: http://127.0.0.1:9/\r\n"),
            "refused": vendor.plain({"error": {"message": "bad key"}}, 401),
            "its own error": vendor.plain({"error": {"message": "too many"}}, 429),
            "no HTTP": _nonsense,
        }
        for name, answer in answers.items():
            with self.on(f"upstream: {name}"):
                for stream in (False, True):
                    self.service.answer = answer
                    self.ask("general", chat(self.marks.text(), stream=stream))

    def refused(self) -> None:
        """Nothing is decided: malformed, too large, not allowed, not known; and defects of ours."""
        with self.on("malformed"):
            for body in looking.malformed(self.marks):
                assert self.ask("general", body).status in (400, 404)
        with self.on("unknown model"):
            assert self.ask("general", chat(self.marks.text(), self.marks.word("model"))).status == 404
        with self.on("refused at the door"):
            for got in looking.refused_requests(self.marks, self.gateway.port, self.keys["general"]):
                assert got.status >= 400
                self.marks.errors.append((self.marks.path, got))
        with self.on("no HTTP"):
            back = looking.raw(self.gateway.port, f"POST /{self.marks.word('line')} HTTX\r\n\r\n".encode())
            self.marks.errors.append((self.marks.path, Got(400, {}, back)))
        with self.on("defect before DECIDED"):
            got = self.ask("general", chat(f"break before: {self.marks.word('text')} 536-22-8412"))
            assert got.status == 500
        with self.on("defect after DECIDED"):
            got = self.ask("general", chat(f"break after: {self.marks.word('text')}"))
            assert got.status == 500

    def left(self) -> None:
        """The client goes away in the middle, and the gateway is stopped in the middle."""
        with self.on("client left"):
            self.service.answer = vendor.stream([vendor.event({"content": "x"})] * 100, pause_s=0.05)
            client = Client(self.gateway.port, self.keys["general"])
            client.connection.request(
                "POST", looking.PATH, json.dumps(chat(self.marks.text(), stream=True)), _headers(self)
            )
            time.sleep(0.3)
            client.close()
            time.sleep(0.3)


def _headers(drive: Drive) -> dict[str, str]:
    return {"authorization": f"Bearer {drive.keys['general']}", "content-type": "application/json"}


async def _nonsense(received: Received) -> object:
    yield b"NO " + received.body + b"\r\n\r\n"


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Drive:
    """A gateway through which everything went, and which has ended."""
    need_trial_model()
    folder = tmp_path_factory.mktemp("leaks")
    temporary = tmp_path_factory.mktemp("tmp")
    defects = startup.environment(tmp_path_factory.mktemp("defects"), "ringfence.gateway.running", _DEFECTS)
    start_s = time.time() - 2
    with ScriptedVendor() as service:
        home.write(folder, service.port, engine="embedded")
        keys = {
            "general": home.key(folder, "general"),
            "undeclared": home.key(folder),
            "deny": home.key(folder, on_uncovered="deny"),
            "phi deny": home.key(folder, "phi", on_uncovered="deny"),
        }
        with GatewayProcess(folder, env={"TMPDIR": str(temporary), **defects}) as gateway:
            drive = Drive(folder, service, gateway, keys)
            drive.decided()
            drive.broken_upstream()
            drive.refused()
            drive.left()
            pids = looking.children(gateway.process.pid) if sys.platform == "linux" else []
            drive.shown = looking.processes(drive.marks, pids)
            drive.pids = len(pids)
    everywhere = looking.files_since(start_s, folder, temporary, Path(tempfile.gettempdir()))
    drive.files = looking.look(drive.marks, everywhere)
    drive.looked = [str(path.relative_to(folder)) for path in looking.files_since(start_s, folder)]
    return drive


def test_every_path_was_taken(driven: Drive) -> None:
    assert driven.effects >= {"ALLOW", "MASK", "REROUTE", "DENY"}
    assert len(driven.marks.sent) > 150
    # The search looked where something could be.
    for name in ("gateway.out", "ledger/segments/", "ledger/salts", "vault.db", "run/engine.log"):
        assert any(path.startswith(name) for path in driven.looked), name


def test_a_mark_would_be_found_wherever_it_stood(driven: Drive, tmp_path: Path) -> None:
    mark = next(iter(driven.marks.sent))
    for name, data in {
        "a.log": f"x{mark.upper()}y".encode(),
        "b.db": mark.encode("utf-16-le"),
        "c": b"nothing",
    }.items():
        (tmp_path / name).write_bytes(data)
    found = looking.look(driven.marks, looking.files_since(0, tmp_path))
    assert sorted(line.split(":")[0].rsplit("/", 1)[1] for line in found) == ["a.log", "b.db"]


def test_no_file_holds_any_of_a_prompt(driven: Drive) -> None:
    assert driven.files == []


def test_no_error_and_no_header_shows_any_of_a_prompt(driven: Drive) -> None:
    shown = [
        f"{path} {got.status}: {mark}"
        for path, got in driven.marks.errors
        for mark in driven.marks.found_in(got.body + repr(got.headers).encode())
    ]
    assert shown == []
    assert sum(got.status >= 400 for _, got in driven.marks.errors) > 30


def test_no_process_shows_any_of_a_prompt(driven: Drive) -> None:
    need(sys.platform == "linux", "there is no /proc to read processes in")
    assert driven.pids >= 2, "the gateway and its engine"
    assert driven.shown == []
