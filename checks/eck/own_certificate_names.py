"""The check eck/own-certificate-names."""

from __future__ import annotations

from typing import Final

from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    EckCluster,
    EckClusters,
    Finding,
    MountedCertificate,
    MountedCertificates,
    Severity,
    Unavailable,
    listed,
    shorten,
)

_OWN: Final = (
    "xpack.security.remote_cluster_server.ssl.certificate",
    "xpack.security.remote_cluster_server.ssl.keystore.path",
)


@check(
    "eck/own-certificate-names",
    severity=Severity.ERROR,
    docs=(docs.ECK_FROM_EXTERNAL,),
    tags=("documents", "eck", "certificate"),
    source="docs-content#6732: the names that a certificate of one's own needs for the remote cluster server on ECK",
)
def own_certificate_names(clusters: EckClusters, certificates: MountedCertificates | Unavailable) -> Yields:
    """A certificate of one's own for the remote cluster server lacks the name of its Service.

    Why it matters: other clusters of the environment dial ``<cluster>-es-remote-cluster.<namespace>.svc``; a certificate without that name is refused
    in the handshake. The certificate of the operator has the name.

    How to fix: have the certificate made for that name, and for the name that external clusters use.

    Example: a certificate for ``logs.example`` alone.
    """
    own = [one for one in clusters.all if one.has_server and any(setting.key in _OWN for setting in one.settings)]
    if not own:
        yield NotApplicable("no ECK cluster has a certificate of its own for the remote cluster server")
    known = () if isinstance(certificates, Unavailable) else certificates.all
    for cluster in own:
        mounted = [one for one in known if one.namespace == cluster.namespace and one.secret in cluster.secrets]
        if not mounted:
            yield Unknown(f"nothing that is read holds the certificate of {shorten(cluster.name, 80)}")
        elif not any(_fits(one, cluster) for one in mounted):
            yield _finding(cluster, mounted[0])


def _service(cluster: EckCluster) -> str:
    return f"{cluster.name}-es-remote-cluster.{cluster.namespace}.svc"


def _fits(one: MountedCertificate, cluster: EckCluster) -> bool:
    names = {name.lower() for name in one.names}
    return bool(names & {_service(cluster).lower(), f"*.{cluster.namespace}.svc".lower()})


def _finding(cluster: EckCluster, certificate: MountedCertificate) -> Finding:
    wanted = _service(cluster)
    return Finding(
        summary=f"The certificate in {shorten(certificate.secret, 80)} is for {listed(certificate.names) or 'no name'}; expected {shorten(wanted, 120)} too, by which {shorten(cluster.name, 80)} is dialled.",
        remedy=f"Have it made for {shorten(wanted, 120)} as well.",
        origin=certificate.origin,
        facts={"observed": certificate.names[:20], "expected": wanted},
    )
