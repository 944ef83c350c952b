"""Paths from a leaf to a trusted CA: found, or broken in each way, and the same verdict as the library's own verifier."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.model import Certificate, Chain, ChainFault
from diag.x509 import chain as chain_module
from diag.x509 import decode, explain_chain, public_roots
from tests import pki


def plain(*made: Any) -> tuple[Certificate, ...]:
    """Decode certificates of every origin."""
    own = (one if isinstance(one, x509.Certificate) else one.certificate for one in made)
    return tuple(decode(one.public_bytes(Encoding.DER)) for one in own)


def explain(presented: tuple[Any, ...], trusted: tuple[Any, ...]) -> Chain:
    """Explain a chain of certificates of every origin."""
    return explain_chain(plain(*presented), plain(*trusted))


def faults(found: Chain) -> list[ChainFault]:
    """Give the faults alone."""
    return [fault.fault for fault in found.faults]


@pytest.fixture(scope="module")
def root() -> pki.CA:
    """One root for the module."""
    return pki.new_ca("Root")


@pytest.fixture(scope="module")
def middle(root: pki.CA) -> pki.CA:
    """One intermediate below it."""
    return root.intermediate("Middle")


@pytest.fixture(scope="module")
def leaf(middle: pki.CA) -> pki.Issued:
    """One leaf below the intermediate."""
    return pki.leaf(middle)


def test_a_whole_chain(root: pki.CA, middle: pki.CA, leaf: pki.Issued) -> None:
    """The path leads over the intermediate to the root, whether the root was sent or not."""
    for presented in ((leaf, middle), (leaf, middle, root), (leaf, leaf, middle), (leaf, middle, pki.new_ca("Other"))):
        found = explain(presented, (root,))
        assert found.trusted
        assert not found.public
        assert found.path == ("CN=logs.example", "CN=Middle", "CN=Root")
        assert found.faults == ()
        assert found.leaf.subject == "CN=logs.example"


def test_any_trusted_certificate_ends_the_path(root: pki.CA, middle: pki.CA, leaf: pki.Issued) -> None:
    """A leaf or an intermediate that is itself trusted needs no root."""
    assert explain((leaf,), (leaf,)).path == ("CN=logs.example",)
    assert explain((leaf, middle), (middle,)).path == ("CN=logs.example", "CN=Middle")
    assert explain((leaf,), (middle,)).trusted
    own = pki.self_signed(pki.Spec(subject="own"))
    assert explain((own,), (root, own)).trusted
    assert explain((own,), (root, own)).faults == ()


def test_an_issuer_that_was_not_sent(root: pki.CA, leaf: pki.Issued) -> None:
    """Without the intermediate the path breaks at the leaf, which names who is missing."""
    found = explain((leaf,), (root,))
    assert not found.trusted
    assert found.path == ("CN=logs.example",)
    assert [(f.fault, f.subject, f.issuer) for f in found.faults] == [
        (ChainFault.ISSUER_NOT_SENT, "CN=logs.example", "CN=Middle")
    ]


def test_an_untrusted_root(root: pki.CA, middle: pki.CA, leaf: pki.Issued) -> None:
    """A whole chain below another root is a matter of trust, with the root sent or not."""
    for presented in ((leaf, middle, root), (leaf, middle)):
        found = explain(presented, (pki.new_ca("Other"),))
        assert faults(found) == [ChainFault.UNTRUSTED_ROOT]
        assert not found.trusted
    assert found.path == ("CN=logs.example", "CN=Middle")


def test_a_self_signed_leaf() -> None:
    """A leaf that signs itself and is not trusted."""
    own = pki.self_signed(pki.Spec(subject="own"))
    found = explain((own,), (pki.new_ca("Other"),))
    assert (found.trusted, faults(found)) == (False, [ChainFault.SELF_SIGNED_LEAF])


def test_a_ca_of_the_same_name_with_another_key(root: pki.CA, middle: pki.CA, leaf: pki.Issued) -> None:
    """A CA that was made anew under its old name is told from one that is not there."""
    anew = pki.new_ca("Root")
    for presented in ((leaf, middle), (leaf, middle, root)):
        found = explain(presented, (anew,))
        assert faults(found) == [ChainFault.SAME_NAME_OTHER_KEY]
        assert found.faults[0].issuer == "CN=Root"
        assert decode(anew.own.der).fingerprint[:16] in found.faults[0].detail
        assert not found.trusted
    direct = pki.leaf(root)
    assert faults(explain((direct,), (anew,))) == [ChainFault.SAME_NAME_OTHER_KEY]
    assert faults(explain((direct, anew), (pki.new_ca("Other"),))) == [ChainFault.SAME_NAME_OTHER_KEY]
    assert explain((direct,), (anew, root)).faults == ()


def test_a_key_of_another_type_under_the_same_name(root: pki.CA) -> None:
    """A namesake with a key of another type did not sign either."""
    rsa_root = pki.new_ca(pki.Spec(subject="Root", key_type="rsa"))
    assert faults(explain((pki.leaf(root),), (rsa_root,))) == [ChainFault.SAME_NAME_OTHER_KEY]
    assert faults(explain((pki.leaf(rsa_root),), (root,))) == [ChainFault.SAME_NAME_OTHER_KEY]


def test_a_renewed_ca_with_its_old_key(root: pki.CA, middle: pki.CA, leaf: pki.Issued) -> None:
    """A CA certificate made anew with the same key is as good as the old one."""
    renewed = pki.new_ca(pki.Spec(subject="Root", key=root.own.key))
    assert explain((leaf, middle, root), (renewed,)).trusted
    assert explain((leaf, middle), (renewed,)).trusted


def test_the_wrong_order(root: pki.CA, middle: pki.CA, leaf: pki.Issued) -> None:
    """Certificates out of order still lead to the root; the order is told."""
    found = explain((leaf, root, middle), (root,))
    assert found.trusted
    assert faults(found) == [ChainFault.WRONG_ORDER]
    assert faults(explain((leaf, root, middle), (pki.new_ca(),))) == [ChainFault.UNTRUSTED_ROOT, ChainFault.WRONG_ORDER]


NO_CA = {
    "flag false": {"basic_constraints": x509.BasicConstraints(ca=False, path_length=None)},
    "no constraints": {"basic_constraints": None},
    "no keyCertSign": {"key_usage": pki.key_usage("digital_signature")},
}


@pytest.mark.parametrize("fields", NO_CA.values(), ids=NO_CA.keys())
def test_an_issuer_that_is_no_ca(root: pki.CA, fields: dict[str, Any]) -> None:
    """A certificate that may not issue others makes no path, neither in the middle nor as the trusted one."""
    middle = root.intermediate(pki.Spec(subject="Middle", **fields))
    leaf = pki.leaf(middle)
    for trusted in (root, middle):
        found = explain((leaf, middle), (trusted,))
        assert not found.trusted
        assert [(f.fault, f.subject) for f in found.faults] == [(ChainFault.ISSUER_NOT_A_CA, "CN=Middle")]
        assert found.faults[0].detail


def test_a_trusted_leaf_vouches_for_nobody_else(root: pki.CA) -> None:
    """A certificate that is no CA is trusted for itself, never for what its key signed."""
    node = pki.leaf(root, "node")
    forged = pki.CA(node).issue(pki.Spec(subject="forged"))
    assert explain((node,), (node,)).trusted
    assert faults(explain((forged,), (node,))) == [ChainFault.ISSUER_NOT_A_CA]


def test_a_trusted_twin_that_is_no_ca(root: pki.CA) -> None:
    """Java takes a trusted certificate of the issuer's name and key for the end of the path, and refuses it for being no CA."""
    middle = root.intermediate("Twin")
    leaf = pki.leaf(middle)

    def twin(ca: pki.CA, **fields: Any) -> pki.Issued:
        spec = {"subject": "Twin", "key": middle.own.key, "basic_constraints": None, **fields}
        return ca.issue(pki.Spec(**spec))

    other = pki.new_ca("Other")
    for no_ca in (
        twin(root),
        twin(other),
        pki.self_signed(pki.Spec(subject="Twin", key=middle.own.key, basic_constraints=None)),
    ):
        for sent in ((leaf, middle), (leaf, middle, root), (leaf,)):
            for trusted in ((root, no_ca), (no_ca, root)):
                found = explain(sent, trusted)
                assert (found.trusted, faults(found)) == (False, [ChainFault.ISSUER_NOT_A_CA])
        assert explain((leaf, middle, no_ca), (root,)).trusted, "one that is not trusted is passed over"
        assert explain((leaf, no_ca, middle), (root,)).trusted
        assert not explain((leaf, middle), (middle, no_ca)).trusted, "which of two it takes is a matter of chance"
    another_key = root.issue(pki.Spec(subject="Twin", basic_constraints=None))
    assert explain((leaf, middle), (root, another_key)).trusted
    assert explain((twin(root), root), (root, twin(root))).trusted, "the key of a leaf is no matter"


