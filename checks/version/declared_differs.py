"""The check version/declared-differs."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.release_range import RELEASED, on_the_wire, unreported
from checks.tables import docs
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    NO_END,
    Endpoints,
    Finding,
    Remote,
    RemoteVersion,
    Severity,
    Unavailable,
    Version,
    as_fact,
    listed,
)


@check(
    "version/declared-differs",
    severity=Severity.WARNING,
    applies=Applies(remote_kinds=RELEASED),
    docs=(docs.UPGRADE,),
    tags=("upgrade", "settings"),
    source="TransportHandshaker: each node says its release before any login",
)
def declared_differs(remote: Remote, endpoints: Endpoints | Unavailable) -> Yields:
    """The declared release is not the one that the remote's nodes run.

    Why it matters: the checks of releases judge by what is declared. After an upgrade that nobody noted they judge the past.

    How to fix: correct ``version`` in diag.yaml, or leave it out: with ``url``, or by the transport handshake, diag finds it out.

    Example: ``version: 8.12.0`` for a remote that was upgraded to 8.15.
    """
    if not remote.version.strip():
        yield NotApplicable("no version of the remote is declared")
        return
    try:
        declared = Version.parse(remote.version)
    except ValueError:
        yield NotApplicable("the declared version can't be read; config/version-unreadable is about that")
        return
    if isinstance(endpoints, Unavailable):
        yield Unknown(str(endpoints), piece=endpoints)
    else:
        yield from _compared(declared, endpoints, whole_minor=_names_a_minor(remote.version))


def _names_a_minor(text: str) -> bool:
    """Distinguish ``8.14``, which stands for each of its patch releases, from ``8.14.1``."""
    return text.partition("-")[0].count(".") == 1


def _compared(declared: Version, endpoints: Endpoints, *, whole_minor: bool) -> Yields:
    reported = [version for probe in endpoints.probes if (version := on_the_wire(probe)) is not None]
    fits = {_fits(declared, version, whole_minor=whole_minor) for version in reported}
    if not reported:
        why = dict.fromkeys(unreported(probe) for probe in endpoints.probes)
        yield Unknown("no node reported its release on the wire: " + ("; ".join(why) or "no address was looked at"))
    elif True in fits:
        return
    elif None in fits:
        yield Unknown(f"a node that runs {_span(reported[0])} may run {declared} or not: its id does not say")
    else:
        seen = tuple(dict.fromkeys(map(_span, sorted(reported, key=lambda version: version.number))))
        written = f"{declared.major}.{declared.minor}" if whole_minor else str(declared)
        yield Finding(
            summary=f"The version is declared as {written}, and the nodes say {listed(seen, 3)} on the wire.",
            remedy="Correct version of this remote in diag.yaml, or leave it out.",
            facts={"observed": as_fact(seen), "expected": written},
        )


def _fits(declared: Version, stated: RemoteVersion, *, whole_minor: bool) -> bool | None:
    """Whether a node that reports this may run what is declared; None where that is not known."""
    answers = {stated.release.may_be(number) for number in _stands_for(declared, stated, whole_minor=whole_minor)}
    return True if True in answers else (None if None in answers else False)


def _stands_for(declared: Version, stated: RemoteVersion, *, whole_minor: bool) -> Iterator[Version]:
    """What a node may run reaches into a minor if its lowest release is in it, or if it may run the first one of that minor."""
    yield declared
    if whole_minor and (stated.number.major, stated.number.minor) == (declared.major, declared.minor):
        yield stated.number


def _span(stated: RemoteVersion) -> str:
    """Word what a node may run with its end, so that a declared release beyond that end is seen to be there."""
    highest = stated.highest
    if stated.exact or highest is None or highest == stated.number or highest.patch != NO_END:
        return str(stated)
    end = f"{highest.major}.x" if highest.minor == NO_END else f"{highest.major}.{highest.minor}.x"
    return f"{stated.number} to {end}"
