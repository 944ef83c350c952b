"""The documents that ``diag.yaml`` names: read in every round, as what is known in addition to the clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from diag.config import ClusterConfig
from diag.documents.assemble import joined
from diag.documents.document import Document, nouns_of, read_document
from diag.documents.files import read_files
from diag.documents.named_files import with_named_files
from diag.documents.row import Reading
from diag.documents.sent_files import with_sent_files
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import whole
from diag.evidence.documents.problems import DocumentProblem, DocumentProblems, ProblemKind
from diag.evidence.documents.settings import SettingsTexts
from diag.evidence.holders import Surroundings
from diag.evidence.piece import Side
from diag.model import Reason, Step, Unavailable

# What fills variables in is the environment of the nodes, which nobody knows here.
_LOCAL: Final = Reading(side=Side.LOCAL)
_REMOTE: Final = Reading(side=Side.REMOTE)


def surroundings_of(cluster: ClusterConfig) -> Surroundings:
    """What the files of settings of a cluster and of its remotes say.

    One that could not be read is a problem of its own, and the others are judged; where there is no other one, there are no settings.
    """
    documents = documents_of(cluster)
    around = joined(nouns_of(documents))
    refused = [one for one in documents if one.kind is None and one.named.by_name]
    if not refused:
        return around
    if isinstance(around[SettingsTexts], Unavailable):
        return around.having({SettingsTexts: _missing(refused[0])})
    known = around[DocumentProblems]
    others = () if isinstance(known, Unavailable) else known.all
    return around.having({DocumentProblems: DocumentProblems(all=(*others, *(_problem(one) for one in refused)))})


def documents_of(cluster: ClusterConfig) -> tuple[Document, ...]:
    """Those files, and what they name in turn, as documents."""
    local = _read(cluster.settings_files, _LOCAL)
    remote = _read((path for one in cluster.remotes for path in one.settings_files), _REMOTE)
    return (*local, *remote)


def _read(paths: Iterable[Path], reading: Reading) -> Iterator[Document]:
    read = [read_document(one, reading) for one in read_files([str(path) for path in dict.fromkeys(paths)])]
    yield from with_sent_files(with_named_files(read, reading), reading)


def _problem(document: Document) -> DocumentProblem:
    return DocumentProblem(
        kind=ProblemKind.NO_DOCUMENT,
        document=DocumentKind.ELASTICSEARCH_YML,
        message=f"the file {document.named.name}: {document.why}",
        origin=whole(document.named.name),
    )


def _missing(document: Document) -> Unavailable:
    path = document.named.path
    there = path is not None and path.exists()
    reason = Reason.NOT_USABLE if there else Reason.MISSING_FILE
    return Unavailable(step=Step.FILE, reason=reason, detail=f"the file {document.named.name}: {document.why}")
