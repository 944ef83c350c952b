"""The otherName that trust management reads: in our certificate, which the remote judges, and in that of the peer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.presented_names import CLOUD_FORM, Presented, judged, was_asked_for
from diag.check import NotApplicable, Unknown
from diag.model import (
    Chain,
    LocalCluster,
    RemoteEvidence,
    Unavailable,
)

REISSUE: Final = (
    f"Reissue the certificates with bin/elasticsearch-certutil cert --ca elastic-stack-ca.p12 --in instances.yml, where each "
    f'instance has cn: ["{CLOUD_FORM}"], and copy them to every node.'
)


def yield_presented(
    remote_evidence: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable
) -> Iterator[Presented | Unknown | NotApplicable]:
    """Give the certificates to judge, and say why one cannot be had, or that none is judged by its otherNames."""
    found = list(judged(remote_evidence, cluster, chain))
    if not found:
        yield NotApplicable(
            "neither cluster is hosted or ECE and no trust_restrictions file is configured: nothing is known to read otherNames"
        )
    for presented in found:
        if isinstance(presented, Presented):
            yield presented
        elif was_asked_for(presented):
            yield Unknown(str(presented), piece=presented)
        else:
            yield NotApplicable("which certificate our nodes present is not told: transport.certificate in diag.yaml")
