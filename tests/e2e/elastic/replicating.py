"""A pair of 6.8.23, the only distribution here that has replication: what follows what, and what diag makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from diag.cli.permissions import Wanted, local_role, remote_role
from diag.model import Version
from tests.e2e.elastic.node import Node
from tests.e2e.elastic.pair import NAME, Pair, running
from tests.e2e.elastic.seen import Seen, look_at
from tests.patience import until

RELEASE = Version.parse("6.8.23")
SOFT = {"index": {"number_of_shards": 1, "number_of_replicas": 0, "soft_deletes.enabled": True}}
HARD = {"index": {"number_of_shards": 1, "number_of_replicas": 0}}


def told(node: Node, method: str, path: str, body: Any = None) -> None:
    """Change something at a cluster, which has to go well."""
    answer = node.ask(method, path, body)
    assert answer.status_code in {200, 201}, answer.text


@dataclass
class Replicating:
    """A pair in which ``copy`` follows ``orig``."""

    pair: Pair

    def leader(self, name: str, settings: Mapping[str, Any], **more: Any) -> None:
        """Make an index on the remote cluster."""
        index = {"index": {**settings["index"], **more}}
        told(self.pair.remote, "PUT", f"/{name}", {"settings": index})

    def follow(self, leader: str, follower: str) -> None:
        """Follow it."""
        body = {"remote_cluster": "logs", "leader_index": leader}
        told(self.pair.local, "PUT", f"/{follower}/_ccr/follow", body)

    def look(self, **use: Any) -> Seen:
        """Ask diag, with the APIs of both sides and the documented roles."""
        folder, pair = self.pair.folder, self.pair
        auth = {"username": "diag", "password": {"file": "password"}}
        remote: dict[str, Any] = {
            "alias": "logs",
            "ca": ["transport-ca.pem", "http-ca.pem"],
            "url": f"https://{NAME}:{pair.remote.http}",
            "auth": auth,
            "use": use,
        }
        certs = pair.local.conf / "certs"
        cluster = {
            "name": "local",
            "url": f"http://127.0.0.1:{pair.local.http}",
            "auth": auth,
            # What the local node shows to the remote one: without it a healthy remote is unknown, and not ok.
            "transport": {
                "certificate": str(certs / "transport.pem"),
                "key": {"file": str(certs / "transport.key")},
                "ca": ["transport-ca.pem"],
            },
            "remotes": [remote],
        }
        limits = {"follower_copy_hours_info": 0.001}
        return look_at(folder / "ccr.yaml", cluster, checks={"thresholds": limits})

    def until(self, wanted: Callable[[Seen], bool], **use: Any) -> Seen:
        """Look until something is seen: Elasticsearch takes its time to notice."""
        return until(lambda: self.look(**use), wanted, what="what diag sees of replication", pause=2)


@contextmanager
def replicating() -> Iterator[Replicating]:
    """Start the pair, with a user of diag on both sides: in 6.8 the list of remotes is asked in the name of the login, there too."""
    with running(RELEASE, RELEASE, {}) as pair:
        seeds = {"cluster.remote.logs.seeds": [f"{NAME}:{pair.remote.transport}"]}
        told(pair.local, "PUT", "/_cluster/settings", {"persistent": seeds})
        pair.connect("logs")
        roles = (local_role(RELEASE, Wanted(followers=("*",))), remote_role(RELEASE))
        for node, role in zip((pair.local, pair.remote), roles, strict=True):
            told(node, "PUT", "/_security/role/diag", role)
            told(node, "PUT", "/_security/user/diag", {"password": "diag-password", "roles": ["diag"]})
        (pair.folder / "password").write_text("diag-password")
        made = Replicating(pair)
        made.leader("orig", SOFT)
        made.follow("orig", "copy")
        yield made


def outcomes(seen: Seen) -> dict[str, str]:
    """What became of each check of replication."""
    return {check: one["outcome"] for check, one in seen.results("logs").items() if check.startswith("ccr/")}
