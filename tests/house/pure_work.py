"""A program: runs the rooms that must stay pure on a whole request, twice; what the second round does outside of them
it prints, a line for each event. With `--break` it also reads a clock and opens a file, to show that this is seen."""

from __future__ import annotations

import itertools
import json
import os
import random
import secrets
import sys
import time
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from ringfence import dialects, masking, policy
from ringfence.classify import Classifier, Provenance
from ringfence.dialects import Dialect
from ringfence.vocabulary import chat, decision, entities, errors, labels, record, text
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.decision import Facts, Form
from ringfence.vocabulary.text import Classification

MODULES = (chat, decision, entities, errors, labels, record, text)  # all of vocabulary, for its types

# https://docs.python.org/3/library/audit_events.html: files, sockets, processes, libraries, and modules read late.
FORBIDDEN = (
    "open", "socket.", "subprocess.", "os.", "shutil.", "glob.", "pathlib.", "tempfile.", "sqlite3.", "urllib.",
    "http.", "ctypes.", "fcntl.", "mmap.", "signal.", "import",
)  # fmt: skip
SAID = (
    "Mail {mail}, call (415) 555-2671, IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111, from 203.0.113.77, "
    "ＳＳＮ ５３６-２２-８４１２, bWFyYUBleGFtcGxlLm9yZw=="
)


def body_for(mail: str) -> bytes:
    """A request with every kind of place in it."""
    function = {"name": "f", "arguments": json.dumps({"to": mail})}
    parameters = {"mrn 1234567890": {"type": "string"}}
    return json.dumps(
        {
            "model": "gpt-4o",
            "stream": True,
            "metadata": {"ssn": "536-22-8412", "n": 5.36228412e8},
            "tools": [{"type": "function", "function": {"name": "f", "parameters": parameters}}],
            "messages": [
                {"role": "user", "content": SAID.format(mail=mail)},
                {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": function}]},
            ],
        }
    ).encode()


def round_of_work(stations: tuple[Classifier, policy.Policy], name: str) -> None:
    """Everything that happens to a request and its reply in the pure rooms."""
    classifier, rules = stations
    dialect = next(each for each in dialects.all() if each.endpoint == "chat_completions")
    request = dialect.read(body_for(f"{name}@example.org"))
    found = classifier.classify(
        request.segments, request.unread, Provenance(handles=(labels.Label.GENERAL,)), deadline=1.0
    )
    decided(rules, found)
    leaving, book = masked(dialect, request, found)
    classifier.classify(dialect.read(leaving).segments, (), Provenance(handles=()), deadline=1.0)
    reply(dialect, request, book.originals())
    for bad in (b"{", b'{"a":1,"a":2}', b"\xff", b'{"model":1}'):
        try:
            dialect.read(bad)
        except errors.MalformedRequest as error:
            dialect.error(error.http_status, error.code, error.message, error.remedy)


def decided(rules: policy.Policy, found: Classification) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    facts = [
        Facts(
            client="c", purpose="p", service=f"s/{form}", vendor="s", private=False, rerouted=False, form=form,
            labels=tuple(sorted(found.labels)), declared=tuple(sorted(found.declared)),
            uncovered=(labels.Label.PERSONAL,), completeness=found.completeness,
        )
        for form in Form
    ]  # fmt: skip
    policy.decide(rules, facts, (), "digest", now, every=True, memory=policy.Memory(10))


def masked(dialect: Dialect, request: CanonicalRequest, found: Classification) -> tuple[bytes, masking.MemoryBook]:
    numbers = itertools.count(1)
    book = masking.MemoryBook(lambda size: random.Random(next(numbers)).randbytes(size))
    done = masking.mask(request.segments, found.findings, book, json_text=dialect.json_text(request))
    masking.residual(request.segments, found.findings, done)
    return dialect.rewrite(request, done.texts, {"/store": False}), book


def reply(dialect: Dialect, request: CanonicalRequest, originals: Any) -> None:
    text = " and ".join(originals)
    said = {"content": text}
    message = json.dumps({"choices": [{"index": 0, "delta": said, "message": said}]})
    editor = dialect.stream(lambda json_string: masking.Restorer(originals, json_string=json_string))
    for byte in f"data: {message}\n\ndata: [DONE]\n\n".encode():
        editor.feed(bytes([byte]))
    editor.end()
    editor.error_event("broken", "code")
    dialect.edit_reply(
        message.encode(), lambda said, json_string: masking.restore(said, originals, json_string=json_string)
    )
    dialect.models([{"id": "m"}])


def watch() -> list[str]:
    """From now on notes what is forbidden: audit events, and calls of clocks and random sources."""
    seen: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN):
            seen.append(f"{event} {arguments!r}"[:200])

    def trap(module: Any, name: str) -> None:
        real = getattr(module, name)

        def trapped(*arguments: Any) -> Any:
            seen.append(f"{module.__name__}.{name}")
            return real(*arguments)

        setattr(module, name, trapped)

    for name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"):
        trap(time, name)
    trap(os, "urandom")
    trap(secrets, "token_bytes")
    sys.addaudithook(hook)
    return seen


def main() -> None:
    rules_folder = resources.files("ringfence.policy") / "rules"
    texts = {"ringfence.cedar": rules_folder.joinpath("ringfence.cedar").read_text(encoding="utf-8")}
    rules = policy.Policy.load(texts, rules_folder.joinpath("ringfence.cedarschema").read_text(encoding="utf-8"))
    stations = Classifier(memory_key=bytes(32), clock=lambda: 0.0), rules
    round_of_work(stations, "mara")  # what is read late is read now
    seen = watch()
    round_of_work(stations, "tom")
    if "--break" in sys.argv:
        time.time()
        with open(os.devnull):
            pass
    print("\n".join(seen), end="")


if __name__ == "__main__":
    main()
