"""The check config/self-managed-cloud-port."""

from __future__ import annotations

from checks.shared.dialled_port import places
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    CLOUD_TRANSPORT,
    Endpoint,
    Finding,
    Kind,
    LocalCluster,
    Remote,
    SecurityModel,
    Severity,
    TlsAttempt,
    Unavailable,
    at_cloud,
    shorten,
)


@check(
    "config/self-managed-cloud-port",
    severity=Severity.WARNING,
    applies=Applies.settings(remote_kinds=(Kind.SELF_MANAGED, Kind.ECK)),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.SECURITY_MODELS),
    tags=("ports", "cloud"),
    source="documentation: remote clusters from Elastic Cloud Hosted to self-managed; networking settings (transport.port)",
)
def self_managed_cloud_port(
    cluster: LocalCluster, remote: Remote, endpoint: Endpoint | Unavailable, tls: TlsAttempt | Unavailable
) -> Yields:
    """The remote is self-managed or on ECK, and its port is that of Elastic Cloud's proxies.

    Why it matters: 9400 stands in examples for Elastic Cloud, also on pages about self-managed remotes. A node listens on
    9300 unless ``transport.port`` says otherwise, so the connection is refused or times out.

    How to fix: use 9300, or what ``transport.port`` of the remote says. If that is 9400, and the server asks for a client certificate,
    nothing is reported.

    Example: ``proxy_address: audit.example:9400`` for a self-managed remote with certificates.
    """
    if remote.kind_guessed and isinstance(tls, Unavailable):
        yield NotApplicable("nobody says who runs the remote cluster, and nobody asked it")
        return
    for place in places(cluster, remote, endpoint, tls):
        if isinstance(place, Unknown):
            yield place
        elif at_cloud(place.host):
            yield NotApplicable(f"{shorten(place.host)} is an endpoint of Elastic Cloud")
        elif place.port == CLOUD_TRANSPORT and remote.security_model is SecurityModel.API_KEY:
            yield NotApplicable(f"config/port-model-mismatch is about port {CLOUD_TRANSPORT}")
        elif place.port == CLOUD_TRANSPORT and not place.asked:
            yield Finding(
                summary=f"Port {CLOUD_TRANSPORT} is that of Elastic Cloud's proxies; a {_kind(remote)} remote of the certificate model is "
                f"reached at {place.target}, unless its transport.port says otherwise.",
                remedy=place.change_port().sentence,
                fix=place.change_port().fix,
                facts=place.facts(),
            )


def _kind(remote: Remote) -> str:
    return "self-managed" if remote.kind is Kind.SELF_MANAGED else "ECK"
