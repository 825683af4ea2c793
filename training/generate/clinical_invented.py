"""Medical words that stand in no list, so that the tagger learns from the sentence and not from the lists alone.

An invented drug, an eponym with anybody's surname, a trial or a place-named scale: none of them identifies a person.
"""

from __future__ import annotations

from random import Random

from training.generate import pools


def _split(text: str) -> list[str]:
    return text.split()


_HEADS = _split("b c d f g h l m n p r s t v z br cl cr dr fl gl pr pl sp st tr x z qu")
_VOWELS = _split("a e i o u a e i o ia eo")
_GENERIC = _split(
    "mab zumab ximab tinib ciclib gliptin gliflozin sartan pril olol statin azole mycin cillin floxacin vir tegravir tide glutide parin xaban setron "
    "triptan gepant lukast dipine prazole oxetine azepam caine dronate fibrate limus parib rafenib sone olone terol tropium thiazide semide "
    "peridone apine zodone racetam gabalin orexant platin rubicin taxel bicin cept kinra"
)
_BRAND = _split("ra tiq vo ya ix ax zia ento iva ara ris qo vance zyx dia lis tro vyq fex nex xa via")
_ILLNESS = _split(
    "disease syndrome disease syndrome anemia tumor palsy contracture fracture dystrophy ataxia thyroiditis fever neuropathy hernia cyst lymphoma "
    "sarcoma arteritis deformity anomaly chorea encephalopathy dermatosis nephropathy"
)
_SIGNS = _split(
    "sign sign test reflex maneuver triad node nodes bodies line point spots phenomenon gait ring nail angle murmur"
)
_SCORES = [
    "score",
    "criteria",
    "classification",
    "index",
    "scale",
    "rule",
    "grade",
    "stage",
    "equation",
    "formula",
    "staging",
    "nomogram",
    "risk score",
    "questionnaire",
]
_TOOLS = _split(
    "procedure retractor clamp forceps incision catheter stain position repair flap osteotomy approach anastomosis method needle"
)
_CAPITALS = "ABCDEFGHIKLMNOPRSTUVWX"


def _syllables(random: Random, low: int, high: int) -> str:
    return "".join(random.choice(_HEADS) + random.choice(_VOWELS) for _ in range(random.randint(low, high)))


def drug(random: Random) -> str:
    """`belotrimab`, `Zavitro`."""
    if random.random() < 0.6:
        return _syllables(random, 1, 2) + random.choice(_GENERIC)
    return (_syllables(random, 1, 2) + random.choice(_BRAND)).capitalize()


def _surname(random: Random) -> str:
    name = random.choice(pools.us_last())
    return f"{name}-{random.choice(pools.us_last())}" if random.random() < 0.3 else name


def _eponym(random: Random, nouns: list[str]) -> str:
    return f"{_surname(random)}{random.choice(('', '', chr(39) + 's', '’s'))} {random.choice(nouns)}"


def illness(random: Random) -> str:
    """`Okafor syndrome`, `Lind-Perry's ataxia`."""
    return _eponym(random, _ILLNESS)


def sign(random: Random) -> str:
    """`Mercer's sign`."""
    return _eponym(random, _SIGNS)


def tool(random: Random) -> str:
    """`Hale retractor`."""
    return _eponym(random, _TOOLS)


def score(random: Random) -> str:
    """`Albany criteria`, `Nguyen score`, `BRAVO index`: by a place, a person or an acronym."""
    kind = random.random()
    if kind < 0.4:
        name = random.choice(pools.us_cities()[:600])[0]
    elif kind < 0.75:
        name = _surname(random)
    else:
        name = "".join(random.choice(_CAPITALS) for _ in range(random.randint(3, 6)))
    return f"{name} {random.choice(_SCORES)}"


def trial(random: Random) -> str:
    """`VELAMO-3`, `TRXK`."""
    stem = random.choice(
        (_syllables(random, 2, 3).upper(), "".join(random.choice(_CAPITALS) for _ in range(random.randint(3, 7))))
    )
    return stem + random.choice(("", "", f"-{random.randint(1, 9)}", f" {random.randint(1, 4)}", "-HF", " II"))


_WORD_FIRST = _split(
    "Will May Grace Hope Faith Mark Bill Frank Rose Drew Pat Sue Art Gene Dean Hunter Chase Miles Penny Olive Ginger Jack Rusty Sandy Dusty Iris Violet "
    "Pearl Ivory Lily Heather Ruby Amber Daisy Cherry Ward Page Christian Angel Joy April June August Summer Autumn Sky Ray Rich Dick Buck Chuck Grant "
    "Lance Pierce Reed Wade Clay Cliff Dale Forest Glen Heath Jasper Jay Jewel Max Melody Mercy Norm Opal Rex Rob Robin Sonny Star Stone Tad Van Wren"
)
_WORD_LAST = _split(
    "Graves Wilson Bell Addison Barrett Wells Murphy Gleason Duke Jones Cushing Parkinson Crohn Hodgkin Turner Down Fisher Baker Hunter Marsh Still Potter "
    "Apgar Beck Hamilton Norton Braden Morse Romberg Phalen Tinel Colles Smith Bowen Lynch Gardner Paget Reed Sternberg Barthel Katz Berg Romano Ward "
    "Young Long Short Small Little Rich Poor Price Case Page Cook Carter Mason Fields Woods Rivers Banks Bush Rose Stone Steel Winter Summers May March "
    "Day Weeks Knight King Pope Bishop Abbot Church Temple Hall House Street Park Green Black White Brown Gray Gold Silver Best Good Swift Sharp Moody"
)


def word_name(random: Random) -> str:
    """A person's name whose parts are words or eponyms: `Grace Bell`, `Mr. Graves`, `Will`."""
    first, last = random.choice(_WORD_FIRST), random.choice(_WORD_LAST)
    title = random.choice(("Mr.", "Mr", "Mrs.", "Ms.", "Miss"))
    return random.choice(
        (f"{first} {last}", f"{first} {last}", first, f"{title} {last}", f"{last}, {first}", f"{first} {last[0]}.")
    )


MAKERS = {
    "new_drug": drug,
    "new_illness": illness,
    "new_sign": sign,
    "new_tool": tool,
    "new_score": score,
    "new_trial": trial,
}
