"""The files that a request carries, with what the client says of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringfence import dialects
from ringfence.vocabulary.chat import FilePart

DIALECT = next(each for each in dialects.all() if each.name == "openai.chat")


def carried(*parts: dict[str, Any]) -> tuple[FilePart, ...]:
    body = {"model": "m", "messages": [{"role": "user", "content": list(parts)}]}
    request = DIALECT.read(json.dumps(body).encode())
    found = DIALECT.files(request)
    assert {part.pointer for part in found} <= {each.pointer for each in request.unread}
    return found


def file(**members: Any) -> dict[str, Any]:
    return {"type": "file", "file": members}


AT = "/messages/0/content/0/file/file_data"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (file(file_data="QUJD"), FilePart(AT, "QUJD")),
        (file(file_data="QUJD", filename="a.pdf"), FilePart(AT, "QUJD", name="a.pdf")),
        (file(file_data="QUJD", filename=7), FilePart(AT, "QUJD")),
        (
            file(file_data="data:application/pdf;base64,QUJD", filename="a.pdf"),
            FilePart(AT, "QUJD", name="a.pdf", media_type="application/pdf"),
        ),
        (
            file(file_data="DATA:Text/CSV; charset=utf-8 ;BASE64,QUJD"),
            FilePart(AT, "QUJD", media_type="text/csv"),
        ),
        (file(file_data="data:text/plain,a%20b,c"), FilePart(AT, "a%20b,c", False, media_type="text/plain")),
        (file(file_data="data:,a"), FilePart(AT, "a", False)),
        (file(file_data="no comma, no code"), FilePart(AT, "no comma, no code")),
        (
            {"type": "image_url", "image_url": {"url": "data:text/plain;base64,QUJD"}},
            FilePart("/messages/0/content/0/image_url/url", "QUJD", media_type="text/plain"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}},
            FilePart("/messages/0/content/0/image_url/url", "QUJD", media_type="image/png"),
        ),
    ],
)
def test_content_name_and_type(part: dict[str, Any], expected: FilePart) -> None:
    assert carried(part) == (expected,)


@pytest.mark.parametrize(
    "part",
    [
        file(file_id="file-1"),
        {"type": "image_url", "image_url": {"url": "https://example.org/a.pdf"}},
        {"type": "input_audio", "input_audio": {"data": "QUJD", "format": "wav"}},
        {"type": "brand_new", "file_data": "QUJD"},
        file(file_data={"a": "QUJD"}),
    ],
)
def test_what_is_elsewhere_or_no_file(part: dict[str, Any]) -> None:
    assert carried(part) == ()
