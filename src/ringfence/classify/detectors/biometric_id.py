"""References of finger, voice, face and iris prints beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import GAP, compiled, find

_PRINT = (
    r"finger ?prints?|thumb ?prints?|palm ?prints?|palm vein|voice ?prints?|voice biometrics?|iris|retinal?|"
    r"facial(?: recognition)?|"
    r"face(?: recognition| ?print)?|biometrics?|hand geometry|vein pattern|gait|dna(?: profile| sample)?|genetic "
    r"profile|"
    r"huella(?: dactilar| digital)?|huellas? dactilar(?:es)?"
)
_WHAT = (
    r"templates?|scans?|ids?|identifiers?|refs?|references?|records?|enrol?lments?|samples?|profiles?|codes?|"
    r"signatures?|numbers?|no\.?|vectors?|data|file|hash|minutiae|plantilla"
)
_LABEL = rf"(?i:\b(?:{_PRINT})[ _-](?:{_WHAT})\b(?:[ _-](?:{_WHAT})\b)?)"
_FIND = compiled(
    rf"{_LABEL}(?:{GAP})?((?:[A-Za-z]{{1,8}}[-_:/]?){{0,3}}[A-Fa-f0-9]*\d[A-Za-z0-9]*(?:[-_:/.][A-Za-z0-9]+){{0,6}})"
)
_KEY = compiled(r"(?i)\b(?:ssh|key|cert(?:ificate)?|tls|ssl|gpg|pgp|browser|device|host|rsa|sha-?\d*|md5)[ _-]*$")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_FIND, text, 1):
        value = text[start:end]
        named = max(0, start - 64)
        label = text[named:start].lower()
        if len(value) < 4 or sum(map(str.isdigit, value)) < 2 or text[end : end + 1].isalnum():
            continue
        # The fingerprint of a key or a browser is no person's.
        if "fingerprint" in label and _KEY.search(label[: label.rfind("fingerprint")]):
            continue
        yield Hit(start, end, "BIOMETRIC_ID", LABELLED)


DETECTOR = Detector(
    name="biometric_id",
    version=1,
    entities=("BIOMETRIC_ID",),
    says="A code with two or more digits beside a label such as fingerprint template, voiceprint id or iris scan.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(P)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("fingerprint template «FP-88213-A» on file", "BIOMETRIC_ID"),
        marked("Voiceprint ID: «vp_20931»; iris scan ref «IR-7734»", "BIOMETRIC_ID", "BIOMETRIC_ID"),
    ),
    counterexamples=(
        "SSH key fingerprint id SHA256:47DEQpj8HBSa",
        "a fingerprint scan takes 2 seconds",
        "face id unlocks the phone",
        "DNA samples from 12 donors",
    ),
)
