"""The verb: what a check is and how to write one. The public API of check packs, together with ``diag.model``.

A check is a plain generator under the ``@check`` line. Its parameters name, by type, the evidence it needs; the engine
supplies it. Evidence that is missing makes the verdict ``unknown, because …`` without the function being called, unless
the parameter is annotated ``… | Unavailable``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from diag.check.applies import Applies
from diag.check.needs import Need, Scope, needs_of, scope_of
from diag.evidence.reads import noted, worked_out_once
from diag.evidence.slots import Slot
from diag.lazy_dataclass import dataclass
from diag.model import Finding, Layer, Result, Severity, Unavailable

__all__ = [
    "Applies",
    "Check",
    "Need",
    "NotApplicable",
    "Scope",
    "Unknown",
    "Verdict",
    "Verdicts",
    "Yields",
    "check",
    "missing",
    "worked_out_once",
]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Yielded by a check that was asked and can't tell: the outcome is ``unknown``, unless there is a finding too.

    ``piece`` is the evidence that was wanted and could not be had, where that is why.
    """

    because: str
    piece: Unavailable | None = None


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Yielded by a check that finds that it does not apply here: the outcome is ``skip``, unless something else was found."""

    because: str


def missing(piece: Unavailable) -> NotApplicable | Unknown:
    """Say what becomes of a check that misses a piece of evidence: a skip where nobody configured it, unknown where it could not be had."""
    return NotApplicable(str(piece)) if piece.not_configured else Unknown(str(piece), piece=piece)


Yields = Iterable[Finding | Unknown | NotApplicable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of another check: of which remote (its alias; empty: of the local cluster as a whole), and what became of it."""

    check: Check
    alias: str
    result: Result


