from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest

from ringfence.masking import Manner, MemoryBook, mask, restore
from ringfence.masking.generalise import generalise, telling_years
from ringfence.masking.manner import GENERALISED, Treatment
from ringfence.masking.states import state_in
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.text import Finding, Place, Segment

Says = Callable[..., Segment]
Found = Callable[..., Finding]
TODAY = date(2031, 5, 1)
MANNER = Manner(dict.fromkeys(GENERALISED, Treatment.GENERALISE), True, True, TODAY, frozenset({"018", "435", "606"}))
SAFE_HARBOR = Manner(
    {
        name: Treatment.GENERALISE if name in GENERALISED else Treatment.SURROGATE
        for name, entity in ENTITIES.items()
        if entity.safe_harbor and name != "CREDIT_CARD"
    },
    True,
    True,
    TODAY,
    MANNER.populous_zip3,
)


@pytest.mark.parametrize(
    ("entity", "value", "less"),
    [
        ("DATE", "March 3, 2019", "2019"),
        ("DATE", "2019-03-04T10:22:00Z", "2019"),
        ("DATE", "20190304", "2019"),
        ("DATE", "20190304102200-0500", "2019"),
        ("DATE", "04.03.2019", "2019"),
        ("DATE", "03/04/19", "2019"),
        ("DATE", "03/04/85", "1985"),
        ("DATE", "3 May 2018 to 2 June 2019", "2018-2019"),
        ("DATE", "1/2/2017, 1/2/2018, 1/2/2019", "[DATE REMOVED]"),
        ("DATE", "3/4", "[DATE REMOVED]"),
        ("DATE", "Tuesday", "[DATE REMOVED]"),
        ("DATE", "the 19th", "[DATE REMOVED]"),
        ("DATE", "5/6/1940", "[DATE REMOVED]"),  # whoever was born or graduated then is over 89
        ("DATE", "12,019 of 3 May", "[DATE REMOVED]"),
        ("BIRTH_DATE", "1985-02-28", "1985"),
        ("BIRTH_DATE", "03/04/85", "1985"),
        ("BIRTH_DATE", "03/04/19", "[BIRTH DATE REMOVED]"),  # or 1919
        ("BIRTH_DATE", "1942-01-01", "1942"),  # 89 this year
        ("BIRTH_DATE", "1941-12-31", "[BIRTH DATE REMOVED]"),  # 90 this year
        ("AGE_OVER_89", "93-year-old", "90 or older"),
        ("AGE_OVER_89", "one hundred and two", "90 or older"),
        ("ZIP_CODE", "01845", "018**"),
        ("ZIP_CODE", "01845-1234", "018**"),
        ("ZIP_CODE", "MA 01845", "MA 018**"),
        ("ZIP_CODE", "82101", "000**"),
        ("ZIP_CODE", "0184", "[ZIP CODE REMOVED]"),
        ("STREET_ADDRESS", "12 Elm St, Springfield, OH 43502", "OH 435**"),
        ("STREET_ADDRESS", "12 Elm St Columbus Ohio 43502-1234, USA", "Ohio 435**"),
        ("STREET_ADDRESS", "12345 Elm Street", "[STREET ADDRESS REMOVED]"),
        ("STREET_ADDRESS", "43502 Elm Street, Toledo, OH", "OH"),
        ("LOCATION", "Kansas City", "[LOCATION REMOVED]"),
        ("LOCATION", "Kansas City, MO", "MO"),
        ("LOCATION", "Columbus, Ohio, United States", "Ohio"),
        ("LOCATION", "Cook County", "[LOCATION REMOVED]"),
    ],
)
def test_less_exact_or_removed(entity: str, value: str, less: str) -> None:
    assert generalise(entity, value, MANNER) == less


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%B %d, %Y", "%d %b %Y", "%Y%m%d"])
def test_no_date_keeps_a_day_or_tells_of_an_age_over_89(written: str) -> None:
    for days in range(0, 44_000, 13):  # 1910 to 2030
        day = date(1910, 1, 1) + timedelta(days)
        for entity in ("DATE", "BIRTH_DATE"):
            less = generalise(entity, day.strftime(written), MANNER)
            assert less == (str(day.year) if TODAY.year - day.year <= 89 else f"[{entity.replace('_', ' ')} REMOVED]")


def test_without_a_day_to_count_from_no_year_stays() -> None:
    assert generalise("DATE", "2019-03-04", Manner()) == "[DATE REMOVED]"


@pytest.mark.parametrize(
    ("place", "state"),
    [
        ("Ohio", "Ohio"),
        ("ohio", "Ohio"),
        ("Charleston, West Virginia", "West Virginia"),
        ("Boston MA", "MA"),
        ("Boston, ma", ""),
        ("Washington, DC", "DC"),
        ("Arkansas City", ""),
        ("Springfield", ""),
        ("Paris, XX", ""),
        ("", ""),
    ],
)
def test_the_state_at_the_end(place: str, state: str) -> None:
    assert state_in(place) == state


