"""What a remote is used for, roles, keystores and filters: made wrong on real pairs, and made right again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from diag.model import Version
from tests.e2e.conftest import free_port
from tests.e2e.elastic.node import Node
from tests.e2e.elastic.pair import NAME
from tests.e2e.elastic.seen import Asked

Logins = tuple[Path, Path]


def told(node: Node, method: str, path: str, body: Any = None) -> Any:
    """Change something at a cluster, which has to go well."""
    answer = node.ask(method, path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_is_searched(asked: Asked, searching: Logins) -> None:
    """Patterns that match and that the key covers; then patterns that do neither."""
    good = asked.look("logs", "good", *searching, use={"search": ["logs*"]}).results("logs")
    assert good["runtime/no-matching-indices"]["outcome"] == "pass", good["runtime/no-matching-indices"]
    assert good["auth/key-index-not-covered"]["outcome"] == "pass"
    seen = asked.look("logs", "good", *searching, use={"search": ["metrics-*"]})
    assert seen.failing("logs")["runtime/no-matching-indices"] == "warning"
    assert seen.failing("logs")["auth/key-index-not-covered"] == "error"
    assert seen.results("logs")["auth/key-change-path"]["severity"] == "info"


def test_searches_that_are_tried(asked: Asked, searching: Logins) -> None:
    """A search that goes through; one that leaves the remote out, which Elasticsearch answers with 200."""
    good = asked.look("logs", "good", *searching, use={"search": ["logs*"]}, search=True)
    assert good.results("logs")["runtime/skipped-clusters"]["outcome"] == "pass"
    down = {**asked.by_key(), "proxy_address": f"{NAME}:{free_port()}", "skip_unavailable": True}
    with asked.registering("down", down):
        seen = asked.look("down", "good", *searching, use={"search": ["logs*"]}, search=True, **down)
    assert seen.failing("down")["runtime/skipped-clusters"] == "warning"


def test_a_search_that_the_login_may_not_make(asked: Asked, logins: Logins) -> None:
    """What the login of diag lacks is not taken for a broken remote."""
    seen = asked.look("logs", "good", *logins, use={"search": ["logs*"]}, search=True)
    assert seen.results("logs")["runtime/skipped-clusters"]["outcome"] == "unknown"


def test_a_key_that_is_not_reloaded(asked: Asked, logins: Logins) -> None:
    """An entry that was added to the keystore counts when the nodes have reloaded it; their answer is read from a file."""
    pair, entry = asked.pair, "cluster.remote.late.credentials"
    around: dict[str, Any] = {"keystore": [*pair.entries, entry]}
    with asked.registering("late", asked.by_key()):
        pair.local.add_secret(entry, pair.keys["good"])
        before = asked.look("late", "good", *logins, around=around)
        answer = told(pair.local, "POST", "/_nodes/reload_secure_settings")
        (pair.folder / "reload.json").write_text(json.dumps(answer))
        pair.connect("late")
        after = asked.look("late", "good", *logins, around={**around, "reload_response": "reload.json"})
    assert before.failing("late")["auth/key-not-reloaded"] == "warning"
    assert after.results("late")["auth/key-not-reloaded"]["outcome"] == "pass"
    assert after.results("")["auth/keystore-password"]["outcome"] == "pass"


def test_roles_of_those_who_search(asked: Asked, logins: Logins) -> None:
    """A role that reaches the remote by search and not by ES|QL; and one that is not there at all."""
    remote = {"clusters": ["logs"], "names": ["logs*"], "privileges": ["read"]}
    told(asked.pair.local, "PUT", "/_security/role/analyst", {"remote_indices": [remote]})
    use = {"roles": ["analyst"], "esql": True}
    seen = asked.look("logs", "good", *logins, use=use)
    assert seen.failing("logs")["auth/esql-privileges"] == "warning"
    assert seen.results("logs")["auth/local-remote-indices-missing"]["outcome"] == "pass"
    here = {"names": [""], "privileges": ["read"]}
    told(asked.pair.local, "PUT", "/_security/role/analyst", {"remote_indices": [remote], "indices": [here]})
    assert asked.look("logs", "good", *logins, use=use).results("logs")["auth/esql-privileges"]["outcome"] == "pass"
    lost = asked.look("logs", "good", *logins, use={"roles": ["nobody"]})
    assert lost.failing("logs")["auth/local-remote-indices-missing"] == "error"


def test_roles_of_the_certificate_model(asked: Asked, logins: Logins) -> None:
    """A local role counts on the remote under its name, and needs read_cross_cluster there."""
    here = {"indices": [{"names": ["*"], "privileges": ["read"]}]}
    for role in told(asked.pair.local, "GET", "/_security/role"):
        if role == "analyst":
            told(asked.pair.local, "DELETE", f"/_security/role/{role}")
    told(asked.pair.local, "PUT", "/_security/role/reader", here)

    def look() -> Any:
        return asked.look("audit", "good", *logins, around=_presented(asked), **asked.by_certificate())

    assert look().failing("audit")["auth/cert-role-missing-on-remote"] == "warning"
    told(asked.pair.remote, "PUT", "/_security/role/reader", here)
    assert look().failing("audit")["auth/cert-role-privileges"] == "warning"
    crossing = {"indices": [{"names": ["*"], "privileges": ["read", "read_cross_cluster"]}]}
    told(asked.pair.remote, "PUT", "/_security/role/reader", crossing)
    results = look().results("audit")
    for name in ("auth/cert-role-missing-on-remote", "auth/cert-role-privileges"):
        assert results[name]["outcome"] == "pass", results[name]
    told(asked.pair.remote, "DELETE", "/_security/role/reader")
    told(asked.pair.local, "DELETE", "/_security/role/reader")


def _presented(asked: Asked) -> dict[str, Any]:
    certs = asked.pair.local.conf / "certs"
    key = {"file": str(certs / "transport.key")}
    return {"transport": {"certificate": str(certs / "transport.pem"), "key": key, "ca": ["transport-ca.pem"]}}


def test_added_on_the_wrong_side(asked: Asked, logins: Logins) -> None:
    """The remote has the local cluster as its remote, and not the other way round."""
    address = {"cluster.remote.back.mode": "proxy", "cluster.remote.back.proxy_address": None}
    address["cluster.remote.back.proxy_address"] = f"{NAME}:{asked.pair.local.transport}"
    told(asked.pair.remote, "PUT", "/_cluster/settings", {"persistent": address})
    assert asked.look("nobody", "good", *logins).failing("nobody")["config/added-on-wrong-side"] == "error"
    assert asked.look("logs", "good", *logins).results("logs")["config/added-on-wrong-side"]["outcome"] == "pass"
    told(asked.pair.remote, "PUT", "/_cluster/settings", {"persistent": dict.fromkeys(address)})
    assert "config/added-on-wrong-side" not in asked.look("nobody", "good", *logins).failing("nobody")


def test_a_ca_that_the_node_has_not_loaded(asked: Asked, logins: Logins) -> None:
    """The certificate of the remote is of a CA that is declared, and that the running node does not know."""
    pair = asked.pair
    (pair.folder / "stranger-ca.pem").write_bytes(pair.authorities.unrelated_ca.pem)
    pair.present("server", pair.authorities.unrelated_ca.leaf(NAME, ips=("127.0.0.1",)))
    settings = {**asked.by_key(), "proxy_address": f"127.0.0.1:{pair.remote.server}"}
    cas = ["stranger-ca.pem", "http-ca.pem"]
    try:
        with asked.registering("strange", settings):
            seen = asked.look("strange", "good", *logins, ca=cas, proxy_address=settings["proxy_address"])
    finally:
        pair.present("server", pair.remote.identities["server"])
    assert seen.failing("strange")["tls/client-ssl-needs-restart"] == "warning"
    healthy = asked.look("logs", "good", *logins).results("logs")["tls/client-ssl-needs-restart"]
    assert healthy["outcome"] in {"pass", "skip"}, healthy


def test_an_ip_filter(asked: Asked, logins: Logins) -> None:
    """The remote cluster server turns the addresses of the local nodes away, and then no more."""
    denied = {"xpack.security.remote_cluster.filter.deny": ["127.0.0.1"]}
    told(asked.pair.remote, "PUT", "/_cluster/settings", {"persistent": denied})
    try:
        seen = asked.look("logs", "good", *logins)
    finally:
        told(asked.pair.remote, "PUT", "/_cluster/settings", {"persistent": dict.fromkeys(denied)})
    assert seen.failing("logs")["network/ip-filter-denies"] == "warning"
    assert asked.look("logs", "good", *logins).results("logs")["network/ip-filter-denies"]["outcome"] == "pass"


def test_a_setting_that_is_not_in_force(asked: Asked, logins: Logins) -> None:
    """Up to 9.2 a change of the address resets skip_unavailable; what diag prints as remedy mends it."""
    settings, moved = asked.by_key(), {"proxy_address": f"127.0.0.1:{asked.pair.remote.server}"}
    affected = asked.pair.local.version < Version(9, 3, 0)
    with asked.registering("moved", settings):
        asked.registered("moved", moved)
        seen = asked.look("moved", "good", *logins, **moved)
        for value in (True, False):
            asked.registered("moved", {"skip_unavailable": value})
        mended = asked.look("moved", "good", *logins, **moved)
    assert ("runtime/skip-reset-bug" in seen.failing("moved")) is affected, seen.results("moved")
    assert mended.results("moved")["runtime/skip-reset-bug"]["outcome"] == "pass"


def test_a_certificate_identity(asked: Asked, logins: Logins) -> None:
    """From 9.3 on a key can be bound to the name of a certificate: judged beside the one that the local cluster signs with."""
    pair = asked.pair
    pair.authorities.unrelated_ca.leaf("signer.example").write(pair.folder, "signer")
    for identity, wanted in (("CN=signer\\.example", "pass"), ("CN=other", "critical"), (".*", "warning")):
        body = {"name": "bound", "access": {"search": [{"names": ["*"]}]}, "certificate_identity": identity}
        answer = pair.remote.ask("POST", "/_security/cross_cluster/api_key", body)
        if pair.remote.version < Version(9, 3, 0):
            assert answer.status_code == 400, answer.text
            continue
        (pair.folder / "bound.key").write_text(answer.json()["encoded"])
        seen = asked.look("logs", "bound", *logins, signing_certificate="signer.pem")
        result = seen.results("logs")["auth/cert-identity-mismatch"]
        assert wanted in {result["outcome"], result["severity"]}, result
