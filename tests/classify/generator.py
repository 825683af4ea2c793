"""A seeded generator of texts with every structured identifier, and of texts with values that only look like them."""

from __future__ import annotations

import base64
import random
import string
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Case(NamedTuple):
    """A text, where its one identifier stands ([start, end) in code points, entity), and how it was disguised."""

    text: str
    start: int
    end: int
    entity: str
    noise: str


# --- values ---------------------------------------------------------------------------------------------------------


def _digits(rng: random.Random, count: int, first: str = string.digits) -> str:
    return rng.choice(first) + "".join(rng.choices(string.digits, k=count - 1))


def _upper(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.ascii_uppercase, k=count))


def _mixed(rng: random.Random, count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(rng.choices(alphabet, k=count - 2)) + rng.choice(string.digits) + rng.choice(string.ascii_letters)


def _with_luhn(body: str, prefix: str = "") -> str:
    total = 0
    for place, digit in enumerate(reversed(prefix + body)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number // 10 + number % 10
    return body + str(-total % 10)


def _card(rng: random.Random) -> str:
    start, size = rng.choice(
        [
            ("4", 16),
            ("4", 13),
            ("51", 16),
            ("55", 16),
            ("2221", 16),
            ("34", 15),
            ("37", 15),
            ("6011", 16),
            ("65", 16),
            ("3530", 16),
            ("36", 14),
            ("305", 14),
            ("62", 16),
            ("4", 19),
        ]
    )
    number = _with_luhn(start + "".join(rng.choices(string.digits, k=size - 1 - len(start))))
    style = rng.choice(["", "", " ", "-"])
    if size == 16:
        return style.join(number[i : i + 4] for i in range(0, 16, 4))
    return style.join((number[:4], number[4:10], number[10:])) if size == 15 else number


def _ssn(rng: random.Random) -> str:
    area = rng.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03}-{rng.randint(1, 99):02}-{rng.randint(1, 9999):04}"


def _iban(rng: random.Random) -> str:
    country, body = rng.choice(
        [
            ("DE", _digits(rng, 18)),
            ("GB", _upper(rng, 4) + _digits(rng, 14)),
            ("FR", _digits(rng, 23)),
            ("NL", _upper(rng, 4) + _digits(rng, 10)),
            ("NO", _digits(rng, 11)),
            ("MT", _upper(rng, 4) + _digits(rng, 23)),
            ("AE", _digits(rng, 19)),
        ]
    )
    number = int(
        "".join(str(string.digits.find(c)) if c.isdigit() else str(ord(c) - 55) for c in body + country + "00")
    )
    text = f"{country}{98 - number % 97:02}{body}"
    return text if rng.random() < 0.5 else " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def _routing(rng: random.Random) -> str:
    body = rng.choice(["02", "11", "26", "31", "65"]) + _digits(rng, 6)
    total = sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
    return body + str(-total % 10)


def _dea(rng: random.Random) -> str:
    body = _digits(rng, 6)
    total = sum(map(int, body[0::2])) + 2 * sum(map(int, body[1::2]))
    return rng.choice("ABFGM") + rng.choice(string.ascii_uppercase) + body + str(total % 10)


def _mbi(rng: random.Random) -> str:
    letters = "ACDEFGHJKMNPQRTUVWXY"

    def one(kind: str) -> str:
        return rng.choice({"C": "123456789", "A": letters, "E": letters + string.digits, "N": string.digits}[kind])

    value = "".join(one(kind) for kind in "CAENAENAANN")
    return value if rng.random() < 0.5 else f"{value[:4]}-{value[4:7]}-{value[7:]}"


def _vin(rng: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    values = {**{d: int(d) for d in string.digits}, **dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", b"", strict=False))}
    values.update(zip("ABCDEFGH", range(1, 9), strict=True))
    values.update(zip("JKLMN", range(1, 6), strict=True))
    values.update({"P": 7, "R": 9})
    values.update(zip("STUVWXYZ", range(2, 10), strict=True))
    body = [*rng.choices(letters, k=4), *rng.choices(string.digits, k=4), "0", *rng.choices(letters, k=2)]
    body += rng.choices(string.digits, k=6)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(values[char] * weight for char, weight in zip(body, weights, strict=True)) % 11
    body[8] = "X" if total == 10 else str(total)
    return "".join(body)


def _phone(rng: random.Random) -> str:
    area, exchange, line = _digits(rng, 3, "23456789"), _digits(rng, 3, "23456789"), _digits(rng, 4)
    return rng.choice(
        [
            f"({area}) {exchange}-{line}",
            f"{area}-{exchange}-{line}",
            f"{area}.{exchange}.{line}",
            f"+1 {area} {exchange} {line}",
            f"+44 20 7{_digits(rng, 3)} {_digits(rng, 4)}",
            f"+49 30 {_digits(rng, 8, '123456789')}",
            f"+33 1 4{_digits(rng, 1)} {_digits(rng, 2)} {_digits(rng, 2)} {_digits(rng, 2)}",
        ]
    )


def _email(rng: random.Random) -> str:
    name = rng.choice(["mara", "tom.frey", "j_okoye", "lena-b", "rui.costa"]) + rng.choice(
        ["", str(rng.randint(1, 99))]
    )
    return (
        f"{name}@{rng.choice(['mail', 'post', 'nordklinik', 'harborview'])}.{rng.choice(['org', 'com', 'co.uk', 'de'])}"
    )


def _street(rng: random.Random) -> str:
    name = rng.choice(["Birch Hollow", "Old Quarry", "Lantern Hill", "Marsh", "W 21st", "N Calloway"])
    street = (
        f"{rng.randint(1, 9899)} {name} {rng.choice(['St', 'Street', 'Ave', 'Rd', 'Lane', 'Blvd', 'Drive', 'Court'])}"
    )
    return street + rng.choice(["", f", Apt {rng.randint(1, 40)}B", f" Suite {rng.randint(100, 900)}"])


def _date(rng: random.Random) -> str:
    year, month, day = rng.randint(1930, 2024), rng.randint(1, 12), rng.randint(1, 28)
    name = ["Jan", "February", "Mar", "April", "May", "June", "July", "Aug", "September", "Oct", "Nov", "December"][
        month - 1
    ]
    return rng.choice(
        [
            f"{year}-{month:02}-{day:02}",
            f"{month}/{day}/{year}",
            f"{name} {day}, {year}",
            f"{day} {name} {year}",
            f"{day:02}.{month:02}.{year}",
        ]
    )


def _ip(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return "2001:db8:" + ":".join(f"{rng.randint(4096, 65535):x}" for _ in range(6))
    return f"{rng.choice([10, 84, 172, 203])}.{rng.randint(0, 254)}.{rng.randint(0, 254)}.{rng.randint(1, 254)}"


def _api_key(rng: random.Random) -> str:
    return rng.choice(
        [
            "sk-" + "proj-" + _mixed(rng, 40),
            "sk-" + "ant-api03-" + _mixed(rng, 60),
            "AK" + "IA" + "".join(rng.choices(string.ascii_uppercase + "234567", k=14)) + "Q7",
            "gh" + "p_" + _mixed(rng, 36),
            "xox" + "b-" + _digits(rng, 11) + "-" + _mixed(rng, 24),
            "sk" + "_live_" + _mixed(rng, 24),
            "AI" + "za" + _mixed(rng, 35),
            "rf_" + "".join(rng.choices(string.ascii_lowercase + "234567", k=10)) + "_" + _mixed(rng, 43),
        ]
    )


def _private_key(rng: random.Random) -> str:
    body = "\n".join(_mixed(rng, 64) for _ in range(4))
    kind = rng.choice(["", "RSA ", "EC ", "OPENSSH "])
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


def _mac(rng: random.Random) -> str:
    return rng.choice(":-").join(f"{rng.randint(1, 254):02x}" for _ in range(6))


def _named(titles: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: (
        f"{rng.choice(titles)} {rng.choice(['Okoye', 'Mara Lindqvist', 'Núñez', 'L. Frey', 'de la Torre'])}"
    )


def _place_of(kinds: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: f"{rng.choice(['Calder', 'St. Brigid', 'Northmoor'])} {rng.choice(kinds)}"


# entity -> (how to make a value, what stands before it in half of the texts, whether it is found without that)
_MAKERS: dict[str, tuple[Callable[[random.Random], str], tuple[str, ...], bool]] = {
    "EMAIL_ADDRESS": (_email, ("e-mail", "Contact:"), True),
    "PHONE_NUMBER": (_phone, ("phone:", "call her at"), True),
    "FAX_NUMBER": (_phone, ("fax", "Fax no.:"), False),
    "US_SSN": (_ssn, ("SSN", "social security number is"), True),
    "US_ITIN": (lambda r: f"9{_digits(r, 2)}-{r.randint(70, 88)}-{_digits(r, 4)}", ("ITIN", "taxpayer id:"), True),
    "US_EIN": (lambda r: f"{r.choice([10, 20, 47, 83])}-{_digits(r, 7)}", ("EIN:", "federal tax id"), False),
    "PASSPORT": (lambda r: r.choice(["", "K"]) + _digits(r, 8), ("passport number", "Passport no.:"), False),
    "DRIVER_LICENSE": (lambda r: _upper(r, 1) + _digits(r, 8), ("driver's license number is", "DL#"), False),
    "LICENSE_NUMBER": (
        lambda r: f"{_upper(r, 2)}-{_digits(r, 6)}",
        ("medical license no.", "certificate number:"),
        False,
    ),
    "MEDICAL_RECORD_NUMBER": (lambda r: r.choice(["", "H"]) + _digits(r, 8), ("MRN:", "medical record number"), False),
    "HEALTH_PLAN_ID": (lambda r: _upper(r, 3) + _digits(r, 9), ("member ID", "subscriber id:"), False),
    "US_MBI": (_mbi, ("MBI", "Medicare number:"), True),
    "US_NPI": (lambda r: _with_luhn("1" + _digits(r, 8), "80840"), ("NPI", "NPI:"), False),
    "US_DEA": (_dea, ("DEA", "DEA number:"), True),
    "ACCOUNT_NUMBER": (lambda r: _digits(r, 10), ("account number", "acct:", "loan number is"), False),
    "IBAN": (_iban, ("IBAN", "transfer to"), True),
    "US_ROUTING_NUMBER": (_routing, ("routing number", "ABA:"), False),
    "CREDIT_CARD": (_card, ("card", "card number:"), True),
    "CARD_SECURITY_CODE": (lambda r: _digits(r, 3), ("CVV", "security code:"), False),
    "VIN": (_vin, ("VIN", "vin:"), True),
    "LICENSE_PLATE": (
        lambda r: f"{r.randint(1, 9)}{_upper(r, 3)}{_digits(r, 3)}",
        ("license plate", "plate no."),
        False,
    ),
    "DEVICE_ID": (lambda r: f"PX-{_digits(r, 6)}", ("serial number", "device id:"), False),
    "MAC_ADDRESS": (_mac, ("hardware address", "mac"), True),
    "IP_ADDRESS": (_ip, ("from", "client"), True),
    "URL": (
        lambda r: f"https://{r.choice(['status', 'docs'])}.harborview.org/a/{_digits(r, 3)}",
        ("see", "open"),
        True,
    ),
    "PERSONAL_URL": (lambda r: f"https://www.linkedin.com/in/mara-{_digits(r, 4)}", ("profile", "see"), True),
    "STREET_ADDRESS": (_street, ("lives at", "address:"), True),
    "ZIP_CODE": (lambda r: _digits(r, 5), ("ZIP", "zip code:"), False),
    "DATE": (_date, ("seen on", "due"), True),
    "BIRTH_DATE": (_date, ("DOB:", "born on", "date of birth"), False),
    "AGE_OVER_89": (lambda r: str(r.randint(90, 109)), ("age", "aged"), False),
    "API_KEY": (_api_key, ("the key", "use"), True),
    "PRIVATE_KEY": (_private_key, ("key:", "this"), True),
    "PERSON": (_named(("Mr.", "Mrs.", "Sra.")), ("guest:", "for"), True),
    "PROVIDER_NAME": (_named(("Dr.", "Dra.", "Prof.")), ("with", "see"), True),
    "ORGANIZATION": (_place_of(("Freight LLC", "Bakery", "Tool Works")), ("\nEmployer:", "\nemployer name:"), False),
    "FACILITY": (_place_of(("Clinic", "Hospital")), ("\nFacility:", "\nHospital name:"), False),
    "LOCATION": (lambda r: r.choice(["Harborview", "Old Fenwick", "Port Calder"]), ("\nCity:", "\nhometown:"), False),
    "USERNAME": (
        lambda r: f"{r.choice(['mokoye', 'jfrey', 'l.bauer'])}{_digits(r, 3)}",
        ("username:", "user id:"),
        False,
    ),
    "BIOMETRIC_ID": (lambda r: f"FP-{_digits(r, 5)}-{_upper(r, 1)}", ("fingerprint template", "iris scan id:"), False),
    "PHOTO": (lambda r: f"img_{_digits(r, 6)}.jpg", ("patient photo:", "headshot"), False),
    "UNIQUE_ID": (lambda r: f"{_upper(r, 2)}-{_digits(r, 6)}", ("study ID", "participant no.:"), False),
    "PASSWORD": (lambda r: r.choice(["Blue", "Marsh", "Kite"]) + _mixed(r, 6), ("password:", "the password is"), False),
}

# --- sentences and disguises ------------------------------------------------------------------------------------------

_CARRIERS = (
    "Please put {} into the form and send it back.",
    "The note from this morning says {}, nothing else.",
    "Could you check {} before the meeting?",
    "Hi team,\nthe file lists {}.\nThanks!",
    '{{"note": "{}", "priority": 2}}',
    "she wrote it twice – {} – and left",
)
_LOOK_ALIKES = str.maketrans("aeopcxyABEHKMOPTX", "аеорсхуАВЕНКМОРТХ")
_NOISES = ("none", "none", "none", "wide", "invisible", "lookalike", "base64", "hex", "percent", "html", "escape")
_FULL_WIDTH = {**{ord(c): chr(ord(c) + 0xFEE0) for c in map(chr, range(0x21, 0x7F))}}


def _disguised(rng: random.Random, noise: str, label: str, value: str) -> tuple[str, int, int]:
    """The phrase `label value` in disguise, and where the identifier stands in it."""
    lead = f"{label} " if label else ""
    phrase = lead + value
    if noise == "wide":
        return lead + value.translate(_FULL_WIDTH), len(lead), len(phrase)
    if noise == "invisible":
        place = rng.randint(1, len(value) - 1)
        hidden = value[:place] + rng.choice("\u200b\u200d\u2060\ufeff\u00ad") + value[place:]
        return lead + hidden, len(lead), len(phrase) + 1
    if noise == "lookalike":
        return phrase.translate(_LOOK_ALIKES), len(lead), len(phrase)
    if noise in ("base64", "hex"):
        raw = f"It says: {phrase}.".encode()
        code = base64.b64encode(raw).decode() if noise == "base64" else raw.hex()
        return code, 0, len(code)
    if noise == "none":
        return phrase, len(lead), len(phrase)
    form = {"percent": "%{:02X}", "html": "&#{};", "escape": "\\u{:04x}"}[noise]
    coded = "".join(form.format(ord(char)) for char in value)
    return lead + coded, len(lead), len(lead + coded)


def generate(seed: int, each: int) -> Iterator[Case]:
    """`each` texts for each entity, every one with one identifier, some in disguise."""
    rng = random.Random(seed)
    for entity, (make, labels, bare) in _MAKERS.items():
        for _ in range(each):
            label = "" if bare and rng.random() < 0.5 else rng.choice(labels)
            value = make(rng)
            noise = "none" if entity == "PRIVATE_KEY" else rng.choice(_NOISES)
            if noise == "invisible" and len(value) < 2:
                noise = "none"
            phrase, start, end = _disguised(rng, noise, label, value)
            before, after = rng.choice(_CARRIERS).format("\x00").split("\x00")
            yield Case(before + phrase + after, len(before) + start, len(before) + end, entity, noise)


def decoys(seed: int, count: int) -> Iterator[str]:
    """Texts with values that look like identifiers and are none."""
    rng = random.Random(seed)
    makers: tuple[Callable[[], str], ...] = (
        lambda: "commit " + "".join(rng.choices("0123456789abcdef", k=40)),
        lambda: "request " + str(uuid.UUID(int=rng.getrandbits(128))),
        lambda: f"version {rng.randint(1, 20)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}",
        lambda: f"order {_digits(rng, 9, '123456789')} of {rng.randint(1, 9)} boxes",
        lambda: f"started at 17{_digits(rng, 8)} and at 17{_digits(rng, 11)}",
        lambda: f"{rng.randint(1, 90) * 10} mg twice a day for {rng.randint(2, 30)} days",
        lambda: "sum " + " + ".join(str(rng.randint(1, 9999)) for _ in range(8)),
        lambda: f"at {rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{_digits(rng, 3)}",
        lambda: f"total {rng.randint(1, 999)},{_digits(rng, 3)}.{_digits(rng, 2)} in {rng.randint(1990, 2030)}",
        lambda: "id " + "".join(rng.choices(string.ascii_lowercase + string.digits, k=24)),
        lambda: f"x = {rng.random()!r} * {rng.randint(2, 99)}e{rng.randint(2, 30)}",
    )
    for _ in range(count):
        yield rng.choice(_CARRIERS).format(rng.choice(makers)())
