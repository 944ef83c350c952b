"""What every Kubernetes of a round holds, as the nouns that manifests give too. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from diag.collect.platforms import kubernetes_related as related
from diag.collect.platforms.kubernetes_round import KubernetesFound
from diag.model import (
    EckClusters,
    KubernetesServices,
    MountedCertificates,
    NetworkPolicies,
    Unavailable,
)

Nouns = dict[type, Any]


def joined(found: Sequence[KubernetesFound]) -> Nouns:
    """The nouns of all of them; those of one that is not the local cluster's have its name before each namespace, where there are several."""
    every: Nouns = {}
    for one in found:
        nouns = _nouns(one)
        if len(found) > 1 and not any(not alias for alias, _ in one.linked):
            nouns = related.qualified(nouns, one.platform.name)
        for noun, more in nouns.items():
            known = every.get(noun)
            if known is None or isinstance(more, Unavailable):
                every[noun] = more
            elif not isinstance(known, Unavailable):
                every[noun] = _together(known, more)
    return every


def _nouns(one: KubernetesFound) -> Nouns:
    """What is about the clusters that the configuration links: without the resources, nobody knows what that is."""
    clusters = one.clusters
    if isinstance(clusters, Unavailable):
        return dict.fromkeys((EckClusters, KubernetesServices, NetworkPolicies, MountedCertificates), clusters)
    services, policies, certificates = one.services, one.policies, one.certificates
    return {
        EckClusters: related.clusters_for(clusters, one.linked),
        KubernetesServices: services
        if isinstance(services, Unavailable)
        else related.services_for(services, clusters, one.linked),
        NetworkPolicies: policies
        if isinstance(policies, Unavailable)
        else related.policies_for(policies, clusters, one.linked),
        MountedCertificates: certificates
        if isinstance(certificates, Unavailable)
        else related.certificates_for(certificates, clusters, one.linked),
    }


def _together(known: Any, more: Any) -> Any:  # noqa: ANN401 -- two of one noun.
    both = replace(known, all=(*known.all, *more.all))
    return replace(both, absent=(*known.absent, *more.absent)) if isinstance(both, EckClusters) else both
