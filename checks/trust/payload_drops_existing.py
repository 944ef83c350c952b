"""The check trust/payload-drops-existing."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.payloads import are_distinct, entry_name, replacements, text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import DirectTrust, Finding, Severity, TrustedEntity, TrustPayload, TrustPayloads, listed, shorten


@check(
    "trust/payload-drops-existing",
    severity=Severity.WARNING,
    severities=(Severity.INFO,),
    docs=(docs.API_CLOUD, docs.HOSTED_EDIT_CONNECTION),
    tags=("documents", "cloud"),
    source="Elastic Cloud API: the trust settings that are sent replace those that are there",
)
def payload_drops_existing(payloads: TrustPayloads) -> Yields:
    """The trust settings that are sent leave out what the deployment trusts now.

    Why it matters: the block replaces the one that is there. An account, an environment or a node name that it does not repeat is trusted no
    more, and the remotes that rest on it fail at their next connection.

    How to fix: read the settings of now, change them, and send all of them.

    Example: the answer trusts the own account and an environment, the body brings a second environment alone.
    """
    pairs = replacements(payloads.all)
    if not pairs:
        yield NotApplicable(
            "it takes the answer that shows the trust settings of now, together with those that are sent"
        )
    for now, then in pairs:
        lost = [*_lost_entries(now, then), *_lost_parts(now, then)]
        if lost and are_distinct(now):
            yield Finding(
                summary=f"These trust settings drop what {shorten(now.name, 100)} has: {listed(lost)}; expected all of it.",
                remedy="Repeat what is to stay.",
                origin=then.origin,
                facts={"dropped": tuple(shorten(one) for one in lost[:20]), "file": shorten(now.name)},
            )
        elif lost:
            yield Finding(
                summary=f"If {shorten(now.name, 100)} is what the deployment has now, these trust settings drop of it: {listed(lost)}.",
                remedy="Repeat what is to stay; name the file of the answer current.json, so that it is known which one is there.",
                severity=Severity.WARNING if len(lost) < len(now.entities) + len(now.direct) else Severity.INFO,
                origin=then.origin,
                facts={"dropped": tuple(shorten(one) for one in lost[:20]), "file": shorten(now.name)},
            )


def _lost_entries(now: TrustPayload, then: TrustPayload) -> Iterator[str]:
    known = {(one.group, text_of(one.id)) for one in then.entities}
    yield from (entry_name(one) for one in now.entities if (one.group, text_of(one.id)) not in known)
    yield from (entry_name(one) for one in now.direct if _same(one, then) is None)


def _lost_parts(now: TrustPayload, then: TrustPayload) -> Iterator[str]:
    """What an entry that stays trusts no more."""
    for one in now.entities:
        for other in then.entities:
            if (one.group, text_of(one.id)) == (other.group, text_of(other.id)):
                yield from _narrower(one, other)
    for entry in now.direct:
        same = _same(entry, then)
        if same is None:
            continue
        yield from _narrower(entry, same)
        names = {name.text for name in same.node_names}
        yield from (f"node {shorten(name.text, 80)}" for name in entry.node_names if name.text not in names)


def _narrower(one: TrustedEntity | DirectTrust, other: TrustedEntity | DirectTrust) -> Iterator[str]:
    if other.trust_all is not None and other.trust_all.is_true:
        return
    if one.trust_all is not None and one.trust_all.is_true:
        yield f"trust_all of the {entry_name(one)}"
        return
    kept = {name.text for name in other.allowlist}
    yield from (f"cluster {shorten(name.text, 80)}" for name in one.allowlist if name.text not in kept)


def _same(entry: DirectTrust, then: TrustPayload) -> DirectTrust | None:
    """The entry in other settings that stands for this one: of the same name, or with the same CA."""
    named = next((one for one in then.direct if text_of(one.name) == text_of(entry.name)), None)
    return named or next((one for one in then.direct if _cas(one) & _cas(entry)), None)


def _cas(entry: DirectTrust) -> set[str]:
    return {ca.fingerprint for one in entry.certificates for ca in one.file.certificates}
