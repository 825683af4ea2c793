"""The same invariant through the real gateway, over sockets: what the vendor's own server received is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from canary import campaign, paper
from canary.campaign import Tally
from support import home
from support.client import Client, Got
from support.gateway import GatewayProcess
from support.vendor import ScriptedVendor

REQUESTS = 200


class Wire:
    """The client's, the vendor's and the private server's side of one gateway."""

    def __init__(self, gateway: GatewayProcess, keys: dict[str, str], vendor: ScriptedVendor, private: ScriptedVendor):
        self._clients = {name: Client(gateway.port, key) for name, key in keys.items()}
        self._vendor, self._private = vendor, private

    def post(self, key: str, body: bytes, headers: dict[str, str]) -> tuple[Got, list[tuple[str, bytes]]]:
        """The reply, and what arrived anywhere for it. What arrived at the vendor without the gateway saying at which
        service counts as the service without documents."""
        at_vendor, at_private = len(self._vendor.received), len(self._private.received)
        got = self._clients[key].post(body, headers)
        service = got.headers.get("x-ringfence-service", home.UNCOVERED)
        left = [(service, received.body) for received in self._vendor.received[at_vendor:]]
        assert not left or not service.startswith("private/")
        return got, left + [("private/url", received.body) for received in self._private.received[at_private:]]


def test_no_identifier_arrives_over_real_sockets(
    tmp_path: Path, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()
    with ScriptedVendor() as vendor, ScriptedVendor() as private:
        paper.write(tmp_path, vendor.port, private.port)
        keys = campaign.make_keys(tmp_path)
        with GatewayProcess(tmp_path) as gateway:
            wire = Wire(gateway, keys, vendor, private)
            for case in campaign.cases(REQUESTS * min(scale, 5), seed=1):
                got, left = wire.post(case.key, case.planted, dict(case.headers))
                tally.judge(case, got.effect, left)
                plain, _ = wire.post("general", case.clean, {})
                tally.judge_clean(case, plain.effect)
    with capsys.disabled():
        print(f"\nover HTTP: {tally.report()}")
    tally.check()
    ended = [record["body"]["outcome"] for record in home.records(tmp_path) if record["phase"] == "ended"]
    assert len(ended) >= tally.requests
    assert "unknown" not in ended
