"""The check config/sniff-to-proxied-endpoint."""

from __future__ import annotations

from checks.config._legacy import BEHIND_PROXY, to_proxy_mode
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    PROXY_MODE,
    SERVER_NAME,
    Finding,
    Kind,
    LocalCluster,
    LocalVersion,
    Mode,
    Remote,
    RemoteEvidence,
    RemoteVersion,
    Severity,
    Unavailable,
)


@check(
    "config/sniff-to-proxied-endpoint",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(remote_kinds=(*BEHIND_PROXY, Kind.ECK)),
    docs=(docs.CONNECTION_MODES, docs.HOSTED_TO_SELF_MANAGED),
    tags=("mode",),
    source="documentation: connection modes; kibana#156356",
    explains=("network/sniff-publish-unreachable", *NO_CONNECTION),
)
def sniff_to_proxied_endpoint(
    cluster: LocalCluster,
    remote_evidence: RemoteEvidence,
    remote: Remote,
    local_version: LocalVersion | Unavailable,
    remote_version: RemoteVersion | Unavailable,
) -> Yields:
    """A remote behind a Cloud proxy, or inside Kubernetes, is configured in sniff mode.

    Why it matters: in sniff mode the seed tells the addresses of the nodes, and the local cluster connects to those. Behind a
    proxy they are private, so nothing but the first connection works. On ECK they are those of pods, which only Kubernetes reaches:
    a warning for a local cluster that is not on ECK itself, and nothing where it is connected all the same.

    How to fix: use mode ``proxy`` with the one address of the deployment.

    Example: ``seeds: ["4fa0.eu-west-1.aws.example:9400"]`` for a hosted deployment.
    """
    if remote.effective_mode is Mode.PROXY:
        return
    if not remote.seeds:
        yield NotApplicable("there are no seeds")
    elif remote.kind is Kind.ECK:
        yield from _sniffed_pods(cluster, remote_evidence, local_version)
    elif remote.proxy and isinstance(local_version, LocalVersion) and local_version.number < SERVER_NAME.since:
        # Proxy mode of 7.6 knows no server_name, without which a Cloud proxy can't tell the deployments apart.
        yield NotApplicable(
            f"local release {local_version.number} has no proxy mode with a server name, seeds with proxy stand in for it"
        )
    elif isinstance(remote_version, RemoteVersion) and remote_version.number < PROXY_MODE.since:
        yield NotApplicable(f"the remote cluster runs {remote_version.number}, see config/legacy-sniff-invalid")
    elif remote.proxy and isinstance(remote_version, Unavailable):
        yield Unknown(
            f"seeds with proxy were right for a remote below {PROXY_MODE.since}: {remote_version}", piece=remote_version
        )
    else:
        yield Finding(
            summary=f"The remote is of kind {remote.kind}, behind a proxy, and in sniff mode; expected mode proxy with one proxy_address.",
            remedy="Use mode proxy.",
            fix=on_local(to_proxy_mode(remote, local_version)),
            facts={
                "setting": remote.setting("mode"),
                "observed": "sniff",
                "expected": "proxy",
                "kind": str(remote.kind),
            },
        )


def _sniffed_pods(
    cluster: LocalCluster, remote_evidence: RemoteEvidence, local_version: LocalVersion | Unavailable
) -> Yields:
    remote = remote_evidence.remote
    if cluster.kind is Kind.ECK:
        yield NotApplicable("both clusters are on ECK, where pods may reach each other")
    elif not remote_evidence.connection_established and not remote.proxy:
        yield Finding(
            summary=f"The remote is on ECK, the local cluster is {cluster.kind}, and the mode is sniff: its pods publish addresses that "
            "mostly nobody outside of Kubernetes reaches; expected mode proxy with the address of its service.",
            remedy="Use mode proxy.",
            fix=on_local(to_proxy_mode(remote, local_version)),
            severity=Severity.WARNING,
            facts={
                "setting": remote.setting("mode"),
                "observed": "sniff",
                "expected": "proxy",
                "kind": str(remote.kind),
            },
        )
