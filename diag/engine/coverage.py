"""How far a remote was looked at: from the address to what the clusters say themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from diag.model import (
    AfterHandshake,
    ClusterEvidence,
    Coverage,
    Credential,
    Identity,
    KeyTrial,
    KeyVerdict,
    Nodes,
    Outcome,
    Probe,
    Reason,
    Registrations,
    RemoteEvidence,
    RemoteInfo,
    Reply,
    Resolution,
    Result,
    SecurityModel,
    Seen,
    Severity,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
)

# Why nobody was asked at all, as against an answer that did not come.
_NOT_REQUESTED: Final = frozenset({Reason.NOT_REQUESTED, Reason.NOT_DECLARED, Reason.NOT_TRIED, Reason.OFFLINE})
_TIMELESS: Final = frozenset({Reason.OUT_OF_TIME, Reason.LOOKUP_FAILED, Reason.OTHER})
# An answer that says no to this one question is an answer; a check says what it means.
_ANSWERED_NO: Final = frozenset(
    {
        Reason.FORBIDDEN,
        Reason.UNAUTHENTICATED,
        Reason.UNLICENSED,
        Reason.NOT_REQUESTED,
        Reason.NOT_DECLARED,
        Reason.OFFLINE,
    }
)
# The failures that make a part fail although it was reached.
_SPOILS: Final[Mapping[str, tuple[str, ...]]] = {
    "address": ("config/address-*", "network/dns-nxdomain"),
    "tcp": ("network/tcp-*",),
    "tls": ("tls/*", "trust/ca-*"),
    "node": (
        "network/not-elasticsearch",
        "network/accept-then-close",
        "config/port-model-mismatch",
        "config/http-port-used",
    ),
    "login": (
        "config/port-model-mismatch",
        "auth/key-expired",
        "auth/key-invalid",
        "auth/key-missing*",
        "auth/key-not-encoded-form",
        "auth/key-on-wrong-cluster",
        "auth/key-wrong-type",
        "auth/not-cross-cluster-channel",
        "tls/client-cert-rejected",
        "tls/key-cert-mismatch",
        "trust/one-way-remote",
    ),
    "local_view": ("runtime/not-connected",),
}
# What is about our own login, or about a day to come: TLS itself is fine. A certificate is a login in the certificate model alone.
_NOT_OF_TLS: Final = frozenset({"tls/key-cert-mismatch", "tls/expiring-soon"})
_LOGIN_BY_CERTIFICATE: Final = frozenset({"tls/client-cert-rejected"})
# The essential questions without whose answer a part is not known, whatever else was seen of it.
_NEEDS_ANSWER: Final[Mapping[str, frozenset[str]]] = {
    "tls": frozenset({"tls/hostname-mismatch", "tls/untrusted-issuer"}),
    "login": frozenset({"auth/key-invalid", "tls/client-cert-rejected"}),
}


def coverage(cluster: ClusterEvidence, remote: RemoteEvidence, results: Iterable[Result]) -> Coverage:
    """Say how far one remote was looked at, by its evidence and by what the checks made of it."""
    errors = [
        r.check for r in results if r.outcome is Outcome.FAIL and r.severity in {Severity.ERROR, Severity.CRITICAL}
    ]
    probes = () if isinstance(remote.endpoints, Unavailable) else remote.endpoints.probes
    seen = {
        "address": _address(remote),
        "tcp": _best(_tcp(probe) for probe in probes),
        "tls": _best(Seen.NOT_ASKED if cluster.uses_no_tls(remote, probe) else _tls(probe) for probe in probes),
        "node": _best(_node(probe) for probe in probes),
        "login": _login(remote, probes),
        "local_view": _local_view(cluster, remote),
        "remote_view": _view(remote.api[Identity], remote.api[Nodes]),
    }
    by_key = remote.remote.security_model is SecurityModel.API_KEY
    other = _NOT_OF_TLS if by_key else _NOT_OF_TLS | _LOGIN_BY_CERTIFICATE
    for part, globs in _SPOILS.items():
        about = [check for check in errors if part != "tls" or check not in other]
        if seen[part] is Seen.YES and any(fnmatchcase(check, glob) for check in about for glob in globs):
            seen[part] = Seen.NO
    open_questions = {r.check for r in results if r.outcome is Outcome.UNKNOWN and r.essential and not r.partial}
    for part, questions in _NEEDS_ANSWER.items():
        if seen[part] is Seen.YES and questions & open_questions:
            seen[part] = Seen.UNKNOWN
    return Coverage(**seen, hints=_hints(remote, seen))


def unanswered(cluster: ClusterEvidence) -> Unavailable | None:
    """Why the configured API of the local cluster could not be asked; None where it answered, or none is configured."""
    if not cluster.cluster.hosts:
        return None
    return _silence(cluster.api[Identity], cluster.api[Nodes], cluster.api[Registrations])


def remote_unanswered(remote: RemoteEvidence) -> Unavailable | None:
    """The same of the API of the remote cluster."""
    return _silence(remote.api[Identity], remote.api[Nodes])


def _silence(*pieces: object) -> Unavailable | None:
    silent = (piece for piece in pieces if isinstance(piece, Unavailable) and piece.reason not in _ANSWERED_NO)
    return next(silent, None)


def _best(seen: Iterable[Seen]) -> Seen:
    """Of several addresses: one that is fine is enough for Elasticsearch; else what was learned at all."""
    found = set(seen)
    return next((one for one in (Seen.YES, Seen.NO, Seen.UNKNOWN) if one in found), Seen.NOT_ASKED)


def _address(remote: RemoteEvidence) -> Seen:
    if isinstance(remote.endpoints, Unavailable):
        return Seen.NO if remote.endpoints.reason is Reason.NO_ADDRESS else Seen.UNKNOWN
    return _best(
        Seen.YES if isinstance(one.resolution, Resolution) else _lack(one.resolution) for one in remote.endpoints.all
    )


def _lack(why: Unavailable) -> Seen:
    if why.reason in _NOT_REQUESTED:
        return Seen.NOT_ASKED
    return Seen.UNKNOWN if why.reason in _TIMELESS else Seen.NO


def _tcp(probe: Probe) -> Seen:
    return _lack(probe.connection) if isinstance(probe.connection, Unavailable) else Seen.YES


def _tls(probe: Probe) -> Seen:
    if isinstance(probe.tls, Unavailable):
        return _lack(probe.tls) if not isinstance(probe.connection, Unavailable) else Seen.NOT_ASKED
    return Seen.YES if probe.tls.result is TlsResult.COMPLETED else Seen.NO


def _node(probe: Probe) -> Seen:
    if isinstance(probe.transport, Unavailable) or _lacked_a_certificate(probe):
        return Seen.NOT_ASKED
    return Seen.YES if probe.transport.reply is Reply.ANSWERED else Seen.NO


def _login(remote: RemoteEvidence, probes: Iterable[Probe]) -> Seen:
    by_key = remote.remote.security_model is SecurityModel.API_KEY
    seen = _best(_key(probe) if by_key else _certificate(probe) for probe in probes)
    if seen is not Seen.NO and remote.connection_established:
        return Seen.YES
    if seen is not Seen.NOT_ASKED or not by_key:
        return seen
    return Seen.UNKNOWN if isinstance(remote.credential, Credential) else Seen.NOT_ASKED


def _key(probe: Probe) -> Seen:
    if not isinstance(probe.key, KeyTrial):
        return Seen.NOT_ASKED
    if probe.key.verdict is KeyVerdict.ACCEPTED:
        return Seen.YES
    return Seen.UNKNOWN if probe.key.verdict is KeyVerdict.UNCLEAR else Seen.NO


def _certificate(probe: Probe) -> Seen:
    attempt = probe.tls
    if not isinstance(attempt, TlsAttempt):
        return Seen.NOT_ASKED
    if attempt.client_certificate_refused:
        return Seen.NOT_ASKED if _lacked_a_certificate(probe) else Seen.NO
    if not attempt.client_certificate_requested:
        # A peer that asks for no certificate takes none: what it answers, it answers to anybody.
        return Seen.YES if _answered(probe) else Seen.NOT_ASKED
    if not attempt.client_certificate_sent:
        return Seen.YES if _answered(probe) else Seen.NOT_ASKED
    return (
        Seen.YES
        if attempt.after in {AfterHandshake.ANSWERED, AfterHandshake.QUIET, AfterHandshake.DATA}
        else Seen.UNKNOWN
    )


def _lacked_a_certificate(probe: Probe) -> bool:
    """Whether the peer hung up because diag has no client certificate: what a node makes of one was not asked."""
    tls = probe.tls
    return isinstance(tls, TlsAttempt) and tls.client_certificate_refused and not tls.client_certificate_sent


def _answered(probe: Probe) -> bool:
    return isinstance(probe.transport, TransportHello) and probe.transport.reply is Reply.ANSWERED


def _local_view(cluster: ClusterEvidence, remote: RemoteEvidence) -> Seen:
    info = remote.belief[RemoteInfo]
    if isinstance(info, Unavailable):
        nobody_to_ask = info.reason is Reason.OFFLINE or not cluster.cluster.hosts
        return Seen.NOT_ASKED if nobody_to_ask and info.reason in _NOT_REQUESTED else Seen.UNKNOWN
    return Seen.YES if info.listed and info.connected else Seen.NO


def _view(*pieces: object) -> Seen:
    missing = [piece for piece in pieces if isinstance(piece, Unavailable)]
    if len(missing) < len(pieces):
        return Seen.YES
    return Seen.NOT_ASKED if all(one.reason in _NOT_REQUESTED for one in missing) else Seen.UNKNOWN


def _hints(remote: RemoteEvidence, seen: Mapping[str, Seen]) -> dict[str, str]:
    """What would make a part asked that was not; no part behind one that failed gets one."""
    hints = dict[str, str]()
    if not remote.remote.registered:
        return _flags(remote, seen)
    if _has_no_login(remote) and seen["login"] is Seen.NOT_ASKED and seen["tcp"] in {Seen.YES, Seen.NOT_ASKED}:
        hints["login"] = (
            "set credential of this remote in diag.yaml: {file: PATH} with the encoded cross-cluster API key"
            if remote.remote.security_model is SecurityModel.API_KEY
            else "set transport.certificate and transport.key of the local cluster in diag.yaml"
        )
    if seen["local_view"] is Seen.NOT_ASKED:
        hints["local_view"] = (
            "set url and auth of the local cluster in diag.yaml (diag setup role prints what that login needs); until then it is not known which "
            "certificates its nodes trust, which TLS they allow and whether they are connected"
        )
    if seen["remote_view"] is Seen.NOT_ASKED:
        hints["remote_view"] = (
            "set url and auth of this remote in diag.yaml (diag setup role prints what that login needs)"
        )
    return hints


def _has_no_login(remote: RemoteEvidence) -> bool:
    """Whether there is nothing to log in with; what is configured and was not tried needs not be configured once more."""
    if remote.remote.security_model is SecurityModel.API_KEY:
        return isinstance(remote.credential, Unavailable) and remote.credential.not_configured
    return isinstance(remote.identity, Unavailable) and remote.identity.not_configured


def _flags(remote: RemoteEvidence, seen: Mapping[str, Seen]) -> dict[str, str]:
    """The same for an address of the command line, where there is no file to set anything in."""
    if seen["login"] is not Seen.NOT_ASKED or seen["tcp"] not in {Seen.YES, Seen.NOT_ASKED}:
        return {}
    by_key = remote.remote.security_model is SecurityModel.API_KEY
    return {
        "login": "give --credential-file FILE with the encoded cross-cluster API key"
        if by_key
        else "give --client-cert FILE and --client-key FILE"
    }
