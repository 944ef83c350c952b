"""The check version/apikey-min."""

from __future__ import annotations

from checks.shared.causes import KEY_NOT_KNOWN, NO_CONNECTION
from checks.shared.eck import release_of, uses
from checks.shared.release_range import RELEASED, known, not_known, unknown_release
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    API_KEY_EXISTS,
    API_KEY_GA,
    API_KEY_SUPPORTED,
    EckClusters,
    Finding,
    LocalVersion,
    RemoteVersion,
    SecurityModel,
    Severity,
    Unavailable,
    shorten,
)


def _in_documents(clusters: EckClusters) -> Yields:
    """The clusters of ECK that take part in the API key model, on either side."""
    targets = [(target.name, target.namespace) for _, remote, target in uses(clusters) if target and remote.key]
    concerned = [
        one
        for one in clusters.all
        if one.has_server or (one.name, one.namespace) in targets or any(remote.key for remote in one.remotes)
    ]
    if not concerned:
        yield NotApplicable("no ECK cluster takes part in the API key model")
    for one in concerned:
        release = release_of(one.version)
        if one.version is None or release is None:
            yield Unknown(f"the release of {shorten(one.name, 80)} is not known")
        elif release < API_KEY_SUPPORTED.since:
            without = release < API_KEY_EXISTS.since
            state = "does not have the API key model" if without else "has a beta of the API key model only"
            yield Finding(
                summary=f"{shorten(one.name, 80)} is of release {shorten(one.version.text, 40)}, which {state}; expected {API_KEY_SUPPORTED.since} or later on both sides.",
                remedy=f"Upgrade it to {API_KEY_GA.since} or later; until then leave apiKey out, and certificates are used.",
                origin=one.version.origin,
                facts={"observed": shorten(one.version.text, 40), "expected": str(API_KEY_SUPPORTED.since)},
            )


@check(
    "version/apikey-min",
    severity=Severity.ERROR,
    applies=Applies(models=(SecurityModel.API_KEY,), local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.API_KEY_PREREQUISITES, docs.HOSTED_TO_SELF_MANAGED),
    tags=("api-key",),
    source=f"{API_KEY_SUPPORTED.source}; {API_KEY_EXISTS.source}",
    explains=(
        "version/apikey-beta",
        "version/ccs-incompatible",
        "version/proxy-mode-unsupported",
        *KEY_NOT_KNOWN,
        *NO_CONNECTION,
    ),
    leaves_open=("auth/*",),
    in_documents=_in_documents,
)
def apikey_min(local_version: LocalVersion | Unavailable, remote_version: RemoteVersion | Unavailable) -> Yields:
    """A cluster is too old for the API key security model.

    Why it matters: both clusters take part in the model. Below 8.10 it does not exist, and the settings and the keystore entry are
    refused; 8.10 and 8.11 have a first beta that is below the supported prerequisites.

    How to fix: upgrade the cluster that is named, best to 8.14 or later; or use the certificate model until then.

    Example: a local cluster at 8.9.2 with a key for the remote in its keystore.
    """
    for side, version in known(local_version, remote_version):
        enough = version.release.at_least(API_KEY_SUPPORTED.since)
        if enough is True:
            continue
        if enough is None:
            yield Unknown(unknown_release(version, "whether that is new enough for the API key model"))
            continue
        without = version.release.at_least(API_KEY_EXISTS.since) is False
        state = "does not have the API key model" if without else "has a beta of the API key model only"
        yield Finding(
            summary=f"The {side} cluster runs {version}, which {state}; expected {API_KEY_SUPPORTED.since} or later on both sides.",
            remedy=f"Upgrade the {side} cluster to {API_KEY_GA.since} or later; until then use the certificate model for this remote.",
            facts={"side": side, "observed": str(version), "expected": str(API_KEY_SUPPORTED.since)},
        )
    yield from not_known(local_version, remote_version)
