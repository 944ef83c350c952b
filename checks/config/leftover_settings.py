"""The check config/leftover-settings."""

from __future__ import annotations

from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Registration,
    Remote,
    Severity,
    as_fact,
    listed,
)


@check(
    "config/leftover-settings",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.API_PUT_SETTINGS),
    tags=("settings",),
    source="RemoteClusterSettings: a remote without seeds and proxy_address is not enabled; observed on 7.17 to 9.2",
    explains=NO_CONNECTION,
)
def leftover_settings(remote: Remote, registration: Registration) -> Yields:
    """Settings of the remote are there, and none that enables it.

    Why it matters: without ``seeds`` or ``proxy_address`` Elasticsearch takes no notice of the rest, and up to 8.x refuses changes of it.

    How to fix: set the address, or take all settings of the alias away in one request.

    Example: the address was set to null, and ``skip_unavailable`` stayed.
    """
    if not registration.exists:
        yield NotApplicable("the local cluster has no setting of this alias; config/not-added is about that")
    elif not registration.enabled:
        names = tuple(name for name, _ in registration.values)
        yield Finding(
            summary=f"The alias has {listed(names)} and neither seeds nor proxy_address: "
            "Elasticsearch does not use it.",
            remedy="Set its address, or take it away.",
            fix=on_local(put_settings(dict.fromkeys(map(remote.setting, names))), when="to take it away"),
            severity=Severity.ERROR if remote.addresses else Severity.WARNING,
            facts={"observed": as_fact(names), "expected": "seeds or proxy_address"},
        )
