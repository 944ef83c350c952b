"""Whole rounds: from the configuration to evidence, with what is broken staying where it is."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate

from diag.collect import ApiTarget, Network, ProbeTarget, RealNetwork, RoundInput, gather
from diag.collect.material import secrets_of
from diag.config import ClusterConfig, Timeouts
from diag.evidence.call import Answers, Call
from diag.local_files import read_file
from diag.model import (
    AfterHandshake,
    CaFile,
    Chain,
    ClientIdentity,
    ClusterEvidence,
    Endpoints,
    Nodes,
    Probe,
    Reason,
    RemoteEvidence,
    Resolution,
    Step,
    TlsAttempt,
    TlsResult,
    Trust,
    TrustRestrictions,
    Unavailable,
)
from tests import pki
from tests.diag.collect import peers
from tests.patience import PATIENCE

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
SHORT = Timeouts(connect=5.0, handshake=5.0)


def cluster(*remotes: dict[str, Any], **fields: Any) -> ClusterConfig:
    """A local cluster as it comes from a file."""
    return ClusterConfig.model_validate({"name": "search", "version": "8.15.3", "remotes": remotes, **fields})


def proxy(alias: str, port: int, **fields: Any) -> dict[str, Any]:
    """A remote in proxy mode on loopback."""
    return {
        "alias": alias, "security_model": "api_key", "mode": "proxy", "proxy_address": f"127.0.0.1:{port}",
        "server_name": peers.NAME, **fields,
    }  # fmt: skip


async def look(config: ClusterConfig, network: Network | None = None, **fields: Any) -> ClusterEvidence:
    """Make one round."""
    work = RoundInput(**{"cluster": config, "timeouts": SHORT, "now": NOW, **fields})
    if network is not None:
        return await gather(work, network)
    async with RealNetwork() as real:
        return await gather(work, real)


def endpoints(remote: RemoteEvidence) -> Endpoints:
    """The endpoints, where there are any."""
    assert isinstance(remote.endpoints, Endpoints), remote.endpoints
    return remote.endpoints


def probe(remote: RemoteEvidence) -> Probe:
    """The only probe of a remote."""
    (found,) = endpoints(remote).probes
    return found


@pytest.mark.usefixtures("short_waits")
async def test_both_models_at_once(tmp_path: Path, ca: pki.CA, good: pki.Issued) -> None:
    """One round looks at remotes of both models, each with its own trust and identity."""
    local_ca = pki.new_ca("Local CA")
    own = local_ca.leaf("node1")
    certificate, key = own.write(tmp_path, "node")
    (tmp_path / "remote-ca.pem").write_bytes(ca.pem)
    (tmp_path / "trust.yml").write_text('trust.subject_name: ["*.node.x"]')
    with (
        peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as keyed,
        peers.peer(peers.tls(peers.context(good, client_ca=local_ca))) as mutual,
    ):
        config = cluster(
            proxy("logs", keyed, ca=[tmp_path / "remote-ca.pem"], version="8.14.0"),
            proxy("audit", mutual, security_model="certificate", trust_restrictions=tmp_path / "trust.yml"),
            proxy("public", keyed),
            keystore=["cluster.remote.logs.credentials"],
            transport={"certificate": certificate, "key": {"file": key}, "ca": [tmp_path / "remote-ca.pem"]},
        )
        evidence = await look(config)
    logs, audit, public = evidence.remotes
    assert evidence.taken_at == NOW
    assert evidence.seconds > 0
    assert str(evidence.local_version.number) == "8.15.3"  # type: ignore[union-attr]
    assert evidence.keystore.aliases == ("logs",)  # type: ignore[union-attr]
    assert [remote.alias for remote in evidence.cluster.remotes] == ["logs", "audit", "public"]

    assert str(logs.remote_version.number) == "9.2.0"  # type: ignore[union-attr]
    assert isinstance(logs.identity, Unavailable)
    assert isinstance(logs.restrictions, Unavailable)
    assert isinstance(probe(logs).chain, Chain)
    assert probe(logs).chain.trusted  # type: ignore[union-attr]

    assert isinstance(audit.identity, ClientIdentity)
    assert audit.identity.chain[0].common_name == "node1"
    assert isinstance(audit.restrictions, TrustRestrictions)
    assert audit.restrictions.patterns == ("*.node.x",)
    tls = probe(audit).tls
    assert isinstance(tls, TlsAttempt)
    assert (tls.client_certificate_sent, tls.after, tls.alert) == (True, AfterHandshake.QUIET, -1)
    assert probe(audit).chain.trusted  # type: ignore[union-attr]

    assert public.trust == Trust(public_roots=True)
    assert not probe(public).chain.trusted  # type: ignore[union-attr]


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize(
    ("content", "taken"), [("leaf", False), ("leaf and CA", True), ("leaf and CA, another CA configured", False)]
)
async def test_without_a_ca_the_own_certificates_are_trusted(
    tmp_path: Path,
    ca: pki.CA,
    good: pki.Issued,
    content: str,
    taken: bool,  # noqa: FBT001 -- a case.
) -> None:
    """Where nobody configured what is trusted, Elasticsearch trusts the file that its own certificate is in (PemKeyConfig.asTrustConfig)."""
    own = ca.leaf("node1")
    certificate, key = own.write(tmp_path, "node")
    certificate.write_bytes(own.pem + (ca.pem if "CA" in content else b""))
    (tmp_path / "other-ca.pem").write_bytes(pki.new_ca("Another CA").pem)
    configured = [tmp_path / "other-ca.pem"] if "configured" in content else []
    with peers.peer(peers.tls(peers.context(good, client_ca=ca))) as port:
        transport = {"certificate": certificate, "key": {"file": key}, "ca": configured}
        evidence = await look(cluster(proxy("audit", port, security_model="certificate"), transport=transport))
    (audit,) = evidence.remotes
    chain = probe(audit).chain
    assert isinstance(chain, Chain)
    assert chain.trusted is taken
    assert isinstance(audit.trust, Trust)
    assert audit.trust.public_roots is not bool(configured)


async def test_only_the_remotes_that_are_asked_for(good: pki.Issued) -> None:
    """A round for one alias looks at no other; the cluster still names all."""
    with peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port:
        evidence = await look(cluster(proxy("a", port), proxy("b", port)), remotes=("b",))
    assert [remote.remote.alias for remote in evidence.remotes] == ["b"]
    assert len(evidence.cluster.remotes) == 2


async def test_every_address_of_a_name(good: pki.Issued) -> None:
    """Each address behind a name is probed, and a name is looked up once however many remotes have it."""

    class Counting(RealNetwork):
        def __init__(self) -> None:
            super().__init__()
            self.asked: list[str] = []

        async def resolve(self, host: str, _seconds: float, /) -> Resolution | Unavailable:
            self.asked.append(host)
            return Resolution(addresses=("127.0.0.1", "127.0.0.2"))

    with peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port:
        config = cluster(
            proxy("a", 1, proxy_address=f"logs.example:{port}"), proxy("b", 1, proxy_address=f"LOGS.example:{port}")
        )
        async with Counting() as network:
            evidence = await look(config, network)
    assert len(network.asked) == 1
    for remote in evidence.remotes:
        (one,) = endpoints(remote).all
        assert [p.ip for p in one.probes] == ["127.0.0.1", "127.0.0.2"]
        assert isinstance(one.probes[0].tls, TlsAttempt)
        assert isinstance(one.probes[1].connection, Unavailable)


async def test_names_and_addresses_that_do_not_work() -> None:
    """What cannot be looked up or dialled is told of its remote, and the others do not mind."""
    evidence = await look(
        cluster(
            {"alias": "nowhere"},
            proxy("typo", 1, proxy_address="https://x:9443"),
            proxy("unknown", 1, proxy_address="nosuch.invalid:9443"),
            {"alias": "mixed", "seeds": ["127.0.0.1:1", "bad seed"]},
            {"alias": ""},
        )
    )
    nowhere, typo, unknown, mixed, _ = evidence.remotes
    assert isinstance(nowhere.endpoints, Unavailable)
    assert (nowhere.endpoints.step, nowhere.endpoints.reason) == (Step.CONFIGURATION, Reason.NO_ADDRESS)
    assert isinstance(typo.endpoints, Unavailable)
    (one,) = endpoints(unknown).all
    assert isinstance(one.resolution, Unavailable)
    assert one.resolution.step is Step.DNS
    assert one.probes == ()
    assert probe(mixed).connection.reason is Reason.REFUSED  # type: ignore[union-attr]


async def test_a_file_that_vanished(tmp_path: Path, ca: pki.CA, good: pki.Issued) -> None:
    """When a file is gone at run time, its remote is unknown and says so; the others are as before."""
    here, gone, folder = tmp_path / "here.pem", tmp_path / "gone.pem", tmp_path / "folder"
    here.write_bytes(ca.pem)
    folder.mkdir()
    with peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port:
        evidence = await look(
            cluster(
                proxy("good", port, ca=[here]),
                proxy("gone", port, ca=[here, gone]),
                proxy("folder", port, ca=[folder]),
                proxy("own", port, security_model="certificate", ca=[here], trust_restrictions=gone),
                transport={"certificate": gone, "key": {"file": gone}, "ca": []},
            )
        )
    good_one, gone_one, folder_one, own = evidence.remotes
    assert probe(good_one).chain.trusted  # type: ignore[union-attr]
    for missing in (
        gone_one.trust,
        probe(gone_one).chain,
        own.identity,
        own.restrictions,
        own.endpoints.all[0].resolution,
    ):  # type: ignore[union-attr]
        assert isinstance(missing, Unavailable)
        assert (missing.step, missing.reason) == (Step.FILE, Reason.MISSING_FILE)
        assert "gone.pem" in missing.detail
    assert isinstance(folder_one.trust, Unavailable)
    assert folder_one.trust.reason is Reason.NOT_USABLE


async def test_a_ca_file_that_is_none(tmp_path: Path, good: pki.Issued) -> None:
    """A file that holds no certificate is evidence; the public roots do not take its place."""
    (tmp_path / "ca.p12").write_bytes(b"\x00\x01 no certificate")
    with peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port:
        evidence = await look(cluster(proxy("logs", port, ca=[tmp_path / "ca.p12"])))
    (remote,) = evidence.remotes
    assert isinstance(remote.trust, Trust)
    (file,) = remote.trust.files
    assert isinstance(file, CaFile)
    assert file.problem
    assert not remote.trust.public_roots
    assert isinstance(probe(remote).chain, Unavailable)
    assert probe(remote).chain.reason is Reason.NOT_USABLE  # type: ignore[union-attr]


def test_a_file_is_read_again_when_it_changed(tmp_path: Path) -> None:
    """Content is kept while the file is the same, and not a moment longer."""
    path = tmp_path / "ca.pem"
    path.write_bytes(b"one")
    assert read_file(path) == b"one"
    os.utime(path, ns=(1, 1))
    assert read_file(path) == b"one"
    replacement = tmp_path / "new"
    replacement.write_bytes(b"two")
    os.utime(replacement, ns=(1, 1))
    replacement.rename(path)
    assert read_file(path) == b"two"
    path.unlink()
    assert isinstance(read_file(path), Unavailable)


async def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    """A file that would never end is refused."""
    os.mkfifo(tmp_path / "ca.pem")
    evidence = await asyncio.wait_for(look(cluster(proxy("logs", 1, ca=[tmp_path / "ca.pem"]))), PATIENCE)
    assert isinstance(evidence.remotes[0].trust, Unavailable)


async def test_a_bad_key_is_evidence(tmp_path: Path, ca: pki.CA, good: pki.Issued) -> None:
    """A key that does not fit is told in the identity; nothing is presented."""
    certificate, _ = good.write(tmp_path, "node")
    _, other = pki.leaf(ca, "other").write(tmp_path, "other")
    with peers.peer(peers.tls(peers.context(good, client_ca=ca))) as port:
        evidence = await look(
            cluster(
                proxy("audit", port, security_model="certificate"),
                transport={"certificate": certificate, "key": {"file": other}},
            )
        )
    (remote,) = evidence.remotes
    assert isinstance(remote.identity, ClientIdentity)
    assert remote.identity.problem
    tls = probe(remote).tls
    assert isinstance(tls, TlsAttempt)
    assert (tls.client_certificate_requested, tls.client_certificate_sent) == (True, False)


@pytest.mark.usefixtures("short_waits")
async def test_no_secret_in_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ca: pki.CA) -> None:
    """The client key and every credential stay out, also where a peer echoes them or an address holds them."""
    credential = "bG9uZy1lbm91Z2g6YS1zZWNyZXQtdGhhdC1pcy1yZWFs"
    monkeypatch.setenv("DIAG_TEST_CREDENTIAL", credential)
    monkeypatch.setenv("DIAG_TEST_PASSWORD", "hunter2-hunter2")
    own = ca.leaf("node1")
    certificate, key = own.write(tmp_path, "node")
    echo = pki.leaf(ca, peers.NAME, dns=("hunter2-hunter2.example",), subject=credential)
    with peers.peer(peers.tls(peers.context(echo, client_ca=ca))) as port:
        evidence = await look(
            cluster(
                proxy("audit", port, security_model="certificate", server_name=credential),
                proxy(
                    "logs", port, credential={"env": "DIAG_TEST_CREDENTIAL"}, url="https://x:1",
                    auth={"username": "elastic", "password": {"env": "DIAG_TEST_PASSWORD"}},
                ),
                {"alias": "typo", "mode": "proxy", "proxy_address": "elastic:hunter2-hunter2@x:9443"},
                transport={"certificate": certificate, "key": {"file": key}},
            )
        )  # fmt: skip
    shown = repr(evidence)
    tls = probe(evidence.remotes[0]).tls
    assert isinstance(tls, TlsAttempt)
    assert tls.client_certificate_sent
    for secret in (credential, "hunter2-hunter2", "a-secret-that-is-real", *own.key_pem.decode().splitlines()[1:-1]):
        assert secret not in shown
    assert "***" in shown


async def test_the_time_of_the_round_is_over(good: pki.Issued) -> None:
    """A round with a deadline gives what it has by then; the rest is out of time."""
    with (
        peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port,
        peers.peer(peers.hold) as tarpit,
    ):
        started = perf_counter()
        evidence = await look(
            cluster(proxy("good", port), proxy("tarpit", tarpit)), timeouts=Timeouts(handshake=3600.0), seconds=4.0
        )
    assert perf_counter() - started < 120
    good_one, tarpit_one = evidence.remotes
    assert isinstance(probe(good_one).tls, TlsAttempt)
    late = probe(tarpit_one).tls
    assert isinstance(late, Unavailable)
    assert late.reason is Reason.OUT_OF_TIME


class Broken:
    """A network with a defect of ours."""

    async def resolve(self, host: str, _seconds: float, /) -> Resolution | Unavailable:
        """Fail for one host."""
        if host == "127.0.0.9":
            msg = "secret inside"
            raise KeyError(msg)
        return Resolution(addresses=(host,), literal=True)

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Fail always."""
        raise ZeroDivisionError(dial.ip)

    async def call(self, target: ApiTarget, _calls: tuple[Call, ...], /) -> Answers:
        """Fail always."""
        raise KeyError(target.url)


