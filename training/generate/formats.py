"""Structured text: CSV, Markdown tables, dumps, XML, YAML, SQL, log lines, forms, spelled-out values."""

from __future__ import annotations

from training.generate.compose import Lists, compose, literal, pick, several, translate
from training.generate.fields import draw_fields, plain_fields, story
from training.generate.markup import Doc, join
from training.generate.negatives import LISTS as NEGATIVE
from training.generate.negatives import numbers
from training.generate.world import World

_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_LETTERS = {
    "A": "Alpha Apple Adam",
    "B": "Bravo Boy Bob",
    "C": "Charlie Cat",
    "D": "Delta David Dog",
    "E": "Echo Edward Elephant",
    "F": "Foxtrot Frank",
    "G": "Golf George",
    "H": "Hotel Henry",
    "I": "India Ida Igloo",
    "J": "Juliet John",
    "K": "Kilo King",
    "L": "Lima Larry Lion",
    "M": "Mike Mary Mother",
    "N": "November Nancy",
    "O": "Oscar Ocean",
    "P": "Papa Peter",
    "Q": "Quebec Queen",
    "R": "Romeo Robert",
    "S": "Sierra Sam Sugar",
    "T": "Tango Tom Tiger",
    "U": "Uniform Umbrella Union",
    "V": "Victor Violet",
    "W": "Whiskey William",
    "X": "X-ray",
    "Y": "Yankee Young Yellow",
    "Z": "Zulu Zebra",
}
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

LISTS: Lists = NEGATIVE


def _rows(world: World, fields: list[tuple[str, str]], count: int) -> list[list[Doc]]:
    """Rows of values; each row is another person, so each has a world of its own."""
    rows = []
    for _ in range(count):
        other = World(world.random)
        own = story(other)
        rows.append([compose(slot.replace("{address_lines}", "{address}"), other, LISTS, own) for _, slot in fields])
    return rows


def _quoted(doc: Doc, sep: str, always: bool) -> Doc:
    if always or sep in doc.text or '"' in doc.text or "\n" in doc.text:
        return join(literal('"'), translate(doc, {'"': '""'}), literal('"'), sep="")
    return doc


def csv(world: World) -> Doc:
    """A table as CSV, TSV or with semicolons, mostly with a header."""
    sep, always = pick(world, (",", ",", ",", ";", "\t", "|")), world.random.random() < 0.2
    fields = draw_fields(world, 2, 7)
    head = [literal(sep.join(name for name, _ in fields))] if world.random.random() < 0.85 else []
    rows = [
        join(*(_quoted(cell, sep, always) for cell in row), sep=sep)
        for row in _rows(world, fields, world.random.randint(1, 6))
    ]
    return join(*head, *rows)


def plain_csv(world: World) -> Doc:
    """A table of things."""
    fields = plain_fields(world, 3, 7)
    sep = pick(world, (",", ";", "\t"))
    head = literal(sep.join(name for name, _ in fields))
    return join(head, *(join(*row, sep=sep) for row in _rows(world, fields, world.random.randint(2, 6))))


def markdown(world: World) -> Doc:
    """A Markdown table."""
    fields = draw_fields(world, 2, 6)
    lines = [literal("| " + " | ".join(name for name, _ in fields) + " |"), literal("|" + "---|" * len(fields))]
    lines += [
        join(literal("| "), join(*row, sep=" | "), literal(" |"), sep="")
        for row in _rows(world, fields, world.random.randint(1, 5))
    ]
    return join(*lines)


def dump(world: World) -> Doc:
    """`key: value` lines, as copied from a screen."""
    own = story(world)
    sep = pick(world, (": ", ": ", ": ", " = ", ":", "\t", " - ", ":\n", " :: ", "......"))
    lines = [
        join(literal(name + sep), compose(slot, world, LISTS, own), sep="") for name, slot in draw_fields(world, 2, 12)
    ]
    return join(*lines, sep=pick(world, ("\n", "\n", "\n", "; ", " | ", ", ")))


