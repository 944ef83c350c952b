"""Whom a deployment of Elastic Cloud trusts: ``settings.trust`` of its Elasticsearch, as it is sent, answered, or planned by Terraform."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.written import Misshapen, PayloadForm, Written
from diag.evidence.key_material import CaFile
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedEntity:
    """An account or an external environment, with all or some of its clusters.

    ``group`` is the list that it stands in: accounts or external. ``id`` is None where it is missing, as everywhere here. ``name`` is what
    the console calls it.
    """

    group: str
    id: Written | None
    trust_all: Written | None
    allowlist: tuple[Written, ...]
    origin: Origin
    name: Written | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedCertificate:
    """A CA in the payload: its text, and what can be read in it."""

    pem: Written | None
    file: CaFile
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectTrust:
    """A trust that brings its certificates along, as for a self-managed environment."""

    name: Written | None
    type: Written | None
    trust_all: Written | None
    allowlist: tuple[Written, ...]
    scope_id: Written | None
    node_names: tuple[Written, ...]
    certificates: tuple[TrustedCertificate, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPayload:
    """The trust settings of one deployment, whose id is empty where nobody says it. ``misshapen`` is what is no list where one is expected."""

    form: PayloadForm
    name: str
    entities: tuple[TrustedEntity, ...]
    direct: tuple[DirectTrust, ...]
    misshapen: tuple[Misshapen, ...]
    origin: Origin
    deployment_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPayloads:
    """The trust settings of every document."""

    all: tuple[TrustPayload, ...] = ()


PIECE: Final = Piece(name="trust_payloads", noun=TrustPayloads, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
