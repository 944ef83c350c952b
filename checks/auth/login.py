"""Whether the login of diag itself may ask what the checks need, on both sides; and whether local roles reach the remote."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from checks.remedies import shorten
from checks.tables import docs
from checks.tables.privileges import NEEDS
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    ClusterEvidence,
    Finding,
    LocalApi,
    LocalRoles,
    Reason,
    Remote,
    RemoteApi,
    SecurityModel,
    Severity,
    Unavailable,
)

_LOCAL = ("identity", "nodes", "registrations", "license", "roles", "replication", "clock", "privileges")
_REMOTE = ("identity", "nodes", "license", "roles", "health", "filters", "key", "privileges")
_REFUSED = frozenset({Reason.UNAUTHENTICATED, Reason.FORBIDDEN})


@check(
    "auth/diag-user-insufficient",
    severity=Severity.WARNING,
    docs=(docs.ES_PRIV,),
    tags=("privileges", "diag"),
    source="documentation: security privileges; answers 401 and 403 observed on 6.8 to 9.2",
)
def diag_user_insufficient(evidence: ClusterEvidence) -> Yields:
    """The login of diag is refused, or may not ask everything that the checks need.

    Why it matters: those checks are unknown; nothing of what they look for would be seen.

    How to fix: ``diag setup role`` prints the role and the key that are enough, and nothing wider.

    Example: the API key was made with ``monitor`` alone, and the checks of keys and roles need ``read_security``.
    """
    asked = False
    sides: list[tuple[str, str, LocalApi | RemoteApi, tuple[str, ...]]] = [
        ("the local cluster", "url and auth of the cluster", evidence.api, _LOCAL)
    ]
    sides += [
        (f"the remote {shorten(one.remote.alias, 80)}", "url and auth of the remote", one.api, _REMOTE)
        for one in evidence.remotes
    ]
    for whose, where, api, names in sides:
        pieces = {name: getattr(api, name) for name in names}
        asked = asked or any(not _not_asked(piece) for piece in pieces.values())
        yield from _refused(whose, where, pieces)
    missing = evidence.api.privileges
    if not asked:
        yield NotApplicable("no url is configured for the local cluster, nor for a remote")
    elif isinstance(missing, Unavailable) and missing.reason not in _REFUSED | {Reason.NOT_ASKED}:
        yield Unknown(str(missing))


def _not_asked(piece: object) -> bool:
    return isinstance(piece, Unavailable) and piece.reason is Reason.NOT_ASKED


def _refused(whose: str, where: str, pieces: dict[str, object]) -> Iterator[Finding]:
    refused = {
        name: piece for name, piece in pieces.items() if isinstance(piece, Unavailable) and piece.reason in _REFUSED
    }
    if any(piece.reason is Reason.UNAUTHENTICATED for piece in refused.values()):
        yield Finding(
            summary=f"The login at {whose} is refused (401): nothing could be asked there.",
            remedy=f"Correct {where} in diag.yaml: an encoded API key that is valid, or username and password.",
            severity=Severity.ERROR,
            facts={"side": whose, "observed": "401", "expected": "200"},
        )
    elif refused:
        needs = [NEEDS[name] for name in refused]
        privileges = sorted({need.privilege for need in needs if need.privilege})
        yield Finding(
            summary=f"The login at {whose} may not ask {', '.join(dict.fromkeys(need.call for need in needs))} (403): "
            f"unknown are {', '.join(dict.fromkeys(need.checks for need in needs))}.",
            remedy=f"Give it the cluster privilege {' and '.join(privileges) or 'monitor'}: diag setup role prints the whole role.",
            facts={"side": whose, "observed": "403", "missing": tuple(privileges)},
        )


@check(
    "auth/local-remote-indices-missing",
    severity=Severity.INFO,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.TRB_NOREM, docs.ROLESTR),
    tags=("privileges", "roles"),
    source="documentation: role structure, remote_indices; troubleshoot remote clusters",
)
def local_remote_indices_missing(remote: Remote, roles: LocalRoles) -> Yields:
    """No role of the local cluster gives anybody access to this remote.

    Why it matters: in the API key model a user needs ``remote_indices`` for the alias in a local role; only superusers get through without.
    Roles on the remote cluster count for nothing.

    How to fix: add ``remote_indices`` with the alias to the role of the users who search there.

    Example: after the change from certificates to API keys every search by ordinary users ends with 403.
    """
    own = [role for role in roles.all if not role.reserved]
    if any(
        fnmatchcase(remote.alias, pattern)
        for role in own
        for grant in role.remote_indices
        for pattern in grant.clusters
    ):
        return
    yield Finding(
        summary=f"None of {len(own)} roles that are not built in has remote_indices for {shorten(remote.alias, 80)}: "
        "only superusers can search it.",
        remedy=f'Add to the role: "remote_indices": [{{"clusters": ["{shorten(remote.alias, 80)}"], "names": ["…"], '
        '"privileges": ["read", "read_cross_cluster"]}]',
        facts={"observed": 0, "expected": "at least 1", "roles": len(own)},
    )


CHECKS = (diag_user_insufficient, local_remote_indices_missing)
