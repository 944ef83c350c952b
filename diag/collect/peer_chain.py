"""What follows from the certificates that a peer presented: their chain, further server names to try, and whether it may see the key."""

from __future__ import annotations

from typing import Final

from diag import x509
from diag.collect.target import ProbeTarget
from diag.model import Certificate, Chain, ClearReply, Endpoint, Reason, Step, TlsAttempt, TlsResult, Unavailable

_REASONS: Final = {
    TlsResult.ALERT: Reason.ALERT,
    TlsResult.NOT_TLS: Reason.NOT_TLS,
    TlsResult.CLOSED: Reason.CLOSED,
    TlsResult.RESET: Reason.RESET,
    TlsResult.TIMED_OUT: Reason.TIMED_OUT,
}
# Those that look like a peer that was not told a name it wanted.
_TURNED_AWAY: Final = {TlsResult.ALERT, TlsResult.CLOSED, TlsResult.RESET}


def certificates_of(presented: tuple[bytes, ...], attempt: TlsAttempt) -> tuple[Certificate, ...] | Unavailable:
    """Decode the chain (DER, leaf first), or say why there is none."""
    if not presented:
        reason = _REASONS.get(attempt.result, Reason.TLS_FAILED)
        return Unavailable(step=Step.TLS, reason=reason, detail=attempt.detail or "the peer presented no certificate")
    try:
        return tuple(x509.decode(der) for der in presented)
    except ValueError as error:
        detail = f"the peer presented a certificate that cannot be decoded: {error}"
        return Unavailable(step=Step.TLS, reason=Reason.NOT_USABLE, detail=detail)


def judge(presented: tuple[bytes, ...], attempt: TlsAttempt, dial: ProbeTarget) -> Chain | Unavailable:
    """Explain the chain; without anchors to judge it by there is nothing to say about it."""
    certificates = certificates_of(presented, attempt)
    if isinstance(certificates, Unavailable):
        return certificates
    if isinstance(dial.anchors, Unavailable):
        return dial.anchors
    return x509.explain_chain(certificates, dial.anchors, public_too=dial.public_roots_too)


def needs_name_trials(endpoint: Endpoint, presented: tuple[bytes, ...], attempt: TlsAttempt) -> bool:
    """Tell whether another server name could explain what was seen: turned away, or a certificate for other names."""
    certificates = certificates_of(presented, attempt)
    if isinstance(certificates, Unavailable):
        return attempt.result in _TURNED_AWAY and attempt.clear_reply is not ClearReply.ELASTICSEARCH
    return not certificates[0].is_taken_for_any(endpoint.names)


def reason_not_judged(dial: ProbeTarget, presented: tuple[bytes, ...]) -> Unavailable | None:
    """Say why the key is not for this peer; None where it proved to be the remote, as a local cluster would have it proved."""
    chain = judge(presented, TlsAttempt(result=TlsResult.COMPLETED), dial)
    if isinstance(chain, Unavailable):
        return _withheld(str(chain))
    if not chain.trusted:
        return _withheld("its certificate does not lead to a trusted CA")
    if not chain.leaf.is_taken_for_any(dial.endpoint.names, public=chain.public):
        return _withheld(f"its certificate is for none of the names {', '.join(dial.endpoint.names)}")
    if dial.now is not None and not all(one.not_before <= dial.now <= one.not_after for one in _needed(chain)):
        return _withheld("a certificate that it presented is out of its dates")
    why = _no_server(chain)
    return _withheld(why) if why else None


def _no_server(chain: Chain) -> str:
    """Say why the certificate may not be used by a server; empty where it may. Java asks nothing of one that is trusted itself."""
    usages, extended = chain.leaf.key_usage, chain.leaf.extended_key_usage
    if len(chain.path) == 1:
        return ""
    if usages is not None and not {"digital_signature", "key_encipherment"} & set(usages):
        return "its key usage does not allow what a server does with its key"
    if extended is not None and not {"server_auth", "any"} & set(extended):
        return "its certificate is not for servers"
    return ""


def _needed(chain: Chain) -> tuple[Certificate, ...]:
    """Give the presented certificates that the path runs through: Java looks at the dates of no other one."""
    return tuple(one for one in chain.certificates if one.fingerprint in chain.needed[: max(1, len(chain.needed) - 1)])


def _withheld(why: str) -> Unavailable:
    detail = f"the key was not tried, because the peer did not prove to be the remote: {why}"
    return Unavailable(step=Step.TLS, reason=Reason.NOT_TRIED, detail=detail)
