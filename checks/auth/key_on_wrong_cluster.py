"""The check auth/key-on-wrong-cluster."""

from __future__ import annotations

from checks.auth._key_calls import replace_key
from checks.shared.applies import API_KEY_REMOTES
from checks.shared.causes import REQUESTS_REFUSED
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Finding,
    KeyLookup,
    LocalCluster,
    OfLocal,
    OfRemote,
    Remote,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "auth/key-on-wrong-cluster",
    severity=Severity.CRITICAL,
    applies=API_KEY_REMOTES,
    docs=(docs.TROUBLESHOOT_KEY_NOT_VALID, docs.API_CREATE_KEY),
    tags=("api-key",),
    source="documentation: add remote clusters, API keys are made on the remote cluster",
    explains=("auth/key-invalid", *REQUESTS_REFUSED),
    leaves_open=("auth/*",),
)
def key_on_wrong_cluster(
    cluster: LocalCluster,
    remote: Remote,
    local_side: OfLocal[KeyLookup],
    remote_side: OfRemote[KeyLookup] | Unavailable,
) -> Yields:
    """The API key was made on the local cluster; it has to be made on the remote one.

    Why it matters: the remote cluster, which owns the data, looks the key up among its own and does not find it.

    How to fix: create a cross-cluster API key on the remote cluster, and put that into the local keystore.

    Example: the key was created in the Kibana of the searching cluster.
    """
    if local_side.record is None:
        return
    if isinstance(remote_side, KeyLookup) and remote_side.record is not None:
        return
    how = replace_key(cluster, remote, local_side.record)
    yield Finding(
        summary=f"The local cluster itself knows this key ({shorten(local_side.record.name, 80)}); expected one that was made on the remote cluster.",
        remedy=how.sentence,
        fix=how.fix,
        facts={"observed": "made on the local cluster", "expected": "made on the remote cluster"},
    )
