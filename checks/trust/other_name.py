"""The otherName that trust management reads: in our certificate, which the remote judges, and in that of the peer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.causes import NO_CONNECTION, NOT_ADMITTED
from checks.tables import docs
from checks.trust.patterns import admits
from checks.trust.presented import (
    CLOUD_FORM,
    CLOUD_NAME,
    COMMON_NAME,
    Presented,
    judged,
    looks_like_cloud,
    pattern_for,
    quoted,
    was_asked_for,
)
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Chain,
    Finding,
    Layer,
    LocalCluster,
    OtherName,
    RemoteEvidence,
    SecurityModel,
    Severity,
    TrustRestrictions,
    Unavailable,
    X509Field,
    as_fact,
    listed,
    shorten,
)

_APPLIES: Final = Applies.settings(models=(SecurityModel.CERTIFICATE,))
_REISSUE: Final = (
    f"Reissue the certificates with bin/elasticsearch-certutil cert --ca elastic-stack-ca.p12 --in instances.yml, where each "
    f'instance has cn: ["{CLOUD_FORM}"], and copy them to every node.'
)


@check(
    "trust/othername-missing",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=_APPLIES,
    docs=(docs.EC_SELF, docs.CERTUTIL),
    tags=("othername", "certificate"),
    source="Elasticsearch RestrictedTrustManager, CertGenUtils; documentation: remote clusters with self-managed clusters",
    explains=(*NOT_ADMITTED, "trust/restrictions-no-match", *NO_CONNECTION),
    leaves_open=("trust/*",),
)
def othername_missing(about: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable) -> Yields:
    """A certificate carries no otherName, and trust management admits by nothing else.

    Why it matters: trust management, which is always on at Elastic Cloud and wherever ``trust_restrictions`` is set,
    compares one field of the certificate: the otherName with object identifier 2.5.4.3. Without it every certificate is
    rejected, however well its CA is trusted. Certificates as ``elasticsearch-certutil`` makes them by default have none.

    How to fix: make the certificates anew with ``--in instances.yml`` and a ``cn`` for each instance, and copy them to all
    nodes. Where the remote is self-managed, its ``trust_restrictions.x509_fields`` may name ``subjectAltName.dnsName`` instead.

    Example: alert certificate_unknown, and on the other side ``Rejecting certificate … with values [[]]``.
    """
    for presented in yield_presented(about, cluster, chain):
        if not isinstance(presented, Presented):
            yield presented
        elif not presented.by_other_name:
            yield NotApplicable(f"{presented.reader} looks at other fields (x509_fields)")
        elif not presented.of_common_name and not presented.names:
            others = tuple(name.oid or "unreadable" for name in presented.leaf.other_names)
            besides = f" There are otherNames of another kind: {listed(others)}." if others else ""
            yield Finding(
                summary=f"{presented} carries no otherName with object identifier {COMMON_NAME}, and {presented.reader} "
                f"admits by that name alone.{besides}",
                remedy=f"{_REISSUE} Or, where the reader is self-managed: "
                'xpack.security.transport.ssl.trust_restrictions.x509_fields: ["subjectAltName.dnsName"] there.',
                facts={
                    "observed": as_fact(others),
                    "expected": f"otherName {COMMON_NAME} as UTF8String",
                    "subject": shorten(presented.leaf.subject),
                    "whose": presented.whose,
                },
            )


@check(
    "trust/othername-encoding",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=_APPLIES,
    docs=(docs.CERTUTIL, docs.EC_SELF),
    tags=("othername", "certificate"),
    source="Elasticsearch X509Field, DerParser: which encodings of an otherName are read",
    explains=(
        *NOT_ADMITTED,
        "trust/othername-missing",
        "trust/restrictions-no-match",
        "trust/cn-pattern-mismatch",
        *NO_CONNECTION,
    ),
    leaves_open=("trust/*",),
)
def othername_encoding(about: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable) -> Yields:
    """An otherName is there, and Elasticsearch does not read it as the name that is meant.

    Why it matters: read are names with object identifier 2.5.4.3 whose value is a string under one explicit tag, as
    ``elasticsearch-certutil`` writes them. Anything else is passed over, and the certificate counts as one without a name.

    How to fix: make the certificate anew with ``elasticsearch-certutil``, or in an OpenSSL configuration with
    ``otherName:2.5.4.3;UTF8:<name>``.

    Example: a company CA put the name into a user principal name (object identifier 1.3.6.1.4.1.311.20.2.3).
    """
    for presented in yield_presented(about, cluster, chain):
        if not isinstance(presented, Presented):
            yield presented
        elif not presented.by_other_name or X509Field.DNS_NAME in presented.fields:
            yield NotApplicable(f"{presented.reader} looks at other fields, too (x509_fields)")
        elif not presented.leaf.other_names:
            yield NotApplicable("the certificate carries no otherName; trust/othername-missing is about that")
        else:
            yield from _encodings(presented)


def _encodings(presented: Presented) -> Iterator[Finding]:
    """Judge the best of the otherNames: one that is as it should be is enough."""
    names = presented.leaf.other_names
    if any(_is_text(name) and name.encoding == "UTF8String" for name in names):
        return
    readable = [name for name in names if _is_text(name)]
    name = readable[0] if readable else (presented.of_common_name or names)[0]
    found = name.problem or (f"its type is {name.encoding}" if name.encoding else "it cannot be decoded")
    if readable:
        outcome = "Elasticsearch reads that; other programs may expect a UTF8String"
    elif name.encoding == "OCTET STRING" and name.oid == COMMON_NAME:
        outcome = "Elasticsearch reads its bytes as hexadecimal digits, which match no name"
    else:
        outcome = f"{presented.reader} passes it over"
    yield Finding(
        summary=f"{presented} carries an otherName that is not encoded as expected: {shorten(found)}, "
        f"expected is a UTF8String under {COMMON_NAME}. {outcome[0].upper()}{outcome[1:]}.",
        remedy=f"{_REISSUE} With OpenSSL: subjectAltName=otherName:{COMMON_NAME};UTF8:<name>.",
        severity=Severity.WARNING if readable else Severity.ERROR,
        facts={
            "observed": shorten(f"{name.oid} {name.encoding}".strip()) or "unreadable",
            "expected": f"{COMMON_NAME} UTF8String",
            "subject": shorten(presented.leaf.subject),
            "whose": presented.whose,
        },
    )


def _is_text(name: OtherName) -> bool:
    return name.readable and name.oid == COMMON_NAME and name.encoding != "OCTET STRING"


@check(
    "trust/cn-pattern-mismatch",
    severity=Severity.WARNING,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=_APPLIES,
    docs=(docs.EC_SELF, docs.CERTUTIL),
    tags=("othername", "certificate"),
    source="documentation: remote clusters with self-managed clusters, naming pattern of node certificates",
    explains=(*NOT_ADMITTED, "trust/restrictions-no-match", *NO_CONNECTION),
)
def cn_pattern_mismatch(about: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable) -> Yields:
    """The otherName does not follow the naming of Elastic Cloud, by which clusters are chosen there.

    Why it matters: Cloud tells clusters apart by names of the form ``<node>.node.<cluster>.cluster.<scope>.account``. With
    other names every single node has to be listed, and the list has to follow each change of the cluster. Patterns of that
    form never match a name of another form.

    How to fix: make the certificates anew with names of that form, or list every node by its name.

    Example: ``node1.example.com`` as otherName of a self-managed node that a hosted deployment is to trust.
    """
    patterns = about.restrictions if isinstance(about.restrictions, TrustRestrictions) else None
    for presented in yield_presented(about, cluster, chain):
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
            remedy=f"List the cluster by a pattern: - {quoted(pattern_for(presented.names[0]))}",
            severity=Severity.INFO,
            facts={"observed": as_fact(presented.names), "expected": pattern_for(presented.names[0])},
        )


def _other_form(presented: Presented, severity: Severity, because: str) -> Finding:
    return Finding(
        summary=f"{presented} carries the otherName {listed(presented.names)}, which is not of the form {CLOUD_FORM}; {because}.",
        remedy=f"{_REISSUE} Or list every node by its name where trust is set up.",
        severity=severity,
        facts={
            "observed": as_fact(presented.names),
            "expected": CLOUD_FORM,
            "subject": shorten(presented.leaf.subject),
            "whose": presented.whose,
        },
    )


def yield_presented(
    about: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable
) -> Iterator[Presented | Unknown | NotApplicable]:
    """Give the certificates to judge, and say why one cannot be had, or that none is judged by its otherNames."""
    found = list(judged(about, cluster, chain))
    if not found:
        yield NotApplicable(
            "neither cluster is hosted or ECE and no trust_restrictions file is configured: nothing is known to read otherNames"
        )
    for presented in found:
        if isinstance(presented, Presented):
            yield presented
        elif was_asked_for(presented):
            yield Unknown(str(presented))
        else:
            yield NotApplicable("which certificate our nodes present is not told: transport.certificate in diag.yaml")


CHECKS = (othername_missing, othername_encoding, cn_pattern_mismatch)
