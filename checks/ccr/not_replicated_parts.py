"""The check ccr/not-replicated-parts."""

from __future__ import annotations

from typing import Final

from checks.ccr._followers import of_remote
from checks.shared.fixes import call, on_local, on_remote
from checks.shared.index_patterns import CUT, is_whole
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    MAX_FACTS,
    Finding,
    Indices,
    Json,
    OfLocal,
    OfRemote,
    Remote,
    Replication,
    Severity,
    in_path,
    listed,
)

_CALLS: Final = {"ILM policies": "_ilm/policy", "ingest pipelines": "_ingest/pipeline"}

_BODIES: Final[dict[str, dict[str, Json]]] = {
    "ILM policies": {"policy": "<the policy as the remote cluster shows it>"},
    "ingest pipelines": {"processors": ["<those that the remote cluster shows>"]},
}

_MAX_CALLS: Final = 5


@check(
    "ccr/not-replicated-parts",
    severity=Severity.INFO,
    docs=(docs.CCR,),
    tags=("replication", "failover"),
    source="documentation: cross-cluster replication, what is not replicated; a follower works without these, so that it is an info",
)
def not_replicated_parts(
    replication: Replication, remote: Remote, remote_side: OfRemote[Indices], local_side: OfLocal[Indices]
) -> Yields:
    """A leader uses an ILM policy or an ingest pipeline that the local cluster does not have.

    Why it matters: replication copies documents, settings and mappings of an index, and nothing else. A follower works without them; after a
    failover, when it is written to, documents go in unprocessed or not at all, and the index is not rolled over.

    How to fix: create them on the local cluster under the same names, from what the remote cluster shows. Templates and aliases are not
    replicated either, and not compared here.

    Example: ``index.default_pipeline: geoip`` on the leader, and no such pipeline where it is followed.
    """
    names = {one.leader for one in of_remote(replication, remote)}
    leaders = [one for one in remote_side.all if one.name in names]
    if not names:
        yield NotApplicable("no index follows one of this remote")
    elif not is_whole(remote_side.all) and names - {one.name for one in leaders}:
        yield Unknown(CUT)
    elif not leaders:
        yield NotApplicable("the remote cluster has none of the leaders; ccr/leader-deleted is about that")
    for what, used, here in (
        ("ILM policies", sorted({one.policy for one in leaders} - {""}), local_side.policies),
        ("ingest pipelines", sorted({name for one in leaders for name in one.pipelines}), local_side.pipelines),
    ):
        missing = tuple(name for name in used if name not in here)
        if missing and not is_whole(here):
            yield Unknown(f"the local cluster has more {what} than are read")
        elif missing:
            yield _not_here(what, missing)


def _not_here(what: str, missing: tuple[str, ...]) -> Finding:
    paths = [f"{_CALLS[what]}/{in_path(name)}" for name in missing[:_MAX_CALLS]]
    return Finding(
        summary=f"Leaders use {what} that the local cluster does not have: {listed(missing)}.",
        remedy="Create them on the local cluster as the remote cluster shows them.",
        fix=(
            *on_remote(*(call("GET", path) for path in paths)),
            *on_local(*(call("PUT", path, _BODIES[what]) for path in paths)),
        ),
        facts={"observed": missing[:MAX_FACTS], "expected": "the same on the local cluster", "what": what},
    )
