"""strict_json: what is refused, what is kept exactly, and that errors never hold content."""

from __future__ import annotations

import contextlib
import json
import random
import traceback
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.dialects.strict_json import MAX_DEPTH, decode, encode
from ringfence.vocabulary.errors import MalformedRequest


def _same(left: Any, right: Any) -> bool:
    """Equal in type, digits and sign as well: 1.0 is not 1, and True is not 1."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return str(left) == str(right)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_every_tree_survives_the_way_there_and_back(trees: Any, data: st.DataObject) -> None:
    tree = data.draw(trees)
    assert _same(decode(encode(tree)), tree)


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        (b" [1.0, 1.50, 1e2, -0, -0.0, 7] ", [*map(Decimal, ("1.0", "1.50", "1E+2", "-0", "-0.0")), 7]),
        (b'{"a":"\\ud83d\\ude00\\u0000","b":[]}', {"a": "\U0001f600\0", "b": []}),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"0.1234567890123456789012345678901234567890", Decimal("0.1234567890123456789012345678901234567890")),
        (b'{"a":{"x":1},"b":{"x":2}}', {"a": {"x": 1}, "b": {"x": 2}}),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
        (json.dumps("[{" * 500).encode(), "[{" * 500),
        (b"9" * 1_000, int("9" * 1_000)),
        (b'"\\\\ud800"', "\\ud800"),
    ],
)
def test_reads_exactly(body: bytes | str, tree: Any) -> None:
    body = body if isinstance(body, bytes) else body.encode()
    assert _same(decode(body), tree)
    assert _same(decode(encode(tree)), tree)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"a":1,"a":2}', "The object at the top level names a member twice"),
        (b'{"messages":[{},{"role":"x","role":"x"}]}', "The object at /messages/1 names a member twice"),
        (b'{"a":{"b":{"c":1,"\\u0063":2}}}', "The object at /a/b names a member twice"),
        (b'{"078-05-1120":{"b":{"c":1,"c":2}}}', "The object at /…/b names a member twice"),
        (b'{"Ann Lee":[{"c":1,"c":2}]}', "The object at /…/0 names a member twice"),
        (b'{"c":{"d":1,"d":2},"c":2}', "The object at the top level names a member twice"),
        (b'["\xff"]', "not UTF-8 at byte 2"),
        (b'["\xed\xa0\x80"]', "not UTF-8"),
        ('{"a":1}'.encode("utf-16"), "not UTF-8"),
        ('{"a":1}'.encode("utf-16-le"), "not JSON"),
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        (b'["\\ud800"]', "surrogate"),
        (b'{"\\uDFFF":1}', "surrogate"),
        (b'["\\ud800\\ud800\\udc00"]', "surrogate"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "NaN"),
        (b"[1] 2", "not JSON at character 4"),
        (b'{"a":1}\x00', "not JSON"),
        (b"", "not JSON"),
        (b"[01]", "not JSON"),
        (b"[1.]", "not JSON"),
        (b"[+1]", "not JSON"),
        (b"[1,]", "not JSON"),
        (b'["\n"]', "not JSON"),
        (b"\x0b[]", "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper than 64"),
        (b"[" * 100_000, "deeper than 64"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "deeper than 64"),
        (b"9" * 1_001, "1000 characters"),
        (b"0." + b"9" * 1_000, "1000 characters"),
        (b"1e1001", "exponent"),
        (b"0e-999999", "exponent"),
        (b"1e99999999999999999999", "exponent"),
    ],
)
def test_refuses(body: bytes, says: str) -> None:
    with pytest.raises(MalformedRequest) as caught:
        decode(body)
    assert says in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("tail", [b"\xff", b"]", b'"\\ud800"}', b'"x","a":1}', b"NaN}", b"9" * 2_000 + b"}"])
def test_an_error_holds_no_content_anywhere(tail: bytes) -> None:
    # Not written out, for a traceback shows the lines of this file.
    canary = "-".join(("canary", "4711"))
    with pytest.raises(MalformedRequest) as caught:
        decode(b'{"a":"%b","b":' % canary.encode() + tail)
    shown = "".join(traceback.format_exception(caught.value))
    assert canary not in shown
    seen: BaseException | None = caught.value
    while seen is not None:
        assert canary not in repr(vars(seen)) + repr(seen.args)
        assert not isinstance(seen, UnicodeDecodeError | json.JSONDecodeError)
        seen = seen.__context__


def test_what_is_read_another_reader_reads_alike(scale: int) -> None:
    """Mutated documents: what passes here, msgspec reads as the same values; nothing but MalformedRequest is raised."""
    seeds = [
        b'{"a":[1,2.50,-0,1e5,true,null,"x\\n\\ud83d\\ude00"],"b":{"c":{"d":"\\\\"}}}',
        b'{"model":"m","messages":[{"role":"user","content":"h\xc3\xa9"}],"n":1}',
    ]
    reader = msgspec.json.Decoder(float_hook=Decimal)
    rng = random.Random(20)
    read = 0
    for _ in range(4_000 * scale):
        body = bytearray(rng.choice(seeds))
        for _ in range(rng.randrange(1, 4)):
            place = rng.randrange(len(body))
            body[place : place + rng.randrange(3)] = rng.choice(
                [
                    b"",
                    b'"',
                    b"\\",
                    b"{",
                    b"}",
                    b"[",
                    b"]",
                    b",",
                    b":",
                    b"0",
                    b"e",
                    b"\\ud800",
                    b"\xff",
                    b" ",
                    b"-",
                    b"NaN",
                ]
            )
        try:
            tree = decode(bytes(body))
        except MalformedRequest:
            continue
        read += 1
        assert reader.decode(bytes(body)) == tree
    assert read > 200 * scale


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=60))
def test_bytes_of_any_kind_raise_nothing_else(body: bytes) -> None:
    with contextlib.suppress(MalformedRequest):
        decode(body)
