"""The check runtime/flapping."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Final

from checks.shared.fixes import on_local, on_local_nodes, put_settings, yml
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import (
    Finding,
    History,
    Now,
    RemoteEvidence,
    RemoteInfo,
    Severity,
    Thresholds,
)

_WINDOW: Final = timedelta(minutes=30)


@check(
    "runtime/flapping",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.TROUBLESHOOT_UNRELIABLE_NETWORK, docs.NETWORK_IDLE_CONNECTIONS),
    tags=("connection", "history"),
    source="documentation: troubleshoot remote clusters, unreliable network; elasticsearch#30247; the limits are chosen by diag",
)
def flapping(
    remote_evidence: RemoteEvidence, info: RemoteInfo, past: History, thresholds: Thresholds, now: Now
) -> Yields:
    """The connection to the remote comes and goes.

    Why it matters: each loss fails the searches under way and stops followers for a while. Mostly a device between the clusters drops
    idle connections, or a node of the remote restarts.

    How to fix: let the device keep idle connections longer than the keep-alive of the nodes (``transport.tcp.keep_idle``, at most
    300 s), or set ``cluster.remote.<alias>.transport.ping_schedule``.

    Example: a firewall forgets connections after 5 minutes, and keep-alive begins after 2 hours.
    """
    known = [one for one in past.looks if one.connected is not None]
    # Where it never changed, it did not within the window either.
    if any(one.connected is not info.connected for one in known):
        known = [one for one in known if now.at - one.at <= _WINDOW]
    states = [*(one.connected for one in known), info.connected]
    changes = sum(one is not other for one, other in pairwise(states))
    if changes >= thresholds.flaps_warning:
        yield Finding(
            summary=f"The connection changed {changes} times within 30 minutes; expected fewer than {thresholds.flaps_warning}.",
            remedy="Look for restarts of remote nodes and for a device that drops idle connections; keep-alive has to be shorter than its idle "
            "time.",
            fix=(
                *on_local_nodes(
                    yml=[yml("transport.tcp.keep_idle", "<seconds, fewer than the idle time>")],
                    when="if a device drops idle connections",
                ),
                *on_local(
                    put_settings({remote_evidence.remote.setting("transport.ping_schedule"): "<time>"}),
                    when="the last resort",
                ),
            ),
            facts={"observed": changes, "expected": f"fewer than {thresholds.flaps_warning}", "minutes": 30},
        )
