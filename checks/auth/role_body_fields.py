"""The check auth/role-body-fields."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Yields, check
from diag.model import Finding, RoleBodies, Severity


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
    for body in bodies.all:
        for one in body.refused:
            yield Finding(
                summary=f"Elasticsearch refuses this role with 400: {one.message}; expected {one.expected}.",
                remedy="Correct the body at that place.",
                facts={"observed": one.message, "expected": one.expected},
                origin=one.origin,
            )
