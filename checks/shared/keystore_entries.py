"""Which entry of the keystore was most likely meant for which remote."""

from __future__ import annotations

from itertools import takewhile

from checks.shared.aliases import free_entries, free_entry_spelled, normalized
from diag.model import Keystore, LocalCluster, Remote, SecurityModel

_MAX_ITEMS = 200  # That many entries are compared for likeness; with more of them spelling alone decides.
_LONG_ENOUGH = 6  # From this length on a slip may concern two letters.
_TOO_SHORT = 3


def misspelled_entry(cluster: LocalCluster, remote: Remote, keystore: Keystore) -> str:
    """The alias of the entry that was most likely meant for this remote, which has none; empty if there is none alike.

    An entry that is the exact one of another remote is never meant. Without a declared model a remote has no right to an
    entry, so only one that differs in spelling counts.
    """
    if keystore.has_key(remote.alias) or remote.declared_model is SecurityModel.CERTIFICATE:
        return ""
    spelling = normalized(remote.alias)
    same = free_entry_spelled(cluster, keystore, spelling)
    if same or remote.security_model is not SecurityModel.API_KEY:
        return same
    free = free_entries(cluster, keystore)
    return next((alias for alias in free[:_MAX_ITEMS] if _one_edit(normalized(alias), spelling)), "")


def orphans(cluster: LocalCluster, keystore: Keystore) -> tuple[str, ...]:
    """The aliases that have an entry, are no remote, and were not meant for one either."""
    meant = {misspelled_entry(cluster, remote, keystore) for remote in cluster.remotes}
    return tuple(alias for alias in free_entries(cluster, keystore) if alias not in meant)


def _one_edit(one: str, other: str) -> bool:
    """Whether one typo lies between two aliases: everything before and after it is equal."""
    shorter = min(len(one), len(other))
    if shorter < _TOO_SHORT or abs(len(one) - len(other)) > _allowed(shorter):
        return False
    before = _common(one, other)
    one, other = one[before:], other[before:]
    after = _common(one[::-1], other[::-1])
    one, other = one[: len(one) - after], other[: len(other) - after]
    swapped = one == other[::-1] and len(one) == 2  # noqa: PLR2004 -- two neighbours that changed places.
    return swapped or max(len(one), len(other)) <= _allowed(shorter)


def _common(one: str, other: str) -> int:
    """Count the letters that two texts have in common at the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _allowed(length: int) -> int:
    return 2 if length >= _LONG_ENOUGH else 1
