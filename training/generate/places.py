"""Places and organisations: drawn from gazetteers, or put together from parts."""

from __future__ import annotations

import random

from training.generate import people, pools

PLACE, FACILITY, ORG, ADDRESS = "PLACE", "FACILITY", "ORG", "ADDRESS"

_SAINTS = "Mary Joseph Luke John Vincent Francis Elizabeth Jude Anthony Michael Anne Agnes Clare Catherine Peter Paul Mark James Rita Thomas Bernard Alban Camillus".split()
_HOSPITAL = (
    "Hospital;Hospital;Hospital;Hosp;Hosp.;Medical Center;Medical Center;Med Ctr;Med Center;Clinic;Clinic;Health Center;Health;Health System;Healthcare;"
    "General Hospital;Memorial Hospital;Community Hospital;Regional Hospital;Regional Medical Center;University Hospital;Children's Hospital;"
    "Rehabilitation Center;Rehab;Nursing Home;Hospice;Surgery Center;Urgent Care;Family Practice;Family Medicine;Cancer Center;Cancer Institute;"
    "Heart Institute;Eye Institute;Women's Center;Behavioral Health;Psychiatric Center;Dialysis;Imaging;Medical Group;Physicians;Infirmary;VA Medical Center;"
    "ER;Emergency Department;Health Plaza;Wellness Center;Primary Care;Pediatrics;Orthopedics;Cardiology Associates;Oncology"
).split(";")
_PLAIN = "clinic;facility;office;campus;branch;practice;hospital;ER;location;clinic;ward;site;health center;urgent care".split(
    ";"
)
_GROWTH = (
    "Cedar Oak Maple Pine Elm Willow Redwood Birch Aspen Magnolia Laurel Juniper Cypress River Riverside Lake Lakeside Lakeview Hillside Hillcrest Valley "
    "Mountain Sunrise Sunset Harbor Bayview Seaside Ocean Prairie Meadow Meadowbrook Green Greenfield Spring Springfield Fairview Grandview Northside Southside "
    "Westside Eastside Northwest Southeast Central Metro City County Crestwood Brookside Highland Summit Stone Silver Golden Crystal Liberty Unity Hope Mercy Grace "
    "Trinity Providence Good Samaritan Sacred Heart Holy Cross Mount Sinai Beth Israel Evergreen Pacific Atlantic Midwest Heartland Lone Star Bluebonnet Palmetto Peachtree"
).split()
_STREETS = "Street St St. Avenue Ave Ave. Road Rd Rd. Boulevard Blvd Blvd. Lane Ln Drive Dr Dr. Court Ct Place Pl Way Terrace Circle Cir Parkway Pkwy Square Trail Highway Crescent Close".split()
_ORG_TAILS = (
    "Inc.;Inc;LLC;Ltd;Ltd.;Corp.;Corporation;Co.;Group;Holdings;Partners;& Sons;& Co;Industries;Solutions;Technologies;Systems;Logistics;Foods;Motors;Energy;"
    "Consulting;Services;Associates;Enterprises;Labs;Media;GmbH;AG;S.A.;PLC;LLP;BV;International;Global;Capital;Ventures;Trust;Foundation;Union;Council;Authority;Agency"
).split(";")
_BANK_TAILS = "Bank;Bank;Savings Bank;Credit Union;Federal Credit Union;Bancorp;Mortgage;Financial;Trust;Lending;National Bank;Building Society;Sparkasse".split(
    ";"
)
_INSURER_TAILS = "Health;Health Plan;Insurance;Mutual;Assurance;Life;Casualty;Benefits;Advantage;HMO;PPO;Blue;Care Plan;Underwriters".split(
    ";"
)
_CARRIER_TAILS = "Freight;Express;Cargo;Shipping;Lines;Trucking;Transport;Haulage;Courier;Forwarding;Airlines;Logistics;Spedition".split(
    ";"
)
_ACRONYM = "ABCDEFGHIKLMNPRSTUVW"


