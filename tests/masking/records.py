"""FHIR bundles as people paste them, questions about them, and a reader that answers from the text alone.

The truth of each question is worked out from the bundle. The reader knows no bundle: it gets the prompt, masked or not,
and follows what it says, as a model would; two names are one person to it where they are written alike, or where they
are surrogates with one body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from ringfence.masking.surrogates import body_of, is_surrogate

_LEFT_OUT = {"Claim", "ExplanationOfBenefit"}


class Fact(msgspec.Struct, frozen=True):
    """One line of a record. `kind`: encounter, condition, medication, procedure, immunization, observation."""

    kind: str
    day: str
    what: str
    who: str = ""
    where: str = ""
    value: str = ""


class Patient(msgspec.Struct, frozen=True):
    """One patient's record."""

    given: str
    family: str
    born: str
    phone: str
    street: str
    city: str
    state: str
    zip: str
    mrn: str
    facts: tuple[Fact, ...]

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip()

    def of(self, kind: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind == kind]


class Record(msgspec.Struct, frozen=True):
    """A bundle: as JSON, and as a patient; `names` are (text, entity) of what no pattern finds in it."""

    patient: Patient
    pasted: str
    names: tuple[tuple[str, str], ...]


def load(folder: Path) -> list[Record]:
    """Every bundle of the folder."""
    return [_record(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


def _record(bundle: dict[str, Any]) -> Record:
    resources = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] not in _LEFT_OUT]
    patient = read_json(json.dumps({"resources": resources}))
    names = [
        (patient.name, "PERSON"),
        (patient.given, "PERSON"),
        (patient.family, "PERSON"),
        (patient.city, "LOCATION"),
    ]
    for resource in resources:
        if resource["resourceType"] == "Practitioner":
            [name] = resource["name"]
            names += [(_person(name), "PROVIDER_NAME"), (name["given"][0], "PROVIDER_NAME")]
            names += [(name["family"], "PROVIDER_NAME")]
        if resource["resourceType"] == "Organization":
            names.append((resource["name"], "FACILITY"))
        if resource["resourceType"] == "Patient":
            names += [(each["valueString"], "PERSON") for each in resource["extension"] if "Maiden" in each["url"]]
    return Record(patient, json.dumps({"resources": resources}, indent=1), tuple(names))


def _person(name: dict[str, Any]) -> str:
    return " ".join((*name.get("prefix", ()), *name["given"], name["family"]))


def read_json(text: str) -> Patient:
    """Reads a pasted bundle."""
    resources = json.loads(text)["resources"]
    by_id = {f"urn:uuid:{each['id']}": each for each in resources}
    facts = []
    for each in resources:
        coded = each.get("code") or each.get("vaccineCode") or each.get("medicationCodeableConcept") or {}
        what = coded.get("text", "")
        match each["resourceType"]:
            case "Encounter":
                who = _person(by_id[each["participant"][0]["individual"]["reference"]]["name"][0])
                where = by_id[each["serviceProvider"]["reference"]]["name"]
                facts.append(Fact("encounter", each["period"]["start"], each["type"][0]["text"], who, where))
            case "Condition":
                facts.append(Fact("condition", each["onsetDateTime"], what))
            case "MedicationRequest":
                who = _person(by_id[each["requester"]["reference"]]["name"][0])
                facts.append(Fact("medication", each["authoredOn"], what, who))
            case "Procedure":
                facts.append(Fact("procedure", each["performedPeriod"]["start"], what))
            case "Immunization":
                facts.append(Fact("immunization", each["occurrenceDateTime"], what))
            case "Observation" if "valueQuantity" in each:
                quantity = each["valueQuantity"]
                value = f"{quantity['value']} {quantity['unit']}"
                facts.append(Fact("observation", each["effectiveDateTime"], what, value=value))
    [patient] = [each for each in resources if each["resourceType"] == "Patient"]
    address = patient["address"][0]
    [mrn] = [
        each["value"] for each in patient["identifier"] if each.get("type", {}).get("text") == "Medical Record Number"
    ]
    return Patient(
        given=patient["name"][0]["given"][0],
        family=patient["name"][0]["family"],
        born=patient["birthDate"],
        phone=patient["telecom"][0]["value"],
        street=address["line"][0],
        city=address["city"],
        state=address["state"],
        zip=address["postalCode"],
        mrn=mrn,
        facts=tuple(facts),
    )


