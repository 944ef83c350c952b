"""The check auth/keystore-password."""

from __future__ import annotations

from checks.auth._reloads import RELOAD, absent_on
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    Finding,
    Nodes,
    OfLocal,
    SecureSettingsReload,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)


@check(
    "auth/keystore-password",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.A_RELOAD, docs.KEYSTORE),
    tags=("keystore",),
    source="documentation: reload secure settings API, reload_exception",
    explains=("auth/key-not-reloaded",),
)
def keystore_password(reload: SecureSettingsReload, local_nodes: OfLocal[Nodes] | Unavailable) -> Yields:
    """Nodes could not reload their keystore, most often for want of its password.

    Why it matters: those nodes go on with the keys that they had. One call for all nodes takes one password, so that it fails on nodes
    whose keystore has another one.

    How to fix: reload on each of these nodes by itself with its own password, or give all keystores the same one.

    Example: ``reload_exception`` with ``Provided keystore password was incorrect`` on one of three nodes.
    """
    if reload.problem:
        yield Unknown(f"{shorten(reload.path)}: {shorten(reload.problem)}")
        return
    failed: dict[str, list[str]] = {}
    for one in reload.nodes:
        if one.error:
            failed.setdefault(shorten(one.error, 300), []).append(one.node)
    for error, names in failed.items():
        yield Finding(
            summary=f"{len(names)} of {len(reload.nodes)} nodes could not reload their keystore ({listed(names)}): {error}",
            remedy=f"On each of these nodes: {RELOAD.replace('_nodes/', '_nodes/_local/')} with its own "
            '{"secure_settings_password": "…"}; or give all keystores the same password (bin/elasticsearch-keystore passwd). If the error is '
            "not about a password, the log of the node says more.",
            facts={"nodes": as_fact(names), "observed": error, "expected": "no reload_exception"},
        )
    yield from absent_on(reload, local_nodes, every=True)
