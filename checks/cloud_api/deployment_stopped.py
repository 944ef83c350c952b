"""The check cloud-api/deployment-stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.shared.causes import NO_CONNECTION, NOTHING_AFTER_DNS
from checks.shared.deployments import deployment_of, name_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    CloudDeployment,
    CloudDeployments,
    Finding,
    LinkedDeployments,
    Remote,
    Severity,
    Unavailable,
    shorten,
)

_STARTED: Final = "started"
# Words of the API for a cluster that does not run; the others are those of a change that is going on.
_DOWN: Final = frozenset({"stopped", "stopping"})


def _in_documents(deployments: CloudDeployments, linked: LinkedDeployments | Unavailable) -> Yields:
    """Judge the answers that somebody kept, and the deployment of the local cluster: those of remotes are judged with their remotes."""
    live = set() if isinstance(linked, Unavailable) else {one.deployment for one in linked.all if one.alias}
    concerned = [one for one in deployments.all if one not in live]
    if not any(one.status or one.healthy is not None for one in concerned):
        yield NotApplicable("nothing says in which state a deployment is")
    for one in concerned:
        yield from _judged(one)


@check(
    "cloud-api/deployment-stopped",
    severity=Severity.ERROR,
    severities=(Severity.WARNING, Severity.INFO),
    docs=(docs.API_CLOUD,),
    tags=("cloud", "platform"),
    source="Elastic Cloud API: ElasticsearchClusterInfo (status, healthy), ElasticsearchClusterPlansInfo (healthy, pending)",
    explains=("network/*", "tls/*", *NO_CONNECTION),
    leaves_open=NOTHING_AFTER_DNS,
    while_connected=Severity.WARNING,
    in_documents=_in_documents,
)
def deployment_stopped(remote: Remote, linked: LinkedDeployments) -> Yields:
    """The deployment of the remote cluster does not run, is not healthy, or is being changed.

    Why it matters: a deployment that was stopped answers nobody, whatever the settings say. While a plan is carried out nodes come and go, and a
    connection may be interrupted for a moment.

    How to fix: restore the deployment in the console, or remove the remote. Where the last plan failed, look at its steps and try again.

    Example: the trial of the organization ended, and its deployments were stopped.
    """
    found = deployment_of(linked, remote.alias)
    if isinstance(found, tuple):
        yield from _judged(found[1])
    else:
        yield found


def _judged(one: CloudDeployment) -> Iterator[Finding]:
    name, status = name_of(one), shorten(one.status, 40)
    pending = " while a plan is carried out" if one.pending else ""
    if one.status and one.status != _STARTED:
        yield Finding(
            summary=f"The Elasticsearch of the deployment {name} is {status}{pending}; expected started.",
            remedy="Wait for the plan to end."
            if one.pending
            else "Restore the deployment in the console, or remove the remote.",
            severity=Severity.ERROR if one.status in _DOWN else Severity.WARNING,
            origin=one.origin,
            facts={"observed": status, "expected": _STARTED},
        )
    elif one.healthy is False:
        yield Finding(
            summary=f"The platform calls the Elasticsearch of the deployment {name} unhealthy{pending}; expected healthy.",
            remedy="Look at the page of the deployment in the console: it says which part is not healthy.",
            severity=Severity.WARNING,
            origin=one.origin,
            facts={"observed": "unhealthy", "expected": "healthy"},
        )
    elif one.pending:
        yield Finding(
            summary=f"A plan of the deployment {name} is being carried out: connections may be interrupted meanwhile.",
            remedy="Nothing, unless it takes long: then look at its steps in the console.",
            severity=Severity.INFO,
            origin=one.origin,
        )
    if one.plan_failed and not one.pending:
        yield Finding(
            summary=f"The last plan of the deployment {name} failed; expected it to be in force.",
            remedy="Look at its steps in the console, and apply the change again: trust, keystore and remotes may be those of before.",
            severity=Severity.WARNING,
            origin=one.origin,
            facts={"observed": "failed", "expected": "in force"},
        )