def as_prose(patient: Patient) -> str:
    """The record as key: value lines."""
    lines = [
        f"Patient: {patient.given} {patient.family}",
        f"Date of birth: {patient.born}",
        f"Phone: {patient.phone}",
        f"Address: {patient.street}; {patient.city}; {patient.state} {patient.zip}",
        f"MRN: {patient.mrn}",
    ]
    for fact in patient.facts:
        by, at = f" | by {fact.who}" if fact.who else "", f" | at {fact.where}" if fact.where else ""
        lines.append(f"{fact.kind} | {fact.day} | {fact.what}{by}{at}{f' | = {fact.value}' if fact.value else ''}")
    return "\n".join(lines)


def read_prose(text: str) -> Patient:
    """Reads it back."""
    head = dict(line.split(": ", 1) for line in text.splitlines() if " | " not in line)
    facts = []
    for line in text.splitlines():
        if " | " in line:
            kind, day, what, *more = line.split(" | ")
            marked = {each.split(" ", 1)[0]: each.split(" ", 1)[1] for each in more}
            facts.append(Fact(kind, day, what, marked.get("by", ""), marked.get("at", ""), marked.get("=", "")))
    given, _, family = head["Patient"].rpartition(" ")
    street, city, rest = head["Address"].split("; ")
    state, _, code = rest.rpartition(" ")
    return Patient(
        given, family, head["Date of birth"], head["Phone"], street, city, state, code, head["MRN"], tuple(facts)
    )


class Question(msgspec.Struct, frozen=True):
    """`text` is asked, `truth` is the answer by code. `needs`: `dates` that can be compared, or `births` that can."""

    text: str
    truth: str
    needs: str = ""


def _sorted(values: Iterator[str] | list[str]) -> str:
    return "; ".join(sorted(set(values))) or "none"


def questions(records: list[Record]) -> Iterator[Question]:
    """Everything that is asked, with its truth from the bundles."""
    patients = [record.patient for record in records]
    for patient in patients:
        yield from _of(patient, patients)
    first, second = patients
    older = first if first.born < second.born else second
    yield Question(f"Who is older, {first.name} or {second.name}?", older.name, "births")
    for condition in sorted({fact.what for each in patients for fact in each.of("condition")}):
        holders = [p.name for p in patients if any(fact.what == condition for fact in p.of("condition"))]
        yield Question(f"Which patients have had {condition}?", _sorted(holders))


def _of(patient: Patient, patients: list[Patient]) -> Iterator[Question]:
    name, encounters = patient.name, patient.of("encounter")
    yield Question(f"What is the phone number of {name}?", patient.phone)
    yield Question(f"When was {name} born?", patient.born)
    yield Question(f"In which city does {name} live?", patient.city)
    yield Question(f"Whose record has the number {patient.mrn}?", name)
    yield Question(f"What is the record number of {name}?", patient.mrn)
    yield Question(f"Which medications was {name} given?", _sorted([f.what for f in patient.of("medication")]))
    for kind in ("encounter", "condition", "medication", "procedure", "immunization", "observation"):
        yield Question(f"How many entries of kind {kind} has {name}?", str(len(patient.of(kind))))
    for condition in sorted({fact.what for each in patients for fact in each.of("condition")}):
        truth = "yes" if any(fact.what == condition for fact in patient.of("condition")) else "no"
        yield Question(f"Has {name} had {condition}?", truth)
    for condition in patient.of("condition"):
        yield Question(f"Since when has {name} had {condition.what}?", condition.day)
    for encounter in encounters:
        yield Question(f"Who saw {name} on {encounter.day}?", encounter.who)
        yield Question(f"Where was {name} seen on {encounter.day}?", encounter.where)
    for medication in patient.of("medication"):
        yield Question(f"Who ordered {medication.what} for {name}?", medication.who)
    for who in sorted({fact.who for fact in encounters}):
        number = sum(fact.who == who for fact in encounters)
        yield Question(f"How many encounters had {name} with Dr. {who.split()[-1]}?", str(number))
    for what in sorted({fact.what for fact in patient.of("observation")}):
        measured = [fact for fact in patient.of("observation") if fact.what == what]
        yield Question(f"How often was {what} measured for {name}?", str(len(measured)))
        yield Question(f"What is the latest {what} of {name}?", max(measured, key=lambda f: f.day).value, "dates")
    days = sorted(fact.day[:10] for fact in encounters)
    between = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days
    yield Question(f"How many days lie between the first and the last encounter of {name}?", str(between), "dates")
    earliest = min(encounters, key=lambda fact: fact.day)
    yield Question(f"Who saw {name} at the earliest encounter?", earliest.who, "dates")


