"""Hurried lines between clinicians: abbreviations where a name might stand, and names and codes between them."""

from __future__ import annotations

from training.generate.markup import Doc, fill
from training.generate.words.clinical import ABBREVIATIONS, DISEASES, DRUGS
from training.generate.world import World

_LISTS = {
    "abbr": ABBREVIATIONS,
    "dz": DISEASES,
    "drug": DRUGS,
    "sexage": (
        "{age}yo M",
        "{age}yo F",
        "{age} y/o male",
        "{age}F",
        "{age}M",
        "pt",
        "pt, {age}",
        "elderly pt",
        "{age}yo Caucasian female",
        "{age} yr old",
    ),
    "ask": (
        "Rec mgmt for",
        "mgmt of",
        "tx options:",
        "need recs for",
        "any contraindication to {drug} in",
        "best rx for",
        "f/u plan",
        "clarify dx and tx for",
        "dosing of {drug} in",
        "next steps,",
        "steps to manage {abbr} in",
        "Ddx for",
        "advice re",
        "can I give {drug} to",
        "Latest guidelines for",
        "alt to {drug} for",
        "concern about {drug} in",
    ),
    "hx": (
        "w/ {abbr}",
        "w/ hx of {abbr}",
        "w {abbr} and {abbr}",
        "hx {abbr}, {abbr}",
        "with PMH of {abbr} & {dz}",
        "dx'd w/ {abbr}",
        "s/p {drug}",
        "newly dx {dz}",
        "incl. {abbr} and {abbr}",
    ),
    "named": (
        "{patient.full}",
        "{patient.initial}",
        "{patient.formal}",
        "named {patient.full}",
        "pts name {patient.full}",
        "{patient.first}",
        "({patient.initial})",
        "pt name {patient.full}",
    ),
    "seen": (
        "seen by {provider}",
        "last seen {date}",
        "seen at {facility}",
        "seen by {provider} at {facility} on {date}",
        "seen at {facility} {date.relative}",
        "seen {date.relative} at {facility}",
        "consulted {provider} at {facility} {date.relative}",
        "admitted to {facility} on {date}",
        "tx'd at {facility} on {date}",
        "ref'd to pulm. clinic by {provider}",
        "visited on {date.day_month}",
        "visited our {site} {date}",
        "follow up with {provider.last} {date}",
        "case reviewed {date.month_year}",
        "at {facility} since {date}",
        "ED visit {date.us}",
    ),
    "code": (
        "MRN {mrn}",
        "MRN: {mrn}",
        "mrn#{mrn}",
        "(MRN {mrn})",
        "ins plan #{plan_id}",
        "Ins. policy {plan_id}",
        "insur ID {plan_id}",
        "pt ID {id}",
        "PT ID #{id} is noted",
        "phone: {phone}",
        "ph {phone}",
        "SSN {ssn}",
        "(SSN: {ssn})",
        "email: {email}",
        "DOB {dob}",
        "record {mrn}",
        "case {case}",
        "health plan number {plan_id}",
        "ref {case}",
        "acct {account}",
    ),
    "end": (
        "?",
        ".",
        "",
        " thx",
        "; worried about {drug} interaction.",
        ". Consider {drug}?",
        ", allergic to {drug}.",
        ". LDL 190, Wells score 4.",
    ),
    "plain": (
        "seen in clinic last week",
        "on {drug} {number} mg",
        "no improvement on {drug}",
        "BP 150/90",
        "EF 35%",
        "LDL of {number}",
        "dx'd in {year}",
        "since {year}",
        "in the southern US",
        "per ADA and ACC/AHA",
        "in bed 12",
        "room 4",
        "Gleason 7",
        "recs from NICE",
    ),
}
_NAMED = (
    "{ask} {sexage} {hx}, {named}, {seen}, {code}{end}",
    "{ask} {sexage}, {named}, {hx}, {seen}{end}",
    "{sexage} {hx}, {named}, {seen}. {code}{end}",
    "{ask} {sexage} {hx}, {seen}{end} {code}",
    "{named}, {sexage}, {abbr}/{abbr}/{abbr}, {seen}{end}",
    "{ask} {abbr} in {sexage}, {named}. {code}. {plain}{end}",
    "pt {hx} {seen}, {plain}, {code}{end}",
    "{code} {sexage} {hx} {plain}{end}",
)
_NOBODY = (
    "{ask} {sexage} {hx}, {plain}{end}",
    "{sexage} {hx}, {plain}, {plain}{end}",
    "{abbr}, {abbr}, {abbr}. {ask} {dz}{end}",
    "{ask} {abbr} vs {abbr}{end}",
    "PMH: {abbr}, {abbr}, {dz}. Meds: {drug}, {drug}. {plain}{end}",
    "What does {abbr} stand for on a {abbr} report{end}",
    "{abbr} {plain}; {abbr} {plain}{end}",
)


def named(world: World) -> Doc:
    return fill(world.random.choice(_NAMED), world, _LISTS)


def nobody(world: World) -> Doc:
    return fill(world.random.choice(_NOBODY), world, _LISTS)


GENERATORS = ((1.2, named), (1.0, nobody))
