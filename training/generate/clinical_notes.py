"""Clinical documents: a head, sections in the order of their kind, a signature block, page footers.

The sentences of the sections live in `clinical_sections`. In a note most sentences name nobody, as in life.
"""

from __future__ import annotations

from collections.abc import Sequence

from training.generate.clinical_grammar import Lists, identifies, mixed, render
from training.generate.clinical_parts import ANONYMOUS, BASE, NAMED
from training.generate.clinical_sections import DIALOGUE, FOOT, HEAD_LINES, KINDS, SECTIONS, SENTENCES, SIGN, TITLES
from training.generate.clinical_visits import visit
from training.generate.compose import sentence, some
from training.generate.markup import Doc, join
from training.generate.world import World

_SUBJECT: Lists = {
    "subj": (
        "{patient.formal}",
        "{patient}",
        "{patient.first}",
        "[the|The] patient",
        "[pt|Pt]",
        "[he|she]",
        "{patient.formal}",
        "the [patient|client|resident]",
        "{patient.last}",
        "{wordname}",
    ),
}
_NOBODY: Lists = {
    "subj": ("[the|The] patient", "[pt|Pt]", "[he|she]", "the [patient|client|resident|veteran]", "this {yo} {sex}")
}
_BASE: Lists = {**BASE, **SENTENCES}
_NAMED: Lists = {**NAMED, **_SUBJECT}
_ANONYMOUS: Lists = {**ANONYMOUS, **_NOBODY}


def _head(world: World, lists: Lists) -> Doc:
    random = world.random
    lines = [render(line, world, lists) for line in some(world, HEAD_LINES, 2, 9)]
    sep = random.choice(("\n", "\n", "\n", "   ", " | ", "; "))
    if random.random() < 0.6:
        title = render(random.choice(TITLES), world, lists)
        return join(title, join(*lines, sep=sep), sep="\n")
    return join(*lines, sep=sep)


def _section(name: str, world: World, lists: Lists, shout: bool, plain: bool) -> Doc:
    """Title and sentences; `plain` leaves out every sentence that identifies somebody."""
    random = world.random
    titles, frames, most = SECTIONS[name]
    title = random.choice(titles)
    lines = [sentence(render(frame, world, lists)) for frame in some(world, frames, 1, most)]
    if plain:
        lines = [line for line in lines if not identifies(line)] or [render("{lab}, {lab}", world, lists)]
    shown = f"{title.upper() if shout else title}:"
    body = join(*lines, sep=random.choice((" ", " ", "\n", "\n- ")))
    return join(Doc(shown), body, sep=random.choice((" ", " ", "\n")))


def _note(world: World, share: float, most_sections: int, head: float = 0.8) -> Doc:
    """One document; `share` is how likely each kind of part names somebody, `head` how likely it has a head and an end."""
    random = world.random
    lists = mixed(_BASE, _NAMED, _ANONYMOUS, share, random)
    kind = random.choice(KINDS)
    names = (
        kind[: random.randint(1, min(most_sections, len(kind)))]
        if random.random() < 0.7
        else some(world, kind, 1, most_sections)
    )
    shout = random.random() < 0.4
    parts = [_section(name, world, lists, shout, not share) for name in names]
    if share and random.random() < head:
        parts.insert(0, _head(world, lists))
    if share and random.random() < head:
        parts.append(render(random.choice(SIGN), world, lists))
    if share and random.random() < head / 2:
        parts.insert(random.randint(1, len(parts)), render(random.choice(FOOT), world, lists))
    return join(*parts, sep=random.choice(("\n", "\n\n", "\n\n", " ")))


def note(world: World) -> Doc:
    """A note of several sections with head and signature."""
    return _note(world, world.random.choice((0.4, 0.7, 1.0)), 7)


def part(world: World) -> Doc:
    """One or two sections, as pasted into a message."""
    return _note(world, world.random.choice((0.1, 0.4, 0.8)), 2, head=0.15)


def stay(world: World) -> Doc:
    """Several documents of one patient, one after the other."""
    random = world.random
    notes = [_note(world, random.choice((0.1, 0.4, 0.8)), 7) for _ in range(random.choice((2, 3, 3, 4)))]
    return join(*notes, sep=random.choice(("\n\n", "\n\n---\n\n", "\n\n\n", "\n\f\n")))


def bare(world: World) -> Doc:
    """The same documents with nothing in them that identifies."""
    return _note(world, 0.0, 5)


def talk(world: World) -> Doc:
    """A conversation in a clinic, a dictation, a voicemail."""
    return render(
        world.random.choice(DIALOGUE),
        world,
        mixed(_BASE, _NAMED, _ANONYMOUS, world.random.choice((0.2, 0.8)), world.random),
    )


def prose(world: World) -> Doc:
    """Running sentences of a letter or a narrative, without titles."""
    random = world.random
    lists = mixed(_BASE, _NAMED, _ANONYMOUS, random.choice((0.3, 0.6, 1.0)), random)
    pool: Sequence[str] = [frame for name in random.choice(KINDS) for frame in SECTIONS[name][1]]
    count = random.choice((1, 2, 3, 5, 8))
    return join(*(sentence(render(frame, world, lists)) for frame in some(world, pool, 1, count)), sep=" ")


GENERATORS = ((2.5, note), (2.0, part), (0.6, stay), (1.5, bare), (1.0, talk), (1.0, visit), (1.5, prose))
