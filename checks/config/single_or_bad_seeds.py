"""The check config/single-or-bad-seeds."""

from __future__ import annotations

from checks.config._addresses import fixed
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Mode,
    Remote,
    Request,
    Resolution,
    Severity,
    Thresholds,
    Unavailable,
    shorten,
)


@check(
    "config/single-or-bad-seeds",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.CONNECTION_MODES, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("seeds",),
    source="documentation: connection modes, sniff; Elasticsearch SniffConnectionStrategy",
)
def single_or_bad_seeds(remote: Remote, endpoints: Endpoints | Unavailable, thresholds: Thresholds) -> Yields:
    """The seeds of the remote depend on one node.

    Why it matters: when the local cluster has to connect anew and none of the seeds answers, the remote is lost, with ``no seed node
    left``, although the rest of its nodes are well.

    How to fix: list several nodes of the remote as ``seeds``, or use mode ``proxy`` with a balanced address.

    Example: ``seeds: ["node1.logs.example:9300"]``.
    """
    if not remote.seeds:
        yield NotApplicable("there are no seeds")
        return
    if remote.proxy:
        yield NotApplicable("seeds are mere labels where proxy is set")
        return
    names = {
        (address.host or address.text).lower() for address in remote.addresses if address.setting.startswith("seeds")
    }
    count = len(remote.seeds)
    same = count > 1 and (len(names) == 1 or _same_machine(endpoints, names))
    if same:
        yield Finding(
            summary=f"All {count} seeds lead to one host ({shorten(min(names))}); expected at least {thresholds.seeds_wanted} different ones.",
            remedy="Add a seed on another machine.",
            fix=on_local(_more_seeds(remote)),
            facts={"seeds": count, "hosts": 1, "expected": thresholds.seeds_wanted},
        )
    if count < thresholds.seeds_wanted:
        yield Finding(
            summary=f"{count} seed{'s are' if count > 1 else ' is'} configured; expected at least {thresholds.seeds_wanted}, so that one node may be down.",
            remedy="Add a seed on another machine.",
            fix=on_local(_more_seeds(remote)),
            severity=Severity.INFO,
            facts={"seeds": count, "expected": thresholds.seeds_wanted},
        )
    elif same is None:
        yield Unknown(
            "whether the seeds lead to different hosts is not known: not enough of their names were looked up"
        )


def _same_machine(endpoints: Endpoints | Unavailable, names: set[str]) -> bool | None:
    """Tell whether all these names have the same addresses; None where too few were looked up to say."""
    if isinstance(endpoints, Unavailable):
        return None
    found = {
        one.endpoint.host.lower(): frozenset(one.resolution.addresses)
        for one in endpoints.all
        if isinstance(one.resolution, Resolution)
    }
    if len(set(found.values())) > 1:
        return False
    return True if names <= found.keys() else None


def _more_seeds(remote: Remote) -> Request:
    wanted = [*fixed(remote).seeds, "<another node of the remote>:<port>"]
    return put_settings({remote.setting("seeds"): wanted})
