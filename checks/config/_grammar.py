"""The grammar of addresses: what is wrong with one, named once, so that one typo gives one finding."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from diag.model import Address, is_ip

MAX_LABEL_LENGTH = 63  # RFC 1035, section 2.3.4.
MAX_NAME_LENGTH = 253  # The same, without the final dot and the length of the first label.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")
_PLACEHOLDER = re.compile(r"[<$]|\{\{")
_CLOUD_ID = re.compile(r"[^:]+:(?!\d+$)[A-Za-z0-9+=]{20,}")  # ASCII text never gives a slash in base64.
_ZONE = re.compile(r"[0-9A-Za-z_.-]+(:\d+)?")
_PORT_AT_END = re.compile(r"(?P<host>.*):(?P<port>0{0,20}\d{1,5})")
_USUAL_PORT = (
    1024  # A last group of an IPv6 address that is a decimal number from here on was most likely meant as a port.
)


_HIGHEST_PORT = 65535


class Fault(StrEnum):
    """What keeps Elasticsearch from reading an address; the first that holds, the most telling ones first."""

    NONE = "none"
    SCHEME = "scheme"
    SEMICOLON = "semicolon"
    PLACEHOLDER = "placeholder"
    CLOUD_ID = "cloud_id"
    PARTS_OF_URL = "parts_of_url"
    LIST = "list"
    IPV6 = "ipv6"
    BLANK = "blank"
    NO_PORT = "no_port"

    @property
    def check(self) -> str:
        """The check that reports the fault."""
        return _REPORTED_BY[self]


_REPORTED_BY = {
    Fault.NONE: "",
    Fault.SCHEME: "config/address-scheme",
    Fault.SEMICOLON: "config/address-semicolon",
    Fault.PLACEHOLDER: "config/address-hygiene",
    Fault.CLOUD_ID: "config/address-es-endpoint",
    Fault.PARTS_OF_URL: "config/address-scheme",
    Fault.LIST: "config/address-hygiene",
    Fault.IPV6: "config/address-ipv6-unbracketed",
    Fault.BLANK: "config/address-hygiene",
    Fault.NO_PORT: "config/address-no-port",
}


@lru_cache(maxsize=4096)
def fault_of(address: Address) -> Fault:
    """Tell the one fault of an address that explains why Elasticsearch can't read it."""
    text = address.text.strip()
    reported = {
        Fault.SCHEME: _URL.match(text) is not None,
        Fault.SEMICOLON: ";" in text and not _are_several(text),
        Fault.PLACEHOLDER: _PLACEHOLDER.search(text) is not None,
        Fault.CLOUD_ID: _CLOUD_ID.fullmatch(text) is not None,
        Fault.PARTS_OF_URL: any(char in text for char in "/?@"),
        Fault.LIST: "," in text or _are_several(text),
        Fault.IPV6: _looks_like_ipv6(text),
        Fault.BLANK: any(char.isspace() for char in address.text),
        Fault.NO_PORT: address.parts is None,
    }
    return next((fault for fault, holds in reported.items() if holds), Fault.NONE)


def _are_several(text: str) -> bool:
    """Tell several addresses, with semicolons or blanks between them, from one whose port stands behind such a sign."""
    return sum(":" in word for word in text.replace(";", " ").split()) > 1


def zone_of(host: str) -> str:
    """The zone of an IPv6 address in brackets: a network interface of one machine. Empty where there is none."""
    return host[1:-1].partition("%")[2] if host.startswith("[") and host.endswith("]") else ""


def flaws_of(host: str) -> tuple[str, ...]:
    """What is odd about a host although the address can be read; an IP address has none."""
    if is_ip(host):
        return ()
    labels = host.removesuffix(".").split(".")
    found = {
        "a character that can't be seen": any(unicodedata.category(char) in {"Cc", "Cf"} for char in host),
        "a dot at the end": host.endswith("."),
        "upper-case letters": any(char.isupper() for char in host),
        "an underscore": "_" in host,
        "an empty label": any(not label for label in labels),
        f"a label of more than {MAX_LABEL_LENGTH} characters": any(len(label) > MAX_LABEL_LENGTH for label in labels),
        f"more than {MAX_NAME_LENGTH} characters": len(host.removesuffix(".")) > MAX_NAME_LENGTH,
    }
    return tuple(flaw for flaw, holds in found.items() if holds)


def clean(host: str) -> str:
    """The host that was most likely meant: empty where it would have to be guessed."""
    seen = "".join(char for char in host if unicodedata.category(char) not in {"Cc", "Cf"})
    cleaned = seen.lower().removesuffix(".")
    return "" if flaws_of(cleaned) else cleaned


def repair(text: str, port: int) -> str:
    """The ``host:port`` that was most likely meant; ``port`` stands in where none can be read."""
    seen = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf"} and not char.isspace())
    bare = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:/+", "", seen)
    bare = re.split(r"[/?]", bare, maxsplit=1)[0].rpartition("@")[2].replace(";", ":")
    if _looks_like_ipv6(bare):
        address, _, last = bracket(bare, port).rpartition(":")
        return f"{_without_zone(address) or '<host>'}:{last}"
    found = _PORT_AT_END.fullmatch(bare)
    if found and 0 < int(found["port"]) <= _HIGHEST_PORT:
        host, port = found["host"], int(found["port"])
    else:
        host = bare[: bare.find("]") + 1] if bare.startswith("[") else bare
    if host.startswith("["):
        host = _without_zone(host) if _is_ipv6(host[1:-1].partition("%")[0]) else ""
    else:
        host = host.partition(":")[0]
    return f"{host or '<host>'}:{port}"


def _without_zone(host: str) -> str:
    """An address without its zone; one that holds on its own link only is nothing without it."""
    address = host[1:-1].partition("%")[0]
    if not zone_of(host) or not _is_ipv6(address):
        return host
    return "" if ipaddress.IPv6Address(address).is_link_local else f"[{address}]"


def bracket(text: str, port: int) -> str:
    """Put the brackets around an IPv6 address; a last group that looks like a port is taken for one."""
    host, _, last = text.rpartition(":")
    if last.isdecimal() and _USUAL_PORT <= int(last) <= _HIGHEST_PORT and _is_ipv6(host):
        return f"[{host}]:{last}"
    return f"[{text}]:{port}"


def _looks_like_ipv6(text: str) -> bool:
    """Tell an IPv6 address without brackets, with or without a port, by its characters: it may well be a wrong one."""
    address, percent, zone = text.partition("%")
    made_of = set(address) <= set("0123456789abcdefABCDEF:.")
    return made_of and address.count(":") > 1 and (not percent or _ZONE.fullmatch(zone) is not None)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
