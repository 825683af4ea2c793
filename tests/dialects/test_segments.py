"""segments: nothing in a request escapes the walk, and each piece says where it stands and who says it."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.dialects import Dialect
from ringfence.dialects.chat import SCHEMA
from ringfence.dialects.pointers import escape, parts
from ringfence.dialects.segments import see
from ringfence.dialects.strict_json import decode, encode
from ringfence.vocabulary.text import Place, Segment

Keys = tuple[str | int, ...]


def _places(tree: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every place of a tree, written apart from the walk that it checks."""
    yield keys, tree
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _places(value, (*keys, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _places(value, (*keys, index))


def _pointer(keys: Keys) -> str:
    return "".join(f"/{escape(str(key))}" for key in keys)


def _at(tree: Any, keys: Keys) -> Any:
    for key in keys:
        tree = tree[key]
    return tree


def _seen(dialect: Dialect, tree: Any) -> tuple[set[tuple[str, str, Place]], set[str]]:
    request = dialect.read(encode(tree))
    return {(s.pointer, s.text, s.place) for s in request.segments}, {part.pointer for part in request.unread}


def test_a_marker_at_any_place_of_any_request_is_seen(chat: Dialect, sdk_request: Any, scale: int) -> None:
    """Each string, number and a new key in each object, one after the other, in requests of the SDK's own types."""
    rng = random.Random(11)
    planted = 0
    for turn in range(40 * scale):
        request = sdk_request(rng, full=turn % 3 == 0)
        for keys, value in list(_places(request)):
            tree, pointer = copy.deepcopy(request), _pointer(keys)
            if isinstance(value, bool) or value is None or keys == ("stream",):
                continue
            if isinstance(value, dict):
                _at(tree, keys)["078-05/1120"] = None
                expected = (f"{pointer}/078-05~11120", "078-05/1120", Place.KEY)
            elif isinstance(value, str):
                _at(tree, keys[:-1])[keys[-1]] = "marker 078-05-1120"
                expected = (pointer, "marker 078-05-1120", Place.VALUE)
            elif isinstance(value, int | float):
                _at(tree, keys[:-1])[keys[-1]] = 78051120
                expected = (pointer, "78051120", Place.NUMBER)
            else:
                continue
            segments, unread = _seen(chat, tree)
            assert expected in segments or pointer in unread, expected
            planted += 1
    assert planted > 1_500 * scale


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_any_tree_is_seen_whole(trees: Any, data: st.DataObject) -> None:
    tree = data.draw(trees)
    found = {(s.pointer, s.place): s.text for s in see(tree, SCHEMA).segments}
    unread = {part.pointer for part in see(tree, SCHEMA).unread}
    known = set(SCHEMA.members)
    for keys, value in _places(tree):
        pointer = _pointer(keys)
        if isinstance(value, str):
            assert found.get((pointer, Place.VALUE)) == value or pointer in unread
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            assert found[pointer, Place.NUMBER].split()[0] == str(value)
        if keys and isinstance(keys[-1], str) and not (len(keys) == 1 and keys[0] in known):
            assert found[pointer, Place.KEY] == keys[-1]


def test_places_of_strings_lead_back_to_them(chat: Dialect, sdk_request: Any) -> None:
    """A segment's pointer is where `rewrite` puts the masked text, so it must name that very string."""
    request = sdk_request(random.Random(3), full=True)
    read = chat.read(encode(request))
    for segment in read.segments:
        if segment.place is Place.VALUE:
            here: Any = read.tree
            for part in parts(segment.pointer):
                here = here[int(part)] if isinstance(here, list) else here[part]
            assert here == segment.text
    # Known keys are constants of the interface: no segment for them.
    keys = {s.text for s in read.segments if s.place is Place.KEY}
    assert not keys & {"messages", "role", "content", "tools", "function", "parameters", "metadata"}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"42", "42"),
        (b"-0", "-0"),
        (b"1.50", "1.50"),
        (b"4.111111111111111e15", "4111111111111111"),
        (b"41.1e14", "4.11E+15 4110000000000000"),
        (b"7.8051120e-12", "7.8051120E-12 0.000000000007805112"),
        (b"4111111111111111.0", "4111111111111111.0 4111111111111111"),
        (b"0.7", "0.7"),
        (b"1e900", "1E+900"),
    ],
)
def test_a_number_also_shows_its_plain_digits(written: bytes, text: str) -> None:
    assert see(decode(b'{"n":%b}' % written), SCHEMA).segments == (Segment("/n", "request", text, Place.NUMBER),)


