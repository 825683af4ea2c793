"""Numbers and codes that identify somebody, and ways to reach somebody."""

from __future__ import annotations

import random
import string

from training.generate import people

ID, CONTACT = "ID", "CONTACT"
_UPPER = "ABCDEFGHJKLMNPRSTUVWXYZ"


def _digits(rng: random.Random, low: int, high: int | None = None) -> str:
    return "".join(rng.choice(string.digits) for _ in range(rng.randint(low, high or low)))


def _letters(rng: random.Random, low: int, high: int | None = None) -> str:
    return "".join(rng.choice(_UPPER) for _ in range(rng.randint(low, high or low)))


def code(rng: random.Random, low: int = 5, high: int = 10) -> str:
    """One identifying code, in one of the usual shapes."""
    kind = rng.random()
    if kind < 0.35:
        return _digits(rng, low, high)
    if kind < 0.60:
        return f"{_letters(rng, 1, 4)}{rng.choice(('-', '-', '', '', ' '))}{_digits(rng, 4, high)}"
    if kind < 0.72:
        return f"{_digits(rng, 2, 4)}-{_digits(rng, 2, 4)}-{_digits(rng, 2, 5)}"
    if kind < 0.80:
        return f"{_letters(rng, 1, 3)}-{rng.randrange(2015, 2027)}-{_digits(rng, 3, 6)}"
    if kind < 0.87:
        return f"{_digits(rng, 3, 8)}{rng.choice(('-', '/', ''))}{rng.choice((_letters(rng, 1, 2), _digits(rng, 2)))}"
    if kind < 0.95:
        return "".join(rng.choice(_UPPER + string.digits * 3) for _ in range(rng.randint(low + 1, high + 2)))
    return f"{_letters(rng, 1, 2)}{rng.choice('-/.')}{_letters(rng, 1, 2)}{rng.choice('-/.')}{_digits(rng, 3, 6)}"


def with_mark(rng: random.Random, text: str) -> str:
    return rng.choice(("", "", "", "#", "# ")) + text


def mrn(rng: random.Random, initials: str) -> str:
    if rng.random() < 0.25:
        return f"{initials}{rng.choice(('-', '', '-'))}{_digits(rng, 4, 7)}"
    return code(rng)


def ssn(rng: random.Random) -> str:
    if rng.random() < 0.12:
        return rng.choice(("xxx-xx-", "***-**-", "XXX-XX-")) + _digits(rng, 4)
    area = rng.randrange(1, 1000)
    return rng.choice(("{}-{}-{}", "{}-{}-{}", "{} {} {}", "{}{}{}")).format(
        f"{area:03d}", _digits(rng, 2), _digits(rng, 4)
    )


def phone(rng: random.Random) -> str:
    area, mid, last = rng.randrange(200, 990), _digits(rng, 3), _digits(rng, 4)
    kind = rng.random()
    if kind < 0.75:
        form = rng.choice(
            (
                "{}-{}-{}",
                "({}) {}-{}",
                "{}.{}.{}",
                "+1 {} {} {}",
                "+1-{}-{}-{}",
                "{} {} {}",
                "1-{}-{}-{}",
                "({}){}-{}",
                "{}{}{}",
                "001-{}-{}-{}",
            )
        )
        return form.format(area, mid, last) + (
            rng.choice((" ext. ", " x", "x", " ext ")) + _digits(rng, 2, 5) if rng.random() < 0.08 else ""
        )
    if kind < 0.80:
        return f"{mid}-{last}"
    return (
        rng.choice(("+", "00", "+"))
        + rng.choice(("44", "49", "33", "34", "39", "61", "52", "91", "31", "46", "353", "55"))
        + " "
        + " ".join(_digits(rng, 2, 4) for _ in range(3))
    )


def spanish_phone(rng: random.Random) -> str:
    return rng.choice(("+34 6{} {} {}", "+52 55 {}{} {}", "6{} {} {}", "9{} {} {}", "(55) {}-{}-{}")).format(
        _digits(rng, 2), _digits(rng, 3), _digits(rng, 3)
    )


def username(rng: random.Random, name: people.Name) -> str:
    first, last = _plain(name.first), _plain(name.last)
    return rng.choice(
        (
            f"{first[0]}{last}",
            f"{first}.{last}",
            f"{first}_{last}{rng.randrange(100)}",
            f"{last}{rng.randrange(1960, 2010)}",
            f"{first}{rng.randrange(1000)}",
            f"@{first}{last}",
        )
    )


def email(rng: random.Random, name: people.Name) -> str:
    host = rng.choice(
        (
            "example.com",
            "mail.example",
            "gmail.com",
            "outlook.com",
            "yahoo.com",
            "clinic.example.org",
            "icloud.com",
            "hotmail.com",
            f"{_plain(people.draw(rng).last)}.com",
            "proton.me",
            "web.de",
        )
    )
    return f"{username(rng, name).lstrip('@')}@{host}"


def url(rng: random.Random, name: people.Name) -> str:
    host = rng.choice(
        (
            "www.linkedin.com/in/",
            "facebook.com/",
            "https://github.com/",
            "https://portal.example.com/patient/",
            "instagram.com/",
            f"www.{_plain(name.last)}.com/",
            "https://x.com/",
        )
    )
    return host + username(rng, name).lstrip("@")


def plate(rng: random.Random) -> str:
    return rng.choice(
        (
            f"{_letters(rng, 3)}-{_digits(rng, 4)}",
            f"{rng.randrange(1, 9)}{_letters(rng, 3)}{_digits(rng, 3)}",
            f"{_letters(rng, 2)}{_digits(rng, 2)} {_letters(rng, 3)}",
        )
    )


def vin(rng: random.Random) -> str:
    return "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(17))


def ip(rng: random.Random) -> str:
    return ".".join(str(rng.randrange(1, 255)) for _ in range(4))


def tracking(rng: random.Random) -> str:
    return rng.choice(
        (
            "1Z" + "".join(rng.choice(_UPPER + string.digits) for _ in range(16)),
            _digits(rng, 12),
            _digits(rng, 20, 22),
            _letters(rng, 2) + _digits(rng, 9) + "US",
        )
    )


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if "a" <= letter <= "z") or "user"
