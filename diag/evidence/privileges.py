"""What a role has to grant for what a remote is used for, by documentation: privileges for cross-cluster search and replication."""

from __future__ import annotations

from typing import Final

# On indices of the remote cluster, for searches: in remote_indices of a local role, certificate model in a role of the remote cluster.
SEARCHING: Final = ("read", "read_cross_cluster")
# In remote_indices of a local role, for replication.
FOLLOWING: Final = ("cross_cluster_replication",)
# In a role of the remote cluster, for replication in the certificate model: of the cluster, and on the leaders.
READS_CCR: Final = "read_ccr"
LEADING: Final = ("monitor", "read")
# In a role of the local cluster, for replication: of the cluster, and on the followers.
MANAGES_CCR: Final = "manage_ccr"
FOLLOWERS: Final = ("monitor", "read", "write", "manage_follow_index")
