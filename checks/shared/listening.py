"""Whether the remote cluster server listens at all, and where others reach it, as the API of the remote cluster tells."""

from __future__ import annotations

from checks.shared.peer import is_remote_cluster_server
from checks.tables.networks import is_here_only
from diag.check import Applies
from diag.model import (
    Endpoints,
    Kind,
    SecurityModel,
    Unavailable,
)

_SETTLED = (Kind.SELF_MANAGED, Kind.ECK)
ON_9443 = Applies.settings(models=(SecurityModel.API_KEY,), remote_kinds=_SETTLED)


def is_loopback(host: str) -> bool:
    """Tell loopback from the unspecified address, to which a server is bound that listens everywhere."""
    return is_here_only(host) and host not in {"0.0.0.0", "::", "0:0:0:0:0:0:0:0"}  # noqa: S104 -- compared, not bound.


def host_of(address: str) -> str:
    """The host of an address as a node publishes it: without its port, a name before a slash, or brackets."""
    return address.rpartition(":")[0].rpartition("/")[2].strip("[]")


def reached_server(endpoints: Endpoints | Unavailable) -> bool:
    """Tell whether a remote cluster server answered at one of the addresses."""
    return not isinstance(endpoints, Unavailable) and any(
        is_remote_cluster_server(probe.key) for probe in endpoints.probes
    )
