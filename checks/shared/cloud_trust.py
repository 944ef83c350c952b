"""Whom the trust settings of a deployment admit: by the CA and by the names in a certificate."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checks.shared.payloads import is_given, text_of
from diag.model import Certificate, DirectTrust, TrustedEntity

_SCOPED = re.compile(r"[^.]+\.node\.(?P<cluster>[^.]+)\.cluster\.(?P<scope>[^.]+)(?:\.account)?")
# A direct trust of this type is for remotes of the API key model: it admits no node.
FOR_KEYS = "proxy"


def names_in(certificate: Certificate) -> tuple[str, ...]:
    """The names that trust goes by: the common names in otherName, else that of the subject."""
    found = tuple(one.value for one in certificate.other_names if one.readable and one.value)
    return found or tuple(filter(None, (certificate.common_name,)))


def admits(entry: DirectTrust, name: str) -> bool:
    """Whether a direct trust admits a node of this name; what is only computed may be any name."""
    if any(name == one.text or not one.known for one in entry.node_names):
        return True
    found = _SCOPED.fullmatch(name)
    if found is None or not is_given(entry.scope_id) or found["scope"] != text_of(entry.scope_id):
        return False
    return _has(entry, found["cluster"])


def admits_cluster(entry: TrustedEntity, cluster_id: str) -> bool:
    """Whether a trusted organization or environment is trusted with this cluster."""
    return _has(entry, cluster_id)


def scope_of(names: Iterable[str]) -> tuple[str, str]:
    """The cluster and the scope (an organization or environment) in the first name that has both; else empty."""
    found = next((match for name in names if (match := _SCOPED.fullmatch(name))), None)
    return (found["cluster"], found["scope"]) if found else ("", "")


def brings_ca(entry: DirectTrust, chain: Iterable[Certificate]) -> bool:
    """Whether a direct trust brings a CA that stands above one of these certificates, or is one of them."""
    cas = [ca for one in entry.certificates for ca in one.file.certificates]
    return any(ca.fingerprint == one.fingerprint or _issued(ca, one) for ca in cas for one in chain)


def _issued(ca: Certificate, one: Certificate) -> bool:
    """Whether names and key identifiers say that a CA issued a certificate."""
    both = ca.subject_key_id and one.authority_key_id
    return ca.subject == one.issuer and (not both or ca.subject_key_id == one.authority_key_id)


def _has(entry: DirectTrust | TrustedEntity, cluster_id: str) -> bool:
    everything = entry.trust_all is not None and entry.trust_all.is_true
    return everything or cluster_id in {one.text for one in entry.allowlist}
