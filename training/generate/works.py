"""Talk about made-up songs, films and bands. Titles and bands identify nobody; who sang, wrote or heard them is a person."""

from __future__ import annotations

from training.generate import pools
from training.generate.abroad import abroad
from training.generate.compose import Own, compose, literal, pick, sentence
from training.generate.markup import Doc, join
from training.generate.words.english import ENGLISH
from training.generate.world import World

_LISTS = {
    "kind": "song film album musical sitcom sequel novel track anthem ballad cartoon podcast comic trailer".split(),
    "someone": (
        "{person.last}",
        "{person.last}",
        "{person.first}",
        "{person.full}",
        "{x.person.surname}",
        "{x.person.surname}",
        "{x.person.first}",
        "{x.person.full}",
    ),
    "played": "sang wrote covered directed hummed hated recorded produced quoted filmed streamed reviewed".split(),
    "line": (
        "{someone} {played} {quoted}",
        "my favourite is {title} by {someone}",
        "{someone} and {someone} [saw|heard|love] {quoted} [live|twice|again|]",
        "the early {someone}, not the late {someone}",
        "a {kind} about [a boy|a girl|a king|a thief|a clown] named {person.first}",
        "a {kind} about a [robot|farmer|baker] called {x.person.first}",
        "{band} [played|opened|cancelled] in {city}, said {someone}",
        "{band} with {someone} on [drums|bass|keys|guitar|vocals]",
        "[is|isn't|wasn't] {title} the {kind} with {someone}?",
        "{someone}'s {kind} {title} [flopped|won|is out|made me cry]",
        "the {someone} [school|style|twist|trilogy|remix|estate]",
        "[play|queue|skip] {title} by {someone}",
        "{someone} [is|was] the [drummer|lead singer|composer|villain] of {band}",
        'as {someone} [put|sang|wrote] it: "{plainline}"',
        "[who's|who was] {someone}, the one from {title}?",
        "[my dog|our cat|the parrot|her boat] is called {person.first}",
        "[dear|hey|oh|hi] {x.person.first}, {plainline}",
        "{x.person.first} [hasn't|didn't|won't] [call|listen|come|answer]",
        '"{plainline}," said {someone}',
    ),
    "nobody": (
        "{band} [released|dropped|announced] {title}",
        "[has anybody|have you] [seen|heard|read] {quoted}?",
        "{title} is a {kind} about [the sea|winter|a lost key|two foxes|a night train]",
        "the {kind} {quoted} [was|is] on [the radio|TV|every list|repeat]",
        "{band} [played|play] [the main hall|outdoors|the big tent] [while|after|before] the [sun set|doors closed|judges spoke]",
        "[best|worst|longest] {kind} of {band}: {title}",
        "[The Queen|The Duke|The Emperor|The Bishop|The Count] in the {kind} is [a puppet|a cartoon|a dancer]",
        "{title} [beat|outsold|copied] {title.2} [everywhere|at once|in the charts]",
        "{plainline}",
    ),
    "plainline": (
        "[don't|never] [leave|wake|blame] me",
        "the [night|river|city|moon] is [young|long|mine]",
        "[we|they|you] [ran|danced|slept] [until dawn|in the rain|for hours]",
        "it [rains|snows] [again|tonight]",
        "nothing [stays|matters|hurts] [for long|anymore]",
    ),
}


def _own(world: World) -> Own:
    rare, common = pools.dictionary(), ENGLISH["e.thing"] + ENGLISH["e.adj"] + ENGLISH["e.idea"]

    def word() -> str:
        return world.random.choice(rare if world.random.random() < 0.3 else common).title()

    def title() -> str:
        drawn = [word() for _ in range(world.random.choice((1, 2, 2, 3)))]
        glue = world.random.choice((" ", " ", " ", " of the ", " and "))
        return world.random.choice(("", "", "The ", "Big ", "Little ", "Old ")) + glue.join(drawn)

    def band() -> str:
        first, second = word(), word()
        return world.random.choice(
            (
                f"The {first} {second}s",
                f"the {first}s",
                f"{first}-{world.random.randrange(2, 999)}",
                f"{first} {second}",
                f"{first} TV",
                f"{first}",
            )
        )

    held = title()
    return abroad(world) | {
        "title": lambda: literal(held),
        "title.2": lambda: literal(title()),
        "quoted": lambda: literal(world.random.choice(('"{}"', "'{}'", "“{}”", "{}", "{}")).format(held)),
        "band": lambda: literal(band()),
    }


def _line(world: World, rule: str) -> Doc:
    doc = sentence(compose("{" + rule + "}", world, _LISTS, _own(world)))
    return Doc(doc.text + ("" if doc.text[-1:] in '?!."' else pick(world, (".", ".", "!", ""))), doc.spans)


def fan(world: World) -> Doc:
    """One to three lines in which somebody is named."""
    return join(*(_line(world, "line") for _ in range(world.random.choice((1, 1, 2, 3)))), sep=" ")


def work(world: World) -> Doc:
    """One to three lines in which nobody is."""
    return join(*(_line(world, "nobody") for _ in range(world.random.choice((1, 1, 2, 3)))), sep=" ")


GENERATORS = ((1.6, fan), (1.0, work))
