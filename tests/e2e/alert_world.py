"""One local cluster for each fault that has an alert, as evidence without a network: nothing else is wrong with any of them."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from diag.config import ClusterConfig, Config, ConfigError
from diag.daemon import process, running_daemon
from diag.engine import BrokenPack, load_catalogue
from diag.model import ClusterEvidence
from diag.rounds import CollectRound
from tests import caselib
from tests.diag.daemon.world import write_config
from tests.e2e.conftest import free_port

_BASE = caselib.base_of("api_key")
_REFUSED = {"unavailable": "GET / at https://es.example: connection refused", "step": "api", "reason": "refused"}
_NOT_ASKED = {"unavailable": "nobody configured it", "step": "configuration", "reason": "not_asked"}
_NOT_CONNECTED = {
    "info": {"connected": False, "open": 0},
    "resolved": {"connected": False, "error": "connect_exception"},
    "views": {"all": [["https://es-1.example:9200", False]]},
}
_LEADER = {"indices": {"all": [{"name": "orig", "uuid": "u", "soft_deletes": True}]}}


def _loaded(subject: str) -> dict[str, object]:
    """A certificate that a node has loaded with its private key."""
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    return {"path": "certs/node.pem", "subject": subject, "serial": "02", "own": True, "expires": ends}


def _follower(**of_it: object) -> dict[str, object]:
    return {
        "replication": {
            "followers": [{"index": "copy", "remote": "logs", "leader": "orig", "has_task": True, **of_it}]
        },
        "health": {"all": [{"index": "copy", "status": "green"}]},
        "indices": {"all": [{"name": "copy", "follows": True, "leader_uuid": "u"}]},
    }


KNOWN = "known"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a cluster (a patch on the healthy base), which alerts that is, and words of cause and fix that they say."""

    given: Mapping[str, Any] = field(default_factory=dict)
    alerts: frozenset[str] = frozenset()
    severity: str = ""
    says: tuple[str, ...] = ()


def _fault(alert: str, severity: str, *says: str, **given: object) -> Fault:
    return Fault(given=given, alerts=frozenset({alert}), severity=severity, says=says)


