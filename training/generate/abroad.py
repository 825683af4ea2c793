"""People, towns, addresses and telephones of one other country: own parts for `compose`, named `x.` and the part."""

from __future__ import annotations

import random
import string

from training.generate import pools
from training.generate.compose import Own, literal
from training.generate.markup import Doc
from training.generate.words.nations import NATIONS, Nation
from training.generate.world import World

_COURTS = (
    "{} District Court",
    "{} Regional Court",
    "{} Court of Appeal",
    "{} Administrative Court",
    "{} City Court",
    "{} Labour Court",
    "{} Assize Court",
    "{} Social Court",
    "{} State Security Court",
    "{} Court of First Instance",
    "{} Civil Court",
    "{} Commercial Court",
    "{} Magistrates' Court",
    "{} Juvenile Court",
    "{} Criminal Court",
    "Court of Appeal of {}",
)
_BODIES = (
    "{} City Council",
    "{} Municipality",
    "{} Tax Office",
    "{} Police Directorate",
    "{} Land Registry",
    "{} Health Directorate",
    "Governor of {}",
    "{} Forestry Administration",
    "{} Prefecture",
    "{} Chamber of Commerce",
    "{} Insurance Office",
    "{} Public Prosecutor's Office",
)
_HOSPITALS = (
    "{} Military Hospital",
    "{} University Hospital",
    "{} State Hospital",
    "{} Psychiatric Clinic",
    "{} Forensic Institute",
)