async def test_a_defect_of_ours_stays_in_its_remote() -> None:
    """An exception in the middle of a remote makes that remote unknown; nothing is raised."""
    config = cluster(proxy("a", 9443), proxy("b", 1, proxy_address="127.0.0.9:1"), url="http://secret.example:9200")
    evidence = await look(config, Broken())
    first, second = evidence.remotes
    assert isinstance(probe(first).connection, Unavailable)
    assert "ZeroDivisionError" in str(probe(first).connection)
    assert isinstance(second.endpoints, Unavailable)
    assert second.endpoints.reason is Reason.OTHER
    assert "secret inside" not in second.endpoints.detail
    assert isinstance(evidence.api[Nodes], Unavailable)
    assert "KeyError" in evidence.api[Nodes].detail
    assert "secret" not in evidence.api[Nodes].detail


async def test_a_defect_in_masking_lets_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """When secrets cannot be masked, the cluster is unknown rather than shown."""

    def fail(_cluster: ClusterConfig) -> tuple[str, ...]:
        raise RuntimeError

    monkeypatch.setattr("diag.collect.round.secrets_of", fail)
    evidence = await look(cluster(proxy("a", 1), proxy("b", 1)), remotes=("b",))
    (remote,) = evidence.remotes
    assert remote.remote.alias == "b"
    assert remote.unreadable is not None
    assert isinstance(remote.endpoints, Unavailable)
    assert len(evidence.cluster.remotes) == 2


