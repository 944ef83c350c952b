"""The check trust/cn-pattern-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED
from checks.shared.certificate_files import leaves, usable
from checks.shared.presented_names import Presented, looks_like_cloud, readable_names
from checks.tables import docs
from checks.trust._other_name import REISSUE, reissue, yield_presented
from checks.trust._restrictions import lines
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    CLOUD_FORM,
    CLOUD_NAME,
    CertificateFiles,
    Chain,
    Finding,
    Layer,
    LocalCluster,
    RemoteEvidence,
    SettingsTexts,
    Severity,
    TrustFiles,
    TrustRestrictions,
    Unavailable,
    admits,
    as_fact,
    listed,
    pattern_for,
    shorten,
)


def _documents(
    files: CertificateFiles, trust_files: TrustFiles | Unavailable, texts: SettingsTexts | Unavailable
) -> Yields:
    """Of a file alone nobody tells whether a cluster at Cloud is to admit it; one that a given trust file admits is right as it is."""
    readers = usable(trust_files, texts)
    for one in leaves(files):
        names = readable_names(one.certificate)
        admitted = any(admits(reader.restrictions.patterns, names) is not False for reader in readers)
        if names and not admitted and not any(map(CLOUD_NAME.fullmatch, names)):
            yield Finding(
                summary=f"The certificate in {one.path} carries the otherName {listed(names)}, which is not of the form {CLOUD_FORM}, by which clusters "
                "at Elastic Cloud are chosen.",
                remedy="Nothing has to be done where each node is listed by its name, or no cluster at Cloud is to admit it. Else reissue it.",
                fix=reissue("local"),
                severity=Severity.INFO,
                facts={"observed": as_fact(names), "expected": CLOUD_FORM, "subject": shorten(one.certificate.subject)},
                origin=one.origin,
            )


@check(
    "trust/cn-pattern-mismatch",
    severity=Severity.WARNING,
    severities=(Severity.INFO, Severity.ERROR),
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.CERTUTIL),
    tags=("othername", "certificate"),
    source="documentation: remote clusters with self-managed clusters, naming pattern of node certificates",
    explains=(*NOT_ADMITTED, "trust/restrictions-no-match", *NO_CONNECTION),
    in_documents=_documents,
)
def cn_pattern_mismatch(remote_evidence: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable) -> Yields:
    """The otherName does not follow the naming of Elastic Cloud, by which clusters are chosen there.

    Why it matters: Cloud distinguishes clusters by names of the form ``<node>.node.<cluster>.cluster.<scope>.account``. With
    other names every single node has to be listed, and the list has to follow each change of the cluster. Patterns of that
    form never match a name of another form.

    How to fix: make the certificates anew with names of that form, or list every node by its name.

    Example: ``node1.example.com`` as otherName of a self-managed node that a hosted deployment is to trust.
    """
    patterns = remote_evidence.restrictions if isinstance(remote_evidence.restrictions, TrustRestrictions) else None
    for presented in yield_presented(remote_evidence, cluster, chain):
        if not isinstance(presented, Presented):
            yield presented
        elif not presented.names:
            yield NotApplicable(
                "the certificate carries no otherName that is read; trust/othername-missing is about that"
            )
        elif presented.whose == "local" and patterns is not None:
            yield from _by_patterns(presented, patterns)
        elif not any(map(CLOUD_NAME.fullmatch, presented.names)):
            yield _other_form(presented, Severity.WARNING, f"{presented.reader} chooses clusters by that form")


def _by_patterns(presented: Presented, restrictions: TrustRestrictions) -> Iterator[Finding | Unknown | NotApplicable]:
    follows = any(map(CLOUD_NAME.fullmatch, presented.names))
    admitted = admits(restrictions.patterns, presented.names)
    if restrictions.problem:
        yield Unknown(f"{shorten(restrictions.path)} cannot be used: {shorten(restrictions.problem)}")
    elif not follows and admitted is False and looks_like_cloud(restrictions):
        yield _other_form(presented, Severity.ERROR, f"the patterns in {shorten(restrictions.path)} ask for that form")
    elif not follows and not looks_like_cloud(restrictions):
        yield NotApplicable("neither the names nor the patterns follow the naming of Elastic Cloud")
    elif admitted is None:
        yield Unknown(f"{shorten(restrictions.path)} holds a regular expression that is not judged here")
    elif follows and any(name in restrictions.patterns for name in presented.names):
        yield Finding(
            summary=f"{shorten(restrictions.path)} lists {listed(presented.names)} node by node; the name follows the naming of "
            "Elastic Cloud, so that one pattern could stand for the whole cluster.",
            remedy="List the cluster by a pattern.",
            fix=lines(pattern_for(presented.names[0])),
            severity=Severity.INFO,
            facts={"observed": as_fact(presented.names), "expected": shorten(pattern_for(presented.names[0]))},
        )


def _other_form(presented: Presented, severity: Severity, because: str) -> Finding:
    return Finding(
        summary=f"{presented} carries the otherName {listed(presented.names)}, which is not of the form {CLOUD_FORM}; {because}.",
        remedy=f"{REISSUE} Or list every node by its name where trust is set up.",
        fix=reissue(presented.whose),
        severity=severity,
        facts={
            "observed": as_fact(presented.names),
            "expected": CLOUD_FORM,
            "subject": shorten(presented.leaf.subject),
            "whose": presented.whose,
        },
    )
