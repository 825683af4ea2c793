"""A home with a real ledger and both stores beside it, filled by requests through the real exchange."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.approvals import write_person
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.home import Home
from ringfence.ledger.ledger import Ledger
from ringfence.sidecar import people
from ringfence.vocabulary.record import Outcome, Phase, Receipt, Record
from support import home as support_home
from support import people as approvers
from support.inprocess import Answer, InProcess, says

PASSPHRASE = "twelve words or so"
CUSTODIANS = ("anna", "bert", "carla")
REVIEWER = "rev"
STORES = f"""
[detection]
names = false

[content]
share = 1.0
reviewer = "{REVIEWER}.pub"

[subjects]
custodians = [{", ".join(f'"{each}.pub"' for each in CUSTODIANS)}]
"""
BODY = "Patient MRN: 4471992, e-mail maria.keller@example.com, needs a refill."


def made(folder: Path, settings: str = STORES) -> Home:
    """The home, with everybody's key pairs beside its settings; and PASSPHRASE in `passphrase`."""
    folder.mkdir(exist_ok=True, mode=0o700)
    support_home.write(folder, 9, settings=settings)
    key_files(folder)
    return homes.find(folder, folder / "ringfence.toml")


def key_files(folder: Path) -> None:
    """Everybody's public file, private ones in `keys`, and PASSPHRASE in `passphrase`."""
    for place, name in enumerate((*CUSTODIANS, REVIEWER), 1):
        people.create(folder / "keys", name, PASSPHRASE, partial(_key, place))
        (folder / "keys" / f"{name}.pub").rename(folder / f"{name}.pub")
    (folder / "passphrase").write_text(PASSPHRASE + "\n")


def key_of(name: str) -> X25519PrivateKey:
    """The private key of a custodian or of the reviewer."""
    return _key((*CUSTODIANS, REVIEWER).index(name) + 1)


def _key(place: int) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bytes([place] * 32))


def post(home: Home, bodies: Sequence[str], *, client: str = "test", model: str = "gpt-4o-baa") -> list[Answer]:
    """Sends texts as a client that handles PHI, with the ledger and the stores of the home; then closes them."""
    return asyncio.run(_post(home, bodies, client, model))


async def _post(home: Home, bodies: Sequence[str], client: str, model: str) -> list[Answer]:
    ledger = boot.open_ledger(home, lambda _: None, {"version": "tests"})
    sidecars = boot.open_sidecars(home)
    running = InProcess(home.folder, lambda *_: says("Noted."), (support_home.COVERED, support_home.UNCOVERED))
    text = running.keys.create(client=client, purpose="refills", handles=("phi",))[1]

    async def append(record: Record) -> Receipt:
        return await ledger.append(record, 10)

    running.stations = dataclasses.replace(running.stations, append=append, sidecars=sidecars)
    answers = []
    for body in bodies:
        request = {"model": model, "messages": [{"role": "user", "content": body}], "store": False}
        answers.append(await running.post(text, json.dumps(request).encode()))
    if sidecars:
        sidecars.close()
    ledger.close()
    state = running.stations.state()
    boot.snapshots(home).keep("register", state.register.content)
    boot.snapshots(home).keep("policy", state.policy.content)
    return answers


def logged(home: Home, clock: Callable[[], float], requests: Sequence[dict[str, str]]) -> None:
    """Appends two records for each request (members of its DECIDED one), at times that a test chooses."""
    ledger = Ledger.open(
        home.ledger,
        key_path=home.ledger_key,
        highest_path=home.ledger_highest,
        origin=home.settings.ledger.origin,
        clock=clock,
    )
    for number, body in enumerate(requests):
        name = f"r{ledger.size}-{number}"
        record = Record(name, Phase.DECIDED, {"effect": "ALLOW", **body}, {"received": b"hello " + name.encode()})
        index = ledger.append_blocking(record, 10).index
        ended = {"decided": index, "outcome": Outcome.COMPLETED}
        ledger.append_blocking(Record(name, Phase.ENDED, ended, {"reply_sha256": b"reply"}), 10)
    ledger.close()


def enrol(home: Home, *names: str) -> None:
    """Makes people who may approve; their keys are `support.people.key_of`."""
    home.approvers.mkdir(exist_ok=True)
    for name in names:
        person = approvers.person(name, since=date(2000, 1, 1))
        write_person(home.approvers, person)
