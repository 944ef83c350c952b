"""The check version/eql-same."""

from __future__ import annotations

from checks.shared.applies import BOTH_RELEASED
from checks.shared.release_range import judgements, known, not_known
from checks.tables import docs
from checks.tables.versions import EQL_WANTS_EQUAL, is_within
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    LocalVersion,
    Remote,
    RemoteVersion,
    Severity,
    Unavailable,
    Version,
)


@check(
    "version/eql-same",
    severity=Severity.WARNING,
    applies=BOTH_RELEASED,
    docs=(docs.CCS_SUPPORTED_RELEASES,),
    tags=("ccs",),
    source="documentation: cross-cluster search, supported configurations: EQL before 7.17.8 and 8.5.2 wants equal releases",
)
def eql_same(
    remote: Remote, local_version: LocalVersion | Unavailable, remote_version: RemoteVersion | Unavailable
) -> Yields:
    """EQL searches name this remote, and the two releases are not the same.

    Why it matters: up to 7.17.7, and from 8.0 to 8.5.1, EQL across clusters works between equal releases only.

    How to fix: upgrade both clusters to 7.17.8, 8.5.2 or later.

    Example: a local cluster of 8.4.3 and a remote cluster of 8.5.0, with ``use: {eql: true}``.
    """
    if not remote.use.eql:
        yield NotApplicable("use.eql is not declared for this remote")
    elif unknown := not_known(local_version, remote_version):
        yield from unknown
    else:
        old = [side for _, side in known(local_version, remote_version) if judgements(side, _wants_equal) == {True}]
        numbers = {side.number for _, side in known(local_version, remote_version)}
        if old and len(numbers) > 1:
            yield Finding(
                summary=f"The local cluster runs {local_version} and the remote cluster {remote_version}; EQL across them expects equal releases, because "
                f"{old[0]} is older than 7.17.8 or 8.5.2.",
                remedy="Upgrade both clusters to 7.17.8, 8.5.2 or later; until then keep them at the same release.",
                facts={"local_version": str(local_version), "remote_version": str(remote_version)},
            )


def _wants_equal(number: Version) -> bool:
    return is_within(number, EQL_WANTS_EQUAL)
