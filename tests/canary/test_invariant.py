"""The canary invariant: no planted identifier arrives at a vendor that does not cover it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from canary import campaign, grammars, paper
from canary.campaign import Case, Tally
from canary.grammar import Grammar
from canary.replies import noted
from ringfence.upstream.target import ENDPOINTS
from ringfence.vocabulary.record import Phase
from support.inprocess import Answer, InProcess

AT_ONCE = {"chat_completions": 600, "responses": 600, "messages": 600, "count_tokens": 150, "embeddings": 150}
"""Endpoint -> requests with an identifier, and as many without, at scale 1; up to ten times as many at a larger one."""
TRANSLATED = 200
"""Of each interface whose requests a private Chat model gets translated."""


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
        assert sent.service.startswith("private/") or answer.effect != "REROUTE"


async def drive(folder: Path, grammar: Grammar, count: int, speaks: Sequence[str] = paper.ALL) -> Tally:
    """Sends `count` cases, and each one's body without its identifier."""
    gateway = InProcess(paper.write(folder, speaks=speaks), noted, paper.REACHABLE)
    keys = campaign.make_keys(folder)
    gateway.keys.refresh()
    tally = Tally(grammar.endpoint)
    for case in campaign.cases(grammar, count):
        got = await gateway.post(keys[case.key], case.planted, case.headers, grammar.dialect)
        check_records(got, case)
        tally.judge(case, got.effect, [(sent.service, sent.body) for sent in got.sent])
        for sent in got.sent:
            spoken = speaks if sent.service.startswith("private/") else [grammar.endpoint]
            assert sent.path in [ENDPOINTS[endpoint] for endpoint in spoken]
        plain = await gateway.post(keys["general"], case.clean, grammar.headers, grammar.dialect)
        check_records(plain, case)
        tally.judge_clean(case, plain.effect)
    return tally


@pytest.mark.parametrize("grammar", grammars.ALL, ids=lambda grammar: grammar.endpoint)
async def test_no_identifier_arrives_at_an_uncovered_vendor(
    grammar: Grammar, tmp_path: Path, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = await drive(tmp_path, grammar, AT_ONCE[grammar.endpoint] * min(scale, 10))
    with capsys.disabled():
        print(f"\n{tally.report()}")
    tally.check()


@pytest.mark.parametrize("grammar", grammars.TRANSLATED, ids=lambda grammar: grammar.endpoint)
async def test_what_is_rerouted_goes_translated_to_the_private_model_only(
    grammar: Grammar, tmp_path: Path, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = await drive(tmp_path, grammar, TRANSLATED * min(scale, 10), ["chat_completions"])
    with capsys.disabled():
        print(f"\ntranslated for a private Chat model: {tally.report()}")
    tally.check()
    assert tally.services["private/url"] > 0.3 * tally.requests
