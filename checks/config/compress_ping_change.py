"""The check config/compress-ping-change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.options import COMPRESS, SCHEME
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    History,
    Registration,
    Severity,
    shorten,
)

_PING: Final = "transport.ping_schedule"
_REBUILD: Final = (COMPRESS, SCHEME, _PING)


@check(
    "config/compress-ping-change",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.NETWORK_COMPRESSION),
    tags=("settings", "history"),
    source="Elasticsearch RemoteClusterService: a remote is built anew when its compression or ping schedule changes",
    explains=("runtime/flapping",),
)
def compress_ping_change(registration: Registration, past: History) -> Yields:
    """Compression or pings of the remote were changed since the last round.

    Why it matters: all connections to the remote are closed and opened again at that moment, which looks like a fault of the network.

    How to fix: nothing, where it was meant; plan such changes for a quiet hour.

    Example: ``transport.compress`` was set to true.
    """
    reported = [observation for observation in past.looks if observation.options is not None]
    if not reported:
        yield NotApplicable("no earlier round knows the settings of this remote")
        return
    now = {key: registration.value(key) for key in _REBUILD}
    for key, before in _changed(now, dict(reported[-1].options or ())):
        yield Finding(
            summary=f"{key} was {shorten(before, 60) or 'not set'} and is {shorten(now[key], 60) or 'not set'}: the connections were made anew.",
            remedy="Nothing, if the change was meant; it closed every connection to the remote for a moment.",
            facts={"setting": key, "observed": shorten(now[key], 60), "before": shorten(before, 60)},
        )


def _changed(now: dict[str, str], before: dict[str, str]) -> Iterator[tuple[str, str]]:
    return ((key, before.get(key, "")) for key, value in now.items() if value != before.get(key, ""))
