"""IPv4 and IPv6 addresses; not version numbers, netmasks, networks, loopback or unspecified addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ringfence.classify.detector import SHAPED, Detector, Hit, marked
from ringfence.classify.matching import alone, before, begins, compiled, ends, find, names_a_file

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_V4 = rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}"
_V6 = r"(?i:[0-9a-f]{0,4}:[0-9a-f]{0,4}:[0-9a-f:]{0,34}(?:\d{1,3}(?:\.\d{1,3}){3})?)"
_FIND_V4 = compiled(_V4)
_FIND_V6 = compiled(_V6)
# Words before four numbers that make them a version, a section or an object identifier.
_VERSION = compiled(
    r"(?i)(?:\bv|version|release|build|ver|firmware|driver|section|sect|chapter|clause|annex|article|paragraph|rule|requirement|control|table|figure|step|oid|§|[=~^<>!]=|[a-z]-)[\s.:]*$"
)


def _v4(text: str, start: int, end: int) -> bool:
    standing = begins(text, start, ".-") and (ends(text, end, ".-") or names_a_file(text, end))
    if not standing or _VERSION.search(before(text, start, 16)):
        return False
    value = text[start:end]
    if value.startswith(("127.", "0.", "255.")) or (value.endswith(".0") and text[end : end + 1] == "/"):
        return False
    return not text[start - 1 : start].isalpha()


def _v6(text: str, start: int, end: int) -> bool:
    value = text[start:end]
    if not alone(text, start, end, ":.") or text[start - 1 : start] == ":" or not any(map(str.isdigit, value)):
        return False
    # `1::2` or `a::b` is more often a range or a scope in code than an address.
    if sum(map(str.isalnum, value)) < 4:
        return False
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return False
    network = text[end : end + 1] == "/" and value.endswith("::")
    return not (address.is_loopback or address.is_unspecified or network)


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_FIND_V4, text):
        if _v4(text, start, end):
            yield Hit(start, end, "IP_ADDRESS", SHAPED)
    for start, end in find(_FIND_V6, text):
        end -= text[start:end].endswith(":") and not text[start:end].endswith("::")
        if _v6(text, start, end):
            yield Hit(start, end, "IP_ADDRESS", SHAPED)


DETECTOR = Detector(
    name="ip_address",
    version=1,
    entities=("IP_ADDRESS",),
    says="IPv4 and IPv6 addresses of a single host; not version numbers, netmasks, networks or loopback.",
    source="https://www.rfc-editor.org/rfc/rfc4291#section-2.2",
    prefilters=(r"\d\.\d{1,3}\.\d{1,3}\.\d", r"(?i)[0-9a-f]{1,4}:[0-9a-f]{0,4}:[0-9a-f]", r"::[0-9a-fA-F]"),
    extract=extract,
    examples=(
        marked("login from «203.0.113.77» failed", "IP_ADDRESS"),
        marked("http://«10.4.0.9»:8080/x", "IP_ADDRESS"),
        marked("see «203.0.113.77».log and «10.4.0.9».pdf", "IP_ADDRESS", "IP_ADDRESS"),
        marked("from «2001:db8:85a3::8a2e:370:7334», twice", "IP_ADDRESS"),
        marked("peer «fe80::1ff:fe23:4567:890a»: up", "IP_ADDRESS"),
    ),
    counterexamples=(
        "version 1.2.3.4",
        "v10.0.19041.1",
        "pkg==1.2.3.4",
        "setup-1.2.3.4.exe",
        "127.0.0.1 and 0.0.0.0 and ::1",
        "mask 255.255.255.0",
        "10.0.0.0/8",
        "1.3.6.1.4.1.311",
        "at 12:34:56",
        "std::vector and abc::def",
        "256.1.2.3",
    ),
)
