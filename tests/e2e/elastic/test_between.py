"""What stands in front of real nodes: balancers that announce or expect a client's address, that end TLS, and that end it and begin it anew.

Elasticsearch is asked first: what is connected has to alarm nobody, and what is not has to be named, with and without the APIs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.elastic.between import TRUTHS, laid
from tests.e2e.elastic.pair import API_KEY, CERTIFICATE, NAME
from tests.e2e.elastic.seen import Asked, Seen, look_at
from tests.patience import again


@dataclass(frozen=True)
class Views:
    """Which remotes are connected, what a search says of the others, and what diag says: from a file alone, and with the local API."""

    connected: Mapping[str, bool]
    said: Mapping[str, str]
    alone: Seen
    with_api: Seen


@pytest.fixture(scope="module")
def views(asked: Asked) -> Iterator[Views]:
    """Register a remote behind each way, look at all of them, and take them away again: the pair is that of other tests, too."""
    pair, optional = asked.pair, asked.pair.beside["optional"]
    with laid(pair).open() as opened:
        ports = {**opened, "optional_key": optional.server, "optional_cert": optional.transport}
        settings = {alias: settings_of(port) for alias, port in ports.items()}
        for alias, values in settings.items():
            asked.registered(alias, values)
        try:
            said = {alias: pair.search(alias) for alias in settings}
            for alias in settings:
                if not TRUTHS[alias].cause:
                    pair.connect(alias)
            connected = {alias: pair.connected(alias) for alias in settings}
            file = {"version": str(pair.local.version), "keystore": list(pair.entries)}
            api = {"url": asked.url, "auth": {"api_key": {"file": str(pair.folder / "local-diag.key")}}}
            alone, with_api = (again(lambda local=local: look(asked, settings, local), named) for local in (file, api))  # type: ignore[misc]  # Its default is the value.
            yield Views(connected, said, alone, with_api)
        finally:
            for alias, values in settings.items():
                asked.registered(alias, dict.fromkeys(values))


def named(seen: Seen) -> bool:
    """Whether the first root cause of each is the right one."""
    return all(seen.causes(alias)[:1] == (truth.cause,) for alias, truth in TRUTHS.items() if truth.cause)


def settings_of(port: int) -> dict[str, Any]:
    """What is registered."""
    return {"mode": "proxy", "proxy_address": f"{NAME}:{port}", "server_name": NAME, "skip_unavailable": False}


def look(asked: Asked, settings: Mapping[str, Mapping[str, Any]], local: Mapping[str, Any]) -> Seen:
    """Ask diag about all of them, beside what ``local`` tells of the local cluster."""
    certs = asked.pair.local.conf / "certs"
    transport = {
        "certificate": str(certs / "transport.pem"),
        "key": {"file": str(certs / "transport.key")},
        "ca": ["transport-ca.pem"],
        "verification_mode": "full",
    }
    remotes = [
        {"alias": alias, "kind": "self_managed", **values, **_login(alias)} for alias, values in settings.items()
    ]
    cluster = {"name": "local", **local, "transport": transport, "remotes": remotes}
    return look_at(asked.pair.folder / "between.yaml", cluster)


def _login(alias: str) -> Mapping[str, Any]:
    truth = TRUTHS[alias]
    by_key = {"ca": ["server-ca.pem"], "credential": {"file": f"{truth.key}.key"}}
    return {"security_model": truth.model, **(by_key if truth.model == API_KEY else {"ca": ["transport-ca.pem"]})}


@pytest.mark.parametrize("alias", TRUTHS)
def test_between(views: Views, alias: str) -> None:
    """Elasticsearch connects or not as it should, and both views say why, or nothing."""
    assert views.connected[alias] is not bool(TRUTHS[alias].cause), views.said[alias]
    judge(views.alone, alias)
    judge(views.with_api, alias)


def judge(seen: Seen, alias: str) -> None:
    """Hold one report against the truth."""
    truth, failing = TRUTHS[alias], seen.failing(alias)
    if not truth.cause:
        neighbours = "config/duplicate-remote"
        assert set(failing) <= {*truth.warning, neighbours, "version/cert-model-deprecated"}, failing
        assert set(truth.warning) <= set(failing)
        assert seen.status(alias) == ("warn" if failing else "ok"), seen.unknown(alias)
        return
    assert seen.causes(alias)[:1] == (truth.cause,), (seen.causes(alias), failing)
    found = str(seen.results(alias)[truth.cause]["findings"])
    assert all(words in found for words in truth.words), found


def test_a_certificate_that_java_keeps_to_itself(asked: Asked) -> None:
    """Where a node names other CAs than that of our certificate, Elasticsearch presents none; with ``optional`` it is connected so."""
    pair, alias = asked.pair, "optional_stranger"
    settings = settings_of(pair.beside["optional"].transport)
    pair.present_to_remote(pair.authorities.unrelated_ca.leaf(NAME, ips=("127.0.0.1",)))
    try:
        with asked.registering(alias, settings):
            pair.connect(alias)
            verdict = pair.diagnose(alias, CERTIFICATE, settings, trust_restrictions=None)
    finally:
        pair.present_to_remote(pair.local.identities["transport"])
    worse = {check for check, severity in verdict.failing.items() if severity != "info"}
    assert worse <= {"version/cert-model-deprecated"}, verdict
    assert verdict.failing["tls/client-cert-rejected"] == "info"
    assert verdict.status in {"ok", "warn"}
