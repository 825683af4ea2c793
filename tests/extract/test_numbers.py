"""Numbers of a workbook, as a person sees them."""

from __future__ import annotations

import pytest

from ringfence.extract.numbers import is_date, shown


@pytest.mark.parametrize(
    ("value", "format_id", "code", "seen"),
    [
        ("18264", 14, "", "1950-01-01"),
        ("45000.5", 22, "", "2023-03-15 12:00:00"),
        ("0.25", 46, "", "06:00:00"),
        ("18264", 164, "dd/mm/yyyy", "1950-01-01"),
        ("18264", 164, "[$-409]mmmm d, yyyy;@", "1950-01-01"),
        ("536228412", 164, "000-00-0000", "536-22-8412"),
        ("536228412", 164, "000\\-00\\-0000", "536-22-8412"),
        ("4155552671", 164, "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "(415) 555-2671"),
        ("5552671", 164, "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "555-2671"),
        ("4155552671", 164, "(000) 000-0000", "(415) 555-2671"),
        ("2134", 164, "00000", "02134"),
        ("5.36228412E8", 0, "", "536228412"),
        ("12.50", 0, "", "12.50"),
        ("12.5", 164, "#,##0.00", "12.5"),
        ("12", 164, '"MRN "0', "12"),
        ("99999999999", 14, "", "99999999999"),
        ("-5", 14, "", "-5"),
        ("nan", 0, "", "nan"),
        ("inf", 164, "000", "inf"),
        ("text", 14, "", "text"),
        ("12345678901234567890", 0, "", "12345678901234567890"),
    ],
)
def test_a_number_is_shown_as_its_format_says(value: str, format_id: int, code: str, seen: str) -> None:
    assert shown(value, format_id, code) == seen


def test_a_workbook_of_an_old_mac_counts_from_1904() -> None:
    assert shown("0", 14, "", since_1904=True) == "00:00:00"
    assert shown("1", 14, "", since_1904=True) == "1904-01-02"


def test_which_formats_are_dates() -> None:
    assert is_date(14, "")
    assert not is_date(0, "")
    assert not is_date(164, "General")
    assert not is_date(164, '0 "days"')
    assert not is_date(164, "[Red]0.00")
    assert is_date(164, "yyyy-mm-dd")
