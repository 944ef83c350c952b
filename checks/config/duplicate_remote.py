"""The check config/duplicate-remote."""

from __future__ import annotations

from collections.abc import Sequence

from checks.shared.aliases import aliases_of_target, first_others, others_listed, same_cluster, targets
from checks.shared.fixes import on_local, unset
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    Identity,
    LocalCluster,
    OfRemote,
    Remote,
    Severity,
    Unavailable,
    shorten,
)


@check(
    "config/duplicate-remote",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.MIGRATE_TO_API_KEY, docs.DOCUMENT_LEVEL_SECURITY),
    tags=("alias", "address"),
    source="elasticsearch#108839; documentation: migrate from certificate to API key authentication",
)
def duplicate_remote(
    cluster: LocalCluster, remote: Remote, cluster_evidence: ClusterEvidence, identity: OfRemote[Identity] | Unavailable
) -> Yields:
    """Two remotes lead to the same cluster.

    Why it matters: ``*:index`` searches it twice, and each document comes twice. Two aliases are right where one key is for
    searches and another for replication; acknowledge the finding then.

    How to fix: remove one of them, or leave it out of index expressions.

    Example: ``logs`` and ``logs-old`` with one ``proxy_address``.
    """
    mine = targets(remote)
    if not mine:
        yield NotApplicable("no usable address is configured")
    same_target = {
        alias: target
        for target in sorted(mine)
        for alias in first_others(aliases_of_target(cluster, target), remote.alias)
    }
    if same_target:
        names = tuple(shorten(alias, 80) for alias in list(same_target)[:5])
        host, port, _ = next(iter(same_target.values()))
        yield Finding(
            summary=f"The aliases {shorten(remote.alias)} and {', '.join(names)} have the same address "
            f"({shorten(host)}:{port}) and server name; expected one alias for each remote cluster.",
            remedy="Keep one of them and remove the other, or leave one out of index expressions with a wildcard.",
            fix=on_local(unset(remote), when="to remove this one"),
            facts={"observed": f"{shorten(host)}:{port}", "others": names},
        )
    elif isinstance(identity, Identity):
        yield from _by_other_names(remote, identity, same_cluster(cluster_evidence, identity))


def _by_other_names(remote: Remote, identity: Identity, same: Sequence[str]) -> Yields:
    """Other addresses, and one cluster behind them, by the word of its API."""
    if others := first_others(same, remote.alias):
        yield Finding(
            summary=f"Behind {shorten(remote.alias)} and {others_listed(same, remote.alias)} is one cluster, {shorten(identity.name, 80)} "
            f"(UUID {shorten(identity.uuid, 40)}), at different addresses; expected one alias for each remote cluster.",
            remedy="Keep one of them and remove the other, or leave one out of index expressions with a wildcard.",
            fix=on_local(unset(remote), when="to remove this one"),
            facts={"observed": shorten(identity.uuid, 40), "others": tuple(shorten(alias, 80) for alias in others)},
        )
