"""What the local cluster has registered, beside what is declared: missing, left over, transient, in files, on some nodes only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.remedies import put_settings, shorten, show_address
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Finding, LocalNodes, Mode, Node, Registration, Remote, RemoteNodes, Severity, Unavailable

_MOST_SHOWN: Final = 5
_COMPARED: Final = ("mode", "proxy_address", "server_name", "seeds", "skip_unavailable")


def _declared(remote: Remote) -> dict[str, str]:
    """The settings that are declared, as text; what is left out is not declared."""
    skip = "" if remote.skip_unavailable is None else str(remote.skip_unavailable).lower()
    values = (remote.mode, remote.proxy_address, remote.server_name, ",".join(remote.seeds), skip)
    return {name: value for name, value in zip(_COMPARED, values, strict=True) if value}


def _register(remote: Remote) -> str:
    settings: dict[str, str | bool | list[str] | None] = {
        remote.setting(name): value.split(",") if name == "seeds" else value
        for name, value in _declared(remote).items()
    }
    return put_settings(settings)


@check(
    "config/not-added",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.A_PUT, docs.SETTINGS),
    tags=("settings", "belief"),
    source="documentation: cluster settings API; RemoteConnectionStrategy",
)
def not_added(remote: Remote, registration: Registration) -> Yields:
    """The remote is declared for diag, and the local cluster has no such remote.

    Why it matters: trust and keys alone make no connection. Searches say ``no such remote cluster``.

    How to fix: register it, with Kibana or the cluster settings API.

    Example: the key is in the keystore, and nobody registered the address.
    """
    if not registration.exists:
        yield Finding(
            summary=f"The local cluster has no setting cluster.remote.{shorten(remote.alias, 80)}.*; expected a registered remote.",
            remedy=_register(remote),
            facts={"observed": "not registered", "expected": "registered"},
        )


@check(
    "config/leftover-settings",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.A_PUT),
    tags=("settings",),
    source="RemoteClusterSettings: a remote without seeds and proxy_address is not enabled; observed on 7.17 to 9.2",
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
            summary=f"The alias has {', '.join(shorten(name, 60) for name in names[:_MOST_SHOWN])} and neither seeds nor proxy_address: "
            "Elasticsearch does not use it.",
            remedy=f"Set its address, or take it away: {put_settings(dict.fromkeys(map(remote.setting, names)))}",
            severity=Severity.ERROR if remote.addresses else None,
            facts={"observed": names, "expected": "seeds or proxy_address"},
        )


@check(
    "config/transient-remote",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.A_PUT, docs.SETTINGS),
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
            summary=f"Transient: {', '.join(shorten(name, 60) for name in registration.transient[:_MOST_SHOWN])}; expected persistent settings.",
            remedy=f"{put_settings(values)}, then the same keys with null under transient.",
            facts={"observed": registration.transient, "expected": "persistent"},
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
        keys = sorted(set().union(*shadowed.values()))
        yield Finding(
            summary=f"In elasticsearch.yml without effect, because the cluster's settings have another value: {', '.join(keys[:_MOST_SHOWN])}, "
            f"on {_names([node for node in having if node.name in shadowed])}.",
            remedy=f"Take cluster.remote.{shorten(registration.alias, 80)}.* out of elasticsearch.yml at the next restart.",
            facts={"observed": tuple(keys), "expected": "in one place", "nodes": tuple(shadowed)[:20]},
        )
    elif dynamic and any(node.remote_settings is None for node in having):
        yield Unknown(
            "the remote stands in elasticsearch.yml and in the cluster's settings; what the file says was not read"
        )


def _overruled(registration: Registration, node: Node, dynamic: set[str]) -> set[str]:
    """The settings in the file of a node that have another value in the settings of the cluster, which go before it."""
    in_file = dict(node.remote_settings or ())
    values = {key: in_file.get(f"{registration.alias}.{key}") for key in dynamic}
    return {
        key for key, value in values.items() if value is not None and _as_set(value) != _as_set(registration.value(key))
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
            summary=f"In elasticsearch.yml of {len(having)} of {len(nodes.clients)} nodes; it is missing on {_names(lacking)}.",
            remedy=_register(remote),
            facts={
                "observed": len(having),
                "expected": len(nodes.clients),
                "missing": tuple(one.name for one in lacking[:20]),
            },
        )


def _names(nodes: list[Node]) -> str:
    shown = ", ".join(shorten(node.name, 60) for node in nodes[:_MOST_SHOWN])
    return shown + (" and others" if len(nodes) > _MOST_SHOWN else "")


@check(
    "config/client-role-missing",
    severity=Severity.CRITICAL,
    docs=(docs.ROLES, docs.NODE_SET),
    tags=("nodes", "roles"),
    source="documentation: node roles; elasticsearch#65289, elasticsearch#90217",
)
def client_role_missing(nodes: LocalNodes) -> Yields:
    """Nodes that should connect to remotes lack the role remote_cluster_client.

    Why it matters: a node without it opens no connection to any remote: without one such node none is connected, and a search that is sent
    to a coordinating node without it fails.

    How to fix: add ``remote_cluster_client`` to ``node.roles`` and restart the node, or leave ``node.roles`` out, which means all roles.

    Example: ``node.roles: []`` on the coordinating node that Kibana uses.
    """
    lacking = [node for node in nodes.all if not node.connects]
    coordinating = [node for node in lacking if not node.roles]
    if not nodes.clients:
        yield Finding(
            summary=f"None of {len(nodes.all)} nodes has the role remote_cluster_client: no remote can be connected.",
            remedy="Add remote_cluster_client to node.roles of the nodes that take searches and hold followers, and restart them.",
            facts={"observed": 0, "expected": "at least 1"},
        )
    elif coordinating:
        yield Finding(
            summary=f"Coordinating nodes without the role remote_cluster_client: {_names(coordinating)}; searches of remotes fail there.",
            remedy="Set node.roles: [remote_cluster_client] on them and restart them, or send these searches to other nodes.",
            severity=Severity.WARNING,
            facts={"observed": tuple(node.name for node in coordinating[:20]), "expected": "remote_cluster_client"},
        )


@check(
    "config/drift",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.A_GET, docs.SETTINGS),
    tags=("settings", "belief"),
    source="documentation: cluster settings API",
)
def drift(remote: Remote, registration: Registration) -> Yields:
    """What is declared for diag and what the local cluster has registered are not the same.

    Why it matters: the checks look at what is declared; the cluster connects by what it has.

    How to fix: bring the cluster to what is declared, or the declaration to what is right.

    Example: ``proxy_address`` was changed in Kibana, and diag.yaml still has the old one.
    """
    if not registration.exists:
        yield NotApplicable("the local cluster has no setting of this alias; config/not-added is about that")
        return
    for name, declared, has in _differences(remote, registration):
        yield Finding(
            summary=f"{name} is declared as {_shown(declared)}, and the cluster has {_shown(has) or 'none'}.",
            remedy=f"Correct diag.yaml, or {put_settings({remote.setting(name): declared.split(',') if name == 'seeds' else declared})}",
            facts={"setting": name, "observed": _shown(has), "expected": _shown(declared)},
        )


def _differences(remote: Remote, registration: Registration) -> Iterator[tuple[str, str, str]]:
    for name, declared in _declared(remote).items():
        has = registration.value(name)
        if name in {"mode", "skip_unavailable"} and has.lower() in {"", declared.lower()}:
            continue  # Left out, it is the default of the release, which other checks know.
        if "***" not in declared and _parts(declared) != _parts(has):
            yield name, declared, has


def _parts(value: str) -> list[str]:
    """The items of a list, which a file may write with blanks, in an order that means nothing."""
    return sorted(part.strip() for part in value.split(","))


def _shown(value: str) -> str:
    """A value for a sentence: short, and without a password that somebody wrote into an address."""
    return shorten(",".join(show_address(part) for part in value.split(",")), 120)


@check(
    "config/node-attr-filter",
    severity=Severity.ERROR,
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.SETTINGS,),
    tags=("nodes", "sniff"),
    source="documentation: remote cluster settings, cluster.remote.node.attr; SniffConnectionStrategy",
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
            facts={"observed": wanted[0]},
        )
    elif not any(wanted[0] in node.attributes for node in remote.all):
        yield Finding(
            summary=f"cluster.remote.node.attr is {shorten(wanted[0], 80)}, and none of {len(remote.all)} nodes of the remote has "
            f"node.attr.{shorten(wanted[0], 80)}: true.",
            remedy=f"Set node.attr.{shorten(wanted[0], 80)}: true on gateway nodes of the remote and restart them, "
            "or take cluster.remote.node.attr out of elasticsearch.yml.",
            facts={"observed": 0, "expected": "at least 1"},
        )


CHECKS = (
    not_added,
    leftover_settings,
    transient_remote,
    static_dynamic_shadow,
    static_partial_nodes,
    client_role_missing,
    drift,
    node_attr_filter,
)
