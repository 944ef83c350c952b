"""Requests to an API, wherever they are written down: in a console file, as curl in a script, as a task of Ansible.

``nouns_of_request`` is what readers of such files hand method, path and body to. A further kind of request is one row of ``_ROWS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from diag.documents import key_body, remote_info, role_body, settings_request
from diag.documents.answers import answer
from diag.documents.answers.shapes import SHAPES
from diag.documents.candidate import Candidate
from diag.documents.cloud import deployments, filters, remotes
from diag.documents.row import KindRow, Reading
from diag.documents.source import Source
from diag.documents.tree import Branch
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.problems import DocumentProblem, DocumentProblems, ProblemKind
from diag.lazy_dataclass import dataclass
from diag.text import shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """One request: ``path`` is that of its URL, with whatever stands in it for variables, and begins with a slash.

    ``body`` is None where there is none, or where it stands in a file of its own, which ``file`` names. ``origin`` is the place of the
    request itself. ``headers`` are the names of those that it is sent with, each with the first word of what it says; None where that is
    not known.
    """

    method: str
    path: str
    body: Source | None
    origin: Origin
    file: str = ""
    headers: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFiles:
    """Requests whose bodies stand in files of their own. No evidence: what is in the files is."""

    all: tuple[ApiRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A kind of request: its method and path, what reads it, and what its body is as a file of its own."""

    methods: frozenset[str]
    path: re.Pattern[str]
    read: Callable[[ApiRequest, Candidate, Reading], tuple[object, ...]]
    kind: DocumentKind = DocumentKind.API_ANSWER


def body_as(row: KindRow) -> Callable[[ApiRequest, Candidate, Reading], tuple[object, ...]]:
    """Read the body of a request as if it were a file of its own."""

    def read(request: ApiRequest, candidate: Candidate, reading: Reading) -> tuple[object, ...]:
        del request
        return row.read(candidate, reading)

    return read