def same(one: str, other: str) -> bool:
    """Whether `one` names the person `other`, as far as the text tells: they are written alike, the last word stands
    after a title, or they are surrogates of one body."""
    mine, others = one.split(), other.split()
    if mine == others or (mine[:1] == ["Dr."] and mine[1:] == others[-1:]):
        return True
    bodies = [{body_of(word) for word in words if is_surrogate(word)} for words in (mine, others)]
    return bool(bodies[0]) and bodies[0] <= bodies[1]


def answer(question: str, patients: list[Patient]) -> str:
    """What the text says: `patients` were read out of it, and the question stands in it too."""
    for pattern, reply in _ANSWERS:
        if match := re.fullmatch(pattern, question):
            return reply(patients, *match.groups())
    raise AssertionError("a question that nobody taught the reader")


def _named(patients: list[Patient], name: str) -> Patient:
    [found] = [patient for patient in patients if same(name, patient.name)]
    return found


def _born(patient: Patient) -> str:
    return patient.born  # a date, or a year


def _latest(patients: list[Patient], what: str, name: str) -> str:
    measured = [fact for fact in _named(patients, name).of("observation") if fact.what == what]
    return max(measured, key=lambda fact: fact.day).value


def _between(patients: list[Patient], name: str) -> str:
    days = sorted(date.fromisoformat(fact.day[:10]) for fact in _named(patients, name).of("encounter"))
    return str((days[-1] - days[0]).days)


_ANSWERS: list[tuple[str, Callable[..., str]]] = [
    (r"What is the phone number of (.+)\?", lambda p, n: _named(p, n).phone),
    (r"When was (.+) born\?", lambda p, n: _named(p, n).born),
    (r"In which city does (.+) live\?", lambda p, n: _named(p, n).city),
    (r"Whose record has the number (.+)\?", lambda p, n: next(each.name for each in p if each.mrn == n)),
    (r"What is the record number of (.+)\?", lambda p, n: _named(p, n).mrn),
    (r"Which medications was (.+) given\?", lambda p, n: _sorted([f.what for f in _named(p, n).of("medication")])),
    (r"How many entries of kind (\w+) has (.+)\?", lambda p, k, n: str(len(_named(p, n).of(k)))),
    (r"Has (.+) had (.+)\?", lambda p, n, c: "yes" if any(f.what == c for f in _named(p, n).of("condition")) else "no"),
    (
        r"Since when has (.+) had (.+)\?",
        lambda p, n, c: next(f.day for f in _named(p, n).of("condition") if f.what == c),
    ),
    (r"Who saw (.+) on (.+)\?", lambda p, n, d: next(f.who for f in _named(p, n).of("encounter") if f.day == d)),
    (
        r"Where was (.+) seen on (.+)\?",
        lambda p, n, d: next(f.where for f in _named(p, n).of("encounter") if f.day == d),
    ),
    (r"Who ordered (.+) for (.+)\?", lambda p, m, n: next(f.who for f in _named(p, n).of("medication") if f.what == m)),
    (
        r"How many encounters had (.+) with (.+)\?",
        lambda p, n, w: str(sum(same(w, f.who) for f in _named(p, n).of("encounter"))),
    ),
    (
        r"How often was (.+) measured for (.+)\?",
        lambda p, w, n: str(sum(f.what == w for f in _named(p, n).of("observation"))),
    ),
    (r"What is the latest (.+) of (.+)\?", _latest),
    (r"How many days lie between the first and the last encounter of (.+)\?", _between),
    (
        r"Who saw (.+) at the earliest encounter\?",
        lambda p, n: min(_named(p, n).of("encounter"), key=lambda f: f.day).who,
    ),
    (r"Who is older, (.+) or (.+)\?", lambda p, a, b: min((_named(p, a), _named(p, b)), key=_born).name),
    (
        r"Which patients have had (.+)\?",
        lambda p, c: _sorted([each.name for each in p if any(f.what == c for f in each.of("condition"))]),
    ),
]
