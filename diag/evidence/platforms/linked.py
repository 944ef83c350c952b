"""The deployments that the local cluster and its remotes are, as their platforms tell of them."""

from __future__ import annotations

from typing import Final

from diag.evidence.certificate import Certificate
from diag.evidence.documents.deployment import CloudDeployment
from diag.evidence.documents.remote_list import RemoteList
from diag.evidence.documents.traffic_filter import TrafficFilters
from diag.evidence.documents.trust_payload import TrustPayload
from diag.evidence.keystore import Keystore
from diag.evidence.piece import Piece, Subject
from diag.evidence.platforms.no_platform import NO_PLATFORM
from diag.evidence.platforms.platform import PlatformKind
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentAuthority:
    """The CA that signs the certificates of a deployment's nodes: ``active`` are its certificates that signed those of now.

    ``restriction`` is the pattern that admits the nodes of the deployment, as the platform recommends it.
    """

    active: tuple[Certificate, ...]
    restriction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDeployment:
    """The deployment of the local cluster (``alias`` is empty) or of one remote.

    ``reference`` is how the configuration names it: an id, a name, an alias, or the name in a Cloud ID. ``trust`` is whom it trusts,
    ``remotes`` are the remote clusters that the platform knows of it, ``keystore`` the names in its keystore, ``filters`` the policies that
    are associated with it. What only the local cluster is asked for is not requested of a remote.
    """

    alias: str
    platform: str
    kind: PlatformKind
    reference: str
    deployment: CloudDeployment | Unavailable
    trust: TrustPayload | Unavailable
    remotes: RemoteList | Unavailable
    keystore: Keystore | Unavailable
    filters: TrafficFilters | Unavailable
    authority: DeploymentAuthority | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDeployments:
    """Every deployment that the configuration of a local cluster names."""

    all: tuple[LinkedDeployment, ...] = ()

    @property
    def local(self) -> LinkedDeployment | None:
        """That of the local cluster, None where it names none."""
        return self.of("")

    def of(self, alias: str) -> LinkedDeployment | None:
        """That of a remote, None where it names none."""
        return next((one for one in self.all if one.alias == alias), None)


PIECE: Final = Piece(
    name="linked_deployments", noun=LinkedDeployments, subjects=(Subject.SURROUNDINGS,), absent=NO_PLATFORM
)