# Days count from the time of the base, 2026-01-15 12:00, which becomes now.
FAULTS: Mapping[str, Fault] = {
    "fine": Fault(
        given={
            "local_api": {
                "certificates": {"all": [*_BASE["local_api"]["certificates"]["all"], _loaded("CN=local-1")]},
            },
            "remote_api": {"certificates": {"all": [_loaded("CN=logs.example")]}},
        }
    ),
    "failing": _fault(
        "RemoteClusterFailing",
        "critical",
        "network/tcp-refused",
        "connection is refused",
        connection={"unavailable": "connection refused", "step": "connect", "reason": "refused"},
        belief=_NOT_CONNECTED,
    ),
    "cut off": _fault(
        "RemoteClusterFailing",
        "critical",
        "network/tcp-refused",
        connection={"unavailable": "connection refused", "step": "connect", "reason": "refused"},
        belief=_NOT_CONNECTED,
        local_api=_follower(seconds_since_read=500.0, lag=30_000),
        remote_api=_LEADER,
    ),
    "warning": _fault(
        "RemoteClusterWarning",
        "info",
        "network/latency",
        connection={"seconds": 0.6},
    ),
    "unknown": _fault(
        "RemoteClusterUnknown",
        "warning",
        "timed out",
        "Remove the reason",
        resolution={"unavailable": "looking up logs.example timed out", "step": "dns", "reason": "timed_out"},
        belief=dict.fromkeys(("info", "resolved", "views"), _REFUSED),
    ),
    "no key": _fault(
        "RemoteClusterUnknown",
        "warning",
        "To have it asked: set credential",
        "or set url and auth of the local cluster",
        remote={"has_credential": False},
        credential=_NOT_ASKED,
        key=_NOT_ASKED,
        local_api=dict.fromkeys(_BASE["local_api"], _NOT_ASKED),
        belief=dict.fromkeys(_BASE["belief"], _NOT_ASKED),
        remote_api=dict.fromkeys(_BASE["remote_api"], _NOT_ASKED),
    ),
    "clock": _fault("LocalClusterFailing", "critical", "runtime/clock-skew", local_api={"clock": {"ahead": 900.0}}),
    "slow clock": _fault("LocalClusterWarning", "info", "runtime/clock-skew", local_api={"clock": {"ahead": 120.0}}),
    "blind": _fault(
        "LocalClusterUnknown",
        "warning",
        "connection refused",
        "url",
        cluster={"hosts": ["es.example"]},
        local_api=dict.fromkeys(_BASE["local_api"], _REFUSED),
        belief=dict.fromkeys(_BASE["belief"], _REFUSED),
        key={"unavailable": "not tried", "step": "transport", "reason": "not_tried"},
    ),
    "certificate": _fault(
        "RemoteClusterCertificateExpiring",
        "warning",
        "CN=logs.example",
        "Renew",
        leaf={"not_after": datetime(2026, 1, 25, 13, tzinfo=UTC)},
    ),
    "certificate now": _fault(
        "RemoteClusterCertificateExpiring",
        "critical",
        "CN=logs.example",
        "Renew",
        leaf={"not_after": datetime(2026, 1, 18, 13, tzinfo=UTC)},
    ),
    "ca": _fault(
        "RemoteClusterWarning",  # With more days to go than the alert on dates waits for.
        "info",
        "CN=Remote Server CA",
        "current CA certificate",
        trust={"files": {0: {"certificates": {0: {"not_after": datetime(2026, 2, 9, 13, tzinfo=UTC)}}}}},
        chain={"certificates": {1: {"not_after": datetime(2026, 2, 9, 13, tzinfo=UTC)}}},
    ),
    "expired": _fault(
        "RemoteClusterFailing",
        "critical",
        "tls/expired",
        "Renew",
        leaf={"not_after": datetime(2026, 1, 14, 13, tzinfo=UTC)},
        belief=_NOT_CONNECTED,
    ),
    "key": _fault(
        "RemoteClusterApiKeyExpiring",
        "warning",
        "Create a cross-cluster API key",
        "invalidate the old key",
        remote_api={"key": {"record": {"expires": datetime(2026, 1, 25, 13, tzinfo=UTC)}}},
    ),
    "license": _fault(
        "LicenseExpiring",
        "warning",
        "The license of the local cluster license",
        "Install a new license",
        local_api={"license": {"expires": datetime(2026, 1, 25, 13, tzinfo=UTC)}},
    ),
    "copying": Fault(
        given={
            "local_api": {
                **_follower(paused=True, has_task=False),
                "health": {"all": [{"index": "copy", "status": "yellow", "initializing": 1}]},
                "copies": {"all": [{"index": "copy", "left": 5000}], "rate": 40 << 20},
            },
            "remote_api": _LEADER,
        }
    ),
    # Of all that is wrong with it somebody knows: acknowledged in the configuration.
    KNOWN: Fault(
        given={
            "local_api": {
                "replication": {
                    "followers": [
                        {"index": "copy", "remote": "logs", "leader": "orig", "paused": True, "has_task": False},
                        {"index": "second", "remote": "logs", "leader": "orig", "lag": 250_000, "has_task": True},
                        {
                            "index": "third",
                            "remote": "logs",
                            "leader": "orig",
                            "seconds_since_read": 300.0,
                            "has_task": True,
                        },
                    ]
                },
                "health": {"all": [{"index": name, "status": "green"} for name in ("copy", "second", "third")]},
                "indices": {
                    "all": [{"name": name, "follows": True, "leader_uuid": "u"} for name in ("copy", "second", "third")]
                },
                "license": {"expires": datetime(2026, 1, 25, 13, tzinfo=UTC)},
            },
            "remote_api": {**_LEADER, "key": {"record": {"expires": datetime(2026, 1, 25, 13, tzinfo=UTC)}}},
            "leaf": {"not_after": datetime(2026, 1, 18, 13, tzinfo=UTC)},
        }
    ),
    "paused": _fault(
        "FollowerIndexPaused",
        "warning",
        "copy",
        "resume_follow",
        local_api=_follower(paused=True, has_task=False),
        remote_api=_LEADER,
    ),
    "red": _fault(
        "FollowerIndexRed",
        "critical",
        "copy",
        "_cluster/allocation/explain",
        local_api={
            **_follower(),
            "health": {"all": [{"index": "copy", "status": "red"}]},
            "copies": {"all": [], "rate": 40 << 20},
        },
        remote_api=_LEADER,
    ),
    "behind": _fault(
        "FollowerIndexBehind",
        "warning",
        "20,000 operations",
        "_ccr/stats",
        local_api=_follower(lag=20_000),
        remote_api=_LEADER,
    ),
    "far behind": _fault(
        "FollowerIndexBehind",
        "critical",
        "250,000 operations",
        "_ccr/stats",
        local_api=_follower(lag=250_000),
        remote_api=_LEADER,
    ),
    "not reading": _fault(
        "FollowerIndexNotReading",
        "critical",
        "300 s",
        "_ccr/stats",
        local_api=_follower(seconds_since_read=300.0),
        remote_api=_LEADER,
    ),
}


