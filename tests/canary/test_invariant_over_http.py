"""The same invariant through the real gateway, over sockets: what the vendor's own server received is judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from canary import campaign, grammars, paper
from canary.campaign import Tally
from canary.grammar import Grammar
from canary.replies import over_http
from support import home
from support.client import Client, Got
from support.gateway import GatewayProcess
from support.vendor import ScriptedVendor

Left = tuple[str, bytes]
"""A service, and the body that arrived there."""
REQUESTS = 60
"""Of each interface."""


class Wire:
    """The client's, the vendors' and the private server's side of one gateway."""

    def __init__(self, gateway: GatewayProcess, keys: dict[str, str], vendor: ScriptedVendor, private: ScriptedVendor):
        self._clients = {name: Client(gateway.port, key) for name, key in keys.items()}
        self._vendor, self._private = vendor, private

    def post(self, grammar: Grammar, key: str, body: bytes, headers: dict[str, str]) -> tuple[Got, list[Left]]:
        """The reply, and what arrived anywhere for it. What arrived at a vendor without the gateway saying at which
        service counts as the service without documents."""
        [(_, path)] = grammar.dialect.routes
        at_vendor, at_private = len(self._vendor.received), len(self._private.received)
        got = self._clients[key].post(body, headers, path)
        service = got.headers.get("x-ringfence-service", home.UNCOVERED)
        left = [(service, received.body) for received in self._vendor.received[at_vendor:]]
        assert not left or not service.startswith("private/")
        return got, left + [("private/url", received.body) for received in self._private.received[at_private:]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def wire(folder: Path) -> Iterator[Wire]:
    """At the end everything that was decided has ended."""
    with ScriptedVendor(over_http) as vendor, ScriptedVendor(over_http) as private:
        paper.write(folder, vendor.port, private.port)
        keys = campaign.make_keys(folder)
        with GatewayProcess(folder) as gateway:
            yield Wire(gateway, keys, vendor, private)
    phases = [(record["phase"], record["body"].get("outcome")) for record in home.records(folder)]
    ended = [outcome for phase, outcome in phases if phase == "ended"]
    assert len(ended) == sum(phase == "decided" for phase, _ in phases)
    assert "unknown" not in ended


@pytest.mark.parametrize("grammar", grammars.ALL, ids=lambda grammar: grammar.endpoint)
def test_no_identifier_arrives_over_real_sockets(
    grammar: Grammar, wire: Wire, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally(grammar.endpoint)
    for case in campaign.cases(grammar, REQUESTS * min(scale, 5), seed=1):
        got, left = wire.post(grammar, case.key, case.planted, dict(case.headers))
        tally.judge(case, got.effect, left)
        plain, _ = wire.post(grammar, "general", case.clean, dict(grammar.headers))
        tally.judge_clean(case, plain.effect)
    with capsys.disabled():
        print(f"\nover HTTP: {tally.report()}")
    tally.check()
