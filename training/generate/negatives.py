"""Text that identifies nobody (a country is marked, as everywhere): code, logs, tables, prices, questions of general knowledge, office prose."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from training.generate.compose import Lists, Own, compose, literal, pick, sentence, several
from training.generate.markup import Doc, join
from training.generate.words.business import BUSINESS
from training.generate.words.code import CODE
from training.generate.words.english import ENGLISH
from training.generate.words.general import GENERAL
from training.generate.words.lookalikes import LOOKALIKES
from training.generate.world import World

LISTS: Lists = {
    **BUSINESS,
    **CODE,
    **GENERAL,
    **LOOKALIKES,
    **ENGLISH,
    "noun": (*CODE["noun"] * 4, *ENGLISH["e.thing"]),
}
LANGUAGES = ("python", "python", "javascript", "typescript", "java", "go", "rust", "c", "sql", "ruby")
_HEX = "0123456789abcdef"


def _hex(random: Random, length: int) -> str:
    return "".join(random.choices(_HEX, k=length))


def _clock(random: Random) -> str:
    return f"{random.randint(0, 23):02d}:{random.randint(0, 59):02d}:{random.randint(0, 59):02d}"


def _day(random: Random) -> str:
    return f"20{random.randint(18, 26)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"


def _uuid(random: Random) -> str:
    return "-".join(_hex(random, size) for size in (8, 4, 4, 4, 12))


def numbers(world: World) -> Own:
    """Numbers and codes that name nobody, by slot name."""
    random = world.random
    made = {
        "n.int": lambda: str(
            random.choice((random.randint(2, 99), random.randint(100, 9999), random.randint(10000, 9999999)))
        ),
        "n.digit": lambda: str(random.randint(1, 9)),
        "n.float": lambda: f"{random.uniform(0, 200):.{random.randint(1, 3)}f}",
        "n.year": lambda: str(random.randint(1701, 2025)),
        "n.port": lambda: random.choice(
            ("80", "443", "5432", "6379", "8080", "8443", "9092", str(random.randint(1024, 65535)))
        ),
        "n.status": lambda: random.choice(
            ("200", "201", "204", "301", "400", "401", "403", "404", "429", "500", "502", "503")
        ),
        "n.version": lambda: ".".join(str(random.randint(0, 30)) for _ in range(random.choice((2, 3, 3, 4)))),
        "n.hex4": lambda: _hex(random, 4),
        "n.hex7": lambda: _hex(random, 7),
        "n.hex12": lambda: _hex(random, 12),
        "n.hex40": lambda: _hex(random, 40),
        "n.hex64": lambda: _hex(random, 64),
        "n.uuid": lambda: _uuid(random),
        "n.sku": lambda: f"{random.choice('ABCDXZ')}{random.choice('KLMNPQ')}-{random.randint(10, 99999)}",
        "n.dose": lambda: random.choice(("2.5", "5", "10", "20", "25", "40", "50", "81", "100", "250", "500", "850")),
        "n.ndc": lambda: f"{random.randint(0, 99999):05d}-{random.randint(0, 9999):04d}-{random.randint(0, 99):02d}",
        "n.cpt": lambda: str(random.randint(10021, 99499)),
        "n.icd": lambda: f"{random.choice('ACEFIJKLMRSZ')}{random.randint(10, 99)}.{random.randint(0, 9)}",
        "n.loinc": lambda: f"{random.randint(100, 99999)}-{random.randint(0, 9)}",
        "n.stamp": lambda: (
            f"{_day(random)}{random.choice('T ')}{_clock(random)}{random.choice(('', 'Z', '.123', ',456', '+00:00'))}"
        ),
        "n.clock": lambda: _clock(random),
    }
    return {name: _unlabelled(make) for name, make in made.items()}


def _unlabelled(make: Callable[[], str]) -> Callable[[], Doc]:
    return lambda: literal(make())


def _snippet(world: World, own: Own, low: int, high: int) -> Doc:
    language = pick(world, LANGUAGES)
    body = several(world, LISTS, language, low, high, sep="\n\n", own=own)
    if world.random.random() < 0.5:
        return join(literal(f"```{language}"), body, literal("```"))
    return body


def code(world: World) -> Doc:
    """Source code, with or without a question about it."""
    own = numbers(world)
    body = _snippet(world, own, 1, 3)
    ask = compose("{ask_code}", world, LISTS, own)
    if not ask.text:
        return body
    return join(ask, body) if world.random.random() < 0.7 else join(body, ask, sep="\n\n")


def trouble(world: World) -> Doc:
    """A stack trace, a diff or a shell session."""
    own = numbers(world)
    rule = pick(world, ("stack", "stack", "shell", "shell", "diff"))
    body = several(world, LISTS, rule, 1, 3, sep="\n", own=own)
    ask = compose("{ask_code}", world, LISTS, own)
    return join(ask, body) if ask.text else body


def log(world: World) -> Doc:
    """Lines of a server's log. INVARIANT: a time stamp here dates a machine's event, so it is nobody's date."""
    own = numbers(world)
    head = pick(world, ("{n.stamp} ", "{n.stamp} ", "[{n.stamp}] ", "{n.clock} ", ""))
    lines = [compose(head + "{logline}", world, LISTS, own) for _ in range(world.random.randint(2, 14))]
    return join(*lines)


