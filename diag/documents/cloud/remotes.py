"""``…/elasticsearch/<ref>/remote-clusters``: what is sent, and what is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.cloud.bodies import Shapes, member, request_or_answer, syntax_problems, written
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Branch, Items, Node
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.remote_list import RemoteList, RemoteLists, RemoteResource
from diag.evidence.documents.written import PayloadForm, Written

_KEYS: Final = frozenset({"deployment_id", "elasticsearch_ref_id", "alias", "skip_unavailable"})
_OF_AN_ANSWER: Final = "info"
_SURE: Final = frozenset({"elasticsearch_ref_id", "deployment_id"})
PATH: Final = re.compile(r"/deployments/(?P<deployment>[^/]+)/elasticsearch/(?P<ref>[^/]+)/remote-clusters")
_BROKEN: Final = re.compile(r'"(?:elasticsearch_ref_id|deployment_id)"(?=\s*:)')


def _resources(candidate: Candidate) -> Node | None:
    """What stands where the list of remotes is expected, None where the document is none of these."""
    node = next(iter(candidate.nodes), None)
    if isinstance(node, Items):
        return node if any(_is_remote(one) for one in node.all) else None
    if not isinstance(node, Branch):
        return None
    found = node.get("resources")
    if found is None:
        return node if _is_remote(node) else None
    remotes = [one for one in (found.all if isinstance(found, Items) else (found,)) if _is_remote(one)]
    empty = isinstance(found, Items) and not found.all and node.keys == {"resources"}
    return found if remotes or empty else None


def _is_remote(node: Node) -> bool:
    if not isinstance(node, Branch):
        return False
    return bool(node.keys & _SURE) or ("alias" in node.keys and node.keys <= {*_KEYS, "ref_id", "id", _OF_AN_ANSWER})


def _recognise(candidate: Candidate) -> str:
    if candidate.refusal is not None:
        found = candidate.seems(_BROKEN)
        return f"it holds {found}, and is broken" if found else ""
    return "it holds the remotes of a deployment" if _resources(candidate) is not None else ""


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del reading
    return _nouns(candidate)


def read_sent(
    candidate: Candidate, path: str, headers: tuple[tuple[str, str], ...] | None = None
) -> tuple[object, ...]:
    """Read the body of a call, whose path says whose remotes they are."""
    return _nouns(candidate, PATH.search(path), headers)


def _nouns(
    candidate: Candidate, call: re.Match[str] | None = None, headers: tuple[tuple[str, str], ...] | None = None
) -> tuple[object, ...]:
    problems = syntax_problems(candidate, DocumentKind.REMOTE_CLUSTERS)
    node = _resources(candidate)
    if node is None:
        return problems
    shapes = Shapes()
    whole = candidate.branch
    if whole is None or whole is node:
        shapes.misses("the whole body", "an object with resources, which is a list", node)
        found = [one for one in (node.all if isinstance(node, Items) else (node,)) if isinstance(one, Branch)]
    else:
        found = list(shapes.branches(whole, "resources"))
    answered = any(_OF_AN_ANSWER in one.keys for one in found)
    form = PayloadForm.REQUEST if call else request_or_answer(candidate.source.file, answered=answered)
    one = RemoteList(
        form=form,
        name=candidate.source.file,
        deployment_id=call["deployment"] if call else "",
        ref_id=call["ref"] if call else "",
        remotes=tuple(_remote(remote) for remote in found),
        misshapen=tuple(shapes.found),
        origin=node.origin,
        headers=headers,
    )
    return (RemoteLists(all=(one,)), *problems)


def remotes_answered(node: Node, deployment_id: str, ref_id: str) -> RemoteList:
    """Read what the API answered of the remotes of a deployment."""
    shapes = Shapes()
    found = tuple(shapes.branches(node, "resources")) if isinstance(node, Branch) else ()
    return RemoteList(
        form=PayloadForm.ANSWER,
        name="GET …/remote-clusters",
        deployment_id=deployment_id,
        ref_id=ref_id,
        remotes=tuple(_remote(one) for one in found),
        misshapen=tuple(shapes.found),
        origin=node.origin,
    )


def _remote(one: Branch) -> RemoteResource:
    return RemoteResource(
        deployment_id=member(one, "deployment_id"),
        ref_id=member(one, "elasticsearch_ref_id"),
        alias=member(one, "alias"),
        skip_unavailable=member(one, "skip_unavailable"),
        unknown_fields=tuple(_unknown_fields(one)),
        origin=one.origin,
    )


def _unknown_fields(one: Branch) -> Iterator[Written]:
    for entry in one.entries:
        if entry.key not in {*_KEYS, _OF_AN_ANSWER}:
            value = written(entry.key, entry.value)
            yield Written(key=entry.key, text=value.text, form=value.form, origin=entry.origin)


ROW: Final = KindRow(kind=DocumentKind.REMOTE_CLUSTERS, recognise=_recognise, read=_read)
