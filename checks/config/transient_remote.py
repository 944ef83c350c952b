"""The check config/transient-remote."""

from __future__ import annotations

from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import (
    Finding,
    Registration,
    Remote,
    Severity,
    as_fact,
    listed,
)


@check(
    "config/transient-remote",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.API_PUT_SETTINGS, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("settings",),
    source="documentation: cluster settings API, transient settings",
)
def transient_remote(remote: Remote, registration: Registration) -> Yields:
    """Settings of the remote are transient.

    Why it matters: they go before the persistent ones, and are gone after a restart of the whole cluster.

    How to fix: write the same values as persistent settings, and set the transient ones to null.

    Example: an address was changed as transient in an emergency; after the next restart the old one was back.
    """
    if registration.transient:
        values: dict[str, str | bool | list[str] | None] = {
            remote.setting(name): registration.value(name) for name in registration.transient
        }
        yield Finding(
            summary=f"Transient: {listed(registration.transient)}; expected persistent settings.",
            remedy="Make them persistent, with null under transient.",
            fix=on_local(put_settings(values, transient=dict.fromkeys(values))),
            facts={
                "observed": as_fact(registration.transient),
                "expected": "persistent",
            },
        )
