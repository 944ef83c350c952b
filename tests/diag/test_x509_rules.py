"""Name constraints and policies as the JDK reads them, without a server: what the table of chains asks a JDK about, in small."""

from __future__ import annotations

import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from diag.model import ChainFault
from diag.x509 import decode, explain_chain
from diag.x509.policies import ANY_POLICY, PolicyRules, are_satisfied
from tests import pki


def dns(*names: str) -> list[x509.GeneralName]:
    """DNS names."""
    return [x509.DNSName(name) for name in names]


def net(text: str) -> list[x509.GeneralName]:
    """A network."""
    return [x509.IPAddress(ipaddress.ip_network(text))]


CONSTRAINTS = {
    "permitted": (dns("corp.example"), None, {"dns": ("logs.corp.example",)}, True),
    "permitted with a dot": (dns(".corp.example"), None, {"dns": ("logs.corp.example",)}, True),
    "outside": (dns("corp.example"), None, {"dns": ("logs.example.org",)}, False),
    "one of two outside": (dns("corp.example"), None, {"dns": ("a.corp.example", "b.example.org")}, False),
    "excluded": (None, dns("example.org"), {"dns": ("logs.example.org",)}, False),
    "another kind": (dns("corp.example"), None, {"dns": (), "ips": ("192.0.2.1",)}, True),
    "network": (net("192.0.2.0/24"), None, {"dns": (), "ips": ("192.0.2.1",)}, True),
    "another network": (net("192.0.2.0/24"), None, {"dns": (), "ips": ("198.51.100.1",)}, False),
    "excluded network": (None, net("192.0.2.0/24"), {"dns": (), "ips": ("192.0.2.1",)}, False),
}


@pytest.mark.parametrize(("permitted", "excluded", "names", "taken"), CONSTRAINTS.values(), ids=CONSTRAINTS.keys())
def test_name_constraints(
    permitted: list[x509.GeneralName] | None,
    excluded: list[x509.GeneralName] | None,
    names: dict[str, tuple[str, ...]],
    taken: bool,  # noqa: FBT001 -- the parameter of the test.
) -> None:
    """A CA that may not issue a name makes no way; its own critical flag does not matter."""
    root = pki.new_ca("Root")
    for critical in (True, False):
        extension = (x509.NameConstraints(permitted, excluded), critical)
        middle = root.intermediate(pki.Spec(subject="Middle", more_extensions=(extension,)))
        chain = (pki.leaf(middle, "x", **names).certificate, middle.own.certificate)
        sent = tuple(decode(one.public_bytes(Encoding.DER)) for one in chain)
        found = explain_chain(sent, (decode(root.own.certificate.public_bytes(Encoding.DER)),))
        assert found.trusted is taken
        assert [one.fault for one in found.faults] == ([] if taken else [ChainFault.NAME_CONSTRAINTS])


def test_policies() -> None:
    """A demand for a policy is met by one that all of the path have, or by any policy."""
    demands = PolicyRules(policies=frozenset({"1.2.3"}), explicit=0)
    for own, met in (
        (frozenset({"1.2.3"}), True),
        (frozenset({"1.2.4"}), False),
        (frozenset({ANY_POLICY}), True),
        (None, False),
    ):
        assert are_satisfied([demands, PolicyRules(policies=own)]) is met
    assert are_satisfied([PolicyRules(), PolicyRules()]), "nobody demands one"
