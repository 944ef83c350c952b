"""What travels between the daemon and a worker: a round as JSON, with references to secrets and never a secret, and its evidence as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from diag import VERSION
from diag.collect import RoundInput
from diag.config import ClusterConfig, Config
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, History, Policy, SeenFrom
from diag.plan import round_input
from diag.report import saved

KIND: Final = "diag round"
REFUSAL: Final = "diag refusal"
# Evidence of another release may mean something else, or lack what checks ask for: both sides are the same one.
RELEASE: Final = f"{VERSION}/{saved.SCHEMA_VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A round to be made elsewhere. ``name`` is that of the local cluster, ``config`` as much of the configuration as it needs."""

    release: str
    name: str
    config: Mapping[str, Any]
    now: datetime
    remotes: tuple[str, ...]
    seconds: float
    past: Mapping[str, History]
    seen_from: SeenFrom


class RefusedError(Exception):
    """A worker does not make a round, or what came back is no evidence; the text says why."""


def order_of(  # noqa: PLR0913 -- what goes into a round.
    config: Config,
    cluster: ClusterConfig,
    now: datetime,
    *,
    remotes: tuple[str, ...],
    seconds: float,
    past: Mapping[str, History],
    seen_from: SeenFrom,
) -> bytes:
    """Write a round down."""
    order = Order(
        release=RELEASE,
        name=cluster.name,
        config=_part_of(config, cluster, seen_from.by or seen_from.name),
        now=now,
        remotes=remotes,
        seconds=seconds,
        past=dict(past),
        seen_from=seen_from,
    )
    return json.dumps({"kind": KIND, **_ORDERS.dump_python(order, mode="json")}).encode()


def read_order(data: bytes) -> RoundInput:
    """Read a round that is to be made here; blocking, for it reads files that the configuration names. Raises RefusedError."""
    try:
        whole = json.loads(data)
        release = whole.get("release") if isinstance(whole, dict) and whole.get("kind") == KIND else None
        if release != RELEASE:
            msg = f"the worker runs diag {_words(RELEASE)}, the daemon diag {_words(str(release))}: install the same release"
            raise RefusedError(msg)
        order = _ORDERS.validate_python({key: value for key, value in whole.items() if key != "kind"})
        config = Config.model_validate(order.config)
    except (ValidationError, ValueError) as error:
        msg = f"the round that the daemon sent can't be read ({type(error).__name__})"
        raise RefusedError(msg) from None
    cluster = next((one for one in config.clusters if one.name == order.name), None)
    if cluster is None:
        msg = "the round that the daemon sent names no cluster of its own"
        raise RefusedError(msg)
    return round_input(
        config,
        cluster,
        order.now,
        remotes=order.remotes,
        seconds=order.seconds,
        past=order.past,
        seen_from=order.seen_from,
    )


def answer_of(evidence: ClusterEvidence) -> bytes:
    """Write evidence down, as ``--save-evidence`` does; it is masked already."""
    return saved.save([evidence], Policy()).encode()


def refusal_of(because: str) -> bytes:
    """Write down why a round was not made."""
    return json.dumps({"kind": REFUSAL, "because": because}).encode()


def read_answer(data: bytes, name: str) -> ClusterEvidence:
    """Read what came back for a local cluster. Raises RefusedError."""
    text = data.decode("utf-8", "replace")
    if because := _refusal(text):
        raise RefusedError(because)
    try:
        clusters = saved.load(text).clusters
    except saved.SavedError as error:
        msg = f"what the worker sent {error}"
        raise RefusedError(msg) from None
    if [one.cluster.name for one in clusters] != [name]:
        msg = "what the worker sent is about another cluster"
        raise RefusedError(msg)
    return clusters[0]


def _refusal(text: str) -> str:
    if REFUSAL not in text[: len(REFUSAL) + 20]:
        return ""
    try:
        return str(json.loads(text)["because"])
    except (ValueError, KeyError, TypeError):
        return "the worker refused, and what it says can't be read"


def _words(release: str) -> str:
    version, _, schema = release.partition("/")
    return f"{version} (evidence {schema})" if schema else version


def _part_of(config: Config, cluster: ClusterConfig, place: str) -> Mapping[str, Any]:
    """What a round of one cluster needs of the configuration. Of the others there only which keys they have, to see one that both use."""
    part = config.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, include={"timeouts", "probe", "platforms", "vantage_points"}
    )
    part["checks"] = {"thresholds": config.checks.thresholds.model_dump(mode="json", exclude_defaults=True)}
    part["clusters"] = [_dumped(cluster)]
    for other in config.clusters:
        if other.name != cluster.name and place in config.seen_from(other):
            remotes = [
                {"alias": one.alias, "credential": _dumped(one)["credential"]}
                for one in other.remotes
                if one.credential is not None
            ]
            part["clusters"] += [{"name": other.name, "remotes": remotes}] if remotes else []
    return part


def _dumped(part: Any) -> dict[str, Any]:  # noqa: ANN401 -- any section of the configuration.
    dumped: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return dumped


_ORDERS: Final = TypeAdapter(Order)
