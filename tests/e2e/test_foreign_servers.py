"""Servers that are not ours, healthy and broken: OpenSSL's, the JDK's, haproxy."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest

from tests.e2e.conftest import HERE, NAME, Ask, World, free_port, printed, program, running, wait_for
from tests.patience import PATIENCE
from tests.pki import Issued, Spec, days, key_usage

CLIENT = ("--client-cert", "client.pem", "--client-key", "client.key")
FOREIGN = ("--client-cert", "foreign.pem", "--client-key", "foreign.key")


@contextmanager
def s_server(world: World, issued: Issued, *flags: str) -> Iterator[int]:
    """Run ``openssl s_server``."""
    certificate, key = issued.write(world.folder, "server")
    port = free_port()
    command = (
        program("openssl"),
        "s_server",
        "-accept",
        f"127.0.0.1:{port}",
        "-cert",
        str(certificate),
        "-key",
        str(key),
    )
    log = world.folder / "s_server.log"
    with running(*command, "-quiet", *flags, log=log, stdin=subprocess.PIPE):
        wait_for(port)
        yield port


@contextmanager
def java(world: World, issued: Issued, *, need: bool, protocol: str) -> Iterator[int]:
    """Run the JDK's TLS server."""
    own, trusted = world.keystore("own.p12", issued), world.truststore("trusted.p12", world.client_ca)
    log = world.folder / "java.log"
    command = (
        program("java"),
        str(HERE / "TlsServer.java"),
        str(own),
        str(trusted),
        "need" if need else "none",
        protocol,
    )
    with running(*command, log=log) as process:
        port = int(printed(log, r"^(\d+)$", process))
        warm(port, world, need=need)
        yield port


def warm(port: int, world: World, *, need: bool) -> None:
    """Let a JDK take and refuse certificates once: it loads what it needs for both with the first ones, which takes it seconds where others work."""
    for own in ("client", "foreign"):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(world.folder / f"{own}.pem", world.folder / f"{own}.key")
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", port), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=NAME) as tls,
        ):
            if need and own == "foreign":
                tls.recv(1)


def good(world: World) -> Issued:
    """Issue what a healthy remote presents, for both models."""
    return world.server_ca.leaf(NAME, other_names=("node1.node.r.cluster.b.account",))


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_without_a_client_certificate(world: World, probe: Ask, version: str) -> None:
    """A healthy server of the API key model is ok."""
    with s_server(world, good(world), version) as port:
        verdict = probe(port)
    assert verdict.well("tls"), (verdict.remote["coverage"], verdict.failing)


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_that_asks_for_a_client_certificate(world: World, probe: Ask, version: str) -> None:
    """Right certificate: ok. Wrong CA: refused. None: never ok. API key model: the wrong interface."""
    flags = (version, "-Verify", "3", "-verify_return_error", "-CAfile", str(world.folder / "client-ca.pem"))
    with s_server(world, good(world), *flags) as port:
        right = probe(port, *CLIENT, model="certificate")
        wrong = probe(port, *FOREIGN, model="certificate")
        none = probe(port, model="certificate")
        of_others = probe(port)
    # Nodes trust each other on the transport interface, so that it names their own issuer as well.
    both = world.file("both-cas.pem", world.client_ca.pem + world.server_ca.pem)
    with s_server(world, good(world), *flags[:-1], str(both)) as port:
        key = probe(port)
    assert right.well("tls"), (right.remote["coverage"], right.failing)
    assert wrong.causes == ["trust/one-way-remote"]
    assert "tls/client-cert-rejected" in wrong.failing
    assert none.status in {"unknown", "fail"}
    assert none.code in {3, 5}
    assert key.causes == ["config/port-model-mismatch"]
    assert of_others.causes == ["tls/client-cert-rejected"]
    facts = right.remote["evidence"]
    assert "Client CA" in str(facts), "the CA that the server names is in the evidence"


def test_openssl_every_fault_of_one_certificate_in_one_run(world: World, probe: Ask) -> None:
    """Expired, another name, an unknown CA: all three at once."""
    issued = world.other_ca.issue(
        Spec(subject="x", dns=("other.lab.internal",), not_before=days(-9), not_after=days(-1))
    )
    with s_server(world, issued) as port:
        verdict = probe(port)
    assert {"tls/expired", "tls/hostname-mismatch", "tls/untrusted-issuer"} <= verdict.failing
    assert verdict.code == 3


def test_openssl_with_an_intermediate(world: World, probe: Ask) -> None:
    """Sent: ok. Not sent: named."""
    issued = world.server_ca.intermediate("Server Intermediate").leaf(NAME)
    with s_server(world, issued, "-cert_chain", str(issued.write(world.folder, "chain")[0])) as port:
        assert probe(port).well("tls")
    with s_server(world, issued) as port:
        # Without -cert_chain, s_server sends the first certificate of the file only.
        assert "tls/chain-incomplete" in probe(port).failing