@noted
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The results of all other checks in this round. A check that asks for it looks at the cluster as a whole, and runs after them.

    ``results`` are those of each remote by its alias, and those of the local cluster itself under the empty one.
    """

    checks: Mapping[str, Check] = field(default_factory=dict)
    results: Mapping[str, Sequence[Result]] = field(default_factory=dict)

    @property
    def all(self) -> Iterator[Verdict]:
        """Each result with its check and its remote, those of the local cluster first."""
        for alias, results in self.results.items():
            for one in results:
                yield Verdict(check=self.checks[one.check], alias=alias, result=one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check, made by ``@check`` from a function.

    ``id`` is ``group/problem``; ``severities`` are all that a finding of it may have, the lowest first, and ``severity`` the one that holds
    where a finding says nothing. ``essential`` marks a question without whose answer a remote can't be called ok.
    ``explains`` names the checks (ids or globs) whose failures at the same place are only the consequence of a failure of this one;
    ``leaves_open`` those that can't be answered there meanwhile.
    ``while_connected`` is the most that a finding may be where the local cluster says that it is connected, which contradicts it.
    ``second_hop``: in mode sniff the check looks at the addresses that the nodes publish as well.
    ``in_documents`` is the same check for documents: it looks at what files say, where the check itself looks at a remote;
    ``once_in_documents``: it says all there is, so that the clusters that are made of documents are not judged by the check again.
    ``arguments`` are the parameters with the evidence that each stands for, ``asked_for`` is all the evidence that the check sees, ``required`` that without which it can't be asked.
    """

    id: str
    severity: Severity
    severities: tuple[Severity, ...]
    layer: Layer
    run: Callable[..., Yields]
    needs: tuple[Need, ...]
    scope: Scope
    applies: Applies = field(default_factory=Applies)
    docs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""
    essential: bool = False
    explains: tuple[str, ...] = ()
    leaves_open: tuple[str, ...] = ()
    while_connected: Severity | None = None
    second_hop: bool = False
    in_documents: Check | None = None
    once_in_documents: bool = False
    pack: str = ""
    arguments: tuple[tuple[str, Slot], ...] = field(init=False, compare=False, default=())
    required: tuple[Slot, ...] = field(init=False, compare=False, default=())
    asked_for: frozenset[Slot] = field(init=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        """Note what is asked for, once for all rounds."""
        object.__setattr__(self, "arguments", tuple((need.parameter, need.slot) for need in self.needs))
        object.__setattr__(self, "asked_for", frozenset(need.slot for need in self.needs))
        object.__setattr__(self, "required", tuple(need.slot for need in self.needs if not need.optional))

    @property
    def function(self) -> Callable[..., Yields]:
        """The function as it was written; ``run`` may be what imports it only when it is called."""
        return getattr(self.run, "function", self.run)

    @property
    def group(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def severity_words(self) -> str:
        """Every severity that a finding may have, the highest first: for lists and manuals."""
        return ", ".join(reversed(self.severities))

    @property
    def manual(self) -> str:
        """The docstring: the manual page of the check."""
        return inspect.getdoc(self.function) or ""

    @property
    def problem(self) -> str:
        """The first line of the manual: the problem in one sentence."""
        return self.manual.partition("\n")[0]


_LAYER_OF_GROUP = {
    "config": Layer.CONFIGURATION,
    "version": Layer.CONFIGURATION,
    "network": Layer.TCP,
    "tls": Layer.TLS,
    "trust": Layer.TRUST,
    "auth": Layer.TRUST,
    "license": Layer.LICENSE,
    "runtime": Layer.RUNTIME,
    "ccr": Layer.CCR,
    "cloud-api": Layer.CONFIGURATION,
    "eck": Layer.CONFIGURATION,
}
_ID = re.compile(r"[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*")


def check(  # noqa: PLR0913 -- each is one line of the check's metadata, by name.
    id: str,  # noqa: A002 -- the word the field uses.
    *,
    severity: Severity,
    severities: tuple[Severity, ...] = (),
    applies: Applies | None = None,
    docs: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    source: str = "",
    layer: Layer | None = None,
    essential: bool = False,
    explains: tuple[str, ...] = (),
    leaves_open: tuple[str, ...] = (),
    while_connected: Severity | None = None,
    second_hop: bool = False,
    in_documents: Callable[..., Yields] | None = None,
    once_in_documents: bool = False,
) -> Callable[[Callable[..., Yields]], Check]:
    """Make a check from a function.

    Args:
        id: ``group/problem``: lower-case letters, digits and dashes. It names the problem and never changes.
        severity: of a finding that does not bring its own.
        severities: every further one that a finding may bring; one that is declared nowhere is a defect of the check, and reported as such.
        applies: where the check applies; left out, to every remote.
        docs: addresses of documentation pages, the best one first.
        tags: words to choose checks by.
        source: where the rule is written down.
        layer: where it stands in the order of root causes; left out, it follows from the group.
        essential: without an answer the remote is ``unknown``, never ``ok``.
        explains: ids or globs of checks whose failure at the same place follows from a failure of this one. Only what is declared here
            makes another failure a consequence; everything else stays a root cause of its own.
        leaves_open: ids or globs of checks that can't be answered at the same place while this one fails.
        while_connected: for a check that says why Elasticsearch can't connect: the most that its findings may be while the local
            cluster says that it is connected at that very address. What only the next connection shows, such as a date, has none.
        second_hop: in mode sniff, judge also what the addresses showed that the nodes publish, as far as TLS was spoken there.
        in_documents: for a check that looks at remotes: the function that judges the same in documents that somebody handed over, by their
            nouns (``SettingsTexts`` …). A check of the local cluster as a whole asks for those nouns itself.
        once_in_documents: what is said of documents as such is all there is: the clusters that they make are not judged by the check again.

    Raises TypeError at import if a parameter's annotation is no evidence type, ValueError for a malformed id.

    """
    if not _ID.fullmatch(id):
        msg = f"check id {id!r}: expected group/problem in lower-case letters, digits and dashes"
        raise ValueError(msg)

    def make(function: Callable[..., Yields]) -> Check:
        needs = needs_of(id, function, (Verdicts,))
        made = Check(
            id=id,
            severity=severity,
            severities=tuple(sorted({severity, *severities}, key=lambda one: one.rank)),
            layer=layer or _LAYER_OF_GROUP.get(id.partition("/")[0], Layer.RUNTIME),
            run=function,
            needs=needs,
            scope=scope_of(needs),
            applies=applies or Applies(),
            docs=docs,
            tags=tags,
            source=source,
            essential=essential,
            explains=explains,
            leaves_open=leaves_open,
            while_connected=while_connected,
            second_hop=second_hop,
            once_in_documents=once_in_documents,
        )
        if in_documents is None:
            return made
        documents_needs = needs_of(id, in_documents)
        if scope_of(documents_needs) is not Scope.CLUSTER or made.scope is Scope.CLUSTER:
            msg = f"check {id}: in_documents looks at documents, together with a check that looks at remotes"
            raise TypeError(msg)
        return with_documents(made, in_documents, documents_needs)

    return make


def with_documents(made: Check, run: Callable[..., Yields], needs: tuple[Need, ...]) -> Check:
    """Add how a check judges documents: once for all of them, and without a claim to settle what is essential of a remote.

    It explains no other check either: what is wrong in one document does not account for what is wrong in another.
    """
    of_documents = replace(
        made, run=run, needs=needs, scope=Scope.CLUSTER, essential=False, explains=(), leaves_open=()
    )
    return replace(made, in_documents=of_documents)
