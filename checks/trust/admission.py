"""Whether the other side's ``trust_restrictions`` file admits the certificate that our nodes present."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Final

from checks.causes import NO_CONNECTION, NOT_ADMITTED, NOTHING_AFTER_TLS
from checks.tables import docs
from checks.trust.patterns import admits, parse
from checks.trust.presented import not_judged, not_there, our_leaf, pattern_for, quoted, readable_names, was_asked_for
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ClientIdentity,
    Finding,
    Layer,
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
_SUFFIX: Final = ".account"

_Compared = tuple[TrustRestrictions, tuple[str, ...]]


@check(
    "trust/cn-scope-suffix",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=_APPLIES,
    docs=(docs.EC_SELF, docs.EC_ECK),
    tags=("othername", "trust-restrictions"),
    source="documentation: remote clusters with self-managed clusters, certificate names and trust examples",
    explains=(*NOT_ADMITTED, "trust/restrictions-no-match", "trust/cn-pattern-mismatch", *NO_CONNECTION),
)
def cn_scope_suffix(restrictions: TrustRestrictions | Unavailable, identity: ClientIdentity | Unavailable) -> Yields:
    """The name in our certificate and the pattern that is to admit it differ in the ending ``.account`` alone.

    Why it matters: the documentation shows the naming with and without that ending. Names and patterns are compared to the
    last character, so that both sides have to use the same form.

    How to fix: write the pattern in the form of the certificate, or make the certificate anew in the form of the pattern.

    Example: the pattern ``*.node.*.cluster.1053523734`` and the name ``node1.node.search.cluster.1053523734.account``.
    """
    match _compare(restrictions, identity):
        case TrustRestrictions() as found, names:
            if not admits(found.patterns, names):
                yield from _suffixes(found, names)
        case Unknown() | NotApplicable() as answer:
            yield answer


def _suffixes(restrictions: TrustRestrictions, names: Sequence[str]) -> Iterator[Finding | Unknown]:
    for name in names:
        other = name.removesuffix(_SUFFIX) if name.endswith(_SUFFIX) else name + _SUFFIX
        pattern = next((text for text in restrictions.patterns if parse(text).matches(other)), None)
        if pattern is not None:
            has, lacks = ("name", "pattern") if name.endswith(_SUFFIX) else ("pattern", "name")
            mended = pattern.removesuffix(_SUFFIX) if has == "pattern" else pattern + _SUFFIX
            yield Finding(
                summary=f"The otherName {shorten(name)} does not match {shorten(pattern)} in {shorten(restrictions.path)}: "
                f"the {has} ends in {_SUFFIX}, the {lacks} does not.",
                remedy=f"In the trust_restrictions file of the remote cluster, write - {quoted(mended)}",
                facts={"observed": shorten(name), "expected": shorten(mended), "pattern": shorten(pattern)},
            )
            return
    if admits(restrictions.patterns, names) is None:
        yield not_judged(restrictions)


@check(
    "trust/restrictions-no-match",
    severity=Severity.ERROR,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=_APPLIES,
    docs=(docs.EC_SELF, docs.EC_OTHER),
    tags=("othername", "trust-restrictions"),
    source="Elasticsearch RestrictedTrustManager, Automatons",
    explains=(*NOT_ADMITTED, *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_TLS,
)
def restrictions_no_match(
    restrictions: TrustRestrictions | Unavailable, identity: ClientIdentity | Unavailable
) -> Yields:
    """The remote's ``trust_restrictions`` file does not admit the certificate that our nodes present.

    Why it matters: the CA of our certificate may be trusted as much as it likes: a certificate whose otherName matches no
    pattern of the file is refused, in both directions.

    How to fix: add a pattern for our cluster to the file, on every node of the remote cluster. It takes the
    Elasticsearch cluster id (not the deployment id) and the organization id. The file is read again without a restart.

    Example: ``*.node.search.cluster.1053523743.account``, with two digits of the organization id swapped.
    """
    match _compare(restrictions, identity):
        case TrustRestrictions() as found, names:
            admitted = admits(found.patterns, names)
            if admitted is None:
                yield not_judged(found)
            elif not admitted:
                yield _no_match(found, names)
        case Unknown() | NotApplicable() as answer:
            yield answer


def _said(restrictions: TrustRestrictions, names: tuple[str, ...]) -> str:
    by_dns_name = X509Field.DNS_NAME in restrictions.fields
    return f"its names {listed(names)} match" if by_dns_name else f"its otherName {listed(names)} matches"


def _no_match(restrictions: TrustRestrictions, names: tuple[str, ...]) -> Finding:
    path = shorten(restrictions.path)
    if not names:
        return Finding(
            summary=f"{path} does not admit our certificate: it carries no name of the fields that the file is compared with "
            f"({', '.join(restrictions.fields)}).",
            remedy="Reissue the certificates of the local nodes with such names: elasticsearch-certutil cert --dns <name>.",
            facts={"observed": "no name", "expected": as_fact(restrictions.patterns), "path": path},
        )
    nearest = shorten(_nearest(restrictions.patterns, names))
    return Finding(
        summary=f"{path} does not admit our certificate: {_said(restrictions, names)} no pattern "
        f"there ({len(restrictions.patterns)} in all). The nearest is {nearest}.",
        remedy="Add a pattern for this cluster to that file on every node of the remote cluster: "
        f"- {quoted(pattern_for(names[0]))}",
        facts={
            "observed": as_fact(names),
            "expected": as_fact(restrictions.patterns),
            "nearest": nearest,
            "path": path,
        },
    )


def _compare(
    restrictions: TrustRestrictions | Unavailable, identity: ClientIdentity | Unavailable
) -> _Compared | Unknown | NotApplicable:
    """Give the file and the names in our certificate, or why the two can't be compared."""
    leaf = our_leaf(identity)
    if isinstance(restrictions, Unavailable):
        return not_there(restrictions)
    if not was_asked_for(leaf):
        return NotApplicable("which certificate our nodes present is not told: transport.certificate in diag.yaml")
    if isinstance(leaf, Unavailable):
        return Unknown(str(leaf))
    if restrictions.problem:
        return Unknown(f"{shorten(restrictions.path)} can't be used: {shorten(restrictions.problem)}")
    names = readable_names(leaf, restrictions.fields)
    if not names and X509Field.OTHER_NAME in restrictions.fields:
        return NotApplicable(
            "our certificate carries no otherName that is read; trust/othername-missing and trust/othername-encoding are about that"
        )
    return restrictions, names


def _nearest(patterns: Sequence[str], names: Sequence[str]) -> str:
    """Give the pattern that looks most like a name: a slip of the pen shows at once."""
    pairs = ((shorten(pattern), shorten(name)) for pattern in patterns[:200] for name in names[:3])
    return max(pairs, key=lambda pair: difflib.SequenceMatcher(None, *pair).ratio(), default=("none", ""))[0]


CHECKS = (cn_scope_suffix, restrictions_no_match)
