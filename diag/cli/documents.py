"""Documents that somebody handed over: read, put together, judged by the checks that need no network."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from os.path import realpath
from pathlib import Path

from diag.check import Check
from diag.cli.choice import installed_checks, select_checks
from diag.cli.command_options import Chosen
from diag.cli.configurations import Configuration, load
from diag.cli.document_options import Documents
from diag.cli.standard_streams import UsageError, loaded
from diag.collect import gather
from diag.collect.no_network import NoNetwork
from diag.config import ClusterConfig, Config, SecretError, SecretRef
from diag.documents.answers.pieces import place_key
from diag.documents.assemble import TOGETHER, Assembled, Given, assemble
from diag.documents.document import Document, UnknownKindError, forced_kind, nouns_of, read_document
from diag.documents.document_cluster import DocumentCluster
from diag.documents.files import read_files
from diag.documents.located import LintReport, lint_report
from diag.documents.named_files import with_named_files
from diag.documents.row import Reading
from diag.documents.sent_files import with_sent_files
from diag.documents.surroundings import documents_of
from diag.engine import answerable, judge, report
from diag.event_loop import run_to_end
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.piece import Side
from diag.lazy_dataclass import dataclass
from diag.model import (
    ClusterEvidence,
    ClusterReport,
    Kind,
    Layer,
    LocalCluster,
    LocalVersion,
    Outcome,
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
# What no setting says, answers alone.
_IN_ANSWERS = frozenset({Layer.LICENSE, Layer.CCR})
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
        together=not any(Path(_declared(text).name).is_dir() for text in documents.files),
        kind=Kind(documents.kind) if documents.kind else None,
        security_model=SecurityModel(documents.security_model) if documents.security_model else None,
    )
    now = datetime.now(UTC)
    loaded()
    evidence = run_to_end(_evidence(assemble(nouns_of(read), given), _release(documents.version), configurations, now))
    judged: list[ClusterReport] = []
    for one, made in evidence:
        # The documents as such come first.
        found = {result.check for result in judged[0].results if result.outcome is Outcome.FAIL} if judged else set()
        judged.append(_judged(one, selection, made, found))
    asks = {check.id: _asked(check) for check in selection.checks}
    return Linted(report=lint_report(read, report(judged, now), asks), documents=tuple(read))


def _named_by(configurations: Iterable[Configuration], read: Iterable[Document]) -> list[Document]:
    """The documents that a configuration among them names, and that were not handed over themselves."""
    known = {realpath(one.named.path) for one in read if one.named.path is not None}
    clusters = [cluster for one in configurations if one.config for cluster in one.config.clusters]
    named = [document for cluster in clusters for document in documents_of(cluster)]
    return [one for one in named if one.named.path is None or realpath(one.named.path) not in known]


def _asked(check: Check) -> tuple[str, ...]:
    """The answers of an API that a check is about, as their places are called: those that it cannot do without.

    What stands in no setting, and what asks for nothing else, is about either of two answers, of which one may be missing.
    """
    return _pieces(check, optional=check.layer in _IN_ANSWERS or all(need.optional for need in check.needs))


def _pieces(check: Check, *, optional: bool) -> tuple[str, ...]:
    """The pieces that a check asks for, as the places of their answers are called; those that it can do without only where that is asked."""
    return tuple(
        place_key(need.slot[0], need.piece)
        for need in sorted(check.needs, key=lambda one: one.optional)
        if not isinstance(need.slot, type) and need.piece is not None and (optional or not need.optional)
    )


def _judged(
    evidence: ClusterEvidence, selection: Selection, made: DocumentCluster | None, found: Collection[str]
) -> ClusterReport:
    """Judge by the checks that can find something in files; what the others would say is that nobody was asked.

    What a check ``found`` once in documents, at the line itself, it does not say again of each remote that is ``made`` of them; it explains
    there what only follows from it. Of remotes that answers name and no document registers nothing is said but what those answers say.
    """
    checks, repeated = selection.checks, frozenset[str]()
    if made is not None:
        answered = {key for key, _ in made.pasted.places} if made.nodes is None else frozenset[str]()
        once = {
            one.id for one in checks if one.once_in_documents and not answered.intersection(_pieces(one, optional=True))
        }
        repeated = frozenset(once.intersection(found))
        checks = tuple(
            one
            for one in checks
            if (one.id not in once or one.id in repeated)
            and one.id != _OF_CONFIGURATIONS
            and (not made.only_named or answered.intersection(_asked(one)))
        )
    judged = judge(evidence, answerable(evidence, checks), selection.policy, selection.known, offline=True)
    return _without(judged, repeated)


def _without(judged: ClusterReport, repeated: Collection[str]) -> ClusterReport:
    """A report without the results of some checks."""
    if not repeated:
        return judged
    remotes = (
        replace(one, results=tuple(result for result in one.results if result.check not in repeated))
        for one in judged.remotes
    )
    results = tuple(result for result in judged.results if result.check not in repeated)
    return replace(judged, results=results, remotes=tuple(remotes))


def _release(version: str) -> LocalVersion | Unavailable:
    """The release that was declared; that it is none is said where the remotes are judged."""
    try:
        return LocalVersion(number=Version.parse(version))
    except ValueError:
        return _NO_CLUSTER


async def _evidence(
    assembled: Assembled, release: LocalVersion | Unavailable, configurations: Iterable[Configuration], now: datetime
) -> list[tuple[ClusterEvidence, DocumentCluster | None]]:
    """The evidence of the documents as such, and of each cluster that they make, with what it was made of."""
    together = ClusterEvidence(
        cluster=LocalCluster(name=_name(assembled)),
        taken_at=now,
        local_version=release,
        keystore=_NO_CLUSTER,
        surroundings=assembled.surroundings,
    )
    found: list[tuple[ClusterEvidence, DocumentCluster | None]] = [(together, None)]
    for made in assembled.clusters:
        found.append((made.complete(await _gathered(made.config, now)), made))  # noqa: PERF401 -- one after the other.
    for configuration in configurations:
        found += [(one, None) async for one in configuration.evidence(now)]
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
    declared = [_declared(text) for text in documents.files]
    read = [
        read_document(file, reading if one.side is None else replace(reading, side=one.side), one.kind)
        for one in declared
        for file in read_files([one.name], documents.stdin_filename)
    ]
    if documents.keystore is not None:
        named = next(iter(read_files([str(documents.keystore)])))
        read.append(read_document(named, reading, DocumentKind.KEYSTORE_LIST))
    return with_sent_files(with_named_files(read, reading), reading)


@dataclass(frozen=True, slots=True)
class _Declared:
    """A file or folder as it was named, and what stood before its colon."""

    name: str
    kind: DocumentKind | None = None
    side: Side | None = None


def _declared(text: str) -> _Declared:
    """Take ``KIND:FILE``, ``local:FILE`` and ``remote:FILE`` apart; a file whose name has a colon is taken as it is."""
    kind, colon, name = text.partition(":")
    if not colon or Path(text).exists():
        return _Declared(text)
    if kind in set(Side):
        return _Declared(name, side=Side(kind))
    try:
        return _Declared(name, kind=forced_kind(kind))
    except UnknownKindError as error:
        raise UsageError(str(error)) from None


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
