"""The least privileges with which diag sees everything. docs/permissions.md shows them; a test compares, a real pair proves them."""

from __future__ import annotations

from typing import Any, Final

# monitor: versions, nodes, settings, connections, licence, health, replication. read_security: keys and roles, without their secrets.
_CLUSTER: Final = ["monitor", "read_security"]
# With the right to look at the metadata of an index that need not exist, the cluster lets a login ask its remotes at all.
_NO_INDEX: Final = "diag-no-such-index"
LOCAL: Final[dict[str, Any]] = {
    "cluster": _CLUSTER,
    "indices": [{"names": [_NO_INDEX], "privileges": ["view_index_metadata"]}],
    "remote_indices": [{"clusters": ["*"], "names": [_NO_INDEX], "privileges": ["view_index_metadata"]}],
}
REMOTE: Final[dict[str, Any]] = {"cluster": _CLUSTER}