def test_years_of_birth_that_tell_are_found_and_no_others(says: Says) -> None:
    text = "Born in 1931 (DOB 1944; y.o.b. 1941), nacida en 1938. Born at home. By 1935 they had $1,930 and 1930 acres."
    key = says("born 1931", "/k", Place.KEY)
    found = [text[each.start : each.end] for each in telling_years([says(text), key], TODAY)]
    assert found == ["1931", "1941", "1938"]


def test_safe_harbor_leaves_nothing_that_it_lists(says: Says, found: Found) -> None:
    """One text with what the classes ask for; what stays says state, year, three digits and `90 or older`."""
    text = (
        "Elif Demir, born in 1931, aged 93, of 12 Elm St, Toledo, OH 43502, seen on March 3, 2030 in Toledo; "
        "555-123-4567, elif@x.com, SSN 536-22-8412, MRN 12345678, zip 82101."
    )
    segment = says(text)
    kinds = {
        "Elif Demir": "PERSON",
        "12 Elm St, Toledo, OH 43502": "STREET_ADDRESS",
        "March 3, 2030": "DATE",
        "555-123-4567": "PHONE_NUMBER",
        "elif@x.com": "EMAIL_ADDRESS",
        "536-22-8412": "US_SSN",
        "12345678": "MEDICAL_RECORD_NUMBER",
        "82101": "ZIP_CODE",
    }
    findings = [found(segment, value, kind) for value, kind in kinds.items()]
    findings.append(found(segment, "Toledo", "LOCATION", start=text.rindex("Toledo")))
    findings.append(found(segment, "93", "AGE_OVER_89", start=text.index("93,")))
    done = mask([segment], findings, MemoryBook(Random(4).randbytes), manner=SAFE_HARBOR)
    left = done.texts[segment.pointer]
    for value in (*kinds, "93", "Toledo", "March"):
        assert value not in left
    for less in (
        "born in [BIRTH DATE REMOVED], aged 90 or older, of OH 435**,",
        "on 2030 in [LOCATION REMOVED];",
        "000**",
    ):
        assert less in left
    assert sorted(done.originals.values()) == ["12345678", "536-22-8412", "555-123-4567", "Elif Demir", "elif@x.com"]
    assert "1931" not in restore(left, done.originals)  # what is less exact stays so


def test_stars_redaction_and_replies_without_originals(says: Says, found: Found) -> None:
    segment = says("Elif Demir, 555-123-4567, elif@x.com")
    findings = [
        found(segment, "Elif Demir", "PERSON"),
        found(segment, "555-123-4567", "PHONE_NUMBER"),
        found(segment, "elif@x.com", "EMAIL_ADDRESS"),
    ]
    manner = Manner({"PERSON": Treatment.REDACT, "PHONE_NUMBER": Treatment.MASK}, restore=False)
    book = MemoryBook(Random(4).randbytes)
    done = mask([segment], findings, book, manner=manner)
    [mail] = done.issued
    assert done.texts[segment.pointer] == f"[PERSON REMOVED], ********, {mail}"
    assert done.originals == {} and list(book.originals().values()) == ["elif@x.com"]
    assert done.replaced == {"PERSON": 1, "PHONE_NUMBER": 1, "EMAIL_ADDRESS": 1}


def test_of_two_treatments_over_one_stretch_the_stricter_counts(says: Says, found: Found) -> None:
    segment = says("born 1985-02-28 12 Elm St, OH 43502")
    manner = Manner({"STREET_ADDRESS": Treatment.GENERALISE, "ZIP_CODE": Treatment.REDACT}, today=TODAY)
    findings = [found(segment, "12 Elm St, OH 43502", "STREET_ADDRESS"), found(segment, "43502", "ZIP_CODE")]
    done = mask([segment], findings, MemoryBook(Random(4).randbytes), manner=manner)
    assert done.texts[segment.pointer] == "born 1985-02-28 [ZIP CODE REMOVED]"


def test_kept_names_stay(says: Says, found: Found) -> None:
    segment = says("Dr. Sarah Chen saw Elif Demir; Chen left.")
    findings = [found(segment, "Sarah Chen", "PROVIDER_NAME"), found(segment, "Elif Demir", "PERSON")]
    manner = Manner({"PROVIDER_NAME": Treatment.KEEP})
    done = mask([segment], findings, MemoryBook(Random(4).randbytes), manner=manner)
    assert done.texts[segment.pointer].startswith("Dr. Sarah Chen saw PERSON-")
    assert done.texts[segment.pointer].endswith("; Chen left.")
    assert done.unmaskable == ()
