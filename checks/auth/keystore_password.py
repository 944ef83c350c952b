"""The check auth/keystore-password."""

from __future__ import annotations

from typing import Final

from checks.auth._reloads import absent_on
from checks.shared.fixes import call, on_local, on_local_nodes
from checks.shared.reported_errors import MAX_ERROR_LENGTH
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    RELOAD,
    Finding,
    Fix,
    Nodes,
    OfLocal,
    SecureSettingsReload,
    Severity,
    Unavailable,
    as_fact,
    in_path,
    keystore_tool,
    listed,
    shorten,
)

_MAX_CALLS: Final = 5


@check(
    "auth/keystore-password",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.API_RELOAD_SECURE_SETTINGS, docs.KEYSTORE),
    tags=("keystore",),
    source="documentation: reload secure settings API, reload_exception",
    explains=("auth/key-not-reloaded",),
)
def keystore_password(reload: SecureSettingsReload, local_nodes: OfLocal[Nodes] | Unavailable) -> Yields:
    """Nodes could not reload their keystore, most often because of its password.

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
            failed.setdefault(shorten(one.error, MAX_ERROR_LENGTH), []).append(one.node)
    for error, names in failed.items():
        yield Finding(
            summary=f"{len(names)} of {len(reload.nodes)} nodes could not reload their keystore ({listed(names)}): {error}",
            remedy="Reload each of these nodes with the password of its own keystore, or give all keystores the same one. If the error is "
            "not about a password, the log of the node says more.",
            fix=_reload_each(names),
            facts={"nodes": as_fact(names), "observed": error, "expected": "no reload_exception"},
        )
    yield from absent_on(reload, local_nodes, every=True)


def _reload_each(names: list[str]) -> tuple[Fix, ...]:
    """Name each node, for the call takes one password."""
    body = {"secure_settings_password": "<password of the keystore of this node>"}
    calls = [call("POST", f"_nodes/{in_path(name)}/reload_secure_settings", body) for name in names[:_MAX_CALLS]]
    same = on_local_nodes(keystore_tool("passwd"), when="or, for the same password on all nodes")
    return (*on_local(*calls), *same, *on_local(RELOAD, when="after that"))
