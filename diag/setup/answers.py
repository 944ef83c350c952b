"""From answers, as somebody typed them, to a connection: what is still to be asked, and what follows where nothing was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from diag.lazy_dataclass import dataclass
from diag.model import CLOUD, Address, Kind, Mode, SecurityModel, Side, Version, is_ip, ports_of
from diag.setup.connection import Cluster, ClusterNode, Connection
from diag.setup.kubernetes import service_name

KINDS: Final = tuple(kind.value for kind in Kind if kind is not Kind.SERVERLESS)
MODELS: Final = tuple(model.value for model in SecurityModel)

# Options by their names, each with what was given: a text, or several.
Answers = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is not answered yet: the option, the words to ask with, and what may be chosen from.

    ``many`` takes several, with blanks between; ``instead`` is another option that would do, which is asked for where this one gets no answer.
    """

    option: str
    text: str
    choices: tuple[str, ...] = ()
    many: bool = False
    instead: str = ""

    @property
    def flag(self) -> str:
        """The option as it is typed, or the two of which one is enough."""
        return " or ".join(f"--{option.replace('_', '-')}" for option in (self.option, self.instead) if option)


_FIRST: Final = (
    Question(option="local_kind", text="Who runs the local cluster, which searches or replicates", choices=KINDS),
    Question(option="remote_kind", text="Who runs the remote cluster, which has the data", choices=KINDS),
    Question(option="security_model", text="Security model", choices=MODELS),
    Question(option="local_release", text="Release of the local cluster, such as 9.2.0"),
    Question(option="remote_release", text="Release of the remote cluster"),
    Question(option="alias", text="Alias of the remote, in small letters"),
    Question(option="address", text="Address of the remote, host or host:port", many=True),
)
_SEARCH: Final = Question(
    option="search", text="Patterns of remote indices to search, if any", many=True, instead="replicate"
)
_REPLICATE: Final = Question(option="replicate", text="Patterns of remote indices to replicate", many=True)
_PARTS: Final = {
    Kind.HOSTED: ("id of its Elasticsearch cluster", "id of its organization"),
    Kind.ECE: ("id of its Elasticsearch cluster", "id of its ECE environment"),
    Kind.ECK: ("name of its resource", "its namespace"),
    Kind.SELF_MANAGED: ("a word for it in the names of its nodes", "a word for whose it is"),
}


def missing(answers: Answers) -> Iterator[Question]:
    """Give what has to be answered still, in the order of asking; what hangs on the kinds and the model comes once these are known."""
    yield from (question for question in _FIRST if not answers.get(question.option))
    if not all(answers.get(option) for option in ("local_kind", "remote_kind", "security_model")):
        return
    model = SecurityModel(_one(answers, "security_model"))
    for side in (Side.LOCAL, Side.REMOTE):
        yield from (one for one in _of_side(answers, side, model) if not answers.get(one.option))
    if model is SecurityModel.API_KEY and not (answers.get("search") or answers.get("replicate")):
        yield _REPLICATE if "search" in answers else _SEARCH


def _of_side(answers: Answers, side: Side, model: SecurityModel) -> Iterator[Question]:
    """Names are asked for where they stand in certificates, in patterns, or in commands of Kubernetes."""
    kind = Kind(_one(answers, f"{side}_kind"))
    own_server = kind is Kind.SELF_MANAGED and side is Side.REMOTE
    if model is SecurityModel.CERTIFICATE or kind is Kind.ECK or own_server:
        cluster, scope = _PARTS[kind]
        yield Question(option=f"{side}_cluster", text=f"The {side} cluster: {cluster}")
        yield Question(option=f"{side}_scope", text=f"The {side} cluster: {scope}")
    other = Kind(_one(answers, f"{Side.LOCAL if side is Side.REMOTE else Side.REMOTE}_kind"))
    listed = model is SecurityModel.CERTIFICATE and kind is Kind.ECK and other in CLOUD
    if own_server or listed or (model is SecurityModel.CERTIFICATE and kind is Kind.SELF_MANAGED):
        text = f"The {side} cluster: its nodes, each as name,dns-name,ip-address"
        yield Question(option=f"{side}_node", text=text, many=True)


def to_connection(answers: Answers) -> Connection:
    """Make the connection of answers that are complete. Raises ValueError for a release that is none."""
    local, remote = _cluster(answers, Side.LOCAL), _cluster(answers, Side.REMOTE)
    model = SecurityModel(_one(answers, "security_model"))
    found = Connection(
        local=local,
        remote=remote,
        model=model,
        alias=_one(answers, "alias"),
        addresses=tuple(_with_port(text, remote.kind, model) for text in _many(answers, "address")),
        mode=Mode(_one(answers, "mode") or Mode.PROXY),
        server_name=_one(answers, "server_name"),
        search=_many(answers, "search"),
        replicate=_many(answers, "replicate"),
        skip_unavailable=_one(answers, "skip_unavailable") != "false",
        public_ca=remote.kind is Kind.HOSTED or _one(answers, "public_ca") == "true",
    )
    return _named(found)


def _named(connection: Connection) -> Connection:
    """Give the server name where nobody did and one follows: an endpoint is its own, ECK's certificates carry that of the service."""
    if connection.server_name or connection.mode is not Mode.PROXY:
        return connection
    if connection.remote.kind is Kind.ECK:
        return replace(connection, server_name=service_name(connection))
    if connection.remote.at_cloud and connection.host and not is_ip(connection.host):
        return replace(connection, server_name=connection.host)
    return connection


def _cluster(answers: Answers, side: Side) -> Cluster:
    return Cluster(
        side=side,
        kind=Kind(_one(answers, f"{side}_kind")),
        release=Version.parse(_one(answers, f"{side}_release")),
        cluster=_one(answers, f"{side}_cluster"),
        scope=_one(answers, f"{side}_scope"),
        nodes=tuple(map(_node, _many(answers, f"{side}_node"))),
        ca=_one(answers, f"{side}_ca"),
    )


def _node(text: str) -> ClusterNode:
    """Read ``name,name.example,10.0.0.1``: behind the name what it is known by."""
    name, *others = (part.strip() for part in text.split(","))
    known = [part for part in others if part]
    return ClusterNode(
        name=name, dns=tuple(one for one in known if not is_ip(one)), ip=tuple(one for one in known if is_ip(one))
    )


def _with_port(text: str, kind: Kind, model: SecurityModel) -> str:
    """Complete a host with the port that its kind of cluster has for the model."""
    if Address(setting="", text=text).parts is not None:
        return text
    ports = ports_of(kind, text)
    whole = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
    made = f"{whole}:{ports.expected(model)}" if ports is not None else text
    return made if Address(setting="", text=made).parts is not None else text


def _one(answers: Answers, option: str) -> str:
    value = answers.get(option, "")
    return value if isinstance(value, str) else ",".join(value)


def _many(answers: Answers, option: str) -> tuple[str, ...]:
    value = answers.get(option, ())
    return (value,) if isinstance(value, str) and value else tuple(value)
