"""The check config/version-unreadable."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, LocalCluster, Remote, Severity, Version, shorten


@check(
    "config/version-unreadable",
    severity=Severity.WARNING,
    docs=(docs.UPGRADE,),
    tags=("settings", "offline"),
    source="the form of version.number in the answer of GET /",
)
def version_unreadable(cluster: LocalCluster, remote: Remote) -> Yields:
    """A declared release can't be read.

    Why it matters: checks that go by releases can't use it, and stay open where nothing else tells the release.

    How to fix: write ``version`` in diag.yaml as ``GET /`` of that cluster gives it in ``version.number``, or leave it out.

    Example: ``version: latest``.
    """
    declared = {"the local cluster": cluster.version.strip(), "this remote": remote.version.strip()}
    if not any(declared.values()):
        yield NotApplicable("no version is declared")
    for whose, text in declared.items():
        if text and not _is_version(text):
            shown = shorten(text, 60)
            yield Finding(
                summary=f"The declared version of {whose} is {shown}; expected three numbers, such as 8.15.3.",
                remedy=f"Correct version of {whose} in diag.yaml, or leave it out.",
                facts={"observed": shown, "expected": "three numbers", "setting": "version"},
            )


def _is_version(text: str) -> bool:
    try:
        Version.parse(text)
    except ValueError:
        return False
    return True
