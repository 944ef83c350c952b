"""From answers of the API to evidence. Pure: each reader takes parsed JSON and gives a noun of the model, or says why not."""

from diag.collect.told.clusters import (
    certificates_of,
    clock_of,
    filters_of,
    health_of,
    identity_of,
    license_of,
    nodes_of,
    security_is_on,
)
from diag.collect.told.indices import copies_of, copy_rate_of, followers_health_of, indices_of
from diag.collect.told.keys import key_id, record_of, roles_of
from diag.collect.told.remotes import infos_of, registrations_of, resolved_of, resolved_use_of, searched_of
from diag.collect.told.replication import follows_of, replication_of, seen_twice, wants_a_second_look
from diag.collect.told.transforms import transforms_of

__all__ = [
    "certificates_of",
    "clock_of",
    "copies_of",
    "copy_rate_of",
    "filters_of",
    "followers_health_of",
    "follows_of",
    "health_of",
    "identity_of",
    "indices_of",
    "infos_of",
    "key_id",
    "license_of",
    "nodes_of",
    "record_of",
    "registrations_of",
    "replication_of",
    "resolved_of",
    "resolved_use_of",
    "roles_of",
    "searched_of",
    "security_is_on",
    "seen_twice",
    "transforms_of",
    "wants_a_second_look",
]
