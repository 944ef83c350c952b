"""What several vantage points saw of one remote is one report: worst first, and every finding says from where."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from checks import CHECKS
from diag.engine import judge
from diag.engine.remembered import Memory
from diag.model import (
    ClusterEvidence,
    ClusterReport,
    EndpointEvidence,
    Endpoints,
    Outcome,
    Policy,
    Reason,
    Seen,
    SeenFrom,
    Status,
    Step,
    Unavailable,
)
from tests import caselib

AWAY = Unavailable(step=Step.CONFIGURATION, reason=Reason.OTHER, detail="nobody is there")


def healthy() -> ClusterEvidence:
    """Evidence with which nothing is wrong."""
    return caselib.evidence(caselib.base_of("api_key"))


def refused() -> ClusterEvidence:
    """The same, where the name of the remote does not resolve."""
    return with_endpoints(Unavailable(step=Step.DNS, reason=Reason.NO_SUCH_NAME, detail="no such name"))


def silent() -> ClusterEvidence:
    """The same, where nothing was seen of the remote."""
    evidence = healthy()
    remote = dataclasses.replace(evidence.remotes[0], endpoints=AWAY, unreadable=AWAY, remote_version=AWAY)
    return dataclasses.replace(evidence, remotes=(remote,))


def with_endpoints(why: Unavailable) -> ClusterEvidence:
    """A remote whose name gives no address."""
    evidence = healthy()
    remote = evidence.remotes[0]
    assert isinstance(remote.endpoints, Endpoints)
    endpoint = EndpointEvidence(endpoint=remote.endpoints.all[0].endpoint, resolution=why)
    return dataclasses.replace(
        evidence,
        remotes=(dataclasses.replace(remote, endpoints=Endpoints(all=(endpoint,)), belief=type(remote.belief)()),),
    )


def seen(**views: ClusterEvidence) -> ClusterReport:
    """Judge what was seen from these vantage points."""
    named = [dataclasses.replace(one, seen_from=SeenFrom(name=name)) for name, one in views.items()]
    return judge(dataclasses.replace(named[0], other_views=tuple(named[1:])), CHECKS)


def test_one_view_is_the_report_of_that_view() -> None:
    """Status, outcomes and causes are those of the evidence; it says from where, too."""
    for evidence in (healthy(), refused(), silent()):
        alone, named = judge(evidence, CHECKS), seen(eu=evidence)
        assert (named.status, named.remotes[0].status) == (alone.status, alone.remotes[0].status)
        assert named.remotes[0].root_causes == alone.remotes[0].root_causes
        assert named.remotes[0].coverage == alone.remotes[0].coverage
        outcomes = [(one.check, one.outcome, one.severity, one.because) for one in alone.remotes[0].results]
        assert outcomes == [(one.check, one.outcome, one.severity, one.because) for one in named.remotes[0].results]
        assert [str(one.seen_from) for one in named.remotes[0].views] == ["eu"]


def test_a_failure_from_one_place_is_one_finding_that_says_so() -> None:
    """Reachable from a, not from b: a failure, seen from b, and that it passes from a is said."""
    remote = seen(a=healthy(), b=refused()).remotes[0]
    assert remote.status is Status.FAIL
    assert remote.root_causes == ("network/dns-nxdomain",)
    result = remote.result("network/dns-nxdomain")
    assert result is not None
    (finding,) = result.findings
    assert finding.facts["seen_from"] == ("b",)
    assert finding.summary.endswith("(seen from b; from a it passes).")
    assert [one.report.status for one in remote.views] == [Status.OK, Status.FAIL]


def test_the_same_failure_from_everywhere_is_one_finding_without_remarks() -> None:
    """There is nothing to say of places where they agree."""
    together, alone = seen(a=refused(), b=refused()).remotes[0], judge(refused(), CHECKS).remotes[0]
    mine, other = together.result("network/dns-nxdomain"), alone.result("network/dns-nxdomain")
    assert mine is not None
    assert other is not None
    assert [one.summary for one in mine.findings] == [one.summary for one in other.findings]
    assert mine.findings[0].facts["seen_from"] == ("a", "b")
    assert together.root_causes == alone.root_causes


def test_unknown_from_one_place_is_never_ok() -> None:
    """Whatever is seen from the others."""
    for views in ({"a": healthy(), "b": silent()}, {"a": silent(), "b": healthy()}):
        report = seen(**views)
        assert report.status is report.remotes[0].status is Status.UNKNOWN
        result = report.remotes[0].result("network/dns-nxdomain")
        assert result is not None
        assert result.outcome is Outcome.UNKNOWN
        assert "nobody is there" in result.because


def test_a_failure_and_an_open_question() -> None:
    """The failure is a failure, and says that it is not known from the other place."""
    remote = seen(a=silent(), b=refused()).remotes[0]
    assert remote.status is Status.FAIL
    result = remote.result("network/dns-nxdomain")
    assert result is not None
    assert result.findings[0].summary.endswith("(seen from b; from a it is not known).")


@pytest.mark.parametrize("names", list(itertools.product(("ok", "fail", "unknown"), repeat=3)))
def test_the_status_is_the_worst_and_no_part_is_better_than_somewhere(names: tuple[str, ...]) -> None:
    """Of every mixture of three views; a check passes only where it passes or does not apply everywhere."""
    made = {"ok": healthy, "fail": refused, "unknown": silent}
    remote = seen(**{f"p{number}": made[name]() for number, name in enumerate(names)}).remotes[0]
    expected = Status.FAIL if "fail" in names else Status.UNKNOWN if "unknown" in names else Status.OK
    assert remote.status is expected
    for result in remote.results:
        outcomes = {view.report.result(result.check).outcome for view in remote.views}  # type: ignore[union-attr]
        if result.outcome is Outcome.PASS:
            assert outcomes <= {Outcome.PASS, Outcome.SKIP}
        assert (result.outcome is Outcome.FAIL) is (Outcome.FAIL in outcomes)
    for part, how in remote.coverage.parts:
        everywhere = {dict(view.report.coverage.parts)[part] for view in remote.views}
        assert (how is Seen.YES) is (everywhere == {Seen.YES})


def test_what_follows_somewhere_and_stands_alone_elsewhere_is_a_cause() -> None:
    """A consequence in one view explains nothing in another: it stays a root cause."""
    remote = seen(a=healthy(), b=refused()).remotes[0]
    causes = {one for view in remote.views for one in view.report.root_causes}
    assert set(remote.root_causes) == causes


def test_a_view_that_could_not_read_the_remotes_leaves_them_unknown() -> None:
    """Those that others found are not known from there; one that it was not asked about is not missed."""
    empty = dataclasses.replace(healthy(), remotes=(), discovery=AWAY)
    report = seen(a=healthy(), b=empty)
    assert [one.status for one in report.remotes] == [Status.UNKNOWN]
    assert [str(one.seen_from) for one in report.remotes[0].views] == ["a", "b"]
    alias = healthy().remotes[0].remote.alias
    named = [
        dataclasses.replace(healthy(), seen_from=SeenFrom(name="a")),
        dataclasses.replace(empty, seen_from=SeenFrom(name="b", left_out=(alias,))),
    ]
    left_out = judge(dataclasses.replace(named[0], other_views=(named[1],)), CHECKS)
    assert [str(one.seen_from) for one in left_out.remotes[0].views] == ["a"]
    assert left_out.remotes[0].status is Status.OK


def test_what_a_place_says_of_the_cluster_counts_only_where_it_was_asked_about_it() -> None:
    """A place that looks at a remote alone may well be one from which the API of the local cluster is not reached."""
    evidence = dataclasses.replace(healthy(), remotes=())
    lost = dataclasses.replace(healthy(), seen_from=SeenFrom(name="b", remotes_only=True))
    lost = dataclasses.replace(lost, api=type(lost.api).nothing(AWAY))
    report = judge(dataclasses.replace(evidence, other_views=(lost,)), CHECKS)
    assert report.unanswered is None
    assert [str(one.seen_from) for one in report.remotes[0].views] == ["b"]


def test_each_view_is_remembered_by_itself() -> None:
    """A second round says the same with what the first one left as without it."""
    memory = Memory()
    for views in ({"a": healthy(), "b": refused()}, {"a": refused(), "b": healthy()}, {"a": healthy(), "b": healthy()}):
        named = [dataclasses.replace(one, seen_from=SeenFrom(name=name)) for name, one in views.items()]
        whole = dataclasses.replace(named[0], other_views=tuple(named[1:]))
        assert judge(whole, CHECKS, Policy(), CHECKS, memory=memory) == judge(whole, CHECKS, Policy(), CHECKS)


def test_who_looked_in_whose_place_is_said() -> None:
    """The finding names both."""
    evidence = dataclasses.replace(refused(), seen_from=SeenFrom(name="eu", by="us"))
    result = judge(evidence, CHECKS).remotes[0].result("network/dns-nxdomain")
    assert result is not None
    assert result.findings[0].facts["seen_from"] == ("us (in place of eu)",)
