"""The check trust/cn-scope-suffix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED
from checks.shared.presented_names import not_judged
from checks.tables import docs
from checks.trust._admission import compare
from checks.trust._restrictions import lines
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    ClientIdentity,
    Finding,
    Layer,
    Severity,
    TrustRestrictions,
    Unavailable,
    admits,
    parse_pattern,
    shorten,
)

_SUFFIX: Final = ".account"


@check(
    "trust/cn-scope-suffix",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_TO_ECK),
    tags=("othername", "trust-restrictions"),
    source="documentation: remote clusters with self-managed clusters, certificate names and trust examples",
    explains=(*NOT_ADMITTED, "trust/restrictions-no-match", "trust/cn-pattern-mismatch", *NO_CONNECTION),
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
        other = name.removesuffix(_SUFFIX) if name.endswith(_SUFFIX) else name + _SUFFIX
        pattern = next((text for text in restrictions.patterns if parse_pattern(text).matches(other)), None)
        if pattern is not None:
            has, lacks = ("name", "pattern") if name.endswith(_SUFFIX) else ("pattern", "name")
            fixed = pattern.removesuffix(_SUFFIX) if has == "pattern" else pattern + _SUFFIX
            yield Finding(
                summary=f"The otherName {shorten(name)} does not match {shorten(pattern)} in {shorten(restrictions.path)}: "
                f"the {has} ends in {_SUFFIX}, the {lacks} does not.",
                remedy="Correct the pattern in the trust_restrictions file of the remote cluster.",
                fix=lines(fixed),
                facts={"observed": shorten(name), "expected": shorten(fixed), "pattern": shorten(pattern)},
            )
            return
    if admits(restrictions.patterns, names) is None:
        yield not_judged(restrictions)
