"""What an answer of an API means: JSON, or why it is none and what to do. Pure."""

from __future__ import annotations

import json
from dataclasses import field
from typing import Final, Never

from diag.collect.api_peer import ELASTICSEARCH, ApiPeer
from diag.evidence.call import Call
from diag.evidence.elasticsearch.errors import ErrorKind, index_named, type_of
from diag.evidence.reading import stated as without_ids
from diag.lazy_dataclass import dataclass
from diag.model import Reason, Step, Unavailable
from diag.redact import Redactor

# What one answer may hold, and all answers to one set of calls together, so that the process grows by no more than 128 MiB for a
# set, whatever a peer sends (a test measures it). Values count too: an empty list takes two bytes there, and some sixty here.
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_TOGETHER_BYTES: Final = 16 * 1024 * 1024
MAX_VALUES_TOGETHER: Final = 400_000
MAX_DEPTH: Final = 64
_MAX_REASON_LENGTH: Final = 200
_OK: Final = 200
_ABSENT: Final = "this cluster does not offer that call: its distribution lacks the module behind it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came over the wire; of an answer that is no 200 perhaps only the beginning of the body.

    ``retry_after`` is what the header of that name says, empty where there is none.
    """

    status: int
    retry_after: str = ""
    content_type: str = ""
    encoding: str = ""
    body: bytes = field(default=b"", repr=False)

    @property
    def is_page(self) -> bool:
        """Whether it is a page for a browser: no API sends one."""
        return "html" in self.content_type.lower() or self.body.lstrip()[:1] == b"<"


@dataclass(slots=True)
class Allowance:
    """What the answers to one set of calls may still hold."""

    size: int = MAX_TOGETHER_BYTES
    values: int = MAX_VALUES_TOGETHER

    def take(self, chunk: bytes) -> str:
        """Count what came; give the problem where it is too much."""
        self.size -= len(chunk)
        self.values -= sum(map(chunk.count, (b",", b"[", b"{")))
        if self.size < 0:
            return f"the answers are together larger than {MAX_TOGETHER_BYTES >> 20} MiB"
        return f"the answers hold more than {MAX_VALUES_TOGETHER:,} values" if self.values < 0 else ""


def judge_answer(answer: Answer, secrets: tuple[str, ...], asked: Call, peer: ApiPeer = ELASTICSEARCH) -> object:
    """Give the JSON of an answer, or Unavailable. ``secrets`` are masked in what is quoted of a refusal."""
    if answer.status != _OK and not (answer.status in asked.missing and _is_elasticsearch(_parsed(answer.body))):
        return _refusal(answer, secrets, asked, peer)
    if answer.is_page:
        return _no(
            Reason.NOT_ELASTICSEARCH,
            f"a web page answers, not {peer.name}: expected the address of {peer.name} as url, and no login page or proxy before it",
        )
    if answer.encoding.lower() not in {"", "identity"}:
        return _no(Reason.NOT_USABLE, "the answer is compressed, which was not asked for: look at the proxy between")
    parsed = _parsed(answer.body)
    if parsed is None:
        return _no(
            Reason.NOT_USABLE, f"the answer is no whole JSON: expected {peer.name} there; look at any proxy between"
        )
    return parsed


def _refusal(answer: Answer, secrets: tuple[str, ...], asked: Call, peer: ApiPeer) -> Unavailable:
    status = answer.status
    if 300 <= status < 400:  # noqa: PLR2004 -- the class of redirects.
        return _no(
            Reason.REDIRECTED,
            f"a redirect answers ({status}); it is not followed, so that the login goes nowhere else: write its target as url",
        )
    given = peer.says(_parsed(answer.body))
    stated = without_ids(Redactor(secrets).text(given))[:_MAX_REASON_LENGTH]
    if peer is ELASTICSEARCH and (state := _of_the_cluster(answer, given, stated, asked)) is not None:
        return state
    reason, text = peer.stated.get(status, (Reason.NOT_USABLE, f"the answer has the unexpected status {status}"))
    text = text.replace("{privilege}", asked.privilege or "monitor").replace("{on}", asked.on)
    if status >= 500:  # noqa: PLR2004 -- the class of failures of a server.
        reason, text = (
            Reason.SERVER_ERROR,
            f"the server, or a proxy before it, fails ({status}): look at its health and log",
        )
    if answer.is_page:
        return _no(reason, f"{text}. A web page answers, so it may come from a proxy, not from {peer.name}")
    return _no(reason, f"{text}. It says: {stated}" if stated else text)


def _of_the_cluster(answer: Answer, given: str, stated: str, asked: Call) -> Unavailable | None:
    """What lies with the cluster, not with login or address: its license, a node without the role for remotes, no master, no such call."""
    if ErrorKind.LICENSE.fits(stated):
        return _no(Reason.UNLICENSED, f"the license does not include it ({answer.status}): {stated}")
    if ErrorKind.NO_CLIENT_ROLE.fits(given):
        detail = f"the node that was asked connects to no remotes ({answer.status}): it lacks the role remote_cluster_client. It says: {stated}"
        return _no(Reason.NO_ROLE, detail)
    kind = type_of(_parsed(answer.body))[:_MAX_REASON_LENGTH]
    if answer.status == 503 and ErrorKind.NO_MASTER.fits(f"{kind} {given}"):  # noqa: PLR2004 -- a status.
        detail = f"the cluster has no elected master (503): look at the logs of its master-eligible nodes. It says: {stated or kind}"
        return _no(Reason.NO_MASTER, detail)
    if _is_absent(answer.status, given, asked):
        # There is no access that could be configured for it, and nothing of the kind is in use there.
        return _no(Reason.NOT_REQUESTED, _ABSENT)
    return None


def _is_absent(status: int, reason: str, asked: Call) -> bool:
    """Tell a distribution without the module behind a call: it says so, or takes the first part of the path for an index.

    The first comes with 400 (8.x on) or with 405; an index of such a name is refused with 400, or with 403 to who may see no index
    (measured on 7.17 to 9.2). A call that gathers what every module knows fails with 500 at the first one that is not there (8.19 and 9.2).
    """
    first = asked.path.removeprefix("/").partition("?")[0].partition("/")[0]
    as_index = bool(first) and index_named(reason) == first
    if status in {400, 405} and (as_index or ErrorKind.NO_SUCH_CALL.fits(reason)):
        return True
    if status == 500 and ErrorKind.NO_SUCH_ACTION.fits(reason):  # noqa: PLR2004 -- a status.
        return True
    return status == 403 and as_index and first.startswith("_")  # noqa: PLR2004 -- a status.


def _is_elasticsearch(parsed: object) -> bool:
    """Tell the refusal of a cluster from that of a proxy in between: its error has a type. What it filtered away is nothing at all."""
    match parsed:
        case {"error": {"type": str()}} | {"api_keys": list()}:
            return True
    return parsed == {}


def _parsed(body: bytes) -> object:
    """Parse JSON that is not nested too deeply for whoever walks through it; None where it is none."""
    try:
        value: object = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return value
    return None


def _inside(value: object) -> list[object]:
    inner: list[object] = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return [one for one in inner if isinstance(one, (dict, list))]


def _refuse_constant(name: str) -> Never:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


def _no(reason: Reason, detail: str) -> Unavailable:
    return Unavailable(step=Step.API, reason=reason, detail=detail)
