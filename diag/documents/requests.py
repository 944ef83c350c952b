"""Requests to an API, wherever they are written down: in a console file, as curl in a script, as a task of Ansible.

``nouns_of_request`` is what readers of such files hand method, path and body to. A further kind of request is one row of ``_ROWS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from diag.documents import key_body, remote_info, role_body, settings_request
from diag.documents.answers import answer
from diag.documents.answers.shapes import SHAPES
from diag.documents.candidate import Candidate
from diag.documents.cloud import deployments, filters, remotes
from diag.documents.row import KindRow, Reading
from diag.documents.source import Source
from diag.documents.tree import Branch
from diag.evidence.documents.origin import Origin
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """One request: ``path`` is that of its URL, with whatever stands in it for variables, and begins with a slash.

    ``body`` is None where there is none, or where it stands in a file of its own. ``origin`` is the place of the request itself.
    """

    method: str
    path: str
    body: Source | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A kind of request: its method and path, and what reads it. The kind of its body decides what problems are called."""

    methods: frozenset[str]
    path: re.Pattern[str]
    read: Callable[[ApiRequest, Candidate, Reading], tuple[object, ...]]


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
_ROWS: Final[tuple[RequestRow, ...]] = (
    # What somebody pasted under a request that reads is the answer to it.
    RequestRow(_READING, re.compile(r"/_remote/info"), body_as(remote_info.ROW)),
    RequestRow(_READING, re.compile(r"/_cluster/settings"), _settings_answer),
    *(RequestRow(_READING, one.paths, body_as(answer.ROW)) for one in SHAPES),
    RequestRow(frozenset({"PUT"}), re.compile(r"/_cluster/settings"), _settings_request),
    RequestRow(_WRITING, remotes.PATH, lambda request, candidate, _: remotes.read_sent(candidate, request.path)),
    RequestRow(_WRITING, re.compile(r"/deployments/traffic-filter/rulesets(?:/[^/]+)?"), body_as(filters.ROW)),
    RequestRow(_CHANGING, re.compile(r"/deployments(?:/[^/]+)?"), body_as(deployments.TRUST)),
    RequestRow(
        _WRITING,
        re.compile(r"/_security/cross_cluster/api_key(?:/[^/]+)?"),
        lambda request, candidate, _: key_body.of_request(request.method, candidate),
    ),
    RequestRow(
        _WRITING,
        re.compile(r"/_security/(?:role/[^/]+|api_key(?:/[^/]+)?)"),
        lambda request, candidate, _: role_body.of_request(request.path, candidate),
    ),
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def path_of(address: str) -> str:
    """The path of a URL, or of what a console takes for one: without host, query and the slash at its end."""
    text = _SCHEME.sub("", address.strip(), count=1)
    path = text.partition("?")[0].partition("#")[0].rstrip("/")
    return path if path.startswith("/") else f"/{path}"


def nouns_of_request(request: ApiRequest, reading: Reading, *, answered: bool = False) -> tuple[object, ...]:
    """What a request says, as evidence; nothing where no reader is for it. ``answered``: under one that reads stands its answer."""
    row = row_of(request.method, request.path)
    if request.method in _READING and not answered:
        return ()
    if row is None or request.body is None or not request.body.text.strip():
        return ()
    return row.read(request, Candidate(request.body, called=""), reading)


def nouns_of_tree(request: ApiRequest, body: Branch, reading: Reading) -> tuple[object, ...]:
    """What a request says whose body is a mapping of the file itself, as Ansible has it."""
    row = row_of(request.method, request.path)
    if row is None or request.method in _READING:
        return ()
    candidate = Candidate(Source(body.origin.file, ""), called="", tree=body)
    return row.read(request, candidate, reading)


def row_of(method: str, path: str) -> RequestRow | None:
    """The kind of a request, None where no reader is for it. What stands before the path of the API (a proxy, a host without scheme) is passed over."""
    return next((one for one in _ROWS if method.upper() in one.methods and _fits(one.path, path)), None)


def _fits(pattern: re.Pattern[str], path: str) -> bool:
    starts = (at for at, sign in enumerate(path) if sign == "/")
    return any(pattern.fullmatch(path, at) for at in starts)