def test_too_long_a_path_below_a_ca(root: pki.CA) -> None:
    """A path length constraint counts the CAs below."""
    limited = root.intermediate(
        pki.Spec(subject="Limited", basic_constraints=x509.BasicConstraints(ca=True, path_length=0))
    )
    below = limited.intermediate("Below")
    assert explain((pki.leaf(limited), limited), (root,)).trusted
    found = explain((pki.leaf(below), below, limited), (root,))
    assert (found.trusted, faults(found)) == (False, [ChainFault.ISSUER_NOT_A_CA])


def test_plain_old_cas_are_good() -> None:
    """A CA without keyUsage, as elasticsearch-certutil made it, and a root of version 1 are both good."""
    old = pki.new_ca(pki.Spec(subject="Old", key_usage=None, subject_key_id=False))
    assert explain((pki.leaf(old, authority_key_id=False),), (old,)).trusted
    first = pki.without_extensions(old.certificate, old.own.key)
    assert explain((pki.leaf(old),), (first,)).trusted


def test_weak_signatures() -> None:
    """SHA-1 is checked, as the JDK does below a private CA; what cannot be checked is not trusted."""
    for kind in ("rsa", "ec"):
        root = pki.new_ca(pki.Spec(subject="R", key_type="rsa" if kind == "rsa" else "ec"))
        weak = pki.leaf(root, signature_hash=hashes.SHA1())  # noqa: S303 -- weak on purpose.
        assert explain((weak,), (root,)).trusted
        other = pki.new_ca(pki.Spec(subject=root.certificate.subject, key_type="rsa" if kind == "rsa" else "ec"))
        assert faults(explain((weak,), (other,))) == [ChainFault.SAME_NAME_OTHER_KEY]
    root = pki.new_ca(pki.Spec(subject="R", key_type="rsa"))
    found = explain((pki.leaf(root, signature_hash=hashes.MD5()),), (root,))  # noqa: S303 -- weak on purpose.
    assert (found.trusted, faults(found)) == (False, [ChainFault.UNREADABLE])
    assert "1.2.840.113549.1.1.4" in found.faults[0].detail


