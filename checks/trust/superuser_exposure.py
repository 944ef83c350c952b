"""The check trust/superuser-exposure."""

from __future__ import annotations

from checks.shared.fixes import CREATE_KEY, on_local, on_remote, put_settings, store_key
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Finding, LocalCluster, Remote, SecurityModel, Severity, shorten


@check(
    "trust/superuser-exposure",
    severity=Severity.ERROR,
    applies=Applies(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.SECURITY_MODELS, docs.CERTIFICATE_MODEL, docs.MIGRATE_TO_API_KEY),
    tags=("privileges", "declared"),
    source="documentation: security models, TLS certificate based authentication: both clusters have to be in the same security domain",
)
def superuser_exposure(cluster: LocalCluster, remote: Remote) -> Yields:
    """The two clusters belong to different security domains, and are connected in the certificate model.

    Why it matters: in this model a user brings the names of the local roles along, and the remote looks the same names up among its own.
    Whoever administers the local cluster makes a ``superuser`` there, or any role of the right name, and so reads everything on the
    remote. That is fine among clusters of the same administrators, and only there. Only a declaration says who they are:
    ``security_domain``, at the cluster and at the remote.

    How to fix: move this remote to the API key model, where the key limits what any local user can reach.

    Example: the cluster of a subsidiary searches the logs of the holding by certificates; each of its administrators reads all of it.
    """
    local_side, remote_side = cluster.security_domain.strip(), remote.security_domain.strip()
    missing = [what for what, domain in (("the local cluster", local_side), ("this remote", remote_side)) if not domain]
    if missing:
        yield NotApplicable(f"no security_domain is declared for {' and '.join(missing)}")
    elif local_side.casefold() != remote_side.casefold():
        stored = store_key(cluster, remote.alias)
        address = remote.dialled[0].setting.partition("[")[0] if remote.dialled else "proxy_address"
        server: str | list[str] = ["<host>:9443"] if address == "seeds" else "<host>:9443"
        yield Finding(
            summary=f"The local cluster is in the security domain {shorten(local_side, 80)}, the remote in {shorten(remote_side, 80)}; expected one "
            "domain, because in the certificate model a local superuser is one on the remote too.",
            remedy=f"Move this remote to the API key model: create a key on the remote cluster. {stored.sentence} Then connect to the port of the remote "
            "cluster server.",
            fix=(*on_remote(CREATE_KEY), *stored.fix, *on_local(put_settings({remote.setting(address): server}))),
            facts={"observed": shorten(remote_side, 80), "expected": shorten(local_side, 80)},
        )
