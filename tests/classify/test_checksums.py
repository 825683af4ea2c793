"""Check digits against published numbers, and against every single wrong digit."""

from __future__ import annotations

import pytest

from ringfence.classify import checksums

VALID = [
    (checksums.luhn, "79927398713"),  # the example of the algorithm's patent, US 2950048
    (checksums.luhn, "378282246310005"),
    (checksums.npi, "1234567893"),  # https://www.cms.gov NPI check digit document
    (checksums.iban, "GB29NWBK60161331926819"),  # the SWIFT registry's own examples
    (checksums.iban, "DE89370400440532013000"),
    (checksums.iban, "NO9386011117947"),
    (checksums.aba_routing, "021000021"),
    (checksums.aba_routing, "121000248"),
    (checksums.dea, "BB1388568"),
    (checksums.vin, "1M8GDM9AXKP042788"),  # 49 CFR 565.15 table
    (checksums.vin, "11111111111111111"),
]


@pytest.mark.parametrize(("check", "value"), VALID)
def test_holds_for_published_numbers_and_no_single_wrong_digit(check, value):
    assert check(value)
    for place, char in enumerate(value):
        # The DEA's doubled places don't tell 3 from 8; a VIN's ninth place is the check itself.
        skipped = (check is checksums.vin and place == 8) or (check is checksums.dea and place in (3, 5, 7))
        if char.isdigit() and not skipped:
            for other in set("0123456789") - {char}:
                wrong = value[:place] + other + value[place + 1 :]
                assert not check(wrong), wrong


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checksums.luhn, "４１１１"),
        (checksums.luhn, "4111x"),
        (checksums.npi, "123456789"),
        (checksums.npi, "3234567897"),
        (checksums.aba_routing, "991000021"),
        (checksums.aba_routing, "02100002"),
        (checksums.vin, "1M8GDM9AXKP04278"),
        (checksums.vin, "IM8GDM9AXKP042788"),
        (checksums.iban, "GB29 NWBK"),
    ],
)
def test_refuses_what_has_not_the_shape(check, value):
    assert not check(value)


def test_entropy_tells_random_from_repeated():
    assert checksums.entropy_bits("aaaaaaaa") == 0
    assert checksums.entropy_bits("abcdefgh") == pytest.approx(3)
