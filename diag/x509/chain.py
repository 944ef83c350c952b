"""Why a chain is trusted, or where the path to a trusted CA breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from diag.model import Certificate, Chain, ChainFault, FaultFound
from diag.x509.decoding import decode, from_pem, read_extensions
from diag.x509.library import Signature, check_signature, load, quiet
from diag.x509.roots import public_roots

MOST_PRESENTED: Final = 100
MOST_STEPS: Final = 500  # Of one search; a hostile chain of look-alikes ends here.
LONGEST_PATH: Final = 32
# The critical extensions that the JDK knows (its PKIX checkers): any other one makes it refuse a certificate.
_KNOWN_EXTENSIONS: Final = {f"2.5.29.{arc}" for arc in (14, 15, 17, 18, 19, 30, 31, 32, 33, 35, 36, 37, 54)} | {
    "2.16.840.1.113730.1.1"
}


@dataclass(frozen=True, slots=True)
class _Node:
    """A certificate in the search: what it takes to find its issuer, why it may not issue others, why it is of no use at all."""

    fingerprint: str
    certificate: x509.Certificate = field(repr=False, compare=False)
    name: bytes = field(compare=False)
    issuer_name: bytes = field(compare=False)
    subject: str = field(compare=False)
    issuer: str = field(compare=False)
    key_id: str = field(compare=False)
    issuer_key_id: str = field(compare=False)
    path_length: int | None = field(compare=False)
    no_ca: str = field(compare=False)
    unusable: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of ``explain_chain``: the same fingerprints have the same answer."""

    presented: tuple[str, ...]
    trusted: frozenset[str]
    chain: tuple[Certificate, ...] = field(compare=False)
    anchors: tuple[Certificate, ...] = field(compare=False)


@dataclass(slots=True)
class _Search:
    """One search for a path, and everything that was tried on the way."""

    presented: Sequence[_Node]
    trusted: Sequence[_Node]
    public: bool = False
    steps: int = 0
    best: tuple[_Node, ...] = ()
    failed: list[tuple[_Node, _Node, Signature]] = field(default_factory=list)
    no_cas: list[tuple[_Node, _Node, str]] = field(default_factory=list)

    def find(self, leaf: _Node) -> tuple[_Node, ...]:
        """Give the path from the leaf to a trusted certificate; empty where there is none."""
        return self._extend((leaf,))

    def _extend(self, path: tuple[_Node, ...]) -> tuple[_Node, ...]:
        if len(path) > len(self.best):
            self.best = path
        if self._is_trusted(path[-1]):
            return path
        if len(path) >= LONGEST_PATH:
            return ()
        for issuer in self._issuers(path):
            found = self._extend((*path, issuer))
            if found:
                return found
        return ()

    def _is_trusted(self, node: _Node) -> bool:
        if self.public and node.fingerprint in public_roots().fingerprints:
            return True
        return node in self.trusted

    def _issuers(self, path: tuple[_Node, ...]) -> Iterator[_Node]:
        """Give the certificates that signed the last one of the path and may do so."""
        child = path[-1]
        for issuer in self._namesakes(child):
            if issuer in path or self.steps >= MOST_STEPS:
                continue
            self.steps += 1
            signature = _signature(child, issuer)
            if signature is not Signature.GOOD:
                self.failed.append((child, issuer, signature))
            elif self._refusal(path, issuer):
                self.no_cas.append((child, issuer, self._refusal(path, issuer)))
            else:
                yield issuer

    def _namesakes(self, child: _Node) -> list[_Node]:
        """Give every certificate with the name of the issuer, trusted ones and those with the right key id first."""
        found = [node for node in (*self.trusted, *self.presented) if node.name == child.issuer_name]
        if self.public:
            found = [*_nodes(decode(der) for der in public_roots().named(child.issuer_name)), *found]
        once = {node.fingerprint: node for node in found if node.fingerprint != child.fingerprint}
        return sorted(once.values(), key=lambda node: node.key_id != child.issuer_key_id)

    def _refusal(self, path: tuple[_Node, ...], issuer: _Node) -> str:
        if issuer.no_ca or issuer.path_length is None or self._is_trusted(issuer):
            return issuer.no_ca
        below = sum(1 for node in path[1:] if node.name != node.issuer_name)
        return f"it allows {issuer.path_length} CAs below it, not {below}" if below > issuer.path_length else ""


def explain_chain(chain: tuple[Certificate, ...], anchors: tuple[Certificate, ...]) -> Chain:
    """Look for a path of right signatures from the first certificate of ``chain`` to one of ``anchors``, and say what is wrong.

    Without anchors, the public roots are the trusted ones. Dates and names are not judged. Raises ValueError for an empty chain.
    """
    if not chain:
        msg = "a chain has at least one certificate"
        raise ValueError(msg)
    presented, trusted = tuple(c.fingerprint for c in chain), frozenset(c.fingerprint for c in anchors)
    return _answer(_Question(presented, trusted, chain, anchors))


