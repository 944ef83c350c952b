"""The check auth/diag-user-insufficient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.shared.fixes import here
from checks.tables import docs
from diag.check import Check, NotApplicable, Unknown, Verdicts, Yields, check
from diag.model import (
    PIECES,
    Call,
    ClusterEvidence,
    Finding,
    Identity,
    Outcome,
    Piece,
    Pieces,
    Reason,
    Remote,
    RemoteInfo,
    Result,
    Security,
    Severity,
    Subject,
    Unavailable,
    dataclass,
    shorten,
)

_LEADING: Final = re.compile(r" /(?=.)")
_CALLED: Final = {subject: [one for one in PIECES if subject in one.subjects and one.calls] for subject in Subject}
_REFUSED: Final = frozenset({Reason.UNAUTHENTICATED, Reason.FORBIDDEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """A piece of evidence that a login was asked for and did not get, and the remotes that it is about."""

    piece: Piece
    value: Unavailable
    remotes: tuple[Remote, ...]

    @property
    def call(self) -> Call:
        """The call that was refused: of several that bring the piece, the one that the refusal names."""
        return next((call for call in self.piece.calls if call.name == self.value.call), self.piece.calls[0])


class _Login:
    """What the login of one side was asked for: whether it was asked at all, and what it was refused."""

    def __init__(self, whose: str, where: str) -> None:
        self.whose = whose
        self.where = where
        self.asked = False
        self.refused: list[_Refused] = []

    def look_at(self, holder: Pieces, subject: Subject, remotes: tuple[Remote, ...]) -> None:
        """Look at what comes from calls: a stored answer is read from a file."""
        for piece in _CALLED[subject]:
            value: object = holder[piece.noun]
            if not isinstance(value, Unavailable):
                self.asked = True
            elif value.reason in _REFUSED:
                self.asked = True
                self.refused.append(_Refused(piece=piece, value=value, remotes=remotes))
            elif not (self.asked or value.not_configured):
                self.asked = True

    def look_at_release(self, value: object, remotes: tuple[Remote, ...]) -> None:
        """Look at the release, where the login did not get it: one that is known may have been declared, so that nobody was asked."""
        if isinstance(value, Unavailable) and value.reason in _REFUSED:
            root = next(piece for piece in PIECES if piece.noun is Identity)
            self.asked = True
            self.refused.append(_Refused(piece=root, value=value, remotes=remotes))


def _sides(cluster_evidence: ClusterEvidence) -> Iterator[_Login]:
    """What each login was asked for: the local one also for what the local cluster reports of each remote."""
    remotes = tuple(one.remote for one in cluster_evidence.remotes)
    local = _Login("the local cluster", "url and auth of the cluster")
    local.look_at_release(cluster_evidence.local_version, remotes)
    local.look_at(cluster_evidence.api, Subject.LOCAL, remotes)
    for one in cluster_evidence.remotes:
        local.look_at(one.belief, Subject.LOCAL_VIEW, (one.remote,))
    yield local
    for one in cluster_evidence.remotes:
        mine, login = (one.remote,), _Login(f"the remote {shorten(one.remote.alias, 80)}", "url and auth of the remote")
        login.look_at_release(one.remote_version, mine)
        login.look_at(one.api, Subject.REMOTE, mine)
        yield login


@check(
    "auth/diag-user-insufficient",
    severity=Severity.WARNING,
    severities=(Severity.INFO, Severity.ERROR),
    docs=(docs.PRIVILEGES,),
    tags=("privileges", "diag"),
    source="documentation: security privileges; answers 401 and 403 observed on 6.8 to 9.2",
)
def diag_user_insufficient(cluster_evidence: ClusterEvidence, verdicts: Verdicts) -> Yields:
    """The login of diag is refused, or may not ask everything that the checks need.

    Why it matters: those checks are unknown; nothing of what they look for would be seen. Where all of them are for information only, so is
    this.

    How to fix: ``diag setup role`` prints the role and the key that are enough, and nothing wider.

    Example: the API key was made with ``monitor`` alone, and the checks of keys and roles need ``read_security``.
    """
    asked = False
    for login in _sides(cluster_evidence):
        asked = asked or login.asked
        if any(piece.value.reason is Reason.UNAUTHENTICATED for piece in login.refused):
            yield _no_login(login.whose, login.where)
        elif login.refused:
            yield _too_little(verdicts, cluster_evidence.keystore, login.whose, login.refused)
    security = cluster_evidence.api[Security]
    if not asked:
        offline = isinstance(security, Unavailable) and security.reason is Reason.OFFLINE
        yield NotApplicable(
            str(security) if offline else "no url is configured for the local cluster, nor for a remote"
        )
    elif isinstance(security, Unavailable) and not (security.not_configured or security.reason in _REFUSED):
        yield Unknown(str(security), piece=security)


def _no_login(whose: str, where: str) -> Finding:
    return Finding(
        summary=f"The login at {whose} is refused (401): nothing could be asked there.",
        remedy=f"Correct {where} in diag.yaml: an encoded API key that is valid, or username and password.",
        severity=Severity.ERROR,
        facts={"side": whose, "observed": "401", "expected": "200"},
    )


def _too_little(verdicts: Verdicts, keystore: object, whose: str, refused: list[_Refused]) -> Finding:
    # One refused call can take several pieces with it: it is named once.
    first: dict[Unavailable, Call] = {}
    for piece in refused:
        first.setdefault(piece.value, piece.call)
    needs = tuple(first.values())
    calls = dict.fromkeys(_LEADING.sub(" ", need.name) for need in needs)
    cluster = sorted({need.privilege for need in needs if need.privilege and not need.on})
    indices = sorted({f"{need.privilege} on {need.on}" for need in needs if need.on})
    wanted = ([f"the cluster privilege {' and '.join(cluster)}"] if cluster or not indices else []) + [
        f"the index privilege {one}" for one in indices
    ]
    lost = _lost(verdicts, refused, keystore)
    names = tuple(one.id for one in lost)
    return Finding(
        summary=f"The login at {whose} may not ask {', '.join(calls)} (403){': unknown are ' + ', '.join(names) if lost else ''}.",
        remedy=f"Give it {', and '.join(wanted)}. The command prints the whole role.",
        fix=here("diag", "setup", "role"),
        severity=Severity.INFO if lost and all(one.severity is Severity.INFO for one in lost) else None,
        facts={"side": whose, "observed": "403", "missing": (*cluster, *indices), "unknown": names},
    )


def _lost(verdicts: Verdicts, refused: list[_Refused], keystore: object) -> tuple[Check, ...]:
    """The checks of this report that report that they are unknown because of these refusals.

    Where no keystore is declared, the list of remotes would show in its place whether there is a key: without it, what needs the keystore is
    lost by the refusal too.
    """
    wanted = [(one.value, one) for one in refused]
    if isinstance(keystore, Unavailable):
        wanted += [(keystore, one) for one in refused if one.piece.noun is RemoteInfo]
    found = {
        one.check.id: one.check
        for one in verdicts.all
        if one.result.outcome is Outcome.UNKNOWN
        and any(
            piece in _lacked(one.result) and (not one.alias or one.alias in {r.alias for r in asked.remotes})
            for piece, asked in wanted
        )
    }
    return tuple(found.values())


def _lacked(result: Result) -> frozenset[Unavailable]:
    """The pieces that a check lacked, and those that they only follow from."""
    causes = (piece.cause for piece in result.missing if piece.cause is not None)
    return frozenset((*result.missing, *causes))
