"""From configuration to the nouns of the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.config import ClusterConfig, RemoteConfig, SecretRef, fleet
from diag.config.schema import RemoteClusterClient, Transport
from diag.model import (
    DeclaredTls,
    Keystore,
    Kind,
    LocalCluster,
    LocalVersion,
    Mode,
    Reason,
    Remote,
    RemoteVersion,
    SecurityModel,
    Step,
    Unavailable,
    VerificationMode,
    Version,
)


def test_a_cluster_becomes_what_checks_see() -> None:
    """Every setting arrives, and of files and secrets only that they are there."""
    config = ClusterConfig(
        name="search-eu",
        kind=Kind.HOSTED,
        version="8.14.1",
        keystore=("cluster.remote.logs.credentials",),
        remotes=(
            RemoteConfig(
                alias="logs",
                security_model=SecurityModel.API_KEY,
                kind=Kind.ECK,
                mode="proxy",
                proxy_address="user:planted@logs:9443",
                server_name="logs",
                seeds=("s:1",),
                proxy="p:1",
                skip_unavailable=True,
                version="8.12.0",
                ca=(Path("ca.pem"),),
                credential=SecretRef(env="X"),
                trust_restrictions=Path("trust.yml"),
            ),
        ),
    )
    expected = Remote(
        alias="logs",
        declared_model=SecurityModel.API_KEY,
        kind=Kind.ECK,
        mode="proxy",
        proxy_address="***@logs:9443",
        server_name="logs",
        seeds=("s:1",),
        proxy="p:1",
        skip_unavailable=True,
        version="8.12.0",
        has_credential=True,
        has_trust_restrictions=True,
        keystore_credential=True,
    )
    assert LocalCluster(
        name="search-eu", kind=Kind.HOSTED, version="8.14.1", remotes=(expected,)
    ) == fleet.local_cluster(config)
    assert LocalVersion(number=Version(8, 14, 1)) == fleet.local_version(config)
    assert RemoteVersion(number=Version(8, 12, 0)) == fleet.remote_version(config.remotes[0])
    assert Keystore(names=("cluster.remote.logs.credentials",)) == fleet.keystore(config)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (None, None),
        ((), False),
        (("cluster.remote.logs.credentials",), True),
        (("cluster.remote.Logs.credentials",), False),
        (("cluster.remote.logs.credential", "keystore.seed"), False),
    ],
)
def test_the_keystore_is_told_or_not(names: tuple[str, ...] | None, found: bool | None) -> None:  # noqa: FBT001 -- the expectation.
    """Left out means not told; an entry counts for the alias written exactly so."""
    config = ClusterConfig(name="a", keystore=names, remotes=(RemoteConfig(alias="logs"),))
    assert found is fleet.local_cluster(config).remotes[0].keystore_credential


def test_what_is_left_out_is_what_elasticsearch_does() -> None:
    """No mode is sniff; the model follows from the credential."""
    remote = fleet.local_cluster(ClusterConfig(name="a", remotes=(RemoteConfig(alias="b", seeds="x:1"),))).remotes[0]
    assert remote.effective_mode is Mode.SNIFF
    assert remote.security_model is SecurityModel.CERTIFICATE
    assert remote.keystore_credential is None


def test_what_is_not_told_says_what_to_write() -> None:
    """Missing evidence names the key and the cluster."""
    config = ClusterConfig(name="search-eu", remotes=(RemoteConfig(alias="logs"),))
    expected = {
        "no `version` is declared for cluster search-eu": fleet.local_version(config),
        "no `version` is declared for remote logs": fleet.remote_version(config.remotes[0]),
        "no `keystore` is declared for cluster search-eu": fleet.keystore(config),
    }
    for detail, found in expected.items():
        assert Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail=detail) == found


@pytest.mark.parametrize("version", ["banana", "8", "8.x", "8.14.1.2", "\x1b[31m", "9" * 500])
def test_a_version_that_is_none_loads(version: str) -> None:
    """It is missing evidence that shows what was found, cut and escaped."""
    found = fleet.local_version(ClusterConfig(name="a", version=version))
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_USABLE
    assert "`version` of cluster a is '" in found.detail
    assert "expected three numbers, such as 8.14.1" in found.detail
    assert len(found.detail) < 200
    assert found.detail.isprintable()


def test_a_version_of_two_numbers_keeps_its_second() -> None:
    """8.10 is a release after 8.9."""
    found = fleet.local_version(ClusterConfig(name="a", version="8.10"))
    assert LocalVersion(number=Version(8, 10, 0)) == found


def test_what_is_declared_of_tls_reaches_the_checks() -> None:
    """Of both models, and nothing where nothing is declared."""
    config = ClusterConfig(
        name="a",
        transport=Transport(enabled=False, verification_mode=VerificationMode.CERTIFICATE),
        remote_cluster_client=RemoteClusterClient(verification_mode=VerificationMode.NONE),
    )
    local = fleet.local_cluster(config)
    assert local.tls_to(SecurityModel.CERTIFICATE) == DeclaredTls(
        enabled=False, verification_mode=VerificationMode.CERTIFICATE
    )
    assert local.tls_to(SecurityModel.API_KEY) == DeclaredTls(verification_mode=VerificationMode.NONE)
    assert fleet.local_cluster(ClusterConfig(name="a")).transport == DeclaredTls()
