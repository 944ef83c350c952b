"""The remotes of a deployment of Elastic Cloud: ``…/remote-clusters`` as it is sent or answered, ``remote_cluster`` of Terraform."""

from __future__ import annotations

from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.written import Misshapen, PayloadForm, Written
from diag.evidence.piece import Piece, Subject
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteResource:
    """One remote. ``unknown_fields`` are keys that the API does not know, each as it is written."""

    deployment_id: Written | None
    ref_id: Written | None
    alias: Written | None
    skip_unavailable: Written | None
    unknown_fields: tuple[Written, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteList:
    """All remotes of one deployment. ``deployment_id`` and ``ref_id`` are its own, where the call or the resource says them.

    ``headers`` are those that the call is sent with, each with the first word of what it says; None where that is not known.
    """

    form: PayloadForm
    name: str
    deployment_id: str
    ref_id: str
    remotes: tuple[RemoteResource, ...]
    misshapen: tuple[Misshapen, ...]
    origin: Origin
    headers: tuple[tuple[str, str], ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it has none; what cannot be read may hold some."""
        return not self.remotes and not self.misshapen


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLists:
    """The remotes of every document."""

    all: tuple[RemoteList, ...] = ()


PIECE: Final = Piece(name="remote_lists", noun=RemoteLists, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
