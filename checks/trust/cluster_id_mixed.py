"""The check trust/cluster-id-mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from checks.shared.applies import CERTIFICATE_MODEL
from checks.shared.certificate_files import leaves
from checks.shared.presented_names import readable_names
from checks.tables import docs
from checks.trust._other_name import reissue
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    CLOUD_NAME,
    Certificate,
    CertificateFiles,
    Chain,
    Endpoints,
    Finding,
    Severity,
    as_fact,
    listed,
)


def _documents(files: CertificateFiles) -> Yields:
    """Nodes of one cluster are those whose certificates come from one CA, as far as files tell."""
    for issuer in {one.certificate.issuer for one in leaves(files)}:
        of_one = [one for one in leaves(files) if one.certificate.issuer == issuer]
        named = [(one, names) for one in of_one if (names := _cloud_names(one.certificate))]
        if len(named) > 1:
            yield from (
                replace(found, origin=named[-1][0].origin) for found in _compared([names for _, names in named])
            )


@check(
    "trust/cluster-id-mixed",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    applies=CERTIFICATE_MODEL,
    docs=(docs.HOSTED_TO_SELF_MANAGED,),
    tags=("othername", "nodes"),
    source="documentation: remote clusters with a self-managed cluster: <node>.node.<cluster>.cluster.<scope>.account",
    in_documents=_documents,
)
def cluster_id_mixed(endpoints: Endpoints) -> Yields:
    """Nodes of the remote carry different cluster names in their otherNames.

    Why it matters: trust is given by these names, so that some nodes are admitted and others not. That two certificates carry the
    same name is reported as well: a node that is listed by its name then stands for two.

    How to fix: have the certificates of the outliers issued anew, with the cluster part of the others.

    Example: a node was moved from another cluster with its certificate.
    """
    leaves = {probe.chain.leaf for probe in endpoints.probes if isinstance(probe.chain, Chain)}
    named = {leaf: names for leaf in leaves if (names := _cloud_names(leaf))}
    if not leaves:
        yield Unknown("no certificate was seen")
    elif not named:
        yield NotApplicable("no certificate carries a name of the form <node>.node.<cluster>.cluster.<scope>")
    elif len(named) == 1:
        yield NotApplicable("one certificate carries a name of that form: nothing to compare")
    else:
        yield from _compared([*named.values()])


def _cloud_names(leaf: Certificate) -> frozenset[str]:
    return frozenset(name for name in readable_names(leaf) if CLOUD_NAME.fullmatch(name))


def _compared(named: Sequence[frozenset[str]]) -> Iterator[Finding]:
    """Compare the names of different certificates; a cluster that all of them carry is enough, whatever else they carry."""
    clusters = [frozenset(map(_cluster_part, names)) for names in named]
    counted = Counter(name for names in named for name in names)
    repeated = sorted(name for name, count in counted.items() if count > 1)
    if not frozenset.intersection(*clusters):
        parts = sorted(frozenset.union(*clusters))
        yield Finding(
            summary=f"The certificates of one cluster name several clusters: {listed(parts)}; expected one.",
            remedy="Reissue the certificates of the outliers with the same cluster and scope.",
            fix=reissue("remote"),
            facts={"observed": as_fact(parts), "expected": "one cluster and scope"},
        )
    elif repeated:
        yield Finding(
            summary=f"Different certificates carry the same node name: {listed(repeated)}; expected one name for each node. "
            "While a certificate is exchanged this passes.",
            remedy="Where these are two nodes, reissue the certificate of one with a node part of its own.",
            fix=reissue("remote"),
            severity=Severity.INFO,
            facts={"observed": as_fact(repeated), "expected": "one name for each node"},
        )


def _cluster_part(name: str) -> str:
    return name.partition(".node.")[2].removesuffix(".account")
