"""The release that is declared, beside the one that the nodes say on the wire."""

from __future__ import annotations

from checks.remedies import shorten
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    LocalCluster,
    LocalVersion,
    Remote,
    Reply,
    Severity,
    TransportHello,
    Unavailable,
    Version,
)


@check(
    "version/declared-differs",
    severity=Severity.WARNING,
    docs=(docs.UPG,),
    tags=("upgrade", "settings"),
    source="TransportHandshaker: each node says its release before any login",
)
def declared_differs(
    cluster: LocalCluster, local: LocalVersion | Unavailable, remote: Remote, endpoints: Endpoints | Unavailable
) -> Yields:
    """A declared release can't be read, or is not the one that the remote's nodes run.

    Why it matters: the checks of releases judge by what is declared. After an upgrade that nobody noted they judge the past.

    How to fix: correct ``version`` in diag.yaml, or leave it out: with ``url``, or by the transport handshake, diag finds it out.

    Example: ``version: 8.12.0`` for a remote that was upgraded to 8.15.
    """
    if cluster.version and isinstance(local, Unavailable) and _parsed(cluster.version) is None:
        yield _unreadable("the local cluster", cluster.version)
    if not remote.version:
        yield NotApplicable("no version of the remote is declared")
        return
    declared = _parsed(remote.version)
    if declared is None:
        yield _unreadable("this remote", remote.version)
    elif isinstance(endpoints, Unavailable):
        yield Unknown(str(endpoints))
    else:
        yield from _compared(declared, endpoints)


def _parsed(text: str) -> Version | None:
    try:
        return Version.parse(text)
    except ValueError:
        return None


def _unreadable(whose: str, text: str) -> Finding:
    return Finding(
        summary=f"The declared version of {whose} is {shorten(text, 60)}; expected three numbers, such as 8.15.3.",
        remedy="Correct version in diag.yaml.",
        facts={"observed": shorten(text, 60), "expected": "three numbers"},
    )


def _compared(declared: Version, endpoints: Endpoints) -> Yields:
    hellos = [one.transport for one in endpoints.probes if isinstance(one.transport, TransportHello)]
    told = [one for one in hellos if one.reply is Reply.ANSWERED and one.version is not None]
    if not told:
        yield Unknown("no node said its release on the wire")
        return
    if any(_may_be(declared, one, one.version) for one in told if one.version is not None):
        return
    seen = sorted({str(one.version) if one.exact else f"{one.version} or later" for one in told})
    yield Finding(
        summary=f"The version is declared as {declared}, and the nodes say {', '.join(seen[:3])} on the wire.",
        remedy="Correct version of this remote in diag.yaml, or leave it out.",
        facts={"observed": tuple(seen[:20]), "expected": str(declared)},
    )


def _may_be(declared: Version, hello: TransportHello, lowest: Version) -> bool:
    """Tell whether a node that said this may run the declared release."""
    if hello.exact:
        return declared == lowest
    return lowest <= declared and (hello.highest is None or declared <= hello.highest)


CHECKS = (declared_differs,)
