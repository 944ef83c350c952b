"""A file of manifests as a document: what its objects say of Elasticsearch, and the settings that stand in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.cloud.bodies import plain
from diag.documents.embedded import SIGNS, Embedded
from diag.documents.kubernetes import eck, network, secrets
from diag.documents.kubernetes.objects import is_cluster, objects
from diag.documents.row import KindRow, Reading, Recognised, problems_of
from diag.documents.tree import Branch, branches
from diag.evidence.documents.keystore_list import KeystoreLists
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.kubernetes import (
    EckClusters,
    EckOperators,
    KubernetesServices,
    MountedCertificates,
    NetworkPolicies,
)

_BROKEN: Final = re.compile(r"^apiVersion: *elasticsearch\.k8s\.elastic\.co/\S+", re.MULTILINE)
_CERT_MANAGER: Final = "cert-manager.io/"


def _nouns(one: Branch, walk: Embedded) -> Iterator[object]:
    """What one object says."""
    if is_cluster(one):
        yield EckClusters(all=(eck.cluster(one, walk.reading.environment),))
        yield KubernetesServices(all=tuple(network.templates(one)))
        for node_set in branches(one.get("spec", "nodeSets")):
            config = node_set.get("config")
            if isinstance(config, Branch):
                yield walk.settings(config)
        return
    match plain(one, "kind"):
        case "Service":
            found = network.service(one)
            yield KubernetesServices(all=() if found is None else (found,))
        case "NetworkPolicy":
            yield NetworkPolicies(all=(network.policy(one),))
        case "Secret":
            yield MountedCertificates(all=tuple(secrets.certificates(one)))
            if names := secrets.keystore_entries(one):
                yield KeystoreLists(all=names)
        case "Certificate" if plain(one, "apiVersion").startswith(_CERT_MANAGER):
            ordered = secrets.ordered_certificate(one)
            yield MountedCertificates(all=() if ordered is None else (ordered,))
        case _:
            yield EckOperators(all=tuple(eck.operators(one)))
            yield from walk.nouns(one)


def _says_something(noun: object) -> bool:
    return bool(getattr(noun, "all", ()))


def _is_of_elasticsearch(noun: object) -> bool:
    """Policies for other pods are read together with clusters, for they may be for them too; alone they are nobody's business here."""
    if isinstance(noun, NetworkPolicies):
        return any(map(network.is_for_elasticsearch, noun.all))
    return _says_something(noun)


def row(inside: Callable[[Candidate], Recognised | None]) -> KindRow:
    """The kind, with what tells the documents inside of it: scripts in ConfigMaps, settings in environments."""

    def read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
        walk = Embedded(source=candidate.source, reading=reading, inside=inside)
        found = tuple(noun for one in objects(candidate.nodes) for noun in _nouns(one, walk))
        return (*filter(_says_something, found), *problems_of(candidate, DocumentKind.KUBERNETES))

    def recognise(candidate: Candidate) -> str:
        if candidate.refusal is not None:
            found = candidate.seems(_BROKEN)
            return f"it holds {found}, and is broken" if found else ""
        relevant = next(iter(objects(candidate.nodes)), None)
        if relevant is None:
            return ""
        if any(is_cluster(one) for one in objects(candidate.nodes)):
            return "it holds an Elasticsearch resource"
        held = SIGNS.search(candidate.text) is not None or any(map(_is_of_elasticsearch, read(candidate, Reading())))
        return f"it holds a {plain(relevant, 'kind')} of Kubernetes" if held else ""

    return KindRow(kind=DocumentKind.KUBERNETES, recognise=recognise, read=read, depth=1)
