"""What the lab holds: each remote, what is broken in it, and what a doctor has to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from diag.lab.peer import Manner
from diag.lazy_dataclass import dataclass
from diag.model import Status

LOCAL_SCOPE = "1053523734"
_SNIFF: Mapping[str, object] = {
    "mode": "sniff",
    "seeds": ["127.0.0.1:{port}"],
    "proxy_address": None,
    "server_name": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One remote of the lab.

    ``certificate`` names the certificate the peer presents (see ``pki.py`` of the lab's making in ``clusters.py``), ``asks`` the CA by
    which it judges client certificates (empty: it asks for none). ``settings`` are put over the ordinary ones of the model, ``{port}``
    stands for the peer's port. The node is of ``release``, and takes a key by ``key``, which names the file the local cluster has.
    ``publishes`` is the address that the node publishes, where it is not the one it has.
    ``interface`` is the one that the address leads to, where it is not that of the model. ``status`` and ``root_cause`` are the truth that tests hold the program to.
    """

    alias: str
    description: str
    model: str = "api_key"
    manner: Manner = Manner.TLS
    certificate: str = "good"
    asks: str = ""
    tls13: bool = True
    in_keystore: str = ""
    release: str = "8.15.3"
    interface: str = ""
    key: str = "good"
    licensed: bool = True
    publishes: str = "127.0.0.1:{port}"
    settings: Mapping[str, object] = field(default_factory=dict)
    status: Status = Status.FAIL
    root_cause: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(alias="logs", description="healthy, API key", status=Status.OK),
    Scenario(
        alias="audit",
        description="healthy, certificates on both sides",
        model="certificate",
        certificate="node",
        asks="transport",
        settings={"trust_restrictions": "trust.yml"},
        status=Status.OK,
    ),
    Scenario(
        alias="metrics",
        description="the address leads to the transport interface, the model is API key",
        certificate="node",
        asks="transport",
        interface="transport",
        settings={"ca": ["transport-ca.pem"]},
        root_cause=("config/port-model-mismatch",),
        also=("tls/client-cert-rejected",),
    ),
    Scenario(
        alias="billing",
        description="the certificate has expired",
        certificate="expired",
        root_cause=("tls/expired",),
    ),
    Scenario(
        alias="orders",
        description="the certificate is for another name",
        certificate="other-name",
        root_cause=("tls/hostname-mismatch",),
    ),
    Scenario(
        alias="shop",
        description="issued by a CA that nobody here knows",
        certificate="unrelated",
        root_cause=("tls/untrusted-issuer",),
    ),
    Scenario(
        alias="archive",
        description="expired, for another name, by an unknown CA: all at once",
        certificate="wreck",
        root_cause=("tls/expired", "tls/untrusted-issuer"),
        also=("tls/hostname-mismatch",),
    ),
    Scenario(
        alias="payroll",
        description="the server forgets to send its intermediate certificate",
        certificate="lone-leaf",
        root_cause=("tls/untrusted-issuer",),
        also=("tls/chain-incomplete",),
    ),
    Scenario(
        alias="rebuilt",
        description="the CA was made anew under its old name",
        certificate="same-name",
        root_cause=("trust/ca-same-dn-other-key",),
        also=("trust/ca-same-dn-other-key",),
    ),
    Scenario(
        alias="geo",
        description="nothing listens on the port",
        manner=Manner.OFF,
        root_cause=("network/tcp-refused",),
    ),
    Scenario(
        alias="search",
        description="the address is that of the HTTP interface",
        manner=Manner.HTTP,
        root_cause=("config/http-port-used",),
    ),
    Scenario(
        alias="plain",
        description="the transport interface speaks no TLS",
        model="certificate",
        manner=Manner.CLEAR,
        root_cause=("tls/plaintext-endpoint",),
    ),
    Scenario(
        alias="tarpit",
        description="accepts the connection and says nothing",
        manner=Manner.SILENT,
        root_cause=("tls/handshake-timeout",),
    ),
    Scenario(
        alias="filtered",
        description="an IP filter accepts the connection and closes it",
        manner=Manner.CLOSING,
        root_cause=("network/accept-then-close",),
    ),
    Scenario(
        alias="partner",
        description="refuses the client certificate of the local cluster, under TLS 1.3 only after the handshake",
        model="certificate",
        certificate="node",
        asks="foreign",
        root_cause=("trust/one-way-remote",),
    ),
    Scenario(
        alias="partner12",
        description="refuses the client certificate of the local cluster, under TLS 1.2",
        model="certificate",
        certificate="node",
        asks="foreign",
        tls13=False,
        root_cause=("trust/one-way-remote",),
    ),
    Scenario(
        alias="scoped",
        description="its trust_restrictions file does not admit the otherName of the local cluster's certificate",
        model="certificate",
        certificate="node",
        asks="transport",
        settings={"trust_restrictions": "trust-others.yml"},
        root_cause=("trust/restrictions-no-match",),
    ),
    Scenario(
        alias="Traces",
        description="the keystore holds the key under another spelling of the alias",
        in_keystore="traces",
        root_cause=("config/alias-keystore-mismatch",),
    ),
    Scenario(
        alias="forgotten",
        description="mode proxy was left out",
        settings={"mode": None},
        root_cause=("config/mode-missing-for-proxy",),
    ),
    Scenario(
        alias="elderly",
        description="the remote cluster is too old for API keys",
        release="7.17.28",
        interface="transport",
        root_cause=("version/apikey-min",),
    ),
    Scenario(
        alias="lapsed",
        description="the API key has expired",
        key="expired",
        root_cause=("auth/key-expired",),
    ),
    Scenario(
        alias="mistyped",
        description="the secret of the API key is another one",
        key="wrong",
        root_cause=("auth/key-invalid",),
    ),
    Scenario(
        alias="revoked",
        description="the API key was invalidated",
        key="invalidated",
        root_cause=("auth/key-invalid",),
    ),
    Scenario(
        alias="elsewhere",
        description="the API key is one of another cluster",
        key="unknown",
        root_cause=("auth/key-invalid",),
    ),
    Scenario(
        alias="resty",
        description="an ordinary API key in place of a cross-cluster one",
        key="rest",
        root_cause=("auth/key-wrong-type",),
    ),
    Scenario(
        alias="unencoded",
        description="the API key was stored as id:secret, not encoded",
        key="plain",
        root_cause=("auth/key-not-encoded-form",),
    ),
    Scenario(
        alias="basic",
        description="the license of the remote cluster does not include API keys for remotes",
        licensed=False,
        root_cause=("license/apikey-noncompliant",),
    ),
    Scenario(
        alias="console",
        description="the address is that of the HTTP interface, with TLS",
        manner=Manner.HTTPS,
        root_cause=("config/http-port-used",),
    ),
    Scenario(
        alias="leaving",
        description="completes TLS, and closes upon the first frame",
        manner=Manner.LEAVING,
        root_cause=("network/not-elasticsearch",),
    ),
    Scenario(
        alias="semicolon",
        description="host and port joined as in the old documentation",
        settings={"proxy_address": "127.0.0.1;{port}"},
        root_cause=("config/address-semicolon",),
    ),
    Scenario(
        alias="sniffed",
        description="healthy, mode sniff: the node publishes the address that it is reached at",
        certificate="address",
        settings=_SNIFF,
        status=Status.OK,
    ),
    Scenario(
        alias="inward",
        description="mode sniff, and the node publishes an address that nobody reaches",
        certificate="address",
        settings=_SNIFF,
        publishes="127.0.0.99:{port}",
        root_cause=("network/sniff-publish-unreachable",),
    ),
    Scenario(
        alias="renamed",
        description="mode sniff, and the node publishes a name that its certificate does not carry",
        certificate="address",
        settings=_SNIFF,
        publishes="node7.lab.internal/127.0.0.1:{port}",
        root_cause=("tls/hostname-mismatch",),
    ),
    Scenario(
        alias="renew",
        description="works, and the certificate ends in three weeks",
        certificate="ending",
        status=Status.WARN,
        root_cause=("tls/expiring-soon",),
    ),
)
