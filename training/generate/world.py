"""One story: a patient or customer, and everybody and everything around, by slot name (see `SLOTS`)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from training.generate import codes, dates, people, places, pools
from training.generate.codes import CONTACT, ID
from training.generate.dates import DATE
from training.generate.people import PERSON, PROVIDER
from training.generate.places import ADDRESS, FACILITY, ORG, PLACE

AGE, COUNTRY = "AGE", "COUNTRY"
LABELS = (PERSON, PROVIDER, PLACE, FACILITY, ORG, ADDRESS, DATE, AGE, ID, CONTACT, COUNTRY)


class Value(NamedTuple):
    """What a slot gives: its text and its label, None where it identifies nobody."""

    text: str
    label: str | None


class World:
    """Slots of one document. The same slot gives the same person, place or number; people vary in how they're written."""

    def __init__(self, rng: random.Random) -> None:
        self.random = rng
        self._names: dict[str, people.Name] = {}
        self._kept: dict[str, str] = {}

    def value(self, slot: str) -> Value:
        """`patient`, `date.iso`, `person.2`, `person.last.2`, `es.patient`. KeyError for a slot that does not exist."""
        base, which = slot, ""
        head, _, tail = slot.rpartition(".")
        if tail.isdigit():
            base, which = head, tail
        label, make = SLOTS[base]
        return Value(make(self, which), label)

    def name(self, role: str, spanish: bool = False) -> people.Name:
        if role not in self._names:
            self._names[role] = people.draw(self.random, spanish)
        return self._names[role]

    def keep(self, key: str, make: Callable[[], str]) -> str:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


_Slot = tuple[str | None, Callable[[World, str], str]]


def _name(
    role: str, form: Callable[[random.Random, people.Name], str], label: str = PERSON, spanish: bool = False
) -> _Slot:
    return label, lambda world, which: form(world.random, world.name(role + which, spanish))


def _kept(label: str | None, key: str, form: Callable[[random.Random], str]) -> _Slot:
    return label, lambda world, which: world.keep(key + which, lambda: form(world.random))


def _date(form: Callable[[random.Random, object], str], key: str = "", draw=dates.draw) -> _Slot:
    """A new day each time, unless `key` names a day of the story."""

    def make(world: World, which: str) -> str:
        if not key:
            return form(world.random, draw(world.random))
        held = world.keep(key + which, lambda: draw(world.random).isoformat())
        return form(world.random, dates.datetime.date.fromisoformat(held))

    return DATE, make


def _code(key: str, form: Callable[[random.Random], str], label: str = ID) -> _Slot:
    return label, lambda world, which: world.keep(key + which, lambda: form(world.random))


def _first(_rng: random.Random, name: people.Name) -> str:
    return name.first


def _last(_rng: random.Random, name: people.Name) -> str:
    return name.last


def _people() -> dict[str, _Slot]:
    slots = {}
    for role in ("patient", "relative", "person"):
        slots |= {
            role: _name(role, people.any_form),
            f"{role}.full": _name(role, people.full),
            f"{role}.first": _name(role, _first),
            f"{role}.last": _name(role, _last),
            f"{role}.formal": _name(role, people.formal),
            f"{role}.initial": _name(role, people.initial),
            f"{role}.inverted": _name(role, people.inverted),
            f"{role}.initials": _name(role, people.initials),
        }
    return slots | {
        "provider": _name("provider", people.provider, PROVIDER),
        "provider.last": _name("provider", _last, PROVIDER),
        "provider.full": _name("provider", people.full, PROVIDER),
        "nurse": _name("nurse", people.nurse, PROVIDER),
        "es.patient": _name("es.patient", people.any_form, PERSON, True),
        "es.person": _name("es.person", people.full, PERSON, True),
        "es.provider": _name(
            "es.provider",
            lambda rng, name: (
                f"{rng.choice(('Dra.', 'Dra', 'Doctora') if name.female else ('Dr.', 'Dr', 'Doctor'))} {rng.choice((name.last, people.full(rng, name)))}"
            ),
            PROVIDER,
            True,
        ),
    }


def _spanish_street(rng: random.Random) -> str:
    name = people.draw(rng, True)
    return (
        rng.choice(("Calle ", "Av. ", "Avenida ", "C/ ", "Paseo de la ", "Blvd. ", "Calzada "))
        + rng.choice((name.last, f"{name.first} {name.last}", "Reforma", "Insurgentes", "Mayor", "Juárez", "de la Paz"))
        + rng.choice((" ", " #", ", ", " No. "))
        + str(rng.randrange(1, 3000))
        + rng.choice(("", "", ", 3º B", ", Int. 4", ", piso 2", f", Col. {rng.choice(pools.spanish_cities())}"))
    )


def _spanish_facility(rng: random.Random) -> str:
    return rng.choice(
        (
            "Hospital ",
            "Hospital General ",
            "Clínica ",
            "Centro de Salud ",
            "Hospital Universitario ",
            "Sanatorio ",
            "Policlínico ",
        )
    ) + rng.choice(
        (
            "San José",
            "Santa María",
            "de la Luz",
            "del Valle",
            "Nuestra Señora del Carmen",
            f"de {rng.choice(pools.spanish_cities())}",
            people.draw(rng, True).last,
        )
    )


def _amount(rng: random.Random) -> str:
    return f"{rng.choice('$$$€£')}{rng.randrange(1, 250000):,}{rng.choice(('', '.00', f'.{rng.randrange(100):02d}'))}"


