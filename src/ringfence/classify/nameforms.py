"""How names are written. RE2 patterns without capturing groups, and the words that are no names."""

from __future__ import annotations

from ringfence.classify.wordlists import words

_CAPITAL = r"(?:[A-ZÀ-ÞĀ-ž][A-Za-zÀ-ɏ]*(?:['’-][A-ZÀ-ÞĀ-ž]?[A-Za-zÀ-ɏ]+)*)"
_INITIAL = r"(?:[A-ZÀ-ÞĀ-ž]\.(?:-?[A-ZÀ-ÞĀ-ž]\.)*)"
_PARTICLE = (
    r"(?:(?i:de la|de los|de las|van der|van den|von der|de|del|della|di|da|dos|das|van|von|el|al|bin|ben|ibn|la|le|"
    r"st\.?|ter)[ -])"
)
WORD = rf"(?:{_PARTICLE}?(?:{_INITIAL}|{_CAPITAL}))"
CAPITALISED = rf"{WORD}(?:[ ]{WORD}){{0,3}}"
"""One to four capitalised words and initials, with the particles between them."""
SUFFIX = r"(?:,? (?:Jr|Sr|II|III|IV)\b\.?)?"
NOT_NAMES = words(
    """
    a an and any as at by for from he her his i if in into is it its me my no nor not of on or our she so than that the
    their them then there these they this those to us was we were what when which who will with you your
    none null nil unknown unspecified withheld redacted tbd tba n/a na pending required optional missing empty blank
    string str text varchar char int integer float bool boolean true false object array list dict any number date
    yes confirmed declined refused same see per self please enter provide invalid valid changed test default example
    """
)
"""Words, in lower case, with which no name in a form begins."""

EPONYMS = words(
    """
    bean big birdie brainwash brightside burns butterworth chair chairman chairperson chairwoman clean coffee
    commissioner
    congeniality darcy deadline deeds doubtfire dolittle doctor dre drake fantastic fix fields fixit fox freeze frost
    goldenfold goodbar grinch hyde ibuprofen incredible jekyll judge justice kong livesey madam magoo manhattan
    marshal martens marvel mayor men met minister monopoly mom moneybags mxyzptlk muffet nice no norrell oetker
    officer peanut peanutbutter pepper perfect phil potato president prime principal punch ripley ripper robot
    rochester rogers samsonite satan scholl scrooge secretary senator seuss sherlock simpson sir smith's
    snuffles sparkle
    speaker spock strange strangelove sulu suess t temple toad tumble universe usa vice watson who wonderful
    world america
    xavier zaius zhivago teen right wrong wolf pink quixote juan draper bond evil house octopus doom
    """
)
"""Words that follow a title in the names of characters, brands, offices and works; they name no patient."""

OPENERS = words(
    """
    yes yeah no nope hi hello hey good morning afternoon evening okay ok thank thanks well sure right alright so
    how what when
    where why who which do does did are is was can could would should will have has had i i'm i've it it's
    that's you your my
    we they he she but and oh um uh please sorry great fine perfect let let's tell actually maybe not
    never always just very really
    """
)
"""Words with which people begin to speak: `Patient: Good morning` names nobody."""
