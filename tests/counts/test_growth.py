"""Twice as many remotes take twice as much, and no more: judging them at first, again, and holding them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import pytest

from diag.board import Board
from diag.engine import Memory, judge
from diag.engine.merged_views import merged
from diag.model import ClusterEvidence, ClusterReport, Identity, Keystore, Nodes, Remote, SeenFrom
from tests import caselib
from tests.counts.countlib import blocks_of, calls_of, steps_of

SIZES = (10, 20, 40)


def growth(count: Callable[[int], int]) -> float:
    """How much more the second step costs than the first, which is half as long: 2, where each remote costs the same, whatever the base."""
    count(SIZES[-1])  # What is done once for the process, and texts that are kept.
    small, middle, large = map(count, SIZES)
    assert middle > small
    return (large - middle) / (middle - small)


def many(number: int, *, stored: bool) -> ClusterEvidence:
    """A cluster with so many healthy remotes, each with its name and address; ``stored``: with its key in the keystore, or one of another spelling."""
    one = caselib.patched("api_key", {})
    (base,) = one.remotes
    remotes = tuple(
        dataclasses.replace(base, remote=_named(base.remote, f"remote-{index:04}", f"host-{index:04}.example:9443"))
        for index in range(number)
    )
    spelled = "remote-{:04}" if stored else "Remote_{:04}"
    names = tuple(f"cluster.remote.{spelled.format(index)}.credentials" for index in range(number))
    cluster = dataclasses.replace(one.cluster, remotes=tuple(each.remote for each in remotes))
    return dataclasses.replace(one, cluster=cluster, remotes=remotes, keystore=Keystore(names=names))


def _named(remote: Remote, alias: str, address: str) -> Remote:
    return dataclasses.replace(remote, alias=alias, proxy_address=address)


def judged(evidence: ClusterEvidence, memory: Memory | None = None) -> ClusterReport:
    """The report by all checks."""
    return judge(evidence, caselib.catalogue().checks, memory=memory)


def first(number: int, *, stored: bool) -> int:
    """The calls of a first round."""
    return calls_of(functools.partial(judged, many(number, stored=stored)))


def again(number: int, *, stored: bool) -> int:
    """The calls of a second round, whose evidence was read anew and is the same."""
    memory = Memory()
    judged(many(number, stored=stored), memory)
    return calls_of(functools.partial(judged, many(number, stored=stored), memory))


@pytest.mark.parametrize("stored", [True, False], ids=["keys", "other-spelling"])
@pytest.mark.parametrize(("count", "limit"), [(first, 2.01), (again, 2.01)])
def test_judging_grows_as_the_remotes_of_a_cluster(count: Callable[..., int], limit: float, *, stored: bool) -> None:
    """No remote is compared with every other one, nor with every entry of the keystore."""
    assert growth(functools.partial(count, stored=stored)) <= limit


def whose_apis_are_read(number: int, *, uuids: Callable[[int], str], address: str = "") -> ClusterEvidence:
    """Such a cluster, whose nodes tell which remotes they have, and whose remotes give their UUIDs; ``address``: the one of all of them."""
    base, remotes = many(number, stored=True), []
    for index, one in enumerate(base.remotes):
        identity = one.api[Identity]
        assert isinstance(identity, Identity)
        api = one.api.having({Identity: dataclasses.replace(identity, uuid=uuids(index))})
        remotes.append(
            dataclasses.replace(
                one, api=api, remote=_named(one.remote, one.remote.alias, address or one.remote.proxy_address)
            )
        )
    nodes = base.api[Nodes]
    assert isinstance(nodes, Nodes)
    aliases = tuple(one.remote.alias for one in remotes)
    # Each stands in the file of every node too, with one setting that Elasticsearch knows and one that it does not.
    in_file = tuple((f"{alias}.{key}", "proxy") for alias in aliases for key in ("mode", "signing.no"))
    having = dataclasses.replace(
        nodes, all=tuple(dataclasses.replace(node, remotes=aliases, remote_settings=in_file) for node in nodes.all)
    )
    cluster = dataclasses.replace(base.cluster, remotes=tuple(one.remote for one in remotes))
    return dataclasses.replace(base, cluster=cluster, remotes=tuple(remotes), api=base.api.having({Nodes: having}))


@pytest.mark.parametrize(
    "evidence",
    [
        functools.partial(whose_apis_are_read, uuids="uuid-{}".format),
        functools.partial(whose_apis_are_read, uuids=lambda _index: "uuid"),
        functools.partial(whose_apis_are_read, uuids=lambda _index: "uuid", address="host.example:9443"),
    ],
    ids=["each-another-cluster", "one-cluster", "one-address"],
)
def test_no_step_is_made_for_each_pair_of_remotes(evidence: Callable[[int], ClusterEvidence]) -> None:
    """Not even in a loop that calls nothing, where the APIs of both sides are read: who is the same as a thousand others names a few of them."""

    def steps(number: int) -> int:
        remotes = evidence(number)
        judged(remotes)
        return steps_of(lambda: judged(remotes))

    assert growth(steps) <= 2.001


def test_views_from_several_places_are_put_together_remote_by_remote() -> None:
    """No remote is looked for among all those of each place."""

    def steps(number: int) -> int:
        evidence = many(number, stored=True)
        views = [judged(dataclasses.replace(evidence, seen_from=SeenFrom(name=place))) for place in "ab"]
        return steps_of(lambda: merged(evidence, views))

    assert growth(steps) <= 2.01


def test_what_is_known_early_is_added_remote_by_remote() -> None:
    """Half of the remotes of a first round are known before the other half."""

    def steps(number: int) -> int:
        report, board = judged(many(number, stored=True)), Board()
        half = number // 2
        board.expect([report.name])
        board.put_early(dataclasses.replace(report, remotes=report.remotes[:half]))
        return steps_of(lambda: board.put_early(dataclasses.replace(report, remotes=report.remotes[half:])))

    assert growth(steps) <= 2.01


def test_what_is_held_of_a_report_grows_as_its_remotes() -> None:
    """With the memory that the next round needs."""

    def held(number: int) -> int:
        evidence, memory = many(number, stored=True), Memory()
        return blocks_of(lambda: (judged(evidence, memory), memory))

    assert growth(held) <= 2.05


def test_the_count_of_steps_sees_a_loop_for_each_pair() -> None:
    """Beside as many steps as the judging of a remote takes."""

    def compared(number: int) -> int:
        names = [f"remote-{index:04}" for index in range(number)]
        return steps_of(
            lambda: (
                [one for one in names for _ in range(10_000)],
                [one for one in names for other in names if one != other],
            )
        )

    assert growth(compared) > 2.001


def test_the_count_sees_one_more_call_for_each_pair() -> None:
    """Beside as many calls as the judging of a remote takes: the limit would not hold."""

    def compared(number: int) -> int:
        names = [f"remote-{index:04}" for index in range(number)]
        each = functools.partial(list, map(str.upper, names * 125))
        return calls_of(lambda: (each(), [one for one in names for other in names if one.startswith(other)]))

    assert growth(compared) > 2.01
