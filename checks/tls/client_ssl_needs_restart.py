"""The check tls/client-ssl-needs-restart."""

from __future__ import annotations

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.fixes import call, on_local, trust_ca
from checks.shared.loaded import is_loaded, same_name_in
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Endpoints,
    Finding,
    LoadedCertificate,
    LoadedCertificates,
    LocalCluster,
    OfLocal,
    Remote,
    RemoteInfo,
    Severity,
    Trust,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "tls/client-ssl-needs-restart",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.CLIENT_TLS_SETTINGS, docs.API_SSL_CERTIFICATES, docs.API_KEY_TRUST),
    tags=("tls", "trust", "nodes"),
    source="documentation: security settings, remote cluster client TLS (static); SSL certificate API, observed on 8.19 and 9.2",
)
def client_ssl_needs_restart(
    cluster: LocalCluster,
    remote: Remote,
    trust: Trust,
    loaded: OfLocal[LoadedCertificates],
    info: RemoteInfo | Unavailable,
    endpoints: Endpoints | Unavailable,
) -> Yields:
    """A node of the local cluster has not loaded the CA that is declared for this remote.

    Why it matters: ``xpack.security.remote_cluster_client.ssl.*`` is read when a node starts. What was written into the file since then
    does nothing until it starts again, and the node refuses the remote's certificate meanwhile. This is the word of the one node that was
    asked; the roots of its Java are not in its list. The list does not say for which interface a CA is loaded: while nothing connects, one
    that is loaded leaves open whether remotes are among them.

    How to fix: put the CA into ``xpack.security.remote_cluster_client.ssl.certificate_authorities`` on each node, and restart one after the other.

    Example: the setting was added to ``elasticsearch.yml``, and no node was restarted.
    """
    if trust.public_roots:
        yield NotApplicable("no CA is declared for this remote: the public roots are what counts")
    elif not trust.anchors:
        yield NotApplicable("no certificate could be read from the CA files; trust/ca-not-pem is about that")
    else:
        connected = isinstance(info, RemoteInfo) and info.connected
        chains = _chains(endpoints)
        missing = _missing(trust.anchors, loaded.all, chains)
        if connected and not (chains and missing == ()):
            yield NotApplicable("the local cluster is connected, so that the node trusts the remote's CA")
        elif not isinstance(missing, tuple):
            yield missing
        elif missing:
            yield _not_loaded(cluster, remote, missing, loaded.all, info)
        elif not connected:
            yield Unknown(
                "the node that was asked has loaded the CA, and GET _ssl/certificates does not say for which of its interfaces: "
                "compare the path there with xpack.security.remote_cluster_client.ssl.certificate_authorities"
                + (f". Whether it is connected is not known: {info}" if isinstance(info, Unavailable) else ""),
                piece=info if isinstance(info, Unavailable) else None,
            )


def _chains(endpoints: Endpoints | Unavailable) -> list[Chain]:
    probes = () if isinstance(endpoints, Unavailable) else endpoints.probes
    return [probe.chain for probe in probes if isinstance(probe.chain, Chain)]


def _missing(
    anchors: tuple[Certificate, ...], loaded: tuple[LoadedCertificate, ...], chains: list[Chain]
) -> tuple[Certificate, ...] | NotApplicable | Unknown:
    """Give the declared CAs that the remote needs and the node has not loaded, or say why that is not known."""
    if not chains:
        absent = tuple(dict.fromkeys(ca for ca in anchors if not _ca_known(ca, loaded)))
        if 0 < len(absent) < len(set(anchors)):
            named = listed([ca.subject for ca in absent], 3)
            return Unknown(
                f"no certificate of the remote was seen, and of the declared CAs the node has not loaded {named}"
            )
        return absent
    leading = [chain for chain in chains if chain.trusted and chain.path]
    if not leading:
        return NotApplicable("the remote's certificate leads to no declared CA; tls/untrusted-issuer is about that")
    if any(chain.public for chain in leading):
        return NotApplicable("the certificate leads to a public root as well, and those of Java are in no list")
    unmet = [chain for chain in leading if not any(_ca_known(ca, loaded) for ca in _on_the_way(chain, anchors))]
    needed = (ca for chain in unmet for ca in _on_the_way(chain, anchors) if ca in anchors)
    return tuple(dict.fromkeys(needed))


def _on_the_way(chain: Chain, anchors: tuple[Certificate, ...]) -> list[Certificate]:
    """Give the CAs of the path. The path holds names, so that one of the right name and another key has to be distinguished here."""
    found = (ca for ca in (*chain.certificates[1:], *anchors) if ca.subject in chain.path)
    return [ca for ca in found if not any(_of_another_key(ca, child) for child in chain.certificates)]


def _of_another_key(ca: Certificate, child: Certificate) -> bool:
    ids = (ca.subject_key_id, child.authority_key_id)
    return child.issuer == ca.subject and child != ca and all(ids) and ids[0] != ids[1]


def _ca_known(ca: Certificate, loaded: tuple[LoadedCertificate, ...]) -> bool:
    """Whether a CA is loaded, or, for an intermediate one, the CA that issued it."""
    return is_loaded(ca, loaded) or (not ca.self_signed and any(same_name_in(one.subject, ca.issuer) for one in loaded))


def _not_loaded(
    cluster: LocalCluster,
    remote: Remote,
    missing: tuple[Certificate, ...],
    loaded: tuple[LoadedCertificate, ...],
    info: RemoteInfo | Unavailable,
) -> Finding | Unknown:
    named = listed([f"{shorten(ca.subject, 48)} (serial {shorten(ca.serial, 40)})" for ca in missing], 3)
    same_name = [one.serial for one in loaded if any(same_name_in(one.subject, ca.subject) for ca in missing)]
    if same_name and not (isinstance(info, RemoteInfo) and info.listed):
        # A CA whose certificate was renewed with its old key is as good as before; that nothing connects speaks against it.
        return Unknown(
            f"the node that was asked has not loaded {named}, and one of that name, whose key may be the same"
        )
    other = f" It has one of that name, with the serial number {listed(same_name, 3)}." if same_name else ""
    how = trust_ca(cluster, remote, when="if it is not there")
    return Finding(
        summary=f"The node of the local cluster that was asked has not loaded {named}, which is declared for this remote.{other} "
        "It reads these settings at its start only.",
        remedy=f"{how.sentence} Where it stands there already, the restart is what is missing: restart each node, "
        "one after the other. This is about one node; ask each of the others for the certificates that it has loaded.",
        fix=(*how.fix, *on_local(call("GET", "_ssl/certificates"))),
        facts={
            "observed": as_fact([f"{one.subject} ({one.serial})" for one in loaded if not one.own]),
            "expected": as_fact([f"{ca.subject} ({ca.serial})" for ca in missing]),
        },
    )
