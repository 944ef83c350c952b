"""What fixes a finding, in parts that can be typed: where, and there a call of Elasticsearch's API, a command, lines of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from diag.lazy_dataclass import dataclass

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

_SHORT: Final = (
    100  # A body that is no longer stays on one line; a longer one is easier to read, and to change, indented.
)

_PLAIN_YAML: Final = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@*-]*")


class Where(StrEnum):
    """Where a fix is done."""

    LOCAL = "local"  # The local cluster, as a whole.
    LOCAL_NODE = "local-node"  # Each node of it.
    REMOTE = "remote"
    REMOTE_NODE = "remote-node"
    BETWEEN = "between"  # What stands between the clusters: a balancer, an ingress, a firewall.
    HERE = "here"  # Where diag runs.


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call of Elasticsearch's API. In ``path`` and ``body`` ``<words>`` stand for what only the reader knows."""

    method: str
    path: str
    body: Mapping[str, Json] | None = None

    def __str__(self) -> str:
        """The call on one line."""
        return self.line if self.body is None else f"{self.line} {_ascii(self.body)}"

    @property
    def line(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def console(self) -> str:
        """The call as Dev Tools takes it: the request line, and the body on lines of its own."""
        if self.body is None:
            return self.line
        short = _ascii(self.body)
        return f"{self.line}\n{short if len(short) <= _SHORT else _ascii(self.body, indent=2)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One step of a remedy: what is typed at one place. Several are done in their order, unless ``when`` says of each when it is right.

    ``commands`` are those of a shell, one a line, given in the home of Elasticsearch; ``yml`` are lines of elasticsearch.yml,
    or of ``file``, which is named in words.
    """

    where: Where
    requests: tuple[Request, ...] = ()
    commands: str = ""
    yml: str = ""
    file: str = ""
    when: str = ""

    @property
    def console(self) -> str:
        """The calls as Dev Tools takes them, separated by empty lines."""
        return "\n\n".join(request.console for request in self.requests)

    @property
    def texts(self) -> Iterator[str]:
        """What is typed, each thing on one line."""
        yield from map(str, self.requests)
        yield from self.commands.splitlines()
        yield from self.yml.splitlines()


def settings_line(key: str, value: str | Iterable[str]) -> str:
    """A line of elasticsearch.yml."""
    if isinstance(value, str):
        return f"{key}: {value if _PLAIN_YAML.fullmatch(value) else json.dumps(value, ensure_ascii=False)}"
    return f"{key}: [{', '.join(json.dumps(one, ensure_ascii=False) for one in value)}]"


def _ascii(body: Mapping[str, Json], indent: int | None = None) -> str:
    """Write JSON that survives every terminal: what is not plain ASCII is escaped, as JSON allows."""
    return json.dumps(body, indent=indent).replace("\x7f", "\\u007f")
