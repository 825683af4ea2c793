from __future__ import annotations

from datetime import date
from importlib import resources

import pytest

from ringfence.masking.manner import GENERALISED, Manner, MaskRules, Treatment, read_rules, strictest
from ringfence.vocabulary.entities import ENTITIES, Disposal
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label

DATA = resources.files("ringfence.masking") / "data"
ZIP3 = (DATA / "zip3.toml").read_text(encoding="utf-8")
TODAY = date(2031, 5, 1)


def rules(text: str) -> MaskRules:
    return read_rules(text, ZIP3, "masking.toml")


def test_without_a_word_everything_is_as_the_vocabulary_says() -> None:
    manner = rules("").manner(set(Label), TODAY)
    assert {name: str(manner.of(name)) for name in ENTITIES} == {n: str(e.disposal) for n, e in ENTITIES.items()}
    assert (manner.safe_harbor, manner.restore, manner.today) == (False, True, TODAY)
    assert Manner().of("PERSON") is Treatment.SURROGATE and Manner().of("PASSWORD") is Treatment.REDACT


def test_what_init_writes_says_nothing_and_is_right_uncommented() -> None:
    text = (DATA / "masking.toml").read_text(encoding="utf-8")
    assert all(line.startswith("#") or not line for line in text.splitlines())
    assert rules(text) == rules("")
    # a line of an example is `# key = value` or `# [table]`; every other comment is prose
    bare = "\n".join(line[2:] for line in text.splitlines() if line.startswith("# [") or " = " in line)
    told = rules(bare)
    assert told.entities["PASSWORD"] is Treatment.REDACT
    assert told.labels[Label.PHI] == {"DATE": Treatment.GENERALISE}
    assert told.manner((), TODAY).treatments == {name: Manner().of(name) for name in told.entities}


def test_a_label_goes_before_the_rest_and_of_two_labels_the_stricter_counts() -> None:
    told = rules(
        '[entities]\nDATE = "redact"\nPERSON = "mask"\n'
        '[labels.phi]\nDATE = "generalise"\n[labels.personal]\nDATE = "surrogate"\n'
    )
    assert told.manner({Label.FINANCIAL}, TODAY).of("DATE") is Treatment.REDACT
    assert told.manner({Label.PERSONAL}, TODAY).of("DATE") is Treatment.SURROGATE
    assert told.manner({Label.PERSONAL, Label.PHI}, TODAY).of("DATE") is Treatment.GENERALISE
    assert told.manner({Label.PERSONAL, Label.PHI}, TODAY).of("PERSON") is Treatment.MASK


@pytest.mark.parametrize("identifiers", ["surrogate", "mask", "redact"])
def test_safe_harbor_treats_every_class_and_leaves_none_as_it_is(identifiers: str) -> None:
    manner = rules(f'[safe_harbor]\non = true\nidentifiers = "{identifiers}"\n').manner((), TODAY)
    for entity in ENTITIES.values():
        how = manner.of(entity.name)
        assert how is not Treatment.KEEP
        if entity.disposal is Disposal.REDACT:
            assert how is Treatment.REDACT
        elif not entity.safe_harbor:
            assert how is Treatment.SURROGATE
        else:
            assert how == ("generalise" if entity.name in GENERALISED else identifiers), entity.name
    assert manner.safe_harbor and manner.restore
    letters = {entity.safe_harbor for entity in ENTITIES.values()} - {""}
    assert letters == set("ABCDEFGHIJKLMNOPQR")


def test_what_the_organisation_says_goes_before_the_switch_and_restore_belongs_to_it() -> None:
    told = rules('[safe_harbor]\non = true\nrestore = false\n[entities]\nDATE = "redact"\nPROVIDER_NAME = "keep"\n')
    manner = told.manner((), TODAY)
    assert (manner.of("DATE"), manner.of("PROVIDER_NAME")) == (Treatment.REDACT, Treatment.KEEP)
    assert not manner.restore
    assert rules("[safe_harbor]\nrestore = false\n").manner((), TODAY).restore


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[entities]\nPERSONS = 'mask'\n", "entities.PERSONS: there is no such entity"),
        ("[entities]\nPERSON = 'maks'\n", "Invalid enum value"),
        ("[entities]\nPERSON = 'keep'\n", "entities.PERSON: only provider names can be kept"),
        ("[labels.phi]\nUS_SSN = 'generalise'\n", "labels.phi.US_SSN: has no less exact form"),
        ("[entities]\nCREDIT_CARD = 'surrogate'\n", "entities.CREDIT_CARD: cards and secrets"),
        ("[labels.card]\nPASSWORD = 'generalise'\n", "labels.card.PASSWORD: cards and secrets"),
        ("[entities]\nAPI_KEY = 'keep'\n", "entities.API_KEY: cards and secrets"),
        ("[labels.phy]\nDATE = 'mask'\n", "phy"),
        ("[safe_harbour]\non = true\n", "unknown field `safe_harbour`"),
        ("[safe_harbor]\non = true\nzip3 = []\n", "unknown field `zip3`"),
        ("[safe_harbor]\nidentifiers = 'keep'\n", "Invalid enum value"),
        ("[safe_harbor\n", "not valid TOML"),
    ],
)
def test_what_can_t_be_used_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        rules(text)
    assert caught.value.message.startswith("masking.toml") and says in caught.value.message
    assert caught.value.remedy


def test_cards_and_secrets_can_be_made_to_tell_less() -> None:
    assert rules("[entities]\nCREDIT_CARD = 'mask'\n").manner((), TODAY).of("CREDIT_CARD") is Treatment.MASK


def test_the_strictest_leaves_least() -> None:
    assert strictest([Treatment.SURROGATE, Treatment.REDACT, Treatment.GENERALISE]) is Treatment.REDACT
    assert strictest([Treatment.SURROGATE, Treatment.GENERALISE]) is Treatment.GENERALISE
    assert strictest([Treatment.KEEP, Treatment.SURROGATE]) is Treatment.SURROGATE


def test_the_zip_prefixes_are_those_of_the_census_less_every_listed_small_one() -> None:
    prefixes = rules("").populous_zip3
    assert len(prefixes) == 871  # 894 with people, 18 of them small in 2020, 5 more on the list of 2012
    assert {"021", "606", "941"} <= prefixes
    hhs_2012 = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893"
    assert not prefixes & set(hhs_2012.split())
    assert not prefixes & {"000", "055", "090", "202", "205", "369", "753", "772", "962"}
    assert all(len(prefix) == 3 and prefix.isdigit() for prefix in prefixes)