async def test_sixty_four_remotes_with_eight_tarpits(good: pki.Issued) -> None:
    """Silent peers are waited for side by side: one after another, these eight would take 64 seconds."""
    with (
        peers.peer(peers.tls(peers.context(good), peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))) as port,
        peers.peer(peers.hold) as tarpit,
    ):
        config = cluster(*(proxy(f"r{n}", tarpit if n % 8 == 3 else port) for n in range(64)))
        evidence = await look(config, timeouts=Timeouts(handshake=8.0))
    assert evidence.seconds < 60
    results = [probe(remote).tls.result for remote in evidence.remotes]  # type: ignore[union-attr]
    assert results.count(TlsResult.COMPLETED) == 56


async def test_a_black_hole_costs_the_connect_deadline() -> None:
    """A port that drops every SYN is given up after the time to connect, and the evidence names the phase."""
    with peers.black_hole() as port:
        evidence = await look(cluster(proxy("hole", port)), timeouts=Timeouts(connect=1.0))
    found = probe(evidence.remotes[0]).connection
    assert isinstance(found, Unavailable)
    assert (found.step, found.reason) == (Step.CONNECT, Reason.TIMED_OUT)
    assert evidence.seconds < 60


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("form", ["encrypted", "store"])
async def test_encrypted_keys_and_key_stores_are_presented(
    tmp_path: Path, ca: pki.CA, good: pki.Issued, form: str
) -> None:
    """The probe shows the certificate out of an encrypted key or a key store; neither password nor key is in the evidence."""
    secret = tmp_path / "password"
    secret.write_text("planted-password\n")
    reference = {"file": secret}
    trusted = pkcs12.serialize_java_truststore(
        [PKCS12Certificate(ca.certificate, b"ca")], BestAvailableEncryption(b"planted-password")
    )
    own = pkcs12.serialize_key_and_certificates(
        b"own", good.key, good.certificate, list(good.issuers), BestAvailableEncryption(b"planted-password")
    )
    for name, data in {
        "trust.p12": trusted,
        "own.p12": own,
        "own.pem": good.chain_pem,
        "own.key": pki.encrypted_key_pem(good, "planted-password"),
    }.items():
        (tmp_path / name).write_bytes(data)
    transport: dict[str, object] = {"truststore": {"path": tmp_path / "trust.p12", "password": reference}}
    if form == "store":
        transport["keystore"] = {"path": tmp_path / "own.p12", "password": reference}
    else:
        transport |= {
            "certificate": tmp_path / "own.pem",
            "key": {"file": tmp_path / "own.key"},
            "key_passphrase": reference,
        }
    with peers.peer(peers.tls(peers.context(good, client_ca=ca))) as port:
        config = cluster(proxy("audit", port, security_model="certificate", ca=[]), transport=transport)
        evidence = await look(config)
    (remote,) = evidence.remotes
    assert isinstance(remote.identity, ClientIdentity)
    assert remote.identity.problem == ""
    tls = probe(remote).tls
    assert isinstance(tls, TlsAttempt)
    assert (tls.client_certificate_sent, tls.alert) == (True, -1)
    assert probe(remote).chain.trusted  # type: ignore[union-attr]
    assert "planted-password" not in repr(evidence)
    assert "PRIVATE KEY" not in repr(evidence)
    assert "planted-password" in secrets_of(config)


