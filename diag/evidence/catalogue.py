"""Every piece of evidence that has no place of its own in a round: one row for each. A new piece is a module and a row here.

From this table follow what holds the evidence, what a check may ask for, what is asked in a round, the saved form, which privileges the
login needs, and what a missing one takes away.
"""

from __future__ import annotations

from typing import Final

from diag.evidence import reload
from diag.evidence.documents import (
    certificate_files,
    connection_answers,
    deployment,
    keystore_list,
    kubernetes,
    named_files,
    origins,
    problems,
    remote_list,
    security_bodies,
    traffic_filter,
    trust_files,
    trust_payload,
)
from diag.evidence.documents import instances as instances_files
from diag.evidence.documents import settings as settings_texts
from diag.evidence.elasticsearch import (
    api_keys,
    certificates,
    clock,
    connections,
    filters,
    followers,
    health,
    identity,
    indices,
    license,  # noqa: A004 -- the word of the field.
    nodes,
    registrations,
    replication,
    resolved,
    roles,
    searches,
    security,
    transforms,
)
from diag.evidence.piece import Piece, Side, Subject
from diag.evidence.platforms import linked, platform

PIECES: Final[tuple[Piece, ...]] = (
    identity.PIECE,
    nodes.PIECE,
    registrations.PIECE,
    registrations.OF_ONE,
    connections.INFO,
    license.PIECE,
    roles.PIECE,
    health.PIECE,
    replication.PIECE,
    replication.FOLLOWED,
    clock.PIECE,
    security.PIECE,
    resolved.PIECE,
    api_keys.PIECE,
    connections.VIEWS,
    resolved.OF_PATTERNS,
    searches.PIECE,
    filters.PIECE,
    certificates.PIECE,
    transforms.PIECE,
    indices.PIECE,
    followers.OF_SHARDS,
    followers.RECOVERIES,
    reload.PIECE,
    settings_texts.PIECE,
    keystore_list.PIECE,
    named_files.PIECE,
    connection_answers.PIECE,
    trust_files.PIECE,
    instances_files.PIECE,
    certificate_files.CERTIFICATES,
    certificate_files.KEYS,
    security_bodies.KEYS,
    security_bodies.ROLES,
    problems.PIECE,
    origins.PIECE,
    trust_payload.PIECE,
    remote_list.PIECE,
    deployment.PIECE,
    traffic_filter.PIECE,
    kubernetes.CLUSTERS,
    kubernetes.OPERATORS,
    kubernetes.SERVICES,
    kubernetes.POLICIES,
    kubernetes.CERTIFICATES,
    platform.PIECE,
    linked.PIECE,
)


def of(subject: Subject) -> tuple[Piece, ...]:
    """The pieces of one subject."""
    return tuple(piece for piece in PIECES if subject in piece.subjects)


def cluster_privileges(side: Side) -> tuple[str, ...]:
    """The privileges on the cluster that the calls at one side need."""
    asked = (piece for piece in PIECES if any(subject.side is side for subject in piece.subjects))
    return tuple(
        dict.fromkeys(call.privilege for piece in asked for call in piece.calls if call.privilege and not call.on)
    )
