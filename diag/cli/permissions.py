"""The least privileges with which diag sees everything. docs/permissions.md shows them; a test compares, real pairs prove them."""

from __future__ import annotations

from typing import Any, Final

from diag.gather.calls import FIRST_READ_SECURITY, LOCAL_PRIVILEGES, REMOTE_PRIVILEGES, existing
from diag.model import Version

# With the right to look at the metadata of an index that need not exist, a cluster lets a login ask its remotes at all.
_NO_INDEX: Final = "diag-no-such-index"
_SEEN: Final = {"names": [_NO_INDEX], "privileges": ["view_index_metadata"]}


def local_role(version: Version) -> dict[str, Any]:
    """The role for the local cluster, in the form of ``PUT /_security/role``."""
    role: dict[str, Any] = {"cluster": list(existing(LOCAL_PRIVILEGES, version)), "indices": [_SEEN]}
    if version >= FIRST_READ_SECURITY:
        role["remote_indices"] = [{"clusters": ["*"], **_SEEN}]
    return role


def remote_role(version: Version) -> dict[str, Any]:
    """The role for a remote cluster."""
    return {"cluster": list(existing(REMOTE_PRIVILEGES, version))}
