"""Whether the certificate carries a name that Elasticsearch looks for."""

from __future__ import annotations

import re
from typing import Final

from checks.causes import NO_CONNECTION, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.tls.counted import weighed
from checks.tls.wording import put_setting, server_prefix, subject, unread
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Certificate,
    Chain,
    Endpoint,
    Finding,
    LocalCluster,
    LocalNodes,
    RemoteEvidence,
    SecurityModel,
    Severity,
    Unavailable,
    as_fact,
    is_ip,
    listed,
    shorten,
)

_HOST_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){0,20}")


@check(
    "tls/hostname-mismatch",
    second_hop=True,
    severity=Severity.ERROR,
    applies=Applies.settings(),
    essential=True,
    beside_connection=Severity.WARNING,
    docs=(docs.TRB_HS, docs.SETTINGS, docs.ECE_CERT),
    tags=("tls", "names"),
    source="Elasticsearch SslDiagnostics; RFC 9525 section 6; verified on Elasticsearch 9.2: server_name first, then the dialled host",
    explains=("tls/wrong-cert-for-sni", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def hostname_mismatch(
    about: RemoteEvidence, cluster: LocalCluster, nodes: LocalNodes | Unavailable, endpoint: Endpoint, chain: Chain
) -> Yields:
    """The certificate of the peer does not carry the name that Elasticsearch looks for.

    Why it matters: with ``verification_mode: full``, the default, Elasticsearch wants the configured ``server_name`` in
    the certificate, falls back to the dialled host, and refuses the connection where neither stands there. A connection
    that holds by the fallback alone breaks with the next change of address, and a wrong name can look healthy for as
    long as TLS sessions are resumed. In the certificate model, ``xpack.security.transport.ssl.verification_mode:
    certificate`` switches this check of names off.

    How to fix: set ``server_name`` to a name that the certificate carries, or have the certificate reissued with the
    name. A wildcard stands for exactly one label.

    Example: ``server_name: logs.example`` while the certificate carries ``*.logs.example``.
    """
    leaf, wanted = chain.leaf, endpoint.names
    covered = [leaf.covers(name) and leaf.is_taken_for(name, public=chain.public) for name in wanted]
    if covered[:1] == [True]:
        return
    if leaf.problem and not leaf.names:
        yield Unknown(unread(leaf))
    elif any(covered):
        found = _held_by_fallback(about, endpoint, leaf, wanted[covered.index(True)])
        yield weighed(found, about, cluster, nodes)
    elif wanted:
        found = _covered_by_none(about, endpoint, leaf, loosely=leaf.is_taken_for_any(wanted, public=chain.public))
        yield weighed(found, about, cluster, nodes)
    else:
        yield Unknown("no name to look for in the certificate is known")


def _held_by_fallback(about: RemoteEvidence, endpoint: Endpoint, leaf: Certificate, held_by: str) -> Finding:
    name = endpoint.names[0]
    return Finding(
        summary=f"The certificate does not carry server_name {shorten(name)} but does carry {shorten(held_by)}: the connection holds "
        "for now, because Elasticsearch falls back to the dialled host (and resumes TLS sessions).",
        remedy=put_setting(about.remote, "server_name", held_by),
        severity=Severity.WARNING,
        facts={**_names(leaf, endpoint), "observed": shorten(held_by), "expected": shorten(name)},
    )


def _covered_by_none(about: RemoteEvidence, endpoint: Endpoint, leaf: Certificate, *, loosely: bool) -> Finding:
    name = endpoint.names[0]
    nearest, why = leaf.nearest(name), leaf.why_not(name)
    nearness = f"the nearest name in it is {shorten(nearest)}" if nearest else "it carries no name at all"
    because = f" ({why})" if why and nearest else ""
    looked_for = " nor ".join(shorten(wanted) for wanted in endpoint.names)
    still = (
        " Java still takes it, by its common name or by a looser reading of wildcards; do not build on that."
        if loosely
        else " Elasticsearch refuses the connection; one that still stands holds for now, by a TLS session from before."
    )
    return Finding(
        summary=f"The certificate carries {'neither ' if len(endpoint.names) > 1 else 'no '}{looked_for}: {nearness}{because}.{still}",
        remedy=_name_remedy(about, endpoint, leaf),
        severity=Severity.WARNING if loosely else Severity.ERROR,
        facts={**_names(leaf, endpoint), "observed": shorten(nearest), "expected": shorten(name), "why": why},
    )


def _names(leaf: Certificate, endpoint: Endpoint) -> dict[str, tuple[str, ...]]:
    return {"names_wanted": as_fact(endpoint.names), "names_in_certificate": as_fact(leaf.names)}


def _name_remedy(about: RemoteEvidence, endpoint: Endpoint, leaf: Certificate) -> str:
    reissue = f"reissue the certificate of {server_prefix(about.remote)} on the remote cluster for {shorten(endpoint.names[0])}"
    candidates = [name for name in leaf.dns_names if _HOST_NAME.fullmatch(name) and not is_ip(name)]
    if endpoint.published:
        return _publish_a_name(about, leaf, candidates, reissue)
    if endpoint.setting != "proxy_address":
        return f"Put a name that the certificate carries into {shorten(about.remote.setting(endpoint.setting))}, or {reissue}."
    if candidates:
        nearest = leaf.nearest(endpoint.names[0])
        best = nearest if nearest in {name.lower() for name in candidates} else candidates[0]
        return f"{put_setting(about.remote, 'server_name', best)} if that is the cluster you mean; else {reissue}."
    stars = [name for name in leaf.dns_names if name.startswith("*.")]
    if stars:
        return f"Set {about.remote.setting('server_name')} to a name that fits {listed(stars, 2)}, or {reissue}."
    return f"{reissue[0].upper()}{reissue[1:]}: elasticsearch-certutil cert --dns <name> --ip <address>."


def _publish_a_name(about: RemoteEvidence, leaf: Certificate, candidates: list[str], reissue: str) -> str:
    """In mode sniff the certificate is compared with what the node publishes, and the remote has no setting for that."""
    key = "remote_cluster" if about.remote.security_model is SecurityModel.API_KEY else "transport"
    carried = next(iter((*candidates, *leaf.ip_addresses)), "")
    publish = (
        f"on that node set {key}.publish_host: {shorten(carried)}, which the certificate carries, or "
        if carried
        else ""
    )
    return (
        f"In mode sniff the certificate is compared with what the node publishes: {publish}{reissue}. "
        "Mode proxy compares it with server_name and proxy_address only."
    )


@check(
    "tls/no-san",
    second_hop=True,
    severity=Severity.ERROR,
    applies=Applies.settings(),
    beside_connection=Severity.WARNING,
    docs=(docs.CERTUTIL, docs.TRB_HS),
    tags=("tls", "names"),
    source="documentation: troubleshoot SSLHandshakeException; Elasticsearch SslDiagnostics; RFC 9525 section 2",
    explains=("tls/hostname-mismatch", "tls/wrong-cert-for-sni", *NO_CONNECTION),
)
def no_san(
    about: RemoteEvidence,
    cluster: LocalCluster,
    nodes: LocalNodes | Unavailable,
    endpoint: Endpoint,
    chain: Chain,
) -> Yields:
    """The certificate of the peer has no subject alternative names to be recognised by.

    Why it matters: names and IP addresses are looked for in the subject alternative names. Without any, an IP address can
    never fit, and for a host name nothing is left but the common name. Java still takes that one; other programs do not, so that
    it is a warning where it fits, and an error elsewhere.

    How to fix: reissue the certificate with the host names and IP addresses it is reached by.

    Example: ``elasticsearch-certutil cert`` without ``--dns`` and ``--ip`` makes certificates without a name. In the
    certificate model they serve with ``verification_mode: certificate``, which checks no names.
    """
    leaf = chain.leaf
    taken = leaf.is_taken_for_any(endpoint.names, public=chain.public)
    if leaf.has_san and leaf.names:
        return
    if leaf.problem:
        yield Unknown(unread(leaf))
        return
    found = (
        "has no subject alternative names at all"
        if not leaf.has_san
        else "has subject alternative names, but no host name and no IP address"
    )
    api_key = about.remote.security_model is SecurityModel.API_KEY
    by_name = " Java takes it by its common name for now." if taken else " Its common name does not fit either."
    missing = Finding(
        summary=f"The certificate of {subject(leaf)} {found}; expected the name it is reached by.{by_name}",
        remedy="Reissue it for the remote cluster with its names: elasticsearch-certutil cert --ca-cert ca.crt --ca-key ca.key "
        f"--dns <name> --ip <address>, and configure it under {server_prefix(about.remote)}.",
        severity=Severity.ERROR if api_key and not taken else Severity.WARNING,
        facts={
            "observed": found,
            "expected": "a DNS name or an IP address",
            "subject": subject(leaf),
            "common_name": shorten(leaf.common_name),
        },
    )
    yield weighed(missing, about, cluster, nodes)


@check(
    "tls/ip-without-ip-san",
    second_hop=True,
    severity=Severity.ERROR,
    beside_connection=Severity.WARNING,
    docs=(docs.CERTUTIL, docs.TRB_HS),
    tags=("tls", "names"),
    source="documentation: troubleshoot SSLHandshakeException; RFC 9525 section 6.4",
    explains=("tls/hostname-mismatch", "tls/wrong-cert-for-sni", *NO_CONNECTION),
)
def ip_without_ip_san(
    about: RemoteEvidence, cluster: LocalCluster, nodes: LocalNodes | Unavailable, endpoint: Endpoint, chain: Chain
) -> Yields:
    """The remote is dialled by IP address, and its certificate does not carry that address.

    Why it matters: an IP address is compared with the IP addresses among the subject alternative names only. A host name
    of the same machine does not help, nor does a DNS entry that spells the address.

    How to fix: dial a host name that the certificate carries, or set ``server_name`` to one, or reissue with ``--ip``.

    Example: ``proxy_address: 192.0.2.10:9443`` without ``server_name``; the certificate carries ``logs.example`` only.
    """
    leaf, wanted = chain.leaf, endpoint.names[0] if endpoint.names else ""
    if not is_ip(wanted):
        yield NotApplicable("a host name is looked for in the certificate, not an IP address")
    elif leaf.covers(wanted):
        return
    elif leaf.problem and not leaf.names:
        yield Unknown(unread(leaf))
    else:
        carried = listed(leaf.names) or "none"
        api_key = about.remote.security_model is SecurityModel.API_KEY
        missing = Finding(
            summary=f"The address {shorten(wanted)} is not among the IP addresses of the certificate; names in it: {carried}.",
            remedy=_name_remedy(about, endpoint, leaf),
            severity=Severity.ERROR if api_key else Severity.INFO,
            facts={**_names(leaf, endpoint), "observed": as_fact(leaf.ip_addresses), "expected": shorten(wanted)},
        )
        yield weighed(missing, about, cluster, nodes)


CHECKS = (hostname_mismatch, no_san, ip_without_ip_san)