STUCK = "stuck"  # Looked at once and never again.


class World:
    """What there is to see of all of them; a cluster that is stuck has one round, and then none that ends."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    async def __call__(
        self,
        config: Config,  # noqa: ARG002 -- what a round needs of it is in the evidence.
        cluster: ClusterConfig,
        now: datetime,
        *_of_no_use: object,
        **_named: object,
    ) -> ClusterEvidence:
        """Look at a cluster."""
        if cluster.name == STUCK and cluster.name in self._seen:
            await asyncio.Event().wait()
        self._seen.add(cluster.name)
        return evidence_of(cluster.name, now)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[CollectRound]:
        """Open it as the daemon opens the real world."""
        yield self


@dataclass(frozen=True)
class Troubled:
    """Two daemons: one that watches all clusters, and one with every trouble of its own. Their ports on loopback."""

    fleet: int
    sick: int


@contextlib.asynccontextmanager
async def troubled(folder: Path, pages: str) -> AsyncIterator[Troubled]:
    """Run both; ``pages`` is where the first one says that its pages are."""
    for name in ("fleet", "sick"):
        (folder / name).mkdir()
    daemon = {"listen": "127.0.0.1:0", "url": pages}
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    known = {"acknowledge": [{"check": "*", "cluster": KNOWN, "until": until, "note": "a planned move"}]}
    clusters = {name: ["logs"] for name in FAULTS}
    config = write_config(folder / "fleet", clusters, interval="15s", daemon=daemon, checks=known)
    foreign = folder / "sick" / "history.sqlite"
    with contextlib.closing(sqlite3.connect(foreign)) as database:
        database.execute("CREATE TABLE of_another_program (x)")
    (folder / "sick" / "secret").write_text("a secret of this test")
    deaf = {"url": f"http://127.0.0.1:{free_port()}", "secret": {"file": "secret"}}
    without_past = {"listen": "127.0.0.1:0", "history": {"path": str(foreign)}, "notify": {"webhooks": [deaf]}}
    (folder / "sick" / "named.json").write_text("no list of clusters")
    sources = [{"name": "named", "file_sd": {"files": ["named.json"], "refresh": "1s"}}]
    sick = write_config(
        folder / "sick", {STUCK: ["logs"], "fine": ["logs"]}, interval="15s", daemon=without_past, discover=sources
    )
    pack = BrokenPack(name="house", error="No module named house_rules")
    async with contextlib.AsyncExitStack() as stack:
        fleet = await stack.enter_async_context(running_daemon(config, open_collector=World().open))
        with pytest.MonkeyPatch.context() as patched:
            broken = dataclasses.replace(load_catalogue(), broken=(pack,))
            patched.setattr(process, "load_catalogue", lambda: broken)
            ill = await stack.enter_async_context(running_daemon(sick, open_collector=World().open))
        sick.write_text("clusters: [{name: fine, kidn: eck}]")
        with pytest.raises(ConfigError):
            await ill.daemon.reload()
        # A scheduler for workers is another test's; here a vantage point is known, and no worker is there.
        ill.daemon.own.vantage.expect(("elsewhere",))
        yield Troubled(*(int(one.url.rpartition(":")[2]) for one in (fleet, ill)))


def _moved(value: object, by: timedelta) -> object:
    """The same with every moment moved."""
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: _moved(item, by) for key, item in value.items()}
    return [_moved(item, by) for item in value] if isinstance(value, list) else value


def evidence_of(name: str, now: datetime) -> ClusterEvidence:
    """What a round finds in one of the clusters, as if the time of the base were now."""
    given = FAULTS["fine" if name == STUCK else name].given
    patched = caselib.merge(_BASE, dict(given))
    found = caselib.evidence(_moved(patched, now - _BASE["now"]))
    return dataclasses.replace(found, cluster=dataclasses.replace(found.cluster, name=name), taken_at=now)
