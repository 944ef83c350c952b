"""The check config/unknown-setting."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    CREDENTIALS,
    MAX_LISTED,
    REMOTE_SETTINGS,
    SIGNING,
    Finding,
    Nodes,
    OfLocal,
    Registration,
    Remote,
    Severity,
    Unavailable,
    as_fact,
    listed,
    nearest,
    shorten,
)

_KNOWN: Final = (*(one.key for one in REMOTE_SETTINGS), CREDENTIALS)


@check(
    "config/unknown-setting",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.ARCHIVED_SETTINGS),
    tags=("settings",),
    source="Elasticsearch RemoteClusterSettings; archived settings of an upgrade; elasticsearch#76441",
)
def unknown_setting(remote: Remote, registration: Registration, local_nodes: OfLocal[Nodes] | Unavailable) -> Yields:
    """A setting of the remote is none that Elasticsearch knows.

    Why it matters: what was meant is not set. A misspelt key is refused by the API, keeps a node from starting when it stands in its
    file, and after an upgrade it is kept as archived and has no effect.

    How to fix: write the setting with its right name, and take the other one away.

    Example: ``cluster.remote.logs.skip_unavailabel``, ``archived.cluster.remote.logs.ignore_unavailable``.
    """
    in_files = {} if isinstance(local_nodes, Unavailable) else _in_files(local_nodes, remote.alias)
    found = {key: "the cluster's settings" for key, _ in registration.values} | in_files
    if not found and not registration.archived:
        yield NotApplicable("the local cluster has no setting of this alias; config/not-added is about that")
    for key, where in found.items():
        if key not in _KNOWN and not key.startswith(SIGNING):
            yield _unknown(remote, registration, key, where)
    if archived := registration.archived:
        yield Finding(
            summary=f"Settings that are archived or under a name of a former release: {listed(archived)}; expected cluster.remote.{shorten(remote.alias, 60)}.*.",
            remedy="Set what was meant under its new name, then take them away.",
            fix=on_local(put_settings(dict.fromkeys(archived[:MAX_LISTED]))),
            severity=Severity.WARNING,
            facts={"observed": as_fact(archived), "expected": "no archived setting"},
        )


def _in_files(local_nodes: Nodes, alias: str) -> dict[str, str]:
    return {
        key.partition(".")[2]: f"elasticsearch.yml of {shorten(node.name, 60)}"
        for node in local_nodes.all
        for key, _ in node.remote_settings or ()
        if key.partition(".")[0] == alias and "." in key
    }


def _unknown(remote: Remote, registration: Registration, key: str, where: str) -> Finding:
    meant = next(iter(nearest(key, _KNOWN)), "")
    full, right = remote.setting(key), remote.setting(meant)
    expected = f"{right}, perhaps" if meant else "one of " + ", ".join(one.key for one in REMOTE_SETTINGS)
    change = put_settings({full: None, **({right: registration.value(key) or "<value>"} if meant else {})})
    by_file = where.startswith("elasticsearch.yml")
    remedy = (f"Write {right}" if meant else "Take it out") + f" in {where}; a release that checks it does not start."
    return Finding(
        summary=f"{shorten(full)} in {where} is no setting of Elasticsearch; expected {expected}.",
        remedy=remedy if by_file else f"{'Set what was meant' if meant else 'Take it away'}.",
        fix=() if by_file else on_local(change),
        facts={"observed": shorten(full), "expected": right if meant else "a setting of Elasticsearch"},
    )
