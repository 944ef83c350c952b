"""The check trust/othername-missing."""

from __future__ import annotations

from typing import Final

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED
from checks.shared.certificate_files import leaves, usable
from checks.shared.fixes import on_local_nodes, on_remote_nodes, yml
from checks.shared.presented_names import COMMON_NAME, Presented
from checks.tables import docs
from checks.trust._other_name import REISSUE, reissue, yield_presented
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CertificateFiles,
    Chain,
    Finding,
    Layer,
    LocalCluster,
    RemoteEvidence,
    SettingsTexts,
    Severity,
    TrustFiles,
    Unavailable,
    X509Field,
    as_fact,
    listed,
    shorten,
)

_FIELDS: Final = "xpack.security.transport.ssl.trust_restrictions.x509_fields"


def _documents(
    files: CertificateFiles, trust_files: TrustFiles | Unavailable, texts: SettingsTexts | Unavailable
) -> Yields:
    readers = [
        one.restrictions.path
        for one in usable(trust_files, texts)
        if one.restrictions.fields == (X509Field.OTHER_NAME,)
    ]
    if not readers:
        yield NotApplicable(
            "no trust_restrictions file was given that is compared with otherNames alone: nothing is known to read them"
        )
        return
    for one in leaves(files):
        if not any(name.oid == COMMON_NAME for name in one.certificate.other_names):
            yield Finding(
                summary=f"The certificate in {one.path} ({shorten(one.certificate.subject, 120)}) carries no otherName with object identifier "
                f"{COMMON_NAME}, and {listed(readers)} admits by that name only.",
                remedy=f"{REISSUE} Or let x509_fields name the DNS names, on the nodes that have that file.",
                fix=reissue("local"),
                facts={
                    "expected": f"otherName {COMMON_NAME} as UTF8String",
                    "subject": shorten(one.certificate.subject),
                },
                origin=one.origin,
            )


@check(
    "trust/othername-missing",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.CERTUTIL),
    tags=("othername", "certificate"),
    source="Elasticsearch RestrictedTrustManager, CertGenUtils; documentation: remote clusters with self-managed clusters",
    explains=(*NOT_ADMITTED, "trust/restrictions-no-match", *NO_CONNECTION),
    leaves_open=("trust/*",),
    in_documents=_documents,
)
def othername_missing(remote_evidence: RemoteEvidence, cluster: LocalCluster, chain: Chain | Unavailable) -> Yields:
    """A certificate carries no otherName, and trust management admits by nothing else.

    Why it matters: trust management, which is always on at Elastic Cloud and wherever ``trust_restrictions`` is set,
    compares one field of the certificate: the otherName with object identifier 2.5.4.3. Without it every certificate is
    rejected, however well its CA is trusted. Certificates as ``elasticsearch-certutil`` makes them by default have none.

    How to fix: make the certificates anew with ``--in instances.yml`` and a ``cn`` for each instance, and copy them to all
    nodes. Where the remote is self-managed, its ``trust_restrictions.x509_fields`` may name ``subjectAltName.dnsName`` instead.

    Example: alert certificate_unknown, and on the other side ``Rejecting certificate … with values [[]]``.
    """
    for presented in yield_presented(remote_evidence, cluster, chain):
        if not isinstance(presented, Presented):
            yield presented
        elif not presented.by_other_name:
            yield NotApplicable(f"{presented.reader} looks at other fields (x509_fields)")
        elif not presented.of_common_name and not presented.names:
            others = tuple(name.oid or "unreadable" for name in presented.leaf.other_names)
            also = f" There are otherNames of another kind: {listed(others)}." if others else ""
            reader = on_remote_nodes if presented.whose == "local" else on_local_nodes
            yield Finding(
                summary=f"{presented} carries no otherName with object identifier {COMMON_NAME}, and {presented.reader} "
                f"admits by that name only.{also}",
                remedy=f"{REISSUE} Or, where the cluster that reads it is self-managed, let it compare the DNS names.",
                fix=(
                    *reissue(presented.whose),
                    *reader(yml=[yml(_FIELDS, [X509Field.DNS_NAME.value])], when="instead, on self-managed nodes"),
                ),
                facts={
                    "observed": as_fact(others),
                    "expected": f"otherName {COMMON_NAME} as UTF8String",
                    "subject": shorten(presented.leaf.subject),
                    "whose": presented.whose,
                },
            )
