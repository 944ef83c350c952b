"""Properties of the address and alias grammar: every text gets one verdict, quickly, and every repair can be read."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import CHECKS
from checks.config._grammar import Fault, fault_of, flaws_of, repair
from checks.shared.alias_form import is_settings_key, suggest_alias
from checks.shared.dialled_port import change_port
from checks.shared.fixes import on_local, put_settings, recreate
from checks.shared.keystore_entries import misspelled_entry
from diag.engine import judge
from diag.evidence.terms import Reason, Severity, Step, Unavailable
from diag.model import (
    Address,
    ClusterEvidence,
    Keystore,
    LocalCluster,
    LocalVersion,
    Outcome,
    Remote,
    RemoteEvidence,
    SecurityModel,
    Version,
    mask_userinfo,
    shorten,
)

ADDRESSES = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="abC_.:;,[]/@?<$% 0123456789fé\u200b\x1b\uff1a", max_size=40),
    st.builds("{}:{}".format, st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True), st.integers(0, 99999)),
)
ALIASES = st.one_of(st.text(max_size=40), st.text(alphabet='aZ_-.:*é<"', max_size=12))
NOT_GIVEN = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail="not given")
OFFLINE = [
    check
    for check in CHECKS
    if check.id.startswith(
        ("config/address-", "config/alias-", "config/duplicate", "config/cloud-port", "config/port", "config/http")
    )
]


def _evidence(*remotes: Remote, keystore: tuple[str, ...] = ()) -> ClusterEvidence:
    return ClusterEvidence(
        cluster=LocalCluster(name="search", remotes=remotes),
        taken_at=datetime(2026, 1, 15, 12, tzinfo=UTC),
        local_version=LocalVersion(number=Version(8, 15, 0)),
        keystore=Keystore(names=keystore),
        remotes=tuple(
            RemoteEvidence(
                remote=remote,
                remote_version=NOT_GIVEN,
                trust=NOT_GIVEN,
                identity=NOT_GIVEN,
                restrictions=NOT_GIVEN,
                endpoints=NOT_GIVEN,
            )
            for remote in remotes
        ),
    )


@given(ADDRESSES)
def test_an_address_that_can_be_read_has_no_grave_fault(text: str) -> None:
    """Where Elasticsearch can read host and port, and nothing telling stands in them, no fault is told; else one is."""
    address = Address(setting="proxy_address", text=text)
    fault = fault_of(address)
    if fault is Fault.NONE:
        assert address.parts is not None
    if address.parts is None:
        assert fault is not Fault.NONE


@given(ADDRESSES)
def test_exactly_one_check_fails_for_an_address_that_cannot_be_read(text: str) -> None:
    """One mistake gives one failing address check, and an error, so that the remote is never called ok."""
    remote = Remote(alias="logs", declared_model=SecurityModel.API_KEY, mode="proxy", proxy_address=text)
    checks = [check for check in CHECKS if check.id.startswith("config/address-")]
    results = judge(_evidence(remote), checks).remotes[0].results
    failed = [result for result in results if result.outcome is Outcome.FAIL]
    assert not [result for result in results if result.outcome is Outcome.ERROR]
    if text and remote.addresses[0].parts is None:
        assert [result.severity for result in failed] == [Severity.ERROR]


@given(ADDRESSES, st.sampled_from([9300, 9400, 9443]))
def test_a_repaired_address_can_be_read_or_says_what_to_fill_in(text: str, port: int) -> None:
    """What the remedy proposes has a port of its own, or the one that stands in."""
    proposed = repair(text, port)
    assert 0 < int(proposed.rpartition(":")[2]) <= 65535


@given(st.from_regex(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,10}){1,3}", fullmatch=True), st.integers(1, 65535))
def test_a_plain_address_is_repaired_to_itself(host: str, port: int) -> None:
    """A good address has no fault and no flaw, and comes out of the repair as it was."""
    text = f"{host}:{port}"
    assert Fault.NONE is fault_of(Address(setting="proxy_address", text=text))
    assert flaws_of(host) == ()
    assert text == repair(text, 9443)


@given(st.ip_addresses(v=6), st.integers(1, 65535))
def test_ipv6_needs_brackets(ip: object, port: int) -> None:
    """An IPv6 address in brackets is fine, without them it is told as such."""
    assert Fault.NONE is fault_of(Address(setting="proxy_address", text=f"[{ip}]:{port}"))
    assert Fault.IPV6 is fault_of(Address(setting="proxy_address", text=f"{ip}:{port}"))
    assert Fault.IPV6 is fault_of(Address(setting="proxy_address", text=f"{ip}"))


@given(ALIASES)
def test_a_suggested_alias_is_valid_everywhere(alias: str) -> None:
    """The alias in a remedy is one that settings, keystores and index expressions take."""
    suggested = suggest_alias(alias)
    assert is_settings_key(suggested)
    assert suggested == suggested.lower()
    assert not suggested.startswith("-")
    assert suggested == suggest_alias(suggested)


@given(ALIASES)
def test_exactly_one_check_fails_for_an_alias_that_elasticsearch_refuses(alias: str) -> None:
    """A refused alias is told once, as an error: by its reserved characters, or as invalid."""
    remote = Remote(alias=alias, declared_model=SecurityModel.CERTIFICATE, mode="proxy", proxy_address="a.example:9300")
    checks = [check for check in CHECKS if check.id in {"config/alias-invalid", "config/alias-reserved-chars"}]
    results = judge(_evidence(remote), checks).remotes[0].results
    severities = [result.severity for result in results if result.outcome is Outcome.FAIL]
    if not is_settings_key(alias):
        assert severities == [Severity.ERROR]
    else:
        assert len(severities) == (alias.startswith("-") or alias in {"_all", "_local"})


@given(ALIASES, ALIASES, ADDRESSES)
def test_no_check_crashes_or_grows_without_bound(alias: str, other: str, text: str) -> None:
    """Whatever the text is, each check says something, of bounded length."""
    remote = Remote(alias=alias, declared_model=SecurityModel.API_KEY, mode="sniff", seeds=(text,), server_name=text)
    twin = Remote(alias=other, seeds=(text,))
    report = judge(_evidence(remote, twin, keystore=(f"cluster.remote.{other}.credentials",)), OFFLINE)
    for result in report.remotes[0].results:
        assert result.outcome is not Outcome.ERROR
        for finding in result.findings:
            assert len(finding.summary) < 2000
            assert len(finding.remedy) < 3000


@pytest.mark.parametrize(
    "text", ["a" * 200_000, ":" * 200_000, "1:" * 100_000 + "z", "@" * 200_000, "[" * 200_000, "a.:" * 60_000]
)
def test_a_huge_address_costs_little(text: str) -> None:
    """A text of some hundred kilobytes is judged in no time, and shown short."""
    remote = Remote(
        alias=text, declared_model=SecurityModel.API_KEY, mode="proxy", proxy_address=text, server_name=text
    )
    begun = time.process_time()
    report = judge(_evidence(remote, keystore=(f"cluster.remote.{text}x.credentials",)), OFFLINE)
    assert time.process_time() - begun < 5
    assert all(len(finding.summary) < 2000 for result in report.remotes[0].results for finding in result.findings)


def test_a_thousand_remotes_are_compared_once() -> None:
    """What siblings share is worked out once for the cluster: a thousand of them with foreign keystore entries take seconds at most."""
    remotes = tuple(
        Remote(
            alias=f"remote-{i}", declared_model=SecurityModel.API_KEY, mode="proxy", proxy_address=f"r{i}.example:9443"
        )
        for i in range(1000)
    )
    begun = time.process_time()
    judge(_evidence(*remotes, keystore=tuple(f"cluster.remote.other-{i}.credentials" for i in range(1000))), OFFLINE)
    assert time.process_time() - begun < 20


def test_a_mistaken_entry_is_one_that_nobody_else_has() -> None:
    """Of two similar entries only the one without a remote of its own can have been meant."""
    one, two = (Remote(alias=alias, declared_model=SecurityModel.API_KEY) for alias in ("logs-eu", "logs-us"))
    cluster = LocalCluster(name="search", remotes=(one, two))
    keystore = Keystore(names=("cluster.remote.logs-us.credentials", "cluster.remote.logs_eu.credentials"))
    assert misspelled_entry(cluster, one, keystore) == "logs_eu"
    assert misspelled_entry(cluster, two, keystore) == ""


def test_remedies_hide_users_and_keep_other_seeds() -> None:
    """A user in an address is left out, the other seeds stay."""
    remote = Remote(alias="logs", seeds=("elastic:pw@a.example:9300", "b.example:9300"))
    ((call,),) = (fix.requests for fix in change_port(remote, 9300, 9301).fix)
    assert call.body == {"persistent": {"cluster.remote.logs.seeds": ["a.example:9300", "b.example:9301"]}}
    assert mask_userinfo("https://elastic:pw@a.example") == "https://***@a.example"


def test_long_text_is_cut() -> None:
    """Text and lists of others are cut to what a line can hold."""
    assert len(shorten("x" * 1000)) == 200
    assert not on_local(put_settings({"k": [f"seed-{i}" for i in range(1000)]}))


def test_an_alias_that_cannot_exist_leaves_nothing_to_remove() -> None:
    """Only settings that Elasticsearch can have are set to null."""
    assert "null" not in str(recreate(Remote(alias="a.b", mode="proxy", proxy_address="a:1"), "a-b"))
    assert '"cluster.remote._all.mode": null' in str(
        recreate(Remote(alias="_all", mode="proxy", proxy_address="a:1"), "all")
    )
