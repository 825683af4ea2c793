"""Every dialect that is found keeps the contract of `base.Dialect`; a new file is under these tests by being there."""

from __future__ import annotations

import pytest

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.dialects.strict_json import decode
from ringfence.vocabulary.text import Place

ALL = dialects.all()


def test_chat_is_found_and_names_are_unique() -> None:
    assert "openai.chat" in [dialect.name for dialect in ALL]
    assert len({dialect.name for dialect in ALL}) == len(ALL)
    routes = [route for dialect in ALL for route in dialect.routes]
    assert len(set(routes)) == len(routes)


@pytest.mark.parametrize("dialect", ALL, ids=lambda dialect: dialect.name)
def test_a_dialect(dialect: Dialect) -> None:
    assert dialect.endpoint and dialect.source.startswith("https://")
    assert all(method in ("GET", "POST") and path.startswith("/v1/") for method, path in dialect.routes)
    assert dialect.examples
    for body in dialect.examples:
        read = dialect.read(body)
        assert (read.dialect, read.endpoint) == (dialect.name, dialect.endpoint)
        assert read.segments and read.uses and "text" in read.modalities
        texts = {segment.pointer: f"{segment.text}!" for segment in read.segments if segment.place is Place.VALUE}
        assert decode(dialect.rewrite(read, {}, {})) == decode(body)
        again = dialect.read(dialect.rewrite(read, texts, {}))
        assert {s.pointer: s.text for s in again.segments if s.place is Place.VALUE} == texts
        for segment in read.segments:
            if segment.pointer in dialect.json_text(read):
                decode(segment.text.encode())
        assert isinstance(dialect.json_reply(read), bool)
    status, body = dialect.error(403, "ringfence_denied", "No.", "Do this.")
    assert status == 403 and b"Do this." in body