def git_log(world: World) -> Doc:
    """`git log --oneline`, a list of releases, a lock file."""
    own = numbers(world)
    rows = pick(
        world,
        ("{n.hex7} {commit}", "* {n.hex7} {commit}", "{n.version}: {commit}", "{version_row}", "- {commit} ({n.hex7})"),
    )
    return join(*(compose(rows, world, LISTS, own) for _ in range(world.random.randint(3, 14))))


def settings(world: World) -> Doc:
    """A configuration as lines, or as JSON."""
    own = numbers(world)
    if world.random.random() < 0.5:
        return join(compose("[{svc}]", world, LISTS, own), several(world, LISTS, "ini", 3, 10, sep="\n", own=own))
    rows = [
        compose(row, world, LISTS, own)
        for row in (
            '  "{noun}_{verb}": {n.int},',
            '  "{noun}s": ["{noun}", "{noun}"],',
            '  "version": "{n.version}",',
            '  "hash": "{n.hex40}",',
            '  "host": "{host}", "port": {n.port},',
            '  "options": {{"{verb}": true, "ratio": {n.float}, "id": "{n.uuid}"}},',
            '  "level": "{level}",',
        )
        if world.random.random() < 0.7
    ]
    return join(literal("{"), *rows, compose('  "{noun}": "{svc}"', world, LISTS, own), literal("}"))


def table(world: World) -> Doc:
    """Prices of drugs, billing codes, sensors, versions, facts: rows without anybody."""
    own = numbers(world)
    rule = pick(world, ("drug_row", "drug_row", "billing_row", "billing_row", "sensor_row", "version_row", "fact_row"))
    row = world.random.choice(LISTS[rule])
    mixed = rule in ("billing_row", "fact_row") and world.random.random() < 0.6
    rows = [compose("{" + rule + "}" if mixed else row, world, LISTS, own) for _ in range(world.random.randint(3, 14))]
    return join(*rows)


def general(world: World) -> Doc:
    """Questions and statements of general knowledge; their people and places are public."""
    return several(
        world, LISTS, "general", 1, pick_count(world), sep=pick(world, (" ", "\n", "\n\n")), own=numbers(world)
    )


def pick_count(world: World) -> int:
    """How many sentences at most: mostly one."""
    return world.random.choice((1, 1, 1, 2, 3, 6))


def bank_question(world: World) -> Doc:
    """A customer's question to a bank that says nothing of the customer."""
    return several(world, LISTS, "bank_ask", 1, world.random.choice((1, 1, 2)), own=numbers(world))


def office(world: World) -> Doc:
    """Business prose without persons."""
    return several(
        world,
        LISTS,
        "office",
        1,
        world.random.choice((1, 2, 4, 8)),
        sep=pick(world, (" ", " ", "\n", "\n- ")),
        own=numbers(world),
    )


def lookalike(world: World) -> Doc:
    """Numbers, months, names and headings that are no identifiers."""
    most = world.random.choice((1, 1, 2, 4, 7))
    return sentence(several(world, LISTS, "lookalike", 1, most, sep=pick(world, (" ", "\n", "\n")), own=numbers(world)))


def prose(world: World) -> Doc:
    """Ordinary English about nobody: sentences, posts, headings."""
    rule = pick(world, ("e.prose", "e.prose", "e.prose", "e.post", "e.heading"))
    count = world.random.choice((1, 2, 3, 5, 9))
    lines = [compose("{" + rule + "}", world, LISTS) for _ in range(count)]
    if rule == "e.prose" or world.random.random() < 0.4:
        lines = [sentence(line) for line in lines]
    doc = join(*lines, sep="\n" if rule == "e.heading" else pick(world, (" ", " ", "\n")))
    return Doc(doc.text.title(), ()) if rule == "e.heading" and world.random.random() < 0.6 else doc


GENERATORS = (
    (3.0, code),
    (1.5, trouble),
    (2.0, log),
    (1.0, git_log),
    (1.0, settings),
    (2.0, table),
    (5.0, prose),
    (4.0, lookalike),
    (4.0, general),
    (2.5, bank_question),
    (2.5, office),
)
