"""The check config/body-without-scope."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, SettingsForm, SettingsLayer, SettingsTexts, Severity, listed


@check(
    "config/body-without-scope",
    severity=Severity.ERROR,
    docs=(docs.REMOTE_CLUSTER_SETTINGS,),
    tags=("documents",),
    source='Elasticsearch 8.19.0: PUT _cluster/settings answers 400, "no settings to update"',
)
def body_without_scope(texts: SettingsTexts) -> Yields:
    """A body for the settings API holds settings outside of persistent and transient.

    Why it matters: the API takes what stands under persistent or transient, and nothing else: the request is refused with 400.

    How to fix: put the settings under ``persistent``.

    Example: ``{"cluster.remote.logs.seeds": ["logs.example:9300"]}`` as the whole body.
    """
    requests = [one for one in texts.all if one.form is SettingsForm.REQUEST]
    if not requests:
        yield NotApplicable("none of the documents is a body for the settings API")
    for text in requests:
        outside = [one for one in text.all if one.layer is SettingsLayer.NONE]
        if outside:
            yield Finding(
                summary=f"{listed([one.key for one in outside])} stand{'s' if len(outside) == 1 else ''} outside of persistent and transient: the request is refused with 400.",
                remedy='Put it into {"persistent": {…}}.',
                origin=outside[0].key_origin,
                facts={"settings": tuple(one.key for one in outside)},
            )
