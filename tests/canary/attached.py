"""Files of every kind that is read, and requests of every interface that carry one."""

from __future__ import annotations

import base64
import csv
import email.message
import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from extract import making
from ringfence.dialects import Dialect, chat, messages, responses


class File(NamedTuple):
    name: str
    media_type: str
    data: bytes

    @property
    def encoded(self) -> str:
        return base64.b64encode(self.data).decode()

    @property
    def url(self) -> str:
        return f"data:{self.media_type};base64,{self.encoded}"


_OFFICE = "application/vnd.openxmlformats-officedocument"


def docx(text: str) -> File:
    return File("letter.docx", f"{_OFFICE}.wordprocessingml.document", making.docx(making.paragraph(text)))


def xlsx(text: str) -> File:
    return File("list.xlsx", f"{_OFFICE}.spreadsheetml.sheet", making.xlsx([["Notes"], [text]]))


def pdf(text: str) -> File:
    shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return File("letter.pdf", "application/pdf", making.pdf(making.pdf_page(shown)))


def table(text: str) -> File:
    lines = io.StringIO()
    csv.writer(lines).writerows([["number", "notes"], ["1", text]])
    return File("list.csv", "text/csv", lines.getvalue().encode())


def html(text: str) -> File:
    page = f"<!doctype html><html><head><title>Letter</title></head><body><p>{text}</p></body></html>"
    return File("letter.html", "text/html", page.encode())


def eml(text: str) -> File:
    letter = email.message.EmailMessage()
    letter["Subject"] = "News"
    letter.set_content(text)
    return File("letter.eml", "message/rfc822", letter.as_bytes())


def tree(text: str) -> File:
    return File("notes.json", "application/json", json.dumps({"notes": [text]}).encode())


def txt(text: str) -> File:
    return File("letter.txt", "text/plain", f"{text}\n".encode())


def png(text: str) -> File:
    """Printed black on white."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (1400, 200), "white")
    ImageDraw.Draw(image).text((40, 60), text, fill="black", font=ImageFont.load_default(32))
    made = io.BytesIO()
    image.save(made, "PNG")
    return File("scan.png", "image/png", made.getvalue())


KINDS: tuple[Callable[[str], File], ...] = (docx, xlsx, pdf, table, html, eml, tree, txt, png)

_QUESTION = "What does it say?"


def in_chat(file: File) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "file", "file": {"filename": file.name, "file_data": file.url}}
    if file.media_type == "image/png":
        part = {"type": "image_url", "image_url": {"url": file.url}}
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": _QUESTION}, part]}]}


def _input_part(file: File) -> dict[str, Any]:
    if file.media_type == "image/png":
        return {"type": "input_image", "image_url": file.url, "detail": "auto"}
    return {"type": "input_file", "filename": file.name, "file_data": file.url}


def in_responses(file: File) -> dict[str, Any]:
    content = [{"type": "input_text", "text": _QUESTION}, _input_part(file)]
    return {"input": [{"role": "user", "content": content}]}


def in_a_tools_output(file: File) -> dict[str, Any]:
    output = {"type": "function_call_output", "call_id": "call_1", "output": [_input_part(file)]}
    call = {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"}
    return {"input": [{"role": "user", "content": _QUESTION}, call, output]}


def _block(file: File) -> dict[str, Any]:
    source = {"type": "base64", "media_type": file.media_type, "data": file.encoded}
    if file.media_type == "image/png":
        return {"type": "image", "source": source}
    return {"type": "document", "title": file.name, "source": source}


def in_messages(file: File) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": _QUESTION}, _block(file)]}]}


def in_a_tools_result(file: File) -> dict[str, Any]:
    call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [_block(file)]}
    turns = [("user", _QUESTION), ("assistant", [call]), ("user", [result])]
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


CARRIERS: tuple[tuple[Dialect, Callable[[File], dict[str, Any]]], ...] = (
    (chat.DIALECT, in_chat),
    (responses.DIALECT, in_responses),
    (responses.DIALECT, in_a_tools_output),
    (messages.DIALECT, in_messages),
    (messages.DIALECT, in_a_tools_result),
)
