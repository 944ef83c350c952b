"""What travels between the daemon and a worker: a round as JSON, with references to secrets and never a secret, and its evidence as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from diag import VERSION
from diag.collect import RoundInput
from diag.config import ClusterConfig, Config, PlatformConfig
from diag.lazy_dataclass import dataclass
from diag.model import ClusterEvidence, History, Policy, SeenFrom
from diag.plan import round_input
from diag.report import saved
from diag.vantage.key_table import GivenTables, KeyTable, Raw, UnknownKeysError

KIND: Final = "diag round"
REFUSAL: Final = "diag refusal"
# An answer of a worker that was not given the keys that an order names; the same order comes again, with them.
KEYS_WANTED: Final = "diag keys wanted"
# Evidence of another release may mean something else, or lack what checks ask for: both sides are the same one.
RELEASE: Final = f"{VERSION}/{saved.SCHEMA_VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A round to be made elsewhere. ``name`` is that of the local cluster, ``config`` as much of the configuration as it needs.

    ``early``: what is known is sent while other remotes still are looked at. ``keys`` names the table of the keys that other clusters have, empty where the round needs none; ``table`` is there for a worker that has
    to be given it.
    """

    release: str
    name: str
    config: Mapping[str, Any]
    now: datetime
    remotes: tuple[str, ...]
    seconds: float
    past: Mapping[str, History]
    seen_from: SeenFrom
    early: bool = False
    keys: str = ""
    table: Raw = field(default_factory=dict)


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
    early: bool = False,
    table: KeyTable,
    with_table: bool = False,
) -> bytes:
    """Write a round down. ``table`` is that of the vantage point that makes it; ``with_table``: the worker has to be given it."""
    needed = table.concerns(cluster)
    order = Order(
        release=RELEASE,
        name=cluster.name,
        config=_part_of(config, cluster),
        now=now,
        remotes=remotes,
        seconds=seconds,
        past=dict(past),
        seen_from=seen_from,
        early=early,
        keys=table.digest if needed else "",
        table=table.raw if needed and with_table else {},
    )
    return json.dumps({"kind": KIND, **_ORDERS.dump_python(order, mode="json")}).encode()


def read_order(data: bytes, tables: GivenTables) -> tuple[RoundInput, bool]:
    """Read a round that is to be made here, and whether to send early what is known; blocking, for it reads files that the configuration names.

    Raises RefusedError, and UnknownKeysError where ``tables`` lacks the one that it names.
    """
    try:
        whole = json.loads(data)
        release = whole.get("release") if isinstance(whole, dict) and whole.get("kind") == KIND else None
        if release != RELEASE:
            msg = f"the worker runs diag {_words(RELEASE)}, the daemon diag {_words(str(release))}: install the same release"
            raise RefusedError(msg)
        order = _ORDERS.validate_python({key: value for key, value in whole.items() if key != "kind"})
        config = Config.model_validate(order.config)
        if order.table:
            tables.give(order.table)
    except (ValidationError, ValueError) as error:
        msg = f"the round that the daemon sent can't be read ({type(error).__name__})"
        raise RefusedError(msg) from None
    cluster = next((one for one in config.clusters if one.name == order.name), None)
    if cluster is None:
        msg = "the round that the daemon sent names no cluster of its own"
        raise RefusedError(msg)
    elsewhere = tables.named(order.keys).elsewhere(order.name) if order.keys else {}
    work = round_input(
        config,
        cluster,
        order.now,
        remotes=order.remotes,
        seconds=order.seconds,
        past=order.past,
        seen_from=order.seen_from,
    )
    return dataclasses.replace(work, keys_elsewhere=elsewhere), order.early


def answer_of(evidence: ClusterEvidence) -> bytes:
    """Write evidence down, as ``--save-evidence`` does; it is masked already."""
    return saved.save([evidence], Policy()).encode()


def refusal_of(because: str) -> bytes:
    """Write down why a round was not made."""
    return json.dumps({"kind": REFUSAL, "because": because}).encode()


def keys_wanted(digest: str) -> bytes:
    """Write down that the keys which an order names were not given yet."""
    return json.dumps({"kind": KEYS_WANTED, "keys": digest}).encode()


def read_answer(data: bytes, name: str) -> ClusterEvidence:
    """Read what came back for a local cluster. Raises RefusedError, and UnknownKeysError where the order has to come with its keys."""
    text = data.decode("utf-8", "replace")
    if KEYS_WANTED in text[: len(KEYS_WANTED) + 20]:
        raise UnknownKeysError
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


def _part_of(config: Config, cluster: ClusterConfig) -> Mapping[str, Any]:
    """What a round of one cluster needs of the configuration: nothing of the other clusters, and of the platforms those that it names."""
    part = config.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, include={"timeouts", "probe", "vantage_points"}
    )
    part["checks"] = {"thresholds": config.checks.thresholds.model_dump(mode="json", exclude_defaults=True)}
    part["platforms"] = [_dumped(one) for one in _platforms_of(config, cluster)]
    part["clusters"] = [_dumped(cluster)]
    return part


def _platforms_of(config: Config, cluster: ClusterConfig) -> tuple[PlatformConfig, ...]:
    """A deployment without the name of its platform is on the only one that there is."""
    if len(config.platforms) == 1:
        return config.platforms
    named = {cluster.platform, *(one.platform for one in cluster.remotes)}
    return tuple(one for one in config.platforms if one.name in named)


def _dumped(part: Any) -> dict[str, Any]:  # noqa: ANN401 -- any section of the configuration.
    dumped: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return dumped


_ORDERS: Final = TypeAdapter(Order)
