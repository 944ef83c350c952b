"""The check trust/env-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.causes import NO_CONNECTION
from checks.shared.cloud_trust import FOR_KEYS
from checks.shared.deployments import deployment_of, platform_of
from checks.shared.payloads import text_of
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check, missing
from diag.model import (
    Finding,
    LinkedDeployments,
    Platform,
    Platforms,
    Remote,
    SecurityModel,
    Severity,
    TrustPayload,
    Unavailable,
    did_you_mean,
    listed,
    shorten,
)


@check(
    "trust/env-incomplete",
    severity=Severity.ERROR,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_EDIT_CONNECTION),
    tags=("cloud", "platform", "trust"),
    source="documentation: access clusters of a self-managed environment, Create trust completes the configuration; Elastic Cloud API: settings.trust",
    explains=("trust/one-way-local", "tls/private-ca-missing", *NO_CONNECTION),
    while_connected=Severity.WARNING,
)
def env_incomplete(remote: Remote, linked: LinkedDeployments, platforms: Platforms | Unavailable) -> Yields:
    """The deployment has no trusted environment of the name that diag.yaml gives.

    Why it matters: the steps in the console come to nothing before Create trust. Without the environment the deployment knows neither the CA of
    the remote nor its names, in the key model as with certificates.

    How to fix: Security, Remote Connections, Add trusted environment, and go on to Create trust; or write the name that the console shows.

    Example: somebody closed the page after the upload of the CA.
    """
    wanted = remote.trusted_environment
    if not wanted:
        yield NotApplicable("no trusted environment is declared (trusted_environment)")
        return
    found = deployment_of(linked, "")
    if not isinstance(found, tuple):
        yield found
        return
    trust = found[0].trust
    if isinstance(trust, Unavailable):
        yield missing(trust)
        return
    kinds = dict(_environments(trust, platform_of(platforms, found[0])))
    if wanted not in kinds:
        there = f"it has {listed(sorted(kinds))}" if kinds else "it has none"
        hint = did_you_mean(wanted, list(kinds))
        yield Finding(
            summary=f"The deployment has no trusted environment {shorten(wanted, 80)}: {there}{hint and f' ({hint})'}; expected it among them.",
            remedy="Add it on the Security page of the deployment, and go on to Create trust.",
            origin=trust.origin,
            facts={"observed": tuple(shorten(one) for one in sorted(kinds)[:20]), "expected": shorten(wanted)},
        )
    elif kinds[wanted] == FOR_KEYS and remote.security_model is SecurityModel.CERTIFICATE:
        yield Finding(
            summary=f"The trusted environment {shorten(wanted, 80)} is of type {FOR_KEYS}, which admits no node, and the remote uses certificates.",
            remedy="Add a trusted environment with the mechanism Certificates.",
            origin=trust.origin,
            facts={"observed": FOR_KEYS, "expected": "generic"},
        )
    elif kinds[wanted] not in {"", FOR_KEYS} and remote.security_model is SecurityModel.API_KEY:
        yield Unknown(
            f"whether the environment {shorten(wanted, 80)}, of type {shorten(kinds[wanted], 20)}, serves API keys, no description says"
        )


def _environments(trust: TrustPayload, platform: Platform | None) -> Iterator[tuple[str, str]]:
    """The names of trusted environments with their types; of an external one the type is empty."""
    yield from ((text_of(one.name), text_of(one.type) or "generic") for one in trust.direct if text_of(one.name))
    related = None if platform is None or isinstance(platform.relationships, Unavailable) else platform.relationships
    names = {} if related is None else {one.id: one.name for one in related.all}
    for one in trust.entities:
        name = text_of(one.name) or names.get(text_of(one.id), "")
        if name:
            yield name, ""
