from __future__ import annotations

import pytest

from ringfence.dialects.chat import DIALECT
from ringfence.gateway.found import found_at
from ringfence.vocabulary.text import Finding

BODY = (
    b'{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"tools":[{"type":"function",'
    b'"function":{"name":"f","parameters":{"properties":{"7":{"description":"x"}}}}}]}'
)
USES = DIALECT.read(BODY).uses


def finding(pointer: str, entity: str = "US_SSN") -> Finding:
    return Finding(pointer, 0, 1, entity, 1.0, "test/1")


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("/messages/0/content/0/text", "/messages/*/content/*/text"),
        ("/tools/0/function/parameters/properties/7/description", "/tools/*/function/parameters"),
        ("/tools/0/function/parameters", "/tools/*/function/parameters"),
        ("/tools/0/function/name", "/tools/*/function/name"),
    ],
)
def test_a_finding_belongs_to_the_member_that_holds_it(pointer: str, path: str) -> None:
    assert found_at(USES, [finding(pointer)]) == {path}


def test_what_identifies_nobody_alone_does_not_count() -> None:
    assert found_at(USES, [finding("/tools/0/function/name", entity) for entity in ("DATE", "LOCATION")]) == frozenset()


def test_a_place_that_no_use_names_is_none() -> None:
    assert found_at(USES, [finding("/elsewhere/0")]) == frozenset()
