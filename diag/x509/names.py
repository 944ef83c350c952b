"""The subject alternative names of a certificate, with every otherName as Elasticsearch reads it."""

from __future__ import annotations

import ipaddress
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import OtherName
from diag.x509.der import Element, elements, first, inside, object_identifier

COMMON_NAME: Final = "2.5.4.3"
_SEQUENCE: Final = 0x30
_EXPLICIT: Final = 0xA0

# Which ASN.1 types Elasticsearch reads as text, and how (its DerParser): the number of the tag decides, its class does not.
_READ: Final = {
    12: ("UTF8String", "utf-8"),
    18: ("NumericString", "latin-1"),
    19: ("PrintableString", "latin-1"),
    21: ("VideotexString", "latin-1"),
    22: ("IA5String", "latin-1"),
    25: ("GraphicString", "latin-1"),
    26: ("VisibleString", "latin-1"),
    27: ("GeneralString", "latin-1"),
    30: ("BMPString", "utf-16-be"),
}
_OCTETS: Final = 4
# Types that are met in its place and that it does not read.
_NOT_READ: Final = {
    1: "BOOLEAN",
    2: "INTEGER",
    3: "BIT STRING",
    5: "NULL",
    6: "OBJECT IDENTIFIER",
    16: "SEQUENCE",
    17: "SET",
    20: "T61String",
    28: "UniversalString",
}


@dataclass(frozen=True, slots=True)
class AlternativeNames:
    """What a subjectAltName extension holds of use here. ``problem`` is empty where all of it could be read."""

    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    other_names: tuple[OtherName, ...] = ()
    uris: tuple[str, ...] = ()
    problem: str = ""


def read_alternative_names(value: bytes) -> AlternativeNames:
    """Read the value of a subjectAltName extension. Never raises: what is broken is left out and named in ``problem``."""
    dns, ips, others, uris = list[str](), list[str](), list[OtherName](), list[str]()
    problem = ""
    try:
        for name in inside(first(value), _SEQUENCE):
            match name.tag:
                case 0x82:  # dNSName
                    dns.append(name.content.decode("latin-1"))
                case 0x86:  # uniformResourceIdentifier
                    uris.append(name.content.decode("latin-1"))
                case 0x87:  # iPAddress
                    ips.append(str(ipaddress.ip_address(name.content)))
                case 0xA0:  # otherName
                    others.append(read_other_name(name.content))
    except ValueError:
        problem = "its subject alternative names are malformed"
    return AlternativeNames(tuple(dns), tuple(ips), tuple(others), tuple(uris), problem)


def read_other_name(content: bytes) -> OtherName:
    """Read what is inside an otherName: the object identifier, then the value under an explicit tag. Never raises."""
    try:
        parts = elements(content)
        oid = object_identifier(_content(next(parts, None), 0x06))
    except ValueError:
        return OtherName(oid="", readable=False, problem="it is no valid DER")
    try:
        wrapper = next(parts, None)
        if wrapper is None or wrapper.tag != _EXPLICIT:
            return OtherName(oid=oid, readable=False, problem="its value has no explicit tag [0]")
        found = _read_value(oid, wrapper)
    except ValueError:
        return OtherName(oid=oid, readable=False, problem="its value is no valid DER")
    return found


def _content(element: Element | None, tag: int) -> bytes:
    if element is None or element.tag != tag:
        msg = "no object identifier"
        raise ValueError(msg)
    return element.content


def _read_value(oid: str, wrapper: Element) -> OtherName:
    """Read the value as Elasticsearch does: at most one more constructed level, whatever it is, then a string."""
    value = first(wrapper.content)
    if value.constructed:
        value = first(value.content)
    readable, problem = oid == COMMON_NAME, ""
    if oid != COMMON_NAME:
        problem = f"its object identifier is {oid}, not {COMMON_NAME}"
    if value.constructed:
        return OtherName(oid=oid, readable=False, problem=problem or "its value is wrapped more than twice")
    if value.number == _OCTETS:
        return OtherName(
            oid=oid, value=value.content.hex(), encoding="OCTET STRING", readable=readable, problem=problem
        )
    if value.number in _READ:
        encoding, codec = _READ[value.number]
        text = value.content.decode(codec, "replace")
        return OtherName(oid=oid, value=text, encoding=encoding, readable=readable, problem=problem)
    encoding = _NOT_READ.get(value.number, f"ASN.1 type {value.number}")
    return OtherName(
        oid=oid, encoding=encoding, readable=False, problem=problem or f"its value is a {encoding}, which is not read"
    )
