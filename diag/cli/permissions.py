"""The least privileges with which diag sees everything. docs/permissions.md shows them, made by `make docs`; real pairs prove them."""

from __future__ import annotations

from typing import Any, Final

from diag.evidence.call import FIRST_READ_SECURITY, existing
from diag.evidence.catalogue import cluster_privileges
from diag.evidence.piece import Side
from diag.lazy_dataclass import dataclass
from diag.model import Version

# With the right to look at the metadata of an index that need not exist, a cluster lets a login ask its remotes at all.
_NO_INDEX: Final = "diag-no-such-index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be looked at beyond the usual: patterns that are searched (``use.search``), and follower indices.

    ``reads`` says that the searches are to be tried (``probe.search``), which reads those indices.
    """

    searched: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    reads: bool = False

    @property
    def seen(self) -> dict[str, Any]:
        """The entry of a role for what is searched."""
        privileges = ["read", "view_index_metadata"] if self.reads and self.searched else ["view_index_metadata"]
        return {"names": [_NO_INDEX, *self.searched], "privileges": privileges}


def local_role(version: Version, wanted: Wanted | None = None) -> dict[str, Any]:
    """The role for the local cluster, in the form of ``PUT /_security/role``."""
    wanted = wanted or Wanted()
    followers = [{"names": list(wanted.followers), "privileges": ["monitor"]}] if wanted.followers else []
    role: dict[str, Any] = {"cluster": list(existing(cluster_privileges(Side.LOCAL), version))}
    role["indices"] = [Wanted().seen, *followers]
    if version >= FIRST_READ_SECURITY:
        role["remote_indices"] = [{"clusters": ["*"], **wanted.seen}]
    return role


def remote_role(version: Version, wanted: Wanted | None = None) -> dict[str, Any]:
    """The role for a remote cluster. In the certificate model it counts there for what is searched, under the same name."""
    role: dict[str, Any] = {"cluster": list(existing(cluster_privileges(Side.REMOTE), version))}
    if wanted is not None and wanted.searched:
        seen = wanted.seen
        crossing = [*seen["privileges"], *(["read_cross_cluster"] if wanted.reads else [])]
        role["indices"] = [{"names": list(wanted.searched), "privileges": crossing}]
    return role