@pytest.mark.usefixtures("short_waits")
async def test_a_locked_store_is_unknown(tmp_path: Path, ca: pki.CA, good: pki.Issued) -> None:
    """Without its password nobody knows what a store trusts: the chain of the peer is not judged by the rest."""
    data = pkcs12.serialize_java_truststore(
        [PKCS12Certificate(ca.certificate, b"ca")], BestAvailableEncryption(b"x" * 9)
    )
    (tmp_path / "trust.p12").write_bytes(data)
    with peers.peer(peers.tls(peers.context(good))) as port:
        evidence = await look(cluster(proxy("logs", port, ca=[tmp_path / "trust.p12"])))
    assert isinstance(probe(evidence.remotes[0]).chain, Unavailable)


async def test_the_fields_that_the_other_side_compares(tmp_path: Path) -> None:
    """``x509_fields`` goes with the trust file; left out, the otherName is what counts."""
    (tmp_path / "trust.yml").write_text('trust.subject_name: ["*.example"]\n')
    remote = {"alias": "logs", "security_model": "certificate", "trust_restrictions": tmp_path / "trust.yml"}
    evidence = await look(cluster({**remote, "x509_fields": ["subjectAltName.dnsName"]}, {**remote, "alias": "audit"}))
    told = [one.restrictions.fields for one in evidence.remotes]  # type: ignore[union-attr]
    assert told == [("subjectAltName.dnsName",), ("subjectAltName.otherName.commonName",)]


