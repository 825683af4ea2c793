"""Identifiers to plant: valid by their own rules, made up, and each drawn so rarely that finding it is no accident."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

from ringfence.vocabulary.labels import Label


@dataclass(frozen=True)
class Identifier:
    """`value` as it is written. `word` must stand before it for anybody to know what it is, "" where its shape says so.

    `label` is the label that it raises. `digits`: it may also be written as a JSON number.
    """

    kind: str
    value: str
    word: str
    label: Label
    digits: bool = False

    @property
    def said(self) -> str:
        """The value with its word, as in a sentence."""
        return f"{self.word} {self.value}".strip()

    @property
    def number(self) -> str:
        """Only its digits, without leading zeros: how JSON writes them as a number."""
        return "".join(filter(str.isdigit, self.value)).lstrip("0")


Maker = Callable[[random.Random], Identifier]


def _digits(rng: random.Random, count: int, first: str = "123456789") -> str:
    return rng.choice(first) + "".join(rng.choices(string.digits, k=count - 1))


def _luhn_digit(number: str) -> str:
    """The digit that makes `number` plus itself pass Luhn (ISO/IEC 7812-1 annex B)."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in number[::-2])
    return str(-(doubled + sum(map(int, number[-2::-2]))) % 10)


def ssn(rng: random.Random) -> Identifier:
    # Areas 000, 666 and 9xx, group 00 and serial 0000 are never issued.
    area = rng.choice([number for number in range(100, 899) if number != 666])
    value = f"{area}-{rng.randint(11, 98)}-{rng.randint(1001, 9998)}"
    return Identifier("ssn", value, rng.choice(["", "SSN", "social security number"]), Label.PERSONAL, True)


def bare_ssn(rng: random.Random) -> Identifier:
    plain = ssn(rng).value.replace("-", "")
    return Identifier("bare_ssn", plain, "SSN", Label.PERSONAL, True)


def mrn(rng: random.Random) -> Identifier:
    return Identifier("mrn", _digits(rng, 10), rng.choice(["MRN", "patient id", "chart number"]), Label.PHI, True)


def email(rng: random.Random) -> Identifier:
    name = "".join(rng.choices(string.ascii_lowercase, k=6)) + "." + "".join(rng.choices(string.ascii_lowercase, k=7))
    host = "".join(rng.choices(string.ascii_lowercase, k=8))
    return Identifier("email", f"{name}@{host}.{rng.choice(['com', 'org', 'de', 'co.uk'])}", "", Label.PERSONAL)


def phone(rng: random.Random) -> Identifier:
    area, exchange = rng.choice(["212", "415", "646", "312", "617"]), rng.randint(234, 989)
    line = rng.randint(2000, 9999)
    form = rng.choice(["({}) {}-{}", "+1 {} {} {}", "{}-{}-{}", "{}.{}.{}"])
    return Identifier("phone", form.format(area, exchange, line), rng.choice(["", "call"]), Label.PERSONAL, True)


def iban(rng: random.Random) -> Identifier:
    account = _digits(rng, 18)
    check = 98 - int(account + "131400") % 97  # DE is 13 14, ISO 13616-1
    value = f"DE{check:02}{account}"
    if rng.random() < 0.5:
        value = " ".join(value[at : at + 4] for at in range(0, len(value), 4))
    return Identifier("iban", value, rng.choice(["", "IBAN"]), Label.FINANCIAL)


def card(rng: random.Random) -> Identifier:
    number = rng.choice(["4", "51", "54", "6011"])
    number += "".join(rng.choices(string.digits, k=15 - len(number)))
    number += _luhn_digit(number)
    joint = rng.choice(["", " ", "-"])
    value = joint.join(number[at : at + 4] for at in range(0, 16, 4))
    return Identifier("card", value, rng.choice(["", "card"]), Label.CARD, True)


def ip(rng: random.Random) -> Identifier:
    # Octets of three digits, so that the digits alone are rare too.
    value = ".".join(str(rng.randint(130, 223)) for _ in range(4))
    return Identifier("ip", value, rng.choice(["", "from"]), Label.PERSONAL)


def secret(rng: random.Random) -> Identifier:
    mixed = string.ascii_letters + string.digits
    value = rng.choice(
        [
            "sk-" + "proj-" + "".join(rng.choices(mixed, k=35)) + "7",
            "AK" + "IA" + "".join(rng.choices(string.ascii_uppercase + "234567", k=14)) + "Q7",
            "gh" + "p_" + "".join(rng.choices(mixed, k=35)) + "4",
        ]
    )
    return Identifier("secret", value, rng.choice(["", "token"]), Label.SECRET)


def npi(rng: random.Random) -> Identifier:
    number = _digits(rng, 9, "12")
    return Identifier("npi", number + _luhn_digit("80840" + number), "NPI", Label.PERSONAL, True)


def mbi(rng: random.Random) -> Identifier:
    # https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf
    letters = "ACDEFGHJKMNPQRTUVWXY"
    either = letters + string.digits
    shape = ["123456789", letters, either, string.digits, letters, either, string.digits, letters, letters]
    value = "".join(map(rng.choice, [*shape, string.digits, string.digits]))
    return Identifier("mbi", value, rng.choice(["", "Medicare number"]), Label.PHI)


def mac(rng: random.Random) -> Identifier:
    octets = ["02", *(f"{rng.randint(17, 255):02x}" for _ in range(5))]
    return Identifier("mac", ":".join(octets), "", Label.PERSONAL)


def ein(rng: random.Random) -> Identifier:
    return Identifier("ein", f"{rng.randint(30, 48)}-{_digits(rng, 7)}", "EIN", Label.FINANCIAL, True)


def member_id(rng: random.Random) -> Identifier:
    value = rng.choice("WXY") + "".join(rng.choices("CDFGHJKM", k=2)) + _digits(rng, 9)
    return Identifier("member_id", value, "member id", Label.PHI)


MAKERS: tuple[Maker, ...] = (
    ssn, bare_ssn, mrn, email, phone, iban, card, ip, secret, npi, mbi, mac, ein, member_id,
)  # fmt: skip


def make(rng: random.Random) -> Identifier:
    """One of any kind."""
    return rng.choice(MAKERS)(rng)
