"""The check trust/ece-platform."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.deployments import deployment_of, platform_of
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    LinkedDeployments,
    Platform,
    PlatformKind,
    Platforms,
    Remote,
    SecurityModel,
    Severity,
    TrustRelationship,
    TrustRelationships,
    Unavailable,
    listed,
    shorten,
)


@check(
    "trust/ece-platform",
    severity=Severity.ERROR,
    applies=Applies(models=(SecurityModel.CERTIFICATE,)),
    docs=(docs.ECE_OTHER_ECE, docs.API_ECE_TRUST),
    tags=("cloud", "platform", "trust", "ece"),
    source="documentation: access deployments of another Elastic Cloud Enterprise environment; its API: TrustRelationshipGetResponse",
    explains=("trust/one-way-local", "trust/one-way-remote"),
)
def ece_platform(remote: Remote, linked: LinkedDeployments, platforms: Platforms) -> Yields:
    """Two installations are to trust each other, and on one of them the trust is missing, or has another certificate.

    Why it matters: deployments of two installations trust each other by the relationships of their platforms, which have to be there on both, each
    with the root CA of the other. A relationship with the certificate of a proxy, or of a node, verifies nobody.

    How to fix: on both installations, Platform, Trust Management: add the other one with its root CA, the last certificate of its chain.

    Example: the first installation trusts the second one, and nobody did it the other way round.
    """
    here, there = deployment_of(linked, ""), deployment_of(linked, remote.alias)
    if not isinstance(here, tuple):
        yield here
        return
    if not isinstance(there, tuple):
        yield there
        return
    pair = platform_of(platforms, here[0]), platform_of(platforms, there[0])
    if here[0].platform == there[0].platform or PlatformKind.ECE not in {here[0].kind, there[0].kind}:
        yield NotApplicable(
            "the two deployments are not on two platforms of which one is an installation of Elastic Cloud Enterprise"
        )
        return
    for own, other in (pair, pair[::-1]):
        if own is not None and other is not None and own.kind is PlatformKind.ECE:
            yield from _one_side(own, other)


def _one_side(own: Platform, other: Platform) -> Yields:
    related = own.relationships
    if isinstance(related, Unavailable):
        yield missing(related)
        return
    others = [one for one in related.all if not one.local]
    yield from _not_root(own, others)
    if not others:
        yield Finding(
            summary=f"The installation {shorten(own.name, 60)} has no trust relationship; expected one with {shorten(other.name, 60)}.",
            remedy="Add it under Platform, Trust Management, with the root CA of the other platform.",
            facts={"observed": "none", "expected": shorten(other.name, 60)},
        )
        return
    roots = _roots_of(other)
    if not roots:
        yield Unknown(
            f"the CA of {shorten(other.name, 60)} is not known: which relationship of {shorten(own.name, 60)} is its, cannot be seen"
        )
    elif not roots & {one.fingerprint for relation in others for one in relation.certificates}:
        names = listed([relation.name for relation in others])
        yield Finding(
            summary=f"No trust relationship of {shorten(own.name, 60)} ({names}) has the CA of {shorten(other.name, 60)}; expected one with it.",
            remedy="Add it under Platform, Trust Management, with the root CA of the other platform.",
            facts={
                "observed": tuple(shorten(relation.name) for relation in others[:20]),
                "expected": shorten(other.name, 60),
            },
        )


def _roots_of(platform: Platform) -> set[str]:
    """The fingerprints of the CA of an installation, as it shows its own relationship."""
    related = platform.relationships
    if not isinstance(related, TrustRelationships):
        return set()
    return {one.fingerprint for relation in related.all if relation.local for one in relation.certificates}


def _not_root(own: Platform, others: list[TrustRelationship]) -> Iterator[Finding]:
    for relation in others:
        name = shorten(relation.name or relation.id, 60)
        if relation.problem:
            yield _wrong(own, name, f"a certificate that cannot be read: {shorten(relation.problem, 120)}")
        elif relation.certificates and not relation.certificates[-1].self_signed:
            yield _wrong(own, name, f"{shorten(relation.certificates[-1].subject, 80)}, which is no root")


def _wrong(own: Platform, name: str, what: str) -> Finding:
    return Finding(
        summary=f"The trust relationship {name} of {shorten(own.name, 60)} has {what}; expected the root CA of the other platform.",
        remedy="Replace it by the last certificate of the chain that the other platform shows under Platform, Settings.",
        facts={"observed": what, "expected": "a root CA", "relationship": name},
    )
