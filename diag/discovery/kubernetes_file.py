"""A ``diag.yaml`` for the Elasticsearch resources of a Kubernetes: pure text. Secrets stand in it by reference; what could not be read is a comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from diag.collect.platforms.kubernetes_inventory import KubernetesInventory, KubernetesItem
from diag.config import PlatformConfig
from diag.discovery.of_kubernetes import called, link, problems
from diag.discovery.platform_file import WrittenConfiguration, whole_file
from diag.documents.kubernetes.objects import REMOTE_CLUSTER_SERVICE, TRANSPORT_SERVICE
from diag.model import REMOTE_CLUSTER_SERVER, TRANSPORT_RANGE, EckRemote, Kind, Mode, SecurityModel, Written

_HEAD: Final = """\
# Written by diag discover: the Elasticsearch resources of the platform {name} that have spec.remoteClusters, as the operator registers these.
# Names that end in .svc are known in pods alone: run diag there, or write addresses that lead there from here.
# Add to each cluster auth, and the CA of its API as ca; they are in Secrets, which diag does not read:
#   kubectl get secret NAME-es-http-certs-public -n NAMESPACE -o go-template='{{{{index .data "ca.crt" | base64decode}}}}' > certs/NAME.pem
#   then ca: certs/NAME.pem, and auth: {{api_key: {{file: secrets/NAME.key}}}} with a key of the role that diag setup role prints
# Remotes that were registered at a cluster alone are read from the cluster itself, once there is auth.
"""


def written_kubernetes(found: KubernetesInventory, platform: PlatformConfig) -> WrittenConfiguration:
    """Write the configuration of every resource that has remotes."""
    by_reference = {one.reference: one for one in found.all}
    notes = [f"Not read: {one}" for one in problems(found)]
    clusters: list[dict[str, object]] = []
    for one in sorted(found.all, key=called):
        if one.leaving or not (one.cluster.remotes or one.cluster.misshapen):
            continue
        remotes = list(_remotes(one, by_reference, platform))
        notes += _not_written(one)
        cluster = {
            "name": called(one),
            "url": one.url if isinstance(one.url, str) else "",
            **link(one, platform),
            "version": one.release,
            "remotes": remotes,
        }
        if cluster["url"] or remotes:
            clusters.append({key: value for key, value in cluster.items() if value})
    is_complete = not notes
    summary = f"{len(clusters)} of {len(found.all)} Elasticsearch resources have remotes"
    return whole_file(_HEAD, platform, clusters, [*notes, *_left_out(found)], summary, is_complete=is_complete)


def _remotes(
    one: KubernetesItem, by_reference: Mapping[str, KubernetesItem], platform: PlatformConfig
) -> Iterator[dict[str, object]]:
    """What the operator registers of each remote (Elastic Cloud on Kubernetes: its settings of remote clusters)."""
    for remote in one.cluster.remotes:
        alias, target = _text(remote.alias), _text(remote.target)
        if _why_not(remote):
            continue
        namespace = remote.namespace or one.cluster.namespace
        reference = f"{namespace}/{target}"
        item: dict[str, object] = {
            "alias": alias,
            "kind": Kind.ECK.value,
            **_address(target, namespace, with_key=remote.key is not None),
            "version": by_reference[reference].release if reference in by_reference else "",
        }
        # A namespace that is not read shows nothing of it.
        if not platform.namespaces or namespace in platform.namespaces:
            item |= {"platform": platform.name, "deployment": reference}
        yield {key: value for key, value in item.items() if value}


def _address(name: str, namespace: str, *, with_key: bool) -> dict[str, object]:
    if with_key:
        address = f"{name}{REMOTE_CLUSTER_SERVICE}.{namespace}.svc:{REMOTE_CLUSTER_SERVER}"
        return {
            "security_model": SecurityModel.API_KEY.value,
            "mode": Mode.PROXY.value,
            "proxy_address": address,
        }
    seed = f"{name}{TRANSPORT_SERVICE}.{namespace}.svc:{TRANSPORT_RANGE.start}"
    return {"security_model": SecurityModel.CERTIFICATE.value, "mode": Mode.SNIFF.value, "seeds": [seed]}


def _why_not(remote: EckRemote) -> str:
    if not _text(remote.alias):
        return "a remote without a name"
    if not _text(remote.target):
        return f"the remote {_text(remote.alias)} has no elasticsearchRef.name, so that the operator registers none"
    return ""


def _not_written(one: KubernetesItem) -> Iterator[str]:
    for shape in one.cluster.misshapen:
        yield f"Not read: {one.reference}: {shape.key} is {shape.found}; expected {shape.expected}"
    for remote in one.cluster.remotes:
        if why := _why_not(remote):
            yield f"Not written: {one.reference}: {why}"


def _left_out(found: KubernetesInventory) -> Iterator[str]:
    """Who is not in the file although it was read."""
    for why, names in {
        "being deleted": [one.reference for one in found.all if one.leaving],
        "no spec.remoteClusters": [
            one.reference
            for one in found.all
            if not one.leaving and not one.cluster.remotes and not one.cluster.misshapen
        ],
    }.items():
        if names:
            yield f"Left out, {why} ({len(names)}): {', '.join(sorted(names))}"


def _text(value: Written | None) -> str:
    return "" if value is None else value.text
