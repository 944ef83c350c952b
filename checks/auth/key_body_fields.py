"""The check auth/key-body-fields."""

from __future__ import annotations

from checks.auth._refused_bodies import refusals
from checks.tables import docs
from diag.check import Yields, check
from diag.model import STRONG_IDENTITY, Finding, KeyBodies, LocalVersion, Origin, Severity, Unavailable


@check(
    "auth/key-body-fields",
    severity=Severity.ERROR,
    docs=(docs.API_CREATE_KEY,),
    tags=("api-key", "documents"),
    source="nodes of 8.19.0 and 9.2.0, asked with 146 bodies; CrossClusterApiKeyRoleDescriptorBuilder",
)
def key_body_fields(bodies: KeyBodies, local_version: LocalVersion | Unavailable) -> Yields:
    """The body of a request that makes or changes a cross-cluster API key is refused.

    Why it matters: what a key may do is fixed by ``search`` and ``replication``; fields that keys of the REST API or roles have are refused
    with 400, and no key is made.

    How to fix: ``access`` with entries of ``names`` under ``search`` or ``replication``, and nothing else about privileges.

    Example: ``privileges: ["read"]`` in an entry of ``search``; ``replicate`` instead of ``replication``.
    """
    yield from refusals(bodies.all, "cross-cluster API key")
    # The release that was declared is that of the cluster whose documents these are.
    if not isinstance(local_version, Unavailable) and local_version.release.at_least(STRONG_IDENTITY.since) is False:
        yield from (_too_old(one.identity, local_version) for one in bodies.all if one.identity is not None)


def _too_old(origin: Origin, local_version: LocalVersion) -> Finding:
    wanted = f"{STRONG_IDENTITY.since} or later"
    return Finding(
        summary=f"Elasticsearch {local_version} refuses this cross-cluster API key: certificate_identity is unknown there; expected {wanted}.",
        remedy="Take certificate_identity out, or upgrade both clusters first.",
        origin=origin,
        facts={"observed": str(local_version), "expected": wanted},
    )
