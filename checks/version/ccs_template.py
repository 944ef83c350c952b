"""The check version/ccs-template."""

from __future__ import annotations

from typing import Final

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import CloudDeployments, Finding, Severity, shorten

_TEMPLATE: Final = "cross-cluster-search"
_LAST_MAJOR: Final = 7


@check(
    "version/ccs-template",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    docs=(docs.MIGRATE_CCS_TEMPLATE,),
    tags=("documents", "cloud"),
    source="documentation: migrate the cross-cluster search deployment template; it is not available from 8.0 on",
)
def ccs_template(deployments: CloudDeployments) -> Yields:
    """A deployment uses the retired template for cross-cluster search.

    Why it matters: deployments of that template cannot be upgraded to 8.0 or later. Since 6.8 every other template has
    cross-cluster search as well.

    How to fix: move to another template: make a new deployment with the remotes of the old one, or change the template as the page says.

    Example: ``"deployment_template": {"id": "aws-cross-cluster-search-v2"}``.
    """
    given = [one for one in deployments.all if one.template is not None]
    if not given:
        yield NotApplicable("no document tells the template of a deployment")
    for one in given:
        template = one.template
        if template is not None and _TEMPLATE in template.text:
            major = one.version.partition(".")[0]
            too_new = major.isdigit() and int(major) > _LAST_MAJOR
            yield Finding(
                summary=f"The deployment has the template {shorten(template.text, 80)}, which there is up to release 7 only"
                + (
                    f"; it cannot be made or upgraded as {shorten(one.version, 20)}."
                    if too_new
                    else "; expected another one before an upgrade."
                ),
                remedy="Move it to a template for general use.",
                severity=Severity.ERROR if too_new else Severity.WARNING,
                origin=template.origin,
                facts={"observed": shorten(template.text, 80), "version": shorten(one.version, 20)},
            )
