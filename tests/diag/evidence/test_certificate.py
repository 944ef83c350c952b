"""Which names a certificate covers, against ``service_identity`` as the judge; and how a miss is explained."""

from __future__ import annotations

import dataclasses
import ipaddress
import time
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import (
    DNS_ID,
    DNSPattern,
    IPAddress_ID,
    IPAddressPattern,
    verify_service_identity,
)

from diag.model import Certificate

LABELS = st.sampled_from(
    ["*", "a", "logs", "LOGS", "node1", "no*de", "*a", "example", "com", "", "_x", "xn--mller-kva"]
)
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(".".join)
HOSTS = st.lists(
    st.sampled_from(["a", "logs", "LOGS", "node1", "example", "com", "xn--mller-kva"]), min_size=1, max_size=5
).map(".".join)
ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.sampled_from(["127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "192.0.2.1", "::ffff:192.0.2.1"]),
)


def certificate(dns: tuple[str, ...] = (), ips: tuple[str, ...] = ()) -> Certificate:
    """Make a certificate that carries these names."""
    return Certificate(
        subject="CN=x",
        issuer="CN=ca",
        fingerprint="00",
        not_before=datetime(2025, 1, 1, tzinfo=UTC),
        not_after=datetime(2027, 1, 1, tzinfo=UTC),
        dns_names=dns,
        ip_addresses=ips,
    )


def judged_by_service_identity(patterns: list[str], name: str) -> bool:
    """Let the other implementation decide; it refuses to read some patterns, which then cover nothing."""
    readable = []
    for pattern in patterns:
        try:
            readable.append(DNSPattern.from_bytes(pattern.encode()))
        except CertificateError:
            continue
    try:
        verify_service_identity(readable, [DNS_ID(name)], [])
    except (VerificationError, CertificateError):  # The second one: there is no readable name at all.
        return False
    return True


@given(st.lists(NAMES, max_size=4), st.one_of(HOSTS, HOSTS, HOSTS, NAMES))
@example(["*.example.com"], "logs.example.com")
@example(["*.example.com"], "example.com")
@example(["*.example.com"], "a.logs.example.com")
@example(["logs.example."], "logs.example")
@example([""], "a")
def test_covers_agrees_with_service_identity(patterns: list[str], name: str) -> None:
    """For every name that is one, both implementations say the same."""
    assume("*" not in name)
    assume(name.strip("."))
    assume(".." not in name)
    # A wildcard may stand for a whole A-label (RFC 9525 section 6.3, and Java); service_identity is stricter there.
    assume(not name.startswith("xn--") or not any(pattern.startswith("*") for pattern in patterns))
    # Nor does it take a wildcard right under a top-level domain, as RFC 9525 and Java do, below a private CA (measured with 17 and 25).
    assume(not any(pattern.count(".") == 1 and pattern.startswith("*.") for pattern in patterns))
    # Java gives up on names with an underscore, and on certificates that carry a trailing dot (17 and 25; measured).
    assume("_" not in name and not name.endswith("."))
    # An empty label is none: no host is called so.
    assume(not name.startswith("."))
    assert judged_by_service_identity(patterns, name) == certificate(tuple(patterns)).covers(name)


@given(st.lists(ADDRESSES, min_size=1, max_size=3), ADDRESSES)
def test_covers_agrees_on_addresses(carried: list[str], wanted: str) -> None:
    """An IP address is covered by the same address only, however either is written."""
    assume(":ffff:" not in " ".join((*carried, wanted)))  # Java takes such a one for the IPv4 address in it.
    patterns = [IPAddressPattern(ipaddress.ip_address(text)) for text in carried]
    try:
        verify_service_identity(patterns, [IPAddress_ID(wanted)], [])
        expected = True
    except VerificationError:
        expected = False
    assert expected is certificate(ips=tuple(carried)).covers(wanted)


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=4))
def test_strange_text_is_no_reason_to_fail(name: str, names: list[str]) -> None:
    """Whatever stands in a certificate or a setting, there is an answer."""
    leaf = certificate(tuple(names), tuple(names))
    assert isinstance(leaf.covers(name), bool)
    assert leaf.nearest(name) in {"", *(text.lower() for text in names)}
    assert isinstance(leaf.why_not(name), str)


def test_a_name_is_looked_for_in_its_encoded_form() -> None:
    """A setting may hold letters that stand encoded in the certificate."""
    assert certificate(("xn--mller-kva.example",)).covers("müller.example")
    assert certificate(("*.example.com",)).covers("xn--mller-kva.example.com")