def test_an_unknown_critical_extension(root: pki.CA) -> None:
    """A critical extension nobody knows makes a certificate unusable; one that is not critical does not matter."""
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    found = explain((pki.leaf(root, more_extensions=((strange, True),)),), (root,))
    assert (found.trusted, faults(found)) == (False, [ChainFault.UNREADABLE])
    assert "1.2.3.4" in found.faults[0].detail
    assert explain((pki.leaf(root, more_extensions=((strange, False),)),), (root,)).trusted


def test_a_certificate_that_cannot_be_parsed(root: pki.CA) -> None:
    """A certificate without its bytes is unreadable: nothing is made up."""
    import dataclasses  # noqa: PLC0415 -- only here.

    (good,) = plain(pki.leaf(root))
    empty = dataclasses.replace(good, pem="", fingerprint="00")
    found = explain_chain((empty,), plain(root))
    assert (found.trusted, faults(found)) == (False, [ChainFault.UNREADABLE])
    (inner,) = plain(pki.leaf(root.intermediate("Lost")))
    found = explain_chain((inner, empty), plain(root))
    assert faults(found) == [ChainFault.ISSUER_NOT_SENT, ChainFault.UNREADABLE]
    with pytest.raises(ValueError, match="at least one"):
        explain_chain((), plain(root))


def test_loops_end(root: pki.CA) -> None:
    """CAs that signed each other lead round in circles, and to an answer."""
    one, two = pki.new_ca("One"), pki.new_ca("Two")
    one_by_two = two.intermediate(pki.Spec(subject="One", key=one.own.key))
    two_by_one = one.intermediate(pki.Spec(subject="Two", key=two.own.key))
    leaf = pki.leaf(one)
    found = explain((leaf, one_by_two, two_by_one), (root,))
    assert (found.trusted, faults(found)) == (False, [ChainFault.UNTRUSTED_ROOT])
    assert explain((leaf, one_by_two, two_by_one), (two,)).trusted