class Abroad:
    """One story in one country. The applicant and the home town stay the same; other people and towns are new each time."""

    def __init__(self, world: World, nation: Nation | None = None) -> None:
        self._random: random.Random = world.random
        self.nation = nation or world.random.choice(NATIONS)
        self._more = pools.world_names().get(self.nation.locale)
        self._woman = self._random.random() < 0.4
        self._first, self._last = self._given(self._woman), self._surname()
        self._home = self._random.choice(self.nation.towns())

    def own(self) -> Own:
        """The parts by slot name: `x.applicant` and `x.home` are fixed, `x.person`, `x.city` and the rest are drawn."""
        return {
            "x.country": lambda: _land(self.nation.country),
            "x.long": lambda: _land(self.nation.long),
            "x.demonym": lambda: literal(self.nation.demonym),
            "x.he": lambda: literal("she" if self._woman else "he"),
            "x.him": lambda: literal("her" if self._woman else "him"),
            "x.his": lambda: literal("her" if self._woman else "his"),
            "x.applicant": lambda: literal(f"{self._title(self._woman)} {self._first} {self._last}", "PERSON"),
            "x.applicant.full": lambda: literal(f"{self._first} {self._last}", "PERSON"),
            "x.applicant.last": lambda: literal(f"{self._title(self._woman)} {self._last}", "PERSON"),
            "x.applicant.first": lambda: literal(self._first, "PERSON"),
            "x.applicant.surname": lambda: literal(self._last, "PERSON"),
            "x.applicant.caps": lambda: literal(f"{self._first} {self._last}".upper(), "PERSON"),
            "x.applicant.inverted": lambda: literal(f"{self._last}, {self._first}", "PERSON"),
            "x.applicant.initials": lambda: literal(f"{self._first[0]}.{self._last[0]}.", "PERSON"),
            "x.home": lambda: literal(self._home, "PLACE"),
            "x.person": lambda: literal(self._name(), "PERSON"),
            "x.person.full": lambda: literal(self._full(), "PERSON"),
            "x.person.first": lambda: literal(self._given(self._random.random() < 0.5), "PERSON"),
            "x.person.initial": lambda: literal(self._short(), "PERSON"),
            "x.person.titled": lambda: literal(self._titled(), "PERSON"),
            "x.city": lambda: literal(self._random.choice(self.nation.towns()), "PLACE"),
            "x.street": lambda: literal(self._road(), "ADDRESS"),
            "x.address": lambda: literal(self._address(), "ADDRESS"),
            "x.phone": lambda: literal(self._digits(self._random.choice(self.nation.phone.split("|"))), "CONTACT"),
            "x.person.surname": lambda: literal(self._surname(), "PERSON"),
            "x.person.initials": lambda: literal(
                f"{self._given(True)[0].upper()}.{self._surname()[0].upper()}.", "PERSON"
            ),
            "x.court": lambda: self._named(_COURTS, "ORG"),
            "x.body": lambda: self._named(_BODIES, "ORG"),
            "x.bar": lambda: self._named(("{} Bar", "{} Bar Association"), "ORG"),
            "x.hospital": lambda: self._named(_HOSPITALS, "FACILITY"),
            "x.university": lambda: self._named(
                ("University of {}", "{} University", "Technical University of {}"), "FACILITY"
            ),
            "x.docket": lambda: literal(self._docket(), "ID"),
            "x.plot": lambda: literal(self._plot(), "ID"),
            "x.application": lambda: literal(
                f"{self._random.randint(101, 79999)}/{self._random.randint(0, 24):02d}", "ID"
            ),
        }

    def _given(self, woman: bool) -> str:
        if self._more and self._random.random() < 0.6:
            return self._random.choice(self._more[0 if woman else 1]).strip()
        return self._random.choice((self.nation.women if woman else self.nation.men).split()).replace("~", " ")

    def _surname(self) -> str:
        kind = self._random.random()
        if self.nation.stems and kind < 0.4:
            return self._random.choice(self.nation.stems.split()) + self._random.choice(self.nation.tails.split())
        if self._more and kind < 0.75:
            return self._random.choice(self._more[2]).strip()
        return self._random.choice(self.nation.surnames.split()).replace("~", " ")

    def _title(self, woman: bool) -> str:
        return self._random.choice(("Ms", "Ms", "Mrs")) if woman else "Mr"

    def _full(self) -> str:
        if self.nation.country in ("China", "Korea", "Vietnam") and self._random.random() < 0.7:
            return f"{self._surname()} {self._given(self._random.random() < 0.5)}"
        return f"{self._given(self._random.random() < 0.5)} {self._surname()}"

    def _short(self) -> str:
        """Initials and surname, as judgments name counsel: `A. Lewandowski`, `K.H. Pohl`."""
        count = 1 if self._random.random() < 0.75 else 2
        initials = self._random.choice(("", "", "", "-")).join(
            f"{self._given(False)[0].upper()}." for _ in range(count)
        )
        gap = "" if self._random.random() < 0.05 else " "
        return f"{initials}{gap}{self._surname()}"

    def _titled(self) -> str:
        form = self._random.random()
        name = self._short() if form < 0.7 else self._full() if form < 0.9 else self._surname()
        return f"{self._title(self._random.random() < 0.35)} {name}"

    def _name(self) -> str:
        return self._random.choice((self._full, self._full, self._full, self._short, self._titled))()

    def _digits(self, pattern: str) -> str:
        """`#` becomes a digit, `@` a capital letter."""
        drawn = (
            self._random.choice(string.digits)
            if char == "#"
            else self._random.choice("ABCDEFGHJKLMNPRSTVWXY")
            if char == "@"
            else char
            for char in pattern
        )
        return "".join(drawn)

    def _road(self) -> str:
        road, number = self._random.choice(self.nation.roads()), str(self._random.randint(1, 240))
        before = self.nation.address.startswith(("{n}", "Flat", "Unit"))
        return f"{number} {road}" if before else f"{road} {number}"

    def _address(self) -> str:
        pattern = self._digits(self._random.choice(self.nation.address.split("|")))
        number = str(self._random.randint(1, 240)) + self._random.choice(("", "", "", "", "a", "b"))
        return pattern.format(n=number, street=self._random.choice(self.nation.roads()), city=self._home)

    def _named(self, forms: tuple[str, ...], label: str) -> Doc:
        """A court, an office, a hospital that bears the name of a town."""
        return literal(self._random.choice(forms).format(self._random.choice(self.nation.towns())), label)

    def _docket(self) -> str:
        """A file number as courts and registries give them: `1996/302`, `II K 14/05`, `14 O 123/95`."""
        draw, choice = self._random.randint, self._random.choice
        year = draw(1985, 2023)
        forms = (
            f"{year}/{draw(1, 999)}",
            f"{draw(10, 9999)}/{year % 100:02d}",
            f"{choice(('I', 'II', 'III', 'IV'))} {choice(('K', 'C', 'Ca', 'Ns'))} {draw(1, 999)}/{year % 100:02d}",
            f"{draw(1, 30)} {choice('OSTUEK')} {draw(1, 999)}/{year % 100:02d}",
            f"B {draw(100, 9999)}-{year % 100:02d}",
            f"{draw(1000, 99999)}",
            f"D-{draw(100, 9999)}",
        )
        return choice(forms)

    def _plot(self) -> str:
        draw = self._random.randint
        return self._random.choice(
            (f"{draw(2, 999)}", f"{draw(2, 999)}/{draw(1, 9)}", f"{draw(2, 999)}/{draw(1, 9)}/{draw(1, 9)}")
        )


def _land(name: str) -> Doc:
    """A country as a span of its own, without its article."""
    bare = name.removeprefix("the ")
    return Doc(name, ((len(name) - len(bare), len(name), "COUNTRY"),))


def abroad(world: World) -> Own:
    """The parts of a new story abroad."""
    return Abroad(world).own()
