"""Platforms that run clusters, each as its API shows it to the key that is configured."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from diag.evidence.certificate import Certificate
from diag.evidence.piece import Piece, Subject
from diag.evidence.platforms.no_platform import NO_PLATFORM
from diag.evidence.terms import Unavailable
from diag.lazy_dataclass import dataclass


class PlatformKind(StrEnum):
    """What runs the clusters; the value is what the configuration calls it."""

    ECH = "ech"  # Elastic Cloud Hosted.
    ECE = "ece"  # An installation of Elastic Cloud Enterprise.
    KUBERNETES = "kubernetes"  # A cluster of Kubernetes in which Elastic Cloud on Kubernetes (ECK) runs Elasticsearch.


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDeployment:
    """One line of the list of deployments: ``refs`` are the references of its Elasticsearch resources, ``cluster_ids`` their ids."""

    id: str
    name: str
    refs: tuple[str, ...]
    cluster_ids: tuple[str, ...]
    cloud_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The deployments that the key may see. ``whole`` is false where the answer says that there are further pages."""

    all: tuple[ListedDeployment, ...] = ()
    whole: bool = True

    def of(self, deployment_id: str) -> ListedDeployment | None:
        """The deployment of an id, None where it is not in the list."""
        return next((one for one in self.all if one.id == deployment_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The organization, or the account of an installation: its id, and whether its deployments trust each other by default (None: the answer does not say it)."""

    id: str
    trusts_all: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRelationship:
    """A trust between installations: of another one, or of the installation itself (``local``). ``certificates`` are its CA.

    ``problem`` says why nothing could be read of its CA; empty where it could, or where none is given.
    """

    id: str
    name: str
    local: bool
    accounts: tuple[str, ...]
    certificates: tuple[Certificate, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRelationships:
    """Every trust between this installation and others."""

    all: tuple[TrustRelationship, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyCertificate:
    """The chain that the proxies of an installation present; ``own``: somebody supplied it, in place of the one that the installation makes."""

    chain: tuple[Certificate, ...]
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LostReference:
    """A resource of Kubernetes that the configuration names and that is not there; ``alias`` is that of the remote, empty for the local cluster."""

    alias: str
    reference: str
    why: Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform. ``relationships`` and ``proxy`` are those of an installation of Elastic Cloud Enterprise; elsewhere nobody asks.

    ``failures`` are the calls that brought nothing, each once. ``lost`` is what is named and not there, of Kubernetes alone: what is named of
    the others are the linked deployments.
    """

    name: str
    kind: PlatformKind
    url: str
    listing: Listing | Unavailable
    account: Account | Unavailable
    relationships: TrustRelationships | Unavailable
    proxy: ProxyCertificate | Unavailable
    failures: tuple[Unavailable, ...] = ()
    lost: tuple[LostReference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """The platforms that run the local cluster and its remotes, as far as they are configured."""

    all: tuple[Platform, ...] = ()

    def of(self, name: str) -> Platform | None:
        """The platform of a name."""
        return next((one for one in self.all if one.name == name), None)


PIECE: Final = Piece(name="platforms", noun=Platforms, subjects=(Subject.SURROUNDINGS,), absent=NO_PLATFORM)
