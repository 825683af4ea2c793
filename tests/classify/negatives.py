"""Seeded documents that hold nothing about a person: code, logs, stack traces, builds, lists of drugs and lab values,
billing tables, settings and general questions. Names of public figures are left out. Reused for the taggers."""

# ruff: noqa: E501, SIM905 - lines of generated documents read best unbroken

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Document(NamedTuple):
    kind: str
    text: str


_WORDS = (
    "cache index worker queue shard token buffer router ledger parser filter broker socket window cursor planner batch "
    "export import billing report catalog pricing shipment invoice payload schema tenant replica leader follower retry"
).split()
_VERBS = (
    "load flush merge resolve compact rotate verify encode decode schedule publish drain resume evict rebuild".split()
)
_DRUGS = (
    ("amoxicillin", "mg", (250, 500, 875)),
    ("metformin", "mg", (500, 850, 1000)),
    ("lisinopril", "mg", (5, 10, 20, 40)),
    ("atorvastatin", "mg", (10, 20, 40, 80)),
    ("levothyroxine", "mcg", (25, 50, 88, 112)),
    ("warfarin", "mg", (1, 2, 5)),
    ("insulin glargine", "units", (10, 24, 42)),
    ("prednisone", "mg", (5, 10, 20)),
    ("vancomycin", "mg", (750, 1000, 1250)),
    ("heparin", "units", (5000, 10000)),
)
_LABS = (
    "Na 138",
    "K 4.2",
    "Cl 101",
    "BUN 14",
    "Cr 0.93",
    "Hgb 13.8",
    "WBC 7.2",
    "Plt 254",
    "INR 2.4",
    "TSH 1.93",
    "A1c 6.9",
)
_CODES = (
    "99213",
    "99396",
    "80053",
    "36415",
    "J1100",
    "93000",
    "71046",
    "E11.65",
    "I10",
    "M54.50",
    "2345-7",
    "0093-7214-01",
)
_TOPICS = (
    "a binary search tree",
    "the tides",
    "compound interest",
    "photosynthesis",
    "a rate limiter",
    "the water cycle",
    "sourdough starters",
    "TCP congestion control",
    "double-entry bookkeeping",
    "plate tectonics",
    "vector databases",
    "beta blockers",
    "type 2 diabetes",
    "index funds",
    "statute of limitations",
    "Bayes' theorem",
    "the HIPAA privacy rule",
    "grade 2 heart block",
    "prior authorization",
    "deductibles and copays",
    "wound care",
    "low back pain",
)
_ASKS = (
    "Explain {} in two paragraphs.", "What is the difference between {} and {}?", "Write a limerick about {}.",
    "List 5 common mistakes with {}.", "How would you teach {} to a class of 30 students aged 12 to 14?",
    "Summarise the history of {} since 1950.", "Give me 10 quiz questions on {}, with answers.",
    "Is {} more important than {} for beginners?", "Translate into French: we talked about {} last month.",
    "Draft an outline of a 45 minute talk on {}.", "Which 3 books on {} should I read before Monday?",
    "Can you compare {} with {} in a table of 4 rows?", "What changed in {} between 2019 and 2023?",
    "For adults over 60 without symptoms, what do guidelines say about {}?", "Why does {} matter?",
)  # fmt: skip


def _hex(rng: random.Random, size: int) -> str:
    return "".join(rng.choices("0123456789abcdef", k=size))


def _name(rng: random.Random) -> str:
    return "_".join(rng.sample(_WORDS, rng.randint(1, 3)))


def _camel(rng: random.Random) -> str:
    return "".join(word.title() for word in rng.sample(_WORDS, 2))


def _stamp(rng: random.Random) -> str:
    day, clock = f"{rng.randint(1, 12):02}-{rng.randint(1, 28):02}", f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}"
    return rng.choice(
        (
            f"2024-{day}T{clock}:{rng.randint(0, 59):02}.{rng.randint(0, 999):03}Z",
            f"2023-{day} {clock}:{rng.randint(0, 59):02},{rng.randint(0, 999):03}",
            f"2025/{day.replace('-', '/')} {clock}:{rng.randint(0, 59):02}",
        )
    )


def _python(rng: random.Random) -> str:
    lines = [f"import {rng.choice(_WORDS)}", ""]
    for _ in range(rng.randint(2, 4)):
        name, part = f"{rng.choice(_VERBS)}_{_name(rng)}", rng.choice(_WORDS)
        lines += [
            f"def {name}({part}: str, limit: int = {rng.randint(1, 5000)}, *, user_id: int | None = None) -> bool:",
            f'    """{rng.choice(_VERBS).title()} the {part} and return True."""',
            f"    timeout_s = {rng.random() * 30:.3f}  # section {rng.randint(1, 9)}.{rng.randint(1, 20)}",
            f"    if {part} not in self.{_name(rng)}[{rng.randint(0, 99)}:{rng.randint(100, 999)}]:",
            f'        raise ValueError(f"unknown {part}: {{{part}!r}}")',
            f"    return {_name(rng)}.{rng.choice(_VERBS)}({part}, {rng.randint(2, 64)} << {rng.randint(1, 20)}) > 0x{_hex(rng, 4)}",
            "",
        ]
    return "\n".join(lines)


