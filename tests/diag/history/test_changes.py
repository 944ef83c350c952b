"""What is a change and what is none: a value that could not be had is no change, and no change is ever missed because of one."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from diag.history import EventKind
from diag.history.changes import Change, State, compare
from diag.history.known import MAX_SUBJECTS, MAX_VALUE, SHOWN, Facts, Seen, seen_in
from diag.model import (
    Chain,
    ClusterReport,
    Endpoints,
    Identity,
    License,
    LocalView,
    Reason,
    Registration,
    RemoteApi,
    RemoteEvidence,
    RemoteVersion,
    Resolution,
    Status,
    Step,
    Trust,
    Unavailable,
    Version,
)
from tests.diag.history.scene import endpoints, evidence, having, minute, report

TIMED_OUT = Unavailable(step=Step.API, reason=Reason.TIMED_OUT, detail="no answer within 10 s")
NOT_CONFIGURED = Unavailable(step=Step.API, reason=Reason.NOT_REQUESTED, detail="no url is configured")
SETTING = (EventKind.SETTING, "registered")


def changed(*reports: ClusterReport, incomplete: bool = False) -> list[tuple[str, str, str, str, str]]:
    """What the last of some rounds changed: remote, kind, subject, before, after."""
    states: dict[str, State] = {}
    changes: tuple[Change, ...] = ()
    for number, one in enumerate(reports):
        changes, states = compare(states, seen_in(one), minute(number), incomplete=incomplete)
    return [(one.remote, one.kind.value, one.subject, one.before, one.after) for one in changes]


def registered(seen: RemoteEvidence, **values: str) -> RemoteEvidence:
    """The remote as the local cluster has it."""
    registration = Registration(alias="logs", values=tuple(sorted(values.items())))
    return dataclasses.replace(seen, belief=LocalView(registration=registration))


def test_the_first_look_tells_what_is_there_and_not_each_of_its_facts() -> None:
    """Cluster and remote appear with their status; a root cause that is there from the beginning is said too."""
    assert changed(report()) == [("", "appeared", "", "", "ok"), ("logs", "appeared", "", "", "ok")]
    assert changed(having(Status.FAIL, "tls/expired", "auth/key-invalid")) == [
        ("", "appeared", "", "", "ok"),
        ("logs", "appeared", "", "", "fail"),
        ("logs", "root_cause", "", "", "tls/expired, auth/key-invalid"),
    ]
    assert changed(report(), report()) == []


def test_status_and_root_causes() -> None:
    """Both are told, with both values; another cause of the same status alone is a change as well."""
    ok, fail = having(Status.OK), having(Status.FAIL, "tls/expired")
    assert changed(ok, fail) == [("logs", "status", "", "ok", "fail"), ("logs", "root_cause", "", "", "tls/expired")]
    assert changed(ok, fail, having(Status.FAIL, "tls/expired", "ccr/paused")) == [
        ("logs", "root_cause", "", "tls/expired", "tls/expired, ccr/paused")
    ]


def test_a_remote_that_goes_and_comes_back() -> None:
    """Gone with the status it had; what was set otherwise when it was added again is told."""
    before = registered(evidence("b"), proxy_address="old:9443")
    after = registered(evidence("b"), proxy_address="new:9443")
    both, one = report(evidence("a"), before), report(evidence("a"))
    assert changed(both, one) == [("b", "gone", "", "ok", "")]
    assert changed(both, one, one) == []
    assert changed(both, one, report(evidence("a"), after)) == [
        ("b", "setting", "proxy_address", "old:9443", "new:9443"),
        ("b", "appeared", "", "", "ok"),
    ]


def test_what_an_incomplete_report_leaves_out_is_not_gone() -> None:
    """Where the remotes could not be read, one that is not listed is unknown; then nobody may call it well."""
    both, one = report(evidence("a"), evidence("b")), report(evidence("a"))
    assert changed(both, one, incomplete=True) == [("b", "status", "", "ok", "unknown")]
    assert changed(both, one, one, incomplete=True) == []


def test_settings() -> None:
    """Changed, added and removed, by the key behind the alias."""
    old = registered(evidence(), proxy_address="old:9443", server_name="logs.example")
    new = registered(evidence(), proxy_address="new:9443", skip_unavailable="true")
    assert changed(report(old), report(new)) == [
        ("logs", "setting", "proxy_address", "old:9443", "new:9443"),
        ("logs", "setting", "skip_unavailable", "", "true"),
        ("logs", "setting", "server_name", "logs.example", ""),
    ]


def test_a_call_that_failed_hides_no_change_and_makes_none() -> None:
    """Old value, no answer, new value: told once, when it is known; the settings of diag.yaml do not stand in for it."""
    old = registered(evidence(), proxy_address="old:9443")
    lost = dataclasses.replace(old, belief=LocalView(registration=TIMED_OUT))
    new = registered(evidence(), proxy_address="new:9443")
    assert changed(report(old), report(lost)) == []
    assert changed(report(old), report(lost), report(new)) == [
        ("logs", "setting", "proxy_address", "old:9443", "new:9443")
    ]


def test_settings_of_the_configuration_count_where_nobody_can_be_asked() -> None:
    """Without a url; and once there is one, what the cluster says is no change of what the configuration said."""
    seen = dataclasses.replace(evidence(), belief=LocalView(registration=NOT_CONFIGURED))
    moved = dataclasses.replace(seen, remote=dataclasses.replace(seen.remote, proxy_address="new:9443"))
    assert changed(report(seen), report(moved)) == [
        ("logs", "setting", "proxy_address", seen.remote.proxy_address, "new:9443")
    ]
    assert changed(report(seen), report(registered(evidence(), proxy_address="other:9443"))) == []


def test_addresses() -> None:
    """The addresses behind a name, in any order; a name that no longer resolves has none, a lookup that failed says nothing."""
    old = endpoints(evidence(), resolution=Resolution(addresses=("192.0.2.1", "192.0.2.2")))
    same = endpoints(evidence(), resolution=Resolution(addresses=("192.0.2.2", "192.0.2.1"), seconds=0.2))
    new = endpoints(evidence(), resolution=Resolution(addresses=("192.0.2.3",)))
    name = str(evidence().endpoints.all[0].endpoint)  # type: ignore[union-attr]  # -- the base has one.
    assert changed(report(old), report(same)) == []
    assert changed(report(old), report(new)) == [("logs", "address", name, "192.0.2.1, 192.0.2.2", "192.0.2.3")]
    none = Unavailable(step=Step.DNS, reason=Reason.NO_SUCH_NAME, detail="no such name")
    assert changed(report(old), report(endpoints(old, resolution=none))) == [
        ("logs", "address", name, "192.0.2.1, 192.0.2.2", "")
    ]
    failed = dataclasses.replace(none, reason=Reason.LOOKUP_FAILED)
    assert changed(report(old), report(endpoints(old, resolution=failed))) == []
    assert changed(report(endpoints(old, resolution=failed)), report(old)) == []


def shows(seen: RemoteEvidence, **leaves: str) -> RemoteEvidence:
    """The remote, with these addresses behind its name, each showing a leaf of this fingerprint; empty: it shows none."""
    assert isinstance(seen.endpoints, Endpoints)
    model = seen.endpoints.probes[0]
    assert isinstance(model.chain, Chain)
    probes = [
        dataclasses.replace(
            model,
            ip=ip.replace("_", "."),
            chain=dataclasses.replace(
                model.chain, certificates=(dataclasses.replace(model.chain.leaf, fingerprint=leaf),)
            )
            if leaf
            else TIMED_OUT,
        )
        for ip, leaf in leaves.items()
    ]
    return endpoints(seen, probes=tuple(probes), resolution=Resolution(addresses=("192.0.2.1",)))


def certificates(*rounds: RemoteEvidence) -> list[tuple[str, str, str]]:
    """Where the last of some rounds shows another certificate, and the last two characters of both fingerprints."""
    return [
        (subject, before[-2:], after[-2:])
        for _, kind, subject, before, after in changed(*map(report, rounds))
        if kind == "certificate"
    ]


def test_certificates() -> None:
    """Another leaf at an address. None shown this time is no change, and an address with the same leaf as the others none either."""
    one = shows(evidence(), _1="aa")
    assert certificates(one, shows(evidence(), _1="bb")) == [(".1:9443", "aa", "bb")]
    assert certificates(one, shows(evidence(), _1="")) == []
    assert certificates(one, shows(evidence(), _1=""), shows(evidence(), _1="bb")) == [(".1:9443", "aa", "bb")]
    assert certificates(one, shows(evidence(), _1="aa", _2="aa")) == []
    assert certificates(one, shows(evidence(), _1="aa", _2="bb")) == [(".2:9443", "", "bb")]
    assert certificates(one, shows(evidence(), _2="aa")) == []
    assert certificates(one, shows(evidence(), _2="aa"), shows(evidence(), _1="bb")) == [(".1:9443", "aa", "bb")]


def test_files_of_the_configuration() -> None:
    """Another certificate in a trusted file, and a file that can't be read any more."""
    seen = evidence()
    assert isinstance(seen.trust, Trust)
    (file,) = seen.trust.files
    other = dataclasses.replace(file.certificates[0], fingerprint="bb")
    replaced = dataclasses.replace(seen, trust=Trust(files=(dataclasses.replace(file, certificates=(other,)),)))
    ((_, kind, subject, before, after),) = changed(report(seen), report(replaced))
    assert (kind, subject, before[-2:], after[-2:]) == ("certificate", file.path, "00", "bb")
    broken = dataclasses.replace(
        seen, trust=Trust(files=(dataclasses.replace(file, certificates=(), problem="no PEM"),))
    )
    ((_, _, _, _, after),) = changed(report(seen), report(broken))
    assert after == "no PEM"


