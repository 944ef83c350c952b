"""Elasticsearch resources of Elastic Cloud on Kubernetes (ECK): remotes, their keys, the remote cluster server, the settings of the nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from diag.documents.cloud.bodies import Shapes, form_of, member, plain, within, written
from diag.documents.flat import Flattening
from diag.documents.kubernetes import eck_status
from diag.documents.kubernetes.node_sets import node_sets
from diag.documents.kubernetes.objects import name_of, namespace_of
from diag.documents.tree import Branch, Items, Node, Text, branches, resolved, text
from diag.evidence.documents.kubernetes import AccessPart, EckCluster, EckKey, EckRemote
from diag.evidence.documents.settings import Layer, Setting
from diag.evidence.documents.written import ValueForm, Written

_CONTROLLER: Final = "common.k8s.elastic.co/controller-version"
# Documentation: pause orchestration on ECK.
_MANAGED: Final = "eck.k8s.elastic.co/managed"
_PAUSED: Final = "eck.k8s.elastic.co/pause-orchestration"
# Elastic Cloud on Kubernetes: what managed was called before; who wrote it then is not managed today either.
_UNMANAGED_BEFORE: Final = "common.k8s.elastic.co/pause"
# Documentation: secure settings on ECK, hot reload.
_FILE_SETTINGS: Final = "eck.k8s.elastic.co/file-based-secure-settings"
_OPERATOR: Final = re.compile(r"(?:^|/)eck-operator[^:@/]*:v?(?P<version>\d+\.\d+\.\d+[^@]*)")
_KNOWN: Final = {
    "search": frozenset({"names", "field_security", "query", "allow_restricted_indices"}),
    "replication": frozenset({"names"}),
}


def cluster(one: Branch, environment: Mapping[str, str]) -> EckCluster:
    """Read one resource."""
    spec = one.get("spec")
    inner = spec if isinstance(spec, Branch) else Branch((), one.origin)
    server, shapes = inner.get("remoteClusterServer"), Shapes()
    remotes = tuple(_remote(remote) for remote in shapes.branches(inner, "remoteClusters"))
    if server is not None and not isinstance(server, Branch):
        shapes.misses("remoteClusterServer", "an object with enabled", server)
    enabled = server.get("enabled") if isinstance(server, Branch) else None
    if enabled is not None and form_of(enabled) is not ValueForm.BOOLEAN and "{{" not in text(enabled):
        shapes.misses("remoteClusterServer.enabled", "true or false", enabled)
    return EckCluster(
        name=name_of(one),
        namespace=namespace_of(one),
        version=member(inner, "version"),
        server=member(server, "enabled") if isinstance(server, Branch) else None,
        remotes=remotes,
        misshapen=tuple(shapes.found),
        settings=tuple(_settings(inner, environment)),
        node_sets=tuple(node_sets(inner, environment)),
        secrets=tuple(_secrets(inner)),
        operator=_annotated(one, _CONTROLLER),
        managed=_annotated(one, _MANAGED),
        unmanaged_before=_annotated(one, _UNMANAGED_BEFORE),
        paused=_annotated(one, _PAUSED),
        file_settings=_annotated(one, _FILE_SETTINGS),
        status=eck_status.status(one),
        spec=inner.origin,
    )


def _annotated(one: Branch, key: str) -> Written | None:
    annotations = one.get("metadata", "annotations")
    return member(annotations, key) if isinstance(annotations, Branch) else None


def _settings(spec: Branch, environment: Mapping[str, str]) -> Iterator[Setting]:
    for node_set in branches(spec.get("nodeSets")):
        config = node_set.get("config")
        if isinstance(config, Branch):
            yield from Flattening(Layer.FILE, environment).settings(resolved(config))


def _secrets(spec: Branch) -> Iterator[str]:
    for path, branch in within(spec, 12):
        if path[-1:] == ("secret",) and (name := plain(branch, "secretName")):
            yield name


def _remote(one: Branch) -> EckRemote:
    ref, key = one.get("elasticsearchRef"), one.get("apiKey")
    return EckRemote(
        alias=member(one, "name"),
        target=member(ref, "name") if isinstance(ref, Branch) else None,
        namespace=plain(one, "elasticsearchRef", "namespace"),
        key=_key(key) if isinstance(key, Branch) else None,
        origin=one.origin,
    )


def _key(one: Branch) -> EckKey:
    access = one.get("access")
    return EckKey(
        access=member(one, "access"),
        misplaced=tuple(written(entry.key, entry.value) for entry in one.entries if entry.key != "access"),
        parts=tuple(_part(entry.key, entry.value) for entry in access.entries) if isinstance(access, Branch) else (),
        origin=one.origin,
    )


def _part(key: str, node: Node) -> AccessPart:
    known = _KNOWN.get(key, frozenset())
    inner = node if isinstance(node, Branch) else Branch((), node.origin)
    names = inner.get("names")
    return AccessPart(
        key=key,
        value=written(key, node),
        names=None if names is None else written("names", names),
        listed=tuple(written("", item) for item in names.all if isinstance(item, Text))
        if isinstance(names, Items)
        else (),
        unknown=tuple(written(entry.key, entry.value) for entry in inner.entries if entry.key not in known),
    )


def operators(one: Branch) -> Iterator[Written]:
    """The releases of the operator in the images of an object."""
    for _, branch in within(one, 12):
        entry = branch.entry("image")
        found = _OPERATOR.search(entry.value.value) if entry and isinstance(entry.value, Text) else None
        if entry is not None and found is not None:
            yield Written(key="image", text=found["version"], form=form_of(entry.value), origin=entry.value.origin)
