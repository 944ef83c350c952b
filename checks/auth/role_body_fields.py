"""The check auth/role-body-fields."""

from __future__ import annotations

from checks.auth._refused_bodies import refusals
from checks.tables import docs
from diag.check import Yields, check
from diag.model import RoleBodies, Severity


@check(
    "auth/role-body-fields",
    severity=Severity.ERROR,
    docs=(docs.ROLE_STRUCTURE,),
    tags=("roles", "documents"),
    source="Elasticsearch 8.19.0: RoleDescriptor; documentation: role structure",
)
def role_body_fields(bodies: RoleBodies) -> Yields:
    """The body of a request that makes a role is refused.

    Why it matters: a role with a field that Elasticsearch does not know, or without one that it wants, is refused with 400: its users get
    nothing.

    How to fix: ``remote_indices`` takes ``clusters``, ``names`` and ``privileges``; ``remote_cluster`` takes ``clusters`` and ``privileges``.

    Example: ``cluster`` instead of ``clusters`` in an entry of ``remote_indices``.
    """
    yield from refusals(bodies.all, "body")
