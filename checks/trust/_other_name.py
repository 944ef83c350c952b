"""The otherName that trust management reads: in the local cluster's certificate, which the remote judges, and in that of the peer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.fixes import at, certutil
from checks.shared.presented_names import Presented, judged, was_asked_for
from diag.check import NotApplicable, Unknown
from diag.model import (
    CLOUD_FORM,
    Chain,
    Fix,
    LocalCluster,
    RemoteEvidence,
    Unavailable,
    Where,
)

REISSUE: Final = "Reissue the certificates with such a name (cn) for each node, and copy them to every node."


def reissue(whose: str, cn: str = CLOUD_FORM) -> tuple[Fix, ...]:
    """Make certificates with an otherName anew, for the nodes of the local or the remote cluster."""
    where = Where.LOCAL if whose == "local" else Where.REMOTE
    instances = ("instances:", "  - name: <node>", f'    cn: ["{cn}"]')
    return (*at(where, yml=instances, file="instances.yml"), *certutil("--in", "instances.yml", where=where))


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
            yield NotApplicable(
                "which certificate the local nodes present is not configured: transport.certificate in diag.yaml"
            )
