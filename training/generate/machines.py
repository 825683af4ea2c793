"""What machines write and mean nobody by: identifiers of programs, tables of numbers, digests, schedules, code lists."""

from __future__ import annotations

import random
import uuid

from training.generate import pools
from training.generate.markup import Doc
from training.generate.world import World

_ROLES = "Cache Worker Router Follower Service Handler Factory Client Error Manager Builder Parser Store Queue Config View Model Listener Provider Adapter Reader".split()
_TYPES = "VARCHAR(255) VARCHAR(64) CHAR(2) INTEGER BIGINT NUMERIC(10,2) TIMESTAMP BOOLEAN TEXT JSONB UUID SERIAL DATE NVARCHAR(MAX) DECIMAL(8,3) DOUBLE BLOB".split()
_RULES = (
    "PRIMARY KEY",
    "NOT NULL",
    "UNIQUE",
    "DEFAULT now()",
    "REFERENCES {table}(id)",
    "",
    "",
    "DEFAULT 0",
    "ON DELETE CASCADE",
)
_VERBS = "get set load save open close merge split parse build send drop push pop resolve retry flush".split()
_MODULES = "core api net db ui auth billing queue store utils http test".split()


def _word(rng: random.Random) -> str:
    return rng.choice(pools.dictionary())


def _type(rng: random.Random) -> str:
    return f"{_word(rng).capitalize()}{rng.choice(('', _word(rng).capitalize()))}{rng.choice(_ROLES)}"


def program(world: World) -> Doc:
    rng = world.random
    lines = []
    for _ in range(rng.choice((2, 4, 8))):
        name, verb, thing = _type(rng), rng.choice(_VERBS), _word(rng)
        lines.append(
            rng.choice(
                (
                    f"export class {name} implements {_type(rng)} {{",
                    f"  private readonly {thing}: Map<string, {name}> = new Map();",
                    f"const {thing} = new {name}({_word(rng)}.{verb}());",
                    f"import {{ {name}, {_type(rng)} }} from './{_word(rng)}';",
                    f"public {name} {verb}{thing.capitalize()}(final {_type(rng)} {_word(rng)}) throws {_type(rng)}Exception {{",
                    f"func (s *{name}) {verb.capitalize()}(ctx context.Context, {_word(rng)} {_type(rng)}) error {{",
                    f"    at com.{_word(rng)}.{rng.choice(_MODULES)}.{name}.{verb}({name}.java:{rng.randrange(9, 900)})",
                    f"{rng.choice(_MODULES)}.{thing}_{verb} = {name}(timeout={rng.randrange(1, 90)})",
                    f"{name}::{verb}({thing}).unwrap_or_else(|_| {_type(rng)}::default())",
                    f"// {verb} the {thing} before {name} is closed",
                    f"throw new {_type(rng)}Error(`{thing} ${{{_word(rng)}}} failed`);",
                )
            )
        )
    return Doc("\n".join(lines))


def table_of_columns(world: World) -> Doc:
    rng = world.random
    table = f"{_word(rng)}s"
    rows = [
        f"  {_word(rng)}{rng.choice(('', '_id', '_at', '_name', '_code'))} {rng.choice(_TYPES)} {rng.choice(_RULES).format(table=_word(rng))}".rstrip()
        for _ in range(rng.choice((2, 4, 7)))
    ]
    text = f"CREATE TABLE {table} (\n" + ",\n".join(rows) + "\n);"
    if rng.random() < 0.4:
        text += f"\nSELECT {_word(rng)}, count(*) FROM {table} WHERE {_word(rng)} > {rng.randrange(9999)} GROUP BY 1 LIMIT {rng.randrange(100)};"
    return Doc(text if rng.random() < 0.8 else text.lower())


def numbers(world: World) -> Doc:
    rng = world.random
    columns, form = rng.choice((1, 2, 4, 7)), rng.random()
    make = {
        0: lambda: str(rng.randrange(10 ** rng.randrange(1, 7))),
        1: lambda: f"{rng.random() * 10 ** rng.randrange(0, 4):.{rng.randrange(1, 5)}f}",
        2: lambda: str(rng.randrange(10000, 99999)),
    }[0 if form < 0.4 else 1 if form < 0.75 else 2]
    gap = rng.choice(("\t", ", ", "  ", ",", " | "))
    return Doc("\n".join(gap.join(make() for _ in range(columns)) for _ in range(rng.choice((1, 3, 8, 16)))))


def digests(world: World) -> Doc:
    rng = world.random
    lines = []
    for _ in range(rng.choice((1, 3, 6))):
        size = rng.choice((7, 8, 12, 32, 40, 64))
        lines.append(
            rng.choice(
                (
                    f"{_word(rng)}_id: {uuid.UUID(int=rng.getrandbits(128))}",
                    f"{rng.getrandbits(size * 4):0{size}x}  {_word(rng)}.tar.gz",
                    f"trace={rng.getrandbits(128):032x} span={rng.getrandbits(64):016x} took={rng.randrange(9000)}ms",
                    f"request {rng.randrange(10**8, 10**10)} done in {rng.random():.3f}s, worker {rng.randrange(64)}",
                    f"{rng.randrange(60)} {rng.randrange(24)} * * {rng.randrange(7)} /usr/bin/{_word(rng)} --{_word(rng)}",
                    f"*/{rng.randrange(2, 30)} {rng.choice(('*', '2', '3-5'))} * * {rng.choice(('*', '1', '1-5'))} {_word(rng)}.sh",
                    f"pid {rng.randrange(100, 99999)} exited, session {rng.randrange(10**8, 10**10)}, port {rng.randrange(1024, 65535)}",
                    f"commit {rng.getrandbits(160):040x}",
                    f"offset={rng.randrange(10**7, 10**10)} bytes={rng.randrange(10**6)} seq={rng.randrange(10**9)}",
                )
            )
        )
    return Doc("\n".join(lines))


def codes(world: World) -> Doc:
    """Lists of medical and billing codes: of things, not of people."""
    rng = world.random
    rows = []
    for _ in range(rng.choice((2, 4, 8))):
        code = rng.choice(
            (
                f"{rng.randrange(100, 99999)}-{rng.randrange(10)}",
                f"{rng.randrange(10000, 99499)}",
                f"{rng.choice('ABCDEFGHIJKLMNRSTZ')}{rng.randrange(10, 99)}.{rng.randrange(0, 99)}",
                f"{rng.randrange(10**4):04d}-{rng.randrange(10**4):04d}-{rng.randrange(10**2):02d}",
                f"{rng.choice('JGA')}{rng.randrange(10**4):04d}",
                f"{rng.randrange(10**6, 10**9)}",
                f"{rng.randrange(10**3):03d}",
            )
        )
        amount = f"{rng.randrange(5, 900)}.{rng.randrange(100):02d}"
        rows.append((code, f"{_word(rng)} {_word(rng)}", str(rng.randrange(1, 9)), amount))
    head = rng.choice(
        (
            ("LOINC", "name", "n", "fee"),
            ("CPT", "description", "units", "charge"),
            ("NDC", "drug", "qty", "price"),
            ("code", "text", "count", "amount"),
            ("ICD-10", "title", "cases", "cost"),
            ("SNOMED", "term", "n", "rate"),
        )
    )
    gap = rng.choice((" | ", ",", "\t", "  "))
    return Doc("\n".join(gap.join(row) for row in (head, *rows)))


GENERATORS = ((2.0, program), (1.0, table_of_columns), (1.5, numbers), (1.5, digests), (1.5, codes))
