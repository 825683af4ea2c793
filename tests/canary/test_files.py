"""A file goes to a vendor as it is or not at all: with an identifier in it or in its name, to nobody uncovered."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from canary import attached, campaign, identifiers, paper
from canary.attached import File
from canary.identifiers import Identifier
from canary.replies import noted
from ringfence.dialects import Dialect
from ringfence.extract import Extractor, ocr
from ringfence.gateway.files import Files
from support.inprocess import Answer, InProcess
from support.needs import need

TIMEOUT_S = 60.0
EACH = 1
CLEAN = "The parcel left the harbour on its way to the second warehouse."

every_kind = pytest.mark.parametrize("make", attached.KINDS, ids=lambda make: make.__name__)
every_carrier = pytest.mark.parametrize(
    ("dialect", "carry"), attached.CARRIERS, ids=[carry.__name__ for _, carry in attached.CARRIERS]
)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    gateway = InProcess(paper.write(tmp_path_factory.mktemp("home")), noted, paper.REACHABLE)
    files = Files(Extractor(), timeout_s=TIMEOUT_S)
    gateway.stations = dataclasses.replace(gateway.stations, files=files)
    yield gateway
    files.close()


@pytest.fixture(scope="module")
def keys(gateway: InProcess) -> dict[str, str]:
    made = campaign.make_keys(gateway.home.folder)
    gateway.keys.refresh()
    return made


async def post(gateway: InProcess, key: str, dialect: Dialect, body: dict[str, Any], model: str) -> Answer:
    members = {"max_tokens": 64} if dialect.endpoint == "messages" else {}
    return await gateway.post(key, json.dumps({"model": model, **members, **body}).encode(), (), dialect)


def told(answer: Answer, identifier: Identifier) -> list[str]:
    """The services that got what no agreement of theirs covers."""
    assert answer.effect, answer.body
    return [sent.service for sent in answer.sent if identifier.label not in paper.covered_at(sent.service)]


@every_carrier
@every_kind
async def test_a_file_with_an_identifier_reaches_nobody_uncovered(
    make: Callable[[str], File],
    dialect: Dialect,
    carry: Callable[[File], dict[str, Any]],
    gateway: InProcess,
    keys: dict[str, str],
    scale: int,
) -> None:
    need(make is not attached.png or not ocr.why_not(), ocr.why_not())
    rng = random.Random(f"{make.__name__}/{carry.__name__}")
    uncovered, *others = paper.models(dialect.endpoint).values()
    for _ in range(EACH * min(scale, 5)):
        # What Tesseract reads surely; other writings of other kinds are read in other files.
        identifier = identifiers.ssn(rng) if make is attached.png else identifiers.make(rng)
        body = carry(make(f"Notes of today: {identifier.said} was confirmed."))
        for key, model in (("general", uncovered), ("phi by name", rng.choice(others))):
            answer = await post(gateway, keys[key], dialect, body, model)
            assert told(answer, identifier) == [], identifier
        assert answer.effect != "MASK"


@every_carrier
@every_kind
async def test_a_clean_file_is_read_whole_and_goes_as_it_is(
    make: Callable[[str], File],
    dialect: Dialect,
    carry: Callable[[File], dict[str, Any]],
    gateway: InProcess,
    keys: dict[str, str],
) -> None:
    need(make is not attached.png or not ocr.why_not(), ocr.why_not())
    file = make(CLEAN)
    service, model = next(iter(paper.models(dialect.endpoint).items()))
    answer = await post(gateway, keys["general"], dialect, carry(file), model)
    assert (answer.effect, [sent.service for sent in answer.sent]) == ("ALLOW", [service]), answer.body
    assert file.encoded.encode() in answer.sent[0].body
    assert answer.records[0].body["completeness"] == "complete"


@pytest.mark.parametrize("make", identifiers.MAKERS, ids=lambda make: make.__name__)
@every_carrier
async def test_a_name_with_an_identifier_reaches_nobody_uncovered(
    make: identifiers.Maker,
    dialect: Dialect,
    carry: Callable[[File], dict[str, Any]],
    gateway: InProcess,
    keys: dict[str, str],
) -> None:
    """It may be masked: then the file goes under a stand-in's name."""
    identifier = make(random.Random(3))
    file = attached.txt(CLEAN)._replace(name=f"{identifier.said}.txt")
    uncovered = next(iter(paper.models(dialect.endpoint).values()))
    answer = await post(gateway, keys["general"], dialect, carry(file), uncovered)
    for service in told(answer, identifier):
        [sent] = answer.sent
        assert identifier.value.encode() not in sent.body, service
