"""A deployment: the answer of ``GET deployments/<id>``, the answer about one of its Elasticsearch resources, a body that makes or changes one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.cloud import trust
from diag.documents.cloud.bodies import member, plain, syntax_problems, within
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Branch, Items, Node, branches, items, text
from diag.evidence.documents.deployment import CloudDeployment, CloudDeployments
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.trust_payload import TrustPayloads
from diag.evidence.documents.written import Written
from diag.evidence.ports import as_port
from diag.evidence.reading import flag
from diag.evidence.reading import written as moment_written
from diag.lazy_dataclass import dataclass

_BROKEN: Final = re.compile(r'"(?:deployment_template|transport_passthrough|plan_info)"(?=\s*:)')
_MEMBERS: Final = frozenset({"ref_id", "info", "plan", "region"})


@dataclass(frozen=True)
class _Resource:
    """An Elasticsearch resource of a document, with the id of its deployment; ``whole`` is what the document says of that, if it does."""

    deployment_id: str
    one: Branch
    whole: Branch | None = None


def _elasticsearch(node: Node) -> Iterator[_Resource]:
    for one in node.all if isinstance(node, Items) else (node,):
        if not isinstance(one, Branch):
            continue
        listed = one.get("resources", "elasticsearch")
        for resource in branches(listed):
            yield _Resource(plain(one, "id") or plain(resource, "info", "deployment_id"), resource, one)
        if listed is None and {"ref_id", "info"} <= one.keys:
            yield _Resource(plain(one, "info", "deployment_id"), one)
        yield from _elasticsearch(one.get("deployments") or Items((), one.origin))


def deployments_in(node: Node) -> tuple[CloudDeployment, ...]:
    """Read every Elasticsearch of a document, or of what the API answered."""
    return tuple(_deployment(one) for one in _elasticsearch(node))


def _deployment(resource: _Resource) -> CloudDeployment:
    one, whole = resource.one, resource.whole or Branch((), resource.one.origin)
    port = plain(one, "info", "metadata", "ports", "transport_passthrough")
    metadata = [plain(one, "info", "metadata", key) for key in ("endpoint", "aliased_endpoint")]
    in_force = ("info", "plan_info", "current")
    versions = (plain(branch, "elasticsearch", "version") for branch in _plans(one))
    return CloudDeployment(
        id=resource.deployment_id,
        ref_id=plain(one, "ref_id"),
        cluster_id=plain(one, "info", "cluster_id") or plain(one, "id"),
        region=plain(one, "region"),
        endpoints=tuple(name.lower().rstrip(".") for name in metadata if name),
        transport_port=as_port(port),
        template=_template(one),
        version=plain(one, *in_force, "plan", "elasticsearch", "version") or next(filter(None, versions), ""),
        name=plain(whole, "name"),
        alias=plain(whole, "alias"),
        organization_id=plain(whole, "metadata", "organization_id"),
        system_owned=flag(plain(whole, "metadata", "system_owned")),
        status=plain(one, "info", "status"),
        healthy=flag(plain(one, "info", "healthy")),
        pending=isinstance(one.get("info", "plan_info", "pending"), Branch),
        plan_failed=_opposite(flag(plain(one, "info", "plan_info", "healthy"))),
        filters=_filters(whole, one),
        unchanged_since=moment_written(plain(one, *in_force, "attempt_end_time")),
        origin=one.origin,
    )


def _opposite(value: bool | None) -> bool | None:  # noqa: FBT001 -- a flag of the answer.
    return None if value is None else not value


def _filters(whole: Branch, one: Branch) -> tuple[str, ...] | None:
    """The rule sets that the deployment, or its Elasticsearch, names as associated; None where neither says anything."""
    named = [whole.get("settings", "traffic_filter_settings"), one.get("info", "settings", "traffic_filter")]
    found = [node for node in named if isinstance(node, Branch)]
    ids = (text(item) for node in found for item in items(node.get("rulesets")))
    return tuple(dict.fromkeys(ids)) if found else None


def _plans(resource: Branch) -> Iterator[Branch]:
    return (branch for path, branch in within(resource) if path[-1:] == ("plan",))


def _template(resource: Branch) -> Written | None:
    for path, branch in within(resource):
        if path[-1:] == ("deployment_template",):
            return member(branch, "id")
    return None


def _nouns(candidate: Candidate) -> tuple[tuple[CloudDeployment, ...], TrustPayloads]:
    node = next(iter(candidate.nodes), None)
    found = () if node is None else deployments_in(node)
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
    resource = next(_elasticsearch(node), None) if node is not None else None
    return "it holds resources.elasticsearch" if resource is not None and resource.one.keys & _MEMBERS else ""


def _read_deployment(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    return _read(candidate, DocumentKind.DEPLOYMENT)


TRUST: Final = KindRow(kind=DocumentKind.TRUST_PAYLOAD, recognise=_recognise_trust, read=_read_trust)
DEPLOYMENT: Final = KindRow(kind=DocumentKind.DEPLOYMENT, recognise=_recognise_deployment, read=_read_deployment)
