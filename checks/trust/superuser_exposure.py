"""The check trust/superuser-exposure."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Finding, LocalCluster, Remote, SecurityModel, Severity, shorten


@check(
    "trust/superuser-exposure",
    severity=Severity.ERROR,
    applies=Applies(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.MODELS, docs.CERT, docs.MIGRATE),
    tags=("privileges", "declared"),
    source="documentation: security models, TLS certificate based authentication: both clusters have to be in the same security domain",
)
def superuser_exposure(cluster: LocalCluster, remote: Remote) -> Yields:
    """The two clusters belong to different security domains, and are connected in the certificate model.

    Why it matters: in this model a user brings the names of the local roles along, and the remote looks the same names up among its own.
    Whoever administers the local cluster makes a ``superuser`` there, or any role of the right name, and so reads everything on the
    remote. That is fine among clusters of the same administrators, and only there. Nothing but a declaration tells who they are:
    ``security_domain``, at the cluster and at the remote.

    How to fix: move this remote to the API key model, where the key limits what any local user can reach.

    Example: the cluster of a subsidiary searches the logs of the holding by certificates; each of its administrators reads all of it.
    """
    local_side, remote_side = cluster.security_domain.strip(), remote.security_domain.strip()
    missing = [what for what, domain in (("the local cluster", local_side), ("this remote", remote_side)) if not domain]
    if missing:
        yield NotApplicable(f"no security_domain is declared for {' and '.join(missing)}")
    elif local_side.casefold() != remote_side.casefold():
        yield Finding(
            summary=f"The local cluster is of the security domain {shorten(local_side, 80)}, the remote of {shorten(remote_side, 80)}; expected one "
            "domain, because in the certificate model a local superuser is one on the remote too.",
            remedy="Move this remote to the API key model: POST _security/cross_cluster/api_key on the remote cluster, its encoded form into "
            f"the local keystore as cluster.remote.{shorten(remote.alias, 80)}.credentials, the port of the remote cluster server as address.",
            facts={"observed": shorten(remote_side, 80), "expected": shorten(local_side, 80)},
        )
