"""Text that was turned into token numbers evades every search, so it goes only where documents cover what it may be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.interfaces import DIALECTS, MODELS, everywhere
from gateway.scripts import Script, caller
from ringfence.gateway.admit import Caller
from ringfence.vocabulary.text import Completeness
from support.inprocess import InProcess

TOKENS = [[9906, 11, 1917], [[9906], [11, 1917]]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    return everywhere(tmp_path_factory.mktemp("home"), private=False)


async def asked(base: InProcess, given: Any, by: Caller, paper: str) -> Script:
    script = Script(base.stations)
    model = MODELS["embeddings"][paper]
    await script.run({"model": model, "input": given}, by, dialect=DIALECTS["embeddings"])
    return script


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("handles", [(), ("general",), ("phi",)])
async def test_tokens_do_not_reach_a_vendor_without_documents(
    tokens: Any, handles: tuple[str, ...], base: InProcess
) -> None:
    script = await asked(base, tokens, caller(*handles), "open")
    assert script.status == 403 and not script.bodies
    assert script.records[0].body["completeness"] == Completeness.PARTIAL
    assert "unread-needs-cover" in script.records[0].body["candidates"][0]["rules"]


@pytest.mark.parametrize("tokens", TOKENS)
async def test_tokens_reach_a_vendor_whose_documents_cover_what_the_key_handles(tokens: Any, base: InProcess) -> None:
    script = await asked(base, tokens, caller("phi"), "covered")
    assert script.status == 200
    assert json.loads(script.bodies[0])["input"] == tokens


async def test_text_is_masked_as_anywhere(base: InProcess) -> None:
    script = await asked(base, ["Mail mara.lindqvist@northwind-mail.com."], caller("general"), "open")
    assert script.status == 200 and b"northwind-mail" not in script.bodies[0]
