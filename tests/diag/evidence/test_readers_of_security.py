"""What the settings of nodes say of security: as live nodes show it, in other forms, and as nonsense."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from diag.evidence.elasticsearch import nodes, security
from diag.model import InterfaceTls, NodeSecurity, SecurityModel, Unavailable, VerificationMode, Version
from tests.diag.evidence.test_readers import JSON

# As a live node of 8.19.0 answers with all of these set, verification_mode and supported_protocols among them: they are filtered out.
SHOWN = {
    "cluster": {"remote": {"connect": "false"}},
    "xpack": {
        "license": {"self_generated": {"type": "trial"}},
        "security": {
            "transport": {"ssl": {"enabled": "true"}},
            "remote_cluster_client": {"ssl": {"enabled": "false"}},
            "remote_cluster_server": {"ssl": {"enabled": "true"}},
            "enabled": "true",
        },
    },
}


def test_what_a_live_node_shows() -> None:
    """The switches, and nothing else."""
    found = nodes.read({"nodes": {"a": {"name": "n1", "version": "8.19.0", "settings": SHOWN}}})
    assert not isinstance(found, Unavailable)
    node = found.all[0]
    assert node.security == NodeSecurity(
        enabled=True,
        transport=InterfaceTls(enabled=True),
        client=InterfaceTls(enabled=False),
        server=InterfaceTls(enabled=True),
    )
    assert node.connect is False


@pytest.mark.parametrize("protocols", [["TLSv1.3", "TLSv1.2"], "TLSv1.3,TLSv1.2", "TLSv1.3, TLSv1.2"])
def test_what_other_releases_may_show(protocols: object) -> None:
    """A list, or one text."""
    ssl = {"verification_mode": "NONE", "supported_protocols": protocols}
    found = security.read_node({"xpack": {"security": {"remote_cluster_client": {"ssl": ssl}}}}).client
    assert found == InterfaceTls(verification_mode=VerificationMode.NONE, protocols=("TLSv1.3", "TLSv1.2"))


@given(JSON)
def test_nonsense_is_nothing_shown(value: object) -> None:
    """Whatever a peer sends, there is an answer."""
    assert isinstance(security.read_node(value), NodeSecurity)
    assert isinstance(security.read_node({"xpack": {"security": value}}), NodeSecurity)


def test_only_what_is_read_is_asked_for() -> None:
    """No path of a file, no name of a key comes with the answer."""
    asked = [part for part in nodes.CALL.path.partition("filter_path=")[2].split(",") if ".ssl." in part]
    assert len(asked) == 9
    assert {part.rpartition(".")[2] for part in asked} == {"enabled", "verification_mode", "supported_protocols"}


OLD, NEW = Version(7, 17, 29), Version(8, 19, 0)
ON = NodeSecurity(enabled=True, transport=InterfaceTls(enabled=True))


@pytest.mark.parametrize(
    ("security", "version", "licensed", "certificate", "api_key"),
    [
        (ON, NEW, "basic", True, True),
        (NodeSecurity(enabled=False), NEW, "enterprise", False, False),
        (NodeSecurity(enabled=True), OLD, "basic", False, True),
        (NodeSecurity(), OLD, "basic", False, False),
        (NodeSecurity(), OLD, "trial", False, False),
        (NodeSecurity(), OLD, "platinum", None, None),
        (NodeSecurity(), NEW, "basic", None, True),
        (NodeSecurity(client=InterfaceTls(enabled=False)), NEW, "", False, False),
        (NodeSecurity(), None, "basic", None, None),
    ],
)
def test_how_a_node_begins(
    security: NodeSecurity, version: Version | None, licensed: str, certificate: object, api_key: object
) -> None:
    """What is not set means what it means to the release and its license."""
    assert security.begins_tls(SecurityModel.CERTIFICATE, version, licensed, alone=True) is certificate
    assert security.begins_tls(SecurityModel.API_KEY, version, licensed) is api_key


def test_what_a_cluster_of_several_nodes_does_not_show_is_hidden() -> None:
    """Without TLS between them, secured nodes form no cluster: the setting is there, and somebody hides it."""
    assert NodeSecurity(enabled=True).begins_tls(SecurityModel.CERTIFICATE, NEW, "basic") is None
    assert NodeSecurity(enabled=False).begins_tls(SecurityModel.CERTIFICATE, NEW, "basic") is False


def test_the_recorded_nodes_are_secured() -> None:
    """Live nodes of 8.19.0 and 9.2.0, with the settings that the call asks for."""
    folder = Path(__file__).parents[1] / "collect" / "api"
    for release in ("8.19.0", "9.2.0"):
        found = nodes.read(json.loads((folder / f"local-nodes-info-{release}.json").read_text()))
        assert not isinstance(found, Unavailable)
        assert found.all[0].security is not None
