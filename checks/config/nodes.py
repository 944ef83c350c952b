"""What only the nodes tell: which of them may connect to remotes, and what stands in the file of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checks.causes import NO_CONNECTION
from checks.config import client_roles
from checks.config.registered import register
from checks.remedies import Setting, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    MAX_LISTED,
    Finding,
    LocalNodes,
    Mode,
    Node,
    Registration,
    Remote,
    RemoteNodes,
    Severity,
    Unavailable,
    as_fact,
    listed,
    mask_userinfo,
    shorten,
)


@check(
    "config/static-dynamic-shadow",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.SETTINGS,),
    tags=("settings",),
    source="documentation: cluster settings API, precedence of settings; Setting.diff: GET _cluster/settings leaves such a setting of the file out",
)
def static_dynamic_shadow(registration: Registration, nodes: LocalNodes) -> Yields:
    """A setting of the remote stands in elasticsearch.yml and, with another value, in the cluster's settings.

    Why it matters: that in the file has no effect. Whoever changes it there wonders why nothing happens.

    How to fix: keep it in one place, best in the cluster's settings, which are the same on all nodes.

    Example: ``proxy_address`` was changed in the files of all nodes, and the persistent setting still leads to the old address.
    """
    dynamic = {*registration.persistent, *registration.transient}
    having = [node for node in nodes.all if registration.alias in node.remotes]
    shadowed = {node.name: keys for node in having if (keys := _overruled(registration, node, dynamic))}
    if shadowed:
        values = {key: value for keys in shadowed.values() for key, value in sorted(keys.items())}
        named = [
            f"{shorten(key, 60)} is {_shown(value)} in the file and {_shown(registration.value(key))} in force"
            for key, value in values.items()
        ]
        yield Finding(
            summary=f"In elasticsearch.yml without effect, because the cluster's settings have another value: {listed(list(values))}, "
            f"on {listed([node.name for node in having if node.name in shadowed])}. {'; '.join(named[:MAX_LISTED])}. Expected one place.",
            remedy=f"Take cluster.remote.{shorten(registration.alias, 80)}.* out of elasticsearch.yml at the next restart; if the value there "
            f"is the right one: {put_settings(_as_they_are(registration, values))}",
            facts={
                "observed": _cut(tuple(values)),
                "in_file": tuple(map(_shown, values.values()))[:20],
                "in_force": tuple(_shown(registration.value(key)) for key in values)[:20],
                "expected": "in one place",
                "nodes": _cut(tuple(shadowed)),
            },
        )
    elif dynamic and any(node.remote_settings is None for node in having):
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


def _cut(names: Sequence[str]) -> tuple[str, ...]:
    return as_fact(names)


def _overruled(registration: Registration, node: Node, dynamic: set[str]) -> dict[str, str]:
    """The settings in the file of a node that have another value in the settings of the cluster, which go before it."""
    in_file = dict(node.remote_settings or ())
    values = {key: in_file.get(f"{registration.alias}.{key}") for key in dynamic}
    return {
        key: value
        for key, value in values.items()
        if value is not None and _as_set(value) != _as_set(registration.value(key))
    }


def _as_set(value: str) -> set[str]:
    return {part.strip() for part in value.lower().split(",")}


@check(
    "config/static-partial-nodes",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.APIKEY, docs.SELFM),
    tags=("settings", "nodes"),
    source="documentation: add remote clusters, static configuration applies to one node",
)
def static_partial_nodes(remote: Remote, registration: Registration, nodes: LocalNodes) -> Yields:
    """The remote stands in elasticsearch.yml of some nodes, and not of all.

    Why it matters: a search works or fails by the node that it is sent to.

    How to fix: register the remote in the cluster's settings, which hold for all nodes.

    Example: a node was added with a file of an older state.
    """
    having = [node for node in nodes.clients if remote.alias in node.remotes]
    lacking = [node for node in nodes.clients if remote.alias not in node.remotes]
    if not having:
        yield NotApplicable("it stands in no elasticsearch.yml")
    elif lacking and not (registration.persistent or registration.transient):
        yield Finding(
            summary=f"In elasticsearch.yml of {len(having)} of {len(nodes.clients)} nodes; it is missing on {listed([one.name for one in lacking])}.",
            remedy=register(remote),
            facts={
                "observed": len(having),
                "expected": len(nodes.clients),
                "missing": _cut([one.name for one in lacking]),
            },
        )


@check(
    "config/node-attr-filter",
    severity=Severity.ERROR,
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.SETTINGS,),
    tags=("nodes", "sniff"),
    source="documentation: remote cluster settings, cluster.remote.node.attr; SniffConnectionStrategy",
    explains=NO_CONNECTION,
)
def node_attr_filter(local: LocalNodes, remote: RemoteNodes | Unavailable) -> Yields:
    """Only remote nodes with a certain attribute are connected to, and no node of the remote has it.

    Why it matters: in mode sniff ``cluster.remote.node.attr`` chooses the gateway nodes. Where none has the attribute, none is left.

    How to fix: set ``node.attr.<name>: true`` on the gateway nodes of the remote, or take the setting away.

    Example: ``cluster.remote.node.attr: gateway`` after the remote was rebuilt without ``node.attr.gateway``.
    """
    wanted = sorted({node.node_attr for node in local.all} - {""})
    if not wanted:
        yield NotApplicable("cluster.remote.node.attr is not set")
    elif isinstance(remote, Unavailable):
        yield Finding(
            summary=f"cluster.remote.node.attr is {shorten(wanted[0], 80)}; whether a node of the remote has it is not known.",
            remedy="Give the url of the remote, or look at GET _nodes?filter_path=nodes.*.attributes there.",
            severity=Severity.INFO,
            facts={"observed": shorten(wanted[0], 80)},
        )
    elif not any(wanted[0] in node.attributes for node in remote.all):
        yield Finding(
            summary=f"cluster.remote.node.attr is {shorten(wanted[0], 80)}, and none of {len(remote.all)} nodes of the remote has "
            f"node.attr.{shorten(wanted[0], 80)}: true.",
            remedy=f"Set node.attr.{shorten(wanted[0], 80)}: true on gateway nodes of the remote and restart them, "
            "or take cluster.remote.node.attr out of elasticsearch.yml.",
            facts={"observed": 0, "expected": "at least 1"},
        )


CHECKS = (static_dynamic_shadow, static_partial_nodes, *client_roles.CHECKS, node_attr_filter)
