"""The check version/proxy-mode-unsupported."""

from __future__ import annotations

from collections.abc import Collection

from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import Remedy, Setting, on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    PROXY_MODE,
    SERVER_NAME,
    Address,
    Finding,
    Kind,
    LocalVersion,
    Mode,
    Remote,
    Severity,
)


@check(
    "version/proxy-mode-unsupported",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.CONNECTION_MODES),
    tags=("mode",),
    source=f"{PROXY_MODE.source}, elasticsearch#50774 (proxy mode); {SERVER_NAME.source} (server_name)",
    explains=NO_CONNECTION,
)
def proxy_mode_unsupported(remote: Remote, local_version: LocalVersion) -> Yields:
    """The local cluster is too old for settings of this remote.

    Why it matters: ``mode`` and ``proxy_address`` came with 7.6, ``server_name`` with 7.7. An older release refuses them as not
    recognized, and in elasticsearch.yml they keep the node from starting.

    How to fix: upgrade the local cluster to 7.7 or later; before that, a remote behind a proxy is reached with ``seeds`` and ``proxy``.

    Example: ``mode: proxy`` on a local cluster that runs 7.5.2.
    """
    gates = {"mode": PROXY_MODE, "proxy_address": PROXY_MODE, "server_name": SERVER_NAME}
    present = {name: gate for name, gate in gates.items() if getattr(remote, name)}
    if not present:
        yield NotApplicable("neither mode, proxy_address nor server_name is set")
        return
    refused = {name: gate.since for name, gate in present.items() if local_version.number < gate.since}
    if refused:
        wanted = max(refused.values())
        names = ", ".join(refused)
        how = _without(remote, refused)
        yield Finding(
            summary=f"The local cluster runs {local_version.number}, which does not know {names}; expected {wanted} or later.",
            remedy=how.sentence,
            fix=how.fix,
            facts={"observed": str(local_version.number), "expected": str(wanted), "settings": tuple(refused)},
        )


def _without(remote: Remote, refused: Collection[str]) -> Remedy:
    upgrade = f"Upgrade the local cluster to {SERVER_NAME.since} or later"
    if set(refused) == {"server_name"} or remote.effective_mode is Mode.SNIFF:
        unset = put_settings({remote.setting(name): None for name in refused})
        return Remedy(f"{upgrade}, or do without.", on_local(unset, when="to do without"))
    if remote.kind not in {Kind.HOSTED, Kind.ECE} or not remote.proxy_address:
        return Remedy(f"{upgrade}; before that, list nodes of the remote in {remote.setting('seeds')}.")
    host = Address(setting="proxy_address", text=remote.proxy_address).host
    seed = f"{remote.server_name or host or '<endpoint>'}:1"
    values: dict[str, Setting] = {remote.setting("seeds"): [seed], remote.setting("proxy"): remote.proxy_address}
    values |= {remote.setting(name): None for name in refused}
    return Remedy(
        f"{upgrade}; before that, use the form that this release knows.",
        on_local(put_settings(values), when="before that"),
    )
