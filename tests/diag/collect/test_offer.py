"""What a peer takes: what Elasticsearch offers is offered first, and more only where a peer takes none of it."""

from __future__ import annotations

import pytest
from OpenSSL import SSL

from diag.model import Chain, Offer, TlsAttempt, TlsResult
from tests import pki
from tests.diag.collect import peers

TLS12, TLS13 = SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION


@pytest.mark.parametrize(
    ("version", "key", "suites", "offer"),
    [
        # The defaults of cipher_suites since 8.18 (documentation: TLS settings).
        (TLS12, "ec", "ECDHE-ECDSA-AES128-GCM-SHA256", Offer.CURRENT),
        (TLS12, "rsa", "ECDHE-RSA-AES256-SHA", Offer.CURRENT),
        (TLS12, "rsa", "ECDHE-RSA-CHACHA20-POLY1305", Offer.CURRENT),
        (TLS13, "ec", "TLS_AES_128_GCM_SHA256", Offer.CURRENT),
        # Key exchange by RSA alone, which was among them before.
        (TLS12, "rsa", "AES256-GCM-SHA384", Offer.OLDER),
        (TLS12, "rsa", "AES128-SHA", Offer.OLDER),
        # What a JDK or Elasticsearch has not.
        (TLS12, "rsa", "DHE-RSA-AES256-GCM-SHA384", Offer.EVERYTHING),
        (TLS12, "ec", "ECDHE-ECDSA-AES256-CCM", Offer.EVERYTHING),
        (TLS12, "rsa", "ECDHE-RSA-CAMELLIA256-SHA384", Offer.EVERYTHING),
        (TLS13, "ec", "TLS_AES_128_CCM_SHA256", Offer.EVERYTHING),
    ],
)
async def test_the_first_offer_that_is_taken_is_told(
    ca: pki.CA, version: int, key: str, suites: str, offer: Offer
) -> None:
    """The certificate is seen in any case; the offer says whether a node would have got that far."""
    issued = ca.issue(pki.Spec(subject=peers.NAME, dns=(peers.NAME,), key_type=key))  # type: ignore[arg-type]  # Of the table.
    server = peers.context(issued, versions=(version, version))
    if version == TLS13:
        server.set_tls13_ciphersuites(suites.encode())
    else:
        server.set_cipher_list(f"{suites}:@SECLEVEL=0".encode())
    with peers.peer(peers.tls(server)) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    assert isinstance(probe.tls, TlsAttempt)
    assert (probe.tls.result, probe.tls.offer, probe.tls.cipher) == (TlsResult.COMPLETED, offer, suites)
    assert isinstance(probe.chain, Chain)
    assert probe.chain.trusted


async def test_a_peer_that_takes_nothing_at_all(ca: pki.CA) -> None:
    """A certificate of a kind that no suite goes with: it is refused in each offer."""
    issued = ca.issue(pki.Spec(subject=peers.NAME, dns=(peers.NAME,), key_type="ec"))
    server = peers.context(issued, versions=(TLS12, TLS12))
    server.set_cipher_list(b"ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")
    with peers.peer(peers.tls(server)) as port:
        probe = await peers.look(port, anchors=peers.anchors(ca))
    assert isinstance(probe.tls, TlsAttempt)
    assert probe.tls.result is TlsResult.ALERT