def _typed(rng: random.Random) -> str:
    kind = _camel(rng)
    fields = rng.sample(("id: number", "name: string", "email: string | null", "phone?: string", "address: Address",
                         "createdAt: Date", "total: bigint", "token: string", "username: string", "city: string"), 5)  # fmt: skip
    return (
        f"export interface {kind} {{\n" + "".join(f"  {field};\n" for field in fields) + "}\n"
        f"const {rng.choice(_WORDS)} = new Map<string, {kind}>();\n"
        f"for (let i = 0; i < {rng.randint(10, 90000)}; i++) {{ {rng.choice(_WORDS)}[i & {rng.randint(1, 255)}] += {rng.random():.6f}; }}\n"
        f"export default async function {rng.choice(_VERBS)}{kind}(req: Request): Promise<{kind}[]> {{ return []; }}\n"
    )


def _sql(rng: random.Random) -> str:
    table = _name(rng)
    return (
        f"CREATE TABLE {table} (id BIGINT PRIMARY KEY, patient_id INT NOT NULL, name VARCHAR({rng.randint(20, 255)}), dob DATE, ssn CHAR(11));\n"
        f"SELECT {table}.id, COUNT(*) FROM {table} WHERE amount > {rng.randint(100, 99999)} AND status IN ('open', 'held') LIMIT {rng.randint(1, 500)};\n"
        f"CREATE INDEX {table}_{rng.choice(_WORDS)}_idx ON {table} (patient_id, dob);"
    )


def _settings(rng: random.Random) -> str:
    return (
        f"name: {rng.choice(_VERBS)}-{rng.choice(_WORDS)}\nversion: {rng.randint(1, 9)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}\n"
        f"image: registry/{rng.choice(_WORDS)}@sha256:{_hex(rng, 64)}\nreplicas: {rng.randint(1, 40)}\nport: {rng.randint(1024, 65535)}\n"
        f"username: ${{DB_USER}}\npassword: ${{DB_PASSWORD}}\nowner: platform\nmemory_mb: {rng.randint(128, 65536)}\n"
        f"id: {uuid.UUID(int=rng.getrandbits(128))}\nschedule: '{rng.randint(0, 59)} {rng.randint(0, 23)} * * {rng.randint(0, 6)}'\n"
    )


def _log(rng: random.Random) -> str:
    lines = []
    for _ in range(rng.randint(4, 9)):
        level = rng.choice(("INFO", "WARN", "ERROR", "DEBUG"))
        lines.append(
            rng.choice(
                (
                    f"{_stamp(rng)} {level} {_name(rng)} {rng.choice(_VERBS)} took {rng.randint(1, 9000)} ms id={rng.randint(10**7, 10**10)}",
                    f"[{_stamp(rng)}] {level} [{_name(rng)}-{rng.randint(1, 16)}] request {uuid.UUID(int=rng.getrandbits(128))} status=200",
                    f"{_stamp(rng)} {level} trace_id={_hex(rng, 32)} span_id={_hex(rng, 16)} bytes={rng.randint(100, 10**9)}",
                    f'level={level.lower()} ts={rng.randint(16 * 10**8, 18 * 10**8)}.{rng.randint(100, 999)} msg="{rng.choice(_VERBS)} {rng.choice(_WORDS)}"',
                    f"Nov {rng.randint(1, 28)} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}:07 node{rng.randint(1, 40)} {rng.choice(_WORDS)}[{rng.randint(100, 99999)}]: {rng.choice(_VERBS)} ok",
                )
            )
        )
    return "\n".join(lines)


def _trace(rng: random.Random) -> str:
    frames = [
        f'  File "/srv/app/{_name(rng)}.py", line {rng.randint(1, 900)}, in {rng.choice(_VERBS)}_{rng.choice(_WORDS)}\n'
        f"    return self.{_name(rng)}({rng.randint(1, 99)})"
        for _ in range(rng.randint(2, 5))
    ]
    java = [
        f"\tat com.acme.{rng.choice(_WORDS)}.{_camel(rng)}.{rng.choice(_VERBS)}({_camel(rng)}.java:{rng.randint(10, 999)})"
        for _ in range(3)
    ]
    return "\n".join(
        (
            "Traceback (most recent call last):",
            *frames,
            f"KeyError: '{_name(rng)}'",
            "Caused by: java.lang.IllegalStateException",
            *java,
        )
    )


