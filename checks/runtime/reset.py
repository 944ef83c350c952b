"""Whether the setting of skip_unavailable is the one in force."""

from __future__ import annotations

from checks.remedies import put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Finding, Registration, Remote, RemoteInfo, Severity


@check(
    "runtime/skip-reset-bug",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.CCS_SKIP, docs.A_INFO),
    tags=("search", "belief"),
    source="elasticsearch#107125, elasticsearch#107381; reproduced on 8.19.0 and 9.2.0, not there in 9.3.2 and 9.5.2",
)
def skip_reset_bug(remote: Remote, registration: Registration, info: RemoteInfo) -> Yields:
    """The local cluster does not do what its setting of ``skip_unavailable`` says.

    Why it matters: after the address of a remote was changed, some releases go on with the usual value, true, while the settings still say
    false. Searches then leave the remote out in silence, and whoever relies on an error never sees one.

    How to fix: writing the same value again does nothing. Set it to the other value first, then back.

    Example: ``proxy_address`` was corrected on 8.19.0; ``GET _remote/info`` says ``skip_unavailable: true``, the settings say false.
    """
    wanted = {"true": True, "false": False}.get(registration.value("skip_unavailable").strip().lower())
    if not info.listed:
        yield NotApplicable("the local cluster does not name this alias")
    elif wanted is None:
        yield NotApplicable("skip_unavailable is not set for this remote")
    elif info.skip_unavailable is None:
        yield Unknown("GET _remote/info does not say whether searches go on without this remote")
    elif info.skip_unavailable is not wanted:
        key = remote.setting("skip_unavailable")
        yield Finding(
            summary=f"skip_unavailable is set to {str(wanted).lower()}, and {str(info.skip_unavailable).lower()} is in force.",
            remedy=f"{put_settings({key: not wanted})}, then {put_settings({key: wanted})}",
            severity=Severity.WARNING,
            facts={"observed": info.skip_unavailable, "expected": wanted},
        )


CHECKS = (skip_reset_bug,)
