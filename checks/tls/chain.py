"""Whether the chain of the peer leads to a CA that the local cluster trusts, and whether all nodes present the same."""

from __future__ import annotations

from typing import Final

from checks.causes import NO_CONNECTION, NOT_VOUCHED_FOR, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.tls.vouched import not_to_be_judged
from checks.tls.wording import client_prefix, server_prefix, subject, trust_ca, unsent_issuer
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Chain,
    ChainFault,
    FaultFound,
    Finding,
    LocalCluster,
    LocalNodes,
    RemoteEvidence,
    SecurityModel,
    Severity,
    Trust,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

# Faults that have a check of their own.
_TOLD_ELSEWHERE: Final = {
    ChainFault.KEY_IDENTIFIER: "tls/key-identifier-mismatch",
    ChainFault.NAME_CONSTRAINTS: "tls/name-constraints",
}


@check(
    "tls/private-ca-missing",
    second_hop=True,
    severity=Severity.CRITICAL,
    applies=Applies(models=(SecurityModel.API_KEY,)),
    beside_connection=Severity.WARNING,
    docs=(docs.APIKEY_TRUST, docs.EC_SELF, docs.TRB_TLS),
    tags=("tls", "trust"),
    source="documentation: add remote clusters using API key authentication, establish trust",
    explains=(*NOT_VOUCHED_FOR, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def private_ca_missing(
    about: RemoteEvidence, cluster: LocalCluster, nodes: LocalNodes | Unavailable, trust: Trust, chain: Chain
) -> Yields:
    """The remote cluster server has a certificate of a private CA, and no CA is configured for it.

    Why it matters: without ``certificate_authorities`` the local cluster trusts the public roots of its Java alone, and a
    self-managed remote most often has a CA of its own.

    How to fix: give the CA of the remote cluster server to the local cluster: on hosted and ECE with the API key in the
    trusted environment, elsewhere in ``xpack.security.remote_cluster_client.ssl.certificate_authorities``.

    Example: the certificate on port 9443 was made with ``elasticsearch-certutil``, and only the API key was set up.
    """
    if not trust.public_roots:
        yield NotApplicable("a CA is configured for this remote")
    elif not chain.trusted and not chain.public and (open_ := not_to_be_judged(about, cluster, nodes)):
        yield open_
    elif not chain.trusted and not chain.public:
        gap = unsent_issuer(chain)
        or_else = " If that is an intermediate of a public CA, the server has to send it instead." if gap else ""
        issuer = gap or _top(chain)
        yield Finding(
            summary=f"The peer's certificate comes from {issuer}, no public CA that is known here, and no CA is configured for this "
            f"remote: only public roots are trusted.{or_else}",
            remedy=f"Get the CA certificate of the remote cluster and add it: {trust_ca(cluster, about.remote)}; then also as ca of "
            "this remote in diag.yaml.",
            facts={"observed": issuer, "expected": "a public root, or a configured CA", "path": as_fact(chain.path)},
        )


@check(
    "tls/public-vs-private-ca",
    severity=Severity.ERROR,
    beside_connection=Severity.WARNING,
    docs=(docs.SEC_CLI, docs.EC_SAME, docs.TRB_TLS),
    tags=("tls", "trust"),
    source="documentation: security settings, remote cluster client TLS; elasticsearch#105771",
    explains=(*NOT_VOUCHED_FOR, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def public_vs_private_ca(
    about: RemoteEvidence, cluster: LocalCluster, nodes: LocalNodes | Unavailable, trust: Trust, chain: Chain
) -> Yields:
    """The remote has a certificate of a public CA, and the configured CAs leave the public ones out.

    Why it matters: as soon as ``certificate_authorities`` is set, it replaces the public roots. A private CA that was
    added for one remote takes the trust from every other remote that has a public certificate.

    How to fix: list the public root as well, or leave the setting unset where all remotes have public certificates.

    Example: a hosted remote worked until the CA of a self-managed one was configured.
    """
    if trust.public_roots or not trust.files:
        yield NotApplicable("no CA is configured: the public roots are trusted")
    elif not chain.trusted and chain.public and (open_ := not_to_be_judged(about, cluster, nodes)):
        yield open_
    elif not chain.trusted and chain.public:
        root = shorten(chain.path[-1], 120) if chain.path else shorten(chain.leaf.issuer, 120)
        yield Finding(
            summary=f"The peer's certificate leads to a public CA ({root}), which the configured CAs leave out: {_trusted(trust)}. "
            "Configured CAs replace the public roots.",
            remedy=f"Add the public root too: {trust_ca(cluster, about.remote)}; or unset "
            f"{client_prefix(about.remote)}.certificate_authorities if no remote needs a private CA.",
            facts={"observed": root, "expected": as_fact([ca.subject for ca in trust.anchors])},
        )


@check(
    "tls/untrusted-issuer",
    second_hop=True,
    severity=Severity.CRITICAL,
    applies=Applies.settings(),
    essential=True,
    beside_connection=Severity.ERROR,
    docs=(docs.TRB_TLS, docs.SEC_CLI, docs.TRB_HS),
    tags=("tls", "trust"),
    source="Elasticsearch SslDiagnostics; documentation: troubleshoot remote clusters, TLS trust; RFC 5280 section 6",
    explains=("tls/chain-incomplete", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def untrusted_issuer(
    about: RemoteEvidence, cluster: LocalCluster, nodes: LocalNodes | Unavailable, trust: Trust, chain: Chain
) -> Yields:
    """The certificate of the peer does not lead to a CA that the local cluster trusts.

    Why it matters: the local cluster refuses the connection (``failed to establish trust with server``). Names and dates
    are looked at apart from it: each fault is reported by itself.

    How to fix: an unknown root has to be trusted: ``xpack.security.remote_cluster_client.ssl.certificate_authorities`` in
    the API key model, ``xpack.security.transport.ssl.certificate_authorities`` in the certificate model; the two are never
    mixed. A missing intermediate has to be sent by the server.

    Example: the CA of the HTTP interface was configured, and the remote cluster server has a certificate of another one.
    """
    if chain.trusted:
        return
    if open_ := not_to_be_judged(about, cluster, nodes):
        yield open_
        return
    for fault in chain.faults:
        if fault.fault in _TOLD_ELSEWHERE:
            yield NotApplicable(f"a trusted CA issued it; {_TOLD_ELSEWHERE[fault.fault]} is about what Java refuses")
            return
    why = " ".join(_explain(fault) for fault in chain.faults[:3]) or "No path of signatures leads to a trusted CA."
    unusable = [f"{shorten(file.path)}: {shorten(file.problem, 100)}" for file in trust.files if file.problem]
    besides = f" Not usable as a list of CAs: {listed(unusable)}." if unusable else ""
    sending = ""
    if unsent_issuer(chain):
        sending = f" If the issuer is an intermediate, append it to the file of {server_prefix(about.remote)}.certificate on the remote instead."
    yield Finding(
        summary=f"The certificate of the peer ({subject(chain.leaf)}) is not trusted. {why} Trusted: {_trusted(trust)}.{besides}",
        remedy=_other_remedy(about, chain)
        or f"If that issuer is right, trust its root: {trust_ca(cluster, about.remote)}.{sending}",
        severity=Severity.WARNING if about.connection_stands and not _was_replaced(chain) else None,
        facts={
            "observed": shorten(chain.leaf.issuer),
            "expected": as_fact([ca.subject for ca in trust.anchors]) or "a public root",
            "faults": tuple(fault.fault.value for fault in chain.faults),
            "path": as_fact(chain.path),
            "presented": as_fact([certificate.subject for certificate in chain.certificates]),
        },
    )


def _was_replaced(chain: Chain) -> bool:
    """Whether a CA of the trusted name signed with another key: then a connection that stands is most likely older than that."""
    return any(found.fault is ChainFault.SAME_NAME_OTHER_KEY for found in chain.faults)


def _other_remedy(about: RemoteEvidence, chain: Chain) -> str:
    """Say what mends a chain whose CA is trusted, or whose certificates are of no use to anybody; empty where trust is what lacks."""
    kinds = {found.fault for found in chain.faults}
    where = f"and configure it under {server_prefix(about.remote)} on every node of the remote cluster"
    if ChainFault.POLICY in kinds:
        return (
            f"Have the certificate of the peer reissued with the policy that its CA demands, or by another CA, {where}."
        )
    if ChainFault.ISSUER_NOT_A_CA in kinds:
        return f"Have the certificate of the peer reissued by a CA that may issue it (basicConstraints CA:TRUE, keyUsage keyCertSign), {where}."
    if kinds == {ChainFault.UNREADABLE}:
        return f"Have the certificate that is named reissued in a form that Java reads, {where}."
    return ""


def _explain(found: FaultFound) -> str:
    name, issuer = shorten(found.subject, 120), shorten(found.issuer or found.subject, 120)
    detail = f": {shorten(found.detail, 120)}" if found.detail else ""
    is_root = found.issuer in {"", found.subject}
    words = {
        ChainFault.ISSUER_NOT_SENT: f"{name} is issued by {issuer}, whose certificate the peer did not send and which is not trusted "
        "here: an intermediate that the server should send, or a root that has to be trusted.",
        ChainFault.UNTRUSTED_ROOT: f"The chain ends at the root {name}, which is not trusted here."
        if is_root
        else f"The chain ends at {name}, whose issuer {issuer} is neither sent nor trusted here: another intermediate, or the root.",
        ChainFault.SELF_SIGNED_LEAF: "It is signed by itself, and is not itself among the trusted certificates.",
        ChainFault.SAME_NAME_OTHER_KEY: f"{name} names {issuer} as its issuer, but the CA of that name has another key{detail}.",
        ChainFault.WRONG_ORDER: "The certificates are not sent in order, the leaf first and each followed by its issuer.",
        ChainFault.ISSUER_NOT_A_CA: f"{name} signed a certificate and is not a CA{detail}.",
        ChainFault.POLICY: f"{name} lacks a certificate policy{detail}.",
        ChainFault.KEY_IDENTIFIER: f"{name} names another key of its issuer{detail}.",
        ChainFault.NAME_CONSTRAINTS: f"The CA {name} may not issue this certificate{detail}.",
        ChainFault.UNREADABLE: f"The certificate {name} is of no use{detail}.",
    }
    return words[found.fault]


def _trusted(trust: Trust) -> str:
    if trust.public_roots:
        return "the public roots (no CA is configured)"
    return (
        listed([f"{ca.subject} ({file.path})" for file in trust.files for ca in file.certificates]) or "nothing at all"
    )


def _top(chain: Chain) -> str:
    last = chain.certificates[-1]
    return shorten(last.subject if last.self_signed else last.issuer, 120)


@check(
    "tls/chain-incomplete",
    second_hop=True,
    severity=Severity.ERROR,
    beside_connection=Severity.WARNING,
    docs=(docs.SEC_SRV, docs.TRB_TLS),
    tags=("tls", "trust"),
    source="Elasticsearch SslDiagnostics; RFC 8446 section 4.4.2",
    explains=("tls/untrusted-issuer", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def chain_incomplete(
    about: RemoteEvidence, cluster: LocalCluster, nodes: LocalNodes | Unavailable, chain: Chain
) -> Yields:
    """The peer does not send the certificate of an issuer, and that issuer is not trusted either.

    Why it matters: trust is built link by link from the certificate of the peer to a trusted CA. Java fetches no missing
    link by itself, other than browsers do.

    How to fix: if the issuer is an intermediate, put it behind the certificate in the PEM file of the server (or into its
    keystore). If it is a root, nothing is to be sent: it has to be trusted by the local cluster.

    Example: ``ssl.certificate`` holds the leaf alone, although an intermediate CA issued it.
    """
    if chain.leaf.self_signed:
        yield NotApplicable("the certificate is signed by itself: there is no issuer to send")
        return
    if not chain.trusted and (open_ := not_to_be_judged(about, cluster, nodes)):
        yield open_
        return
    for found in chain.faults:
        if found.fault is ChainFault.ISSUER_NOT_SENT and not chain.trusted:
            issuer = shorten(found.issuer or chain.leaf.issuer, 120)
            yield Finding(
                summary=f"The chain has a gap: {shorten(found.subject, 120)} is issued by {issuer}, which the peer did not send "
                f"({len(chain.certificates)} sent) and which is not trusted here.",
                remedy=f"If it is an intermediate: append its certificate to the file of {server_prefix(about.remote)}.certificate on "
                "every node of the remote cluster, the leaf first. If it is the root: trust it, as tls/untrusted-issuer says. "
                "To look: openssl s_client -showcerts -connect <host>:<port>",
                facts={
                    "observed": as_fact([certificate.subject for certificate in chain.certificates]),
                    "expected": issuer,
                    "subject": shorten(found.subject),
                },
            )


CHECKS = (private_ca_missing, public_vs_private_ca, untrusted_issuer, chain_incomplete)
