"""Why a chain is trusted, or where the path to a trusted CA breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Final

from cryptography import x509

from diag.lazy_dataclass import dataclass
from diag.model import Certificate, Chain, ChainFault, FaultFound
from diag.x509.decoding import decode, from_pem
from diag.x509.library import Signature
from diag.x509.path_node import Node, key_mismatch, node_of, nodes_of, signature_of, wrong_with
from diag.x509.roots import public_roots

_CHANCE: Final = "; another certificate of that name and key is one, and Java takes the first that it meets"
MAX_PRESENTED: Final = 100
MAX_STEPS: Final = 500  # Of one search; a hostile chain of look-alikes ends here.
MAX_PATH_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of ``explain_chain``: the same fingerprints have the same answer."""

    presented: tuple[str, ...]
    trusted: frozenset[str]
    public: bool
    chain: tuple[Certificate, ...] = field(compare=False)
    anchors: tuple[Certificate, ...] = field(compare=False)


@dataclass(slots=True)
class _Search:
    """One search for a path, and everything that was tried on the way."""

    presented: Sequence[Node]
    trusted: Sequence[Node]
    public: bool = False
    steps: int = 0
    best: tuple[Node, ...] = ()
    failed: list[tuple[Node, Node, Signature]] = field(default_factory=list)
    no_cas: list[tuple[Node, Node, str]] = field(default_factory=list)
    refused: list[FaultFound] = field(default_factory=list)
    refused_path: tuple[Node, ...] = ()

    def find(self, leaf: Node) -> tuple[Node, ...]:
        """Give the path from the leaf to a trusted certificate; empty where there is none."""
        return self._extend((leaf,))

    def _extend(self, path: tuple[Node, ...]) -> tuple[Node, ...]:
        if len(path) > len(self.best):
            self.best = path
        if self._is_trusted(path[-1]):
            wrong = wrong_with(path)
            if wrong and not self.refused:
                self.refused, self.refused_path = wrong, path
            return () if wrong else path
        if len(path) >= MAX_PATH_LENGTH:
            return ()
        for issuer in self._issuers(path):
            found = self._extend((*path, issuer))
            if found:
                return found
        return ()

    def _is_trusted(self, node: Node) -> bool:
        if self.public and node.fingerprint in public_roots().fingerprints:
            return True
        return node in self.trusted

    def _issuers(self, path: tuple[Node, ...]) -> Iterator[Node]:
        """Give the certificates that signed the last one of the path and may do so."""
        child, good = path[-1], list[Node]()
        for issuer in self._issuers_by_name(child):
            if issuer in path or self.steps >= MAX_STEPS:
                continue
            self.steps += 1
            signature = signature_of(child, issuer)
            if signature is not Signature.GOOD:
                self.failed.append((child, issuer, signature))
            elif refusal := self._refusal(path, issuer):
                stumbles = self._is_trusted(issuer) and not key_mismatch(child, issuer)
                self.no_cas.append((child, issuer, f"{refusal}{_CHANCE}" if stumbles and good else refusal))
                if stumbles:
                    # Java takes the trusted one for the end of the path, and looks only then whether it is a CA: it tries no other
                    # (17 and 25; measured). Where another one of that name and key is trusted too, chance decides which it takes.
                    return
            else:
                good.append(issuer)
        yield from good

    def _issuers_by_name(self, child: Node) -> list[Node]:
        """Give every certificate with the name of the issuer, trusted ones and those with the right key id first."""
        found = [node for node in (*self.trusted, *self.presented) if node.name == child.issuer_name]
        if self.public:
            found = [*nodes_of(decode(der) for der in public_roots().named(child.issuer_name)), *found]
        once = {node.fingerprint: node for node in found if node.fingerprint != child.fingerprint}
        latest_expiry_first = sorted(once.values(), key=lambda node: node.plain.not_after, reverse=True)
        return sorted(latest_expiry_first, key=lambda node: node.plain.subject_key_id != child.plain.authority_key_id)

    def _refusal(self, path: tuple[Node, ...], issuer: Node) -> str:
        trusted = self._is_trusted(issuer)
        if (
            trusted
            and issuer.plain.is_ca is None
            and not issuer.unusable
            and issuer.certificate.version is x509.Version.v1
        ):
            return ""
        if issuer.no_ca or issuer.path_length is None or trusted:
            return issuer.no_ca
        below = sum(1 for node in path[1:] if node.name != node.issuer_name)
        return f"it allows {issuer.path_length} CAs below it, not {below}" if below > issuer.path_length else ""


