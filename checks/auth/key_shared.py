"""The check auth/key-shared."""

from __future__ import annotations

from checks.auth._key_calls import replace_key
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import Yields, check
from diag.model import (
    Credential,
    Finding,
    LocalCluster,
    Remote,
    Severity,
    as_fact,
    listed,
)


@check(
    "auth/key-shared",
    severity=Severity.INFO,
    applies=API_KEY_REMOTES,
    docs=(docs.API_KEYS,),
    tags=("api-key",),
    source="documentation: remote clusters with API keys (a key for each local cluster)",
)
def key_shared(cluster: LocalCluster, remote: Remote, credential: Credential) -> Yields:
    """Several local clusters have the same API key.

    Why it matters: whoever replaces or invalidates the key for one local cluster cuts the others off too, and the remote cluster can't tell
    them apart. Two aliases of one local cluster may share a key: it is that cluster's.

    How to fix: create a key for each local cluster.

    Example: ``search-eu`` and ``search-us`` with copies of one ``credential`` file.
    """
    if credential.shared_with:
        how = replace_key(cluster, remote)
        yield Finding(
            summary=f"The same API key is configured for the local clusters {listed(credential.shared_with)} too; expected one key for each "
            "local cluster.",
            remedy=f"Each local cluster needs a key of its own. {how.sentence}",
            fix=how.fix,
            facts={
                "observed": len(credential.shared_with) + 1,
                "expected": 1,
                "shared_with": as_fact(credential.shared_with),
            },
        )
