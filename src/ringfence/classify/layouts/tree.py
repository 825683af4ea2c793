"""JSON within a text, FHIR above all: what a member is, by where it stands. https://hl7.org/fhir/R4/datatypes.html"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ringfence.classify.layouts.field import Field
from ringfence.classify.layouts.meaning import entity_of
from ringfence.classify.wordlists import words

MARK = re.compile(r'"(?:resourceType|family|given|value|number|line|first|last|middle|full|birthDate|display)"\s*:')
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}\[\],:])|(-?\d[\d.eE+-]*|true|false|null)')
_DEEPEST = 64

# What an identifier is, by its system and type (http://terminology.hl7.org/CodeSystem/v2-0203 and common URLs).
_IDENTIFIERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), entity)
    for pattern, entity in (
        (r"us-ssn|social sec|\bssn?\b|2\.16\.840\.1\.113883\.4\.1\b", "US_SSN"),
        (r"us-npi|\bnpi\b|2\.16\.840\.1\.113883\.4\.6\b", "US_NPI"),
        (r"us-mbi|medicare|\bmc\b|\bmbi\b", "US_MBI"),
        (r"medical.?record|\bmrn?\b|\bmrt\b|\bpi\b|patient.?id|hospital", "MEDICAL_RECORD_NUMBER"),
        (r"driver|\bdl\b|4\.3\.25", "DRIVER_LICENSE"),
        (r"passport|\bppn\b", "PASSPORT"),
        (r"\bmb\b|\bsn\b|member|subscriber|insur|coverage|health.?plan", "HEALTH_PLAN_ID"),
        (r"account|\ban\b|\banbr\b", "ACCOUNT_NUMBER"),
        (r"\bdea\b", "US_DEA"),
        (r"licen[cs]e|\bmd\b|\bnp\b|\brn\b|certificate", "LICENSE_NUMBER"),
        (r"\btax\b|\ben\b|\bein\b|4\.4\b", "US_EIN"),
        (r"serial|udi|device|\bsno\b", "DEVICE_ID"),
    )
)
_PERSONS = frozenset(("Patient", "RelatedPerson", "Person"))
_PROVIDERS = frozenset(("Practitioner", "PractitionerRole"))
_OTHERS = {"Organization": "ORGANIZATION", "Location": "FACILITY", "HealthcareService": "FACILITY"}
_NAMED_BY_PEOPLE = frozenset(
    (*_PERSONS, *_PROVIDERS, "Encounter", "Claim", "Coverage", "Account", "ServiceRequest", "Specimen", "Device")
)
_GIVEN = words(
    """
    family given first last middle maiden full text suffix surname firstname lastname
    """
)
_PROVIDER_MEMBERS = words(
    """
    practitioner provider physician doctor performer requester prescriber attender attending surgeon author
    recorder asserter generalpractitioner individual participant
    """
)
_LINES = words("line line1 line2 street streetline addressline")
_PLACES = words("city district county")
_TELECOM = {"phone": "phone", "fax": "fax", "sms": "phone", "pager": "phone"}
_LABELS = dict.fromkeys(("postalcode", "zip", "postcode"), "zip code") | {"birthdate": "DOB"}
_DISPLAYED = {"subject": "PERSON", "patient": "PERSON"} | dict.fromkeys(
    ("individual", "performer", "requester"), "PROVIDER_NAME"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VALUES = words("value number id text raw")


class _Node(msgspec.Struct):
    """One object: the keys that lead to it, its parent's place in the list (-1), where its text is, its strings and
    numbers by key."""

    keys: tuple[str, ...]
    parent: int
    start: int
    end: int
    values: dict[str, list[tuple[int, int]]]


def fields(text: str) -> Iterator[Field]:
    """The members that say who a document is about."""
    nodes = _nodes(text)
    kinds: list[str] = []
    for node in nodes:
        own = _word(text, node, "resourceType")
        kinds.append(own or (kinds[node.parent] if node.parent >= 0 else ""))
    for node, kind in zip(nodes, kinds, strict=True):
        yield from _read(text, node, kind)


class _Reader:
    """Reads one document mark by mark; tolerant, since a text may hold pieces of JSON."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self._open: list[int] = []  # places of open objects in `nodes`; -1 for an array
        self._keys: list[str] = []
        self._key = ""
        self._last: tuple[int, int] | None = None

    def scalar(self, start: int, end: int) -> None:
        self._last = start, end
        if (place := self._within()) >= 0:
            self.nodes[place].values.setdefault(self._key, []).append(self._last)

    def colon(self, text: str) -> None:
        """What was read last is the name of a member, not a value."""
        if self._last is not None and self._open and self._open[-1] >= 0:
            held = self.nodes[self._open[-1]].values.get(self._key, [])
            if held and held[-1] == self._last:
                held.pop()
            self._key = text[slice(*self._last)]

    def opens(self, mark: str, at: int, size: int) -> bool:
        """False where nothing is nested that deeply in earnest."""
        if len(self._open) >= _DEEPEST:
            return False
        place = -1
        if mark == "{":
            keys = (*self._keys, self._key) if self._key else tuple(self._keys)
            self.nodes.append(_Node(keys, self._within(), at, size, {}))
            place = len(self.nodes) - 1
        self._open.append(place)
        self._keys.append(self._key)
        if mark == "{":
            self._key = ""
        return True

    def closes(self, end: int) -> None:
        if self._open:
            place = self._open.pop()
            if place >= 0:
                self.nodes[place].end = end
            self._key = self._keys.pop()

    def _within(self) -> int:
        return next((place for place in reversed(self._open) if place >= 0), -1)


