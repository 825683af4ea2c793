"""What the header of a column or the name of a member says about the values below it."""

from __future__ import annotations

import functools
import re

from ringfence.classify.wordlists import words

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+|#")
_NAME = words(
    """
    name names nombre nombres apellido apellidos surname forename lastname firstname fullname
    """
)
_NO_NAME = words(
    """
    file user host domain event product item drug medication test display class column table field function type
    brand model plan payer insurance insurer network package service project branch app variable process device
    screen login group role rule policy procedure diagnosis condition department unit lab course color colour
    category account account's schema index key bank merchant vendor supplier program trial study queue job task
    topic code resource api image method tag label metric server node cluster bucket pod namespace
    """
)
_PROVIDER = words(
    """
    provider physician doctor attending surgeon clinician therapist prescriber practitioner pcp nurse referring
    rendering pharmacist dentist radiologist médico medico
    """
)
_PERSON = words(
    """
    patient member client subscriber insured beneficiary guarantor customer applicant borrower employee tenant
    resident caller cardholder student claimant guardian mother father spouse husband wife parent caregiver
    recipient payee payer contact kin first last given family middle maiden full legal preferred surname
    forename lastname firstname fullname paciente cliente nombre apellido apellidos
    """
)
_ALONE = words(
    """
    patient client subscriber guarantor guardian mother father spouse caregiver cardholder customer borrower
    employee applicant claimant insured resident paciente cliente
    """
)
_PLACES = words("city town county municipality birthplace hometown ciudad municipio localidad")
_EMPLOYERS = words("employer empleador empresa")
_FACILITIES = words("facility hospital clinic")
_ADDRESS = words("street address address1 address2 addressline domicilio dirección direccion")
_NOT_STREETS = words(
    """
    ip mac email e mail memory web url hw physical bus wallet contract ipv4 ipv6 source destination
    """
)
_CODES = words(
    """
    id no number num nr code key # type count status date dob phone tel fax email address age
    """
)


@functools.lru_cache(maxsize=4096)
def entity_of(header: str) -> str:
    """PERSON, PROVIDER_NAME, ORGANIZATION, FACILITY, LOCATION or STREET_ADDRESS where the header says so, else ""."""
    said = [word.lower() for word in _WORDS.findall(header)]
    some = frozenset(said)
    if not said or len(said) > 6:
        return ""
    if some & _ADDRESS and not some & _NOT_STREETS and not some & (_CODES - {"address"}):
        return "STREET_ADDRESS"
    if some & _CODES:
        return ""
    named = bool(some & _NAME)
    if some & _PROVIDER and len(said) <= 3:
        return "PROVIDER_NAME"
    for known, entity in ((_EMPLOYERS, "ORGANIZATION"), (_FACILITIES, "FACILITY"), (_PLACES, "LOCATION")):
        if some & known and len(said) <= 2:
            return entity
    if named and not some & _NO_NAME and (some & _PERSON or len(said) == 1):
        return "PERSON"
    return "PERSON" if len(said) == 1 and said[0] in _ALONE else ""


def is_bare_name(header: str) -> bool:
    """True for `name`: a person's only where other columns are about persons."""
    return [word.lower() for word in _WORDS.findall(header)] in (["name"], ["names"], ["nombre"])
