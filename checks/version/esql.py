"""The check version/esql."""

from __future__ import annotations

from checks.shared.applies import BOTH_RELEASED
from checks.shared.release_range import judgements, not_known, unknown_release
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    ENRICH_PRIVILEGE,
    ESQL_RELEASED,
    ESQL_SAME_SIDE,
    Finding,
    LocalVersion,
    Remote,
    RemoteVersion,
    Severity,
    Unavailable,
)


@check(
    "version/esql",
    severity=Severity.ERROR,
    severities=(Severity.INFO,),
    applies=BOTH_RELEASED,
    docs=(docs.ESQL,),
    tags=("esql",),
    source=f"{ESQL_SAME_SIDE.source}; {ESQL_RELEASED.source}; {ENRICH_PRIVILEGE.source}",
)
def esql(
    remote: Remote, local_version: LocalVersion | Unavailable, remote_version: RemoteVersion | Unavailable
) -> Yields:
    """ES|QL is used on this remote, and the releases do not go with that, or have it as a preview.

    Why it matters: from 8.16 on a local cluster can search a remote of 8.16 or later only. Before 9.1 ES|QL across clusters is a preview;
    before 8.15 ENRICH needs privileges that roles can't give to the remote.

    How to fix: upgrade the cluster that is named.

    Example: a local cluster of 8.17 and a remote cluster of 8.15.
    """
    if not (remote.use.esql or remote.use.enrich):
        yield NotApplicable("neither use.esql nor use.enrich is declared for this remote")
        return
    if unknown := not_known(local_version, remote_version):
        yield from unknown
        return
    assert not isinstance(local_version, Unavailable)  # noqa: S101 -- ``not_known`` has told.
    assert not isinstance(remote_version, Unavailable)  # noqa: S101 -- the same.
    behind = judgements(remote_version, lambda number: local_version.number >= ESQL_SAME_SIDE.since > number)
    if behind == {True}:
        yield Finding(
            summary=f"The local cluster runs {local_version}, the remote cluster {remote_version}; ES|QL across them expects {ESQL_SAME_SIDE.since} or later "
            "on both sides.",
            remedy=f"Upgrade the remote cluster to {ESQL_SAME_SIDE.since} or later.",
            facts={"side": "remote", "observed": str(remote_version), "expected": str(ESQL_SAME_SIDE.since)},
        )
    elif behind != {False}:
        yield Unknown(unknown_release(remote_version, "whether ES|QL reaches it"))
    else:
        yield from _preview(remote, local_version)


def _preview(remote: Remote, local_version: LocalVersion) -> Yields:
    if local_version.number < ESQL_RELEASED.since:
        enrich = remote.use.enrich and local_version.number < ENRICH_PRIVILEGE.since
        more = f", and ENRICH has its privilege from {ENRICH_PRIVILEGE.since} on" if enrich else ""
        yield Finding(
            summary=f"The local cluster runs {local_version}, where ES|QL across clusters is a preview{more}; expected {ESQL_RELEASED.since} or later.",
            remedy=f"Upgrade the local cluster to {ESQL_RELEASED.since} or later, where ES|QL across clusters is more than a trial.",
            severity=Severity.INFO,
            facts={"side": "local", "observed": str(local_version), "expected": str(ESQL_RELEASED.since)},
        )
