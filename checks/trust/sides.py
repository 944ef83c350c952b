"""Trust between all nodes of both sides: who asks whom for a certificate, and whether all nodes agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from checks.causes import NO_CONNECTION, NOT_VOUCHED_FOR, NOTHING_AFTER_TLS
from checks.peer import interface_of, is_node
from checks.tables import docs
from checks.tls.vouched import vouched_for
from checks.trust.presented import CLOUD_NAME, readable_names
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Endpoint,
    Endpoints,
    Finding,
    Interface,
    Past,
    Probe,
    Reason,
    RemoteEvidence,
    RemoteNodes,
    SecurityModel,
    Severity,
    TlsAttempt,
    TlsResult,
    Trust,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_BY_CERTIFICATE: Final = Applies(models=(SecurityModel.CERTIFICATE,))


@check(
    "trust/mtls-disabled",
    severity=Severity.WARNING,
    applies=_BY_CERTIFICATE,
    docs=(docs.EXTCA,),
    tags=("mutual-tls",),
    source="documentation: transport TLS, client_authentication; the two interfaces told apart by the nodes' own addresses",
)
def mtls_disabled(endpoint: Endpoint, attempt: TlsAttempt, probe: Probe, nodes: RemoteNodes | Unavailable) -> Yields:
    """The transport interface of the remote asks for no client certificate.

    Why it matters: whoever reaches the port may speak with the node. What is left of the protection are users and passwords.

    How to fix: ``xpack.security.transport.ssl.client_authentication: required``, the default, and restart the nodes.

    Example: it was switched off while certificates were exchanged, and stayed off.
    """
    if attempt.result is not TlsResult.COMPLETED:
        yield Unknown("the TLS handshake did not get as far as a request for a client certificate")
    elif attempt.client_certificate_requested:
        return
    elif not is_node(probe.transport):
        yield NotApplicable("what answers there has not shown to be a node")
    elif (shown := interface_of(probe.key, probe.interface)) is Interface.REMOTE_CLUSTER_SERVER:
        yield NotApplicable("it is the remote cluster server; config/port-model-mismatch is about that")
    elif shown is Interface.TRANSPORT:
        yield _asks_for_nothing(endpoint, "by the node's own answer")
    elif isinstance(nodes, Unavailable) and nodes.reason is not Reason.NOT_ASKED:
        yield Unknown(str(nodes))
    elif isinstance(nodes, Unavailable):
        yield NotApplicable(
            "which interface this is can't be told by a socket alone; config/port-model-mismatch is about that"
        )
    elif _has_port(endpoint.port, (node.server_address for node in nodes.all)):
        yield NotApplicable(
            "a node publishes this port as its remote cluster server; config/port-model-mismatch is about that"
        )
    elif _has_port(endpoint.port, (node.transport_address for node in nodes.all)):
        yield _asks_for_nothing(endpoint, "by the nodes' own word")
    else:
        yield NotApplicable("no node of the remote publishes this port as its transport interface")


def _asks_for_nothing(endpoint: Endpoint, told: str) -> Finding:
    return Finding(
        summary=f"Port {endpoint.port} is the transport interface {told}, and it asks for no client certificate.",
        remedy="Set xpack.security.transport.ssl.client_authentication: required in elasticsearch.yml of the remote's nodes, and restart "
        "them. If a balancer ends TLS there, let it pass TLS through.",
        facts={"observed": "none is requested", "expected": "required", "port": endpoint.port},
    )


def _has_port(port: int, addresses: Iterable[str]) -> bool:
    return any(address.rpartition(":")[2] == str(port) for address in addresses)


@check(
    "trust/ca-not-signing-all-nodes",
    severity=Severity.ERROR,
    docs=(docs.EC_SELF, docs.SAMECA),
    tags=("ca", "nodes"),
    source="documentation: remote clusters with a self-managed cluster: the CA has to have signed the certificates of all nodes",
    explains=(*NOT_VOUCHED_FOR, "network/partial-client-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def ca_not_signing_all_nodes(about: RemoteEvidence, trust: Trust, endpoints: Endpoints) -> Yields:
    """The trusted CA has signed the certificates of some addresses of the remote, and not of all.

    Why it matters: connections open or fail by the node that they meet.

    How to fix: trust each CA that signs for the remote's nodes, or have all nodes' certificates issued by one.

    Example: a node was added with a certificate of another CA.
    """
    chains = [(probe, probe.chain) for probe in endpoints.probes if isinstance(probe.chain, Chain)]
    bad = [(probe, chain) for probe, chain in chains if not chain.trusted]
    if len(chains) < 2:  # noqa: PLR2004 -- one certificate can't differ from the others.
        yield NotApplicable("fewer than two addresses presented a certificate")
    elif bad and (vouched := vouched_for(about)):
        yield vouched
    elif bad and len(bad) < len(chains):
        issuers = tuple(dict.fromkeys(shorten(chain.leaf.issuer, 120) for _, chain in bad))
        which = "the public roots" if trust.public_roots else "the configured CAs"
        yield Finding(
            summary=f"{len(bad)} of {len(chains)} addresses present a certificate that {which} have not signed: "
            f"{listed([str(probe) for probe, _ in bad])}, issued by {listed(issuers, 3)}.",
            remedy=f"Trust {listed(issuers, 3)} too (certificate_authorities of the local cluster, and ca in diag.yaml), "
            "or have those nodes' certificates issued by the same CA as the others.",
            facts={
                "observed": as_fact(issuers),
                "expected": "one trusted CA for all nodes",
                "failed": tuple(str(one) for one, _ in bad[:20]),
            },
        )
    elif bad:
        yield NotApplicable("no certificate is trusted; tls/untrusted-issuer is about that")
    elif missing := [str(probe) for probe in endpoints.probes if not isinstance(probe.chain, Chain)]:
        yield Unknown(f"no certificate was seen from {listed(missing)}")


@check(
    "trust/cluster-id-mixed",
    severity=Severity.WARNING,
    applies=_BY_CERTIFICATE,
    docs=(docs.EC_SELF,),
    tags=("othername", "nodes"),
    source="documentation: remote clusters with a self-managed cluster: <node>.node.<cluster>.cluster.<scope>.account",
)
def cluster_id_mixed(endpoints: Endpoints) -> Yields:
    """Nodes of the remote carry different cluster names in their otherNames.

    Why it matters: trust is given by these names, so that some nodes are admitted and others not. That two certificates carry the
    same name is told as well: a node that is listed by its name then stands for two.

    How to fix: have the certificates of the outliers issued anew, with the cluster part of the others.

    Example: a node was moved from another cluster with its certificate.
    """
    leaves = {probe.chain.leaf for probe in endpoints.probes if isinstance(probe.chain, Chain)}
    named = {leaf: names for leaf in leaves if (names := _cloud_names(leaf))}
    if not leaves:
        yield Unknown("no certificate was seen")
    elif not named:
        yield NotApplicable("no certificate carries a name of the form <node>.node.<cluster>.cluster.<scope>")
    elif len(named) == 1:
        yield NotApplicable("one certificate carries a name of that form: nothing to compare")
    else:
        yield from _compared([*named.values()])


def _cloud_names(leaf: Certificate) -> frozenset[str]:
    return frozenset(name for name in readable_names(leaf) if CLOUD_NAME.fullmatch(name))


def _compared(named: Sequence[frozenset[str]]) -> Iterator[Finding]:
    """Compare the names of different certificates; a cluster that all of them carry is enough, whatever else they carry."""
    clusters = [frozenset(map(_cluster_part, names)) for names in named]
    counted = Counter(name for names in named for name in names)
    repeated = sorted(name for name, count in counted.items() if count > 1)
    if not frozenset.intersection(*clusters):
        parts = sorted(frozenset.union(*clusters))
        yield Finding(
            summary=f"The certificates of one cluster name several: {listed(parts)}.",
            remedy="Have the certificates of the outliers issued anew with the same cluster and scope: elasticsearch-certutil cert "
            "with an instances file.",
            facts={"observed": as_fact(parts), "expected": "one cluster and scope"},
        )
    elif repeated:
        yield Finding(
            summary=f"Different certificates carry the same node name: {listed(repeated)}; expected one name for each node. "
            "While a certificate is exchanged this passes.",
            remedy="Where these are two nodes, have the certificate of one issued anew with a node part of its own.",
            severity=Severity.INFO,
            facts={"observed": as_fact(repeated), "expected": "one name for each node"},
        )


def _cluster_part(name: str) -> str:
    return name.partition(".node.")[2].removesuffix(".account")


@check(
    "trust/ca-rotated",
    severity=Severity.ERROR,
    docs=(docs.DIFFCA, docs.EC_EDIT),
    tags=("ca", "history"),
    source="documentation: update certificates with a different CA",
    explains=(*NOT_VOUCHED_FOR, "trust/ca-same-dn-other-key", "trust/ca-not-signing-all-nodes", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def ca_rotated(endpoints: Endpoints, past: Past) -> Yields:
    """The remote's certificates are signed by another CA than before.

    Why it matters: whoever trusts the old CA alone does not connect any more. Where the new one is trusted too, nothing is broken, and the old
    one can be taken out once every node has moved.

    How to fix: add the new CA on the local cluster and keep both until all nodes have moved.

    Example: the remote renewed its CA on a Friday.
    """
    chains = [probe.chain for probe in endpoints.probes if isinstance(probe.chain, Chain)]
    before = {issuer for look in past.looks for issuer in look.issuers}
    if not before or not chains:
        yield NotApplicable("no certificate was seen now" if before else "no earlier round knew who signed")
        return
    new = [chain for chain in chains if (chain.leaf.authority_key_id or chain.leaf.issuer) not in before]
    # One that is not trusted breaks something: it comes first.
    for chain in sorted(new, key=lambda one: one.trusted)[:1]:
        issuer = shorten(chain.leaf.issuer, 120)
        trusted = "is trusted" if chain.trusted else "is not trusted here"
        yield Finding(
            summary=f"The certificates are signed by another CA than before: {issuer}, which {trusted}.",
            remedy="Take the old CA out when every node of the remote has moved."
            if chain.trusted
            else f"Add {issuer} to the trusted CAs of the local cluster, beside the old one.",
            severity=Severity.INFO if chain.trusted else None,
            facts={"observed": issuer, "expected": "the CA as before"},
        )


CHECKS = (mtls_disabled, ca_not_signing_all_nodes, cluster_id_mixed, ca_rotated)
