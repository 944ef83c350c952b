"""Our certificate is presented as Java presents it: a peer that names other CAs than its own, and does without, is met without it."""

from __future__ import annotations

import pytest
from OpenSSL import SSL

from diag.model import Reply, TransportHello
from tests import pki
from tests.diag.collect import peers
from tests.diag.collect.test_awkward import attempt

OURS = pki.new_ca("Our CA")
THEIRS = pki.new_ca("Their CA")
VERSIONS = pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])


def _node(version: int, *, required: bool, names_ours: bool = False) -> peers.Handle:
    """A node that trusts client certificates of the other CA, requires one or not, and may name our CA all the same."""
    context = peers.context(THEIRS.leaf(peers.NAME), client_ca=THEIRS, versions=(version, version))
    if names_ours:
        context.add_client_ca(OURS.certificate)
    if not required:
        context.set_verify(SSL.VERIFY_PEER)
    return peers.tls(context, peers.node({peers.HANDSHAKE_7: peers.ANSWER_9}))


@VERSIONS
async def test_a_peer_that_does_without(version: int) -> None:
    """Ours is refused; without it the node answers, as it answers Elasticsearch."""
    own = peers.client_key(OURS.leaf("node1"))
    with peers.peer(_node(version, required=False)) as port:
        probe = await peers.look(port, client_key=own, transport=True)
    assert isinstance(probe.transport, TransportHello)
    assert probe.transport.reply is Reply.ANSWERED
    tls = attempt(probe)
    assert tls.client_certificate_requested
    assert not tls.client_certificate_sent
    assert tls.acceptable_cas == (peers.named(THEIRS.certificate),)


@VERSIONS
@pytest.mark.usefixtures("long_listening")
@pytest.mark.parametrize(("required", "names_ours"), [(True, False), (False, True)])
async def test_a_refusal_that_counts(version: int, *, required: bool, names_ours: bool) -> None:
    """Where one is required, and where Java would present ours, the refusal is what there is to tell."""
    own = peers.client_key(OURS.leaf("node1"))
    with peers.peer(_node(version, required=required, names_ours=names_ours)) as port:
        tls = attempt(await peers.look(port, client_key=own, transport=True))
    assert tls.client_certificate_sent
    assert tls.client_certificate_refused
