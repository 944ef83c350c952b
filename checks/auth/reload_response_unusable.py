"""The check auth/reload-response-unusable."""

from __future__ import annotations

from checks.auth._reloads import NAME
from checks.shared.fixes import on_local
from checks.tables import docs
from diag.check import Applies, Yields, check
from diag.model import (
    RELOAD,
    Finding,
    SecureSettingsReload,
    Severity,
    shorten,
)


@check(
    "auth/reload-response-unusable",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.API_RELOAD_SECURE_SETTINGS,),
    tags=("keystore", "offline"),
    source="documentation: reload secure settings API",
)
def reload_response_unusable(reload: SecureSettingsReload) -> Yields:
    """The file under ``reload_response`` is no answer of a reload, or that of a reload that was refused.

    Why it matters: it does not show which nodes have which keys, so that checks of the reload are unknown.

    How to fix: call ``POST _nodes/reload_secure_settings`` as a user who may (the privilege ``manage``), and store the answer, in JSON.
    Lines that Kibana's console or ``curl -i`` put around it do no harm.

    Example: the stored answer is ``security_exception``, status 403.
    """
    if reload.problem:
        yield Finding(
            summary=f"{shorten(reload.path)}: {shorten(reload.problem, 300)}; expected the answer of {NAME}, with nodes.",
            remedy="Reload the secure settings as a user with the cluster privilege manage, without format=yaml, and store the answer in "
            "that file.",
            fix=on_local(RELOAD),
            facts={"path": shorten(reload.path), "observed": shorten(reload.problem, 300), "expected": "nodes"},
        )
