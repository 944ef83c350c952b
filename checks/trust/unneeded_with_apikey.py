"""The check trust/unneeded-with-apikey."""

from __future__ import annotations

from checks.shared.applies import API_KEY_REMOTES
from checks.shared.presented_names import was_asked_for
from checks.tables import docs
from checks.trust._restrictions import PATH
from diag.check import Yields, check
from diag.model import Finding, Remote, Severity, TrustRestrictions, Unavailable


@check(
    "trust/unneeded-with-apikey",
    severity=Severity.INFO,
    applies=API_KEY_REMOTES,
    docs=(docs.MIGRATE_TO_API_KEY, docs.HOSTED_EDIT_CONNECTION),
    tags=("trust-restrictions", "api-key"),
    source="documentation: add remote clusters using API key authentication, no mutual trust is needed",
)
def unneeded_with_apikey(remote: Remote, restrictions: TrustRestrictions | Unavailable) -> Yields:
    """Certificate trust is set up for a remote that authenticates with an API key.

    Why it matters: with an API key the remote asks for no certificate of the local cluster. Trust that was left over from the
    certificate model is not used by this remote, and lets more in than needed.

    How to fix: after the migration, take the trust in the local cluster's CA and the ``trust_restrictions`` out of the remote cluster.

    Example: ``trust_restrictions`` in the entry of a remote with a cross-cluster API key.
    """
    if remote.has_trust_restrictions or was_asked_for(restrictions):
        yield Finding(
            summary="A trust_restrictions file is configured for this remote, and its security model is api_key: the remote "
            "asks for no certificate of the local cluster.",
            remedy="Remove trust_restrictions from this remote in diag.yaml; on the remote cluster remove the trust in the local cluster's CA "
            f"({PATH} and its entry in xpack.security.transport.ssl.certificate_authorities) if no other remote needs it.",
            facts={"observed": "trust_restrictions", "expected": "none with security model api_key"},
        )