def form(world: World) -> Doc:
    """A filled-in form as text comes out of a PDF: underscores, check boxes, columns."""
    own = story(world)
    title = pick(
        world,
        (
            "PATIENT INTAKE FORM",
            "APPLICATION FOR BENEFITS",
            "Change of Address",
            "CONSENT AND RELEASE",
            "New Hire Form",
            "Claim Form - Page 1 of 2",
            "Registration",
            "",
        ),
    )
    lines: list[Doc] = [literal(title)] if title else []
    for name, slot in draw_fields(world, 3, 12):
        mark = pick(
            world,
            (
                "{0}: __{1}__",
                "{0}: {1}",
                "{0} _____{1}_____",
                "{0}:   {1}",
                "[x] {0}: {1}",
                "{0}\n{1}",
                "{0}: ____________",
            ),
        )
        before, found, after = mark.partition("{1}")
        parts = [literal(before.replace("{0}", name))]
        lines.append(join(*parts, compose(slot, world, LISTS, own), literal(after), sep="") if found else parts[0])
    if world.random.random() < 0.5:
        lines.append(
            compose(
                "[Signature: {patient.full}|Signed: {patient}|Sign here: ____________]   Date: {date}",
                world,
                LISTS,
                own,
            )
        )
    return join(*lines, sep=pick(world, ("\n", "\n", "    ")))


def xml(world: World) -> Doc:
    """Elements of XML."""
    own = story(world)
    root = pick(world, ("patient", "customer", "record", "order", "Person"))
    lines = [literal(f"<{root}>")]
    for name, slot in draw_fields(world, 2, 9):
        tag = "".join(char for char in name.replace(" ", "_") if char.isalnum() or char == "_")
        lines.append(
            join(literal(f"  <{tag}>"), translate(compose(slot, world, LISTS, own), _XML), literal(f"</{tag}>"), sep="")
        )
    return join(*lines, literal(f"</{root}>"), sep=pick(world, ("\n", "\n", "")))


def yaml(world: World) -> Doc:
    """A YAML record."""
    own = story(world)
    lines = [literal(pick(world, ("patient:", "- record:", "user:", "contact:")))]
    lines += [
        join(literal(f"  {name.replace(' ', '_').lower()}: "), compose(slot, world, LISTS, own), sep="")
        for name, slot in draw_fields(world, 2, 8)
    ]
    return join(*lines)


def sql_insert(world: World) -> Doc:
    """Rows inserted into a database, or a query with values."""
    fields = draw_fields(world, 2, 6)
    names = [name.replace(" ", "_").replace("#", "no").replace(".", "").lower() for name, _ in fields]
    tables = pick(world, ("patients", "customers", "users", "orders", "claims", "employees"))
    if world.random.random() < 0.3:
        cell = _rows(world, fields[:1], 1)[0][0]
        return join(
            literal(f"SELECT * FROM {tables} WHERE {names[0]} = '"), translate(cell, {"'": "''"}), literal("';"), sep=""
        )
    rows = [
        join(
            literal("("),
            join(*(join(literal("'"), translate(cell, {"'": "''"}), literal("'"), sep="") for cell in row), sep=", "),
            literal(")"),
            sep="",
        )
        for row in _rows(world, fields, world.random.randint(1, 4))
    ]
    return join(
        literal(f"INSERT INTO {tables} ({', '.join(names)}) VALUES\n"), join(*rows, sep=",\n"), literal(";"), sep=""
    )


LOG_LINES: Lists = {
    **NEGATIVE,
    "user_line": (
        "login [failed|ok] user={username} ip={ip}",
        "User {email} [logged in|reset the password|was locked out] from {ip}",
        'sent mail to {email} subject="Your appointment on {date}"',
        "patient {patient.full} (MRN {mrn}) [admitted|merged|updated] by {username.2}",
        "order {order} for {person.full} shipped to {address}",
        "call from {phone} routed to {person.first}",
        "GET /users/{username}/profile 200 - {ip}",
        "sms to {phone}: code sent",
        "payment by {patient.full} account={account} status=ok",
        "audit: {person.full} viewed record {mrn}",
        "duplicate customer: {patient.full}, {dob}, {zip}",
        "upload by {username} device={device}",
        "geo: {ip} -> {city}, {state_abbr}",
    ),
}


