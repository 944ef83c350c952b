"""The check cloud-api/auth."""

from __future__ import annotations

from collections.abc import Iterator

from checks.tables import docs
from diag.check import Unknown, Yields, check
from diag.model import Finding, Platform, PlatformKind, Platforms, Reason, Severity, Unavailable, listed, shorten


@check(
    "cloud-api/auth",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    docs=(docs.API_CLOUD,),
    tags=("cloud", "platform"),
    source="Elastic Cloud API: 401 and 403 of its calls, with the codes in their body",
)
def auth(platforms: Platforms) -> Yields:
    """A platform does not take the key that is configured for it, the role of the key is too low, or it can't be asked at all.

    Why it matters: what only the platform knows is not known then: endpoints, trust, policies, plans. Nothing of the clusters is broken.

    How to fix: make a key of the organization with a role that may view the deployments (on Elastic Cloud Enterprise: a platform viewer), and
    write it into the file under ``api_key`` of the platform. A key of Elasticsearch, or a cross-cluster key, is none of those.

    On Kubernetes it is the token of a ServiceAccount, with the role that ``diag setup kubernetes-role`` prints. Where nobody answers, or somebody else
    does: see whether the url of the platform is reached from where diag runs.

    Example: the key of the organization had an end, and a new one was made without changing the file.
    """
    for platform in platforms.all:
        yield from _judged(platform)


def _judged(platform: Platform) -> Iterator[Finding | Unknown]:
    refused = [one for one in platform.failures if one.reason is Reason.UNAUTHENTICATED]
    forbidden = [one for one in platform.failures if one.reason is Reason.FORBIDDEN]
    name = shorten(platform.name, 60)
    where = f"{name} ({platform.kind}, {shorten(platform.url, 80)})"
    of_kubernetes = platform.kind is PlatformKind.KUBERNETES
    if refused:
        yield Finding(
            summary=f"The platform {where} refuses the {'token or client certificate' if of_kubernetes else 'key'}: {_reason(refused[0])}; expected a valid key of it.",
            remedy=f"Make a token of the ServiceAccount, and write it into the file under token, or into the kubeconfig, of the platform {name}."
            if of_kubernetes
            else f"Make a key there that may view the deployments, and write it into the file under api_key of the platform {name}.",
            facts={"observed": _calls(refused), "expected": "200", "platform": name},
        )
    if forbidden:
        yield Finding(
            summary=f"The {'token or client certificate' if of_kubernetes else 'key'} of the platform {where} may not call {listed(_calls(forbidden))} (403); expected a role that may view it.",
            remedy="Apply what `diag setup kubernetes-role` prints for the namespaces of the platform."
            if of_kubernetes
            else "Give the key a role that may view the deployments; on Elastic Cloud Enterprise that of a platform viewer.",
            severity=Severity.WARNING,
            facts={"observed": _calls(forbidden), "expected": "200", "platform": name},
        )
    told = (*refused, *forbidden)
    silent = [one for one in _of_all(platform) if one not in told]
    if silent:
        yield Finding(
            summary=f"The platform {where} could not be asked: {_reason(silent[0])}; expected an answer.",
            remedy=f"See whether the address of the platform {name} in diag.yaml is that of its API, and is reached from where diag runs.",
            severity=Severity.WARNING,
            facts={"observed": _calls(silent), "expected": "200", "platform": name},
        )
    for one in platform.failures:
        # What else is not found at Elastic Cloud is some deployment.
        if one not in (*told, *silent) and one.reason is not Reason.NOT_FOUND:
            yield Unknown(str(one), piece=one)


def _of_all(platform: Platform) -> list[Unavailable]:
    """The failures that leave everything open: that of the list of deployments; of a Kubernetes there are lists alone."""
    lists = platform.failures if platform.kind is PlatformKind.KUBERNETES else (platform.listing,)
    return [one for one in lists if isinstance(one, Unavailable) and not one.not_configured]


def _calls(failures: list[Unavailable]) -> tuple[str, ...]:
    return tuple(one.call or shorten(str(one), 80) for one in failures)


def _reason(failure: Unavailable) -> str:
    return shorten(str(failure), 300)
