"""The check version/strong-identity-min."""

from __future__ import annotations

from checks.shared.causes import REQUESTS_REFUSED
from checks.shared.release_range import RELEASED, known, not_known, unknown_release
from checks.shared.signing import signing_passwords, signing_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    STRONG_IDENTITY,
    Finding,
    KeyLookup,
    Keystore,
    LocalVersion,
    Nodes,
    OfLocal,
    Registration,
    RemoteEvidence,
    RemoteVersion,
    SecurityModel,
    Severity,
    Unavailable,
)


@check(
    "version/strong-identity-min",
    severity=Severity.ERROR,
    applies=Applies(models=(SecurityModel.API_KEY,), local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.HOSTED_STRONG_IDENTITY,),
    tags=("api-key", "strong-identity"),
    source=STRONG_IDENTITY.source,
    explains=("auth/signature-missing", *REQUESTS_REFUSED),
)
def strong_identity_min(
    remote_evidence: RemoteEvidence,
    local_version: LocalVersion | Unavailable,
    remote_version: RemoteVersion | Unavailable,
    keystore: Keystore | Unavailable,
    local_nodes: OfLocal[Nodes] | Unavailable,
) -> Yields:
    """Requests are to be signed, and a cluster is too old for that.

    Why it matters: before 9.3 a local cluster knows no signing settings: it refuses them, or does not start with them in its file. A remote
    cluster before 9.3 verifies no signature, so that the identity of a key protects nothing.

    How to fix: upgrade the cluster that is named to 9.3 or later, or do without signatures until then.

    Example: a local cluster of 9.2, and a key with a ``certificate_identity``.
    """
    if not _in_use(remote_evidence, keystore, local_nodes):
        yield NotApplicable("nothing is known to be signed for this remote")
        return
    for side, version in known(local_version, remote_version):
        enough = version.release.at_least(STRONG_IDENTITY.since)
        if enough is False:
            yield Finding(
                summary=f"The {side} cluster runs {version}, which does not have signed requests; expected {STRONG_IDENTITY.since} or later on both sides.",
                remedy=f"Upgrade the {side} cluster to {STRONG_IDENTITY.since} or later; until then use a key without certificate_identity and take "
                f"{remote_evidence.remote.setting('signing.*')} away.",
                facts={"side": side, "observed": str(version), "expected": str(STRONG_IDENTITY.since)},
            )
        elif enough is None:
            yield Unknown(unknown_release(version, "whether that has signed requests"))
    yield from not_known(local_version, remote_version)


def _in_use(
    remote_evidence: RemoteEvidence, keystore: Keystore | Unavailable, local_nodes: Nodes | Unavailable
) -> bool:
    alias, key, signing = remote_evidence.remote.alias, remote_evidence.api[KeyLookup], remote_evidence.signing
    bound = isinstance(key, KeyLookup) and key.record is not None and bool(key.record.certificate_identity)
    declared = not isinstance(signing, Unavailable) or not signing.not_configured
    settings = signing_settings(alias, remote_evidence.belief[Registration], local_nodes)
    return bound or declared or bool(settings) or bool(signing_passwords(alias, keystore))
