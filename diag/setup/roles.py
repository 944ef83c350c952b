"""The roles of those who search or replicate through the remote."""

from __future__ import annotations

from diag.model import FOLLOWERS, FOLLOWING, LEADING, MANAGES_CCR, READS_CCR, SEARCHING, Json
from diag.setup.connection import Connection


def local_role(connection: Connection) -> dict[str, Json]:
    """The role on the local cluster. With certificates it counts there by its name alone, and for the followers.

    The followers are taken to have the names of their leaders: whoever names them otherwise changes that line.
    """
    role: dict[str, Json] = {"cluster": [MANAGES_CCR] if connection.replicate else []}
    if connection.replicate:
        role["indices"] = [{"names": list(connection.replicate), "privileges": list(FOLLOWERS)}]
    if connection.by_key:
        parts = ((connection.search, SEARCHING), (connection.replicate, FOLLOWING))
        role["remote_indices"] = [
            {"clusters": [connection.alias], "names": list(names), "privileges": list(privileges)}
            for names, privileges in parts
            if names
        ]
    return role


def remote_role(connection: Connection) -> dict[str, Json]:
    """The role of the same name on the remote cluster, which is what counts there with certificates."""
    parts = ((connection.search, SEARCHING), (connection.replicate, LEADING))
    entries: list[Json] = [{"names": list(names), "privileges": list(wanted)} for names, wanted in parts if names]
    return {"cluster": [READS_CCR] if connection.replicate else [], "indices": entries}
