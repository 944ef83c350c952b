"""What the local cluster has registered, beside what is declared: missing, left over, transient, another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.causes import NO_CONNECTION
from checks.config.direction import leading_here
from checks.config.node_settings import seconds_of
from checks.remedies import Setting, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    REMOTE_SETTINGS,
    Finding,
    LocalCluster,
    LocalNodes,
    Registration,
    Remote,
    RemoteFollows,
    RemoteInfo,
    RemoteRegistrations,
    Severity,
    Unavailable,
    as_fact,
    listed,
    mask_userinfo,
    shorten,
)

_DEFAULTS: Final = {one.key: one.default for one in REMOTE_SETTINGS}
_LETTER_BY_LETTER: Final = {one.key for one in REMOTE_SETTINGS if one.address or one.key == "server_name"}


def _declared(remote: Remote) -> dict[str, str]:
    """The settings that are declared, as text; what is left out is not declared."""
    return {
        key: ",".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else value
        for key, value in remote.settings.items()
    }


def register(remote: Remote) -> str:
    """Word the call that registers a remote as it is declared."""
    return put_settings({remote.setting(key): _as_setting(key, value) for key, value in _declared(remote).items()})


def _as_setting(key: str, value: str) -> Setting:
    return value.split(",") if key == "seeds" else value


@check(
    "config/not-added",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.A_PUT, docs.SETTINGS),
    tags=("settings", "belief"),
    source="documentation: cluster settings API; RemoteConnectionStrategy",
    explains=("ccr/remote-removed", *NO_CONNECTION),
)
def not_added(  # noqa: PLR0913, PLR0917 -- each parameter is a piece of evidence, injected by its type.
    cluster: LocalCluster,
    remote: Remote,
    registration: Registration,
    info: RemoteInfo | Unavailable,
    theirs: RemoteRegistrations | Unavailable,
    nodes: LocalNodes | Unavailable,
    follows: RemoteFollows | Unavailable,
) -> Yields:
    """The remote is declared for diag, and the local cluster has no such remote, or takes no notice of its settings.

    Why it matters: trust and keys alone make no connection. Searches say ``no such remote cluster``. They say so too where the settings
    are there and the node that is asked does not name the alias.

    How to fix: register it, with Kibana or the cluster settings API. Where the settings are there: look why the node leaves them alone.

    Example: the key is in the keystore, and nobody registered the address.
    """
    if registration.exists:
        yield from _not_taken_up(remote, registration, info, nodes)
        return
    if isinstance(theirs, RemoteRegistrations) and any(leading_here(theirs, cluster, nodes, follows).values()):
        yield NotApplicable("it is registered at the other end; config/added-on-wrong-side is about that")
    else:
        yield Finding(
            summary=f"The local cluster has no setting cluster.remote.{shorten(remote.alias, 80)}.*; expected a registered remote.",
            remedy=register(remote),
            facts={"observed": "not registered", "expected": "registered"},
        )


def _not_taken_up(
    remote: Remote, registration: Registration, info: RemoteInfo | Unavailable, nodes: LocalNodes | Unavailable
) -> Yields:
    """The settings are there: the node that answered has to name the alias."""
    if isinstance(info, Unavailable) or info.listed or not registration.enabled:
        return  # Without an address there is nothing to name; config/leftover-settings is about that.
    known = () if isinstance(nodes, Unavailable) else nodes.all
    lacking = [node.name for node in known if not node.connects]
    if any(node.connect is False for node in known):
        yield NotApplicable("cluster.remote.connect is false; config/remote-connect-disabled is about that")
    elif known and len(lacking) == len(known):
        yield NotApplicable("no node has the role remote_cluster_client; config/client-role-missing is about that")
    else:
        of_nodes = f" Without the role remote_cluster_client are {listed(lacking)}." if lacking else ""
        alias = shorten(remote.alias, 80)
        yield Finding(
            summary=f"The settings cluster.remote.{alias}.* are there, and GET _remote/info does not name {alias}: the node that was asked "
            f"has no such remote, and a search sent to it says so.{of_nodes}",
            remedy="Ask GET _remote/info of the other nodes (other_urls in diag.yaml does). Where a node lacks the role "
            "remote_cluster_client, add it and restart the node, or send searches elsewhere; else look into its log for "
            f"[{alias}], and register the remote anew: {register(remote)}",
            facts={
                "observed": "not in GET _remote/info",
                "expected": "listed",
                "nodes_without_role": as_fact(lacking),
            },
        )


@check(
    "config/leftover-settings",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.A_PUT),
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
            remedy=f"Set its address, or take it away: {put_settings(dict.fromkeys(map(remote.setting, names)))}",
            severity=Severity.ERROR if remote.addresses else Severity.WARNING,
            facts={"observed": as_fact(names), "expected": "seeds or proxy_address"},
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
            summary=f"Transient: {listed(registration.transient)}; expected persistent settings.",
            remedy=f"{put_settings(values)}, then the same keys with null under transient.",
            facts={
                "observed": as_fact(registration.transient),
                "expected": "persistent",
            },
        )


@check(
    "config/drift",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.A_GET, docs.SETTINGS),
    tags=("settings", "belief"),
    source="documentation: cluster settings API",
)
def drift(remote: Remote, registration: Registration, info: RemoteInfo | Unavailable) -> Yields:
    """What is declared for diag and what the local cluster has registered are not the same.

    Why it matters: the checks look at what is declared; the cluster connects by what it has.

    How to fix: bring the cluster to what is declared, or the declaration to what is right.

    Example: ``proxy_address`` was changed in Kibana, and diag.yaml still has the old one.
    """
    if not registration.exists:
        yield NotApplicable("the local cluster has no setting of this alias; config/not-added is about that")
        return
    for name, declared, has in _differences(remote, registration, info):
        yield Finding(
            summary=f"{name} is declared as {_shown(declared)}, and the cluster has {_shown(has) or 'none'}.",
            remedy=f"Correct diag.yaml, or {put_settings({remote.setting(name): _as_setting(name, declared)})}",
            facts={"setting": name, "observed": _shown(has), "expected": _shown(declared)},
        )


def _differences(
    remote: Remote, registration: Registration, info: RemoteInfo | Unavailable
) -> Iterator[tuple[str, str, str]]:
    for name, declared in _declared(remote).items():
        has = registration.value(name)
        if (
            name == "skip_unavailable"
            and not has
            and isinstance(info, RemoteInfo)
            and info.skip_unavailable is not None
        ):
            has = str(info.skip_unavailable).lower()  # Its default changed with 8.15; this is the value in force.
        if name in {"mode", "skip_unavailable"} and not has:
            continue  # Left out, it is the default of the release, which other checks know.
        if "***" not in declared and _parts(name, declared) != _parts(name, has or _DEFAULTS[name]):
            yield name, declared, has


def _parts(name: str, value: str) -> list[str]:
    """What a value comes to: a list has no order and may be written with blanks, a time may have another unit, words any case."""
    if name == "seeds":
        return sorted(part.strip() for part in value.split(","))
    if name.endswith("_schedule") and (seconds := seconds_of(value)) is not None:
        return [f"{seconds:g}s"]
    return [value.strip() if name in _LETTER_BY_LETTER else value.strip().lower()]


def _shown(value: str) -> str:
    """A value for a sentence: short, and without a password that somebody wrote into an address."""
    return shorten(",".join(shorten(mask_userinfo(part)) for part in value.split(",")), 120)


CHECKS = (not_added, leftover_settings, transient_remote, drift)