def test_who_speaks(chat: Dialect) -> None:
    roles = ["system", "developer", "user", "assistant", "tool", "function", "Owner"]
    body = {
        "model": "m",
        "messages": [{"role": role, "content": [{"type": "text", "text": role}], "x": {"y": 1}} for role in roles],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"a": "b"}}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"title": "t"}}},
        "metadata": {"k": "v"},
        "user": "u",
        "prediction": {"type": "content", "content": "p"},
        "unknown": {"deep": "d"},
    }
    segments = chat.read(encode(body)).segments
    role_at = {(s.pointer, s.place): s.role for s in segments}
    says = ["system", "developer", "user", "assistant", "tool", "tool", "user"]
    for index, role in enumerate(says):
        assert role_at[f"/messages/{index}/content/0/text", Place.VALUE] == role
        assert role_at[f"/messages/{index}/x/y", Place.NUMBER] == role
        assert role_at[f"/messages/{index}/x", Place.KEY] == role
    assert role_at["/tools/0/function/parameters/a", Place.KEY] == "schema"
    assert role_at["/response_format/json_schema/schema/title", Place.VALUE] == "schema"
    assert role_at["/metadata/k", Place.KEY] == role_at["/metadata/k", Place.VALUE] == "metadata"
    assert role_at["/user", Place.VALUE] == "metadata"
    assert role_at["/prediction/content", Place.VALUE] == "assistant"
    assert role_at["/model", Place.VALUE] == role_at["/unknown/deep", Place.VALUE] == "request"


PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
    ("part", "unread", "scanned", "modalities"),
    [
        ({"type": "text", "text": "t"}, [], ["t"], ["text"]),
        ({"type": "image_url", "image_url": {"url": PNG}}, [("/image_url/url", "image")], [], ["image", "text"]),
        ({"type": "image_url", "image_url": PNG}, [("/image_url", "image")], [], ["image", "text"]),
        (
            {"type": "image_url", "image_url": {"url": "DATA:IMAGE/PNG;Base64,iVBO"}},
            [("/image_url/url", "image")],
            [],
            ["image", "text"],
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:image/svg+xml,<b>Ann</b>"}},
            [("/image_url/url", "image")],
            ["data:image/svg+xml,<b>Ann</b>"],
            ["image", "text"],
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:text/plain;base64,QW5u"}},
            [("/image_url/url", "file")],
            [],
            ["file", "image", "text"],
        ),
        (
            {"type": "image_url", "image_url": {"url": "https://example.org/ann.png"}},
            [("/image_url/url", "remote file")],
            ["https://example.org/ann.png"],
            ["image", "text"],
        ),
        (
            # The type doesn't decide what a member holds: a mislabelled image is no text.
            {"type": "text", "text": "t", "image_url": {"url": PNG}},
            [("/image_url/url", "image")],
            ["t"],
            ["image", "text"],
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
            [("/input_audio/data", "audio")],
            [],
            ["audio", "text"],
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "SSN 219-09-9999", "format": "wav"}},
            [("/input_audio/data", "audio")],
            ["SSN 219-09-9999"],
            ["audio", "text"],
        ),
        (
            {"type": "file", "file": {"file_data": "JVBERi0=", "filename": "Ann Lee.pdf"}},
            [("/file/file_data", "file")],
            ["Ann Lee.pdf"],
            ["file", "text"],
        ),
        (
            {"type": "file", "file": {"file_id": "file-1"}},
            [("/file/file_id", "remote file")],
            ["file-1"],
            ["file", "text"],
        ),
        ({"type": "video_url", "video_url": {"url": "x"}}, [("", "file")], ["x"], ["file", "text"]),
        ({"text": "no type"}, [("", "file")], ["no type"], ["file", "text"]),
        ({"type": ["text"], "text": "t"}, [("", "file")], ["t"], ["file", "text"]),
    ],
)
def test_what_cannot_be_read_is_listed(
    chat: Dialect, part: Any, unread: list[tuple[str, str]], scanned: list[str], modalities: list[str]
) -> None:
    read = chat.read(encode({"model": "m", "messages": [{"role": "user", "content": [part]}]}))
    at = "/messages/0/content/0"
    assert [(part.pointer, part.kind) for part in read.unread] == [(at + place, kind) for place, kind in unread]
    texts = {s.text for s in read.segments if s.pointer.startswith(at) and s.place is Place.VALUE}
    assert texts >= set(scanned)
    assert PNG not in texts and "QW5u" not in "".join(texts) and "UklGRg==" not in texts and "JVBERi0=" not in texts
    assert list(read.modalities) == modalities


def test_audio_beyond_the_parts(chat: Dialect) -> None:
    earlier = {"role": "assistant", "audio": {"id": "audio_1"}}
    read = chat.read(encode({"model": "m", "messages": [earlier]}))
    assert [(part.pointer, part.kind) for part in read.unread] == [("/messages/0/audio/id", "audio")]
    assert read.modalities == ("audio", "text")
    spoken = {"model": "m", "modalities": ["text", "audio"], "messages": [{"role": "user", "content": "Hi"}]}
    assert chat.read(encode(spoken)).modalities == ("audio", "text")
