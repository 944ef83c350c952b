"""The check ccr/remote-removed."""

from __future__ import annotations

from typing import Final

from checks.ccr._calls import stop
from checks.ccr._followers import UNLICENSED
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    Finding,
    OfLocal,
    Registrations,
    Replication,
    Severity,
    as_fact,
    shorten,
)

_MAX_FOLLOWERS: Final = 10


@check(
    "ccr/remote-removed",
    severity=Severity.ERROR,
    docs=(docs.CCR_TERMINATE, docs.API_PUT_SETTINGS),
    tags=("replication",),
    source="documentation: terminate replication; elasticsearch#38718",
    explains=("ccr/fatal-exception", "ccr/autofollow-errors", "ccr/read-exceptions"),
)
def remote_removed(replication: Replication, registrations: OfLocal[Registrations]) -> Yields:
    """Something is replicated from an alias that is not registered any more.

    Why it matters: those followers can't read, and even unfollowing them cleanly needs the remote.

    How to fix: register the remote again under the same alias; or pause, close and unfollow what follows it.

    Example: the remote was registered again under another name, and the followers still look for the old one.
    """
    used, registered = replication.aliases, {one.alias for one in registrations.all if one.enabled}
    if replication.unlicensed:
        yield NotApplicable(UNLICENSED)
    elif not used:
        yield NotApplicable("nothing is replicated")
    for alias in sorted(used - registered):
        known = [one for one in replication.followers if one.remote == alias]
        ended = [request for one in known[:_MAX_FOLLOWERS] for request in stop(one)]
        automatic = " and auto-follow patterns" if alias in replication.auto_followed else ""
        yield Finding(
            summary=f"{len(known)} followers{automatic} name the alias {shorten(alias, 80)}, which is not registered.",
            remedy=f"Register the remote again under the same alias {shorten(alias, 80)}; or unfollow what follows it.",
            fix=(
                *on_local(put_settings(_as_proxy(alias)), when="to register it again"),
                *on_local(*ended, when="to end following"),
            ),
            facts={
                "observed": alias,
                "expected": "a registered alias",
                "followers": as_fact([one.index for one in known]),
            },
        )


def _as_proxy(alias: str) -> dict[str, str | bool | list[str] | None]:
    prefix = f"cluster.remote.{alias}"
    return {f"{prefix}.mode": "proxy", f"{prefix}.proxy_address": "<host:port>"}
