"""Device identifiers: UDI, IMEI, and serial numbers beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.checksums import luhn
from ringfence.classify.detector import CHECKED, DOUBTFUL, LABELLED, SHAPED, Detector, Hit, marked
from ringfence.classify.matching import LOOSE, Labelled, compiled, digits, ends, find, label

_UDI = r"\(01\) ?\d{14}(?: ?\(\d{2}\) ?[A-Za-z0-9/.-]{1,20})*"
_IMEI = label("imei, imei number, meid")
_SERIAL = label(
    "serial number, serial no, serial num, serial#, serial, s/n, sn#, device id, device identifier, device "
    "number, device serial, implant serial, udid, udi, hardware id, pacemaker id, iccid, imsi"
)
_FIND_UDI = compiled(_UDI)
_FIND_IMEI = Labelled(_IMEI, r"\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d", LOOSE)
_FIND_SERIAL = Labelled(_SERIAL, r"[A-Za-z0-9]+(?:[-/.:][A-Za-z0-9]+){0,6}")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_FIND_UDI, text):
        yield Hit(start, end, "DEVICE_ID", SHAPED)
    for start, end in _FIND_IMEI.spans(text):
        if ends(text, end):
            valid = luhn(digits(text[start:end]))
            yield Hit(start, end, "DEVICE_ID", CHECKED if valid else DOUBTFUL, checked=valid)
    for start, end in _FIND_SERIAL.spans(text):
        value = text[start:end]
        if ends(text, end) and 5 <= len(value) <= 40 and sum(char.isdigit() for char in value) >= 3:
            yield Hit(start, end, "DEVICE_ID", LABELLED)


DETECTOR = Detector(
    name="device_id",
    version=1,
    entities=("DEVICE_ID",),
    says="GS1 device identifiers, IMEIs and serial numbers; the latter two beside a label.",
    source="https://www.ecfr.gov/current/title-21/part-830",
    prefilters=(r"\(01\) ?\d{14}", _IMEI, _SERIAL),
    extract=extract,
    examples=(
        marked("UDI on box «(01)00844588003288(17)270130(21)A77X9120»", "DEVICE_ID"),
        marked("IMEI «490154203237518»", "DEVICE_ID"),
        marked("IMEI: «490154203237519»", "DEVICE_ID"),
        marked("pump serial number «PX-20994-7»", "DEVICE_ID"),
        marked('"deviceId": "«550e8400-e29b-41d4-a716-446655440000»"', "DEVICE_ID"),
    ),
    counterexamples=("a serial port at 9600 baud", "serial killer", "(01) 2024", "serial: none", "serial no 12"),
)