def _nodes(text: str) -> list[_Node]:
    reader = _Reader()
    for token in _TOKEN.finditer(text, max(0, text.find("{"))):
        mark = token.group(2)
        if mark is None:
            reader.scalar(*(token.span(1) if token.group(1) is not None else token.span(3)))
        elif mark == ":":
            reader.colon(text)
        elif mark in "{[":
            if not reader.opens(mark, token.start(), len(text)):
                break
        elif mark in "}]":
            reader.closes(token.end())
    return reader.nodes


def _word(text: str, node: _Node, key: str) -> str:
    spans = node.values.get(key)
    return text[slice(*spans[0])] if spans else ""


def _read(text: str, node: _Node, kind: str) -> Iterator[Field]:
    last = next((key for key in reversed(node.keys) if key), "").lower()
    names = {key.lower() for key in node.keys if key}
    provider = kind in _PROVIDERS or bool(names & _PROVIDER_MEMBERS)
    for key, spans in node.values.items():
        lower = key.lower()
        for span in spans:
            if span[1] > span[0]:
                yield from _member(text, node, kind, (last, lower), provider, span)


def _member(
    text: str, node: _Node, kind: str, keys: tuple[str, str], provider: bool, span: tuple[int, int]
) -> Iterator[Field]:
    last, key = keys
    entity = _named(text, node, kind, keys, provider) or _placed(text, node, kind, keys)
    label = ""
    if not entity and last == "telecom" and key == "value":
        label = _TELECOM.get(_word(text, node, "system"), "")
    elif not entity:
        label = _LABELS.get(key, "")
        if not label and key in _VALUES and last:
            label = " ".join(_WORDS.findall(next(part for part in reversed(node.keys) if part)))
    if entity or label:
        yield Field((span,), label, entity)


def _named(text: str, node: _Node, kind: str, keys: tuple[str, str], provider: bool) -> str:
    """The entity of a member that holds a name."""
    last, key = keys
    if "name" in last and last not in ("filename", "hostname") and key in _GIVEN and kind not in _OTHERS:
        return "PROVIDER_NAME" if provider else "PERSON"
    if key == "name":
        named = entity_of(f"{last} name") if last else ""
        return _OTHERS.get(kind, "") or (named if named in ("PERSON", "PROVIDER_NAME") else "")
    if key == "display":
        if referred := _word(text, node, "reference"):
            return _referred(referred)
        return _DISPLAYED.get(last, "")
    return "PERSON" if key == "valuestring" and "name" in _word(text, node, "url").lower() else ""


def _placed(text: str, node: _Node, kind: str, keys: tuple[str, str]) -> str:
    """The entity of a member that its place alone explains: addresses, identifiers, photographs."""
    last, key = keys
    if "address" in last:
        return "STREET_ADDRESS" if key in _LINES else "LOCATION" if key in _PLACES else ""
    if last == "identifier" and key == "value":
        return _identifier(text, node, kind)
    if key == "url" and last == "photo":
        return "PHOTO"
    return "UNIQUE_ID" if key == "id" and kind in _PERSONS and "resourceType" in node.values else ""


def _referred(reference: str) -> str:
    kind = reference.split("/")[-2] if "/" in reference else reference.partition("?")[0]
    if kind in _PERSONS:
        return "PERSON"
    return "PROVIDER_NAME" if kind in _PROVIDERS else _OTHERS.get(kind, "")


def _identifier(text: str, node: _Node, kind: str) -> str:
    value = node.values["value"][0]
    said = text[node.start : value[0]] + text[value[1] : node.end]
    for pattern, entity in _IDENTIFIERS:
        if pattern.search(said):
            return entity
    if kind in _PROVIDERS:
        return "LICENSE_NUMBER"
    return "UNIQUE_ID" if kind in _NAMED_BY_PEOPLE else ""
