"""One certificate as the search for a path needs it, and what is wrong with a whole path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from diag.lazy_dataclass import dataclass
from diag.model import Certificate, ChainFault, FaultFound
from diag.x509.constraints import Name, NameConstraints, names_of
from diag.x509.decoding import Extensions, decode, from_pem, read_extensions
from diag.x509.library import Signature, check_signature, load, quiet, signed_part
from diag.x509.policies import PolicyRules, are_satisfied

# The critical extensions that the JDK's checkers of a path take on (17 and 25; measured): any other one makes them refuse it.
_KNOWN_EXTENSIONS: Final = {f"2.5.29.{arc}" for arc in (15, 17, 19, 30, 32, 33, 36, 37, 54)} | {"2.16.840.1.113730.1.1"}
_NETSCAPE_SERVER: Final = 0x40


@dataclass(frozen=True, slots=True)
class Node:
    """A certificate in the search: what it takes to find its issuer, why it may not issue others, why it is of no use at all."""

    fingerprint: str
    certificate: x509.Certificate = field(repr=False, compare=False)
    signed: bytes = field(repr=False, compare=False)
    plain: Certificate = field(repr=False, compare=False)
    name: bytes = field(compare=False)
    issuer_name: bytes = field(compare=False)
    issuer_serial: int | None = field(compare=False)
    path_length: int | None = field(compare=False)
    no_ca: str = field(compare=False)
    unusable: str = field(compare=False)
    no_server: str = field(compare=False)
    constraints: NameConstraints | None = field(compare=False)
    names: tuple[Name, ...] = field(compare=False)
    policy: PolicyRules = field(compare=False)

    @property
    def subject(self) -> str:
        """Its name in words."""
        return self.plain.subject

    @property
    def self_issued(self) -> bool:
        """Whether it bears the name of its issuer."""
        return self.name == self.issuer_name

    def fault(self, fault: ChainFault, detail: str = "") -> FaultFound:
        """Make a fault of this certificate."""
        return FaultFound(fault=fault, subject=self.subject, issuer=self.plain.issuer, detail=detail)


def nodes_of(certificates: Iterable[Certificate]) -> tuple[Node, ...]:
    """Give each certificate once, those that cannot be parsed left out."""
    found = (node_of(certificate.pem) for certificate in certificates)
    return tuple(dict.fromkeys(node for node in found if node is not None))


@lru_cache(maxsize=1024)
def node_of(pem: str) -> Node | None:
    """Read a certificate; None where it cannot be parsed."""
    try:
        der = from_pem(pem)
        plain, certificate, signed = decode(der), load(der), signed_part(der)
        with quiet():
            name, issuer_name = certificate.subject.public_bytes(), certificate.issuer.public_bytes()
            extensions = read_extensions(signed)
            names = names_of(certificate, extensions.alternative_names)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    first_version = certificate.version is x509.Version.v1
    return Node(
        fingerprint=plain.fingerprint,
        certificate=certificate,
        signed=signed,
        plain=plain,
        name=name,
        issuer_name=issuer_name,
        issuer_serial=extensions.issuer_serial,
        path_length=extensions.path_length,
        no_ca=_no_ca(plain, first_version=first_version),
        unusable=_unusable(plain, extensions, first_version=first_version),
        no_server=_no_server(extensions),
        constraints=extensions.name_constraints,
        names=names,
        policy=replace(extensions.policy, self_issued=name == issuer_name),
    )


def _unusable(plain: Certificate, extensions: Extensions, *, first_version: bool) -> str:
    """Say why nobody can use a certificate, whatever it is meant for."""
    if extensions.repeated:
        return "it has an extension twice"
    if extensions.malformed:
        return "its extensions are malformed"
    if first_version and (extensions.has_any):
        return "it is of version 1 and has extensions, which only version 3 may have"
    if "cannot be read as a date" in plain.problem:
        return next(part for part in plain.problem.split("; ") if "cannot be read as a date" in part)
    unsupported = [oid for oid in extensions.critical if oid not in _KNOWN_EXTENSIONS]
    return f"its critical extension {unsupported[0]} is not known" if unsupported else ""


def _no_server(extensions: Extensions) -> str:
    if extensions.netscape_type is not None and not extensions.netscape_type & _NETSCAPE_SERVER:
        return "its Netscape certificate type leaves servers out"
    return ""


def _no_ca(plain: Certificate, *, first_version: bool) -> str:
    """Say why a certificate may not issue others; empty if it may. A root of version 1 says nothing on it, and may."""
    if first_version:
        return "" if plain.self_signed else "it is of version 1 and no root"
    if not plain.is_ca:
        return (
            "its basicConstraints do not say that it is a CA" if plain.is_ca is False else "it has no basicConstraints"
        )
    if plain.key_usage is not None and "key_cert_sign" not in plain.key_usage:
        return "its keyUsage does not allow it to sign certificates"
    return ""


@lru_cache(maxsize=4096)
def signature_of(child: Node, issuer: Node) -> Signature:
    """Tell whether the issuer signed the child."""
    with quiet():
        return check_signature(child.certificate, issuer.certificate, child.signed)


def key_mismatch(child: Node, anchor: Node) -> str:
    """Say in which key identifier a certificate differs from the trusted one that issued it; empty where they agree.

    Java compares them at the trusted end of the path only, and the serial number too (17 and 25; measured).
    """
    wanted, found = child.plain.authority_key_id, anchor.plain.subject_key_id
    if wanted and found and wanted != found:
        return f"it names the key {wanted}, and the CA of that name says of its key that it is {found}"
    if child.issuer_serial is not None and child.issuer_serial != anchor.certificate.serial_number:
        return (
            f"it names the CA certificate with serial number {child.issuer_serial:x}, and the trusted one of that name has "
            f"{anchor.certificate.serial_number:x}"
        )
    return ""


def wrong_with(path: Sequence[Node]) -> list[FaultFound]:
    """Say what is wrong with a path of right signatures, from the leaf to a trusted certificate, apart from dates.

    What the trusted certificate itself says is of no account to Java, nor is anything on a leaf that is trusted itself.
    """
    if len(path) == 1:
        return []
    below = path[:-1]
    found = [node.fault(ChainFault.UNREADABLE, node.unusable) for node in below if node.unusable]
    if path[0].no_server:
        found.append(path[0].fault(ChainFault.UNREADABLE, path[0].no_server))
    mismatch = key_mismatch(path[-2], path[-1])
    if mismatch:
        found.append(path[-2].fault(ChainFault.KEY_IDENTIFIER, mismatch))
    for place, issuer in enumerate(below):
        for child in below[:place]:
            if issuer.constraints is None or (child.self_issued and child is not path[0]):
                continue
            refusal = issuer.constraints.refusal(child.names)
            if refusal:
                detail = f"{refusal}" if child is path[0] else f"{refusal} of the CA {child.subject}"
                found.append(issuer.fault(ChainFault.NAME_CONSTRAINTS, detail))
                break
    if not are_satisfied([node.policy for node in reversed(below)]):
        found.append(
            path[0].fault(ChainFault.POLICY, "a CA above it demands a certificate policy that it does not have")
        )
    return found
