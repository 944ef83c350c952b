"""Resources of the provider ``ec``: what a deployment has of remotes and trust, and traffic filters. Blocks in them are lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from diag.documents.cloud.bodies import Shapes, member, plain
from diag.documents.cloud.filters import traffic_filter
from diag.documents.cloud.trust import entities
from diag.documents.tree import Branch, branches
from diag.evidence.documents.deployment import CloudDeployment, CloudDeployments
from diag.evidence.documents.remote_list import RemoteList, RemoteLists, RemoteResource
from diag.evidence.documents.traffic_filter import TrafficFilters
from diag.evidence.documents.trust_payload import TrustedEntity, TrustPayload, TrustPayloads
from diag.evidence.documents.written import PayloadForm

_TRUST: Final = {"accounts": ("trust_account", "account_id"), "external": ("trust_external", "relationship_id")}


def deployment(body: Branch, form: PayloadForm) -> Iterator[object]:
    """Read an ``ec_deployment``; older releases of the provider have ``elasticsearch`` as a block."""
    for one in branches(body.get("elasticsearch")):
        yield CloudDeployments(all=(_deployment(body, one),))
        if "remote_cluster" in one.keys:
            yield RemoteLists(all=(_remotes(body, one, form),))
        if not {key for key, _ in _TRUST.values()}.isdisjoint(one.keys):
            yield TrustPayloads(all=(_trust(one, form),))


def _deployment(body: Branch, one: Branch) -> CloudDeployment:
    host = urlsplit(plain(one, "https_endpoint")).hostname
    return CloudDeployment(
        id=plain(body, "id"),
        ref_id=plain(one, "ref_id"),
        cluster_id=plain(one, "resource_id"),
        region=plain(body, "region"),
        endpoints=(host,) if host else (),
        transport_port=None,
        template=member(body, "deployment_template_id"),
        version=plain(body, "version"),
    )


def _remotes(body: Branch, one: Branch, form: PayloadForm) -> RemoteList:
    shapes, node = Shapes(), one.get("remote_cluster")
    found = tuple(
        RemoteResource(
            deployment_id=member(remote, "deployment_id"),
            ref_id=member(remote, "ref_id"),
            alias=member(remote, "alias"),
            skip_unavailable=member(remote, "skip_unavailable"),
            unknown_fields=(),
            origin=remote.origin,
        )
        for remote in shapes.branches(one, "remote_cluster")
    )
    return RemoteList(
        form=form,
        name=body.origin.file,
        deployment_id=plain(body, "id"),
        ref_id=plain(one, "ref_id"),
        remotes=found,
        misshapen=tuple(shapes.found),
        origin=one.origin if node is None else node.origin,
    )


def _trust(one: Branch, form: PayloadForm) -> TrustPayload:
    shapes = Shapes()
    found: list[TrustedEntity] = []
    for group, (key, id_key) in _TRUST.items():
        found += entities(one, group, shapes, key, id_key)
    return TrustPayload(
        form=form,
        name=one.origin.file,
        entities=tuple(found),
        direct=(),
        misshapen=tuple(shapes.found),
        origin=found[0].origin if found else one.origin,
    )


def filters(body: Branch, form: PayloadForm) -> Iterator[object]:
    """Read an ``ec_deployment_traffic_filter``."""
    del form
    yield TrafficFilters(all=(traffic_filter(body, branches(body.get("rule"))),))
