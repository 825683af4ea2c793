"""Street addresses and postal codes of the UK, Canada, Australia, Germany, France, Spain and their neighbours."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import CONFIRMED, LIKELY, Detector, Hit, marked
from ringfence.classify.matching import alone, compiled, find, label, matches

_P = r"(?:[A-ZÀ-ÞĀ-ž][A-Za-zÀ-ɏ'’.-]*)"
_NO = r"\d{1,4}(?: ?[a-zA-Z]\b)?(?: ?[-/] ?\d{1,4}[a-zA-Z]?)?"
_C = r"(?:[A-ZÀ-ÞĀ-ž][A-Za-zÀ-ɏ'’-]+)"
_CITY = rf"{_C}(?:[ -](?:(?:am|an der|im|sur|de|la|del) )?{_C}){{0,3}}"
# Royal Mail PAF; Canada Post addressing guidelines; Australia Post AS 4590.
_UK = (
    r"(?:GIR 0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})"
)
_CANADA = r"(?:[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d)"
_AUSTRALIA = r"(?:(?:NSW|VIC|QLD|TAS|ACT|Queensland|Victoria|Tasmania|New South Wales|WA|SA|NT),? +\d{4})"
_PROVINCE = r"(?:ON|QC|BC|AB|MB|SK|NS|NB|NL|PE|YT|NT|NU|Ontario|Quebec|Québec|Alberta|Manitoba|British Columbia)"
_STREET = (
    r"(?i:street|st|road|rd|lane|ln|avenue|ave|drive|dr|close|gardens|gdns|grove|mews|terrace|crescent|cres|court|ct|"
    r"place|pl|square|sq|"
    r"hill|park|row|walk|way|green|rise|vale|view|parade|pde|esplanade|highway|hwy|circuit|cct|boulevard|blvd|wharf|"
    r"quay|yard|gate)"
)
_ENGLISH = (
    rf"(?:(?:Flat|Unit|Apt|Apartment|Suite|Level) [A-Za-z0-9]{{1,5}},? ?(?:/ ?)?)?\b{_NO},? (?:{_P} ){{1,"
    rf"3}}{_STREET}\b\.?"
    rf"(?:,? (?:Apt|Suite|Unit|Flat|#)\.? ?[A-Za-z0-9]{{1,5}})?(?:,?[ \n]+{_CITY}){{0,2}},?[ \n]+(?:{_PROVINCE},? "
    rf"+{_CANADA}|{_CANADA}|{_UK}|{_AUSTRALIA})\b"
)
_ROAD = (
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|steig|chaussee|promenade|straat|laan|plein|gracht|"
    r"Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer)"
)
_RUE = r"(?i:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|route|quai|cours|square|passage|faubourg)"
_CALLE = (
    "calle|avenida|avda\\.?|plaza|paseo|camino|carretera|ctra\\.?|ronda|travesía|callejón|calzada|boulevard|viale|"
    "piazza|"
    "corso|rua|travessa"
)
_DE_CITY = rf"(?:,?[ \n]+(?:(?:D|A|CH|DE|AT)-)?\d{{4,5}} {_CITY})?"
_GERMAN = (
    rf"\b(?:[A-ZÀ-ÞĀ-ž][A-Za-zÀ-ɏ-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|steig|chaussee|"
    rf"promenade|"
    rf"straat|laan|plein|gracht)|"
    rf"(?:{_P}[ -]){{1,3}}(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer))(?-i) \d{{1,4}} "
    rf"?[a-zA-Z]?\b{_DE_CITY}"
)
_FR_CITY = rf"(?:,?[ \n]+(?:F-)?\d{{5}} {_CITY})?"
_FRENCH = (
    rf"\b\d{{1,4}}(?: ?(?:bis|ter|quater))?,? (?i:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|route|quai|"
    rf"cours|square|passage|faubourg)"
    rf" (?:(?:de|du|des|la|le|les|l'|d'|de l'|à) ?){{0,3}}{_P}(?:[ -](?:{_P}|de|du|des|la|le|et)){{0,4}}{_FR_CITY}"
)
_FLOOR = (
    r"(?:,? (?:\d{1,2}[ºª°o]?\.? ?[A-Za-z]?\b|(?i:piso|planta|puerta|esc\.?|escalera|bajo|ático|int\.?|interior|"
    r"depto\.?|apto\.?|local) ?[A-Za-z0-9º]{0,4}\b)){0,3}"
)
_ES_CITY = rf"(?:,?[ \n]+(?:(?:C\.?P\.? ?)?\d{{5}},? {_CITY}|{_CITY},? (?:C\.?P\.? ?)?\d{{5}}))?"
_SPANISH = (
    rf"\b(?:(?i:calle|avenida|avda\.?|plaza|paseo|camino|carretera|ctra\.?|ronda|travesía|callejón|calzada|boulevard|"
    rf"viale|piazza|corso|rua|travessa)|Via|C/|Av\.|Pza\.|Pº)"
    rf" ?(?:(?:de|del|la|las|los|el|da|do|dos) ){{0,3}}{_P}(?: (?:{_P}|de|del|la|las|los|y)){{0,4}},? "
    rf"(?:(?i:n[º°o.]{{0,2}}|núm\.?|número|no\.|#) ?)?\d{{1,4}} ?[A-Za-z]?\b{_FLOOR}{_ES_CITY}"
)
_WRITTEN = tuple(map(compiled, (_ENGLISH, _GERMAN, _FRENCH, _SPANISH)))
_LABEL = label(
    "domicilio, dirección, direccion, anschrift, adresse, wohnhaft in, home address, address, vive en, residence, "
    "residential address, mailing address"
)
_FIELD = rf"{_LABEL}\"?: ?\"?((?:[A-ZÀ-ÞĀ-ž]|\d)[A-Za-zÀ-ɏ0-9 ,.'’#º°ª/&-]{{4,96}})"
_LABELLED = compiled(_FIELD)
_NO_PLACE = compiled(r"//|\d\.\d+\.|:\d|: |\. [a-z]|(?:[A-Fa-f\d]{2}:){2}")
_CODE = compiled(
    rf"(?:,|\n|[a-z]) ?\b({_CANADA})\b|\b(?i:postcode|post code|postal code|{_PROVINCE},?)[\s:]{{1,3}}({_UK}|"
    rf"{_CANADA})\b|[a-z],? ({_UK})\b"
)


def extract(text: str) -> Iterator[Hit]:
    found = [span for pattern in _WRITTEN for span in find(pattern, text) if alone(text, *span, "")]
    for start, end in find(_LABELLED, text, 1):
        value = text[start:end].rstrip(" .,")
        words = [word for word in value.split() if len(word) > 2 and word.isalpha()]
        if words and any(map(str.isdigit, value)) and not _NO_PLACE.search(value):
            found.append((start, start + len(value)))
    for start, end in found:
        yield Hit(start, end, "STREET_ADDRESS", LIKELY)
    for one, two, three in matches(_CODE, text, 1, 2, 3):
        start, end = max(one, two, three)
        if alone(text, start, end) and not any(first <= start and end <= last for first, last in found):
            yield Hit(start, end, "ZIP_CODE", CONFIRMED if two[0] >= 0 else LIKELY)


DETECTOR = Detector(
    name="foreign_address",
    version=1,
    entities=("STREET_ADDRESS", "ZIP_CODE"),
    says="Streets with a house number as Germany, France, Spain, Latin America and the Netherlands write them; English "
    "ones with a postcode of the UK, Canada or Australia; and such postcodes behind a place or a label.",
    source="https://www.upu.int/en/Postal-Solutions/Programmes-Services/Addressing-Solutions (formats by country)",
    prefilters=(
        r"[A-Z]\d[A-Z\d]{0,2} ?\d[A-Z]{2}\b|[A-Z]\d[A-Z] ?\d[A-Z]\d",
        r"(?:NSW|VIC|QLD|TAS|ACT|Queensland|Victoria|Tasmania|Wales|WA|SA|NT),? +\d{4}",
        rf"{_ROAD}\.? \d",
        rf"\d(?: ?(?:bis|ter|quater))?,? {_RUE} [A-Za-zÀ-ɏdl]",
        rf"(?:(?i:{_CALLE})|Via|C/|Av\.|Pza\.|Pº) ?[A-Za-zÀ-ɏ]",
        _FIELD,
    ),
    extract=extract,
    examples=(
        marked("lives at «14 Marsh Lane, Leeds LS6 2AB» since May", "STREET_ADDRESS"),
        marked("«220 Birch Hollow Road, Toronto, ON M5V 2T6», Canada", "STREET_ADDRESS"),
        marked("«7/12 Lantern Street, Newtown NSW 2042»", "STREET_ADDRESS"),
        marked("wohnt «Lindenstraße 12a, 10969 Berlin»", "STREET_ADDRESS"),
        marked("au «12 bis rue de la Gare, 69003 Lyon»", "STREET_ADDRESS"),
        marked("«Calle de Alcalá 45, 3º B, 28014 Madrid» y «Av. Insurgentes 1602»", "STREET_ADDRESS", "STREET_ADDRESS"),
        marked("Domicilio: «Reforma 222, Col. Juárez, Puebla»", "STREET_ADDRESS"),
        marked("postcode: «SW1A 1AA», near Leeds «LS6 2AB»", "ZIP_CODE", "ZIP_CODE"),
    ),
    counterexamples=(
        "the Ring 5 protocol",
        "part B12 3CD is out of stock",
        "rue the day",
        "12 rue d'attente",
        "via HTTP 2",
        "en la calle hay 4 coches",
        "address: 192.168.1.7 and Address: None",
    ),
)
