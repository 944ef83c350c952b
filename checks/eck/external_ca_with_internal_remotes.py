"""The check eck/external-ca-with-internal-remotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import EckCluster, EckClusters, Finding, Setting, Severity, as_port, is_transport, listed, shorten

_ADDRESS: Final = re.compile(r"cluster\.remote\.(?P<alias>[^.]+)\.(?:mode|proxy_address|seeds)")


@check(
    "eck/external-ca-with-internal-remotes",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    docs=(docs.ECK_TO_EXTERNAL,),
    tags=("documents", "eck", "ca"),
    source="cloud-on-k8s#8502: the operator writes the CAs that the remote cluster client trusts",
)
def external_ca_with_internal_remotes(clusters: EckClusters) -> Yields:
    """An ECK cluster has remotes that the operator makes, and one of its own.

    Why it matters: for the remotes in ``spec.remoteClusters`` the operator writes itself which CAs the remote cluster client trusts. A CA of
    one's own next to them is not taken: an external remote of the API key model whose CA is private is not trusted.

    How to fix: give the external remote a certificate of a public CA, or do not mix the two; see the release notes of the operator.

    Example: ``spec.remoteClusters``, and ``cluster.remote.ext.proxy_address`` in the configuration of the nodes.
    """
    if not any(one.remotes for one in clusters.all):
        yield NotApplicable("no ECK cluster has spec.remoteClusters")
    for cluster in clusters.all:
        external = list(_external(cluster)) if cluster.remotes else []
        if external:
            aliases = sorted({found["alias"] for one in external if (found := _ADDRESS.fullmatch(one.key))})
            with_key = any(one.key is not None for one in cluster.remotes)
            own = listed([text_of(one.alias) for one in cluster.remotes])
            yield Finding(
                summary=f"{shorten(cluster.name, 80)} has remotes of the operator ({own}) and of its own ({listed(aliases)}); expected one or the other: "
                "the operator writes which CAs are trusted for keys, a private CA of the other is not.",
                remedy="Give the external remote a certificate of a public CA, or keep the two in different clusters.",
                severity=Severity.ERROR if with_key else Severity.WARNING,
                origin=external[0].key_origin,
                facts={"external": tuple(aliases)},
            )


def _external(cluster: EckCluster) -> Iterator[Setting]:
    """The settings of remotes in the configuration of the nodes that may be of the API key model."""
    settings = [one for one in cluster.settings if _ADDRESS.fullmatch(one.key) and one.values]
    of_transport = {found["alias"] for one in settings if (found := _ADDRESS.fullmatch(one.key)) and _is_transport(one)}
    return (one for one in settings if (found := _ADDRESS.fullmatch(one.key)) and found["alias"] not in of_transport)


def _is_transport(setting: Setting) -> bool:
    """Whether an address is that of a transport interface, which takes certificates."""
    ports = [as_port(part.rpartition(":")[2]) for part in setting.parts]
    return bool(ports) and all(port is not None and is_transport(port) for port in ports)
