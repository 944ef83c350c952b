"""What is healthy alarms nobody: on each of these pairs no finding is worse than info, and Elasticsearch connects to each."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.config import load_config
from diag.lab.clusters import running_lab
from diag.lab.peer import Identity
from diag.lab.scenarios import SCENARIOS
from diag.model import Severity, Status
from tests import caselib
from tests.diag.lab.test_lab import judged, look
from tests.patience import unhurried

CLEAR = {
    "tls": {
        "result": "closed",
        "clear_reply": "elasticsearch",
        "protocol": "",
        "cipher": "",
        "after": "not_reached",
        "client_certificate_requested": False,
        "client_certificate_sent": False,
    },
    "chain": {"unavailable": "the peer closed the connection", "step": "tls", "reason": "closed"},
    "transport": {"clear": True},
}
NO_URL = {"unavailable": "no url is configured for the local cluster", "step": "api", "reason": "not_asked"}
OFF = {"nodes": {"all": {0: {"security": {"enabled": False}}, 1: {"security": {"enabled": False}}}}}
NAMELESS = {
    "leaf": {"has_san": False, "dns_names": [], "ip_addresses": [], "other_names": [], "common_name": "instance"}
}

CONTROLS: dict[str, tuple[str, dict[str, Any]]] = {
    "API pair of the API key model": ("api_key", {}),
    "API pair of the certificate model": ("certificate", {}),
    "ECK-like pair": (
        "certificate",
        {"cluster": {"kind": "eck"}, "remote": {"kind": "eck"}, "leaf": {"dns_names": ["es-0.node.logs.es.local"]}},
    ),
    "certutil's default pair": (
        "certificate",
        {**NAMELESS, "restrictions": {"unavailable": "no trust_restrictions file is configured"}},
    ),
    "certutil's default pair, by files alone": (
        "certificate",
        {
            **NAMELESS,
            "identity": {
                "chain": {
                    0: {
                        "has_san": False,
                        "dns_names": [],
                        "other_names": [],
                        "common_name": "instance",
                        "subject": "CN=instance",
                    }
                }
            },
            "restrictions": {"unavailable": "no trust_restrictions file is configured"},
            "belief": dict.fromkeys(("registration", "info", "resolved", "key", "views"), NO_URL),
            "local_api": dict.fromkeys(("nodes", "registrations", "certificates", "security"), NO_URL),
        },
    ),
    "pair without security": ("certificate", {"local_api": OFF, **CLEAR}),
    "wildcard": ("api_key", {"leaf": {"dns_names": ["*.example"]}}),
    "IPv6": (
        "api_key",
        {
            "remote": {"proxy_address": "[2001:db8::10]:9443", "server_name": ""},
            "endpoint": {"host": "2001:db8::10", "server_name": "", "names": ["2001:db8::10"]},
            "resolution": {"addresses": ["2001:db8::10"], "literal": True},
            "ip": "2001:db8::10",
            "connection": {"ip": "2001:db8::10"},
            "tls": {"server_name": ""},
            "local_api": {
                "nodes": {
                    "all": {
                        0: {"transport_address": "[2001:db8::1]:9300"},
                        1: {"transport_address": "[2001:db8::2]:9300"},
                    }
                }
            },
            "leaf": {"ip_addresses": ["2001:db8::10"]},
        },
    ),
    "client authentication is optional": (
        "api_key",
        {"tls": {"client_certificate_requested": True, "client_certificate_sent": False}},
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_judged_as_healthy(name: str) -> None:
    """Evidence of a healthy pair."""
    base, given = CONTROLS[name]
    from diag.engine import judge  # noqa: PLC0415 -- only here.

    evidence = caselib.evidence(caselib.merge(copy.deepcopy(caselib.base_of(base)), given))
    report = judge(evidence, caselib.catalogue().checks)
    worse = {
        r.check: [f.summary for f in r.findings] or r.because
        for r in (*report.results, *report.remotes[0].results)
        if (r.severity and r.severity is not Severity.INFO) or r.is_open
    }
    # A registration that a case does not patch still has the base's address.
    worse.pop("config/drift", None)
    assert not worse


@pytest.mark.parametrize(
    ("name", "certificate", "changes"),
    [
        ("as it is", "good", {}),
        ("wildcard right under a private domain", "*.lab.internal", {}),
        (
            "two seeds in one text",
            "address",
            {
                "mode": "sniff",
                "proxy_address": None,
                "server_name": None,
                "seeds": "127.0.0.1:{port}, localhost:{port}",
            },
        ),
        (
            "keys and texts as Elasticsearch answers them",
            "good",
            {"skip_unavailable": "true", "proxy_socket_connections": "18"},
        ),
    ],
)
async def test_looked_at_over_real_sockets(
    tmp_path: Path, name: str, certificate: str, changes: dict[str, Any]
) -> None:
    """The healthy remotes of the lab, changed in ways that work, side by side with one of the other model."""
    del name
    scenarios = tuple(one for one in SCENARIOS if one.alias in {"logs", "audit"})
    async with running_lab(tmp_path, scenarios) as lab:
        peer = lab.peers["logs"]
        if certificate.startswith("*"):
            issued = lab.pki.server_ca.leaf(certificate)
            peer.identity = Identity(chain=issued.chain_pem, key=issued.key_pem)
        elif certificate == "address":
            issued = lab.pki.server_ca.leaf("localhost", ips=("127.0.0.1",))
            peer.identity = Identity(chain=issued.chain_pem, key=issued.key_pem)
        raw = yaml.safe_load(lab.config.read_text())
        first = raw["clusters"][0]["remotes"][0]
        first |= {
            key: value.replace("{port}", str(peer.port)) if isinstance(value, str) else value
            for key, value in changes.items()
        }
        raw["clusters"][0]["remotes"][0] = {key: value for key, value in first.items() if value is not None}
        lab.config.write_text(yaml.safe_dump(unhurried(raw), sort_keys=False))
        report = judged(await look(load_config(lab.config)))
    worse = {r.check: r.findings for remote in report.remotes for r in remote.results if r.counts}
    worse.pop("config/single-or-bad-seeds", None)  # Both seeds of the lab lead to one machine, which it says rightly.
    assert not worse
    assert [remote.status for remote in report.remotes] == [Status.WARN if "seeds" in changes else Status.OK, Status.OK]
