"""Elasticsearch's own settings of a remote: all of them load, in every form that Elasticsearch takes, and go where they belong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from diag.collect.discovery import remotes_of
from diag.config import Config, ConfigError, RemoteConfig, fleet, load_config
from diag.evidence.elasticsearch import registrations
from diag.model import REMOTE_SETTINGS, Remote

HEAD = "clusters:\n  - name: eu\n    version: 8.19.0\n    keystore: []\n    remotes:\n"


def loaded(tmp_path: Path, remotes: str) -> tuple[Remote, ...]:
    """Load a file with these remotes."""
    (tmp_path / "diag.yaml").write_text(HEAD + remotes)
    config: Config = load_config(tmp_path / "diag.yaml", {})
    return fleet.local_cluster(config.clusters[0]).remotes


def refused(tmp_path: Path, remotes: str) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, remotes)
    return str(error.value).replace(str(tmp_path), "")


def test_the_table_is_the_one_of_configuration_and_model() -> None:
    """A setting that is added to the table alone would be lost on the way."""
    known = {field.alias or name for name, field in RemoteConfig.model_fields.items()}
    fields = {field.name for field in dataclasses.fields(Remote)}
    assert {one.key for one in REMOTE_SETTINGS} <= known
    assert {one.field for one in REMOTE_SETTINGS} <= fields


def test_numbers_texts_and_dots(tmp_path: Path) -> None:
    """As people write them, as the API answers them, and nested."""
    logs, audit, third = loaded(
        tmp_path,
        "      - alias: logs\n        mode: proxy\n        proxy_address: logs.example:9300\n        proxy_socket_connections: 18\n"
        '        skip_unavailable: "true"\n        transport.compress: indexing_data\n        transport.ping_schedule: 30s\n'
        '      - {alias: audit, seeds: ["10.0.0.1:9300"], node_connections: "3"}\n'
        "      - {alias: third, mode: proxi, transport: {compress: true, compression_scheme: lz4, ping_schedule: }}\n",
    )
    assert logs.settings == {
        "mode": "proxy",
        "proxy_address": "logs.example:9300",
        "proxy_socket_connections": "18",
        "skip_unavailable": True,
        "transport.ping_schedule": "30s",
        "transport.compress": "indexing_data",
    }
    assert audit.settings == {"seeds": ("10.0.0.1:9300",), "node_connections": "3"}
    assert third.settings == {
        "mode": "proxi",
        "transport.compress": "true",
        "transport.compression_scheme": "lz4",
    }


@pytest.mark.parametrize(
    ("written", "seeds"),
    [
        ('"10.0.0.1:9300, 10.0.0.2:9300"', ("10.0.0.1:9300", "10.0.0.2:9300")),
        ("10.0.0.1:9300,10.0.0.2:9300,", ("10.0.0.1:9300", "10.0.0.2:9300")),
        ('["10.0.0.1:9300, 10.0.0.2:9300"]', ("10.0.0.1:9300, 10.0.0.2:9300",)),
        ("10.0.0.1:9300", ("10.0.0.1:9300",)),
        ('"user:pl,anted@10.0.0.1:9300, 10.0.0.2:9300"', ("***@10.0.0.1:9300, 10.0.0.2:9300",)),
        ("", ()),
    ],
)
def test_seeds(tmp_path: Path, written: str, seeds: tuple[str, ...]) -> None:
    """One text with commas is a list; an item of a list with a comma is a fault that checks judge."""
    (logs,) = loaded(tmp_path, f"      - alias: logs\n        seeds: {written}\n")
    assert logs.seeds == seeds


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("transport: {compres: true}", ":7:21: clusters[0].remotes[0].transport.compres: unknown key"),
        (
            "transport.compres: true",
            ":7:9: clusters[0].remotes[0].\"transport.compres\": unknown key; did you mean 'transport.compress'?",
        ),
        (
            "transport: {compress: [a]}",
            ":7:31: clusters[0].remotes[0].transport.compress: expected a text, found a list",
        ),
        ("{transport.compress: a, transport: {compress: a}}", "expected transport.compress once"),
        ("transport: yes", "transport: unknown key; did you mean 'transport.compress'?"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, written: str, said: str) -> None:
    """The place is that of the form that was written."""
    remote = f"      - alias: logs\n        {written}\n"
    if written.startswith("{"):
        remote = f"      - {{alias: logs, {written[1:]}\n"
    assert said in refused(tmp_path, remote)


def test_what_the_cluster_tells_is_read_by_the_same_table() -> None:
    """Texts, as GET _cluster/settings answers."""
    remote = {
        "mode": "sniff",
        "seeds": "a:1, b:2",
        "skip_unavailable": "true",
        "node_connections": "3",
        "transport": {"compress": "true", "ping_schedule": "30s"},
    }
    found = remotes_of(registrations.read({"persistent": {"cluster": {"remote": {"logs": remote}}}}))
    assert isinstance(found, tuple)
    (logs,) = found
    assert logs.seeds == ("a:1", "b:2")
    assert (logs.skip_unavailable, logs.node_connections) == (True, "3")
    assert (logs.transport_compress, logs.transport_ping_schedule) == ("true", "30s")
