"""Results as machines name them: long names of observations, their values and units; nobody but the one asked about is named."""

from __future__ import annotations

import json

from training.generate.compose import compose, pick
from training.generate.markup import Doc, join
from training.generate.world import World

_LISTS = {
    "what": (
        "Erythrocytes",
        "Leukocytes",
        "Platelets",
        "Hemoglobin",
        "Hematocrit",
        "MCH",
        "MCHC",
        "MCV",
        "RDW",
        "eGFR",
        "Erythrocyte distribution width",
        "Platelet mean volume",
        "Platelet distribution width",
        "Glucose",
        "Creatinine",
        "Urea nitrogen",
        "Calcium",
        "Sodium",
        "Potassium",
        "Chloride",
        "Carbon dioxide, total",
        "Triglycerides",
        "Cholesterol in HDL",
        "Low density lipoprotein cholesterol",
        "Hemoglobin A1c/Hemoglobin.total",
        "Microalbumin/Creatinine",
        "Estimated glomerular filtration rate",
        "Body mass index",
        "Body height",
        "Body weight",
        "Head occipital-frontal circumference",
        "Systolic blood pressure",
        "Diastolic blood pressure",
        "Heart rate",
        "Respiratory rate",
        "Oxygen saturation",
        "Pain severity",
        "Tobacco smoking status",
        "Bilirubin.total",
        "Albumin",
        "Protein",
        "Alkaline phosphatase",
        "Alanine aminotransferase",
        "Aspartate aminotransferase",
        "Ferritin",
        "Cobalamin (Vitamin B12)",
        "Prostate specific Ag",
        "Parathyrin.intact",
        "Natriuretic peptide.B prohormone N-Terminal",
        "Troponin I.cardiac",
        "Influenza virus A RNA",
        "Rhinovirus RNA",
        "SARS-CoV-2 RNA",
        "Ketones",
        "Nitrite",
        "Specific gravity",
        "Bacteria identified",
        "Fibrin D-dimer DDU",
        "INR",
        "Prothrombin time",
        "Polyp size greatest dimension",
        "Quality adjusted life years",
        "Disability adjusted life years",
        "Within the last year, have you been afraid of your partner",
        "Do you feel physically and emotionally safe where you currently live",
        "Total score",
        "FEV1/FVC",
        "Left ventricular ejection fraction",
        "Weight-for-length percentile",
        "Mean blood pressure",
    ),
    "measure": (
        "[Entitic volume]",
        "[Entitic mass]",
        "[Entitic Mass/volume]",
        "[#/volume]",
        "[Mass/volume]",
        "[Moles/volume]",
        "[Volume Fraction]",
        "[Ratio]",
        "[Presence]",
        "[Units/volume]",
        "[Enzymatic activity/volume]",
        "[Volume Rate/Area]",
        "[Score]",
        "",
        "",
    ),
    "where": (
        "in Blood",
        "in Serum or Plasma",
        "in Urine",
        "in Respiratory specimen",
        "in Arterial blood",
        "in Capillary blood",
        "in Stool",
        "of Blood",
        "",
        "",
    ),
    "how": (
        "by Automated count",
        "by Test strip",
        "by Direct assay",
        "by NAA with probe detection",
        "by Coulter method",
        "by Glucometer",
        "by Calculation",
        "by Reported",
        "by Ultrasound",
        "",
        "",
        "",
    ),
    "unit": (
        *("fL", "pg", "g/dL", "mg/dL", "mmol/L", "10*3/uL", "10*6/uL", "%", "U/L", "mm[Hg]", "kg/m2", "kg", "cm"),
        *("/min", "mL/min/{{1.73_m2}}", "ng/mL", "{{score}}", "meq/L"),
    ),
    "flag": ("", "", "", " H", " L", " (normal)", " high"),
    "value": ("{percent}", "{number}.1", "{number}.44", "0.{number}", "{number}"),
    "name": ("{what} {measure} {where} {how}",),
    "ask": (
        "What is the latest {name}?",
        "Which value does {name} have?",
        "Is {name} rising?",
        "List all results of {name} and their units.",
        "When was {name} above {value}?",
        "Compare {what} with {what}.",
        "What is the latest {name} of {patient.full}?",
        "How often was {name} measured for {patient.full}?",
        "{patient.full}: {name} {value} {unit}",
        "When did {patient.full} last have {name}?",
    ),
}


def _text(world: World, template: str) -> str:
    return " ".join(compose(template, world, _LISTS).text.split())


def _question(world: World) -> Doc:
    """Blanks beside empty parts of a name stay: a span must keep its place."""
    return compose("{ask}", world, _LISTS)


def listing(world: World) -> Doc:
    """Results in lines, a table, JSON, or a question about one."""
    rng = world.random
    form = pick(world, ("line", "line", "table", "json", "ask", "ask", "words"))
    if form == "ask":
        return _question(world)
    rows = [(_text(world, "{name}"), _text(world, "{value}"), _text(world, "{unit}")) for _ in range(rng.randint(1, 8))]
    if form == "json":
        listed = [
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": name, "coding": [{"system": "http://loinc.org", "display": name}]},
                "valueQuantity": {"value": value, "unit": unit, "code": unit},
            }
            for name, value, unit in rows
        ]
        return Doc(json.dumps(listed if len(listed) > 1 else listed[0], indent=rng.choice((None, 2))))
    if form == "words":
        return Doc(", ".join(name for name, _, _ in rows))
    mark = rng.choice((": ", " = ", "\t", " ")) if form == "line" else rng.choice((" | ", ",", ";"))
    flag = _text(world, "x{flag}")[1:]
    return join(
        *(Doc(f"{name}{mark}{value}{' ' if form == 'line' else mark}{unit}{flag}") for name, value, unit in rows)
    )


GENERATORS = ((1.0, listing),)
