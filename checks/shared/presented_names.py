"""Which certificates are certainly judged by their otherNames, and what Elasticsearch reads in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from diag.check import Unknown
from diag.model import (
    CLOUD,
    Certificate,
    Chain,
    ClientIdentity,
    LocalCluster,
    OtherName,
    Reason,
    RemoteEvidence,
    Step,
    TrustRestrictions,
    Unavailable,
    X509Field,
    dataclass,
    shorten,
)

COMMON_NAME: Final = "2.5.4.3"
MAX_SHOWN: Final = 5
# What trust management compares where x509_fields says nothing else.
DEFAULT_FIELDS: Final = (X509Field.OTHER_NAME,)


@dataclass(frozen=True, slots=True)
class Presented:
    """A certificate whose otherNames matter: whose nodes present it, who reads it, and the leaf itself."""

    whose: str
    reader: str
    leaf: Certificate
    fields: tuple[X509Field, ...] = DEFAULT_FIELDS

    @property
    def names(self) -> tuple[str, ...]:
        """The names that Elasticsearch reads."""
        return readable_names(self.leaf, self.fields)

    @property
    def by_other_name(self) -> bool:
        """Whether the reader looks at otherNames at all."""
        return X509Field.OTHER_NAME in self.fields

    @property
    def of_common_name(self) -> tuple[OtherName, ...]:
        """The otherNames with the object identifier that is looked for, readable or not."""
        return tuple(name for name in self.leaf.other_names if name.oid == COMMON_NAME)

    def __str__(self) -> str:
        """Name it for the beginning of a sentence."""
        return f"The certificate of the {self.whose} cluster's nodes ({shorten(self.leaf.subject, 120)})"


def readable_names(certificate: Certificate, fields: Sequence[X509Field] = DEFAULT_FIELDS) -> tuple[str, ...]:
    """Give the names of a certificate that trust management compares with what it admits: those of the fields that it looks at."""
    by_other_name = (name.value for name in certificate.other_names if name.readable and name.oid == COMMON_NAME)
    found = tuple(by_other_name) if X509Field.OTHER_NAME in fields else ()
    return (*found, *(certificate.dns_names if X509Field.DNS_NAME in fields else ()))


def was_asked_for(evidence: object) -> bool:
    """Tell evidence that was looked for, found or not, from evidence that nobody configured."""
    return not (isinstance(evidence, Unavailable) and evidence.not_configured)


def our_leaf(identity: ClientIdentity | Unavailable) -> Certificate | Unavailable:
    """Give the certificate that the local nodes present, also where its key is of no use."""
    match identity:
        case ClientIdentity(chain=(leaf, *_)):
            return leaf
        case ClientIdentity():
            detail = f"{shorten(identity.path)} is not usable: {shorten(identity.problem)}"
            return Unavailable(step=Step.FILE, reason=Reason.NOT_USABLE, detail=detail)
        case _:
            return identity


def judged(
    remote_evidence: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable
) -> Iterator[Presented | Unavailable]:
    """Give the certificates that trust management surely judges; at Cloud it is always on.

    That of the local cluster is judged by a remote at Cloud and by the ``trust_restrictions`` file of any remote. That of the peer is judged by a
    local cluster at Cloud. What a cluster at Cloud presents itself is made by Cloud and right, unless it is here to be looked at.
    """
    by_file = was_asked_for(remote_evidence.restrictions)
    local_side = our_leaf(remote_evidence.identity)
    if (remote_evidence.remote.kind in CLOUD or by_file) and (was_asked_for(local_side) or cluster.kind not in CLOUD):
        reader = (
            "the trust_restrictions file of the remote cluster" if by_file else "the remote cluster's trust management"
        )
        fields = (
            remote_evidence.restrictions.fields
            if isinstance(remote_evidence.restrictions, TrustRestrictions)
            else DEFAULT_FIELDS
        )
        yield local_side if isinstance(local_side, Unavailable) else Presented("local", reader, local_side, fields)
    if cluster.kind in CLOUD:
        reader = "the local cluster's trust management"
        yield chain if isinstance(chain, Unavailable) else Presented("remote", reader, chain.leaf)


def looks_like_cloud(restrictions: TrustRestrictions) -> bool:
    """Tell whether any pattern of the file follows the naming of Cloud."""
    return any(".node." in pattern and ".cluster." in pattern for pattern in restrictions.patterns)


def not_judged(restrictions: TrustRestrictions) -> Unknown:
    """Say that a pattern is beyond what is judged here."""
    return Unknown(f"{shorten(restrictions.path)} holds a regular expression that is not judged here")
