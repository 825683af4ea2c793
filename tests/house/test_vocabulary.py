"""The error tree as its docstring draws it is the tree that exists."""

from __future__ import annotations

import inspect
import re

import pytest

from ringfence.vocabulary import errors
from ringfence.vocabulary.errors import RingfenceError

_LINE = re.compile(r"(?P<indent>[│├└─ ]*)(?P<name>[A-Z]\w+)(?: +(?P<status>\d{3})\b)?")
CLASSES = {
    name: found
    for name, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, RingfenceError) and found.__module__ == errors.__name__
}


def drawn() -> dict[str, tuple[str, int | None]]:
    """Name -> (parent, HTTP status where one is written), as the docstring draws them."""
    tree: dict[str, tuple[str, int | None]] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines()[2:]:
        match = _LINE.match(line)
        if match is None:
            continue
        depth = len(match["indent"]) // 4
        above = above[:depth]
        tree[match["name"]] = (above[-1] if above else "Exception", int(match["status"]) if match["status"] else None)
        above.append(match["name"])
    return tree


def test_the_docstring_draws_the_classes_that_exist() -> None:
    exist = {name: found.__mro__[1].__name__ for name, found in CLASSES.items()}
    assert {name: parent for name, (parent, _) in drawn().items()} == exist
    assert len(exist) > 15


def test_statuses_are_as_drawn() -> None:
    for name, (_, status) in drawn().items():
        if status is not None:
            assert CLASSES[name].http_status == status, name


@pytest.mark.parametrize("name", CLASSES)
def test_each_has_a_code_a_status_and_a_remedy(name: str) -> None:
    found = CLASSES[name]
    assert found.code.startswith("ringfence_")
    assert 400 <= found.http_status < 600
    assert found is RingfenceError or found.remedy.endswith(".")


def test_codes_are_of_one_class_each() -> None:
    codes = [vars(found)["code"] for found in CLASSES.values() if "code" in vars(found)]
    assert len(codes) == len(set(codes)) == len(CLASSES)
