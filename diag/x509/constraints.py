"""What a CA says about the names below it (name constraints), judged as the JDK does: measured with Java 17 and 25."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Final, cast

from cryptography import x509

from diag.lazy_dataclass import dataclass
from diag.x509.der import Element, elements, first, inside

_MAIL, _DNS, _DIRECTORY, _URI, _IP = 1, 2, 4, 6, 7
_KINDS: Final = {_MAIL: "e-mail address", _DNS: "DNS name", _DIRECTORY: "subject", _URI: "URI", _IP: "IP address"}
_PERMITTED, _EXCLUDED = 0xA0, 0xA1
_EMAIL: Final = x509.NameOID.EMAIL_ADDRESS
_MAX_NAMES: Final = 2000

Rdns = tuple[frozenset[tuple[str, str]], ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name of one kind (the tag of GeneralName), in a form that can be compared."""

    kind: int
    value: str | bytes | Rdns

    def __str__(self) -> str:
        """Name it as a person would."""
        if self.kind == _IP:
            value = cast("bytes", self.value)
            return _address(value)
        if self.kind == _DIRECTORY:
            return ",".join(text for rdn in cast("Rdns", self.value) for _, text in sorted(rdn)) or "an empty name"
        return str(self.value)


@dataclass(frozen=True, slots=True)
class NameConstraints:
    """The two lists of one extension; ``problem`` says why no client can read it."""

    permitted: tuple[Name, ...] = ()
    excluded: tuple[Name, ...] = ()
    problem: str = ""

    def refusal(self, names: Iterable[Name]) -> str:
        """Say which of ``names`` may not stand below; empty where all may."""
        if self.problem:
            return self.problem
        for name in names:
            kind = _KINDS[name.kind]
            for excluded in self.excluded:
                if excluded.kind == name.kind and _is_within(name, excluded):
                    return f"it excludes the {kind} {name}"
            permitted = [one for one in self.permitted if one.kind == name.kind]
            if permitted and not any(_is_within(name, one) for one in permitted):
                return f"it permits {', '.join(map(str, permitted[:3]))}, not the {kind} {name}"
        return ""


def read_name_constraints(value: bytes) -> NameConstraints:
    """Read the value of the extension. Never raises."""
    permitted, excluded = list[Name](), list[Name]()
    try:
        for block in inside(first(value), 0x30):
            into = {_PERMITTED: permitted, _EXCLUDED: excluded}.get(block.tag)
            for subtree in elements(block.content) if into is not None else ():
                base, *limits = inside(subtree, 0x30)
                if any(limit.tag != 0x80 or any(limit.content) for limit in limits):  # noqa: PLR2004 -- minimum is [0].
                    return NameConstraints(problem="it limits the depth of names, which Java does not read")
                name = _read(base)
                if name is not None and into is not None:
                    into.append(name)
    except (ValueError, UnicodeError):
        return NameConstraints(problem="its name constraints are malformed")
    if any(one == Name(_DNS, "") for one in (*permitted, *excluded)):
        return NameConstraints(problem="it constrains DNS names with an empty one, on which Java breaks off")
    return NameConstraints(tuple(permitted), tuple(excluded))


def names_of(certificate: x509.Certificate, alternative: bytes | None) -> tuple[Name, ...]:
    """Give the names of a certificate that constraints apply to: its subject and its alternative names.

    Without the latter, the common name counts as a DNS name, and an e-mail address in the subject as one.
    """
    subject = _rdns(certificate.subject)
    found = [Name(_DIRECTORY, subject)] if subject else []
    if alternative is None:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        found += [Name(_DNS, str(one.value).lower()) for one in common[-1:] if _is_host(str(one.value))]
        found += [Name(_MAIL, str(one.value).lower()) for one in certificate.subject.get_attributes_for_oid(_EMAIL)]
        return tuple(found)
    try:
        read = (_read(element) for element in inside(first(alternative), 0x30))
        found += [name for name, _ in zip((name for name in read if name is not None), range(_MAX_NAMES), strict=False)]
    except (ValueError, UnicodeError):
        return tuple(found)
    return tuple(found)


def _is_host(text: str) -> bool:
    return (
        bool(text) and text.isascii() and all(label and label.replace("-", "a").isalnum() for label in text.split("."))
    )


def _read(element: Element) -> Name | None:
    kind = element.number
    if kind in {_MAIL, _DNS, _URI}:
        return Name(kind, element.content.decode("ascii", "replace").lower())
    if kind == _IP:
        return Name(kind, element.content)
    if kind == _DIRECTORY:
        return Name(kind, tuple(_rdns_of(first(element.content))))
    return None


def _rdns_of(name: Element) -> Iterator[frozenset[tuple[str, str]]]:
    for rdn in inside(name, 0x30):
        pairs = []
        for pair in inside(rdn, 0x31):
            oid, value = inside(pair, 0x30)
            codec = {30: "utf-16-be", 28: "utf-32-be"}.get(value.number, "utf-8")
            pairs.append((oid.content.hex(), _plain(value.content.decode(codec, "replace"))))
        yield frozenset(pairs)


def _rdns(name: x509.Name) -> Rdns:
    return tuple(_rdns_of(first(name.public_bytes())))


def _plain(text: str) -> str:
    """Compare directory names as the JDK does: without regard to case and to runs of blanks."""
    return " ".join(text.lower().split())


def _is_within(name: Name, base: Name) -> bool:
    if name.kind == _IP:
        return _ip_within(cast("bytes", name.value), cast("bytes", base.value))
    if name.kind == _DIRECTORY:
        rdns, wanted = cast("Rdns", name.value), cast("Rdns", base.value)
        return rdns[: len(wanted)] == wanted
    text, tree = cast("str", name.value), cast("str", base.value)
    if name.kind == _DNS:
        tree = tree.removeprefix(".") if text != tree.removeprefix(".") else tree
        return text == tree or text.endswith(f".{tree}")
    if name.kind == _URI:
        text = text.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    elif "@" in tree:
        return text == tree
    else:
        text = text.rpartition("@")[2]
    return text.endswith(tree) if tree.startswith(".") else text == tree


def _ip_within(address: bytes, net: bytes) -> bool:
    half = len(net) // 2
    if len(address) != half:
        return False
    return all(a & m == n & m for a, n, m in zip(address, net[:half], net[half:], strict=True))


def _address(value: bytes) -> str:
    half = len(value) // 2
    try:
        if len(value) in {8, 32}:
            return f"{ipaddress.ip_address(value[:half])}/{ipaddress.ip_address(value[half:])}"
        return str(ipaddress.ip_address(value))
    except ValueError:
        return value.hex()
