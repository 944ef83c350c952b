"""The check auth/cert-role-missing-on-remote."""

from __future__ import annotations

from typing import Final

from checks.auth._certificate_roles import for_replication, needed, own
from checks.auth._role_calls import create_role
from checks.shared.applies import CERTIFICATE_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    OfLocal,
    OfRemote,
    Remote,
    Roles,
    Severity,
    Unavailable,
    as_fact,
    listed,
    shorten,
)

_NOT_SHOWN: Final = "If it is in roles.yml there, which GET _security/role does not show, acknowledge this finding."


@check(
    "auth/cert-role-missing-on-remote",
    severity=Severity.WARNING,
    severities=(Severity.ERROR,),
    applies=CERTIFICATE_REMOTES,
    docs=(docs.CCS_PRIVILEGES_CERTIFICATE, docs.CERTIFICATE_MODEL),
    tags=("privileges", "roles"),
    source="documentation: configure privileges for cross-cluster search, certificate model; elasticsearch#58476",
    explains=("auth/cert-role-privileges", "runtime/connected-not-proof", "runtime/skipped-clusters"),
)
def cert_role_missing_on_remote(remote: Remote, local: OfLocal[Roles] | Unavailable, there: OfRemote[Roles]) -> Yields:
    """A role whose users search the remote does not exist there under the same name.

    Why it matters: in the certificate model the names of the user's local roles go along, and the remote cluster looks them up among its
    own. Where none is there under the same name, only users with built-in roles get an answer; others get 403.

    With ``use.roles`` declared each of those has to be there, else that is an error; without, it is a warning where no local role at all is.

    How to fix: create roles of the same names on the remote cluster, with ``read`` and ``read_cross_cluster`` on the indices.

    Example: the role ``analyst`` exists on the searching cluster only.
    """
    if remote.use.roles:
        known = {role.name for role in there.all}
        for name in dict.fromkeys(remote.use.roles):
            if name not in known:
                yield _missing(remote, name)
        return
    if isinstance(local, Unavailable):
        yield Unknown(str(local), piece=local)
        return
    local_side, remote_side = own(local), own(there)
    if not local_side:
        yield NotApplicable("the local cluster has no roles but the built-in ones")
    elif not set(local_side) & set(remote_side):
        names = sorted(local_side)
        yield Finding(
            summary=f"None of {len(local_side)} local roles ({listed(names)}) exists on the remote cluster under the same name.",
            remedy="Create each role whose users search there on the remote cluster, under the same name.",
            fix=create_role(names[0] if len(names) == 1 else "<name>", needed(remote), there=True),
            facts={"observed": 0, "expected": "at least 1", "local_roles": as_fact(names)},
        )
    elif set(local_side) - set(remote_side):
        # That some role is on both sides says nothing of the role of those who search.
        yield NotApplicable(
            f"{listed(sorted(set(local_side) - set(remote_side)))} is not on the remote cluster, and whose users search this remote is not declared: use.roles"
        )


def _missing(remote: Remote, name: str) -> Finding:
    users = "replicate from" if for_replication(remote) else "search"
    return Finding(
        summary=f"The role {shorten(name, 80)}, whose users {users} this remote, does not exist on the remote cluster: they get 403.",
        remedy=f"Create the role on the remote cluster. {_NOT_SHOWN}",
        fix=create_role(name, needed(remote), there=True),
        severity=Severity.ERROR,
        facts={"role": name, "observed": "no such role", "expected": "a role of the same name"},
    )
