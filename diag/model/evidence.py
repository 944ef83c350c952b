"""What one round found out. Everything here is frozen, serialisable, and free of secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from diag.model.api import NO_PAST, Belief, LocalApi, Past, RemoteApi
from diag.model.belief import RemoteInfo, ResolvedCluster
from diag.model.certificate import Certificate
from diag.model.cluster import LocalLicense, LocalNodes
from diag.model.files import ClientIdentity, SigningIdentity, Trust, TrustRestrictions
from diag.model.published import Published
from diag.model.security import Sending
from diag.model.settings import Keystore, LocalCluster, LocalVersion, Remote, RemoteVersion, Thresholds
from diag.model.terms import Kind, Reason, Step, Unavailable
from diag.model.transport import Credential, InterfaceTrial, KeyTrial, TransportHello

_TRANSPORT_IN_HEX = b"ES".hex()
_NOT_TRIED = Unavailable(
    step=Step.TRANSPORT, reason=Reason.NOT_TRIED, detail="no frame of the transport protocol was sent"
)
_NO_KEY = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_TOLD, detail="no credential is configured")
# Elasticsearch up to 7.17, and from 8.0 on, where the calls of security are not there.
_SECURITY_IS_OFF = ("Security must be explicitly enabled", "no handler found for uri [/_security/")
# Who runs these gives the nodes TLS between each other, and not everybody may see that.
_ALWAYS_WITH_TLS = frozenset({Kind.HOSTED, Kind.ECE, Kind.ECK})
_NOT_ASKED = Unavailable(
    step=Step.TRANSPORT, reason=Reason.NOT_TRIED, detail="nothing was asked without an API key at this address"
)
NO_SIGNING = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_ASKED, detail="no signing_certificate is configured for this remote"
)

PUBLISH_HOST = "publish_host"
NOT_SNIFFED = Unavailable(
    step=Step.CONNECT, reason=Reason.NOT_TRIED, detail="the addresses that the nodes publish were not dialled"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address that is dialled.

    ``server_name`` is the name sent as SNI (empty: none is sent). ``names`` are the names of which the certificate has to
    carry one, in the order in which Elasticsearch tries them: the configured ``server_name``, then the dialled host.
    ``setting`` is where the address stands: one of the remote's, or ``publish_host`` where a node of the remote published it.
    """

    setting: str
    host: str
    port: int
    server_name: str = ""
    names: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        """Whether a node published it, for the second hop of mode sniff."""
        return self.setting == PUBLISH_HOST

    def __str__(self) -> str:
        """Give ``host:port``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The addresses behind a host name, in the order of the operating system. ``seconds`` is how long that took."""

    addresses: tuple[str, ...]
    seconds: float = 0.0
    literal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A TCP connection that opened. ``seconds`` is the time to connect."""

    ip: str
    port: int
    local_ip: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        """Give ``ip:port``."""
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


class TlsResult(StrEnum):
    """How the conversation that began with our ClientHello ended."""

    COMPLETED = "completed"
    ALERT = "alert"
    NOT_TLS = "not_tls"
    CLOSED = "closed"
    RESET = "reset"
    TIMED_OUT = "timed_out"
    FAILED = "failed"


class Offer(StrEnum):
    """What a ClientHello offered: what Elasticsearch offers today, what it offered before 8.18 too, or everything there is."""

    CURRENT = "current"
    OLDER = "older"
    EVERYTHING = "everything"


class After(StrEnum):
    """What the peer did after a completed handshake, while we listened or waited for its answer to the transport handshake."""

    QUIET = "quiet"
    ANSWERED = "answered"
    DATA = "data"
    CLOSED = "closed"
    RESET = "reset"
    ALERT = "alert"
    NOT_REACHED = "not_reached"


class ClearReply(StrEnum):
    """What a second connection got for a transport frame sent in clear, after the first one closed without a byte."""

    NOT_TRIED = "not_tried"
    ELASTICSEARCH = "elasticsearch"
    HTTP = "http"
    OTHER = "other"
    CLOSED = "closed"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsAttempt:
    """What happened from the ClientHello to the silence after the handshake.

    ``alert`` is the number of the alert that the peer sent (-1: none), before or after the handshake completed (``after`` is
    then ALERT: a TLS 1.3 peer refuses a client certificate only then). ``acceptable_cas`` are the subjects that the peer
    named in its certificate request. ``offer`` is the narrowest one that the peer agreed to (or refused, where it refused all):
    EVERYTHING means that no Elasticsearch would have got so far. ``first_bytes`` (hex, at most 64 bytes) is what a peer that speaks no TLS said.
    """

    result: TlsResult
    server_name: str = ""
    protocol: str = ""
    cipher: str = ""
    offer: Offer = Offer.CURRENT
    alert: int = -1
    after: After = After.NOT_REACHED
    client_certificate_requested: bool = False
    client_certificate_sent: bool = False
    acceptable_cas: tuple[str, ...] = ()
    first_bytes: str = ""
    clear_reply: ClearReply = ClearReply.NOT_TRIED
    detail: str = ""
    seconds: float = 0.0

    @property
    def answered_in_clear(self) -> bool:
        """Whether the peer is a node that speaks the transport protocol without TLS."""
        return self.clear_reply is ClearReply.ELASTICSEARCH or self.first_bytes.startswith(_TRANSPORT_IN_HEX)

    @property
    def client_certificate_refused(self) -> bool:
        """The peer asked for a client certificate and then sent an alert.

        Read as a refusal: 40, 42, 43, 45, 46, 48, 49 and 116 (OpenSSL, JDK 17 and JDK 25 differ; measured).
        """
        return self.client_certificate_requested and self.alert in {40, 42, 43, 44, 45, 46, 48, 49, 116}


class ChainFault(StrEnum):
    """One thing that is wrong with a chain, apart from names, dates and usages."""

    ISSUER_NOT_SENT = "issuer_not_sent"
    UNTRUSTED_ROOT = "untrusted_root"
    SELF_SIGNED_LEAF = "self_signed_leaf"
    SAME_NAME_OTHER_KEY = "same_name_other_key"
    WRONG_ORDER = "wrong_order"
    ISSUER_NOT_A_CA = "issuer_not_a_ca"
    KEY_IDENTIFIER = "key_identifier"
    NAME_CONSTRAINTS = "name_constraints"
    POLICY = "policy"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFound:
    """A fault of the chain, with the certificate it is about and what was found instead."""

    fault: ChainFault
    subject: str
    issuer: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The certificates as the peer presented them (leaf first), and what became of looking for a path to an anchor.

    ``trusted``: a path that Java takes leads to a trusted CA, dates and the name of the leaf aside. ``path`` holds the subjects from
    the leaf to the anchor (or to where it breaks), ``needed`` the fingerprints of the same certificates. ``public``: such a path
    leads to a public root, whatever is configured. ``size`` is the number of bytes of all certificates as they were sent.
    """

    certificates: tuple[Certificate, ...]
    trusted: bool = True
    public: bool = False
    path: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    size: int = 0
    faults: tuple[FaultFound, ...] = ()

    @property
    def leaf(self) -> Certificate:
        """The certificate of the peer itself."""
        return self.certificates[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SniTrial:
    """A further handshake with another server name (empty: none sent): the leaf it brought, or why there was none."""

    server_name: str
    leaf: Certificate | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class SniTrials:
    """Handshakes with other server names. Tried only where the first one failed or brought a certificate for other names."""

    trials: tuple[SniTrial, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Everything that one IP address showed."""

    ip: str
    port: int
    connection: Connection | Unavailable
    tls: TlsAttempt | Unavailable
    chain: Chain | Unavailable
    transport: TransportHello | Unavailable = _NOT_TRIED
    key: KeyTrial | Unavailable = _NO_KEY
    interface: InterfaceTrial | Unavailable = _NOT_ASKED
    sni_trials: SniTrials = field(default_factory=SniTrials)

    def __str__(self) -> str:
        """Give ``ip:port``."""
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEvidence:
    """What is known of one dialled address: its resolution, and a probe for each IP address behind it."""

    endpoint: Endpoint
    resolution: Resolution | Unavailable
    probes: tuple[Probe, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """All dialled addresses of a remote, for checks that compare them."""

    all: tuple[EndpointEvidence, ...]

    @property
    def probes(self) -> tuple[Probe, ...]:
        """Every probe of every endpoint."""
        return tuple(probe for endpoint in self.all for probe in endpoint.probes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEndpoint:
    """One address that a node publishes, and what a look at it showed."""

    told: Published
    evidence: EndpointEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEndpoints:
    """The second hop of mode sniff: what the nodes publish. ``left_out`` is how many more there are that were not looked at."""

    all: tuple[PublishedEndpoint, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEvidence:
    """Everything one round learned about one remote.

    ``unreadable`` is set where the cluster's settings of this remote could not be read: ``remote`` then holds no more than
    what is known of it otherwise, and a check that asks for ``Remote`` is told so.
    """

    remote: Remote
    unreadable: Unavailable | None = None
    remote_version: RemoteVersion | Unavailable
    trust: Trust | Unavailable
    identity: ClientIdentity | Unavailable
    restrictions: TrustRestrictions | Unavailable
    signing: SigningIdentity | Unavailable = NO_SIGNING
    credential: Credential | Unavailable = _NO_KEY
    endpoints: Endpoints | Unavailable
    published: PublishedEndpoints | Unavailable = NOT_SNIFFED
    belief: Belief = field(default_factory=Belief)
    api: RemoteApi = field(default_factory=RemoteApi)
    past: Past | Unavailable = NO_PAST

    @property
    def leads_elsewhere(self) -> bool | None:
        """Whether the local cluster has registered other addresses than those that were dialled; None where that is not known."""
        registration = self.belief.registration
        if isinstance(registration, Unavailable) or not registration.addresses:
            return None
        registered = {address.lower() for address in registration.addresses}
        return not {address.text.strip().lower() for address in self.remote.dialled} <= registered

    @property
    def connection_stands(self) -> bool:
        """Whether the local cluster is connected, by its own word, at the very addresses that were dialled.

        Asking it through ``GET _resolve/cluster`` comes later than ``GET _remote/info``, and tries to connect. An error there may be
        about what the login lacks, so that it takes nothing back. A node that says that it is not connected does.
        """
        info, resolved = self.belief.info, self.belief.resolved
        connected = isinstance(info, RemoteInfo) and info.connected
        if isinstance(resolved, ResolvedCluster):
            connected = resolved.connected or (connected and bool(resolved.error))
        views = self.belief.views
        everywhere = isinstance(views, Unavailable) or all(at for _, at in views.all)
        return connected and everywhere and self.leads_elsewhere is False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterEvidence:
    """Everything one round learned about one local cluster and its remotes. ``seconds`` is how long the round took.

    ``discovery`` says why the remotes could not be read from the cluster itself; None where they could, or were not asked for.
    """

    cluster: LocalCluster
    taken_at: datetime
    seconds: float = 0.0
    local_version: LocalVersion | Unavailable
    keystore: Keystore | Unavailable
    thresholds: Thresholds = field(default_factory=Thresholds)
    remotes: tuple[RemoteEvidence, ...] = ()
    discovery: Unavailable | None = None
    api: LocalApi = field(default_factory=LocalApi)

    def sending(self, remote: Remote) -> Sending:
        """How the nodes begin connections to this remote: with TLS, or in clear text. What they say goes before what is declared."""
        model = remote.security_model
        declared, nodes = self.cluster.tls_to(model).enabled, self.api.nodes
        if not isinstance(nodes, LocalNodes):
            return Sending(declared=False if self.says_security_is_off else declared)
        licensed = self.api.license.type if isinstance(self.api.license, LocalLicense) else ""
        off = False if self.says_security_is_off else None
        alone = nodes.is_one and self.cluster.kind not in _ALWAYS_WITH_TLS
        told = {
            node.name: off
            if node.security is None
            else node.security.begins_tls(model, node.version, licensed, alone=alone)
            for node in nodes.clients
        }
        return Sending.of(told, declared=declared)

    def uses_no_tls(self, about: RemoteEvidence, probe: Probe) -> bool:
        """Whether neither side uses TLS at this address, as far as is known: the peer answers in clear, and the nodes send in clear.

        Where they do not say how they send, a connection that stands says it.
        """
        if isinstance(probe.tls, Unavailable) or not probe.tls.answered_in_clear:
            return False
        sending = self.sending(about.remote)
        told = sending.clear or sending.tls or sending.declared is not None
        return sending.all_clear if told else about.connection_stands

    @property
    def says_security_is_off(self) -> bool:
        """Whether the local cluster, asked for privileges, said that security is not switched on."""
        said = self.api.privileges
        return isinstance(said, Unavailable) and any(text in said.detail for text in _SECURITY_IS_OFF)
