"""The outgoing bytes are classified again: what masking left in, or a second look that could not look, forbids."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from canary import judge, paper
from ringfence import masking
from ringfence.masking import Masked
from ringfence.vocabulary.text import Classification, Completeness
from support import home
from support.client import chat
from support.inprocess import Answer, InProcess, says

SSN = "536-22-8412"
BODY = json.dumps(chat(f"The SSN is {SSN}.")).encode()


@pytest.fixture
def gateway(tmp_path: Path) -> InProcess:
    return InProcess(paper.write(tmp_path), lambda sent, streamed: says("Noted."), paper.REACHABLE)


async def ask(gateway: InProcess, body: bytes = BODY) -> Answer:
    key = home.key(gateway.home.folder, "general")
    gateway.keys.refresh()
    return await gateway.post(key, body)


def vendors_told(answer: Answer) -> bool:
    return any(judge.holds(sent.body, SSN) for sent in answer.sent if not sent.service.startswith("private/"))


def rules(answer: Answer) -> set[str]:
    return {rule for candidate in answer.records[0].body["candidates"] for rule in candidate["rules"]}


async def test_what_is_masked_leaves(gateway: InProcess) -> None:
    answer = await ask(gateway)
    assert answer.effect == "MASK"
    assert not vendors_told(answer)


async def test_what_masking_leaves_in_forbids(gateway: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Masked] = masking.mask

    def blind(*arguments: Any, **options: Any) -> Masked:
        return msgspec.structs.replace(real(*arguments, **options), texts={})

    monkeypatch.setattr(masking, "mask", blind)
    answer = await ask(gateway)
    assert answer.effect == "REROUTE"
    assert "residual-findings" in rules(answer)
    assert not vendors_told(answer)


async def test_a_second_look_that_failed_forbids(gateway: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """It found nothing, because it did not look: its time ran out, or a detector broke."""

    class Tired:
        looks = 0

        def conclude(self, *arguments: Any) -> Classification:
            found = real.conclude(*arguments)
            self.looks += 1
            if self.looks == 1:
                return found
            return msgspec.structs.replace(found, findings=(), completeness=Completeness.FAILED)

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    real = gateway.stations.classifier
    monkeypatch.setattr(
        gateway,
        "stations",
        dataclasses.replace(gateway.stations, classifier=Tired()),  # type: ignore[arg-type]
    )
    answer = await ask(gateway)
    assert answer.effect == "REROUTE"
    assert "classification-failed" in rules(answer)
    assert not vendors_told(answer)


@pytest.mark.parametrize(("numbers", "effect"), [(1, "MASK"), (2, "MASK"), (3, "MASK"), (4, "REROUTE")])
async def test_what_a_second_look_finds_is_masked_before_it_denies(
    numbers: int, effect: str, gateway: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A classifier that sees one number at a time: what it finds in time is masked with the rest."""

    class Myopic:
        def conclude(self, *arguments: Any) -> Classification:
            found = real.conclude(*arguments)
            return msgspec.structs.replace(found, findings=found.findings[:1])

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    real = gateway.stations.classifier
    monkeypatch.setattr(
        gateway,
        "stations",
        dataclasses.replace(gateway.stations, classifier=Myopic()),  # type: ignore[arg-type]
    )
    said = " and ".join(f"SSN 536-22-841{n}" for n in range(1, numbers + 1))
    answer = await ask(gateway, json.dumps(chat(said)).encode())
    assert answer.effect == effect
    told = [sent.body for sent in answer.sent if not sent.service.startswith("private/")]
    assert not any(judge.holds(body, f"536-22-841{n}") for body in told for n in range(1, 5))
    assert bool(told) is (effect == "MASK")
