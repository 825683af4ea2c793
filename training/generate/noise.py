"""Text as people and machines spoil it: case, typing errors, OCR, spacing, encodings. Gold spans move along."""

from __future__ import annotations

import random
from collections.abc import Callable

from ringfence.masking.surrogates import draw
from training.generate.markup import Doc

_NEAR = {
    "a": "sqz",
    "b": "vgn",
    "c": "xvd",
    "d": "sfe",
    "e": "wrd",
    "f": "dgr",
    "g": "fht",
    "h": "gjy",
    "i": "uok",
    "j": "hkn",
    "k": "jlm",
    "l": "kop",
    "m": "njk",
    "n": "bmh",
    "o": "ipl",
    "p": "ol",
    "q": "wa",
    "r": "etf",
    "s": "adw",
    "t": "ryg",
    "u": "yij",
    "v": "cbf",
    "w": "qes",
    "x": "zcs",
    "y": "tuh",
    "z": "xas",
}
_OCR = {
    "o": "0",
    "O": "0",
    "0": "O",
    "l": "1",
    "I": "l",
    "1": "l",
    "i": "l",
    "S": "5",
    "5": "S",
    "B": "8",
    "8": "B",
    "m": "rn",
    "rn": "m",
    "cl": "d",
    "d": "cl",
    "e": "c",
    "c": "e",
    "h": "b",
    "n": "ri",
    "w": "vv",
    "g": "q",
    "Z": "2",
    "2": "Z",
    "a": "o",
    ".": ",",
    ",": ".",
    "t": "f",
    "G": "6",
    "6": "G",
    "q": "g",
}


def rewritten(doc: Doc, pieces: list[str]) -> Doc:
    """`pieces`: what stands for each code point of the text. Spans that become empty or blank-edged shrink or go."""
    places = [0]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    text = "".join(pieces)
    spans = []
    for start, end, label in doc.spans:
        first, last = places[start], places[end]
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            spans.append((first, last, label))
    return Doc(text, tuple(spans))


def lower(_rng: random.Random, doc: Doc) -> Doc:
    return rewritten(doc, [letter.lower() for letter in doc.text])


def upper(_rng: random.Random, doc: Doc) -> Doc:
    return rewritten(doc, [letter.upper() for letter in doc.text])


def lower_names(_rng: random.Random, doc: Doc) -> Doc:
    """Only what is labelled in lower case: a name typed in haste within a tidy sentence."""
    pieces = list(doc.text)
    for start, end, _ in doc.spans:
        pieces[start:end] = [letter.lower() for letter in pieces[start:end]]
    return rewritten(doc, pieces)


def title(_rng: random.Random, doc: Doc) -> Doc:
    """Every Word In Upper Case, As In A Heading."""
    previous = " "
    pieces = []
    for letter in doc.text:
        pieces.append(letter.upper() if not previous.isalnum() and previous not in "'’" else letter)
        previous = letter
    return rewritten(doc, pieces)


def typos(rng: random.Random, doc: Doc) -> Doc:
    """A slip in one word of fifteen."""
    pieces = list(doc.text)
    for place, letter in enumerate(doc.text):
        if not letter.isalpha() or rng.random() > 0.014:
            continue
        kind = rng.random()
        near = rng.choice(_NEAR.get(letter.lower(), letter))
        if kind < 0.3:
            pieces[place] = near if letter.islower() else near.upper()
        elif kind < 0.55:
            pieces[place] = ""
        elif kind < 0.75:
            pieces[place] = letter + letter
        elif place + 1 < len(pieces) and doc.text[place + 1].isalpha():
            pieces[place], pieces[place + 1] = doc.text[place + 1], letter
    return rewritten(doc, pieces)


def ocr(rng: random.Random, doc: Doc) -> Doc:
    rate = rng.choice((0.01, 0.02, 0.04))
    pieces = list(doc.text)
    for place, letter in enumerate(doc.text):
        if rng.random() < rate:
            pair = doc.text[place : place + 2]
            if len(pair) == 2 and pair in _OCR and rng.random() < 0.5:
                pieces[place], pieces[place + 1] = _OCR[pair], ""
            elif letter in _OCR:
                pieces[place] = _OCR[letter]
            elif letter == " " and rng.random() < 0.4:
                pieces[place] = ""
        elif letter == " " and rng.random() < rate / 3:
            pieces[place] = rng.choice(("  ", "\n", " . "))
    return rewritten(doc, pieces)


def misread(letter: str) -> str:
    """What a scanner may take one character for; itself where nothing looks like it."""
    return _OCR.get(letter, letter)


