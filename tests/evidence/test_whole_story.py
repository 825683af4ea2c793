"""One log from its first request to the auditor's report, and what is left when its operator rewrites it: everything
that the ledger promises an outsider, through the commands and real gateways, in both stores."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import threading
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence.replay.made import engine
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.ledger.record import SALT_BYTES
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects
from support import admin_apis
from support.admin_apis import wait
from support.client import chat
from support.needs import need, need_package
from support.postgres import Cluster, binaries

need_package("botocore")
need_package("rfc3161_client")
need_package("reportlab")
from support.forger import forge, into_postgres, into_segments  # noqa: E402
from support.story import APPROVERS, Story, story, witness  # noqa: E402

MARIA = "Patient Maria Keller, MRN: 4471992, SSN 536-22-8412, e-mail maria.keller@example.com, needs a refill."
PAUL = "Patient Paul Oduya, MRN: 6612345, SSN 219-09-9999, e-mail paul.oduya@example.com, asks for results."
PLANTED = (
    *(b"Maria Keller", b"4471992", b"536-22-8412", b"maria.keller@example.com", b"needs a refill"),
    *(b"Paul Oduya", b"6612345", b"219-09-9999", b"paul.oduya@example.com", b"asks for results"),
    *(b"the budget of the merger", b"What is a heap", b"sk-admin-very-secret"),
)
BUDGET = "Sum up the budget of the merger."
NEVER_PROVEN = {"all-traffic", "labels", "coverage", "documents"}
PATIENCE_S = 30.0
OPEN, COVERED, CLAUDE = "gpt-4o-mini", "gpt-4o-baa", "claude-baa"


@pytest.fixture(params=["segments", "postgres"])
def made(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    engine()
    with ExitStack() as stack:
        stores, cluster = ["heartbeat_s = 3"], None
        if request.param == "postgres":
            need_package("asyncpg")
            need(binaries(), "PostgreSQL is not installed (scripts/tools.sh)")
            cluster = stack.enter_context(Cluster())
            monkeypatch.setenv("LEDGER_URL", cluster.url(cluster.database()))
            shared = 'store = "postgres"\npostgres = "env:LEDGER_URL"\nheartbeat_s = 3'
            stores = [f'{shared}\ninstance = "{name}"' for name in ("one", "two")]
        yield stack.enter_context(story(tmp_path, stores, cluster))


def test_whole_story(made: Story) -> None:
    enrol(made)
    keys = begin(made)
    with witness(made):
        indexes = traffic(made, keys)
        changes(made, keys)
        crash(made, keys)
        drift(made, keys)
        end = datetime.now(UTC)
        anchored(made)
    bundle = handed_over(made, "first", end)
    looked_into(made, indexes)
    [slot] = boot.reader(homes.find(made.homes[0])).salts(indexes["masked"], 1)
    salt = slot[:SALT_BYTES]
    held(made)
    assert [path.name for path in where(made, salt)] == (["salts"] if made.cluster is None else [])
    forgotten(made, indexes)
    assert where(made, salt) == []
    assert verified(made, bundle)["ok"], "what was handed over before holds as it did"
    handed_over(made, "later", end)
    exported(made)
    nothing_planted(made)
    rewritten(made, indexes["denied"], end)


def where(made: Story, data: bytes) -> list[Path]:
    """The files here that hold it. (PostgreSQL's own keep a deleted row for a while, as its page says.)"""
    return [path for path in made.files() if any(data in each for each in readable(path))]


def enrol(made: Story) -> None:
    """Two who may approve, two custodians and a reviewer."""
    words = made.root / "words"
    for who in APPROVERS:
        made.run(
            *("approver", "create", who, "--name", who.title(), "--role", "officer"),
            *("--key", made.root / f"{who}.pem", "--passphrase-file", words),
        ).well()
    for who in ("anna", "bert", "rev"):
        made.run("custodian", "create", who, "--folder", made.root, "--passphrase-file", words).well()
        (made.root / f"{who}.pub").rename(made.config / f"{who}.pub")


def begin(made: Story) -> list[dict[str, str]]:
    """Keys of each gateway, and the gateways."""
    keys = []
    for number in range(len(made.homes)):
        keys.append(
            {
                "general": made.key("desk", "general", home=number),
                "phi": made.key("clinic", "phi", home=number),
                "strict": made.key("lab", "phi", home=number, options=["--on-uncovered", "deny"]),
                "secret": made.key("pilot-team", "confidential", home=number, options=["--on-uncovered", "deny"]),
            }
        )
        if number:
            shutil.copy(made.homes[0] / "ledger.key", made.homes[number] / "ledger.key")
        made.start(number)
    wait(lambda: made.notices("posture_probed"), PATIENCE_S)
    return keys


def traffic(made: Story, keys: list[dict[str, str]]) -> dict[str, int]:
    """Requests of each kind, over three interfaces, taking turns among the gateways. Returns their records."""
    last = len(made.homes) - 1
    for number in {0, last}:
        until(made, keys, "phi", chat("Hello.", COVERED), "ALLOW", number)
    message = {"model": CLAUDE, "max_tokens": 64, "messages": [{"role": "user", "content": PAUL}]}
    spoken = {"model": COVERED, "input": MARIA, "stream": True, "store": False}
    got = {
        "allowed": made.ask(keys[0]["general"], chat("What is a heap?", OPEN)),
        "masked": made.ask(keys[last]["phi"], chat(MARIA, COVERED, store=False), home=last),
        "message": made.ask(keys[0]["phi"], message, path="/v1/messages"),
        "response": made.ask(keys[last]["phi"], spoken, home=last, path="/v1/responses"),
        "rerouted": made.ask(keys[0]["phi"], chat(MARIA, OPEN)),
        "denied": made.ask(keys[last]["strict"], chat(MARIA, OPEN), home=last),
        "unexcepted": made.ask(keys[0]["secret"], chat(BUDGET, OPEN)),
    }
    effects = {name: each.effect for name, each in got.items()}
    assert effects == {
        **{"allowed": "ALLOW", "masked": "MASK", "message": "MASK", "response": "MASK"},
        **{"rerouted": "REROUTE", "denied": "DENY", "unexcepted": "DENY"},
    }, [each.body for each in got.values()]
    assert got["masked"].text == MARIA, "the client gets its identifiers back"
    assert not any(b"536-22-8412" in each.body for each in made.vendor.received)
    assert any(b"536-22-8412" in each.body for each in made.house.received)
    (made.root / "theirs").mkdir()
    (made.root / "theirs" / "masked").write_bytes(json.dumps(chat(MARIA, COVERED, store=False)).encode())
    return {name: int(each.headers["x-ringfence-record"]) for name, each in got.items()}


def until(made: Story, keys: list[dict[str, str]], key: str, body: dict[str, Any], effect: str, number: int) -> None:
    """Asks a gateway until it answers so: what was changed is noticed within a second."""
    wait(lambda: made.ask(keys[number][key], body, home=number).effect == effect, PATIENCE_S)


def changes(made: Story, keys: list[dict[str, str]]) -> None:
    """An exception that both approve, a key more, and a document that both approved before it was put on file."""
    made.run(
        *("exception", "propose", "pilot", "--label", "confidential", "--service", "openai/*"),
        *("--client", "pilot-team", "--reason", "a pilot", "--by", "E. Ruiz", "--days", "3"),
    ).well()
    file = made.config / "exceptions" / "pilot.json"
    made.approve(file, APPROVERS[0])
    assert made.run("exception", "check", file).code == 1
    made.approve(file, APPROVERS[1])
    made.run("exception", "check", file).well()
    for number in range(len(made.homes)):
        until(made, keys, "secret", chat(BUDGET, OPEN), "ALLOW", number)
    keys[0]["late"] = made.key("late", "general")
    until(made, keys, "late", chat("What is a heap?", OPEN), "ALLOW", 0)
    made.wait_for("keys_changed")
    register_changed(made)


def register_changed(made: Story) -> None:
    """On a copy that has the change first, as docs/how-to/approve-with-two-people.md says."""
    copy = made.root / "copy"
    shutil.copytree(made.config, copy / "config")
    (copy / "home0").mkdir()
    shutil.copy(made.homes[0] / "ringfence.toml", copy / "home0")
    name = "register/documents/openai-dpa.toml"
    text = (made.config / name).read_text().replace("A. Reviewer", "B. Reviewer")
    (copy / "config" / name).write_text(text)
    made.run(
        "--config", copy / "home0/ringfence.toml", "change", "propose", "register", "--reason", "read again"
    ).well()
    [proposal] = (copy / "config/approvers/changes").iterdir()
    for who in APPROVERS:
        made.approve(proposal, who)
    (made.config / "approvers/changes").mkdir()
    shutil.copy(proposal, made.config / "approvers/changes")
    (made.config / name).write_text(text)
    wait(lambda: len(approved(made)) == len(made.homes), PATIENCE_S)
    shutil.rmtree(copy)
    used = [each["body"]["exceptions"] for each in made.records() if each["body"].get("exceptions")]
    assert used == [["pilot"]] * len(made.homes)


def approved(made: Story) -> list[dict[str, Any]]:
    """What a gateway put on record of a changed register that both approved."""
    return [each for each in made.notices("register_or_policy_read") if each["approvers"] == list(APPROVERS)]


def crash(made: Story, keys: list[dict[str, str]]) -> None:
    """SIGKILL while a request is under way; the next start ends it as unknown."""
    answer = made.vendor.answer
    released = threading.Event()

    async def never(_: Any) -> AsyncIterator[bytes]:
        await asyncio.to_thread(released.wait)
        yield b""

    made.vendor.answer = never
    before = len(made.vendor.received)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(made.ask, keys[0]["general"], chat("What is a heap?", OPEN))
        wait(lambda: len(made.vendor.received) > before, PATIENCE_S)
        made.gateways[0].kill()
        released.set()
        assert waiting.exception() is not None
    made.vendor.answer = answer
    made.start(0)
    restart = made.records()[-1]["index"]
    assert [r["body"]["outcome"] for r in made.records() if r["phase"] == "ended"].count("unknown") == 1
    until(made, keys, "phi", chat(MARIA, COVERED), "MASK", 0)
    if made.cluster:
        # The other gateway lived on: within the period its next sign vouches for the time of the crash.
        wait(lambda: any(each["index"] > restart for each in beats(made, "two")), PATIENCE_S)


def beats(made: Story, instance: str) -> list[dict[str, Any]]:
    return [
        each
        for each in made.records()
        if each["body"].get("event") == "heartbeat" and each["body"]["instance"] == instance
    ]


def drift(made: Story, keys: list[dict[str, str]]) -> None:
    """The account at the vendor is no longer set as the papers say: closed, and an incident is open."""
    made.account.answers = admin_apis.openai(projects=[("proj_a", "none")])
    for number in range(len(made.homes)):
        until(made, keys, "strict", chat(MARIA, COVERED), "DENY", number)
    opened = made.wait_for("incident", len(made.homes))
    assert len({each["instance"] for each in opened}) == len(made.homes)


def anchored(made: Story) -> None:
    """What the commands of the ledger say, beside the running gateways, which then stop in order."""
    ran = made.run("ledger", "anchor")
    assert ran.code == 0, ran.out
    for number in range(len(made.homes)):
        made.gateways[number].stop()
        assert made.run("ledger", "anchor", home=number).code == 0
        made.run("ledger", "verify", "--public-key", made.key_line, home=number).well()
        made.run("ledger", "fsck", "--public-key", made.key_line, home=number).well()
        made.run("ledger", "anchors", "--bucket", home=number).well()
    notes = made.root / "notes"
    notes.write_text(made.auditor("witness", "show", "--state", made.root / "witness-state", "--notes").well().out)
    made.run("ledger", "anchors", "--note", notes, "--public-key", made.key_line).well()


def replayed(made: Story, bundle: Path) -> Path:
    """The result of deriving every decision anew, with an engine that nobody here wrote."""
    folder = Path(__file__).parents[2] / "node_modules" / "@cedar-policy" / "cedar-wasm"
    ran = made.auditor("evidence", "replay", bundle, "--cedar-wasm", folder, "--json").well()
    found = ran.json["replay"]
    assert (found["mismatched"], found["unproven"]) == (0, 0)
    assert found["decisions"] == found["matched"] > 8
    path = bundle.with_suffix(".replay.json")
    path.write_text(ran.out)
    return path


def export(made: Story, name: str, end: datetime) -> Path:
    """Of the day up to `end`, which the anchors of later cover."""
    period = ("--from", str(end.date() - timedelta(days=1)), "--to", end.isoformat())
    path = made.root / f"{name}.zip"
    made.run("evidence", "export", *period, "--out", path).well()
    return path


def verified(made: Story, bundle: Path, *more: str | Path) -> dict[str, Any]:
    """As the auditor who knows the log's key, the witness and the authority from elsewhere."""
    ran = made.auditor(
        *("evidence", "verify", bundle, "--public-key", made.key_line, "--witness", made.witness_line),
        *("--timestamp-roots", made.root / "outside/roots.pem", *more, "--json"),
    )
    found: dict[str, Any] = ran.json
    assert found["ok"] is (ran.code == 0)
    return found


def claims(found: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: each["verdict"] for each in found["claims"]}


def handed_over(made: Story, name: str, end: datetime) -> Path:
    """Export, replay, verification with both reports, and a sample with its proofs."""
    bundle = export(made, name, end)
    html, pdf = bundle.with_suffix(".html"), bundle.with_suffix(".pdf")
    replay = replayed(made, bundle)
    found = verified(made, bundle, "--replay", replay, "--report", html, "--report", pdf)
    steps = {each["number"]: each for each in found["steps"]}
    assert found["ok"], [each for each in steps.values() if each["status"] == "failed"]
    assert {number for number, each in steps.items() if each["status"] != "ok"} <= {15, 17}
    # Before the first start; and a gateway alone was silent while it lay dead, where of two the other one vouches.
    gaps = len(steps[15]["details"])
    assert gaps == 1 if made.cluster else gaps >= 2, steps[15]["details"]
    assert all("only the bucket itself can prove it" in each for each in steps[17]["details"]), steps[17]
    said = claims(found)
    assert {name for name, verdict in said.items() if verdict != "proven"} == {"observed", *NEVER_PROVEN}, said
    assert b"not observed" in html.read_bytes() and pdf.read_bytes().startswith(b"%PDF-")
    proofs = made.root / f"{name}-proofs"
    made.auditor("evidence", "sample", bundle, "--n", "4", "--seed", "later", "--proofs", proofs).well()
    assert len(list(proofs.iterdir())) == 4
    for proof in proofs.iterdir():
        made.auditor("ledger", "check-proof", proof, "--public-key", made.key_line).well()
    return bundle


def looked_into(made: Story, indexes: dict[str, int]) -> None:
    """One record's proof; the reviewer's sample; and who was affected, by both custodians together."""
    proof = made.root / "one.tlog-proof"
    made.run("ledger", "prove", str(indexes["masked"]), "--output", proof).well()
    made.auditor("ledger", "check-proof", proof, "--public-key", made.key_line).well()
    words = made.root / "words"
    review = ("review", "--key", made.root / "rev.pem", "--passphrase-file", words, "--seed", "s")
    for number in range(len(made.homes)):
        ran = made.run(*review, "--json", home=number)
        assert ran.code == 0, ran.out
    for number in range(len(made.homes)):
        who_was_affected(made, number)


def who_was_affected(made: Story, number: int) -> None:
    """As far as this gateway was in the way: the rest of the incident is told to be elsewhere."""
    [incident] = made.run("incident", "list", "--json", home=number).well().json
    name = incident["incident"]["id"]
    ran = made.run("incident", "affected", name, home=number).well()
    assert f"{len(incident['incident']['requests'])} requests" in ran.out
    told = made.opened("incident", "affected", name, *custodians(made), "--json", home=number).well().json
    sealed = Subjects(homes.find(made.homes[number]).subjects).indexes()
    here = [index for index in told["records"] if index in sealed]
    assert told["records"] == [each["index"] for each in incident["incident"]["requests"]]
    assert told["unknown"]["no_entry"] == [index for index in told["records"] if index not in sealed]
    assert here or number
    for maria in told["subjects"]:
        values = {each["value"] for each in maria["identifiers"]}
        assert values == {"4471992", "536-22-8412", "maria.keller@example.com"}
        assert (maria["records"], maria["exposed"]) == (here, False), "all of them went masked"


def custodians(made: Story) -> tuple[str | Path, ...]:
    words = made.root / "words"
    a, b = made.root / "anna.pem", made.root / "bert.pem"
    return ("--key-a", a, "--passphrase-file-a", words, "--key-b", b, "--passphrase-file-b", words)


def held(made: Story) -> None:
    """A hold keeps what two people then let go."""
    made.run("ledger", "hold", "add", "--client", "clinic", "--reason", "case 12").well()
    [hold] = made.run("ledger", "hold", "list", "--json").well().json
    ran = made.run("ledger", "forget", "--client", "clinic", "--reason", "contract ended", "--yes")
    assert (ran.code, "under legal hold" in ran.err) == (3, True)
    proposal = made.root / "release.json"
    assert made.run("ledger", "hold", "release", hold["id"], "--reason", "settled", "--proposal", proposal).code == 1
    for who in APPROVERS:
        assert made.run("ledger", "hold", "release", "--approved", proposal).code == 3
        made.approve(proposal, who)
    made.run("ledger", "hold", "release", "--approved", proposal).well()
    assert made.run("ledger", "hold", "list", "--json").well().json == []


def forgotten(made: Story, indexes: dict[str, int]) -> None:
    """What the clinic sent, by two people: nobody can link it any more, and every proof still holds."""
    body, last = made.root / "theirs" / "masked", len(made.homes) - 1
    look = ("ledger", "check", str(indexes["masked"]), "received", body)
    assert made.run(*look).out == "same\n"
    order = made.root / "forget.json"
    words = ("ledger", "forget", "--client", "clinic", "--reason", "contract ended")
    assert made.run(*words, "--proposal", order).code == 1
    for who in APPROVERS:
        assert made.run("ledger", "forget", "--approved", order).code == 3
        made.approve(order, who)
    made.run("ledger", "forget", "--approved", order).well()
    assert made.run(*look).out == "erased\n"
    if last:
        made.start(last)
        wait(lambda: not beside(made, last) & {indexes["masked"], indexes["response"]}, PATIENCE_S)
        made.gateways[last].stop()
    for number, home in enumerate(made.homes):
        made.run("ledger", "verify", "--public-key", made.key_line, home=number).well()
        made.run("ledger", "fsck", "--public-key", made.key_line, home=number).well()
        assert not beside(made, number) & {indexes["masked"], indexes["message"], indexes["response"]}, home


def beside(made: Story, number: int) -> set[int]:
    """The records of which something is kept beside the ledger."""
    home = homes.find(made.homes[number])
    return {*Contents(home.content).indexes(), *Subjects(home.subjects).indexes()}


def exported(made: Story) -> None:
    for name in ("ocsf", "otel", "cloudevents"):
        path = made.root / f"{name}.ndjson"
        made.run("ledger", "export", "--format", name, "--out", path).well()
        assert path.read_bytes().count(b"\n") > 8


def nothing_planted(made: Story) -> None:
    """But for what the vendor and the private model got, which is in no file here."""
    theirs = made.root / "theirs"
    for path in made.files():
        if theirs in path.parents or path.name == "account.key":
            continue
        for data in readable(path):
            assert not [each for each in PLANTED if each in data], path
    said = "".join(made.said).encode()
    assert not [each for each in PLANTED if each in said]
    if made.cluster:
        stored = [path for path in made.cluster.root.rglob("*") if path.is_file()]
        assert len(stored) > 100
        assert not [path for path in stored if any(each in path.read_bytes() for each in PLANTED)]
    assert any(b"pilot-team" in data for data in readable(made.root / "later.zip")), "it is looked into"
    assert any(b"Verification" in data for data in readable(made.root / "later.pdf"))


def readable(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what is packed in them."""
    whole = path.read_bytes()
    yield whole
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if path.suffix == ".pdf":
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", whole, re.DOTALL):
            with suppress(ValueError, zlib.error):
                yield zlib.decompress(base64.a85decode(packed.strip().removesuffix(b"~>")))


def rewritten(made: Story, denied: int, end: datetime) -> None:
    """By whoever holds the key: a denied request was never asked. Only what lies outside tells."""
    forged = forge(made.homes[0], denied)
    if made.cluster is None:
        into_segments(made.homes[0], forged)
    else:
        into_postgres(made.cluster, os.environ["LEDGER_URL"], made.homes, forged)
    for home in made.homes:
        shutil.rmtree(home / "ledger-tiles")
    ran = made.run("ledger", "verify", "--public-key", made.key_line)
    assert (ran.code, "ANCHOR: the ledger was rewritten" in ran.out) == (1, True), ran.out
    found = verified(made, export(made, "forged", end))
    failed = {each["number"]: each["details"] for each in found["steps"] if each["status"] == "failed"}
    assert set(failed) == {17}
    assert {each.split()[0] for each in failed[17] if "another history" in each} == {"timestamp", "witness", "worm"}
    with witness(made):
        ran = made.run("ledger", "anchor")
    assert (ran.code, "rewritten" in ran.out) == (1, True), ran.out
    for home in made.homes:
        shutil.rmtree(home / "ledger-anchors")
    found = verified(made, export(made, "unanchored", end))
    assert found["ok"], "nothing in it can tell"
    assert claims(found)["not-rewritten"] == "unproven"
    made.run("ledger", "verify", "--public-key", made.key_line).well()
    for more in (["--note", made.root / "notes"], ["--bucket"]):
        ran = made.run("ledger", "anchors", *more)
        assert (ran.code, "The ledger was rewritten" in ran.out) == (1, True), ran.out
