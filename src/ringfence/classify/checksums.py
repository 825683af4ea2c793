"""Check digits. Each function takes the bare characters (no separators) and says whether they hold."""

from __future__ import annotations

import math
from collections import Counter

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    if not (number.isascii() and number.isdigit()):
        return False
    plain = sum(map(int, number[::-2]))
    return (plain + sum(_DOUBLED[int(digit)] for digit in number[-2::-2])) % 10 == 0


def npi(number: str) -> bool:
    """Luhn over 80840 and the number: https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand/Downloads/NPIcheckdigit.pdf"""
    return len(number) == 10 and number[0] in "12" and luhn("80840" + number)


def iban(text: str) -> bool:
    """ISO 13616-1: move the first four characters to the end, letters are 10..35, remainder of 97 is 1."""
    if not (text.isascii() and text.isalnum()):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def aba_routing(number: str) -> bool:
    """Weights 3 7 1 over nine digits, and the first two digits name a Federal Reserve district.

    https://www.aba.com/about-us/routing-number; 00-12 government and districts, 21-32 thrifts, 61-72 electronic,
    80 traveller's cheques.
    """
    if len(number) != 9 or not number.isdigit():
        return False
    first = int(number[:2])
    district = first <= 12 or 21 <= first <= 32 or 61 <= first <= 72 or first == 80
    return district and sum(int(digit) * weight for digit, weight in zip(number, (3, 7, 1) * 3, strict=True)) % 10 == 0


def dea(text: str) -> bool:
    """Two letters (or letter and 9) and seven digits: (1st+3rd+5th) + 2 x (2nd+4th+6th) ends in the 7th.

    https://www.deadiversion.usdoj.gov/drugreg/reg_apps/registrant_validation.html
    """
    numbers = [int(digit) for digit in text[2:]]
    return (sum(numbers[0:6:2]) + 2 * sum(numbers[1:6:2])) % 10 == numbers[6]


_VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(text: str) -> bool:
    """49 CFR 565.15(c): weighted sum modulo 11 in the ninth place, X for ten.

    https://www.ecfr.gov/current/title-49/section-565.15
    """
    if len(text) != 17 or any(char not in _VIN_VALUES for char in text):
        return False
    remainder = sum(_VIN_VALUES[char] * weight for char, weight in zip(text, _VIN_WEIGHTS, strict=True)) % 11
    return text[8] == "0123456789X"[remainder]


def entropy_bits(text: str) -> float:
    """Shannon entropy in bits per character: about 4 for random hex, 5 for random base64, 3 for English words."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def dni(text: str) -> bool:
    """Spanish DNI and NIE: the number modulo 23 gives the letter; X, Y, Z at the start of a NIE count as 0, 1, 2.

    https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/
    """
    plain = "".join(char for char in text.upper() if char.isalnum())
    number = plain[:-1].translate(str.maketrans("XYZ", "012"))
    return len(plain) == 9 and number.isdigit() and plain[-1] == _DNI_LETTERS[int(number) % 23]


_CURP_VALUES = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def curp(text: str) -> bool:
    """Mexican CURP: weights 18 down to 2 over seventeen places, tens complement in the eighteenth.

    https://www.gob.mx/segob/renapo (Instructivo normativo para la asignación de la CURP)
    """
    if len(text) != 18 or not text[-1].isdigit():
        return False
    total = sum(_CURP_VALUES.index(char) * weight for char, weight in zip(text[:17], range(18, 1, -1), strict=True))
    return -total % 10 == int(text[-1])