class Slow:
    """A network in which the probes of some addresses wait until they are let go."""

    def __init__(self, network: Network, *ports: int) -> None:
        self._network, self._ports = network, ports
        self.let_go = asyncio.Event()

    async def resolve(self, host: str, seconds: float, /) -> Resolution | Unavailable:
        """Look a name up."""
        return await self._network.resolve(host, seconds)

    async def probe(self, dial: ProbeTarget, /) -> Probe:
        """Look at an address, when it is let go."""
        if dial.endpoint.port in self._ports:
            await self.let_go.wait()
        return await self._network.probe(dial)

    async def call(self, target: ApiTarget, calls: tuple[Call, ...], /) -> Answers:
        """Make calls."""
        return await self._network.call(target, calls)


async def test_the_slowest_remote_holds_no_other_up(good: pki.Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is handed over while others still are looked at, in the same words as in the end, each remote once, masked."""
    monkeypatch.setattr("diag.collect.round.WAVE_SECONDS", 0.01)
    handed = asyncio.Queue[ClusterEvidence]()
    shown = peers.tls(peers.context(good))
    with peers.peer(shown) as quick, peers.peer(shown) as slow:
        config = cluster(proxy("slow", slow), proxy("quick", quick), proxy("nowhere", 1), {"alias": "unset"})
        work = RoundInput(cluster=config, timeouts=Timeouts(connect=5.0, handshake=5.0), now=NOW)
        async with RealNetwork() as real:
            network = Slow(real, slow)
            round_ = asyncio.ensure_future(gather(work, network, partly=handed.put_nowait))
            early: dict[str, RemoteEvidence] = {}
            while len(early) < 3:
                part = await handed.get()
                assert [one.alias for one in part.cluster.remotes] == ["slow", "quick", "nowhere", "unset"]
                assert not {one.remote.alias for one in part.remotes} & set(early)
                early |= {one.remote.alias: one for one in part.remotes}
            assert not round_.done()
            network.let_go.set()
            whole = await round_
    assert [one.remote.alias for one in whole.remotes] == ["slow", "quick", "nowhere", "unset"]
    assert early == {one.remote.alias: one for one in whole.remotes if one.remote.alias != "slow"}
    assert handed.empty(), "the end of the round is no part of it"


async def test_what_is_handed_over_is_masked(tmp_path: Path, good: pki.Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that comes back in the evidence of a part is masked as in the whole."""
    monkeypatch.setattr("diag.collect.round.WAVE_SECONDS", 0.01)
    secret = tmp_path / "key"
    secret.write_text("planted-secret-of-no-worth")
    handed = asyncio.Queue[ClusterEvidence]()
    with peers.peer(peers.tls(peers.context(good))) as slow:
        remotes = (
            proxy("slow", slow),
            {**proxy("x", 1), "server_name": "planted-secret-of-no-worth", "credential": {"file": str(secret)}},
        )
        work = RoundInput(cluster=cluster(*remotes), timeouts=SHORT, now=NOW)
        async with RealNetwork() as real:
            network = Slow(real, slow)
            round_ = asyncio.ensure_future(gather(work, network, partly=handed.put_nowait))
            part = await handed.get()
            network.let_go.set()
            await round_
    assert "planted-secret-of-no-worth" not in str(part)
    assert "***" in str(part)
