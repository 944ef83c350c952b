"""The check eck/operator-key-identity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.shared.eck import called
from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import EckCluster, EckClusters, Finding, Setting, Severity, shorten

_SIGNING: Final = re.compile(r"cluster\.remote\.(?P<alias>[^.]+)\.signing\.(?:certificate|key|keystore\.path)")


@check(
    "eck/operator-key-identity",
    severity=Severity.WARNING,
    docs=(docs.HOSTED_STRONG_IDENTITY, docs.ECK_REMOTE_CLUSTERS_INSIDE),
    tags=("documents", "eck", "api-key", "strong-identity"),
    source="Elastic Cloud on Kubernetes: RemoteClusterAPIKey of the custom resource, which has access only; documentation: strong identity verification",
)
def operator_key_identity(clusters: EckClusters) -> Yields:
    """Requests to a remote are signed, and its key is one of the operator, which demands no signature.

    Why it matters: the remote cluster asks for a signature only where the key has a ``certificate_identity``. Keys that the operator makes for
    ``spec.remoteClusters`` have none: whoever has the key is let in without the certificate. They have no end either.

    How to fix: make a cross-cluster API key with ``certificate_identity`` yourself, put it into ``spec.secureSettings``, and register the remote
    by the API in place of ``spec.remoteClusters``.

    Example: ``cluster.remote.logs.signing.certificate`` in the configuration of the nodes, and ``apiKey`` in the entry logs of the resource.
    """
    signed = [(one, alias, setting) for one in clusters.all for alias, setting in _signed(one)]
    if not signed:
        yield NotApplicable("no ECK cluster signs its requests to a remote")
    for cluster, alias, setting in signed:
        if any(text_of(one.alias) == alias and one.key is not None for one in cluster.remotes):
            name = shorten(alias, 80)
            yield Finding(
                summary=f"{shorten(called(cluster), 120)} signs its requests to {name}, whose key the operator makes: without certificate_identity; expected a key "
                "that demands the signature.",
                remedy=f"Take {name} out of spec.remoteClusters, register it by the API, and put a key with certificate_identity into spec.secureSettings.",
                origin=setting.key_origin,
                facts={"observed": "a key of the operator", "expected": "a key with certificate_identity"},
            )


def _signed(cluster: EckCluster) -> Iterator[tuple[str, Setting]]:
    """The aliases whose requests are signed, each once, with the setting that says so."""
    found: dict[str, Setting] = {}
    for one in cluster.settings:
        match = _SIGNING.fullmatch(one.key)
        if match is not None and one.values:
            found.setdefault(match["alias"], one)
    yield from found.items()