def explain_chain(
    chain: tuple[Certificate, ...], anchors: tuple[Certificate, ...], *, public_too: bool = False
) -> Chain:
    """Look for a path of right signatures from the first certificate of ``chain`` to one of ``anchors``, and say what is wrong.

    Without anchors, the public roots are the trusted ones; ``public_too``: in addition to them. Dates and names are not judged. Raises ValueError for an empty chain.
    """
    if not chain:
        msg = "a chain has at least one certificate"
        raise ValueError(msg)
    presented, trusted = tuple(c.fingerprint for c in chain), frozenset(c.fingerprint for c in anchors)
    return _answer(_Question(presented, trusted, public_too or not anchors, chain, anchors))


@lru_cache(maxsize=1024)
def _answer(question: _Question) -> Chain:
    chain, anchors = question.chain, question.anchors
    presented = nodes_of(chain[:MAX_PRESENTED])
    leaf = node_of(chain[0].pem)
    if leaf is None:
        fault = FaultFound(fault=ChainFault.UNREADABLE, subject=chain[0].subject, detail="it cannot be parsed")
        return Chain(certificates=chain, trusted=False, path=(chain[0].subject,), faults=(fault,))
    search = _Search(presented, nodes_of(anchors), public=question.public)
    path = search.find(leaf)
    taken = path or search.refused_path or search.best
    faults = [] if path else search.refused or _why(search, leaf) + _unreadable(chain)
    if _out_of_order(taken, presented):
        faults = [*faults, leaf.fault(ChainFault.WRONG_ORDER, "a certificate comes before the one it signed")]
    public = bool(_Search(presented, (), public=True).find(leaf)) if anchors else bool(path)
    return Chain(
        certificates=chain,
        trusted=bool(path),
        public=public,
        path=tuple(node.subject for node in taken),
        needed=tuple(node.fingerprint for node in taken),
        size=sum(len(from_pem(certificate.pem)) for certificate in chain),
        faults=tuple(faults),
    )


def _why(search: _Search, leaf: Node) -> list[FaultFound]:
    """Say why there is no path, at the place where the longest one ends."""
    tip = search.best[-1]
    faults = [
        FaultFound(fault=ChainFault.ISSUER_NOT_A_CA, subject=issuer.subject, issuer=issuer.plain.issuer, detail=reason)
        for issuer, reason in {issuer: reason for _, issuer, reason in search.no_cas}.items()
    ]
    alone = tip.name == tip.issuer_name and signature_of(tip, tip) is Signature.GOOD
    for child, issuer, signature in search.failed:
        if child != tip or (alone and issuer not in search.trusted):
            continue
        if signature is Signature.OTHER_KEY:
            whose = "trusted" if issuer in search.trusted else "presented"
            detail = f"the {whose} certificate of that name (SHA-256 {issuer.fingerprint[:16]}…) has another key"
            faults.append(tip.fault(ChainFault.SAME_NAME_OTHER_KEY, detail))
        else:
            scheme, kind = tip.certificate.signature_algorithm_oid.dotted_string, issuer.plain.key_type
            detail = f"its signature (scheme {scheme}) by a key of the kind {kind} cannot be checked by Java"
            faults.append(tip.fault(ChainFault.UNREADABLE, detail))
    if search.steps >= MAX_STEPS:
        faults.append(leaf.fault(ChainFault.UNREADABLE, "too many certificates of the same name to try them all"))
    if alone and tip == leaf:
        faults.append(tip.fault(ChainFault.SELF_SIGNED_LEAF))
    elif not faults and (alone or tip != leaf):
        detail = (
            "" if alone else "its issuer was not sent: a root that is not trusted, or an intermediate that is missing"
        )
        faults.append(tip.fault(ChainFault.UNTRUSTED_ROOT, detail))
    elif not faults:
        faults.append(tip.fault(ChainFault.ISSUER_NOT_SENT, "it was not sent and is not trusted"))
    return faults


def _unreadable(chain: tuple[Certificate, ...]) -> list[FaultFound]:
    return [
        FaultFound(fault=ChainFault.UNREADABLE, subject=certificate.subject, detail="it cannot be parsed")
        for certificate in chain[1:MAX_PRESENTED]
        if node_of(certificate.pem) is None
    ]


def _out_of_order(path: Sequence[Node], presented: Sequence[Node]) -> bool:
    place = {node.fingerprint: i for i, node in reversed(list(enumerate(presented)))}
    places = [place[node.fingerprint] for node in path if node.fingerprint in place]
    return places != sorted(places)
