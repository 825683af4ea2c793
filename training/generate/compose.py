"""A small grammar on top of `fill`: rules that expand to templates, and parts of our own beside the world's slots.

A rule is a key of `lists`; each of its alternatives is a template that may hold further rules and slots. `[a|b|]` draws one
of its alternatives in place (groups nest; a bracket without `|` is plain text; the space before an
empty one goes). `<<DATE:last July>>` is text with a label of
its own. `own` maps further slot names to makers, for parts that the world does not know (an address abroad, a court).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from training.generate.markup import Doc, fill, join
from training.generate.world import World

Lists = Mapping[str, Sequence[str]]
Own = Mapping[str, Callable[[], Doc]]

_SLOT = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z_0-9.]*)\}")
_GROUP = re.compile(r"( ?)\[([^\[\]]*\|[^\[\]]*)\]")
_PART = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z_0-9.]*)\}|<<([A-Z]+):([^>]*)>>")
_AFTER_NOTHING = " \n.,;:!?)"  # and the end of the text, which is "" and so in every string
_NOTHING: Own = {}


def expand(template: str, world: World, lists: Lists) -> str:
    """`template` with its groups and rules replaced by one alternative each, down to slots that are no rule."""

    def option(match: re.Match[str]) -> str:
        drawn = world.random.choice(match.group(2).split("|"))
        keeps_space = drawn or match.string[match.end() : match.end() + 1] not in _AFTER_NOTHING
        return match.group(1) + drawn if keeps_space else ""

    def one(match: re.Match[str]) -> str:
        rule = lists.get(match.group(1) or "")
        return match.group() if rule is None else expand(world.random.choice(rule), world, lists)

    while (chosen := _GROUP.sub(option, template)) != template:
        template = chosen
    return _SLOT.sub(one, template)


def compose(template: str, world: World, lists: Lists, own: Own = _NOTHING) -> Doc:
    """The text of `template` with its rules expanded, its own parts made and its slots filled."""
    flat = expand(template, world, lists)
    parts: list[Doc] = []
    start = 0
    for match in _PART.finditer(flat):
        maker = own.get(match.group(1) or "")
        if maker is None and match.group(2) is None:
            continue
        parts.append(_filled(flat[start : match.start()], world))
        parts.append(maker() if maker is not None else literal(match.group(3), match.group(2)))
        start = match.end()
    parts.append(_filled(flat[start:], world))
    return _trimmed(join(*parts, sep=""))


def _filled(template: str, world: World) -> Doc:
    return fill(template, world, {}) if "{" in template or "}" in template else Doc(template, ())


def _trimmed(doc: Doc) -> Doc:
    """`doc` with spans that have no blank at an edge, whatever the value of a slot ends with."""
    spans = []
    for start, end, label in doc.spans:
        while start < end and doc.text[start].isspace():
            start += 1
        while start < end and doc.text[end - 1].isspace():
            end -= 1
        if start < end:
            spans.append((start, end, label))
    return Doc(doc.text, tuple(spans))


def literal(text: str, label: str | None = None) -> Doc:
    """A fixed text as a document: one span over all of it where it has a label."""
    return Doc(text, ((0, len(text), label),) if label and text else ())


def some(world: World, options: Sequence[str], low: int, high: int) -> list[str]:
    """Between `low` and `high` different options, in random order."""
    return world.random.sample(list(options), min(len(options), world.random.randint(low, high)))


def pick(world: World, options: Sequence[str]) -> str:
    """One of the options."""
    return world.random.choice(options)


def several(world: World, lists: Lists, rule: str, low: int, high: int, sep: str = " ", own: Own = _NOTHING) -> Doc:
    """Between `low` and `high` different alternatives of one rule, composed and joined by `sep`."""
    return join(*(compose(part, world, lists, own) for part in some(world, lists[rule], low, high)), sep=sep)


def translate(doc: Doc, table: Mapping[str, str]) -> Doc:
    """`doc` with single characters replaced (as escapes of JSON or XML do), its spans moved along."""
    if not any(char in doc.text for char in table):
        return doc
    places = [0]
    out: list[str] = []
    for char in doc.text:
        new = table.get(char, char)
        out.append(new)
        places.append(places[-1] + len(new))
    return Doc("".join(out), tuple((places[start], places[end], label) for start, end, label in doc.spans))


def sentence(doc: Doc) -> Doc:
    """`doc` with its first letter in upper case (of the same length, so that spans hold)."""
    first = doc.text[:1].upper()
    return Doc(first + doc.text[1:], doc.spans) if len(first) == 1 else doc