def _settings_request(request: ApiRequest, candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del request
    return settings_request.read_request(candidate, reading)


def _settings_answer(request: ApiRequest, candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    del request
    return settings_request.read_answer(candidate, reading)


_WRITING: Final = frozenset({"PUT", "POST"})
_CHANGING: Final = _WRITING | {"PATCH"}
_READING: Final = frozenset({"GET"})
_SETTINGS: Final = RequestRow(
    frozenset({"PUT"}), re.compile(r"/_cluster/settings"), _settings_request, DocumentKind.SETTINGS_REQUEST
)
_ROWS: Final[tuple[RequestRow, ...]] = (
    # What somebody pasted under a request that reads is the answer to it.
    RequestRow(_READING, re.compile(r"/_remote/info"), body_as(remote_info.ROW)),
    RequestRow(_READING, re.compile(r"/_cluster/settings"), _settings_answer),
    *(RequestRow(_READING, one.paths, body_as(answer.ROW)) for one in SHAPES),
    _SETTINGS,
    RequestRow(
        _WRITING,
        remotes.PATH,
        lambda request, candidate, _: remotes.read_sent(candidate, request.path, request.headers),
        DocumentKind.REMOTE_CLUSTERS,
    ),
    RequestRow(
        _WRITING,
        re.compile(r"/deployments/traffic-filter/rulesets(?:/[^/]+)?"),
        body_as(filters.ROW),
        DocumentKind.TRAFFIC_FILTER,
    ),
    RequestRow(
        _CHANGING, re.compile(r"/deployments(?:/[^/]+)?"), body_as(deployments.TRUST), DocumentKind.TRUST_PAYLOAD
    ),
    RequestRow(
        _WRITING,
        re.compile(r"/_security/cross_cluster/api_key(?:/[^/]+)?"),
        lambda request, candidate, _: key_body.of_request(request.method, candidate),
        DocumentKind.KEY_BODY,
    ),
    RequestRow(
        _WRITING,
        re.compile(r"/_security/(?:role/[^/]+|api_key(?:/[^/]+)?)"),
        lambda request, candidate, _: role_body.of_request(request.path, candidate),
        DocumentKind.ROLE_BODY,
    ),
)
# What begins like a body for the settings of a cluster,
_OF_REMOTES: Final = re.compile(r'\s*\{\s*"(?:persistent|transient)"\s*:')
_PASSED_ON: Final = "/console/proxy"  # and is sent on by Kibana to the path that its query names.
_FED: Final = frozenset({"-", "/dev/stdin"})
_EXPANSION: Final = re.compile(r"\$\{(\w+)[^{}]*\}")  # Of a shell; with what it says where the variable is not set.
_FILLED_IN: Final = re.compile(r"[$<]|\{\{")
_TYPES: Final = re.compile(r"application/(?:vnd\.elasticsearch\+)?(?:x-nd)?(?:json|yaml|cbor|smile)\b")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def path_of(address: str) -> str:
    """The path of a URL, or of what a console takes for one: without host, query and the slash at its end."""
    text = _SCHEME.sub("", _EXPANSION.sub(r"$\1", address.strip()), count=1)
    path = text.partition("?")[0].partition("#")[0].rstrip("/")
    return path if path.startswith("/") else f"/{path}"


def nouns_of_request(request: ApiRequest, reading: Reading, *, answered: bool = False) -> tuple[object, ...]:
    """What a request says, as evidence; nothing where no reader is for it. ``answered``: under one that reads stands its answer."""
    if (meant := _meant(request)) is not None:
        return (_misdirected(request, meant), *nouns_of_request(meant, reading))
    row = row_of(request.method, request.path)
    if request.method in _READING and not answered:
        return ()
    if row is not None and request.body is None and request.file:
        fed = request.file in _FED
        return not_read(request, "is what another command writes") if fed else (SentFiles(all=(request,)),)
    if row is not None and request.body is not None and _is_filled_in(request.body):
        return not_read(request, "is filled in later")
    if row is None or request.body is None or not request.body.text.strip():
        return ()
    return (*_refused_for_its_type(request, row), *row.read(request, Candidate(request.body, called=""), reading))


def _refused_for_its_type(request: ApiRequest, row: RequestRow) -> tuple[object, ...]:
    """Say that a body is not read at all, whose type is not said, or is another one (8.19.0 answers 406); the Cloud API has rules of its own."""
    path = _within(row.path, request.path)
    if request.headers is None or request.method in _READING or not path.startswith("/_"):
        return ()
    declared = dict(request.headers).get("content-type", "")
    if _TYPES.match(declared) or _FILLED_IN.search(declared):
        return ()
    sent = f"as {declared}" if declared else "as that of a form, for no Content-Type is set"
    refusal = f"{request.method} {path} is refused with 406, for its body is sent {sent}"
    return (_problem(request, row.kind, f"{refusal}; expected the header Content-Type: application/json"),)


def nouns_of_tree(request: ApiRequest, body: Branch, reading: Reading) -> tuple[object, ...]:
    """What a request says whose body is a mapping of the file itself, as Ansible has it."""
    if (meant := _meant(request)) is not None:
        return (_misdirected(request, meant), *nouns_of_tree(meant, body, reading))
    row = row_of(request.method, request.path)
    if row is None or request.method in _READING:
        return ()
    candidate = Candidate(Source(body.origin.file, ""), called="", tree=body)
    return row.read(request, candidate, reading)


def _meant(request: ApiRequest) -> ApiRequest | None:
    """The request that sets what this one would set, were its method another; None where the method is right, or nothing is sent."""
    if request.method.upper() not in _CHANGING or row_of(request.method, request.path) is not None:
        return None
    meant = replace(request, method=next(iter(_SETTINGS.methods)))
    if _fits(_SETTINGS.path, request.path):
        return meant
    body = "" if request.body is None else request.body.text
    known = not request.path.endswith(_PASSED_ON) and not _FILLED_IN.search(request.path.rpartition("/")[2])
    wrong_path = known and _OF_REMOTES.match(body) and "cluster.remote." in body
    return replace(meant, path="/_cluster/settings") if wrong_path else None


def _misdirected(request: ApiRequest, meant: ApiRequest) -> DocumentProblems:
    path = _within(_SETTINGS.path, request.path)
    refusal = f"{request.method} {path} is refused with 405, whatever its body says"
    if not path:
        refusal = f"{request.method} {shorten(request.path)} sets no settings of a cluster"
    return _problem(request, _SETTINGS.kind, f"{refusal}; expected {meant.method}{'' if path else f' {meant.path}'}")


def _problem(
    request: ApiRequest, document: DocumentKind, message: str, kind: ProblemKind = ProblemKind.SYNTAX
) -> DocumentProblems:
    return DocumentProblems(
        all=(DocumentProblem(kind=kind, document=document, message=message, origin=request.origin),)
    )


def _is_filled_in(body: Source) -> bool:
    """Whether a body is nothing but what is filled in later."""
    text = body.text.strip()
    return len(body.holes) == 1 and bool(text) and body.text[body.holes[0].start : body.holes[0].end] == text


def not_read(request: ApiRequest, where: str = "is not written out here") -> tuple[object, ...]:
    """Say that the body of a request was not judged, and why; nothing where no reader would be for it, or where it has none."""
    row = row_of(request.method, request.path)
    if row is None or request.method in _READING:
        return ()
    message = f"the body of {request.method} {_within(row.path, request.path)} {where}"
    return (_problem(request, DocumentKind.SCRIPT, message, ProblemKind.NOT_READ),)


def row_of(method: str, path: str) -> RequestRow | None:
    """The kind of a request, None where no reader is for it. What stands before the path of the API (a proxy, a host without scheme) is passed over."""
    return next((one for one in _ROWS if method.upper() in one.methods and _fits(one.path, path)), None)


def _fits(pattern: re.Pattern[str], path: str) -> bool:
    return bool(_within(pattern, path))


def _within(pattern: re.Pattern[str], path: str) -> str:
    """The path of the API in a path, behind what stands before it; empty where it is none of this pattern."""
    starts = (at for at, sign in enumerate(path) if sign == "/")
    return next((path[at:] for at in starts if pattern.fullmatch(path, at)), "")
