"""What travels between the daemon and a worker process: the plan once, then an order for each round and what became of it.

Both ends are the same program of the same user, so it is pickled. No secret travels: references are resolved by the worker.
"""

from __future__ import annotations

import copyreg
import functools
import io
import pickle
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from diag.config import Config
from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport, History, Layer, Outcome, Policy, Result
from diag.plan import Plan
from diag.rounds import Done
from diag.shard import Shard

# What pickle raises for a value that it can't take.
NOT_PICKLED: Final = (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The first message to a worker: where modules are found, ``module:name`` of what opens the collector and its arguments, and whether to log."""

    path: tuple[str, ...]
    collector: str
    arguments: tuple[object, ...] = ()
    logs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """The plan of all orders that follow. Checks are functions: they go by id, and the worker finds them as the daemon did."""

    config: Config
    shard: Shard
    policy: Policy
    checks: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Run a round. ``early``: tell what is known before it ends."""

    number: int
    cluster: str
    remotes: tuple[str, ...] = ()
    past: Mapping[str, History] = field(default_factory=dict)
    early: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give a round up: nobody waits for it."""

    number: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has loaded what it needs."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The event loop of the worker turns."""


@dataclass(frozen=True, slots=True)
class EarlyReport:
    """What a round has found so far."""

    number: int
    report: ClusterReport


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a round."""

    number: int
    done: Done


ToWorker = NewPlan | Order | Cancel
FromWorker = Ready | Pulse | EarlyReport | Answer


def new_plan(plan: Plan) -> NewPlan:
    """Make the message of a plan."""
    chosen = plan.selection
    return NewPlan(
        config=plan.config,
        shard=plan.shard,
        policy=chosen.policy,
        checks=tuple(check.id for check in chosen.checks),
        known=tuple(check.id for check in chosen.known),
    )


def can_travel(plan: Plan) -> bool:
    """Whether a plan can be sent to another process: not where a secret was typed, which is in this process alone."""
    try:
        packed(new_plan(plan))
    except NOT_PICKLED:
        return False
    return True


def packed(message: object) -> bytes:
    """Make bytes of a message. Raises one of ``NOT_PICKLED``."""
    data = io.BytesIO()
    _Pickler(data, pickle.HIGHEST_PROTOCOL).dump(message)
    return data.getvalue()


def unpacked(data: bytes) -> object:
    """Make a message of bytes that came from the other end."""
    return pickle.loads(data)  # noqa: S301 -- from a process that this one started, over a pipe that nobody else has.


@functools.lru_cache(maxsize=8192)
def _result(check: str, outcome: Outcome, layer: Layer, because: str, essential: bool) -> Result:  # noqa: FBT001 -- a key of the cache.
    """A result that says nothing but its outcome and why: one object serves the remotes of all rounds, as it does where they are judged."""
    return Result(check=check, outcome=outcome, layer=layer, because=because, essential=essential)


def _reduced(one: Result) -> Any:  # noqa: ANN401 -- whatever pickle takes.
    """How a result is packed: most are pass or skip, and not of one remote alone."""
    says = (one.check, one.outcome, one.layer, one.because, one.essential)
    alone = one.outcome in {Outcome.PASS, Outcome.SKIP} and one == _result(*says)
    return (_result, says) if alone else one.__reduce_ex__(pickle.HIGHEST_PROTOCOL)


class _Pickler(pickle.Pickler):
    dispatch_table = copyreg.dispatch_table | {Result: _reduced}
