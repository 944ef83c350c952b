"""Which addresses are dialled, with which server name, for which names of a certificate."""

from __future__ import annotations

from typing import Any

import pytest

from diag.collect.endpoints import endpoints_of
from diag.model import Endpoint, LocalVersion, Reason, Remote, Step, Unavailable, Version

NOT_DECLARED = Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED)


def _of(version: str = "", **fields: Any) -> tuple[Endpoint, ...] | Unavailable:
    local = LocalVersion(number=Version.parse(version)) if version else NOT_DECLARED
    return endpoints_of(Remote(alias="logs", **fields), local)


def _one(version: str = "", **fields: Any) -> tuple[str, str, int, str, tuple[str, ...]]:
    found = _of(version, **fields)
    assert isinstance(found, tuple)
    (endpoint,) = found
    return endpoint.setting, endpoint.host, endpoint.port, endpoint.server_name, endpoint.names


@pytest.mark.parametrize(
    ("address", "server_name", "expected"),
    [
        ("a.example:9443", "b.example", ("a.example", 9443, "b.example", ("b.example", "a.example"))),
        ("a.example:9443", "", ("a.example", 9443, "a.example", ("a.example",))),
        ("a.example:9443", "a.example", ("a.example", 9443, "a.example", ("a.example",))),
        ("192.0.2.1:9443", "", ("192.0.2.1", 9443, "", ("192.0.2.1",))),
        ("192.0.2.1:9443", "b.example", ("192.0.2.1", 9443, "b.example", ("b.example", "192.0.2.1"))),
        ("[2001:db8::1]:9443", "", ("2001:db8::1", 9443, "", ("2001:db8::1",))),
        ("a.example:9443", "192.0.2.9", ("a.example", 9443, "", ("192.0.2.9", "a.example"))),
    ],
)
def test_proxy_mode(address: str, server_name: str, expected: tuple[object, ...]) -> None:
    """The configured server name is sent, else the dialled host; an IP address never is."""
    assert _one(mode="proxy", proxy_address=address, server_name=server_name) == ("proxy_address", *expected)


@pytest.mark.parametrize(
    ("version", "sent", "names"),
    [
        ("7.5.2", "seed.example", ("seed.example", "proxy.example")),
        ("7.6.0", "proxy.example", ("proxy.example",)),
        ("8.15.0", "proxy.example", ("proxy.example",)),
        ("", "proxy.example", ("proxy.example",)),
    ],
)
def test_sniff_through_a_proxy(version: str, sent: str, names: tuple[str, ...]) -> None:
    """Old releases send the host of the seed through the proxy, newer ones that of the proxy."""
    found = _one(version, mode="sniff", seeds=("seed.example:1",), proxy="proxy.example:9400")
    assert found == ("proxy", "proxy.example", 9400, sent, names)


def test_sniff_dials_every_seed_that_is_an_address() -> None:
    """Each seed is an endpoint of its own; the server name is a setting of the other mode."""
    found = _of(seeds=("a.example:9300", "no port", "b.example:9300"), server_name="x.example")
    assert isinstance(found, tuple)
    assert [(e.setting, e.host, e.server_name) for e in found] == [
        ("seeds[0]", "a.example", "a.example"),
        ("seeds[2]", "b.example", "b.example"),
    ]


def test_the_address_of_the_other_mode() -> None:
    """No mode means sniff, but a lone proxy_address is looked at, under its server name."""
    found = _one(proxy_address="a.example:9443", server_name="b.example")
    assert found == ("proxy_address", "a.example", 9443, "b.example", ("b.example", "a.example"))


@pytest.mark.parametrize("address", ["a.example", "https://a.example:9443", "a;9443", "a:0", "a:70000", "x" * 5000, ""])
def test_no_usable_address(address: str) -> None:
    """Without a single host:port there is nothing to dial, and the text says what there is."""
    found = _of(mode="proxy", proxy_address=address)
    assert isinstance(found, Unavailable)
    assert (found.step, found.reason) == (Step.CONFIGURATION, Reason.NO_ADDRESS)
    assert address[:50] in found.detail
    assert len(found.detail) < 400
