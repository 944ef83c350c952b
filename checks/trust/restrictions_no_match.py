"""The check trust/restrictions-no-match."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED, NOTHING_AFTER_TLS
from checks.shared.certificate_files import Placed, compared, is_of_own_nodes
from checks.shared.fixes import certutil
from checks.shared.presented_names import not_judged
from checks.tables import docs
from checks.trust._admission import compare, differs_in_suffix
from checks.trust._cloud_sides import node_name
from checks.trust._restrictions import lines
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    CertificateFiles,
    ClientIdentity,
    Finding,
    Layer,
    LinkedDeployments,
    SettingsTexts,
    Severity,
    TrustFiles,
    TrustRestrictions,
    Unavailable,
    Where,
    X509Field,
    admits,
    as_fact,
    listed,
    pattern_for,
    shorten,
)


def _documents(
    trust_files: TrustFiles, files: CertificateFiles | Unavailable, texts: SettingsTexts | Unavailable
) -> Yields:
    if isinstance(files, Unavailable):
        yield missing(files)
        return
    for file, one, names in compared(trust_files, files, texts):
        if is_of_own_nodes(file, one, texts):
            continue  # trust/restrictions-own-nodes is about that.
        admitted = admits(file.restrictions.patterns, names)
        if names and admitted is None:
            yield not_judged(file.restrictions)
        elif names and not admitted and not differs_in_suffix(file.restrictions, names):
            yield _not_admitted(file.restrictions, one, names)


def _not_admitted(restrictions: TrustRestrictions, one: Placed, names: tuple[str, ...]) -> Finding:
    found = _unmatched(
        restrictions,
        names,
        f"the certificate in {one.path}",
        "Add a pattern for that cluster to the file, on every node that has it.",
    )
    consequence = "If it is that of a node that has this file, the nodes refuse each other after a restart."
    return replace(found, summary=f"{found.summary} {consequence}", origin=one.origin)


def _unmatched(restrictions: TrustRestrictions, names: tuple[str, ...], whose: str, remedy: str) -> Finding:
    path, nearest = shorten(restrictions.path), shorten(_nearest(restrictions.patterns, names))
    return Finding(
        summary=f"{path} does not admit {whose}: {_stated(restrictions, names)} no pattern there "
        f"({len(restrictions.patterns)} in all). The nearest is {nearest}.",
        remedy=remedy,
        fix=lines(pattern_for(names[0])),
        facts={
            "observed": as_fact(names),
            "expected": as_fact(restrictions.patterns),
            "nearest": nearest,
            "path": path,
        },
    )


@check(
    "trust/restrictions-no-match",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_OTHER_ORGANIZATION),
    tags=("othername", "trust-restrictions"),
    source="Elasticsearch RestrictedTrustManager, Automatons",
    explains=(*NOT_ADMITTED, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
    in_documents=_documents,
)
def restrictions_no_match(
    restrictions: TrustRestrictions | Unavailable,
    identity: ClientIdentity | Unavailable,
    linked: LinkedDeployments | Unavailable,
) -> Yields:
    """The remote's ``trust_restrictions`` file does not admit the certificate that the local nodes present.

    Why it matters: trust in the CA of the local cluster's certificate is not enough: a certificate whose otherName matches no
    pattern of the file is refused, in both directions.

    How to fix: add a pattern for the local cluster to the file, on every node of the remote cluster. It takes the
    Elasticsearch cluster id (not the deployment id) and the organization id. The file is read again without a restart.

    Example: ``*.node.search.cluster.1053523743.account``, with two digits of the organization id swapped.
    """
    match compare(restrictions, identity):
        case TrustRestrictions() as found, names:
            admitted = admits(found.patterns, names)
            if admitted is None:
                yield not_judged(found)
            elif not admitted:
                yield _no_match(found, names)
        case Unknown() | NotApplicable() as answer:
            of_deployment = _of_deployment(restrictions, linked)
            yield answer if of_deployment is None else of_deployment


def _of_deployment(
    restrictions: TrustRestrictions | Unavailable, linked: LinkedDeployments | Unavailable
) -> Finding | None:
    """Judge by the names that the platform gives the nodes of the local deployment. A pattern that names its cluster may mean some nodes."""
    name, cluster_id = node_name(linked)
    if not name or isinstance(restrictions, Unavailable) or restrictions.problem:
        return None
    if X509Field.OTHER_NAME not in restrictions.fields or any(
        cluster_id in pattern for pattern in restrictions.patterns
    ):
        return None
    if admits(restrictions.patterns, (name,)) is not False:
        return None
    remedy = "Add the pattern for this cluster to that file on every node of the remote cluster."
    return _unmatched(restrictions, (name,), "the nodes of the local deployment", remedy)


def _stated(restrictions: TrustRestrictions, names: tuple[str, ...]) -> str:
    by_dns_name = X509Field.DNS_NAME in restrictions.fields
    return f"its names {listed(names)} match" if by_dns_name else f"its otherName {listed(names)} matches"


def _no_match(restrictions: TrustRestrictions, names: tuple[str, ...]) -> Finding:
    path = shorten(restrictions.path)
    if not names:
        return Finding(
            summary=f"{path} does not admit the local cluster's certificate: it carries no name of the fields that the file is compared with "
            f"({', '.join(restrictions.fields)}).",
            remedy="Reissue the certificates of the local nodes with such names.",
            fix=certutil("--dns", "<name>", where=Where.LOCAL),
            facts={"observed": "no name", "expected": as_fact(restrictions.patterns), "path": path},
        )
    remedy = "Add a pattern for this cluster to that file on every node of the remote cluster."
    return _unmatched(restrictions, names, "the local cluster's certificate", remedy)


def _nearest(patterns: Sequence[str], names: Sequence[str]) -> str:
    """Give the pattern that looks most like a name: a typo shows at once."""
    pairs = ((shorten(pattern), shorten(name)) for pattern in patterns[:200] for name in names[:3])
    return max(pairs, key=lambda pair: difflib.SequenceMatcher(None, *pair).ratio(), default=("none", ""))[0]
