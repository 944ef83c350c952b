"""The check trust/cn-scope-suffix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED
from checks.shared.certificate_files import compared
from checks.shared.presented_names import not_judged
from checks.tables import docs
from checks.trust._admission import SUFFIX, admits_but_for_suffix, compare
from checks.trust._restrictions import lines
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    CertificateFiles,
    ClientIdentity,
    Finding,
    Layer,
    SettingsTexts,
    Severity,
    TrustFiles,
    TrustRestrictions,
    Unavailable,
    admits,
    shorten,
)


def _documents(
    trust_files: TrustFiles, files: CertificateFiles | Unavailable, texts: SettingsTexts | Unavailable
) -> Yields:
    if isinstance(files, Unavailable):
        yield missing(files)
        return
    for file, one, names in compared(trust_files, files, texts):
        if names and admits(file.restrictions.patterns, names) is False:
            yield from (
                replace(found, origin=one.origin)
                for found in _suffixes(file.restrictions, names)
                if isinstance(found, Finding)
            )


@check(
    "trust/cn-scope-suffix",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_TO_ECK),
    tags=("othername", "trust-restrictions"),
    source="documentation: remote clusters with self-managed clusters, certificate names and trust examples",
    explains=(*NOT_ADMITTED, "trust/restrictions-no-match", "trust/cn-pattern-mismatch", *NO_CONNECTION),
    in_documents=_documents,
)
def cn_scope_suffix(restrictions: TrustRestrictions | Unavailable, identity: ClientIdentity | Unavailable) -> Yields:
    """The name in the local cluster's certificate and the pattern that is to admit it differ only in the ending ``.account``.

    Why it matters: the documentation shows the naming with and without that ending. Names and patterns are compared to the
    last character, so that both sides have to use the same form.

    How to fix: write the pattern in the form of the certificate, or make the certificate anew in the form of the pattern.

    Example: the pattern ``*.node.*.cluster.1053523734`` and the name ``node1.node.search.cluster.1053523734.account``.
    """
    match compare(restrictions, identity):
        case TrustRestrictions() as found, names:
            if not admits(found.patterns, names):
                yield from _suffixes(found, names)
        case Unknown() | NotApplicable() as answer:
            yield answer


def _suffixes(restrictions: TrustRestrictions, names: Sequence[str]) -> Iterator[Finding | Unknown]:
    for name in names:
        pattern = admits_but_for_suffix(restrictions, name)
        if pattern:
            has, lacks = ("name", "pattern") if name.endswith(SUFFIX) else ("pattern", "name")
            fixed = pattern.removesuffix(SUFFIX) if has == "pattern" else pattern + SUFFIX
            yield Finding(
                summary=f"The otherName {shorten(name)} does not match {shorten(pattern)} in {shorten(restrictions.path)}: "
                f"the {has} ends in {SUFFIX}, the {lacks} does not.",
                remedy="Correct the pattern in the trust_restrictions file of the remote cluster.",
                fix=lines(fixed),
                facts={"observed": shorten(name), "expected": shorten(fixed), "pattern": shorten(pattern)},
            )
            return
    if admits(restrictions.patterns, names) is None:
        yield not_judged(restrictions)
