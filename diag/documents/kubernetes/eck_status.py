"""How far the operator is with a resource of ECK: ``metadata`` and ``status`` as an API server shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from diag.documents.cloud.bodies import plain
from diag.documents.tree import Branch, branches
from diag.evidence.documents.eck_status import EckCondition, EckStatus
from diag.evidence.reading import number, text
from diag.evidence.reading import written as moment

# Elastic Cloud on Kubernetes: the controller of Elasticsearch notes here which remotes it takes care of, with commas.
_REGISTERED: Final = "elasticsearch.k8s.elastic.co/managed-remote-clusters"
_MAX_DIGITS: Final = 19


def status(one: Branch) -> EckStatus | None:
    """Read it; None where the object does not come from an API server, which alone counts generations."""
    generation = _count(plain(one, "metadata", "generation"))
    if generation is None:
        return None
    inner = one.get("status")
    there = inner if isinstance(inner, Branch) else Branch((), one.origin)
    return EckStatus(
        generation=generation,
        observed=_count(plain(there, "observedGeneration")),
        touched=bool(there.entries),
        phase=text(plain(there, "phase")),
        conditions=tuple(_conditions(there)),
        registered=tuple(
            alias.strip() for alias in plain(one, "metadata", "annotations", _REGISTERED).split(",") if alias.strip()
        ),
        changed=max(_changes(one), default=None),
    )


def _count(value: str) -> int | None:
    return number(int(value)) if value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS else None


def _conditions(there: Branch) -> Iterator[EckCondition]:
    for one in branches(there.get("conditions")):
        yield EckCondition(
            type=text(plain(one, "type")),
            status=text(plain(one, "status")),
            since=moment(plain(one, "lastTransitionTime")),
            message=text(plain(one, "message")),
        )


def _changes(one: Branch) -> Iterator[datetime]:
    """When somebody changed the specification: the API server keeps it for each field (Kubernetes: server-side apply, managedFields)."""
    for by in branches(one.get("metadata", "managedFields")):
        fields, when = by.get("fieldsV1"), moment(plain(by, "time"))
        if isinstance(fields, Branch) and "f:spec" in fields.keys and when is not None:
            yield when
