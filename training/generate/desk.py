"""How an office's desk writes: notes, letters, records, requests and anonymous lines, put together from one file's grammar.

A grammar for `desk` has the rules `note`, `field`, `letter`, `ask` and `plain`; `subject` where letters have one.
"""

from __future__ import annotations

from collections.abc import Callable

from training.generate.abroad import abroad
from training.generate.compose import Lists, compose, literal, pick, sentence, several, some
from training.generate.markup import Doc, join
from training.generate.words.business import BUSINESS
from training.generate.world import World

Generator = Callable[[World], Doc]

COMMON: Lists = {
    **BUSINESS,
    "who": (
        "{patient.full}",
        "{patient.full}",
        "{patient}",
        "{patient.formal}",
        "{x.applicant.full}",
        "{person.full}",
        "{patient.inverted}",
    ),
    "staff": ("{person.full.2}", "{person.first.2}", "{person.2}", "{person.formal.2}", "{x.person.full}"),
    "home": ("{address}", "{address}", "{x.address}", "{street}, {city}", "{street}", "{x.address}, {x.country}"),
    "place": ("{city}", "{city_state}", "{x.city}", "{county}", "{city}, {state}"),
    "dear": (
        "Dear {patient.formal},",
        "Dear {patient.full}:",
        "Hi {patient.first},",
        "Dear Sir or Madam,",
        "To Whom It May Concern:",
        "Dear customer,",
        "Hello {x.applicant.first},",
        "Attn: {person.full.2}",
    ),
    "close": ("Sincerely,", "Best regards,", "Yours sincerely,", "Thank you,", "Regards,", "Kind regards"),
    "verb_ask": ("Draft", "Write", "Prepare", "Help me write", "Compose", "Can you write", "please draft"),
    "sum": (
        "Summarize",
        "Summarise",
        "Shorten",
        "Condense",
        "TL;DR",
        "Give me the key points of",
        "Rewrite politely",
        "Translate into Spanish",
        "Proofread",
        "Extract the action items from",
    ),
}


def desk(lists: Lists) -> tuple[tuple[float, Generator], ...]:
    """The generators of one desk, with their weights."""

    def note(world: World) -> Doc:
        own = abroad(world)
        lines = [compose(part, world, lists, own) for part in some(world, lists["note"], 1, 8)]
        return join(*lines, sep=pick(world, (" ", " ", "\n", "\n- ", "; ")))

    def letter(world: World) -> Doc:
        own = abroad(world)
        parts = [compose(part, world, lists, own) for part in some(world, lists["letter"], 2, 6)]
        gap = pick(world, (" ", " ", "\n\n"))
        head = compose(
            "[{date}\n\n{patient.full}\n{address_lines}\n\n||{date.long}\n|{org}\n{address}\n\n][Re: {subject}\n|Subject: {subject}\n|RE: {subject}\n\n|]",
            world,
            lists,
            own,
        )
        tail = compose("{close}\n{staff}[\n{job}|\n{department}|][\n{org}|][\n{phone.2}|]", world, lists, own)
        return (
            join(head, compose("{dear}", world, lists, own), join(*parts, sep=gap), tail, sep="\n")
            if head.text
            else join(compose("{dear}", world, lists, own), join(*parts, sep=gap), tail, sep="\n\n")
        )

    def record(world: World) -> Doc:
        own = abroad(world)
        rows = [compose(part, world, lists, own) for part in some(world, lists["field"], 3, 12)]
        return join(*rows, sep=pick(world, ("\n", "\n", "\n", "; ", " | ")))

    def request(world: World) -> Doc:
        own = abroad(world)
        ask = several(world, lists, "ask", 1, 2, own=own)
        if world.random.random() < 0.4:
            return join(
                compose("{sum} [this|the following|the note below][:|.]", world, lists, own),
                literal(""),
                world.random.choice((note, record, letter))(world),
            )
        return sentence(ask)

    def plain(world: World) -> Doc:
        return several(
            world, lists, "plain", 1, world.random.choice((1, 1, 2, 4)), sep=pick(world, (" ", "\n")), own=abroad(world)
        )

    return ((2.0, note), (1.5, letter), (1.5, record), (2.0, request), (2.0, plain))
