"""The check config/static-dynamic-shadow."""

from __future__ import annotations

from collections.abc import Mapping

from checks.shared.files_of_nodes import entries, having
from checks.shared.fixes import Setting, on_local, put_settings
from checks.tables import docs
from diag.check import Applies, Unknown, Yields, check
from diag.model import (
    MAX_LISTED,
    Finding,
    Nodes,
    OfLocal,
    Registration,
    Severity,
    as_fact,
    listed,
    mask_userinfo,
    shorten,
)


@check(
    "config/static-dynamic-shadow",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("settings",),
    source="documentation: cluster settings API, precedence of settings; Setting.diff: GET _cluster/settings leaves such a setting of the file out",
)
def static_dynamic_shadow(registration: Registration, local_nodes: OfLocal[Nodes]) -> Yields:
    """A setting of the remote stands in elasticsearch.yml and, with another value, in the cluster's settings.

    Why it matters: that in the file has no effect. Whoever changes it there wonders why nothing happens.

    How to fix: keep it in one place, best in the cluster's settings, which are the same on all nodes.

    Example: ``proxy_address`` was changed in the files of all nodes, and the persistent setting still leads to the old address.
    """
    dynamic = {*registration.persistent, *registration.transient}
    in_file = having(local_nodes, registration.alias)
    shadowed = _overruled(registration, local_nodes, dynamic)
    if shadowed:
        values = {key: value for keys in shadowed.values() for key, value in sorted(keys.items())}
        named = [
            f"{shorten(key, 60)} is {_shown(value)} in the file and {_shown(registration.value(key))} in force"
            for key, value in values.items()
        ]
        yield Finding(
            summary=f"In elasticsearch.yml without effect, because the cluster's settings have another value: {listed(list(values))}, "
            f"on {listed([node.name for node in in_file if node.name in shadowed])}. {'; '.join(named[:MAX_LISTED])}. Expected one place.",
            remedy=f"Take cluster.remote.{shorten(registration.alias, 80)}.* out of elasticsearch.yml at the next restart.",
            fix=on_local(
                put_settings(_as_they_are(registration, values)),
                when="if the value in elasticsearch.yml is the right one",
            ),
            facts={
                "observed": as_fact(tuple(values)),
                "in_file": tuple(map(_shown, values.values()))[:20],
                "in_force": tuple(_shown(registration.value(key)) for key in values)[:20],
                "expected": "in one place",
                "nodes": as_fact(tuple(shadowed)),
            },
        )
    elif dynamic and any(node.remote_settings is None for node in in_file):
        yield Unknown(
            "the remote stands in elasticsearch.yml and in the cluster's settings; what the file says was not read"
        )


def _shown(value: str) -> str:
    """A value for a sentence: short, and without a password that somebody wrote into an address."""
    return shorten(",".join(shorten(mask_userinfo(part)) for part in value[:1000].split(",")), 120) or "empty"


def _as_they_are(registration: Registration, values: Mapping[str, str]) -> dict[str, Setting]:
    """The settings of the file, for the settings of the cluster; the seeds are a list."""
    return {
        f"cluster.remote.{registration.alias}.{key}": value.split(",") if key == "seeds" else value
        for key, value in values.items()
    }


def _overruled(registration: Registration, nodes: Nodes, dynamic: set[str]) -> dict[str, dict[str, str]]:
    """By the name of a node the settings in its file that have another value in the settings of the cluster, which go before them."""
    found: dict[str, dict[str, str]] = {}
    for node, key, value in entries(nodes, f"{registration.alias}."):
        if key in dynamic and _as_set(value) != _as_set(registration.value(key)):
            found.setdefault(node.name, {})[key] = value
    return found


def _as_set(value: str) -> set[str]:
    return {part.strip() for part in value.lower().split(",")}
