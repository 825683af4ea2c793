"""People, written the ways people write them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from training.generate import pools

PERSON, PROVIDER = "PERSON", "PROVIDER"
_VOWELS = "aeiou"


@dataclass(frozen=True)
class Name:
    """One person. `middle` may be "". `female` decides the title and the pronoun."""

    first: str
    middle: str
    last: str
    female: bool

    @property
    def title(self) -> str:
        return "Ms." if self.female else "Mr."


def draw(rng: random.Random, spanish: bool = False) -> Name:
    female = rng.random() < 0.5
    kind = rng.random()
    if spanish:
        return _abroad(rng, female, [locale for locale in pools.world_names() if locale.startswith("es_")])
    if kind < 0.42:
        first = _rank(rng, pools.us_first()["female" if female else "male"])
        last = _rank(rng, pools.us_last())
    elif kind < 0.50:
        first, last = rng.choice(pools.WORD_NAMES), _rank(rng, pools.us_last())
    elif kind < 0.56:
        first, last = _rank(rng, pools.us_first()["female" if female else "male"]), rng.choice(pools.WORD_SURNAMES)
    elif kind < 0.60:
        first, last = _rank(rng, pools.us_first()["female" if female else "male"]), _invented(rng)
    elif kind < 0.64:
        first, last = _invented(rng), _invented(rng)
    else:
        return _abroad(rng, female, list(pools.world_names()))
    extra = rng.random()
    if extra < 0.06:
        last = rng.choice(pools.PARTICLES).strip() + ("" if rng.random() < 0.2 else " ") + last
        last = last.replace("O' ", "O'").replace("al- ", "al-").replace("Mc ", "Mc").replace("Mac ", "Mac")
    elif extra < 0.12:
        last = f"{last}-{_rank(rng, pools.us_last())}"
    elif extra < 0.14:
        first = f"{first}-{rng.choice(pools.us_first()['female' if female else 'male'][:300])}"
    middle = _rank(rng, pools.us_first()["female" if female else "male"]) if rng.random() < 0.35 else ""
    return Name(first, middle, last, female)


def _abroad(rng: random.Random, female: bool, locales: list[str]) -> Name:
    first_f, first_m, last = pools.world_names()[rng.choice(locales)]
    surname = rng.choice(last)
    if rng.random() < 0.2:
        surname += rng.choice((" ", "-")) + rng.choice(last)
    return Name(rng.choice(first_f if female else first_m), "", surname, female)


def _rank(rng: random.Random, names: list[str]) -> str:
    """Half of the draws from the commonest fiftieth, the rest from anywhere."""
    return names[int(len(names) * rng.random() ** (6 if rng.random() < 0.5 else 1))]


def _invented(rng: random.Random) -> str:
    """A name nobody has listed, so that the tagger looks at what stands around it."""
    parts = []
    for _ in range(rng.choice((2, 2, 3, 3, 4))):
        parts.append(
            rng.choice(["", *"bcdfghjklmnprstvwyz", "ch", "sh", "th", "kr", "br", "st", "tr", "ng", "kh", "dh", "zh"])
            + rng.choice([*_VOWELS, "ai", "ei", "oo", "ou", "ia"])
            + rng.choice(["", "", "", *"nrlmskt", "nd", "rs", "ng"])
        )
    return "".join(parts).capitalize()


def nickname(rng: random.Random, name: Name) -> str:
    return name.first[: rng.choice((3, 4))].rstrip("-' ") + rng.choice(("", "", "y", "ie"))


def full(rng: random.Random, name: Name) -> str:
    kind = rng.random()
    if name.middle and kind < 0.35:
        return f"{name.first} {name.middle} {name.last}"
    if name.middle and kind < 0.75:
        return f"{name.first} {name.middle[0]}{rng.choice(('.', '.', ''))} {name.last}"
    suffix = rng.choice((" Jr.", " Sr.", " III", ", Jr.", " II")) if rng.random() < 0.02 else ""
    return f"{name.first} {name.last}{suffix}"


def formal(rng: random.Random, name: Name) -> str:
    title = rng.choice(("Ms.", "Mrs.", "Miss", "Ms", "Mrs") if name.female else ("Mr.", "Mr.", "Mr", "Mister"))
    return f"{title} {name.last if rng.random() < 0.7 else full(rng, name)}"


def initial(rng: random.Random, name: Name) -> str:
    """`Emily R.`, `E. Roberts`, `E.R. Roberts`"""
    kind = rng.random()
    if kind < 0.6:
        return f"{name.first} {name.last[0]}{rng.choice(('.', '.', '.', ''))}"
    if kind < 0.9:
        return f"{name.first[0]}. {name.last}"
    return f"{name.first[0]}.{rng.choice(' ABCDEJLMRST').strip() and rng.choice('ABCDEJLMRST') + '.'} {name.last}"


def inverted(rng: random.Random, name: Name) -> str:
    last = name.last.upper() if rng.random() < 0.4 else name.last
    first = name.first.upper() if last.isupper() and rng.random() < 0.6 else name.first
    tail = rng.choice(
        ("", "", f" {name.middle[0]}" if name.middle else "", f" {name.middle[0]}." if name.middle else "")
    )
    return f"{last}{rng.choice((', ', ', ', ','))}{first}{tail}"


def initials(rng: random.Random, name: Name) -> str:
    letters = [name.first[0], *([name.middle[0]] if name.middle else []), name.last[0]]
    # Never without stops: three capitals alone are an abbreviation far more often than a person.
    return rng.choice((".".join(letters) + ".", ". ".join(letters) + ".", ".".join(letters)))


def any_form(rng: random.Random, name: Name) -> str:
    kind = rng.random()
    if kind < 0.50:
        return full(rng, name)
    if kind < 0.70:
        return initial(rng, name)
    if kind < 0.80:
        return formal(rng, name)
    if kind < 0.87:
        return inverted(rng, name)
    if kind < 0.93:
        return name.first
    return name.last


_CREDENTIALS = (
    "MD M.D. DO D.O. MD,PhD PhD NP FNP-BC PA-C PA DDS DMD PharmD RN LCSW PsyD DPM OD DC MBBS FACP FACS DNP CRNA".split()
)
_NURSE = "RN LPN BSN CNA RN,BSN LVN CNM RRT PT DPT OT RD MA".split()


def provider(rng: random.Random, name: Name) -> str:
    kind = rng.random()
    title = rng.choice(("Dr.", "Dr.", "Dr.", "Dr", "Doctor", "dr.", "Prof.", "DR."))
    if kind < 0.04:
        return f"{title} {name.last[0]}{rng.choice(('.', '.', ''))}"
    if kind < 0.30:
        return f"{title} {name.last}"
    if kind < 0.55:
        return f"{title} {full(rng, name)}"
    if kind < 0.65:
        return f"{title} {initial(rng, name)}"
    if kind < 0.90:
        return f"{full(rng, name)}, {rng.choice(_CREDENTIALS).replace(',', ', ')}"
    if kind < 0.95:
        return f"{title} {full(rng, name)}, {rng.choice(_CREDENTIALS[:4])}"
    return f"{name.last}, {name.first} {rng.choice(_CREDENTIALS[:3])}"


def nurse(rng: random.Random, name: Name) -> str:
    kind = rng.random()
    if kind < 0.5:
        return f"{full(rng, name)}, {rng.choice(_NURSE).replace(',', ', ')}"
    if kind < 0.7:
        return f"{initial(rng, name)}, {rng.choice(_NURSE[:3])}"
    return f"{rng.choice(('Nurse', 'RN', 'nurse'))} {rng.choice((name.last, name.first, full(rng, name)))}"
