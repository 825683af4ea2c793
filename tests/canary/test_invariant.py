"""The canary invariant: no planted identifier arrives at a vendor that does not cover it."""

from __future__ import annotations

from pathlib import Path

import pytest

from canary import campaign, paper
from canary.campaign import Case, Tally
from ringfence.vocabulary.record import Phase
from support.inprocess import Answer, FakeReply, InProcess, Sent, says

AT_ONCE = 2000
FULL = 10_000
"""Under `make soak`; the bar of the issue is 5,000."""


def answer(sent: Sent, streamed: bool) -> FakeReply:
    return says("Noted.", streamed=streamed)


def check_records(answer: Answer, case: Case) -> None:
    """Decided before anything left, once, with a commitment to the very bytes that left; and ended."""
    assert answer.failure is None or not answer.sent, repr(answer.failure)
    if answer.failure is not None:
        return
    assert [record.phase for record in answer.records] == [Phase.DECIDED, Phase.ENDED]
    contents = answer.records[0].contents
    assert contents["received"] in (case.planted, case.clean)
    assert len(answer.sent) == (0 if answer.effect == "DENY" else 1)
    for sent in answer.sent:
        assert sent.records == 1, "DECIDED must be durable before anything leaves, and ENDED must not be there yet"
        assert contents["leaving"] == sent.body
        assert sent.service == answer.headers["x-ringfence-service"]


async def test_no_identifier_arrives_at_an_uncovered_vendor(
    tmp_path: Path, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = InProcess(paper.write(tmp_path), answer, paper.REACHABLE)
    keys = campaign.make_keys(tmp_path)
    gateway.keys.refresh()
    tally = Tally()
    for case in campaign.cases(FULL if scale > 1 else AT_ONCE):
        got = await gateway.post(keys[case.key], case.planted, case.headers)
        check_records(got, case)
        tally.judge(case, got.effect, [(sent.service, sent.body) for sent in got.sent])
        plain = await gateway.post(keys["general"], case.clean)
        check_records(plain, case)
        tally.judge_clean(case, plain.effect)
    with capsys.disabled():
        print(f"\n{tally.report()}")
    tally.check()