def user_log(world: World) -> Doc:
    """Log lines of which some hold data of a user. The stamps date machine events and stay unlabelled, as in other logs."""
    own = numbers(world)
    head = pick(world, ("{n.stamp} {level} {svc} ", "[{n.stamp}] ", "{n.clock} {svc}: ", "{n.stamp} "))
    rules = ["{user_line}"] + [pick(world, ("{user_line}", "{logline}")) for _ in range(world.random.randint(0, 7))]
    world.random.shuffle(rules)
    return join(
        *(
            compose(
                (head if rule == "{user_line}" else head.replace("{level} {svc} ", "").replace("{svc}: ", "")) + rule,
                world,
                LOG_LINES,
                own,
            )
            for rule in rules
        )
    )


def _spell(world: World, text: str) -> str:
    """`Mbeki` as a caller spells it."""
    style = world.random.random()
    letters = [char for char in text.upper() if char.isalnum()]
    if style < 0.35:
        return "-".join(letters)
    if style < 0.5:
        return " ".join(letters)
    if style < 0.6:
        return ". ".join(letters) + "."
    word = pick(world, (" as in ", " for ", " like "))
    spelled = [
        f"{char}{word}{world.random.choice(_LETTERS[char].split())}"
        if char in _LETTERS and (world.random.random() < 0.6)
        else _DIGITS[int(char)]
        if char.isdigit() and char.isascii()
        else char
        for char in letters
    ]
    return ", ".join(spelled)


def _spoken(world: World, text: str) -> str:
    """Digits as said: `five five five, oh one`."""
    zero = pick(world, ("zero", "oh", "zero"))
    words = [
        (zero if char == "0" else _DIGITS[int(char)]) if char.isascii() and char.isdigit() else char.upper()
        for char in text
        if char.isalnum()
    ]
    out, size = "", world.random.choice((3, 4, 99))
    for index, word in enumerate(words):
        out += ("" if not index else ", " if index % size == 0 else " ") + word
    return out


def spelled(world: World) -> Doc:
    """Names, numbers and dates as they are spelled out on the telephone."""
    last, label = world.value("patient.last")
    first, _ = world.value("patient.first")
    own = {
        "s.last": lambda: literal(_spell(world, last), label),
        "s.first": lambda: literal(_spell(world, first), label),
        "s.phone": lambda: literal(_spoken(world, world.value("phone").text), "CONTACT"),
        "s.id": lambda: literal(_spoken(world, world.value("plan_id").text), "ID"),
        "s.ssn": lambda: literal(_spoken(world, world.value("ssn").text), "ID"),
        "s.zip": lambda: literal(_spoken(world, world.value("zip").text), "ADDRESS"),
        "s.mail": lambda: literal(world.value("email").text.replace("@", " at ").replace(".", " dot "), "CONTACT"),
        **numbers(world),
    }
    return several(world, SPELLED, "said", 1, 5, sep=pick(world, (" ", "\n", ". ", "\nAgent: okay.\n")), own=own)


SPELLED: Lists = {
    "said": (
        "[My last name is|Last name|Surname,|That's] {patient.last}, [spelled |that's |]{s.last}[.|]",
        "[First name|It's] {patient.first}, {s.first}[.|]",
        "[The name is|This is|I'm] {patient.full}[, that's {s.first}, {s.last}|: {s.first} then {s.last}].",
        "[My number is|Call me at|phone] {s.phone}[.|]",
        "[Member ID|The policy number is|ID number] {s.id}[.|]",
        "[Social is|My social security number is] {s.ssn}[.|]",
        "[Date of birth|born|DOB] {date.spelled}[.|]",
        "[Zip code|The ZIP is] {s.zip}[.|]",
        "[email is|My e-mail:] {s.mail}[.|]",
        "[I live at|Address] {street}, {city}[, that's {city} as in the town|].",
        "[The appointment is on|Seen on|He died] {date.spelled}[ at {time}|].",
        "[Take|That's] [one|two|three] tablets [twice|three times] a day[.|]",
        "[The reference is|Say] [A as in apple|B for Bravo|the letter X]?",
        "[The dose is|I take] [twenty five|one hundred|point five] milligrams.",
        "[It costs|That is] [two hundred and fifty dollars|nineteen ninety nine].",
        "[I was there|It's been] [three|four|ten] [weeks|years|days].",
    )
}

GENERATORS = (
    (2.0, csv),
    (0.7, plain_csv),
    (1.0, markdown),
    (2.5, dump),
    (2.0, form),
    (0.7, xml),
    (0.7, yaml),
    (0.8, sql_insert),
    (1.5, user_log),
    (1.5, spelled),
)