def spacing(rng: random.Random, doc: Doc) -> Doc:
    """Line wraps, double blanks, tabs, blanks missing after commas."""
    kind = rng.random()
    pieces = list(doc.text)
    width = rng.randrange(30, 90)
    column = 0
    for place, letter in enumerate(doc.text):
        column = 0 if letter == "\n" else column + 1
        if letter != " ":
            continue
        if kind < 0.4 and column > width:
            pieces[place], column = "\n", 0
        elif kind >= 0.4 and rng.random() < 0.12:
            pieces[place] = rng.choice(("  ", "   ", "\t", "\u00a0"))
        elif kind >= 0.8 and place and doc.text[place - 1] in ",;:" and rng.random() < 0.5:
            pieces[place] = ""
    return rewritten(doc, pieces)


def quotes(_rng: random.Random, doc: Doc) -> Doc:
    table = {"'": "’", '"': "”", "-": "–"}
    return rewritten(doc, [table.get(letter, letter) for letter in doc.text])


def no_marks(rng: random.Random, doc: Doc) -> Doc:
    """Dictation and chat: hardly any commas and stops."""
    return rewritten(
        doc,
        [
            "" if letter in ",;.?!" and rng.random() < 0.85 and not _in_number(doc.text, place) else letter
            for place, letter in enumerate(doc.text)
        ],
    )


def escaped(_rng: random.Random, doc: Doc) -> Doc:
    """As within a JSON string."""
    table = {"\n": "\\n", '"': '\\"', "\t": "\\t"}
    return rewritten(doc, [table.get(letter, letter) for letter in doc.text])


# What stands for each label in a text that Ringfence masked before: no identifier any more.
_STAND_INS = {
    "PERSON": ("PERSON",),
    "PROVIDER": ("PROVIDER_NAME",),
    "PLACE": ("LOCATION",),
    "FACILITY": ("FACILITY",),
    "ORG": ("ORGANIZATION",),
    "ADDRESS": ("STREET_ADDRESS", "ZIP_CODE"),
    "DATE": ("DATE", "BIRTH_DATE"),
    "AGE": ("AGE_OVER_89",),
    "COUNTRY": ("LOCATION",),
    "ID": ("MEDICAL_RECORD_NUMBER", "UNIQUE_ID", "ACCOUNT_NUMBER", "HEALTH_PLAN_ID", "US_SSN"),
    "CONTACT": ("PHONE_NUMBER", "EMAIL_ADDRESS", "PERSONAL_URL"),
}


def masked(rng: random.Random, doc: Doc) -> Doc:
    """What masking leaves of most of the spans; the reply's text and the next turn's look like this."""
    pieces, spans = list(doc.text), []
    every = rng.random() < 0.7
    for start, end, label in doc.spans:
        if label not in _STAND_INS or (not every and rng.random() < 0.4):
            spans.append((start, end, label))
            continue
        entity = rng.choice(_STAND_INS[label])
        kind = rng.random()
        stand_in = (
            draw(entity, rng.randbytes)
            if kind < 0.85
            else f"[{entity.replace('_', ' ')} REMOVED]"
            if kind < 0.95
            else "********"
        )
        pieces[start:end] = [stand_in, *[""] * (end - start - 1)]
    return rewritten(Doc(doc.text, tuple(spans)), pieces)


def cut(rng: random.Random, doc: Doc) -> Doc:
    """A piece of the text, cut anywhere but within a span: what a chunk of a stream or a log line holds."""
    first = rng.randrange(max(1, len(doc.text) // 2))
    last = rng.randrange(first + 1, len(doc.text) + 1) if first < len(doc.text) else len(doc.text)
    for start, end, _ in doc.spans:
        first = start if start < first < end else first
        last = end if start < last < end else last
    pieces = [letter if first <= place < last else "" for place, letter in enumerate(doc.text)]
    return rewritten(doc, pieces)


def _in_number(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum()


_WAYS: tuple[tuple[float, Callable[[random.Random, Doc], Doc]], ...] = (
    (0.13, lower),
    (0.06, upper),
    (0.05, lower_names),
    (0.02, title),
    (0.06, typos),
    (0.06, ocr),
    (0.05, spacing),
    (0.03, quotes),
    (0.03, no_marks),
    (0.015, escaped),
)


def spoil(rng: random.Random, doc: Doc) -> Doc:
    """Half of the documents stay as they are; the others are spoilt in one way or several."""
    kind = rng.random()
    if kind < 0.04:
        return masked(rng, doc)
    if kind < 0.09 and doc.text:
        return cut(rng, doc)
    if kind < 0.5:
        return doc
    for chance, way in _WAYS:
        if rng.random() < chance * 2:
            doc = way(rng, doc)
    return doc
