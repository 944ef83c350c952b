"""Settings of a remote beside its address: connections, compression, pings, and what is left to a default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.remedies import put_settings
from checks.tables import docs
from checks.tables.versions import COMPRESSION_SCHEME, SKIP_BY_DEFAULT
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    LocalNodes,
    LocalVersion,
    Past,
    Registration,
    Remote,
    RemoteInfo,
    RemoteVersion,
    Severity,
    Unavailable,
    Version,
    shorten,
)

_SKIP: Final = "skip_unavailable"
_FEWEST, _MOST, _USUAL = 4, 64, 18
_WHOLE: Final = re.compile(r"\d{1,9}")
_COMPRESS: Final = "transport.compress"
_SCHEME: Final = "transport.compression_scheme"
_SCHEMES: Final = ("lz4", "deflate")
_SWITCHES: Final = ("true", "false", "indexing_data")
_PING: Final = "transport.ping_schedule"
_REBUILD: Final = (_COMPRESS, _SCHEME, _PING)


def in_force(remote: Remote, registration: Registration | Unavailable, key: str) -> str:
    """The setting that the cluster has, else the declared one, as text; empty where it is left out."""
    if isinstance(registration, Registration) and registration.exists:
        return registration.value(key)
    value = remote.settings.get(key, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


@check(
    "config/skip-unavailable-implicit",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.CCS_SKIP, docs.SETTINGS),
    tags=("settings", "ccs"),
    source="elasticsearch#105792: the default of skip_unavailable is true from 8.15 on, by the release of the local cluster",
)
def skip_unavailable_implicit(
    remote: Remote,
    registration: Registration | Unavailable,
    local: LocalVersion | Unavailable,
    info: RemoteInfo | Unavailable,
) -> Yields:
    """Whether searches may leave this remote out is left to a default that has changed.

    Why it matters: before 8.15 a search fails when the remote is away; from 8.15 on it answers without it, with fewer hits and no
    error. Whoever never set ``skip_unavailable`` gets the other behaviour with the upgrade. It is a warning where ``use`` declares that
    the remote is searched and results without it would pass unnoticed, else an info.

    How to fix: set ``skip_unavailable`` for this remote, to what is wanted.

    Example: after the upgrade to 8.15 dashboards show half of the documents while the remote is down.
    """
    if not remote.addresses:
        yield NotApplicable("no address is configured, so there is no remote")
    elif in_force(remote, registration, _SKIP):
        return
    elif (means := left_out_means(local, info)) is None:
        yield Unknown(f"what the default means hangs on the release of the local cluster: {local}")
    else:
        searched = bool(remote.use.search or remote.use.esql or remote.use.enrich or remote.use.eql)
        does = "leave this remote out when it can't be reached" if means else "fail when this remote can't be reached"
        yield Finding(
            summary=f"skip_unavailable is not set; searches {does} (the default is false before {SKIP_BY_DEFAULT.since}, true from then on). "
            "Expected a value that is set.",
            remedy=f"Set what is wanted: {put_settings({remote.setting(_SKIP): means})}; with {str(not means).lower()} searches "
            f"{'fail then' if means else 'go on without it'}.",
            severity=Severity.WARNING if means and searched else Severity.INFO,
            facts={"setting": remote.setting(_SKIP), "observed": "not set", "in_force": means},
        )


def left_out_means(local: LocalVersion | Unavailable, info: RemoteInfo | Unavailable) -> bool | None:
    """What leaving it out comes to: as the cluster says, else by its release; None where neither is known."""
    if isinstance(info, RemoteInfo) and info.listed and info.skip_unavailable is not None:
        return info.skip_unavailable
    return None if isinstance(local, Unavailable) else local.number >= SKIP_BY_DEFAULT.since


@check(
    "config/proxy-socket-connections",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.MODES),
    tags=("settings", "connection"),
    source="Elasticsearch ProxyConnectionStrategy and SniffConnectionStrategy: at least 1; the limits of the info are our choice",
)
def proxy_socket_connections(
    remote: Remote, registration: Registration | Unavailable, nodes: LocalNodes | Unavailable
) -> Yields:
    """The number of connections to the remote is none, very small or very large.

    Why it matters: each node of the local cluster that connects to remotes opens so many. Below 1 Elasticsearch refuses the setting; with
    very few, requests wait for each other; with very many, a balancer runs out of them.

    How to fix: leave ``proxy_socket_connections`` at 18, ``node_connections`` at 3, unless a balancer limits the connections.

    Example: ``proxy_socket_connections: 0``.
    """
    values = {key: in_force(remote, registration, key) for key in ("proxy_socket_connections", "node_connections")}
    given = {key: value for key, value in values.items() if value}
    if not given:
        yield NotApplicable("neither proxy_socket_connections nor node_connections is set: the usual number holds")
    for key, value in given.items():
        facts = {"setting": remote.setting(key), "observed": shorten(value, 60)}
        usual = f"Leave it at the usual number: {put_settings({remote.setting(key): None})}"
        if not _WHOLE.fullmatch(value.strip()) or int(value) < 1:
            yield Finding(
                summary=f"{key} is {shorten(value, 60)!r}; expected a whole number from 1 up.",
                remedy=usual,
                facts={**facts, "expected": "a whole number from 1 up"},
            )
        elif key == "proxy_socket_connections" and not _FEWEST <= int(value) <= _MOST:
            yield Finding(
                summary=f"{key} is {value}{_altogether(nodes, int(value))}; usual are {_USUAL}, and {_FEWEST} to {_MOST} in any case.",
                remedy=usual,
                severity=Severity.INFO,
                facts={**facts, "expected": f"{_FEWEST} to {_MOST}"},
            )


def _altogether(nodes: LocalNodes | Unavailable, each: int) -> str:
    count = 0 if isinstance(nodes, Unavailable) else len(nodes.clients)
    return f" for each of {count} nodes, {each * count} connections altogether" if count else ""


@check(
    "config/compression-scheme",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.NET_COMP, docs.SETTINGS),
    tags=("settings",),
    source=f"{COMPRESSION_SCHEME.source}; elasticsearch#74587, elasticsearch#76372, elasticsearch#108458",
)
def compression_scheme(
    remote: Remote,
    registration: Registration | Unavailable,
    local: LocalVersion | Unavailable,
    other: RemoteVersion | Unavailable,
) -> Yields:
    """Requests to the remote are not compressed in the way that is set.

    Why it matters: no value breaks the connection, each side answers in the scheme that it got. But a word that Elasticsearch does not know
    is refused, a release before 7.14 knows no lz4, so that messages go out uncompressed, and up to 7.x compression without a scheme
    means deflate.

    How to fix: set ``transport.compress`` and ``transport.compression_scheme`` together, to words that both sides know.

    Example: ``transport.compression_scheme: gzip``.
    """
    switch, scheme = (in_force(remote, registration, key).strip().lower() for key in (_COMPRESS, _SCHEME))
    if not (switch or scheme):
        yield NotApplicable("neither transport.compress nor transport.compression_scheme is set for this remote")
        return
    strange: list[tuple[str, str, tuple[str, ...]]] = (
        [(_COMPRESS, switch, _SWITCHES)] if switch and switch not in _SWITCHES else []
    )
    strange += [(_SCHEME, scheme, _SCHEMES)] if scheme and scheme not in _SCHEMES else []
    for key, value, known in strange:
        expected = f"{', '.join(known[:-1])} or {known[-1]}"
        yield Finding(
            summary=f"{key} is {shorten(value, 60)!r}; expected {expected}.",
            remedy=put_settings({remote.setting(key): known[0]}),
            facts={"setting": remote.setting(key), "observed": shorten(value, 60), "expected": known},
        )
    if not strange:
        yield from _by_release(remote, switch, scheme, {"local": local, "remote": other})


def _by_release(
    remote: Remote, switch: str, scheme: str, sides: dict[str, LocalVersion | RemoteVersion | Unavailable]
) -> Yields:
    gate = COMPRESSION_SCHEME.since
    for name, side in sides.items():
        if isinstance(side, Unavailable):
            if scheme == "lz4" or switch == "indexing_data":
                yield Unknown(f"whether the {name} cluster knows {scheme or switch} hangs on its release: {side}")
        elif side.number < gate and (scheme == "lz4" or (name == "local" and switch == "indexing_data")):
            word = scheme if scheme == "lz4" else switch
            yield Finding(
                summary=f"The {name} cluster runs {side}, which does not know {word}: requests go uncompressed or the setting is refused; "
                f"{gate} or later does.",
                remedy=f"Upgrade the {name} cluster, or set words that it knows: "
                + put_settings({remote.setting(_COMPRESS): "true", remote.setting(_SCHEME): None}),
                severity=Severity.INFO,
                facts={"side": name, "observed": str(side), "expected": str(gate)},
            )
        elif name == "local" and switch == "true" and not scheme and gate <= side.number < Version(8, 0):
            yield Finding(
                summary=f"transport.compress is true without a scheme; on {side} that means deflate, later releases take lz4.",
                remedy=f"Say which: {put_settings({remote.setting(_SCHEME): 'lz4'})}",
                severity=Severity.INFO,
                facts={"setting": remote.setting(_SCHEME), "observed": "not set", "expected": _SCHEMES},
            )


@check(
    "config/compress-ping-change",
    severity=Severity.INFO,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.NET_COMP),
    tags=("settings", "history"),
    source="Elasticsearch RemoteClusterService: a remote is built anew when its compression or ping schedule changes",
    explains=("runtime/flapping",),
)
def compress_ping_change(registration: Registration, past: Past) -> Yields:
    """Compression or pings of the remote were changed since the last round.

    Why it matters: all connections to the remote are closed and opened again at that moment, which looks like a fault of the network.

    How to fix: nothing, where it was meant; plan such changes for a quiet hour.

    Example: ``transport.compress`` was set to true.
    """
    told = [look for look in past.looks if look.options is not None]
    if not told:
        yield NotApplicable("no earlier round knows the settings of this remote")
        return
    now = {key: registration.value(key) for key in _REBUILD}
    for key, before in _changed(now, dict(told[-1].options or ())):
        yield Finding(
            summary=f"{key} was {shorten(before, 60) or 'not set'} and is {shorten(now[key], 60) or 'not set'}: the connections were made anew.",
            remedy="Nothing, if the change was meant; it closed every connection to the remote for a moment.",
            facts={"setting": key, "observed": shorten(now[key], 60), "before": shorten(before, 60)},
        )


def _changed(now: dict[str, str], before: dict[str, str]) -> Iterator[tuple[str, str]]:
    return ((key, before.get(key, "")) for key, value in now.items() if value != before.get(key, ""))


CHECKS = (skip_unavailable_implicit, proxy_socket_connections, compression_scheme, compress_ping_change)
