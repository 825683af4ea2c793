"""Places as people give them in passing: crossings, a town with its postal code, firms beside a town, an address in a sentence."""

from __future__ import annotations

import re

from training.generate.abroad import abroad
from training.generate.compose import Own, compose, literal, pick, sentence
from training.generate.markup import Doc, join
from training.generate.world import World

_LISTS = {
    "hello": ("", "", "", "Hi, ", "ok so ", "Yes: ", "FYI, "),
    "firm": ("{org}", "{org.2}", "{employer}", "{org.3}"),
    "firms": ("{org}", "{org.5}, {org.6} and {org.7}", "{org.5} and {org.6}"),
    "someone": ("{person.full}", "{x.person.full}", "{x.person.first}", "{person.first}", "{person.last}"),
    "people": (
        "{x.person.surname}, {person.last} and {x.person.surname}",
        "{person.last} and {person.last.2}",
        "{person.first}, {x.person.first} and {person.first.2}",
        "{x.person.full} and {person.full}",
    ),
    "line": (
        "{hello}[meet me|I'm|we met|turn left|wait|the accident was|picked up] at {corner}",
        "{hello}[my|our|his|her] [office|flat|shop|school] is [on|at|near] {corner}",
        "[the bus|the tram|our van] stops at {corner}[ every hour| on {date}|]",
        "[a|the] [shop|fire|leak|crash] [on|at] {corner}[, {x.town_code}|]",
        "{corner}, {city}",
        "[my|the|your|her] [zip|zip code|postal code|postcode] [is|was|should be|changed to] {postcode}",
        "[what is|is] the [zip code|postal code|postcode] [of|for] {x.city}[: {postcode}|]?",
        "[I live|we live|they moved|I grew up|ship it] [in|to] {x.town_code}[, {x.country}|]",
        "[delivery|visit|trip|flight] to {x.town_code}[ on {date}|]",
        "{someone}, {x.town_code}",
        "{x.street}, {x.town_code}",
        "[our|the] offices: {x.city}, {city}, {x.city}; [partners|clients]: {firms}",
        "{firm} of {x.city} and {firm} of {city}",
        "{people} [met|left|won|agreed|called|are late][ on {date}| in {city}|]",
        "[ask|tell|invite|email] {people}",
        "[the|a] {firm} [office|website|app|team|report|invoice|board] [is|was] [late|down|new|closed]",
        "[is|was] {firm} [bought|sued|founded] by {firm}?",
        "[apply|applied|interview|job] at {firm}[, {x.city}|]",
        "{firm} [hired|fired|promoted|thanked] {someone}",
        "[I bought|returned|ordered|saw] it [at|from|on] {firm}",
        "{someone}\n{firm}\n{x.street}\n{x.town_code}",
        "[on|at|near|opposite] {x.street} [in the evening|yesterday|all day|]",
        "[is|was] {someone} at {street} [today|on {date}|last night]?",
        "{someone}[:| -|,] {x.phone} [(office)|(fax)|home|cell]",
    ),
}
_NUMBER = re.compile(r"^\d+[a-z]? |,? (?:No\. )?\d+\S*$")


def _own(world: World) -> Own:
    rng, parts = world.random, abroad(world)

    def road() -> str:
        made = parts["x.street"]().text if rng.random() < 0.6 else world.value(f"street.{rng.randrange(4, 9)}").text
        return made.split(",")[0] if rng.random() < 0.5 else _NUMBER.sub("", made.split(",")[0])

    def bare() -> str:
        name = world.value(f"person.{rng.choice(('first', 'last'))}.{rng.randrange(2, 9)}").text
        kind = (
            "Crossing Gardens Mill Pass Parks Greens Club Harbor Route Trail Union Flats Coves Isle Dale Radial".split()
        )
        return f"{name} {rng.choice(kind)}"

    def corner() -> Doc:
        first, second = road(), rng.choice((road, bare))()
        text = f"{first} {rng.choice(('and', 'and', '&', '/'))} {second}"
        before = rng.choice(
            ("the corner of ", "the corner of ", "corner of ", "the intersection of ", "the crossing of ")
        )
        return literal(before + text, "ADDRESS")

    def postcode() -> str:
        draw = rng.randrange
        return rng.choice(
            (
                f"{draw(1000, 9999)}",
                f"{draw(1000, 9999)}",
                f"{draw(10000, 99999)}",
                f"{draw(100, 999)} {draw(10, 99)}",
                f"{draw(10, 99)}-{draw(100, 999)}",
                f"{draw(10000, 99999)}-{draw(100, 999)}",
                f"{draw(100, 999)}",
                world.value("zip").text,
            )
        )

    def town() -> Doc:
        city, code = parts["x.city"]().text, postcode()
        return literal(rng.choice((f"{city} {code}", f"{city} {code}", f"{code} {city}", f"{city}, {code}")), "ADDRESS")

    return parts | {
        "corner": corner,
        "postcode": lambda: literal(postcode(), "ADDRESS"),
        "x.town_code": town,
    }


def passing(world: World) -> Doc:
    """One or two lines."""
    docs = [
        compose(pick(world, _LISTS["line"]), world, _LISTS, _own(world)) for _ in range(world.random.choice((1, 1, 2)))
    ]
    docs = [sentence(doc) if world.random.random() < 0.7 else doc for doc in docs]
    return join(*docs, sep=pick(world, (". ", "\n", " ")))


GENERATORS = ((1.0, passing),)