def _builds(rng: random.Random) -> str:
    return "\n".join(
        rng.choice(
            (
                f"commit {_hex(rng, 40)}",
                f"index {_hex(rng, 7)}..{_hex(rng, 7)} 100644",
                f"sha256:{_hex(rng, 64)}  {_name(rng)}-{rng.randint(1, 9)}.{rng.randint(0, 20)}.tar.gz",
                f"{_name(rng)}=={rng.randint(0, 30)}.{rng.randint(0, 30)}.{rng.randint(0, 30)}",
                f"Step {rng.randint(1, 20)}/20 : RUN {rng.choice(_VERBS)} --jobs={rng.randint(1, 64)}",
                f"build {rng.randint(1, 12)}.0.{rng.randint(10000, 30000)}.{rng.randint(100, 9999)} passed in {rng.random() * 900:.1f}s",
                f"PASS {_name(rng)} ({rng.randint(1, 400)} tests, {rng.random() * 100:.2f}% covered)",
                f"{_hex(rng, 12)} Pull complete",
            )
        )
        for _ in range(rng.randint(5, 12))
    )


def _drugs(rng: random.Random) -> str:
    lines = []
    for name, unit, doses in rng.sample(_DRUGS, rng.randint(3, 7)):
        lines.append(
            f"- {name} {rng.choice(doses)} {unit} {rng.choice(('once daily', 'twice a day', 'every 8 hours', 'at night', 'x 10 days'))}"
        )
    lines.append(", ".join(rng.sample(_LABS, 5)))
    lines.append(
        f"BP {rng.randint(100, 160)}/{rng.randint(60, 95)}, HR {rng.randint(55, 110)}, temp 36.8, SpO2 {rng.randint(90, 99)}%, pain {rng.randint(1, 9)}/10"
    )
    return "\n".join(lines)


def _billing(rng: random.Random) -> str:
    if rng.random() < 0.5:
        rows = [
            f"| {rng.choice(_CODES)} | {rng.choice(_VERBS)} | {rng.randint(1, 9)} | {rng.random() * 900:.2f} |"
            for _ in range(5)
        ]
        return "\n".join(("| Code | Description | Units | Charge |", "|---|---|---|---|", *rows))
    rows = [
        f"{rng.choice(_CODES)},{rng.randint(1, 12)},{rng.random() * 900:.2f},{rng.random() * 400:.2f}" for _ in range(6)
    ]
    return "\n".join(("code,units,charge,allowed", *rows, f"total,,{rng.randint(1000, 9000)}.00,"))


def _numbers(rng: random.Random) -> str:
    header = rng.choice(("year,units,revenue,margin", "store\tweek\tsales\treturns", "epoch  loss  accuracy  lr"))
    mark = "," if "," in header else "\t" if "\t" in header else "  "
    rows = [
        mark.join(str(rng.choice((rng.randint(1, 99999), round(rng.random() * 100, 3)))) for _ in range(4))
        for _ in range(8)
    ]
    return "\n".join((header, *rows))


def _question(rng: random.Random) -> str:
    asked = rng.sample(_ASKS, rng.randint(1, 4))
    return " ".join(ask.format(*rng.sample(_TOPICS, ask.count("{}"))) for ask in asked)


def _request(rng: random.Random) -> str:
    return (
        f'{{"model": "small-{rng.randint(1, 9)}", "temperature": {rng.random():.2f}, "max_tokens": {rng.randint(16, 8192)}, "seed": {rng.randint(1, 10**9)},\n'
        f' "tools": [{{"name": "{rng.choice(_VERBS)}_{rng.choice(_WORDS)}", "parameters": {{"type": "object", "properties": '
        f'{{"patient_name": {{"type": "string"}}, "date_of_birth": {{"type": "string", "format": "date"}}, "mrn": {{"type": "integer", "maximum": {rng.randint(10, 99)}}}}}}}}}]}}'
    )


_KINDS: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("python", _python),
    ("typescript", _typed),
    ("sql", _sql),
    ("settings", _settings),
    ("log", _log),
    ("trace", _trace),
    ("build", _builds),
    ("drugs", _drugs),
    ("billing", _billing),
    ("numbers", _numbers),
    ("question", _question),
    ("request", _request),
)


def documents(seed: int, count: int) -> Iterator[Document]:
    """`count` documents, the kinds in turn."""
    rng = random.Random(seed)
    for index in range(count):
        kind, make = _KINDS[index % len(_KINDS)]
        yield Document(kind, make(rng))
