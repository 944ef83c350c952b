"""Cross-cluster replication, as the local cluster tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """One follower index (``GET /_ccr/stats``, ``GET /_all/_ccr/info``), its shards taken together.

    ``lag`` is how many operations it is behind, summed over the shards; ``seconds_since_read`` the longest of any shard.
    ``fatal`` and ``exceptions`` are Elasticsearch's own texts, ``type: reason``. ``has_task`` says whether it has statistics, which come
    from the task that replicates; None where they could not be had. ``failed_writes`` counts since that task began, ``waiting_writes`` are
    the operations that were read and are not written yet (None: not told). ``writes_fail``: the counter rose between two looks of this
    round; None where a second look was not needed.
    """

    index: str
    remote: str
    leader: str
    paused: bool = False
    lag: int = 0
    seconds_since_read: float = 0.0
    fatal: str = ""
    exceptions: tuple[str, ...] = ()
    most_retries: int = 0
    failed_writes: int = 0
    waiting_writes: int | None = None
    writes_fail: bool | None = None
    has_task: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoFollowError:
    """One of the last errors of auto-follow; ``pattern`` is the name of the pattern, ``leader`` an index or empty."""

    pattern: str
    leader: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """Everything that the local cluster replicates (cross-cluster replication), of all remotes.

    ``auto_followed`` are the aliases that some auto-follow pattern names. ``unlicensed``: the statistics were refused for want of a
    license, so that of the followers no more is known than that they are there.
    """

    followers: tuple[Follower, ...]
    auto_followed: tuple[str, ...] = ()
    failed_follows: int = 0
    failed_state_requests: int = 0
    errors: tuple[AutoFollowError, ...] = ()
    unlicensed: bool = False

    @property
    def aliases(self) -> frozenset[str]:
        """The remotes that something is replicated from, or would be."""
        return frozenset({one.remote for one in self.followers} | set(self.auto_followed)) - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFollows:
    """What the remote cluster itself replicates: the aliases that it follows (``GET /_all/_ccr/info`` there)."""

    aliases: tuple[str, ...]