@pytest.mark.parametrize("same_key", [False, True])
def test_a_hundred_namesakes_end_soon(*, same_key: bool) -> None:
    """A hundred certificates of one name are given up on in time, whoever signed them."""
    key = pki.new_key()
    first = pki.new_ca(pki.Spec(subject="Same", key=key))
    many = [pki.CA(first.own).intermediate(pki.Spec(subject="Same", key=key if same_key else None)) for _ in range(99)]
    begun = time.process_time()
    found = explain((pki.leaf(many[0]), *many), (pki.new_ca("Other"),))
    assert not found.trusted
    assert found.faults
    assert time.process_time() - begun < 5


def test_a_long_chain_ends() -> None:
    """A chain of a hundred certificates has an answer."""
    ca = pki.new_ca("0")
    presented = [ca]
    for number in range(1, 99):
        ca = ca.intermediate(str(number))
        presented.insert(0, ca)
    assert explain((pki.leaf(ca), *presented), (presented[0],)).trusted
    assert not explain((pki.leaf(ca), *presented), (pki.new_ca(),)).trusted


def test_public_roots() -> None:
    """A public root leads to itself; without any configured CA the public ones are trusted, with one they are only told."""
    some = public_roots().certificates()[0]
    found = explain_chain((some,), ())
    assert (found.trusted, found.public, found.faults) == (True, True, ())
    found = explain_chain((some,), plain(pki.new_ca()))
    assert (found.trusted, found.public) == (False, True)
    private = pki.new_ca("Private")
    found = explain_chain(plain(pki.leaf(private), private), ())
    assert (found.trusted, found.public, faults(found)) == (False, False, [ChainFault.UNTRUSTED_ROOT])


def test_answers_are_remembered(root: pki.CA, leaf: pki.Issued) -> None:
    """The same chain and CAs are explained once."""
    explain((leaf,), (root,))
    before = chain_module._answer.cache_info().hits
    assert explain((leaf,), (root,)) is explain((leaf,), (root,))
    assert chain_module._answer.cache_info().hits == before + 2


ROOTS = [pki.new_ca(f"Root {i % 2}") for i in range(3)]
MIDDLES = [ROOTS[i % 3].intermediate(f"Middle {i % 2}") for i in range(4)]
DEEPER = [MIDDLES[i].intermediate("Deeper") for i in range(2)]
LEAVES = [pki.leaf(ca, f"leaf{i}.example") for i, ca in enumerate([*ROOTS, *MIDDLES, *DEEPER])]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(LEAVES),
    st.lists(st.sampled_from([*ROOTS, *MIDDLES, *DEEPER]), max_size=6),
    st.lists(st.sampled_from(ROOTS), min_size=1, max_size=2),
)
def test_the_verdict_is_that_of_the_library(leaf: pki.Issued, presented: list[pki.CA], trusted: list[pki.CA]) -> None:
    """Whatever is presented in whatever order, a path is found exactly where the library's verifier finds one."""
    found = explain((leaf, *presented), tuple(trusted))
    assert found.trusted == _library_trusts(leaf, presented, trusted)
    assert found.trusted or found.faults
    assert ChainFault.WRONG_ORDER in faults(found) or not found.trusted or found.faults == ()


def _library_trusts(leaf: pki.Issued, presented: list[pki.CA], trusted: list[pki.CA]) -> bool:
    builder = verification.PolicyBuilder().store(verification.Store([ca.certificate for ca in trusted]))
    builder = builder.time(datetime.now(UTC)).max_chain_depth(16)
    builder = builder.extension_policies(
        ca_policy=verification.ExtensionPolicy.permit_all().require_present(
            x509.BasicConstraints, verification.Criticality.AGNOSTIC, None
        ),
        ee_policy=verification.ExtensionPolicy.permit_all(),
    )
    try:
        builder.build_client_verifier().verify(leaf.certificate, [ca.certificate for ca in presented])
    except verification.VerificationError:
        return False
    return True
