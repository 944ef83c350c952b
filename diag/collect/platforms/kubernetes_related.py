"""Which of the resources of a whole Kubernetes one local cluster has to do with. Pure.

A report is about one local cluster: of everything else only what its remotes lead to, and who leads to it, is laid before the checks, so that
no finding is about clusters of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from diag.documents.cloud.bodies import plain
from diag.documents.kubernetes.objects import namespace_of
from diag.documents.tree import Branch, branches
from diag.model import (
    EckCluster,
    EckClusters,
    EckRemote,
    KubernetesServices,
    MountedCertificates,
    NetworkPolicies,
    Unavailable,
)

# The alias of a remote, empty for the local cluster, and its resource.
Linked = tuple[str, EckCluster]
_Name = tuple[str, str]
_KIND: Final = "Elasticsearch"


def _name(one: EckCluster) -> _Name:
    return one.namespace, one.name


def _target(cluster: EckCluster, remote: EckRemote) -> _Name:
    return remote.namespace or cluster.namespace, "" if remote.target is None else remote.target.text


def concerned(clusters: EckClusters, linked: Sequence[Linked]) -> frozenset[_Name]:
    """The local cluster, its remotes as the configuration links them, and what its resource refers to."""
    own = {_name(one) for _, one in linked}
    own |= {_target(one, remote) for alias, one in linked if not alias for remote in one.remotes}
    return frozenset(own & {_name(one) for one in clusters.all})


def clusters_for(clusters: EckClusters, linked: Sequence[Linked]) -> EckClusters:
    """Those that are concerned, and those with remotes that lead to one of them, with these remotes alone.

    Only the local cluster keeps all its remotes: what a remote refers to is somebody else's report. A cluster with the name of one that is
    not where a remote looks for it stays, so that the other namespace can be named.
    """
    among = concerned(clusters, linked)
    local = {_name(one) for alias, one in linked if not alias}
    looked_for = {_target(one, remote)[1] for alias, one in linked if not alias for remote in one.remotes}
    found = list[EckCluster]()
    for one in clusters.all:
        if _name(one) in local:
            found.append(replace(one, is_local=True))
            continue
        remotes = tuple(remote for remote in one.remotes if _target(one, remote) in among)
        if _name(one) in among:
            found.append(replace(one, remotes=remotes, misshapen=()))
        elif remotes or one.name in looked_for:
            found.append(
                replace(
                    one,
                    remotes=remotes,
                    misshapen=(),
                    server=None,
                    settings=(),
                    managed=None,
                    unmanaged_before=None,
                    paused=None,
                    status=None,
                )
            )
    wanted = {_target(one, remote) for alias, one in linked if not alias for remote in one.remotes}
    return EckClusters(all=tuple(found), absent=tuple(one for one in clusters.absent if one in wanted))


def absent(
    objects: Iterable[Branch], clusters: Mapping[_Name, EckCluster], namespaces: Sequence[str]
) -> tuple[_Name, ...]:
    """What remotes refer to, by namespace and name, and what is known not to be there; an empty namespace stands for all of them.

    The operator looks for a reference without a namespace in that of the resource, and never anywhere else (Elastic Cloud on Kubernetes:
    the controller of remote clusters). A reference to another kind than Elasticsearch is to what is not read.
    """
    every = "" in namespaces
    found = dict[_Name, None]()
    for one in objects:
        for remote in branches(one.get("spec", "remoteClusters")):
            namespace = plain(remote, "elasticsearchRef", "namespace") or namespace_of(one)
            target = namespace, plain(remote, "elasticsearchRef", "name")
            of_another_kind = plain(remote, "elasticsearchRef", "kind") not in {"", _KIND}
            if target[1] and target not in clusters and (every or namespace in namespaces) and not of_another_kind:
                found[target] = None
    return tuple(found)


def services_for(services: KubernetesServices, clusters: EckClusters, linked: Sequence[Linked]) -> KubernetesServices:
    """The Services of the clusters that are concerned, also one in a namespace where no cluster of that name is."""
    among, every = concerned(clusters, linked), {_name(one) for one in clusters.all}
    namespaces, names = {namespace for namespace, _ in among}, {name for _, name in among}

    def concerns(namespace: str, cluster: str) -> bool:
        if not cluster:  # It is for all pods of Elasticsearch in its namespace.
            return namespace in namespaces
        return (namespace, cluster) in among or (cluster in names and (namespace, cluster) not in every)

    return KubernetesServices(all=tuple(one for one in services.all if concerns(one.namespace, one.cluster)))


def policies_for(policies: NetworkPolicies, clusters: EckClusters, linked: Sequence[Linked]) -> NetworkPolicies:
    """The policies in the namespaces of the clusters that are concerned."""
    among = {namespace for namespace, _ in concerned(clusters, linked)}
    return NetworkPolicies(all=tuple(one for one in policies.all if one.namespace in among))


def certificates_for(
    certificates: MountedCertificates, clusters: EckClusters, linked: Sequence[Linked]
) -> MountedCertificates:
    """The certificates that the pods of the clusters that are concerned mount."""
    among = concerned(clusters, linked)
    mounted = {(one.namespace, secret) for one in clusters.all if _name(one) in among for secret in one.secrets}
    return MountedCertificates(all=tuple(one for one in certificates.all if (one.namespace, one.secret) in mounted))


def qualified(nouns: dict[type, Any], platform: str) -> dict[type, Any]:
    """The same with the platform before each namespace: two of Kubernetes may have namespaces and clusters of the same names."""
    return {
        noun: found
        if isinstance(found, Unavailable)
        else replace(found, all=tuple(_qualified(one, platform) for one in found.all), **_absent_in(found, platform))
        for noun, found in nouns.items()
    }


def _absent_in(found: Any, platform: str) -> dict[str, tuple[_Name, ...]]:  # noqa: ANN401 -- a noun.
    if not isinstance(found, EckClusters):
        return {}
    return {"absent": tuple((f"{platform}:{namespace}", name) for namespace, name in found.absent)}


def _qualified(one: Any, platform: str) -> Any:  # noqa: ANN401 -- a resource, a Service or a policy.
    if isinstance(one, EckCluster):
        remotes = (
            replace(remote, namespace=f"{platform}:{remote.namespace or one.namespace}") for remote in one.remotes
        )
        one = replace(one, remotes=tuple(remotes))
    return replace(one, namespace=f"{platform}:{one.namespace}")
