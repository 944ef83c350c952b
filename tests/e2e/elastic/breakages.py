"""The ways in which a healthy remote is broken, each with what diag has to name as the first root cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.elastic.pair import API_KEY, CERTIFICATE, NAME, Authorities, Pair, Verdict
from tests.pki import Issued, Spec

BOTH = (CERTIFICATE, API_KEY)
Make = Callable[[Authorities], Issued]


@dataclass(frozen=True, kw_only=True)
class Breakage:
    """One way. ``settings`` are put over the healthy ones (None takes one away); ``{port}`` names stand for ports of the pair.

    ``key`` is the label of the key in the local keystore and in diag's configuration, empty for none; ``entry`` the name in the
    keystore where it is not the alias. ``presented`` is what the remote presents on its interface, ``own`` what the local cluster
    presents. ``earlier`` are changes with which the alias is registered first, and connects. ``before`` does something to the pair
    that lasts. ``connects``: Elasticsearch connects all the same, for now; None: it may or may not.
    """

    name: str
    description: str
    causes: tuple[str, ...]
    models: tuple[str, ...] = BOTH
    settings: Mapping[str, Any] = field(default_factory=dict)
    key: str = "good"
    entry: str = ""
    earlier: Mapping[str, Any] | None = None
    connects: bool | None = False
    presented: Make | None = None
    own: Make | None = None
    before: Callable[[Pair], None] | None = None

    def is_named_by(self, verdict: Verdict) -> bool:
        """Whether diag says that it is not ok, and names this way as the first root cause."""
        return verdict.status != "ok" and bool(verdict.causes) and verdict.causes[0] in self.causes

    def alias(self, model: str) -> str:
        """The alias under which it is registered: a fresh one, for a TLS session of another may be resumed."""
        return f"{self.name}_{'cert' if model == CERTIFICATE else 'key'}"


def _at(port: str) -> Mapping[str, Any]:
    return {"proxy_address": f"{NAME}:{{{port}}}"}


def _dated(authorities: Authorities, model: str, since: int, until: int) -> Issued:
    now = datetime.now(UTC)
    ca = authorities.server if model == API_KEY else authorities.transport
    names = ("remote.node.remote.cluster.e2escope.account",) if model == CERTIFICATE else ()
    return ca.issue(
        Spec(
            subject=NAME,
            dns=(NAME,),
            ips=("127.0.0.1",),
            other_names=names,
            not_before=now + timedelta(days=since),
            not_after=now + timedelta(days=until),
        )
    )


def _license_basic(pair: Pair) -> None:
    answer = pair.remote.ask("POST", "/_license/start_basic?acknowledge=true")
    assert answer.status_code == 200, answer.text


BREAKAGES = (
    Breakage(
        name="nothing", description="nothing listens on the port", causes=("network/tcp-refused",), settings=_at("free")
    ),
    Breakage(
        name="unknown_host",
        description="no such host",
        causes=("network/dns-nxdomain",),
        settings={"proxy_address": "nosuch.invalid:{main}"},
    ),
    Breakage(
        name="plain_http",
        description="the port of an HTTP interface without TLS",
        causes=("config/http-port-used",),
        settings=_at("http"),
    ),
    Breakage(
        name="https",
        description="the port of the HTTP interface with TLS",
        causes=("config/http-port-used", "tls/untrusted-issuer"),
        settings=_at("https"),
    ),
    Breakage(
        name="silent",
        description="accepts the connection and says nothing",
        causes=("tls/handshake-timeout",),
        settings=_at("silent"),
    ),
    Breakage(
        name="closing",
        description="accepts the connection and closes it",
        causes=("network/accept-then-close",),
        settings=_at("closing"),
    ),
    Breakage(
        name="scheme",
        description="https:// in front of the address",
        causes=("config/address-scheme",),
        settings={"proxy_address": "https://localhost:{main}"},
    ),
    Breakage(
        name="no_port",
        description="an address without a port",
        causes=("config/address-no-port",),
        settings={"proxy_address": NAME},
    ),
    Breakage(
        name="mode",
        description="mode proxy is left out",
        causes=("config/mode-missing-for-proxy",),
        settings={"mode": None},
    ),
    Breakage(
        name="expired_server_key",
        description="the certificate of the remote has expired",
        causes=("tls/expired",),
        models=(API_KEY,),
        presented=lambda a: _dated(a, API_KEY, -90, -1),
    ),
    Breakage(
        name="early_server_key",
        description="the certificate of the remote is not valid yet",
        causes=("tls/not-yet-valid",),
        models=(API_KEY,),
        presented=lambda a: _dated(a, API_KEY, 30, 90),
    ),
    Breakage(
        name="stranger_server_key",
        description="the certificate of the remote is from a CA that the local cluster does not know",
        causes=("tls/untrusted-issuer",),
        models=(API_KEY,),
        presented=lambda a: a.unrelated_ca.leaf(NAME, ips=("127.0.0.1",)),
    ),
    Breakage(
        name="other_name_key",
        description="neither the server name nor the host is in the certificate",
        causes=("tls/hostname-mismatch",),
        models=(API_KEY,),
        presented=lambda a: a.server.leaf("other.example"),
    ),
    Breakage(
        name="expired_server_cert",
        description="the certificate of the remote has expired",
        causes=("tls/expired",),
        models=(CERTIFICATE,),
        presented=lambda a: _dated(a, CERTIFICATE, -90, -1),
    ),
    Breakage(
        name="stranger_server_cert",
        description="the certificate of the remote is from a CA that the local cluster does not know",
        causes=("tls/untrusted-issuer",),
        models=(CERTIFICATE,),
        presented=lambda a: a.unrelated_ca.leaf(NAME, ips=("127.0.0.1",)),
    ),
    Breakage(
        name="other_name_cert",
        description="neither the server name nor the host is in the certificate",
        causes=("tls/hostname-mismatch",),
        models=(CERTIFICATE,),
        presented=lambda a: a.transport.leaf(
            "other.example", other_names=("remote.node.remote.cluster.e2escope.account",)
        ),
    ),
    Breakage(
        name="foreign_client",
        description="the local cluster's certificate is from a CA that the remote does not know",
        causes=("trust/one-way-remote", "tls/client-cert-rejected", "trust/restrictions-no-match"),
        models=(CERTIFICATE,),
        own=lambda a: a.unrelated_ca.leaf(NAME, other_names=("local.node.local.cluster.e2escope.account",)),
    ),
    Breakage(
        name="expired_client",
        description="the local cluster's certificate has expired",
        causes=("tls/expired", "tls/client-cert-rejected"),
        models=(CERTIFICATE,),
        own=lambda a: _dated(a, CERTIFICATE, -90, -1),
    ),
    Breakage(
        name="no_other_name",
        description="the local cluster's certificate has no otherName",
        causes=("trust/othername-missing", "tls/client-cert-rejected", "trust/restrictions-no-match"),
        models=(CERTIFICATE,),
        own=lambda a: a.transport.leaf(NAME, ips=("127.0.0.1",)),
    ),
    Breakage(
        name="other_scope",
        description="the otherName of the local cluster's certificate is of another scope than the trust file admits",
        causes=("trust/restrictions-no-match", "tls/client-cert-rejected"),
        models=(CERTIFICATE,),
        own=lambda a: a.node("local", scope="elsewhere"),
    ),
    Breakage(
        name="wrong_interface_key",
        description="an API key, and the address of the transport interface",
        causes=("config/port-model-mismatch", "tls/untrusted-issuer", "tls/client-cert-rejected"),
        models=(API_KEY,),
        settings=_at("transport"),
    ),
    Breakage(
        name="wrong_interface_cert",
        description="certificates, and the address of the remote cluster server",
        causes=("config/port-model-mismatch", "tls/untrusted-issuer"),
        models=(CERTIFICATE,),
        settings=_at("server"),
    ),
    Breakage(
        name="expired_key",
        description="the API key has expired",
        causes=("auth/key-expired",),
        models=(API_KEY,),
        key="expired",
    ),
    Breakage(
        name="invalid_key",
        description="the API key was invalidated",
        causes=("auth/key-invalid",),
        models=(API_KEY,),
        key="invalidated",
    ),
    Breakage(
        name="wrong_key",
        description="the secret of the API key is another one",
        causes=("auth/key-invalid",),
        models=(API_KEY,),
        key="wrong",
    ),
    Breakage(
        name="unknown_key",
        description="the API key is one of another cluster",
        causes=("auth/key-invalid",),
        models=(API_KEY,),
        key="unknown",
    ),
    Breakage(
        name="rest_key",
        description="an ordinary API key in place of a cross-cluster one",
        causes=("auth/key-wrong-type",),
        models=(API_KEY,),
        key="rest",
    ),
    Breakage(
        name="plain_key",
        description="the API key is not encoded",
        causes=("auth/key-not-encoded-form",),
        models=(API_KEY,),
        key="not_encoded",
    ),
    Breakage(
        name="no_key",
        description="no API key in the local keystore",
        causes=("auth/key-missing",),
        models=(API_KEY,),
        key="",
    ),
    Breakage(
        name="other_entry",
        description="the key is in the keystore under another spelling of the alias",
        causes=("config/alias-keystore-mismatch",),
        models=(API_KEY,),
        entry="other-entry_key",
    ),
    Breakage(
        name="server_off",
        description="a node that has no remote cluster server",
        causes=("network/tcp-refused",),
        models=(API_KEY,),
        settings=_at("off"),
    ),
    Breakage(
        name="sniff",
        description="mode sniff, and nothing listens on the port of the seed",
        causes=("network/tcp-refused",),
        settings={"mode": "sniff", "proxy_address": None, "server_name": None, "seeds": [f"{NAME}:{{free}}"]},
    ),
    Breakage(
        name="big_port",
        description="a port above 65535",
        causes=("config/address-no-port", "config/address-hygiene"),
        settings={"proxy_address": f"{NAME}:70000"},
    ),
    Breakage(
        name="plaintext_cert",
        description="a transport interface without TLS",
        causes=("tls/plaintext-endpoint",),
        models=(CERTIFICATE,),
        settings=_at("plain_transport"),
    ),
    Breakage(
        name="plaintext_key",
        description="a remote cluster server without TLS",
        causes=("tls/plaintext-endpoint",),
        models=(API_KEY,),
        settings=_at("plain_server"),
    ),
    Breakage(
        name="fallback",
        description="the certificate lacks the server name, and has the dialled host",
        causes=("tls/hostname-mismatch", "version/cert-model-deprecated"),
        settings={"server_name": "nowhere.example"},
        connects=True,
    ),
    Breakage(
        name="resumed_key",
        description="the server name was changed to one that the certificate lacks; it lacks the host too",
        causes=("tls/hostname-mismatch",),
        models=(API_KEY,),
        presented=lambda a: a.server.leaf("balancer.example"),
        earlier={"server_name": "balancer.example"},
        settings={"server_name": "nowhere.example"},
        connects=None,
    ),
    Breakage(
        name="license",
        description="the license of the remote is basic",
        causes=("license/apikey-noncompliant",),
        models=(API_KEY,),
        before=_license_basic,
    ),
    Breakage(
        name="stopped",
        description="the remote node is stopped",
        causes=("network/tcp-refused",),
        before=lambda pair: pair.remote.stop(),
    ),
)
