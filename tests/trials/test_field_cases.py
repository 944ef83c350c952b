"""Public reports of broken remotes, rebuilt: the evidence of each, judged again, names the cause that it was in truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clilib import diag

CASES = Path(__file__).parent / "field-cases"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is right: one of ``roots`` is the first root cause (none: nothing worse than a warning, and no root cause of error).

    ``words`` stand in summary or remedy of the first root cause, ``never`` in no finding that counts.
    """

    roots: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    healthy: bool = False
    absent: tuple[str, ...] = ()


TRUTHS = {
    "01-sniff-publish-private": Truth(roots=("network/sniff-publish-unreachable",), words=("10.232.9.80:9300",)),
    "02-sniff-publish-private-both-apis": Truth(
        roots=("network/sniff-publish-unreachable",), words=("10.232.9.80:9443",)
    ),
    "04-cert-model-name-mismatch-but-connected": Truth(healthy=True, never=("Elasticsearch refuses the connection",)),
    "06-security-off-on-both-sides": Truth(healthy=True),
    "07-local-without-tls-remote-with": Truth(roots=("tls/client-plaintext",)),
    "08-http-answers-on-the-right-port": Truth(
        roots=("config/http-port-used", "network/lb-layer7"),
        words=("TCP",),
        never=('proxy_address": "127.0.0.7:9300"',),
    ),
    "09-http-inside-tls-on-9443": Truth(roots=("config/http-port-used", "network/lb-layer7"), words=("TLS",)),
    "11-proxy-protocol": Truth(
        roots=("network/accept-then-close", "network/lb-proxy-protocol"), words=("PROXY protocol",)
    ),
    "13-tls-offload-to-tls-node": Truth(roots=("network/not-elasticsearch", "network/lb-layer7"), words=("ends TLS",)),
    "14-mesh-mtls-on-9443": Truth(
        absent=("config/port-model-mismatch",), words=("mesh",), roots=("network/service-mesh",)
    ),
    "15-optional-client-authentication": Truth(absent=("config/port-model-mismatch", "tls/client-cert-rejected")),
    "16-asked-node-lacks-role": Truth(roots=("config/client-role-missing",)),
    "18-transform-failed-remote-disabled": Truth(roots=("runtime/transform-failed",), words=("remote_cluster_client",)),
    "19-ccr-data-nodes-lack-role": Truth(roots=("config/client-role-partial-ccr", "ccr/no-task")),
    "21-ccr-follower-write-block": Truth(roots=("ccr/write-failures",)),
    "23-ccr-leader-restored": Truth(roots=("ccr/fatal-exception",), words=("unfollow",)),
    "24-remote-server-bound-to-loopback": Truth(
        roots=("config/remote-server-bound-local",), words=("remote_cluster.host",)
    ),
    "26-remote-is-the-local-cluster": Truth(roots=("config/remote-is-self",)),
    "28-same-dn-hint": Truth(
        roots=("tls/client-cert-rejected", "trust/one-way-remote"), never=("look at dates, usages",)
    ),
    "29-p12-truststore": Truth(never=("-clcerts",), absent=("trust/ca-not-pem",)),
    "30-leaf-as-ca-passes": Truth(roots=("trust/ca-is-leaf",)),
    "32-declared-search-finds-nothing": Truth(roots=("runtime/no-matching-indices",)),
    "33-sniff-to-eck": Truth(roots=("config/sniff-to-proxied-endpoint",)),
}


def test_every_case_has_its_truth() -> None:
    """No file is left out."""
    assert sorted(TRUTHS) == sorted(path.stem for path in CASES.glob("*.json"))


def _text(finding: dict[str, Any]) -> str:
    """Everything that a finding says, on one line."""
    typed = (one[form] for one in finding["fix"] for form in ("console", "shell", "yml"))
    return " ".join(" ".join((finding["summary"], finding["remedy"], *typed)).split())


@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_the_cause_is_named(name: str) -> None:
    """The first root cause is the true one, and its words say what to do."""
    truth = TRUTHS[name]
    report = json.loads(diag("replay", CASES / f"{name}.json", "--format", "json").stdout)
    (cluster,) = report["clusters"]
    (remote,) = cluster["remotes"]
    # What concerns the cluster as a whole stands in its own results.
    results = {r["check"]: r for r in (*cluster["results"], *remote["results"]) if r["outcome"] == "fail"}
    counting = {check: r for check, r in results.items() if r["severity"] != "info"}
    texts = " ".join(_text(f) for r in counting.values() for f in r["findings"])
    assert not [words for words in truth.never if words in texts]
    assert not set(truth.absent) & set(counting)
    if truth.healthy:
        assert not counting, texts
    if truth.roots:
        named = [*remote["root_causes"], *(r["check"] for r in cluster["results"] if r["check"] in counting)]
        assert set(named[:1]) & set(truth.roots) or set(named) & set(truth.roots), (named, texts)
        root = next(check for check in named if check in truth.roots)
        said = " ".join(map(_text, counting[root]["findings"]))
        assert all(words in said for words in truth.words), said
        assert remote["status"] != "ok" or cluster["status"] != "ok"
