"""Reading of recorded answers of live nodes (8.19.0 and 9.2.0), of documented answers of replication, and of nonsense."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.evidence import reload
from diag.evidence.call import Answer
from diag.evidence.catalogue import PIECES
from diag.evidence.elasticsearch import (
    api_keys,
    connections,
    filters,
    followers,
    identity,
    indices,
    nodes,
    registrations,
    replication,
    resolved,
    searches,
    security,
)
from diag.evidence.elasticsearch import (
    license as license_,
)
from diag.model import KeyLookup, Reason, Replication, Security, Step, Unavailable, Version
from diag.pieces import release

RECORDED = Path(__file__).parents[1] / "collect" / "api"
RELEASES = ("8.19.0", "9.2.0")
REFUSED = Unavailable(step=Step.API, reason=Reason.FORBIDDEN, detail="403")
KEYS = (
    "nodes", "name", "version", "roles", "attributes", "jvm", "transport", "settings", "cluster", "remote", "license", "type",
    "status", "expiry_date_in_millis", "api_keys", "id", "access", "search", "names", "persistent", "transient", "defaults",
    "follow_stats", "indices", "shards", "index", "follower_indices", "patterns", "pattern", "auto_follow_stats", "timestamp",
    "connected", "error", "remote_indices", "clusters", "privileges", "metadata", "_reserved", "cluster_uuid", "index_name",
    "data_stream", "data_stream_aliases", "data_streams", "index_lifecycle", "policies", "ingest", "pipeline", "aliases", "ilm",
    "step_time", "creation_date", "created", "soft_deletes", "cluster_name", "initializing_shards", "size", "total_in_bytes",
    "recovered_in_bytes", "serial_number", "expiry", "subject_dn", "transforms", "source", "state", "reason", "caused_by",
    "_clusters", "details", "skipped", "failures", "ccr", "recovery", "max_bytes_per_sec", "_nodes", "failed", "reload_exception",
    "secure_setting_names", "keystore_last_modified_time", "xpack", "security", "filter",
)  # fmt: skip
JSON: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ("SNAPSHOT", "close", "true", "-0", "99999999999999999", "2026-01-01T00:00:00Z", "0001-01-01T00:00+23:00")
    )
    | st.sampled_from(("logs:a,*:b", "40mb", "_none", "unable to authenticate user [aaaaaaaaaaaaaaaaaaaa]", "\ud800")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


def recorded(name: str, release: str) -> Any:
    """A recorded answer."""
    return json.loads((RECORDED / f"{name}-{release}.json").read_text())


@pytest.mark.parametrize("release", RELEASES)
def test_nodes_and_license(release: str) -> None:
    """One node with every role, and a trial."""
    for side in ("local", "remote"):
        found = nodes.read(recorded(f"{side}-nodes-info", release))
        assert not isinstance(found, Unavailable)
        ((node,), failed) = found.all, found.failed
        assert (node.name, node.version, failed) == (f"{side}-1", Version.parse(release), 0)
        assert node.connects
        assert node.transport_address.startswith("127.0.0.1:")
        assert bool(node.server_address) is (side == "remote")
        told = license_.read(recorded(f"{side}-license", release))
        assert not isinstance(told, Unavailable)
        assert (told.type, told.status) == ("trial", "active")
        assert isinstance(told.expires, datetime)


@pytest.mark.parametrize("release", RELEASES)
def test_connections(release: str) -> None:
    """What the list of remotes says, and what came of asking them."""
    infos = connections.read(recorded("remote-info", release), Version.parse(release))
    assert not isinstance(infos, Unavailable)
    assert {alias: one.connected for alias, one in infos.items()} == {
        "cert_proxy": True, "cert_sniff": True, "key_proxy": True, "cert_refused": False,
    }  # fmt: skip
    assert (infos["key_proxy"].open, infos["key_proxy"].wanted, infos["key_proxy"].has_credential) == (18, 18, True)
    assert (infos["cert_sniff"].open, infos["cert_sniff"].wanted, infos["cert_sniff"].mode) == (1, 3, "sniff")
    asked = resolved.read(Answer(value=recorded("local-resolve-cluster", release), seconds=0.5))
    assert not isinstance(asked, Unavailable)
    assert (asked["key_proxy"].version, asked["key_proxy"].connected) == (release, True)
    assert (asked["cert_refused"].connected, asked["cert_refused"].seconds) == (False, 0.5)


@pytest.mark.parametrize("release", RELEASES)
def test_keys(release: str) -> None:
    """Keys of each kind by their ids; a key that is not there is None, and no id is in what is kept."""
    answer = recorded("remote-api-keys", release)
    found = {one["name"]: api_keys.read(answer, one["id"]) for one in answer["api_keys"]}
    assert isinstance(found["lab-good"], KeyLookup)
    assert isinstance(found["lab-rest"], KeyLookup)
    good, rest = found["lab-good"].record, found["lab-rest"].record
    assert good is not None
    assert rest is not None
    assert (good.type, good.invalidated, good.expires) == ("cross_cluster", False, None)
    assert good.search[0].names == ("logs-*",)
    assert good.replication[0].names == ("logs-*",)
    assert rest.type == "rest"
    assert api_keys.read(answer, "nobody") == KeyLookup(record=None)
    assert not any(one["id"] in repr(found) for one in answer["api_keys"])


@pytest.mark.parametrize("on", [True, False])
def test_security(on: bool) -> None:  # noqa: FBT001 -- a parameter of the test.
    """Whether it is on, as the answer filtered to that says it (documentation of the info API)."""
    assert security.read({"features": {"security": {"enabled": on}}}) == Security(enabled=on)


@pytest.mark.parametrize("answer", [{}, {"features": {}}, {"features": {"security": {"enabled": "perhaps"}}}])
def test_security_untold(answer: object) -> None:
    """An answer without it says nothing; it never means that security is off."""
    assert isinstance(security.read(answer), Unavailable)


def test_registrations() -> None:
    """Which layer a setting stands in, and which one is in force."""
    layers = {
        "persistent": {"cluster": {"remote": {"a": {"mode": "proxy", "proxy_address": "old:1"}}}},
        "transient": {"cluster": {"remote": {"a": {"proxy_address": "new:1"}}}},
        "defaults": {
            "cluster": {
                "remote": {"node": {"attr": "x"}, "b": {"seeds": ["c:1", "d:2"]}, "initial_connect_timeout": "30s"}
            }
        },
    }
    found = registrations.read(layers)
    assert not isinstance(found, Unavailable)
    by_alias = {one.alias: one for one in found.all}
    assert set(by_alias) == {"a", "b"}
    assert (by_alias["a"].transient, by_alias["a"].value("proxy_address")) == (("proxy_address",), "new:1")
    assert (by_alias["b"].file, by_alias["b"].value("seeds"), by_alias["b"].enabled) == (("seeds",), "c:1,d:2", True)


# In the form that the documentation gives (get cross-cluster replication stats): no distribution with it runs in this suite.
STATS = {
    "auto_follow_stats": {
        "number_of_failed_follow_indices": 1,
        "auto_followed_clusters": [{"cluster_name": "logs", "time_since_last_check_millis": 20}],
        "recent_auto_follow_errors": [
            {
                "leader_index": "all:logs-1",
                "timestamp": 1768478400000,
                "auto_follow_exception": {"type": "x", "reason": "y"},
            }
        ],
    },
    "follow_stats": {
        "indices": [
            {
                "index": "copy",
                "total_global_checkpoint_lag": 256,
                "shards": [
                    {
                        "remote_cluster": "logs",
                        "leader_index": "orig",
                        "time_since_last_read_millis": 8000,
                        "failed_read_requests": 2,
                        "read_exceptions": [{"retries": 3, "exception": {"type": "a", "reason": "b"}}],
                    },
                    {"remote_cluster": "logs", "leader_index": "orig", "fatal_exception": {"type": "f", "reason": "g"}},
                ],
            }
        ]
    },
}
INFO = {
    "follower_indices": [
        {"follower_index": "copy", "remote_cluster": "logs", "leader_index": "orig", "status": "active"},
        {"follower_index": "old", "remote_cluster": "logs", "leader_index": "x", "status": "paused"},
    ]
}


def test_replication() -> None:
    """Followers with their worst shard, paused ones without statistics, auto-follow and its errors."""
    found = replication.read(STATS, INFO)
    assert isinstance(found, Replication)
    copy, old = found.followers
    assert (copy.index, copy.remote, copy.leader, copy.lag, copy.seconds_since_read) == (
        "copy",
        "logs",
        "orig",
        256,
        8.0,
    )
    assert (copy.fatal, copy.exceptions, copy.most_retries) == ("f: g", ("a: b",), 3)
    assert (copy.failed_writes, copy.waiting_writes, copy.has_task, old.has_task) == (0, None, True, False)
    assert (old.index, old.paused) == ("old", True)
    assert found.auto_followed == ("logs",)
    assert (found.errors[0].pattern, found.errors[0].leader, found.errors[0].reason) == ("all", "logs-1", "x: y")
    assert found.errors[0].at == datetime(2026, 1, 15, 12, tzinfo=UTC)


def followed(**shard: object) -> Replication:
    """One follower with these statistics."""
    shards = [{"remote_cluster": "logs", "leader_index": "orig", **shard}]
    stats = {
        "follow_stats": {"indices": [{"index": "copy", "shards": shards}] if shard else []},
        "auto_follow_stats": {},
    }
    one = {"follower_index": "copy", "remote_cluster": "logs", "leader_index": "orig", "status": "active"}
    found = replication.read(stats, {"follower_indices": [one]})
    assert isinstance(found, Replication)
    return found


def test_two_looks() -> None:
    """Whether writes go on failing, and whether a task is missing, takes two of them."""
    first, second = followed(failed_write_requests=3, write_buffer_operation_count=7), followed(failed_write_requests=5)
    assert (first.followers[0].failed_writes, first.followers[0].waiting_writes) == (3, 7)
    assert [
        replication.needs_second_request(one) for one in (first, followed(), followed(failed_write_requests=0))
    ] == [
        True,
        True,
        False,
    ]
    assert replication.seen_twice(first, second).followers[0].writes_fail is True
    assert replication.seen_twice(first, first).followers[0].writes_fail is False
    assert replication.seen_twice(followed(), followed()).followers[0].has_task is False
    assert replication.seen_twice(first, followed()).followers[0].has_task is None
    assert replication.seen_twice(followed(), first).followers[0].has_task is True


def test_the_innermost_cause_is_told() -> None:
    """The outer error often says no more than where it came up."""
    cause = {
        "type": "exception",
        "reason": "outer",
        "caused_by": {"type": "b", "reason": "c", "caused_by": {"type": "d", "reason": "e"}},
    }
    assert followed(fatal_exception=cause).followers[0].fatal == "exception: outer, caused by d: e"


def test_half_an_answer_is_none() -> None:
    """Where one of the two was refused nothing is said; without any follower there is an answer all the same."""
    assert replication.read(STATS, REFUSED) is REFUSED
    assert replication.INFO.missing == (404,)
    stats = {"follow_stats": {"indices": []}}
    missing = {"error": {"type": "index_not_found_exception"}, "status": 404}
    assert replication.read(stats, missing) == Replication(followers=())
    # What a proxy says with the same status is no answer of a cluster.
    for other in ({"error": {}, "status": 404}, {"error": "no route"}, {"message": "x"}):
        assert isinstance(replication.read(stats, other), Unavailable)
        assert isinstance(replication.read_followed(other), Unavailable)


def test_replication_without_a_license() -> None:
    """The statistics want a license, the list of followers does not: what is followed is told, and that no more is known."""
    refused = Unavailable(step=Step.API, reason=Reason.UNLICENSED, detail="the license does not include it (403)")
    info = {
        "follower_indices": [
            {"follower_index": "copy", "remote_cluster": "logs", "leader_index": "orig", "status": "active"}
        ]
    }
    found = replication.read(refused, info)
    assert isinstance(found, Replication)
    assert (found.unlicensed, [one.index for one in found.followers]) == (True, ["copy"])
    assert replication.read(refused, {"follower_indices": []}) == Replication(followers=(), unlicensed=True)
    assert replication.read(refused, REFUSED) is refused


@pytest.mark.parametrize("absurd", [10**400, -(10**400), 1 << 63])
def test_numbers_beyond_reason(absurd: int) -> None:
    """What no node could mean counts for nothing, and breaks nothing."""
    shard = {
        "remote_cluster": "logs",
        "leader_index": "x",
        "time_since_last_read_millis": absurd,
        "leader_global_checkpoint": absurd,
    }
    stats = {"follow_stats": {"indices": [{"index": "copy", "shards": [shard], "total_global_checkpoint_lag": absurd}]}}
    found = replication.read(stats, {"follower_indices": []})
    assert isinstance(found, Replication)
    assert (found.followers[0].lag, found.followers[0].seconds_since_read) == (0, 0.0)


def test_calls_by_release() -> None:
    """A call that the release does not know is not made, and says from when on it exists."""
    why = resolved.CALL.not_there(Version(8, 12, 0))
    assert why is not None
    assert why.reason is Reason.NOT_REQUESTED
    assert "8.13.0" in why.detail
    assert resolved.CALL.not_there(Version(8, 13, 0)) is None


@given(JSON)
def test_nonsense(answer: object) -> None:
    """Whatever a peer writes is evidence or Unavailable, never an error."""
    for piece in PIECES:
        if piece.read is not None:
            piece.of({call: Answer(value=answer) for call in piece.calls})
    connections.read(answer, Version(9, 2))
    resolved.read(Answer(value=answer))
    resolved.read_patterns(Answer(value=answer))
    api_keys.read(answer, "id")
    replication.read(answer, answer)
    indices.read(answer, answer, ("a", "logs-*", "_all"))
    followers.read_health(answer, ("a", "index"))
    followers.read_recoveries(answer)
    followers.read_rate(answer)
    searches.read(answer, "id")
    reload.read("reload.json", json.dumps(answer).encode())


def test_settings_of_a_file() -> None:
    """What stands in the elasticsearch.yml of a node; a user and password in an address are in no evidence."""
    remote = {
        "a": {"seeds": ["u:pw@h:1", "i:2"], "mode": "sniff"},
        "node": {"attr": "gateway"},
        "initial_connect_timeout": "30s",
    }
    found = nodes.read({"nodes": {"x": {"name": "n", "settings": {"cluster": {"remote": remote}}}}})
    assert not isinstance(found, Unavailable)
    (node,) = found.all
    assert (node.remotes, node.node_attr) == (("a",), "gateway")
    assert node.remote_settings == (
        ("a.mode", "sniff"),
        ("a.seeds", "***@h:1,i:2"),
        ("initial_connect_timeout", "30s"),
    )
    layers = {"persistent": {"cluster": {"remote": {"a": {"proxy_address": "u:pw@h:1"}}}}}
    assert "pw" not in repr(registrations.read(layers))


def test_filters() -> None:
    """A setting of the cluster goes before that of the file; a list may be one text."""
    security = {"transport": {"filter": {"deny": "_all", "allow": "10.0.0.0/8, 192.0.2.1", "enabled": "true"}}}
    changed = {"transport": {"filter": {"allow": ["192.0.2.0/24"]}}}
    found = filters.read(
        {"defaults": {"xpack": {"security": security}}, "persistent": {"xpack": {"security": changed}}}
    )
    assert not isinstance(found, Unavailable)
    transport, server = found.all
    assert (transport.enabled, transport.allow, transport.deny) == (True, ("192.0.2.0/24",), ("_all",))
    assert (server.name, server.allow, server.deny) == ("remote_cluster", (), ())


def test_another_product_is_named() -> None:
    """OpenSearch answers most calls alike, and its releases are counted in another way: nothing is judged by them."""
    answer = {"cluster_name": "a", "cluster_uuid": "b", "version": {"distribution": "opensearch", "number": "2.11.0"}}
    for read in (identity.read, identity.release_of):
        found = read(answer)
        assert isinstance(found, Unavailable)
        assert found.reason is Reason.NOT_ELASTICSEARCH
        assert "opensearch 2.11.0" in found.detail
    root, told = Answer(value=answer), Answer(value={"nodes": {"x": {"name": "one", "version": "2.11.0"}}})
    assert release({identity.CALL: root, nodes.CALL: told}) == identity.release_of(answer)
