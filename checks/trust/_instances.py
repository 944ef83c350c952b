"""What ``elasticsearch-certutil cert --in`` refuses of an instances file, and what it takes without a word although it is of no use.

Each rule was seen with certutil of 8.19.0.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from diag.model import CLOUD_NAME, Instance, InstancesFile, InstanceValue, Severity, listed, shorten

_FILE_NAME: Final = re.compile(r"(?!\.)[a-zA-Z0-9!@#$%^&{}\[\]()_+\-=,.~'` ]{1,255}")
_ATTRIBUTE: Final = re.compile(
    r"\s*(?:CN|C|L|S|ST|O|OU|T|IP|STREET|DC|DNQUALIFIER|DNQ|SURNAME|GIVENNAME|INITIALS|GENERATION|EMAIL|EMAILADDRESS|UID|SERIALNUMBER|"
    r"(?:OID\.)?[0-9]+(?:\.[0-9]+)+)\s*=.*",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN: Final = re.compile(r"(?<!\\)[,;+]")
_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_RESERVED: Final = "ca"

# What was found: the value, what becomes of it, what is to be done, and how severe it is.
Fault = tuple[InstanceValue, str, str, Severity]


def refused(one: Instance) -> Iterator[Fault]:
    """Everything for which certutil ends without having made a certificate."""
    named = one.name.text
    if named == _RESERVED:
        yield one.name, "ca may not be used as a name", "Choose another name.", Severity.ERROR
    elif not _is_subject(named):
        yield (
            one.name,
            f"{shorten(named, 80)} is no subject of a certificate",
            "Put a backslash before each comma, plus and semicolon, or leave them out.",
            Severity.ERROR,
        )
    elif not _FILE_NAME.fullmatch(one.folder.text):
        advice = "Take letters, digits and hyphens, or add filename with such a name."
        yield (
            one.folder,
            f"{shorten(one.folder.text, 80) or 'an empty text'} is no valid file name",
            advice,
            Severity.ERROR,
        )
    for value in one.ip:
        if not _is_address(value.text):
            advice = "Write one address, without a prefix length; a host name belongs under dns."
            yield value, f"{shorten(value.text, 80) or 'an empty text'} is no IP address", advice, Severity.ERROR
    for value in one.dns:
        if not value.text.isascii():
            yield (
                value,
                f"{shorten(value.text, 80)} is no DNS name",
                "Write it in the form that begins with xn--.",
                Severity.ERROR,
            )


def of_no_use(one: Instance) -> Iterator[Fault]:
    """What certutil puts into a certificate as it stands, and nobody ever asks for."""
    for value in one.dns:
        text = value.text
        if text.isascii() and _is_address(text):
            yield (
                value,
                f"{text} becomes a DNS name, and an address is looked for among the IP addresses",
                "Move it to ip.",
                Severity.ERROR,
            )
        elif text.startswith("*.") and _is_host(text[2:]):
            yield (
                value,
                f"{shorten(text, 80)} stands for exactly one label, and every node of that name has the certificate of all",
                "",
                Severity.INFO,
            )
        elif text.isascii() and not _is_host(text):
            advice = "Write the host name alone, without scheme, port and path."
            yield (
                value,
                f"{shorten(text, 80) or 'an empty text'} becomes a DNS name that no client asks for",
                advice,
                Severity.ERROR,
            )


def same_folder(file: InstancesFile) -> Iterator[tuple[Instance, Instance]]:
    """Two instances with one name of a folder: certutil ends with a broken archive."""
    seen: dict[str, Instance] = {}
    for one in file.instances:
        if one.folder.text in seen:
            yield seen[one.folder.text], one
        seen.setdefault(one.folder.text, one)


def names_compared(file: InstancesFile) -> Iterator[Fault]:
    """What the names for trust management say of different nodes: each has one of its own, and all name one cluster."""
    holders: dict[str, Instance] = {}
    for one in file.instances:
        for value in one.cn:
            first = holders.setdefault(value.text, one)
            if first is not one:
                problem = f"{shorten(value.text, 120)} stands at {shorten(first.name.text, 80)} too: a node that is listed by its name then stands for two"
                yield value, problem, "Give each node a name of its own.", Severity.WARNING
    without = [one for one in file.instances if not one.cn]
    if holders and without:
        problem = "it has no cn, and other instances have one: trust management admits the others only"
        yield from (
            (InstanceValue(text=one.name.text, origin=one.name.origin), problem, "Add cn.", Severity.WARNING)
            for one in without
        )
    yield from _several_clusters(file)


def _several_clusters(file: InstancesFile) -> Iterator[Fault]:
    clusters: dict[str, InstanceValue] = {}
    others: list[InstanceValue] = []
    for value in (value for one in file.instances for value in one.cn):
        if CLOUD_NAME.fullmatch(value.text):
            clusters.setdefault(value.text.partition(".node.")[2], value)
        else:
            others.append(value)
    if len(clusters) > 1:
        *_, last = clusters.values()
        problem = f"the names of one cluster name several: {listed(sorted(clusters))}"
        yield (
            last,
            problem,
            "Use the same cluster and scope, with the same ending, for all nodes of a cluster.",
            Severity.WARNING,
        )
    if clusters and others:
        problem = f"{shorten(others[0].text, 120)} is not of the form <node>.node.<cluster>.cluster.<scope> that the others have"
        yield others[0], problem, "Use one form for all nodes of a cluster.", Severity.WARNING


def _is_subject(name: str) -> bool:
    """Tell whether Java takes a name for a subject: as it is where it has an equals sign, else as a common name."""
    parts = _BETWEEN.split(name)
    if "=" in name:
        return all(_ATTRIBUTE.fullmatch(part) for part in parts)
    return len(parts) == 1


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    # One with a zone (%eth0) is good on one machine alone, and certutil ends with an error.
    return getattr(address, "scope_id", None) is None


def _is_host(text: str) -> bool:
    labels = text.removesuffix(".").split(".")
    return all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
