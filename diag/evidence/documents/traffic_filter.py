"""Traffic filters of Elastic Cloud: rule sets of remote clusters, as they are sent, answered, or planned by Terraform."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.written import Written
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRule:
    """One rule: which remote cluster it lets in, or which address."""

    cluster_id: Written | None
    organization_id: Written | None
    source: Written | None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficFilter:
    """One rule set, which Elastic Cloud calls a network security policy.

    ``entities`` are the ids of the deployments and clusters that it is associated with, None where nobody says it.
    """

    name: str
    type: Written | None
    region: str
    rules: tuple[FilterRule, ...]
    origin: Origin
    id: str = ""
    entities: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficFilters:
    """The rule sets of every document."""

    all: tuple[TrafficFilter, ...] = ()


PIECE: Final = Piece(name="traffic_filters", noun=TrafficFilters, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