def city(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.58:
        name = _ranked(rng, pools.us_cities())[0]
    elif kind < 0.86:
        name = _ranked(rng, pools.world_cities())
    elif kind < 0.93:
        name = rng.choice(pools.faked("city"))
    else:
        name = (
            rng.choice(("New ", "East ", "West ", "North ", "Port ", "Fort ", "Lake ", "Mount ", "Saint ", ""))
            + rng.choice((rng.choice(pools.us_last()), rng.choice(_GROWTH)))
            + rng.choice(("", "", "ville", " City", "ton", " Falls", "burg", " Heights", " Beach", " Springs"))
        )
    return name


def city_state(rng: random.Random) -> str:
    name, code = _ranked(rng, pools.us_cities())
    return f"{name}, {code}" if rng.random() < 0.75 else f"{name}, {pools.state_name(code)}"


def district(rng: random.Random) -> str:
    return rng.choice(
        (
            f"{rng.choice(_GROWTH)} {rng.choice(('District', 'Heights', 'Park', 'Hills', 'Village', 'Township', 'Parish', 'Borough', 'Ward'))}",
            f"{rng.choice(('the ', ''))}{rng.choice(('Upper', 'Lower', 'North', 'South', 'East', 'West'))} {rng.choice(_GROWTH)}",
            f"{city(rng)} {rng.choice(('district', 'suburb', 'Township', 'area'))}",
        )
    )


def county(rng: random.Random) -> str:
    return rng.choice(pools.us_counties())


def facility(rng: random.Random) -> str:
    kind = rng.random()
    if rng.random() < 0.08:
        return site(rng)
    if rng.random() < 0.04:
        return f"{facility(rng)}{rng.choice((' in ', ', ', ' in '))}{rng.choice((city(rng), city_state(rng)))}"
    if kind < 0.22:
        saint = rng.choice(_SAINTS)
        name = f"{rng.choice(('St.', 'St.', 'St', 'Saint'))} {saint}" + ("'s" if rng.random() < 0.7 else "")
        return f"{name} {rng.choice(_HOSPITAL)}" if rng.random() < 0.85 else name
    if kind < 0.45:
        return f"{city(rng)} {rng.choice(_HOSPITAL)}"
    if kind < 0.68:
        return (
            f"{rng.choice(_GROWTH)}{' ' + rng.choice(_GROWTH) if rng.random() < 0.25 else ''} {rng.choice(_HOSPITAL)}"
        )
    if kind < 0.78:
        return f"{people.draw(rng).last} {rng.choice(('Memorial ', '', ''))}{rng.choice(_HOSPITAL)}"
    if kind < 0.83:
        return f"{people.draw(rng).last} {people.draw(rng).last}{rng.choice((' ' + rng.choice(_HOSPITAL), '', ''))}"
    if kind < 0.88:
        return f"{rng.choice(('University of ', 'Univ. of ', 'U of '))}{city(rng)} {rng.choice(_HOSPITAL)}"
    if kind < 0.92:
        letters = "".join(rng.choice(_ACRONYM) for _ in range(rng.choice((3, 3, 4))))
        return letters + (f" {rng.choice(_HOSPITAL)}" if rng.random() < 0.5 else "")
    if kind < 0.95:
        return f"Mt. {rng.choice(_GROWTH)}" + (f" {rng.choice(_HOSPITAL)}" if rng.random() < 0.6 else "")
    if kind < 0.98:
        return f"{rng.choice(_GROWTH)} {rng.choice(_HOSPITAL)} of {city(rng)}"
    return f"{rng.choice(_HOSPITAL[:4])} of {rng.choice(_GROWTH)} {rng.choice(('County', 'Valley', 'Coast'))}"


def site(rng: random.Random) -> str:
    """`Chicago clinic`, `Dallas downtown office`: a place of one's own house in a town."""
    return f"{city(rng)} {rng.choice(('', '', '', 'downtown ', 'main ', 'north '))}{rng.choice(_PLAIN)}"


def pharmacy(rng: random.Random) -> str:
    return f"{rng.choice((rng.choice(_GROWTH), people.draw(rng).last, city(rng)))} {rng.choice(('Pharmacy', 'Drugs', 'Apothecary', 'Drug Store', 'Rx'))}"


def school(rng: random.Random) -> str:
    return rng.choice(
        (
            f"{rng.choice(_GROWTH)} {rng.choice(('Elementary', 'High School', 'Middle School', 'Academy', 'Primary School'))}",
            f"{city(rng)} {rng.choice(('University', 'College', 'State University', 'Community College', 'High School'))}",
            f"University of {city(rng)}",
            f"{people.draw(rng).last} {rng.choice(('College', 'School', 'Academy', 'Institute'))}",
        )
    )


def org(rng: random.Random, tails: list[str] = _ORG_TAILS) -> str:
    if tails is _ORG_TAILS and rng.random() < 0.22:
        return _brand(rng)
    kind = rng.random()
    if tails is _ORG_TAILS and rng.random() < 0.2:
        return rng.choice(pools.faked("company"))
    if kind < 0.3:
        return f"{people.draw(rng).last} {rng.choice(tails)}"
    if kind < 0.5:
        return f"{people.draw(rng).last}{rng.choice((' and ', ' & ', ', ', '-'))}{people.draw(rng).last}" + (
            f" {rng.choice(tails)}" if rng.random() < 0.6 else ""
        )
    if kind < 0.75:
        return f"{rng.choice(_GROWTH)} {rng.choice(tails)}"
    if kind < 0.85:
        return f"{city(rng)} {rng.choice(tails)}"
    if kind < 0.93:
        return people._invented(rng) + (f" {rng.choice(tails)}" if rng.random() < 0.7 else "")
    return "".join(rng.choice(_ACRONYM) for _ in range(rng.choice((3, 3, 4)))) + (
        f" {rng.choice(tails)}" if rng.random() < 0.6 else ""
    )


def _brand(rng: random.Random) -> str:
    """Firms named after ordinary words, or made of parts: Walking Stone, Plumlytics."""
    first = rng.choice(pools.dictionary())
    kind = rng.random()
    if kind < 0.35:
        return f"{first} {rng.choice(pools.dictionary())}".title()
    if kind < 0.6:
        return first[: rng.randrange(3, 7)].capitalize() + rng.choice(
            ("ly", "ify", "io", "lytics", "graphy", "soft", "tech", "hub", "ware", "labs", "era", "ix", "ora", "net")
        )
    if kind < 0.75:
        return first.capitalize()
    if kind < 0.9:
        return f"{first.capitalize()} {rng.choice(('Software', 'Research', 'Data', 'Networks', 'Orchestra', 'News', 'Insight', 'Risk', 'Scores', 'TV', 'Records', 'Games'))}"
    return f"The {first.capitalize()} {rng.choice(('Group', 'Company', 'Firm', 'Project'))}"


def bank(rng: random.Random) -> str:
    return org(rng, _BANK_TAILS)


def insurer(rng: random.Random) -> str:
    return org(rng, _INSURER_TAILS)


def carrier(rng: random.Random) -> str:
    return org(rng, _CARRIER_TAILS)


def street(rng: random.Random) -> str:
    kind = rng.random()
    if rng.random() < 0.2:
        return rng.choice(pools.faked("street")).replace("\n", ", ")
    number = rng.choice((rng.randrange(1, 100), rng.randrange(100, 10000), rng.randrange(1000, 20000)))
    name = rng.choice(
        (
            rng.choice(_GROWTH),
            people.draw(rng).last,
            rng.choice(
                (
                    "1st",
                    "2nd",
                    "3rd",
                    "5th",
                    "12th",
                    "42nd",
                    "Main",
                    "Park",
                    "Church",
                    "Mill",
                    "Station",
                    "High",
                    "King",
                    "Queen",
                    "Washington",
                )
            ),
        )
    )
    unit = ""
    if rng.random() < 0.25:
        unit = (
            rng.choice((", ", " "))
            + rng.choice(("Apt ", "Apt. ", "Suite ", "Unit ", "#", "Floor ", "Flat ", "Apartment "))
            + rng.choice((str(rng.randrange(1, 900)), f"{rng.randrange(1, 30)}{rng.choice('ABCD')}"))
        )
    if kind < 0.75:
        return (
            f"{number} {rng.choice(('', '', '', 'N ', 'S. ', 'W ', 'East ', 'NW '))}{name} {rng.choice(_STREETS)}{unit}"
        )
    if kind < 0.83:
        return f"{name}{rng.choice(('straße', 'strasse', 'str.', 'weg', 'platz', 'gasse', 'laan', 'straat', 'gatan', 'vej'))} {rng.randrange(1, 200)}{rng.choice(('', '', 'a', ' b'))}"
    if kind < 0.90:
        return f"{rng.randrange(1, 200)}{rng.choice((' ', ', '))}{rng.choice(('rue', 'avenue', 'boulevard', 'place', 'via', 'viale', 'piazza', 'rua', 'avenida'))} {rng.choice(('de la ', 'du ', 'des ', 'della ', 'da ', ''))}{name}"
    if kind < 0.95:
        return f"P.O. Box {rng.randrange(10, 99999)}"
    return f"{name} {rng.choice(('House', 'Cottage', 'Farm', 'Court', 'Towers'))}, {rng.randrange(1, 90)} {rng.choice(_GROWTH)} {rng.choice(_STREETS)}"


def zip_code(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.8:
        return f"{rng.randrange(501, 99951):05d}" + (f"-{rng.randrange(10000):04d}" if rng.random() < 0.12 else "")
    letter = lambda: rng.choice("ABCEGHJKLMNPRSTVWXY")  # noqa: E731
    if kind < 0.9:
        return f"{letter()}{letter() if rng.random() < 0.5 else ''}{rng.randrange(1, 99)} {rng.randrange(1, 10)}{letter()}{letter()}"
    return f"{letter()}{rng.randrange(10)}{letter()} {rng.randrange(10)}{letter()}{rng.randrange(10)}"


def address(rng: random.Random, separator: str = ", ") -> str:
    name, code = _ranked(rng, pools.us_cities())
    kind = rng.random()
    if rng.random() < 0.2:
        return rng.choice(pools.faked("address")).replace("\n", separator)
    if kind < 0.7:
        return f"{street(rng)}{separator}{name}, {code} {rng.randrange(501, 99951):05d}"
    if kind < 0.85:
        return f"{street(rng)}{separator}{_ranked(rng, pools.world_cities())} {zip_code(rng)}"
    return f"{street(rng)}{separator}{rng.randrange(1000, 99999)} {_ranked(rng, pools.world_cities())}"


def _ranked(rng: random.Random, listed: list):
    return listed[int(len(listed) * rng.random() ** (4 if rng.random() < 0.5 else 1))]
