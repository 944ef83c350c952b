"""A deployment: the answer of ``GET deployments/<id>``, the answer about one of its Elasticsearch resources, a body that makes or changes one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.cloud import trust
from diag.documents.cloud.bodies import member, plain, syntax_problems, within
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Branch, Items, Node, branches
from diag.evidence.documents.deployment import CloudDeployment, CloudDeployments
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.trust_payload import TrustPayloads
from diag.evidence.documents.written import Written

_BROKEN: Final = re.compile(r'"(?:deployment_template|transport_passthrough|plan_info)"(?=\s*:)')
_MEMBERS: Final = frozenset({"ref_id", "info", "plan", "region"})


def _elasticsearch(node: Node) -> Iterator[tuple[str, Branch]]:
    """Every Elasticsearch resource of a document, with the id of its deployment."""
    for one in node.all if isinstance(node, Items) else (node,):
        if not isinstance(one, Branch):
            continue
        listed = one.get("resources", "elasticsearch")
        for resource in branches(listed):
            yield plain(one, "id") or plain(resource, "info", "deployment_id"), resource
        if listed is None and {"ref_id", "info"} <= one.keys:
            yield plain(one, "info", "deployment_id"), one
        yield from _elasticsearch(one.get("deployments") or Items((), one.origin))


def _deployment(deployment_id: str, one: Branch) -> CloudDeployment:
    port = plain(one, "info", "metadata", "ports", "transport_passthrough")
    metadata = [plain(one, "info", "metadata", key) for key in ("endpoint", "aliased_endpoint")]
    return CloudDeployment(
        id=deployment_id,
        ref_id=plain(one, "ref_id"),
        cluster_id=plain(one, "info", "cluster_id") or plain(one, "id"),
        region=plain(one, "region"),
        endpoints=tuple(name for name in metadata if name),
        transport_port=int(port) if port.isdigit() else None,
        template=_template(one),
        version=next((v for branch in _plans(one) if (v := plain(branch, "elasticsearch", "version"))), ""),
    )


def _plans(resource: Branch) -> Iterator[Branch]:
    return (branch for path, branch in within(resource) if path[-1:] == ("plan",))


def _template(resource: Branch) -> Written | None:
    for path, branch in within(resource):
        if path[-1:] == ("deployment_template",):
            return member(branch, "id")
    return None


def _nouns(candidate: Candidate) -> tuple[tuple[CloudDeployment, ...], TrustPayloads]:
    node = next(iter(candidate.nodes), None)
    found = () if node is None else tuple(_deployment(*one) for one in _elasticsearch(node))
    return found, TrustPayloads(all=trust.trusts_in(node, candidate.source.file))


def _read(candidate: Candidate, kind: DocumentKind) -> tuple[object, ...]:
    deployments, trusts = _nouns(candidate)
    nouns: list[object] = [CloudDeployments(all=deployments)] if deployments else []
    if trusts.all:
        nouns.append(trusts)
    return (*nouns, *syntax_problems(candidate, kind))


def _recognise_trust(candidate: Candidate) -> str:
    if candidate.refusal is not None:
        found = candidate.seems(trust.BROKEN)
        return f"it holds {found}, and is broken" if found else ""
    return "it holds trust settings" if any(trust.trusts_in(one, "") for one in candidate.nodes[:1]) else ""


def _read_trust(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    return _read(candidate, DocumentKind.TRUST_PAYLOAD)


def _recognise_deployment(candidate: Candidate) -> str:
    if candidate.refusal is not None:
        found = candidate.seems(_BROKEN)
        return f"it holds {found}, and is broken" if found else ""
    node = next(iter(candidate.nodes), None)
    found_one = next((one for _, one in _elasticsearch(node)), None) if node is not None else None
    return "it holds resources.elasticsearch" if found_one is not None and found_one.keys & _MEMBERS else ""


def _read_deployment(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    return _read(candidate, DocumentKind.DEPLOYMENT)


TRUST: Final = KindRow(kind=DocumentKind.TRUST_PAYLOAD, recognise=_recognise_trust, read=_read_trust)
DEPLOYMENT: Final = KindRow(kind=DocumentKind.DEPLOYMENT, recognise=_recognise_deployment, read=_read_deployment)
