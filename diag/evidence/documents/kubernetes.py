"""What manifests of Kubernetes say of Elasticsearch: the clusters of Elastic Cloud on Kubernetes (ECK), Services, NetworkPolicies, certificates."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.eck_node_set import EckNodeSet
from diag.evidence.documents.eck_status import EckStatus
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.settings import Setting
from diag.evidence.documents.written import Misshapen, Written
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPart:
    """``search`` or ``replication`` of a key, or what else stands there: ``names`` is None where it has none, ``unknown`` are other keys."""

    key: str
    value: Written
    names: Written | None
    listed: tuple[Written, ...]
    unknown: tuple[Written, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EckKey:
    """The ``apiKey`` of a remote: ``misplaced`` are the keys in it that are not ``access``, ``parts`` what stands under ``access``."""

    access: Written | None
    misplaced: tuple[Written, ...]
    parts: tuple[AccessPart, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class EckRemote:
    """One of ``spec.remoteClusters``: its alias, the cluster that it refers to, and its key; None where there is none."""

    alias: Written | None
    target: Written | None
    namespace: str
    key: EckKey | None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePort:
    """A port of a Service; ``target`` is the port of the pods, the same one where it is not written."""

    port: Written
    target: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesService:
    """A Service, or the template of one in ``spec.remoteClusterServer.service`` and ``spec.transport.service``.

    ``cluster`` is the ECK cluster that its selector names. ``of_server`` says what it is for: the remote cluster server, or transport; None
    where only its ports tell.
    """

    name: str
    namespace: str
    cluster: str
    type: Written | None
    ports: tuple[ServicePort, ...]
    of_server: bool | None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class EckCluster:
    """One resource of kind Elasticsearch.

    ``misshapen`` is what is not of the form that the resource has. ``server`` is ``spec.remoteClusterServer.enabled``. ``settings`` are those of all its ``nodeSets``; ``secrets`` are the names of Secrets
    that its pods mount. ``operator`` is the release that last touched it, where an annotation tells. ``spec`` is the place of its
    specification. ``managed``, ``unmanaged_before`` (its older name) and ``paused`` are the annotations by which somebody holds the operator
    back; ``file_settings`` is the one by which secure settings are files. ``status`` is None where no API server shows it. ``is_local``: the
    configuration says that it is the local cluster.
    """

    name: str
    namespace: str
    version: Written | None
    server: Written | None
    remotes: tuple[EckRemote, ...]
    misshapen: tuple[Misshapen, ...]
    settings: tuple[Setting, ...]
    secrets: tuple[str, ...]
    operator: Written | None
    spec: Origin
    managed: Written | None = None
    unmanaged_before: Written | None = None
    paused: Written | None = None
    file_settings: Written | None = None
    status: EckStatus | None = None
    is_local: bool = False
    node_sets: tuple[EckNodeSet, ...] = ()

    @property
    def has_server(self) -> bool:
        """Whether its remote cluster server is on."""
        return self.server is not None and self.server.is_true

    @property
    def abandoned(self) -> Written | None:
        """The annotation by which the operator does nothing for it, None where there is none with such a value."""
        for one, value in ((self.managed, "false"), (self.unmanaged_before, "true")):
            if one is not None and one.text == value:
                return one
        return None

    @property
    def lacks_server(self) -> bool:
        """Whether its remote cluster server is known to be off."""
        return not self.has_server and (self.server is None or self.server.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodExpression:
    """One condition on the labels of pods: ``operator`` is In, NotIn, Exists or DoesNotExist, or whatever else stands there."""

    key: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPeer:
    """One entry of ``from`` or ``to``: addresses (``block`` without ``excluded``), or pods by their labels and those of their namespace.

    ``pods`` without conditions are all of them; ``namespaces`` is None where the namespace of the policy is meant. ``known`` is false where
    something else stands there.
    """

    block: str = ""
    excluded: tuple[str, ...] = ()
    pods: tuple[PodExpression, ...] = ()
    namespaces: tuple[PodExpression, ...] | None = None
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """A rule of a NetworkPolicy: the ports of TCP that it allows, each from and to, and those that it names; ``ports`` is None for all of them.

    ``peers`` are those whom it is for, None where it is for everybody.
    """

    ports: tuple[tuple[int, int], ...] | None
    named: tuple[str, ...]
    peers: tuple[PolicyPeer, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicy:
    """A NetworkPolicy. ``selector`` are the conditions, all of which a pod meets that it selects; none of them: every pod of its namespace.

    ``ingress`` and ``egress`` are its rules, None where it says nothing of that direction.
    """

    name: str
    namespace: str
    selector: tuple[PodExpression, ...]
    ingress: tuple[PolicyRule, ...] | None
    egress: tuple[PolicyRule, ...] | None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class MountedCertificate:
    """A certificate that a Secret holds, or that cert-manager puts into one: the names that it is for."""

    secret: str
    namespace: str
    names: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class EckClusters:
    """Every Elasticsearch resource.

    ``absent`` are namespace and name of what remotes refer to and what is not there: the whole namespace was read.
    """

    all: tuple[EckCluster, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EckOperators:
    """The release of every operator whose image a manifest names."""

    all: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesServices:
    """Every Service for pods of Elasticsearch."""

    all: tuple[KubernetesService, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicies:
    """Every NetworkPolicy that may be for pods of Elasticsearch."""

    all: tuple[NetworkPolicy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MountedCertificates:
    """Every certificate that a manifest holds or orders."""

    all: tuple[MountedCertificate, ...] = ()


_OF: Final = (Subject.SURROUNDINGS,)
CLUSTERS: Final = Piece(name="eck_clusters", noun=EckClusters, subjects=_OF, absent=NO_DOCUMENT)
OPERATORS: Final = Piece(name="eck_operators", noun=EckOperators, subjects=_OF, absent=NO_DOCUMENT)
SERVICES: Final = Piece(name="kubernetes_services", noun=KubernetesServices, subjects=_OF, absent=NO_DOCUMENT)
POLICIES: Final = Piece(name="network_policies", noun=NetworkPolicies, subjects=_OF, absent=NO_DOCUMENT)
CERTIFICATES: Final = Piece(name="mounted_certificates", noun=MountedCertificates, subjects=_OF, absent=NO_DOCUMENT)
