"""The check trust/restrictions-own-nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.certificate_files import compared, is_of_own_nodes
from checks.shared.fixes import on_remote_nodes, yml
from checks.shared.presented_names import not_judged, readable_names
from checks.tables import docs
from checks.trust._other_name import reissue
from checks.trust._restrictions import lines
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Certificate,
    CertificateFiles,
    Chain,
    Finding,
    SettingsTexts,
    Severity,
    TrustFiles,
    TrustRestrictions,
    Unavailable,
    X509Field,
    admits,
    as_fact,
    listed,
    pattern_for,
    shorten,
)

_OTHER_FIELD: Final = on_remote_nodes(
    yml=[yml("xpack.security.transport.ssl.trust_restrictions.x509_fields", [X509Field.DNS_NAME.value])],
    when="instead, if they carry DNS names",
)


def _documents(
    trust_files: TrustFiles, files: CertificateFiles | Unavailable, texts: SettingsTexts | Unavailable
) -> Yields:
    if isinstance(files, Unavailable):
        yield missing(files)
        return
    for file, one, names in compared(trust_files, files, texts):
        if is_of_own_nodes(file, one, texts) and admits(file.restrictions.patterns, names) is False:
            yield replace(_shut_out(file.restrictions, one.certificate, names), origin=one.origin)


@check(
    "trust/restrictions-own-nodes",
    severity=Severity.CRITICAL,
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED,),
    tags=("othername", "trust-restrictions"),
    source="documentation: remote clusters with self-managed clusters, own nodes have to be listed too; Elasticsearch RestrictedTrustManager",
    in_documents=_documents,
)
def restrictions_own_nodes(restrictions: TrustRestrictions | Unavailable, chain: Chain | Unavailable) -> Yields:
    """The remote's ``trust_restrictions`` file does not admit the nodes of the remote cluster itself.

    Why it matters: the file counts for each connection between nodes, also of one cluster. Open connections are kept, so that nothing is
    seen until nodes restart; then they refuse each other, and the cluster does not form.

    How to fix: add a pattern for the own nodes to the file, on every node, before any of them restarts. The file is read again without a
    restart.

    Example: patterns for the clusters at Elastic Cloud, and own nodes named ``node1.example.com`` that no line admits.
    """
    if isinstance(restrictions, Unavailable):
        yield missing(restrictions)
    elif isinstance(chain, Unavailable):
        yield Unknown(str(chain), piece=chain)
    elif restrictions.problem:
        yield NotApplicable(
            f"{shorten(restrictions.path)} can't be used; trust/restrictions-file-invalid is about that"
        )
    else:
        names = readable_names(chain.leaf, restrictions.fields)
        admitted = admits(restrictions.patterns, names)
        if admitted is None:
            yield not_judged(restrictions)
        elif not admitted and not names and admits(restrictions.patterns, chain.leaf.dns_names):
            yield Unknown(
                "the node's certificate carries no otherName; its DNS names are admitted, which counts where trust_restrictions.x509_fields names them"
            )
        elif not admitted:
            yield _shut_out(restrictions, chain.leaf, names)


def _shut_out(restrictions: TrustRestrictions, leaf: Certificate, names: tuple[str, ...]) -> Finding:
    path = shorten(restrictions.path)
    carries = f"the otherName {listed(names)}, which matches no pattern there" if names else "no otherName at all"
    return Finding(
        summary=f"{path} does not admit the remote cluster's own nodes: the one that answered ({shorten(leaf.subject, 120)}) carries "
        f"{carries} ({len(restrictions.patterns)} patterns in all). After a restart its nodes refuse each other.",
        remedy="Before any node of the remote cluster restarts, add a pattern for its own nodes to that file on each of them."
        if names
        else "Before any node of the remote cluster restarts, give its nodes certificates with an otherName that the file admits, or let x509_fields "
        "name a field that they carry.",
        fix=lines(pattern_for(names[0])) if names else (*reissue("remote"), *_OTHER_FIELD),
        facts={"observed": as_fact(names), "expected": as_fact(restrictions.patterns), "path": path},
    )
