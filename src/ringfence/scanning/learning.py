"""From an identifier that was missed to a rule that finds its like: without training, and readable by a person."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Sequence

import msgspec

from ringfence.classify.rules import Find
from ringfence.vocabulary.errors import ConfigurationError

_BEFORE = 60
_WORD = re.compile(r"[^\W\d_][^\W\d_'-]+")
# Words that stand beside anything: they say nothing about what a number is.
_COMMON = frozenset(
    """a an and are as at be been by for from has have he her his id in is it its no nr number num of on or our she that
    the their this to was were with your""".split()  # noqa: SIM905 - a list of quoted words is harder to read
)
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


class Example(msgspec.Struct, frozen=True):
    """A text, and what should have been found in it."""

    text: str
    value: str


def learn(
    examples: Sequence[Example],
    entity: str,
    *,
    name: str,
    context: Sequence[str] | None = None,
    not_context: Collection[str] = (),
) -> Find:
    """A rule that finds the values. Values with digits become a pattern of their shape, others stay exact words.

    `context`: the words beside the value, instead of those found in the examples. `not_context`: texts that are
    identifiers themselves, whose words never become context. Raises ConfigurationError.
    """
    for example in examples:
        if not example.value.strip() or example.value not in example.text:
            raise ConfigurationError(
                "the value does not stand in its example", remedy="Copy it exactly as it is written there."
            )
        if sum(map(str.isalnum, example.value)) < 2:
            raise ConfigurationError("the value has fewer than two letters and digits", remedy="Give the whole value.")
    values = [example.value.strip() for example in examples]
    if not any(char.isdigit() for value in values for char in value):
        return Find(name=name, entity=entity, terms=tuple(dict.fromkeys(values)), context=tuple(context or ()))
    if context is None:
        context = list(dict.fromkeys(word for example in examples for word in _beside(example, not_context)))
    return Find(name=name, entity=entity, pattern=_shape(values), context=tuple(context), within=_BEFORE)


def _shape(values: Sequence[str]) -> str:
    """RE2 for the runs of letters and digits that the values have in common; all else as it is."""
    runs = [[(kind, "".join(some)) for kind, some in itertools.groupby(value, _kind)] for value in values]
    if len({tuple(kind for kind, _ in each) for each in runs}) > 1:
        raise ConfigurationError(
            "the values are built differently, so no one pattern fits them", remedy="Learn each on its own."
        )
    parts = []
    for column in zip(*runs, strict=True):
        kind = column[0][0]
        lengths = sorted({len(run) for _, run in column})
        times = f"{{{lengths[0]}}}" if len(lengths) == 1 else f"{{{lengths[0]},{lengths[-1]}}}"
        parts.append(kind + ("" if times == "{1}" else times))
    return "".join(parts)


def _kind(char: str) -> str:
    """The RE2 class of a character; a mark stands for itself."""
    if char.isdecimal():
        return r"\d" if char.isascii() else r"\p{Nd}"
    if char.isalpha():
        upper, lower = (r"[A-Z]", r"[a-z]") if char.isascii() else (r"\p{Lu}", r"\p{Ll}")
        return upper if char.isupper() else lower if char.islower() else r"\pL"
    return r"\s" if char.isspace() else _SPECIAL.sub(r"\\\g<0>", char)


def _beside(example: Example, not_context: Collection[str]) -> list[str]:
    """The nearest word before the value on its line, or else after it, that says something."""
    start = example.text.index(example.value)
    end = start + len(example.value)
    before = example.text[max(0, start - _BEFORE) : start].rpartition("\n")[2]
    after = example.text[end : end + _BEFORE].partition("\n")[0]
    taken = " ".join(not_context).casefold()
    for words in (reversed(_WORD.findall(before)), _WORD.findall(after)):
        telling = [word.lower() for word in words if word.lower() not in _COMMON and word.casefold() not in taken]
        if telling:
            return telling[:1]
    return []


def as_toml(rule: Find) -> str:
    """The rule as it is appended to `detection.toml`."""
    rows: list[tuple[str, object]] = [
        ("name", rule.name),
        ("entity", rule.entity),
        ("terms", rule.terms),
        ("pattern", rule.pattern),
    ]
    rows += [("context", rule.context), ("within", rule.within if rule.context else 0), ("note", rule.note)]
    lines = [f"{key} = {_value(value)}" for key, value in rows if value]
    dated = [f"date = {rule.date.isoformat()}"] if rule.date else []
    return "\n".join(["", "[[find]]", *lines, *dated, *([f"who = {_value(rule.who)}"] if rule.who else []), ""])


def _value(value: object) -> str:
    if isinstance(value, str) and "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def name_for(entity: str, taken: Collection[str]) -> str:
    """A name for a new rule that no other one has."""
    stem = entity.lower().replace("_", "-")
    return next(name for number in itertools.count(1) if (name := f"{stem}-{number}") not in taken)