def test_look_alikes_are_different_names() -> None:
    """The Kelvin sign becomes a k when lowered: that must not make a name fit."""
    assert not certificate(("\u212aey.example",)).covers("key.example")


def test_an_address_is_never_covered_by_a_host_name() -> None:
    """An IP address has to stand as one; brackets and a zone are of no account."""
    assert not certificate(("192.0.2.1", "*.0.2.1")).covers("192.0.2.1")
    assert certificate(ips=("fe80::1",)).covers("[fe80::1%eth0]")


@pytest.mark.parametrize(
    ("carried", "wanted", "nearest", "why"),
    [
        ((), "logs.example", "", "no name at all"),
        (("*.example.com",), "a.b.example.com", "*.example.com", "exactly one label"),
        (("*.example.com",), "example.com", "*.example.com", "exactly one label"),
        (("*.",), "logs.example", "*.", "needs a domain"),
        (("node*.example.com",), "node1.example.com", "node*.example.com", "whole first label"),
        (("*.other.com",), "logs.example.com", "*.other.com", "the domain differs"),
        (("logs.example",), "logs.example.", "logs.example", "trailing dot"),
        (("logs.internal", "zzz"), "logs.example", "logs.internal", "the domain differs"),
        (("LOGZ.example",), "logs.example", "logz.example", "the first label differs"),
        (("logs.example",), "192.0.2.1", "logs.example", "host names only"),
        (("qqq",), "logs.example", "qqq", ""),
    ],
)
def test_a_miss_is_explained(carried: tuple[str, ...], wanted: str, nearest: str, why: str) -> None:
    """The nearest name is found, and a few words say why it does not do."""
    leaf = certificate(carried)
    assert not leaf.covers(wanted)
    assert nearest == leaf.nearest(wanted)
    assert why in leaf.why_not(wanted)
    assert bool(why) == bool(leaf.why_not(wanted))


def test_of_addresses_the_nearest_is_an_address() -> None:
    """Where an IP address is wanted, an IP address is named, and nothing is made up about labels."""
    leaf = certificate(("logs.example",), ("192.0.2.2",))
    assert leaf.nearest("192.0.2.1") == "192.0.2.2"
    assert leaf.why_not("192.0.2.1") == ""


def test_a_flood_of_names_does_not_stall() -> None:
    """Looking for the nearest name stays quick, whatever a peer sends."""
    leaf = certificate(tuple("ab" * 20_000 + str(n) for n in range(2000)))
    began = time.process_time()
    leaf.why_not("ab" * 20_000)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("carried", "name", "taken"),
    [
        ("*.internal", "logs.internal", True),
        ("l*.internal", "logs.internal", True),
        ("l*o*s.example.org", "logs.example.org", True),
        ("logs.ex*.org", "logs.example.org", False),
        ("*.*.org", "logs.example.org", False),
        ("*", "localhost", False),
        ("logs.example.org", "logs.example.org.", True),
        ("logs.example.org.", "logs.example.org", False),
        ("logs_1.example.org", "logs_1.example.org", False),
        ("xn--*.example.org", "xn--mller-kva.example.org", False),
        ("*.example.org", "xn--mller-kva.example.org", True),
        ("l*s.example.org", "ls.example.org", True),
        ("lo*os.example.org", "los.example.org", False),
    ],
)
def test_what_java_takes(carried: str, name: str, *, taken: bool) -> None:
    """Names as the JDK reads them (17 and 25; measured)."""
    assert certificate((carried,)).is_taken_for(name) is taken


def test_the_common_name_is_taken_where_there_is_no_dns_name() -> None:
    """Java falls back to it for host names, never for addresses; a public CA's wildcard needs two labels behind it."""
    leaf = dataclasses.replace(certificate(ips=("192.0.2.1",)), common_name="logs.example.org")
    assert leaf.is_taken_for("logs.example.org")
    assert not leaf.is_taken_for("192.0.2.2")
    assert not dataclasses.replace(leaf, dns_names=("other",)).is_taken_for("logs.example.org")
    assert certificate(("*.com",)).is_taken_for("example.com")
    assert not certificate(("*.com",)).is_taken_for("example.com", public=True)
    assert certificate(ips=("192.0.2.1",)).covers("::ffff:192.0.2.1")