def test_release_license_and_identity() -> None:
    """Of the same source. What the wire shows as a range is no change of what the API said."""
    old = dataclasses.replace(evidence(), remote_version=RemoteVersion(number=Version(8, 14, 1), source="api"))
    wire = RemoteVersion(number=Version(8, 14, 0), source="wire", exact=False)
    new = dataclasses.replace(
        evidence(),
        remote_version=RemoteVersion(number=Version(8, 15, 0), source="api"),
        api=RemoteApi(
            license=License(type="basic", status="active"), identity=Identity(name="logs", uuid="another-uuid")
        ),
    )
    assert changed(report(old), report(dataclasses.replace(old, remote_version=wire))) == []
    assert changed(report(old), report(dataclasses.replace(old, remote_version=wire)), report(new)) == [
        ("logs", "release", "", "8.14.1", "8.15.0"),
        ("logs", "license", "", "enterprise, active", "basic, active"),
        ("logs", "identity", "", "logs (remote-uuid)", "logs (another-uuid)"),
    ]


def test_what_a_peer_writes_is_bounded_and_told_apart_behind_the_cut() -> None:
    """Thousands of settings, megabytes of text: few are kept, each short, and two that differ at their end still differ."""
    many = registered(evidence(), **{f"key{number}": "x" for number in range(5000)})
    assert len(seen_in(report(many))["logs"].facts[SETTING]) == MAX_SUBJECTS
    long = registered(evidence(), mode="x" * 100_000 + "a"), registered(evidence(), mode="x" * 100_000 + "b")
    ((_, _, _, before, after),) = changed(*map(report, long))
    assert len(before) == len(after) == MAX_VALUE


