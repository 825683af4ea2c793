"""Several gateways at once, killed at random; a server that is killed: nothing acknowledged is lost, in one log."""

from __future__ import annotations

import random
import signal
import time
from typing import Any

from ledger.postgres.appending import ENDED_ITSELF, Child, Told, check, children

GATEWAYS = ["g0", "g1", "g2", "g3"]
KILLS = 52
SERVER_KILLS = 4


def test_four_gateways_write_one_log_without_gap_or_fork(box: Any, scale: int) -> None:
    box.open("g0").close()  # makes the key that all of them sign with
    told: Told = []
    with children(box, "r", GATEWAYS, turns=10 * scale) as started:
        for child in started:
            more, code = child.told()
            assert code == 0
            told += more
    assert len(told) == len(GATEWAYS) * 8 * 10 * scale * 2
    report = check(box, told, "g0")
    assert report.unended == ()
    writers = {each.fields.request_id.split("-")[1] for each in box.reader().entries() if each.fields.request_id}
    assert writers == set(GATEWAYS)
    for instance in GATEWAYS:
        assert box.verify(instance).ok, "each gateway's own memory agrees"


def test_gateways_that_are_killed_lose_nothing_they_acknowledged(box: Any, scale: int) -> None:
    choose = random.Random(11)
    told: Told = []
    box.open("g0").close()
    running: dict[str, Child] = {}
    for turn in range(KILLS * scale):
        name = GATEWAYS[turn % 3]
        if name in running:  # two go on while one is killed and starts again
            time.sleep(choose.random() ** 2 * 0.05)
            running[name].kill()
            more, code = running.pop(name).told()
            assert code == -signal.SIGKILL
            told += more
        running[name] = Child(box, name, f"{turn}")
        running[name].wait_for_one()
    for child in running.values():
        child.kill()
        told += child.told()[0]
    box.open("after").close()
    report = check(box, told, "g1")
    assert report.unended == (), "what was open is ended by the next start of whichever gateway"
    assert len(told) > 50 * scale


def test_a_server_that_is_killed_loses_nothing_that_was_acknowledged(own_box: Any, scale: int) -> None:
    box = own_box
    choose = random.Random(12)
    told: Told = []
    box.open("g0").close()
    for turn in range(SERVER_KILLS * scale):
        with children(box, f"{turn}", GATEWAYS[:3]) as started:
            time.sleep(choose.random() * 0.2)
            box.cluster.stop(signal.SIGKILL if turn % 2 else signal.SIGQUIT)
            for child in started:
                more, code = child.told()
                assert code == ENDED_ITSELF, "a gateway stops that lost its connection"
                told += more
            box.cluster.start()
    box.open("after").close()
    report = check(box, told, "g2")
    assert report.unended == ()
    assert len(told) > 20 * scale
