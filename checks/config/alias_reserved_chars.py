"""The check config/alias-reserved-chars."""

from __future__ import annotations

from checks.config._addresses import fixed
from checks.config._alias import reserved
from checks.shared.alias_form import suggest_alias
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import on_local, recreate
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import (
    Finding,
    Remote,
    Severity,
    shorten,
)


@check(
    "config/alias-reserved-chars",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.REMOTE_CLUSTER_SETTINGS, docs.CROSS_CLUSTER_SEARCH),
    tags=("alias",),
    source="Elasticsearch RemoteClusterAware: index expressions; elasticsearch#68252",
    explains=("auth/key-missing", "config/alias-keystore-mismatch", *NO_CONNECTION),
)
def alias_reserved_chars(remote: Remote) -> Yields:
    """The alias means something else in an index expression.

    Why it matters: in ``alias:index`` the colon separates, the comma lists, the star stands for anything, a leading dash
    excludes. Such an alias is refused as a setting, or it is stored and searches go elsewhere than they seem to.

    How to fix: register the remote under another alias. An alias can't be renamed in place.

    Example: ``-logs``, which in a search excludes what was meant to be searched.
    """
    if not remote.alias:
        yield NotApplicable("config/alias-invalid is about it")
    elif reasons := reserved(remote.alias):
        yield Finding(
            summary=f"The alias {shorten(remote.alias)} {' and '.join(reasons)}, which has a meaning of its own in index expressions; "
            "expected letters, digits, dashes and underscores.",
            remedy="Register it under another alias.",
            fix=on_local(recreate(fixed(remote), suggest_alias(remote.alias))),
            facts={
                "observed": shorten(remote.alias),
                "expected": "letters, digits, dash, underscore",
                "reasons": reasons,
            },
        )
