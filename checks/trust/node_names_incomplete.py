"""The check trust/node-names-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.certificate_files import leaves
from checks.shared.cloud_trust import FOR_KEYS, admits, names_in
from checks.shared.payloads import entry_name, is_given, text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CertificateFiles,
    DirectTrust,
    Finding,
    InstancesFiles,
    Severity,
    TrustPayloads,
    Unavailable,
    dataclass,
    listed,
    shorten,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A node as documents show it: the names in its certificate that trust goes by, who issued that, and where it stands."""

    names: tuple[str, ...]
    issuer: str
    where: str


@check(
    "trust/node-names-incomplete",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_EDIT_CONNECTION),
    tags=("documents", "cloud", "certificate"),
    source="documentation: remote clusters with self-managed clusters, every node is listed where their names follow no pattern",
)
def node_names_incomplete(
    payloads: TrustPayloads, instances: InstancesFiles | Unavailable, certificates: CertificateFiles | Unavailable
) -> Yields:
    """The trust settings do not name every node of the self-managed cluster.

    Why it matters: where names follow no pattern, a node that is not in ``additional_node_names`` is refused in the handshake. The list has to
    follow each change of the topology, and so does the ``trust_restrictions`` file of the other side.

    How to fix: add the node; or give the nodes names of the form ``<node>.node.<cluster>.cluster.<scope>.account``, and trust the scope.

    Example: ``instances.yml`` has node1 to node4, the payload names three of them.
    """
    entries = [one for payload in payloads.all for one in payload.direct if text_of(one.type) != FOR_KEYS]
    nodes = [*_ordered(instances), *_presented(certificates)]
    if not entries or not nodes:
        yield NotApplicable("it takes direct trust, and instances.yml or the certificates of the nodes")
        return
    for entry in entries:
        concerned = [one for one in nodes if _is_of(one, entry)]
        lost = [one for one in concerned if not any(admits(entry, name) for name in one.names)]
        if lost and not any(_covers_all(other, lost) for other in entries if other is not entry):
            yield Finding(
                summary=f"The {entry_name(entry)} does not admit {listed([one.names[0] for one in lost])} ({listed(sorted({one.where for one in lost}))}); expected every node of the cluster.",
                remedy="Add them to additional_node_names, and to the trust_restrictions file of the other side.",
                origin=entry.node_names[0].origin if entry.node_names else entry.origin,
                facts={"missing": tuple(shorten(one.names[0]) for one in lost[:20])},
            )
        yield from _gone(entry, concerned)


def _ordered(instances: InstancesFiles | Unavailable) -> Iterator[_Node]:
    for file in () if isinstance(instances, Unavailable) else instances.all:
        for one in file.instances:
            names = tuple(value.text for value in one.cn if value.text) or (one.name.text,)
            yield _Node(names=names, issuer="", where=shorten(file.path))


def _presented(certificates: CertificateFiles | Unavailable) -> Iterator[_Node]:
    for one in () if isinstance(certificates, Unavailable) else leaves(certificates):
        names = names_in(one.certificate)
        if names:
            yield _Node(names=names, issuer=one.certificate.issuer, where=one.path)


def _is_of(node: _Node, entry: DirectTrust) -> bool:
    """Whether the entry is about this node: its CA issued the certificate, as far as both are known."""
    subjects = {ca.subject for one in entry.certificates for ca in one.file.certificates}
    return not node.issuer or not subjects or node.issuer in subjects


def _covers_all(entry: DirectTrust, nodes: list[_Node]) -> bool:
    return all(any(admits(entry, name) for name in one.names) for one in nodes)


def _gone(entry: DirectTrust, nodes: list[_Node]) -> Iterator[Finding]:
    """Names in the list that no node has, where the documents show some of the nodes that it names."""
    present = {name for one in nodes for name in one.names}
    named = [one for one in entry.node_names if is_given(one)]
    gone = [one for one in named if one.text not in present]
    if gone and len(gone) < len(named):
        yield Finding(
            summary=f"The {entry_name(entry)} names {listed([one.text for one in gone])}, which no document shows as a node.",
            remedy="Take out what is gone.",
            severity=Severity.INFO,
            origin=gone[0].origin,
            facts={"gone": tuple(shorten(one.text) for one in gone[:20])},
        )
