"""The check version/cert-model-deprecated."""

from __future__ import annotations

from checks.shared.fixes import CREATE_KEY, on_remote, store_key
from checks.shared.release_range import RELEASED, and_others, extremes
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    CERTIFICATE_MODEL_DEPRECATED,
    ClusterEvidence,
    Finding,
    LocalVersion,
    Nodes,
    OfLocal,
    Remote,
    SecurityModel,
    Severity,
    Unavailable,
)


@check(
    "version/cert-model-deprecated",
    severity=Severity.WARNING,
    applies=Applies(models=(SecurityModel.CERTIFICATE,), local_kinds=RELEASED),
    docs=(docs.MIGRATE_TO_API_KEY, docs.CERTIFICATE_MODEL),
    tags=("deprecation", "security-model"),
    source=CERTIFICATE_MODEL_DEPRECATED.source,
)
def cert_model_deprecated(
    cluster: ClusterEvidence, remote: Remote, local_version: LocalVersion, local_nodes: OfLocal[Nodes] | Unavailable
) -> Yields:
    """The certificate security model is deprecated in the release of the local cluster.

    Why it matters: it works for now. From 9.0 Elasticsearch logs a deprecation for each such remote, and a later major release
    will not have the model any more.

    How to fix: plan to move the remote to the API key model, under the same alias.

    Example: ``security_model: certificate`` on a local cluster that runs 9.1.
    """
    releases = extremes(local_version, local_nodes)
    highest = releases[-1]
    if highest < CERTIFICATE_MODEL_DEPRECATED.since:
        return
    if cluster.sending(remote).all_clear:
        yield NotApplicable("the nodes of the local cluster use no TLS towards this remote: there are no certificates")
    elif remote.declared_model is None and remote.keystore_credential is None:
        yield Unknown("no security model is declared and the keystore is not known: the certificate model is a guess")
    else:
        yield Finding(
            summary=f"The local cluster runs {highest}{and_others(releases)}, where the certificate model is deprecated; "
            "expected the API key model.",
            remedy="Plan the move: create a key on the remote; on the local cluster, store it under the same alias and register the remote again "
            "with port 9443.",
            fix=(*on_remote(CREATE_KEY), *store_key(cluster.cluster, remote.alias).fix),
            facts={"observed": str(highest), "deprecated_since": str(CERTIFICATE_MODEL_DEPRECATED.since)},
        )
