"""From answers of the API to evidence. Pure: each reader takes parsed JSON and gives a noun of the model, or says why not."""

from diag.gather.told.clusters import clock_of, filters_of, health_of, identity_of, license_of, nodes_of, privileges_of
from diag.gather.told.keys import key_id, record_of, roles_of
from diag.gather.told.remotes import infos_of, registrations_of, resolved_of
from diag.gather.told.replication import replication_of

__all__ = [
    "clock_of",
    "filters_of",
    "health_of",
    "identity_of",
    "infos_of",
    "key_id",
    "license_of",
    "nodes_of",
    "privileges_of",
    "record_of",
    "registrations_of",
    "replication_of",
    "resolved_of",
    "roles_of",
]