SLOTS: dict[str, _Slot] = _people() | {
    "city": _kept(PLACE, "city", places.city),
    "city_state": _kept(PLACE, "city_state", places.city_state),
    "county": _kept(PLACE, "county", places.county),
    "district": _kept(PLACE, "district", places.district),
    "state": _kept(None, "state", lambda rng: rng.choice(pools.us_states())[0]),
    "state_abbr": _kept(None, "state_abbr", lambda rng: rng.choice(pools.us_states())[1]),
    "country": _kept(COUNTRY, "country", lambda rng: rng.choice(pools.countries())),
    "nationality": (
        None,
        lambda world, _: world.random.choice(
            "German Austrian French Turkish Polish Russian Mexican American British Indian Chinese Nigerian Kenyan Brazilian Italian Spanish Swedish Dutch Romanian Ukrainian Greek Canadian Australian Japanese Korean Vietnamese Filipino Egyptian Syrian Iraqi Iranian Cuban Haitian Irish Swiss Danish".split()
        ),
    ),
    "facility": _kept(FACILITY, "facility", places.facility),
    "site": _kept(FACILITY, "site", places.site),
    "pharmacy": _kept(FACILITY, "pharmacy", places.pharmacy),
    "school": _kept(FACILITY, "school", places.school),
    "org": _kept(ORG, "org", places.org),
    "employer": _kept(ORG, "employer", places.org),
    "bank": _kept(ORG, "bank", places.bank),
    "insurer": _kept(ORG, "insurer", places.insurer),
    "carrier": _kept(ORG, "carrier", places.carrier),
    "street": _kept(ADDRESS, "street", places.street),
    "address": _kept(ADDRESS, "address", places.address),
    "address_lines": _kept(ADDRESS, "address_lines", lambda rng: places.address(rng, "\n")),
    "zip": _kept(ADDRESS, "zip", places.zip_code),
    "date": _date(dates.any_form),
    "date.iso": _date(dates.iso),
    "date.us": _date(dates.us),
    "date.long": _date(dates.long),
    "date.spelled": _date(dates.spelled),
    "date.month_year": _date(dates.month_year),
    "date.day_month": _date(dates.day_month),
    "date.hl7": _date(dates.hl7),
    "datetime": _date(dates.stamp),
    "dob": _date(
        lambda rng, day: rng.choice((dates.us, dates.us, dates.iso, dates.long, dates.european))(rng, day),
        "dob",
        dates.birth,
    ),
    "year": (None, lambda world, _: str(world.random.randrange(1985, 2027))),
    "date.relative": (DATE, lambda world, _: world.random.choice(("last month", "last week"))),
    "weekday": (
        None,
        lambda world, _: world.random.choice("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()),
    ),
    "time": (None, lambda world, _: dates.clock(world.random)),
    "age": (
        None,
        lambda world, _: world.keep(
            "age", lambda: str(world.random.choice((world.random.randrange(1, 90), world.random.randrange(18, 90))))
        ),
    ),
    "age90": (AGE, lambda world, _: world.keep("age90", lambda: str(world.random.randrange(90, 109)))),
    "mrn": (
        ID,
        lambda world, which: world.keep(
            "mrn" + which,
            lambda: codes.with_mark(
                world.random,
                codes.mrn(world.random, (world.name("patient").first[0] + world.name("patient").last[0]).upper()),
            ),
        ),
    ),
    "plan_id": _code("plan", codes.code),
    "account": _code("account", lambda rng: codes.code(rng, 8, 14)),
    "ssn": _code("ssn", codes.ssn),
    "case": _code("case", codes.code),
    "id": _code("id", codes.code),
    "license": _code("license", codes.code),
    "plate": _code("plate", codes.plate),
    "vin": _code("vin", codes.vin),
    "device": _code("device", lambda rng: codes.code(rng, 7, 12)),
    "passport": _code("passport", lambda rng: f"{rng.choice(('', 'A', 'C', 'X'))}{rng.randrange(10**7, 10**9)}"),
    "claim": _code("claim", lambda rng: codes.code(rng, 7, 12)),
    "order": _code("order", codes.code),
    "tracking": _code("tracking", codes.tracking),
    "loan": _code("loan", lambda rng: codes.code(rng, 7, 12)),
    "employee_id": _code("employee", codes.code),
    "phone": (CONTACT, lambda world, which: world.keep("phone" + which, lambda: codes.phone(world.random))),
    "fax": _code("fax", codes.phone, CONTACT),
    "email": (
        CONTACT,
        lambda world, which: world.keep(
            "email" + which, lambda: codes.email(world.random, world.name("patient" if not which else "person" + which))
        ),
    ),
    "url": (CONTACT, lambda world, which: codes.url(world.random, world.name("patient"))),
    "username": (
        CONTACT,
        lambda world, which: world.keep("user" + which, lambda: codes.username(world.random, world.name("patient"))),
    ),
    "ip": _code("ip", codes.ip, CONTACT),
    "number": (
        None,
        lambda world, _: str(
            world.random.choice(
                (world.random.randrange(2, 30), world.random.randrange(30, 1000), world.random.randrange(1000, 100000))
            )
        ),
    ),
    "amount": (None, lambda world, _: _amount(world.random)),
    "percent": (
        None,
        lambda world, _: (
            f"{world.random.randrange(1, 100)}{world.random.choice(('', '', f'.{world.random.randrange(10)}'))}%"
        ),
    ),
    "es.city": _kept(PLACE, "es.city", lambda rng: rng.choice(pools.spanish_cities())),
    "es.street": _kept(ADDRESS, "es.street", _spanish_street),
    "es.date": _date(dates.spanish),
    "es.phone": _code("es.phone", codes.spanish_phone, CONTACT),
    "es.facility": _kept(FACILITY, "es.facility", _spanish_facility),
}
