"""A scan that was broken off goes on: what is kept, what is dropped, and which files are refused."""

from __future__ import annotations

import pytest

from ringfence.scanning.done import Done
from ringfence.scanning.results import Searched, Spotted, Unit
from ringfence.vocabulary.errors import ConfigurationError

UNIT = Unit("a.txt", 9)
RESULT = Searched(UNIT, "text", "d1", 2, (Spotted("", 1, 2, 3, "US_SSN", 0.9, "us_ssn/1", "f00d"),))


@pytest.fixture
def path(tmp_path):
    done = Done(tmp_path / "state", "setup")
    assert done.asked(UNIT) == UNIT
    assert done.told(RESULT) == RESULT
    done.told(Searched(Unit("b.txt", 1), digest="d2"))
    done.close()
    return tmp_path / "state"


def test_what_was_searched_is_known_again(path):
    done = Done(path, "setup")
    asked = done.asked(UNIT)
    assert asked.done == "d1"
    assert done.told(Searched(asked, digest="d1", unchanged=True)).spotted == RESULT.spotted
    done.close()


def test_a_part_is_not_the_whole(path):
    done = Done(path, "setup")
    assert done.asked(Unit("a.txt", 9, 0, 9)).done == ""
    done.close()


def test_a_file_that_grew_counts_with_its_new_size(path):
    done = Done(path, "setup")
    grown = Unit("a.txt", 50, done="d1")
    assert done.told(Searched(grown, digest="d1", unchanged=True)).unit == grown
    done.close()


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_line_cut_off_by_a_crash_is_searched_again(path, cut):
    path.write_bytes(path.read_bytes()[:-cut])
    done = Done(path, "setup")
    assert (done.asked(UNIT).done, done.asked(Unit("b.txt", 1)).done) == ("d1", "")
    done.told(Searched(Unit("b.txt", 1), digest="d3"))
    done.close()
    assert Done(path, "setup").asked(Unit("b.txt", 1)).done == "d3"


def test_newer_line_counts(path):
    done = Done(path, "setup")
    done.told(Searched(UNIT, digest="d9"))
    done.close()
    assert Done(path, "setup").asked(UNIT).done == "d9"


def test_another_setup_is_refused(path):
    with pytest.raises(ConfigurationError, match="other detectors, rules or options") as caught:
        Done(path, "other")
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["hello\n", '{"a": 1}\n', "[]\n"])
def test_another_file_is_refused_and_left_alone(tmp_path, text):
    (tmp_path / "state").write_text(text)
    with pytest.raises(ConfigurationError, match="line 1 is not of a scan's state"):
        Done(tmp_path / "state", "setup")
    assert (tmp_path / "state").read_text() == text


def test_only_its_owner_can_read_it(path):
    assert path.stat().st_mode & 0o077 == 0


def test_name_that_is_no_unicode_is_searched_each_time(path):
    done = Done(path, "setup")
    odd = Unit("a\udcff", 1)
    done.told(Searched(odd, digest="d1"))
    done.close()
    assert Done(path, "setup").asked(odd).done == ""