@lru_cache(maxsize=1024)
def _answer(question: _Question) -> Chain:
    chain, anchors = question.chain, question.anchors
    presented = _nodes(chain[:MOST_PRESENTED])
    leaf = _node(chain[0].pem)
    if leaf is None:
        fault = FaultFound(fault=ChainFault.UNREADABLE, subject=chain[0].subject, detail="it cannot be parsed")
        return Chain(certificates=chain, trusted=False, path=(chain[0].subject,), faults=(fault,))
    search = _Search(presented, _nodes(anchors), public=not anchors)
    path = search.find(leaf)
    unusable = [_fault(ChainFault.UNREADABLE, node, node.unusable) for node in path[:-1] or path if node.unusable]
    faults = list(unusable) if path else _why(search, leaf) + _unreadable(chain)
    if _out_of_order(path or search.best, presented):
        faults.append(_fault(ChainFault.WRONG_ORDER, leaf, "a certificate comes before the one it signed"))
    trusted = bool(path) and not unusable
    public = bool(_Search(presented, (), public=True).find(leaf)) if anchors else trusted
    return Chain(
        certificates=chain,
        trusted=trusted,
        public=public,
        path=tuple(node.subject for node in path or search.best),
        faults=tuple(faults),
    )


def _why(search: _Search, leaf: _Node) -> list[FaultFound]:
    """Say why there is no path, at the place where the longest one ends."""
    tip = search.best[-1]
    faults = [
        FaultFound(fault=ChainFault.ISSUER_NOT_A_CA, subject=issuer.subject, issuer=issuer.issuer, detail=reason)
        for issuer, reason in {issuer: reason for _, issuer, reason in search.no_cas}.items()
    ]
    alone = tip.name == tip.issuer_name and _signature(tip, tip) is Signature.GOOD
    for child, issuer, signature in search.failed:
        if child != tip or (alone and issuer not in search.trusted):
            continue
        if signature is Signature.OTHER_KEY:
            whose = "trusted" if issuer in search.trusted else "presented"
            detail = f"the {whose} certificate of that name (SHA-256 {issuer.fingerprint[:16]}…) has another key"
            faults.append(_fault(ChainFault.SAME_NAME_OTHER_KEY, tip, detail))
        else:
            scheme = tip.certificate.signature_algorithm_oid.dotted_string
            faults.append(_fault(ChainFault.UNREADABLE, tip, f"its signature (scheme {scheme}) cannot be checked"))
    if search.steps >= MOST_STEPS:
        faults.append(_fault(ChainFault.UNREADABLE, leaf, "too many certificates of the same name to try them all"))
    if alone and tip == leaf:
        faults.append(_fault(ChainFault.SELF_SIGNED_LEAF, tip))
    elif not faults and (alone or tip != leaf):
        detail = (
            "" if alone else "its issuer was not sent: a root that is not trusted, or an intermediate that is missing"
        )
        faults.append(_fault(ChainFault.UNTRUSTED_ROOT, tip, detail))
    elif not faults:
        faults.append(_fault(ChainFault.ISSUER_NOT_SENT, tip, "it was not sent and is not trusted"))
    return faults


def _unreadable(chain: tuple[Certificate, ...]) -> list[FaultFound]:
    return [
        FaultFound(fault=ChainFault.UNREADABLE, subject=certificate.subject, detail="it cannot be parsed")
        for certificate in chain[1:MOST_PRESENTED]
        if _node(certificate.pem) is None
    ]


def _fault(fault: ChainFault, node: _Node, detail: str = "") -> FaultFound:
    return FaultFound(fault=fault, subject=node.subject, issuer=node.issuer, detail=detail)


def _out_of_order(path: Sequence[_Node], presented: Sequence[_Node]) -> bool:
    place = {node.fingerprint: i for i, node in reversed(list(enumerate(presented)))}
    places = [place[node.fingerprint] for node in path if node.fingerprint in place]
    return places != sorted(places)


def _nodes(certificates: Iterable[Certificate]) -> tuple[_Node, ...]:
    """Give each certificate once, those that cannot be parsed left out."""
    found = (_node(certificate.pem) for certificate in certificates)
    return tuple(dict.fromkeys(node for node in found if node is not None))


@lru_cache(maxsize=1024)
def _node(pem: str) -> _Node | None:
    try:
        der = from_pem(pem)
        plain, certificate = decode(der), load(der)
        with quiet():
            name, issuer_name = certificate.subject.public_bytes(), certificate.issuer.public_bytes()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    extensions = read_extensions(certificate.tbs_certificate_bytes)
    strange = [oid for oid in extensions.critical if oid not in _KNOWN_EXTENSIONS]
    unusable = f"its critical extension {strange[0]} is not known" if strange else ""
    return _Node(
        fingerprint=plain.fingerprint,
        certificate=certificate,
        name=name,
        issuer_name=issuer_name,
        subject=plain.subject,
        issuer=plain.issuer,
        key_id=plain.subject_key_id,
        issuer_key_id=plain.authority_key_id,
        no_ca=_no_ca(plain, certificate.version),
        path_length=extensions.path_length,
        unusable="it has an extension twice" if extensions.repeated else unusable,
    )


def _no_ca(plain: Certificate, version: x509.Version) -> str:
    """Say why a certificate may not issue others; empty if it may. A root of version 1 says nothing on it, and may."""
    if version is x509.Version.v1:
        return "" if plain.self_signed else "it is of version 1 and no root"
    if not plain.is_ca:
        return (
            "its basicConstraints do not say that it is a CA" if plain.is_ca is False else "it has no basicConstraints"
        )
    if plain.key_usage is not None and "key_cert_sign" not in plain.key_usage:
        return "its keyUsage does not allow it to sign certificates"
    return ""


@lru_cache(maxsize=4096)
def _signature(child: _Node, issuer: _Node) -> Signature:
    with quiet():
        return check_signature(child.certificate, issuer.certificate)
