"""Documents that somebody handed over: read, put together, judged by the checks that need no network."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from diag.cli.choice import installed_checks, select_checks
from diag.cli.command_options import Chosen
from diag.cli.configurations import Configuration, load
from diag.cli.document_options import Documents
from diag.cli.run_rounds import NoNetwork
from diag.cli.standard_streams import UsageError, loaded
from diag.collect import gather
from diag.config import ClusterConfig, Config, SecretError, SecretRef
from diag.documents.assemble import TOGETHER, Assembled, Given, assemble
from diag.documents.document import Document, UnknownKindError, forced_kind, nouns_of, read_document
from diag.documents.files import read_files
from diag.documents.located import LintReport, lint_report
from diag.documents.named_files import with_named_files
from diag.documents.row import Reading
from diag.documents.surroundings import documents_of
from diag.engine import answerable, judge, report
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.piece import Side
from diag.lazy_dataclass import dataclass
from diag.model import (
    ClusterEvidence,
    ClusterReport,
    Kind,
    LocalCluster,
    LocalVersion,
    Policy,
    Reason,
    SecurityModel,
    Step,
    Unavailable,
    Version,
)
from diag.plan import Selection, round_input

# It asks diag.yaml to declare a model, which no document of Elasticsearch does; --security-model says it.
_OF_CONFIGURATIONS = "config/model-ambiguous"
_NO_CLUSTER = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_REQUESTED, detail="documents were judged, no cluster is known"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """Documents, judged: what was found, and what was read for it."""

    report: LintReport
    documents: tuple[Document, ...]


def judge_documents(documents: Documents, chosen: Chosen) -> Linted:
    """Read every file, and judge all of them together. Raises UsageError for what can't be done."""
    selection = select_checks(installed_checks(), Policy(), chosen)
    read = read_all(documents)
    configurations = [load(one) for one in read if one.kind is DocumentKind.DIAG_YAML]
    refused = {one.document.named.name: one.document for one in configurations}
    read = [refused.get(one.named.name, one) for one in read]
    read += _named_by(configurations, read)
    given = Given(
        version=documents.version,
        together=not any(Path(name).is_dir() for name in documents.files),
        kind=Kind(documents.kind) if documents.kind else None,
        security_model=SecurityModel(documents.security_model) if documents.security_model else None,
    )
    now = datetime.now(UTC)
    loaded()
    evidence = asyncio.run(_evidence(assemble(nouns_of(read), given), _release(documents.version), configurations, now))
    judged = [_judged(one, selection, made=made) for one, made in evidence]
    return Linted(report=lint_report(read, report(judged, now)), documents=tuple(read))


def _named_by(configurations: Iterable[Configuration], read: Iterable[Document]) -> list[Document]:
    """The documents that a configuration among them names, and that were not handed over themselves."""
    known = {one.named.path.resolve() for one in read if one.named.path is not None}
    clusters = [cluster for one in configurations if one.config for cluster in one.config.clusters]
    named = [document for cluster in clusters for document in documents_of(cluster)]
    return [one for one in named if one.named.path is None or one.named.path.resolve() not in known]


def _judged(evidence: ClusterEvidence, selection: Selection, *, made: bool) -> ClusterReport:
    """Judge by the checks that can find something in files; what the others would say is that nobody was asked.

    What a check says once of documents, at the line itself, it does not say again of each remote that is ``made`` of them.
    """
    checks = selection.checks
    if made:
        checks = tuple(one for one in checks if not one.once_in_documents and one.id != _OF_CONFIGURATIONS)
    return judge(evidence, answerable(evidence, checks), selection.policy, selection.known, offline=True)


def _release(version: str) -> LocalVersion | Unavailable:
    """The release that was declared; that it is none is said where the remotes are judged."""
    try:
        return LocalVersion(number=Version.parse(version))
    except ValueError:
        return _NO_CLUSTER


async def _evidence(
    assembled: Assembled, release: LocalVersion | Unavailable, configurations: Iterable[Configuration], now: datetime
) -> list[tuple[ClusterEvidence, bool]]:
    """The evidence of the documents as such, and of each cluster that they make: those are marked."""
    together = ClusterEvidence(
        cluster=LocalCluster(name=_name(assembled)),
        taken_at=now,
        local_version=release,
        keystore=_NO_CLUSTER,
        surroundings=assembled.surroundings,
    )
    found = [(together, False)]
    for one in assembled.clusters:
        found.append((one.complete(await _gathered(one.config, now)), True))  # noqa: PERF401 -- one after the other.
    for configuration in configurations:
        found += [(one, False) async for one in configuration.evidence(now)]
    return found


def _name(assembled: Assembled) -> str:
    """What output calls the cluster of the documents: as its file says, where there is one."""
    names = {one.config.name for one in assembled.clusters}
    return names.pop() if len(names) == 1 else TOGETHER


async def _gathered(cluster: ClusterConfig, now: datetime) -> ClusterEvidence:
    config = Config.model_validate({"clusters": [cluster]})
    return await gather(round_input(config, cluster, now), NoNetwork())


def read_all(documents: Documents) -> list[Document]:
    """Read every file that was named, and every file in the folders that were. Raises UsageError for an unknown kind."""
    reading = Reading(
        side=Side(documents.side) if documents.side else None,
        environment=_environment(documents.env_file),
        passwords=_passwords(documents),
    )
    names, kinds = _forced(documents.files)
    read = [read_document(one, reading, kinds.get(one.name)) for one in read_files(names, documents.stdin_filename)]
    if documents.keystore is not None:
        named = next(iter(read_files([str(documents.keystore)])))
        read.append(read_document(named, reading, DocumentKind.KEYSTORE_LIST))
    return with_named_files(read, reading)


def _forced(files: tuple[str, ...]) -> tuple[list[str], dict[str, DocumentKind]]:
    """Take ``KIND:FILE`` apart; a file whose name has a colon is taken as it is."""
    names: list[str] = []
    kinds: dict[str, DocumentKind] = {}
    for text in files:
        kind, colon, name = text.partition(":")
        if not colon or Path(text).exists():
            names.append(text)
            continue
        try:
            kinds[name] = forced_kind(kind)
        except UnknownKindError as error:
            raise UsageError(str(error)) from None
        names.append(name)
    return names, kinds


def _passwords(documents: Documents) -> tuple[str, ...]:
    """The passwords to try on key stores and encrypted keys. Raises UsageError for one that can't be had."""
    references = (
        *(SecretRef(file=file.absolute()) for file in documents.password_files),
        *(SecretRef(env=name) for name in documents.password_variables),
    )
    try:
        return tuple(one.resolve().reveal() for one in references)
    except SecretError as error:
        raise UsageError(str(error)) from None


def _environment(file: Path | None) -> Mapping[str, str]:
    """The variables that fill ``${NAME}`` in: those of this process, and of a file of ``NAME=value`` lines before them."""
    if file is None:
        return os.environ
    lines = (line.strip().removeprefix("export ") for line in file.read_text("utf-8", "replace").splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {**os.environ, **{name.strip(): value.strip().strip("'\"") for name, _, value in pairs}}
