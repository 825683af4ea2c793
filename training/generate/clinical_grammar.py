"""The grammar of the clinical and insurance files: one template line stands for thousands of sentences.

`[a|b|]` draws one alternative, an empty one included (groups nest; a bracket without `|` is plain text; blanks stay as
written). `{key}` draws from the lists and is expanded again; whatever is left in braces is a slot of the world.
"""

from __future__ import annotations

import re
from bisect import bisect_left as bisect
from collections.abc import Mapping, Sequence
from random import Random

from training.generate.clinical_invented import MAKERS, word_name
from training.generate.compose import literal
from training.generate.markup import Doc, fill, join
from training.generate.world import COUNTRY, World

Lists = Mapping[str, Sequence[str]]

_GROUP = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_KEY = re.compile(r"\{(\w+)\}")
_OWN = re.compile(r"\{(hosp|chart|wordname|" + "|".join(MAKERS) + r")\}")
_LEFT_OVER = re.compile(r"[ ,]+(?=[,.;:?!)](?!\d))|(?<=[.?!:;,(\n]) *,|(?<=\S) (?= )|(?<=\() ")
_WILD = re.compile(r"[#@]")


def spin(template: str, lists: Lists, random: Random) -> str:
    """`template` with every group and every key of `lists` drawn; slots of the world are left as they are."""

    def option(match: re.Match[str]) -> str:
        options: list[str] = match[1].split("|")
        return random.choice(options)

    def word(match: re.Match[str]) -> str:
        words = lists.get(match[1])
        return match[0] if words is None else spin(random.choice(words), lists, random)

    while (chosen := _GROUP.sub(option, template)) != template:
        template = chosen
    return _KEY.sub(word, template)


def render(template: str, world: World, lists: Lists) -> Doc:
    """A document made from `template`. `{hosp}` and `{chart}` are drawn from the lists of these names in capitals.

    `HOSP` gives hospitals (FACILITY); `CHART` gives shapes of record numbers (ID): `#` a digit, `@` a capital letter.
    `{wordname}` is a PERSON whose name is a word or an eponym; `{new_drug}` and its like (`clinical_invented`) have no label.
    """
    parts: list[Doc] = []
    flat = spin(template, lists, world.random)
    done = 0
    for match in _OWN.finditer(flat):
        parts += [fill(flat[done : match.start()], world), _own(match[1], lists, world.random)]
        done = match.end()
    return tidy(join(*parts, fill(flat[done:], world), sep=""))


def _own(slot: str, lists: Lists, random: Random) -> Doc:
    if slot == "hosp":
        return literal(spin(random.choice(lists["HOSP"]), lists, random), "FACILITY")
    if slot == "chart":
        return literal(_WILD.sub(lambda match: _wild(match[0], random), random.choice(lists["CHART"])), "ID")
    if slot == "wordname":
        return literal(word_name(random), "PERSON")
    return literal(MAKERS[slot](random))


def _wild(mark: str, random: Random) -> str:
    return random.choice("0123456789" if mark == "#" else "ABCDEFGHJKLMNPRSTUVWXYZ")


def tidy(doc: Doc) -> Doc:
    """Drops the commas and blanks that optional parts leave before other punctuation; never inside a span.

    Blanks at the edges of a span leave the span.
    """
    text = doc.text
    spans = [
        (end - len(text[start:end].lstrip()), start + len(text[start:end].rstrip()), label)
        for start, end, label in doc.spans
    ]
    inside = {at for start, end, _ in spans for at in range(start, end)}
    gone = sorted({at for match in _LEFT_OVER.finditer(text) for at in range(*match.span())} - inside)
    dropped = set(gone)
    kept = "".join(char for at, char in enumerate(text) if at not in dropped)
    return Doc(kept, tuple((a - bisect(gone, a), b - bisect(gone, b), label) for a, b, label in spans))


def identifies(doc: Doc) -> bool:
    """Whether anything in the document identifies somebody; a country is marked, yet does not."""
    return any(label != COUNTRY for _, _, label in doc.spans)


def mixed(base: Lists, named: Lists, anonymous: Lists, share: float, random: Random) -> dict[str, Sequence[str]]:
    """`base` plus, key by key, the `named` list with chance `share` or else the `anonymous` list of the same key."""
    return {**base, **{key: (named if random.random() < share else anonymous)[key] for key in named}}
