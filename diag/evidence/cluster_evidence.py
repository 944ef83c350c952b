"""What one round found out. Everything here is frozen, serialisable, and free of secrets."""

from __future__ import annotations

import dataclasses
from dataclasses import field
from datetime import datetime
from typing import Final

from diag.evidence.address.probe import NO_KEY, Endpoints, Probe
from diag.evidence.address.published import NOT_SNIFFED, PublishedEndpoints
from diag.evidence.address.transport import Credential
from diag.evidence.declared import LocalCluster, LocalVersion, Remote, RemoteVersion, Thresholds
from diag.evidence.elasticsearch.connections import ConnectedPerNode, RemoteInfo
from diag.evidence.elasticsearch.license import License
from diag.evidence.elasticsearch.nodes import Nodes
from diag.evidence.elasticsearch.registrations import Registration
from diag.evidence.elasticsearch.resolved import ResolvedCluster
from diag.evidence.elasticsearch.security import Security
from diag.evidence.history import NO_PAST, History
from diag.evidence.holders import LocalApi, LocalView, RemoteApi, Surroundings
from diag.evidence.key_material import ClientIdentity, SigningIdentity, Trust, TrustRestrictions
from diag.evidence.keystore import Keystore
from diag.evidence.now import Now
from diag.evidence.reads import noted, unnoted
from diag.evidence.seen_from import SeenFrom
from diag.evidence.sending import Sending
from diag.evidence.terms import Kind, Reason, Step, Unavailable
from diag.lazy_dataclass import dataclass

# Who runs these gives the nodes TLS between each other, and not everybody may see that.
_ALWAYS_WITH_TLS = frozenset({Kind.HOSTED, Kind.ECE, Kind.ECK})
NO_SIGNING = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_REQUESTED, detail="no signing_certificate is configured for this remote"
)


@noted
@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEvidence:
    """Everything one round learned about one remote.

    ``unreadable`` is set where the cluster's settings of this remote could not be read: ``remote`` then holds no more than
    what is known of it otherwise, and a check that asks for ``Remote`` gets that reason.
    """

    remote: Remote
    unreadable: Unavailable | None = None
    remote_version: RemoteVersion | Unavailable
    trust: Trust | Unavailable
    identity: ClientIdentity | Unavailable
    restrictions: TrustRestrictions | Unavailable
    signing: SigningIdentity | Unavailable = NO_SIGNING
    credential: Credential | Unavailable = NO_KEY
    endpoints: Endpoints | Unavailable
    published: PublishedEndpoints | Unavailable = NOT_SNIFFED
    belief: LocalView = field(default_factory=LocalView)
    api: RemoteApi = field(default_factory=RemoteApi)
    past: History | Unavailable = NO_PAST

    @property
    def leads_elsewhere(self) -> bool | None:
        """Whether the local cluster has registered other addresses than those that were dialled; None where that is not known."""
        registration = self.belief[Registration]
        if isinstance(registration, Unavailable) or not registration.addresses:
            return None
        registered = {address.lower() for address in registration.addresses}
        return not {address.text.strip().lower() for address in self.remote.dialled} <= registered

    @property
    def connection_established(self) -> bool:
        """Whether the local cluster reports that it is connected at the very addresses that were dialled.

        Asking it through ``GET _resolve/cluster`` comes later than ``GET _remote/info``, and tries to connect. An error there may be
        about what the login lacks, so that it takes nothing back. A node that says that it is not connected does.
        """
        info, resolved = self.belief[RemoteInfo], self.belief[ResolvedCluster]
        connected = isinstance(info, RemoteInfo) and info.connected
        if isinstance(resolved, ResolvedCluster):
            connected = resolved.connected or (connected and bool(resolved.error))
        views = self.belief[ConnectedPerNode]
        everywhere = isinstance(views, Unavailable) or all(at for _, at in views.all)
        return connected and everywhere and self.leads_elsewhere is False


@noted
@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterEvidence:
    """Everything one round learned about one local cluster and its remotes. ``seconds`` is how long the round took.

    ``discovery`` says why the remotes could not be read from the cluster itself; None where they could, or were not asked for.
    ``seen_from`` is the vantage point that looked; None: where diag itself runs. ``other_views`` are the same local cluster in the same round,
    seen from other vantage points.
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
    surroundings: Surroundings = field(default_factory=Surroundings)
    seen_from: SeenFrom | None = None
    other_views: tuple[ClusterEvidence, ...] = ()

    @property
    def views(self) -> tuple[ClusterEvidence, ...]:
        """The same cluster from each place that looked, each by itself."""
        alone = dataclasses.replace(self, other_views=()) if self.other_views else self
        return (alone, *self.other_views)

    @property
    def now(self) -> Now:
        """When it was, for who asks whether a moment has come."""
        return Now(_TAKEN_AT(self))

    def sending(self, remote: Remote) -> Sending:
        """How the nodes begin connections to this remote: with TLS, or in clear text. What they say goes before what is declared."""
        model = remote.security_model
        declared, nodes = self.cluster.tls_to(model).enabled, self.api[Nodes]
        if not isinstance(nodes, Nodes):
            return Sending(declared=False if self.says_security_is_off else declared)
        license_ = self.api[License]
        licensed = license_.type if isinstance(license_, License) else ""
        off = False if self.says_security_is_off else None
        alone = nodes.is_one and self.cluster.kind not in _ALWAYS_WITH_TLS
        reported = {
            node.name: off
            if node.security is None
            else node.security.begins_tls(model, node.version, licensed, alone=alone)
            for node in nodes.clients
        }
        return Sending.of(reported, declared=declared)

    def uses_no_tls(self, remote_evidence: RemoteEvidence, probe: Probe) -> bool:
        """Whether neither side uses TLS at this address, as far as is known: the peer answers in clear, and the nodes send in clear.

        Where they do not say how they send, an open connection says it.
        """
        if isinstance(probe.tls, Unavailable) or not probe.tls.answered_in_clear:
            return False
        sending = self.sending(remote_evidence.remote)
        reported = sending.clear or sending.tls or sending.declared is not None
        return sending.all_clear if reported else remote_evidence.connection_established

    @property
    def says_security_is_off(self) -> bool:
        """Whether the local cluster says that security is not switched on."""
        security = self.api[Security]
        return isinstance(security, Security) and not security.enabled


_TAKEN_AT: Final = unnoted(ClusterEvidence)["taken_at"]
