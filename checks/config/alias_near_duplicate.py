"""The check config/alias-near-duplicate."""

from __future__ import annotations

from checks.shared.aliases import same_spelling
from checks.shared.fixes import on_local, unset
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import (
    Finding,
    LocalCluster,
    Remote,
    Severity,
    shorten,
)


@check(
    "config/alias-near-duplicate",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("alias",),
    source="documentation: remote cluster settings; aliases are compared letter by letter",
)
def alias_near_duplicate(cluster: LocalCluster, remote: Remote) -> Yields:
    """Two aliases differ only in case, or in dashes and underscores.

    Why it matters: to Elasticsearch they are two remotes, with two keys and two sets of settings; to a person they are one.
    A search then goes to the wrong one, or a setting is changed at the wrong one.

    How to fix: keep one of them, or give them names that nobody mixes up.

    Example: ``Logs`` and ``logs``.
    """
    spellings = same_spelling(cluster, remote.alias)
    others = [alias for alias in spellings if alias != remote.alias]
    if len(spellings) > 1:
        names = ", ".join(shorten(name, 80) for name in others[:5]) or "a second remote of this very name"
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} is easily mixed up with {names}; expected aliases that differ in more than case, "
            "dashes and underscores.",
            remedy="Keep one of them, and remove the other.",
            fix=on_local(unset(remote), when="to remove this one"),
            facts={"observed": shorten(remote.alias), "others": tuple(shorten(name) for name in others[:5])},
        )
