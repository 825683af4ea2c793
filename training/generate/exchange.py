"""Messages between systems: HL7 v2, FHIR, other JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from training.generate.compose import Own, compose, literal, pick, translate
from training.generate.fields import draw_fields, plain_fields, story
from training.generate.markup import Doc, join
from training.generate.negatives import LISTS, numbers
from training.generate.world import World

Tree: TypeAlias = "Mapping[str, Tree] | Sequence[Tree] | str | int | float | bool | None"

_JSON = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


FHIR: tuple[dict[str, Tree], ...] = (
    {
        "resourceType": "Patient",
        "id": "{n.uuid}",
        "identifier": [
            {"system": "urn:oid:2.16.840.1.113883.4.1", "value": "{ssn}"},
            {"type": {"text": "MRN"}, "value": "{mrn}"},
        ],
        "active": True,
        "name": [{"use": "official", "family": "{patient.last}", "given": ["{patient.first}"]}],
        "gender": "[male|female]",
        "birthDate": "{dob}",
        "telecom": [{"system": "phone", "value": "{phone}", "use": "home"}, {"system": "email", "value": "{email}"}],
        "address": [
            {"line": ["{street}"], "city": "{city}", "state": "{state_abbr}", "postalCode": "{zip}", "country": "US"}
        ],
        "contact": [
            {
                "relationship": [{"text": "spouse"}],
                "name": {"text": "{relative.full}"},
                "telecom": [{"value": "{phone.2}"}],
            }
        ],
        "maritalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "M"}]
        },
        "generalPractitioner": [{"display": "{provider}"}],
        "managingOrganization": {"display": "{facility}"},
    },
    {
        "resourceType": "Practitioner",
        "id": "{n.uuid}",
        "name": [{"family": "{provider.last}", "text": "{provider}", "prefix": ["Dr."]}],
        "telecom": [{"system": "phone", "value": "{phone.3}"}],
        "qualification": [{"code": {"text": "MD"}}],
    },
    {
        "resourceType": "Encounter",
        "id": "{n.uuid}",
        "status": "[finished|in-progress|planned]",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/{n.uuid}", "display": "{patient.full}"},
        "participant": [{"individual": {"display": "{provider}"}}],
        "period": {"start": "{datetime}", "end": "{datetime}"},
        "serviceProvider": {"display": "{facility}"},
        "reasonCode": [{"text": "[Annual physical|Chest pain|Follow-up|Sore throat]"}],
    },
    {
        "resourceType": "Observation",
        "status": "final",
        "code": {
            "coding": [
                {"system": "http://loinc.org", "code": "{n.loinc}", "display": "[Glucose|Body weight|Hemoglobin A1c]"}
            ]
        },
        "subject": {"display": "{patient.full}"},
        "effectiveDateTime": "{date.iso}",
        "valueQuantity": {"value": "={n.float}", "unit": "[mg/dL|kg|%]"},
    },
    {
        "resourceType": "MedicationRequest",
        "status": "active",
        "medicationCodeableConcept": {"text": "{drug} {n.dose} mg"},
        "authoredOn": "{date.iso}",
        "requester": {"display": "{provider}"},
        "note": [{"text": "[Take with food|Discussed with {relative}|Refill at {pharmacy}]"}],
    },
)


# HL7 2.5.1, chapters 3 (ADT) and 7 (observations). `|` parts fields here, so that nothing in brackets may be a choice.
HEAD = "MSH|^~\\&|{sender}|{facility}|LAB|{facility.2}|{date.hl7}||ADT^A0{n.digit}|{n.int}|P|2.5"
SEGMENTS = (
    "EVN|A0{n.digit}|{date.hl7}|||{provider.last}^{h.first}",
    "PID|1||{mrn}^^^{facility}^MR||{patient.last}^{patient.first}{middle}||{h.birth}|{sex}||2106-3|{street}^^{city}^{state_abbr}^{zip}^USA||{phone}|{phone.2}||M||{account}|{ssn}",
    "PID|||{mrn}||{patient.last}^{patient.first}{middle}||{h.birth}|{sex}|||{street}^^{city}^{state_abbr}^{zip}",
    "PID|1|{mrn}|{id}^^^MR||{patient.last}^{patient.first}||{h.birth}|{sex}|{patient.last}|{race}|||{phone}||ENG|S",
    "NK1|1|{relative.last}^{relative.first}|{kin}|{street.2}^^{city.2}^{state_abbr}^{zip.2}|{phone.3}",
    "PV1|1|{class}|W{n.digit}^{n.int}^A|||{n.digit}|{id.2}^{provider.last}^{h.first}^^^Dr|||MED||||{n.digit}|||{id.3}|||||||||||||||||||{facility}|||||{date.hl7}",
    "IN1|1|{n.hex4}|{n.int}|{insurer}||||{plan_id}|||{date.hl7}|||{patient.last}^{patient.first}|SEL",
    "GT1|1||{relative.last}^{relative.first}||{street}^^{city}^{state_abbr}^{zip}|{phone}",
    "DG1|1||{n.icd}^Hypertension^I10||{date.hl7}|A",
    "AL1|1|DA|^PENICILLIN|MO|RASH",
    "OBR|1|{n.int}|{n.int}|{n.loinc}^CBC^LN|||{date.hl7}|||||||||{id.2}^{provider.last}^{h.first}",
    "OBX|1|NM|{n.loinc}^GLUCOSE^LN||{n.float}|mg/dL|70-99|H|||F",
    "OBX|2|NM|{n.loinc}^HEMOGLOBIN^LN||{n.float}|g/dL|12-16|N|||F|||{date.hl7}",
    "OBX|3|TX|{n.loinc}^COMMENT^LN||Discussed with {relative} on {date}||||||F",
    "OBX|4|CE|{n.loinc}^SMOKING^LN||N^NEVER^HL70136||||||F",
    "SCH|{n.int}||||||CHECKUP^ROUTINE|||{n.digit}0|MIN|^^^{date.hl7}",
    "NTE|1||{remark}",
)
HL7_LISTS = {
    "sender": ("EPIC", "CERNER", "REGADT", "MEDITECH", "ADT1", "LABSYS", "ATHENA"),
    "middle": ("", "^A", "^M", "^J", "^^^", "^R^JR"),
    "sex": ("M", "F", "U"),
    "race": ("2106-3", "W", "B", "2028-9"),
    "kin": ("SPO^Spouse", "MTH^Mother", "SON", "FTH", "EMC^Emergency contact"),
    "class": ("I", "O", "E"),
    "remark": (
        "Specimen hemolyzed",
        "Seen at {facility} by {provider}",
        "No acute findings",
        "Call {phone} with results",
        "{patient} lives with {relative}",
    ),
}


def hl7(world: World) -> Doc:
    """An HL7 v2 message or some segments of one: fields `|`, components `^`."""
    random = world.random
    birth = f"{random.randint(1920, 2023)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    own = {
        **numbers(world),
        "h.birth": lambda: literal(birth, "DATE"),
        "h.first": lambda: literal(world.name("provider").first, "PROVIDER"),
    }
    keep = [HEAD] if random.random() < 0.7 else []
    keep += [segment for segment in SEGMENTS if random.random() < 0.4] or [SEGMENTS[1]]
    return join(
        *(compose(segment, world, HL7_LISTS, own) for segment in keep), sep=pick(world, ("\n", "\n", "\r", "\n\n"))
    )


def _render(world: World, tree: Tree, own: Own, indent: int | None, depth: int = 0) -> Doc:
    """JSON text of a tree whose strings are templates; one that starts with `=` gives a bare number."""
    if isinstance(tree, str) and tree.startswith("="):
        return compose(tree[1:], world, LISTS, own)
    if isinstance(tree, str):
        return join(literal('"'), translate(compose(tree, world, LISTS, own), _JSON), literal('"'), sep="")
    if not isinstance(tree, dict | list):
        return literal(json.dumps(tree))
    if not tree:
        return literal("{}" if isinstance(tree, dict) else "[]")
    pad, close = ("", "") if indent is None else ("\n" + " " * (indent * (depth + 1)), "\n" + " " * (indent * depth))
    gap = " " if indent is not None or world.random.random() < 0.5 else ""
    if isinstance(tree, dict):
        items = [
            join(literal(json.dumps(key) + ":" + gap), _render(world, value, own, indent, depth + 1), sep="")
            for key, value in tree.items()
        ]
    else:
        items = [_render(world, value, own, indent, depth + 1) for value in tree]
    left, right = ("{", "}") if isinstance(tree, dict) else ("[", "]")
    return join(literal(left + pad), join(*items, sep="," + (pad or gap)), literal(close + right), sep="")


def _json(world: World, tree: Tree) -> Doc:
    return _render(world, tree, story(world), world.random.choice((None, 2, 2, 4)))


def _maybe(world: World, tree: Mapping[str, Tree], keep: float = 0.75) -> dict[str, Tree]:
    """`tree` with some of its keys left out."""
    return {
        key: value for key, value in tree.items() if key in ("resourceType", "name") or world.random.random() < keep
    }


def fhir_json(world: World) -> Doc:
    """A FHIR R4 resource, or a bundle of two (https://hl7.org/fhir/R4/)."""
    if world.random.random() < 0.2:
        entries = [{"resource": _maybe(world, part)} for part in world.random.sample(FHIR, 2)]
        return _json(world, {"resourceType": "Bundle", "type": "collection", "entry": entries})
    return _json(world, _maybe(world, world.random.choice((FHIR[0], *FHIR))))


def any_json(world: World) -> Doc:
    """Records of users, orders or events as nested JSON."""
    record: dict[str, Tree] = dict(draw_fields(world, 2, 8))
    if world.random.random() < 0.5:
        record["items"] = [
            {"sku": "{n.sku}", "name": "{product}", "qty": "={n.digit}", "price": "={n.float}"}
            for _ in range(world.random.randint(1, 3))
        ]
    if world.random.random() < 0.4:
        record = {
            pick(world, ("user", "data", "customer", "payload", "record")): record,
            "request_id": "{n.uuid}",
            "ok": True,
            "took_ms": "={n.digit}",
        }
    if world.random.random() < 0.25:
        record = {
            "event": pick(world, ("signup", "login", "order.created", "claim.filed")),
            "ts": "{n.stamp}",
            "actor": record,
        }
    return _json(world, record)


def plain_json(world: World) -> Doc:
    """A JSON record in which nobody is named."""
    return _json(world, dict(plain_fields(world, 3, 9)) | {"items": [{"sku": "{n.sku}", "n": "={n.digit}"}]})


GENERATORS = ((2.0, hl7), (2.0, fhir_json), (1.5, any_json), (1.0, plain_json))
