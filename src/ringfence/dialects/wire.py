"""Which strings of a request belong to the interface and are no text of anybody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.text import Place

_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,128}", re.ASCII)
# Members of a JSON Schema whose value the schema's own language gives: https://json-schema.org/draft/2020-12/schema
_SCHEMA_WORDS = re.compile(r".*/(?:type|format|\$ref|\$schema|required/\d+|type/\d+)")
_CODE = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9_.:-]{1,128}", re.ASCII)


def wire(request: CanonicalRequest, words: re.Pattern[str], codes: re.Pattern[str]) -> Iterator[str]:
    """Pointers of the model's name, of values that choose between behaviours (a role, a type), and of strings whose
    whole pointer matches `words` and that are one word, or matches `codes` and that are one with a digit in it; and
    what JSON schemas are written in.

    A value that the interface does not have in plain letters is text: a role may be anybody's name.
    """
    steering = {(_member(use.path), use.value) for use in request.uses if use.value} | {("model", request.model)}
    for segment in request.segments:
        if segment.place is not Place.VALUE:
            continue
        pointer, text = segment.pointer, segment.text
        if (
            (_member(pointer), text) in steering
            or (words.fullmatch(pointer) and _WORD.fullmatch(text))
            or (codes.fullmatch(pointer) and _CODE.fullmatch(text))
            or (segment.role == "schema" and _is_of_schema(pointer, text))
        ):
            yield pointer


def _is_of_schema(pointer: str, text: str) -> bool:
    """A type, format or reference, a required field's name, or a title that only says the field's name again."""
    if _SCHEMA_WORDS.fullmatch(pointer):
        return not any(map(str.isspace, text))
    *_, field, member = ("", *pointer.split("/"))
    return member == "title" and text.casefold().split() == field.casefold().replace("_", " ").split()


def _member(pointer: str) -> str:
    """The last name in a pointer; an array's elements have the array's."""
    parts: Iterable[str] = reversed(pointer.split("/"))
    return next((part for part in parts if part != "*" and not part.isdigit()), "")
