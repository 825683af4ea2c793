"""Dates more precise than a year, the ways people write them, and what looks like one and is none."""

from __future__ import annotations

import datetime
import random

DATE = "DATE"
_MONTHS = "January February March April May June July August September October November December".split()
_SHORT = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split()


def draw(rng: random.Random, past_years: int = 12) -> datetime.date:
    return datetime.date(2026, 6, 1) - datetime.timedelta(days=int(365 * past_years * rng.random()))


def birth(rng: random.Random) -> datetime.date:
    return datetime.date(2020, 1, 1) - datetime.timedelta(days=int(365.25 * 95 * rng.random()))


def ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    tens = _TENS[number // 10 - 2]
    return tens if number % 10 == 0 else f"{tens}-{_ONES[number % 10]}"


def iso(rng: random.Random, day: datetime.date) -> str:
    return day.isoformat() if rng.random() < 0.85 else day.strftime("%Y/%m/%d")


def us(rng: random.Random, day: datetime.date) -> str:
    mark = rng.choice("//////-.")
    year = day.year if rng.random() < 0.65 else f"{day.year % 100:02d}"
    if rng.random() < 0.5:
        return f"{day.month:02d}{mark}{day.day:02d}{mark}{year}"
    return f"{day.month}{mark}{day.day}{mark}{year}"


def european(rng: random.Random, day: datetime.date) -> str:
    mark = rng.choice("./-")
    return f"{day.day:02d}{mark}{day.month:02d}{mark}{day.year if rng.random() < 0.7 else day.strftime('%y')}"


def month(rng: random.Random, day: datetime.date) -> str:
    name = _MONTHS[day.month - 1]
    return name if rng.random() < 0.6 else _SHORT[day.month - 1] + rng.choice(("", "", "."))


def long(rng: random.Random, day: datetime.date) -> str:
    name, number = month(rng, day), rng.choice((str(day.day), ordinal(day.day), str(day.day)))
    kind = rng.random()
    if kind < 0.5:
        return f"{name} {number}{rng.choice((', ', ', ', ' '))}{day.year}"
    if kind < 0.6:
        return f"{name} {number} {chr(39)}{day.year % 100:02d}"
    if kind < 0.7:
        return f"the {ordinal(day.day)} of {name}{rng.choice((' ', ', '))}{day.year}"
    return f"{number} {name} {day.year}"


def spelled(rng: random.Random, day: datetime.date) -> str:
    which = _ORDINALS[day.day - 1]
    year = (
        f"{words(day.year // 100)} {words(day.year % 100)}"
        if day.year % 100 > 9
        else f"two thousand {words(day.year % 100)}"
    )
    name = _MONTHS[day.month - 1]
    return rng.choice(
        (
            f"{name} {which}, {year}",
            f"the {which} of {name} {year}",
            f"{name} {which}",
            f"the {which} of {name}, {year}",
        )
    )


def month_year(rng: random.Random, day: datetime.date) -> str:
    return rng.choice(
        (
            f"{month(rng, day)} {day.year}",
            f"{month(rng, day)} of {day.year}",
            f"{day.month:02d}/{day.year}",
            f"{month(rng, day)} {chr(39)}{day.year % 100:02d}",
        )
    )


def day_month(rng: random.Random, day: datetime.date) -> str:
    return rng.choice(
        (
            f"{month(rng, day)} {day.day}",
            f"{month(rng, day)} {ordinal(day.day)}",
            f"{day.day} {month(rng, day)}",
            f"{ordinal(day.day)} of {month(rng, day)}",
            f"{day.month}/{day.day}",
            f"last {_MONTHS[day.month - 1]}",
        )
    )


def hl7(rng: random.Random, day: datetime.date) -> str:
    return day.strftime("%Y%m%d") + rng.choice(
        (
            "",
            "",
            f"{rng.randrange(24):02d}{rng.randrange(60):02d}",
            f"{rng.randrange(24):02d}{rng.randrange(60):02d}{rng.randrange(60):02d}",
        )
    )


def clock(rng: random.Random) -> str:
    hour, minute = rng.randrange(24), rng.randrange(60)
    return rng.choice(
        (
            f"{hour:02d}:{minute:02d}",
            f"{hour % 12 + 1}:{minute:02d} {rng.choice(('am', 'pm', 'AM', 'PM'))}",
            f"{hour:02d}{minute:02d}h",
            f"{hour % 12 + 1}{rng.choice(('am', 'pm'))}",
        )
    )


def stamp(rng: random.Random, day: datetime.date) -> str:
    return f"{day.isoformat()}{rng.choice('T ')}{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}{rng.choice(('', 'Z', '+00:00', '-05:00'))}"


def spanish(rng: random.Random, day: datetime.date) -> str:
    name = _ES[day.month - 1]
    return rng.choice(
        (
            f"{day.day} de {name} de {day.year}",
            f"{day.day} de {name} del {day.year}",
            f"{day.day} de {name}",
            f"{day.day:02d}/{day.month:02d}/{day.year}",
            f"{day.day}-{name[:3]}-{day.year}",
            f"{name} de {day.year}",
        )
    )


def any_form(rng: random.Random, day: datetime.date) -> str:
    kind = rng.random()
    for limit, form in (
        (0.36, long),
        (0.56, us),
        (0.66, iso),
        (0.70, european),
        (0.82, month_year),
        (0.96, day_month),
        (0.98, spelled),
    ):
        if kind < limit:
            return form(rng, day)
    first = rng.randrange(1, 25)
    return f"{month(rng, day)} {first}{rng.choice(('-', ' to ', '–'))}{first + rng.randrange(1, 4)}, {day.year}"
