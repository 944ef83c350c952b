"""The check auth/key-body-fields."""

from __future__ import annotations

from checks.auth._refused_bodies import refusals
from checks.tables import docs
from diag.check import Yields, check
from diag.model import KeyBodies, Severity


@check(
    "auth/key-body-fields",
    severity=Severity.ERROR,
    docs=(docs.API_CREATE_KEY,),
    tags=("api-key", "documents"),
    source="Elasticsearch 8.19.0: CrossClusterApiKeyRoleDescriptorBuilder, asked with each form of access",
)
def key_body_fields(bodies: KeyBodies) -> Yields:
    """The body of a request that makes or changes a cross-cluster API key is refused.

    Why it matters: what a key may do is fixed by ``search`` and ``replication``; fields that keys of the REST API or roles have are refused
    with 400, and no key is made.

    How to fix: ``access`` with entries of ``names`` under ``search`` or ``replication``, and nothing else about privileges.

    Example: ``privileges: ["read"]`` in an entry of ``search``; ``replicate`` instead of ``replication``.
    """
    yield from refusals(bodies.all, "cross-cluster API key")