def test_of_one_alias_twice_the_worse_one_counts() -> None:
    """As in the metrics: a report can't hold one name well and not well."""
    two = dataclasses.replace(
        having(Status.OK), remotes=(*having(Status.OK).remotes, *having(Status.FAIL, "tls/expired").remotes)
    )
    assert ("logs", "appeared", "", "", "fail") in changed(two)


VALUES = st.sampled_from(["", "a", "b", "c"])
GROUPS = st.sampled_from([SETTING, (EventKind.ADDRESS, "dns"), (EventKind.RELEASE, "api"), SHOWN])
FACTS = st.dictionaries(GROUPS, st.dictionaries(st.sampled_from("xyz"), st.none() | VALUES, max_size=3), max_size=3)
CAUSES = st.lists(st.sampled_from(["a/b", "c/d"]), unique=True, max_size=2).map(tuple)
SEEN = st.builds(Seen, status=st.sampled_from(Status), root_causes=CAUSES, facts=FACTS)
ROUNDS = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(["", "p", "q"]), SEEN, max_size=3), st.booleans()), max_size=8
)


@given(ROUNDS)
def test_the_past_told_by_changes_leads_to_what_is_known(rounds: list[tuple[dict[str, Seen], bool]]) -> None:
    """Each change of a status begins where the one before it ended, and the last one leads to what is known: none is missing."""
    states: dict[str, State] = {}
    told: dict[tuple[str, str, str], str] = {}
    for number, (seen, incomplete) in enumerate(rounds):
        before = states
        changes, states = compare(before, seen, minute(number), incomplete=incomplete)
        for one in changes:
            assert one.before != one.after
            line = "status" if one.kind.value in {"appeared", "gone", "status"} else one.kind.value
            key = (one.remote, line, one.subject)
            if line in {"status", "root_cause"}:
                assert told.get(key, "") == one.before
            told[key] = one.after
        for name, state in states.items():
            assert told.get((name, "status", ""), "") == (state.status or "")
            assert told.get((name, "root_cause", ""), "") == ", ".join(state.root_causes)
            assert (state is before.get(name)) == (not _touched(before.get(name), state))


def _touched(before: State | None, after: State) -> bool:
    return before is None or before != after


@given(FACTS, FACTS, FACTS)
def test_a_fact_that_was_not_had_in_between_is_compared_with_what_it_was(old: Facts, lost: Facts, new: Facts) -> None:
    """Known, not known, known: the same changes as without the round in between that knew nothing."""
    nothing = {group: dict.fromkeys(facts) for group, facts in old.items() if group in lost}

    def last(*rounds: Facts) -> list[tuple[str, str, str]]:
        states: dict[str, State] = {}
        changes: tuple[Change, ...] = ()
        for number, facts in enumerate(rounds):
            changes, states = compare(states, {"p": Seen(status=Status.OK, facts=facts)}, minute(number))
        return sorted(
            (one.kind.value + one.subject, one.before, one.after) for one in changes if one.kind != "appeared"
        )

    assert last(old, nothing, new) == last(old, new)
