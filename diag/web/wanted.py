"""Which remotes somebody wants to see: by status, local cluster, alias and root cause, as the query of an address says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import urlencode

from diag.board import Snapshot
from diag.lazy_dataclass import dataclass
from diag.model import RemoteReport, Report, Status
from diag.text import shown

_MAX_SHOWN: Final = 80
_MAX_DIGITS: Final = 6


class BadQueryError(ValueError):
    """A value in the query that nothing can be chosen by; the text says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A choice of remotes; empty or None: all of them.

    ``cluster`` and ``remote`` are names, or patterns with ``*`` for any text; ``cause`` is the id of a check that is a root cause, or of the
    question that leaves a remote unknown.
    """

    status: Status | None = None
    cluster: str = ""
    remote: str = ""
    cause: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """Read the query of an address. Raises BadQueryError for a status that there is not."""
        status = query.get("status", "")
        if status and status not in set(Status):
            msg = f"status {shown(status, _MAX_SHOWN)!r}: expected one of {', '.join(Status)}"
            raise BadQueryError(msg)
        return cls(
            status=Status(status) if status else None,
            cluster=query.get("cluster", ""),
            remote=query.get("remote", ""),
            cause=query.get("cause", ""),
        )

    def takes(self, cluster: str, remote: RemoteReport) -> bool:
        """Whether a remote is among them."""
        return (
            self.status in {None, remote.status}
            and self.takes_cluster(cluster)
            and self.takes_alias(remote.alias)
            and (not self.cause or leading_check(remote, self.cause) == self.cause)
        )

    def takes_cluster(self, name: str) -> bool:
        """Whether remotes of a local cluster may be among them."""
        return _fits(self.cluster, name)

    def takes_alias(self, alias: str) -> bool:
        """Whether a remote of this alias may be among them."""
        return _fits(self.remote, alias)

    def remotes(self, snapshot: Snapshot) -> Iterator[RemoteReport]:
        """The remotes of a snapshot that are among them."""
        return (
            remote
            for name, state in snapshot.shown.items()
            for remote in state.report.remotes
            if self.takes(name, remote)
        )

    def of_report(self, report: Report) -> Report:
        """The report with these remotes alone; a cluster without any of them is left out where something was chosen."""
        if self == EVERYTHING:
            return report
        clusters = (
            dataclasses.replace(one, remotes=tuple(remote for remote in one.remotes if self.takes(one.name, remote)))
            for one in report.clusters
            if self.takes_cluster(one.name)
        )
        only_cluster = dataclasses.replace(self, cluster="") == EVERYTHING
        return dataclasses.replace(report, clusters=tuple(one for one in clusters if one.remotes or only_cluster))

    def having(self, status: Status) -> Wanted:
        """The same of one status."""
        return dataclasses.replace(self, status=status)

    def but_status(self) -> Wanted:
        """The same of every status."""
        return dataclasses.replace(self, status=None)

    @property
    def words(self) -> tuple[str, ...]:
        """What was chosen, for a reader."""
        chosen = {"status": self.status or "", "cluster": self.cluster, "remote": self.remote, "root cause": self.cause}
        return tuple(f"{what} {shown(value, _MAX_SHOWN)}" for what, value in chosen.items() if value)

    @property
    def address(self) -> str:
        """The address of the overview that shows them."""
        return self.at(1)

    def at(self, page: int) -> str:
        """The address of one page of the overview that shows them."""
        query = {"status": self.status or "", "cluster": self.cluster, "remote": self.remote, "cause": self.cause}
        text = urlencode({key: value for key, value in query.items() if value} | ({"page": page} if page > 1 else {}))
        return f"/?{text}" if text else "/"


def page_number(query: Mapping[str, str]) -> int:
    """Which page the query asks for, from 1. Raises BadQueryError for what is no number."""
    text = query.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and int(text) > 0):
        msg = f"page {shown(text, _MAX_SHOWN)!r}: expected a number from 1"
        raise BadQueryError(msg)
    return int(text)


def leading_check(remote: RemoteReport, wanted: str = "") -> str:
    """The check that stands for what is wrong with a remote: the ``wanted`` one if it is a root cause, else the first root cause.

    Of an unknown remote without a root cause it is the first essential question that stayed open; empty where there is none.
    """
    if wanted in remote.root_causes:
        return wanted
    if remote.root_causes:
        return remote.root_causes[0]
    return next((one.check for one in remote.results if one.is_open), "") if remote.status is Status.UNKNOWN else ""


def _fits(pattern: str, name: str) -> bool:
    return pattern in {"", name} or (
        "*" in pattern and fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))
    )


EVERYTHING: Final = Wanted()
