"""The check version/815-role-parse-bug."""

from __future__ import annotations

from checks.shared.release_range import RELEASED, extremes, unknown_release
from checks.tables import docs
from checks.tables.versions import ROLE_PARSE_BROKEN, ROLE_PARSE_FIXED
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ErrorKind,
    Finding,
    LocalVersion,
    Nodes,
    OfLocal,
    RemoteVersion,
    ResolvedCluster,
    ResolvedPatterns,
    SearchTrial,
    SecurityModel,
    Severity,
    Unavailable,
)


@check(
    "version/815-role-parse-bug",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies(models=(SecurityModel.CERTIFICATE,), local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.CERTIFICATE_MODEL,),
    tags=("upgrade",),
    source=f"{ROLE_PARSE_BROKEN.source}, {ROLE_PARSE_FIXED.source}: fixed in {ROLE_PARSE_FIXED.since}",
    explains=("runtime/ccs-fails-whole", "runtime/skipped-clusters", "runtime/connected-not-proof"),
)
def v815_role_parse_bug(
    local_version: LocalVersion,
    remote_version: RemoteVersion,
    local_nodes: OfLocal[Nodes] | Unavailable,
    resolved: ResolvedCluster | Unavailable,
    used: ResolvedPatterns | Unavailable,
    trial: SearchTrial | Unavailable,
) -> Yields:
    """The local cluster runs 8.15.0, whose requests with an API key an older remote cluster can't read.

    Why it matters: 8.15.0 sends a field of roles that releases before 8.15 refuse, with ``unexpected field [remote_cluster]``. It hits
    requests that come with an API key (alerts of Kibana, agents, scripts); users with a password are served. It is an error where an
    answer shows it, else a warning.

    How to fix: upgrade the local cluster to 8.15.1 or later.

    Example: alerting rules that search a remote of 8.14 fail since the upgrade to 8.15.0.
    """
    if ROLE_PARSE_BROKEN.since not in extremes(local_version, local_nodes):
        yield NotApplicable(f"the local cluster runs {local_version}, not {ROLE_PARSE_BROKEN.since}")
        return
    reads = remote_version.release.at_least(ROLE_PARSE_BROKEN.since)
    if reads is True:
        return
    if reads is None:
        yield Unknown(unknown_release(remote_version, "whether it can read the requests of 8.15.0"))
    else:
        errors = [one.error for one in (resolved, used, trial) if not isinstance(one, Unavailable)]
        seen = any(map(ErrorKind.UNKNOWN_ROLE_FIELD.fits, errors))
        yield Finding(
            summary=f"The local cluster runs {ROLE_PARSE_BROKEN.since}, whose requests with an API key a remote cluster of {remote_version} "
            + ("refuses: unexpected field [remote_cluster]." if seen else "can't read.")
            + f" Expected {ROLE_PARSE_FIXED.since} or later.",
            remedy=f"Upgrade the local cluster to {ROLE_PARSE_FIXED.since} or later.",
            severity=Severity.ERROR if seen else Severity.WARNING,
            facts={
                "observed": str(ROLE_PARSE_BROKEN.since),
                "expected": str(ROLE_PARSE_FIXED.since),
                "remote_version": str(remote_version),
                "seen": seen,
            },
        )