def test_openssl_old_protocol_and_weak_key(world: World, probe: Ask) -> None:
    """TLS 1.1 only, and an RSA key of 1024 bits: both are seen, in one handshake."""
    issued = world.server_ca.issue(Spec(subject=NAME, dns=(NAME,), key_type="rsa", key_bits=1024))
    with s_server(world, issued, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0") as port:
        verdict = probe(port)
    assert {"tls/protocol-mismatch", "tls/weak-key"} <= verdict.failing


@pytest.mark.parametrize("protocol", ["TLSv1.2", "TLSv1.3"])
def test_java_that_asks_for_a_client_certificate(world: World, probe: Ask, protocol: str) -> None:
    """As Elasticsearch's transport interface: right, wrong and none."""
    with java(world, good(world), need=True, protocol=protocol) as port:
        right = probe(port, *CLIENT, model="certificate")
        wrong = probe(port, *FOREIGN, model="certificate")
        none = probe(port, model="certificate")
    assert right.well("tls"), (right.remote["coverage"], right.failing)
    assert wrong.causes == ["trust/one-way-remote"]
    assert "tls/client-cert-rejected" in wrong.failing
    assert none.status in {"unknown", "fail"}


def test_java_without_a_client_certificate(world: World, probe: Ask) -> None:
    """As the remote cluster server: ok with the API key model; with the certificate model the wrong interface."""
    with java(world, good(world), need=False, protocol="TLSv1.3") as port:
        healthy = probe(port)
        crossed = probe(port, *CLIENT, model="certificate")
        unrelated_ca = probe(port, ca="client-ca.pem")
    assert healthy.well("tls"), (healthy.remote["coverage"], healthy.failing)
    assert crossed.causes == ["config/port-model-mismatch"]
    assert "tls/untrusted-issuer" in unrelated_ca.causes


def test_java_leaf_without_digital_signature_and_about_to_end(world: World, probe: Ask) -> None:
    """A certificate that ends in three days is an error; the rest of it is judged too."""
    spec = Spec(
        subject=NAME, dns=(NAME,), not_after=days(0) + timedelta(days=3), key_usage=key_usage("digital_signature")
    )
    with java(world, world.server_ca.issue(spec), need=False, protocol="TLSv1.3") as port:
        verdict = probe(port)
    assert verdict.causes == ["tls/expiring-soon"]
    assert verdict.code == 3


def test_tls_servers_that_are_no_node(world: World, probe: Ask) -> None:
    """Everything is right but what speaks inside TLS: never ok, and named."""
    with s_server(world, good(world)) as port:
        silent = probe(port, transport=True)
    with s_server(world, good(world), "-www") as port:
        http = probe(port, transport=True)
    with java(world, good(world), need=False, protocol="TLSv1.3") as port:
        echo = probe(port, transport=True)
    for verdict in (silent, http, echo):
        assert verdict.causes == ["network/not-elasticsearch"]


@contextmanager
def haproxy(world: World, *, strict: bool) -> Iterator[int]:
    """A proxy that routes by server name, with two certificates."""
    certificates = world.folder / "certs"
    certificates.mkdir()
    for stem, name in (("a", NAME), ("b", "other.lab.internal")):
        issued = world.server_ca.leaf(name)
        (certificates / f"{stem}.pem").write_bytes(issued.chain_pem + issued.key_pem)
    port = free_port()
    config = world.file(
        "haproxy.cfg",
        f"""
defaults
  mode tcp
  timeout connect 60s
  timeout client 20s
  timeout server 20s
frontend tls
  bind 127.0.0.1:{port} ssl crt {certificates}/b.pem crt {certificates}/a.pem {"strict-sni" if strict else ""}
  tcp-request inspect-delay 20s
  tcp-request content reject if {{ req.len gt 0 }}
""".encode(),
    )
    with running(program("haproxy"), "-f", str(config), log=world.folder / "haproxy.log"):
        wait_for(port)
        yield port


def test_haproxy_with_two_certificates(world: World, probe: Ask) -> None:
    """The right name gets the right certificate; an unknown one gets the default, and diag says so."""
    with haproxy(world, strict=False) as port:
        for name in (NAME, "other.lab.internal"):
            assert probe(port, name=name).well("tls")
        unknown = probe(port, name="gone.lab.internal")
    assert "tls/hostname-mismatch" in unknown.causes
    assert "tls/wrong-cert-for-sni" in unknown.failing


def test_haproxy_that_insists_on_a_known_name(world: World, probe: Ask) -> None:
    """A name that the proxy does not know is refused, and is never ok."""
    with haproxy(world, strict=True) as port:
        assert probe(port).well("tls")
        unknown = probe(port, name="gone.lab.internal")
    assert unknown.status in {"fail", "unknown"}
