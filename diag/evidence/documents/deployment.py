"""A deployment of Elastic Cloud: what ``GET deployments/<id>`` answers of its Elasticsearch, a body that makes one, a resource of Terraform."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.written import Written
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudDeployment:
    """One Elasticsearch of a deployment; what is not given is None or empty.

    ``id`` is that of the deployment, ``cluster_id`` that of its Elasticsearch. ``endpoints`` are the host names that it is reached by, the
    one of ``metadata.endpoint`` first; ``transport_port`` is that of ``metadata.ports.transport_passthrough``. ``version`` is that of the plan
    in force. ``status`` is a word of the API (started, stopped, …). ``pending`` says that a plan is being carried out, ``plan_failed`` that
    the last one failed. ``filters`` are the ids of the policies that are associated with it. ``unchanged_since`` is when the plan in force
    came into force. ``origin`` is where that stands.
    """

    id: str
    ref_id: str
    cluster_id: str
    region: str
    endpoints: tuple[str, ...]
    transport_port: int | None
    template: Written | None
    version: str
    name: str = ""
    alias: str = ""
    organization_id: str = ""
    system_owned: bool | None = None
    status: str = ""
    healthy: bool | None = None
    pending: bool = False
    plan_failed: bool | None = None
    filters: tuple[str, ...] | None = None
    unchanged_since: datetime | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudDeployments:
    """Every deployment that a document tells of."""

    all: tuple[CloudDeployment, ...] = ()


PIECE: Final = Piece(
    name="cloud_deployments", noun=CloudDeployments, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT
)
