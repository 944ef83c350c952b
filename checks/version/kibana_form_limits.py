"""The check version/kibana-form-limits."""

from __future__ import annotations

from checks.shared.fixes import on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    PROXY_MODE,
    SERVER_NAME,
    Finding,
    LocalVersion,
    Mode,
    Remote,
    Severity,
    shorten,
)


@check(
    "version/kibana-form-limits",
    severity=Severity.INFO,
    applies=Applies.settings(modes=(Mode.PROXY,)),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.API_PUT_SETTINGS),
    tags=("mode",),
    source="Elastic Cloud documentation: Kibana 7.7 for proxy mode; kibana#66398",
)
def kibana_form_limits(remote: Remote, local_version: LocalVersion) -> Yields:
    """Kibana of this release can't show or change a remote in proxy mode.

    Why it matters: Kibana has the release of its cluster. That of 7.6 breaks on a remote in proxy mode, which Elasticsearch 7.6 knows;
    its form came with 7.7.

    How to fix: change the remote with the cluster settings API, or upgrade.

    Example: ``mode: proxy`` on a local cluster of 7.6.2.
    """
    if local_version.number < PROXY_MODE.since:
        yield NotApplicable(f"{local_version} has no proxy mode, see version/proxy-mode-unsupported")
    elif local_version.number < SERVER_NAME.since:
        yield Finding(
            summary=f"Kibana of {local_version} can't show or change {shorten(remote.alias, 80)}, a remote in mode proxy; expected {SERVER_NAME.since} or later.",
            remedy=f"Change this remote by its settings, not with the form of Kibana; or upgrade to {SERVER_NAME.since} or later.",
            fix=on_local(put_settings({remote.setting("<setting>"): "<value>"})),
            facts={"observed": str(local_version), "expected": str(SERVER_NAME.since)},
        )
