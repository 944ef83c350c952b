"""The check runtime/skip-reset-bug."""

from __future__ import annotations

from typing import Final

from checks.shared.fixes import Remedy, on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import Finding, Registration, Remote, RemoteInfo, Severity

_NAME: Final = "skip_unavailable"


@check(
    "runtime/skip-reset-bug",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.CCS_SKIP_UNAVAILABLE, docs.API_REMOTE_INFO),
    tags=("search", "reported"),
    source="elasticsearch#107125, elasticsearch#107381; reproduced on 8.19.0 and 9.2.0, not there in 9.3.2 and 9.5.2",
)
def skip_reset_bug(remote: Remote, registration: Registration, info: RemoteInfo) -> Yields:
    """The local cluster does not do what its setting of ``skip_unavailable`` says.

    Why it matters: after the address of a remote was changed, some releases go on with the default, true, while the settings still say
    false. Searches then leave the remote out without an error, and whoever relies on an error never sees one.

    How to fix: writing the same value again does nothing. Set it to the other value first, then back, in the layer where it stands: a
    transient setting wins over a persistent one. What stands in ``elasticsearch.yml`` counts from the start of a node on.

    Example: ``proxy_address`` was corrected on 8.19.0; ``GET _remote/info`` says ``skip_unavailable: true``, the settings say false.
    """
    wanted = {"true": True, "false": False}.get(registration.value(_NAME).strip().lower())
    if not info.listed:
        yield NotApplicable("the local cluster does not name this alias")
    elif wanted is None:
        yield NotApplicable("skip_unavailable is not set for this remote")
    elif info.skip_unavailable is None:
        yield Unknown("GET _remote/info does not say whether searches go on without this remote")
    elif info.skip_unavailable is not wanted:
        found = _again(registration, remote.setting(_NAME), wanted=wanted)
        yield Finding(
            summary=f"skip_unavailable is set to {str(wanted).lower()}, and {str(info.skip_unavailable).lower()} is in force.",
            remedy=found.sentence,
            fix=found.fix,
            facts={"observed": info.skip_unavailable, "expected": wanted},
        )


def _again(registration: Registration, key: str, *, wanted: bool) -> Remedy:
    """Write the setting anew, in the layer where it stands."""
    first, second = ({key: value} for value in (not wanted, wanted))
    sentence = "Set it to the other value, then back."
    if _NAME in registration.transient:
        return Remedy(sentence, on_local(put_settings({}, transient=first), put_settings({}, transient=second)))
    persistent = (put_settings(first), put_settings(second))
    if _NAME in registration.file and _NAME not in registration.persistent:
        return Remedy(
            "Restart the nodes, because it stands in elasticsearch.yml; or set it to the other value and back as a persistent setting, which "
            "then wins over the file.",
            on_local(*persistent, when="without a restart"),
        )
    return Remedy(sentence, on_local(*persistent))
