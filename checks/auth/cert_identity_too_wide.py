"""The check auth/cert-identity-too-wide."""

from __future__ import annotations

import re
from typing import Final

from checks.auth._identity import admits_everything, bare, expression_of
from checks.auth._key_calls import update_key
from checks.auth._key_record import GONE
from checks.shared.applies import API_KEY_REMOTES
from checks.tables import docs
from diag.check import NotApplicable, Unknown, Yields, check
from diag.model import Finding, KeyLookup, KeyRecord, OfRemote, Severity, shorten

# Two names of no cluster that there is: what admits both admits any.
_MADE_UP: Final = ("0b7e4c19d2f84a6fa35e90c1b8d7e264", "f1a93d5c60e24b718c0d2e9f7a46b385")
_OF_CLOUD: Final = r"CN=.*\.node\.<id of the local cluster>\.cluster\..*"
_ORGANIZATION: Final = re.compile(r"cluster\\?\.(?P<id>[A-Za-z0-9_-]+)")


@check(
    "auth/cert-identity-too-wide",
    severity=Severity.WARNING,
    applies=API_KEY_REMOTES,
    docs=(docs.HOSTED_STRONG_IDENTITY, docs.API_UPDATE_KEY),
    tags=("api-key", "strong-identity"),
    source="documentation: strong identity verification: names of nodes in Elastic Cloud, and what a pattern with .* for the cluster matches",
)
def cert_identity_too_wide(remote_side: OfRemote[KeyLookup]) -> Yields:
    r"""The certificate identity of the API key admits other clusters than the one that the key is for.

    Why it matters: the identity is there so that a key that leaked is of no use elsewhere. With ``.*`` in the place of the cluster, every
    cluster of the organization can use it, and every name where nothing but ``CN=.*`` is left.

    How to fix: write the id of the local cluster out, with the dots escaped: ``CN=.*\.node\.<cluster id>\.cluster\..*``.

    Example: ``CN=.*.node.*.cluster.1053523734``, which names the organization alone.
    """
    record = remote_side.record
    if record is None:
        yield GONE
        return
    identity = record.certificate_identity
    expression = expression_of(identity) if identity else None
    if not identity:
        yield NotApplicable("the key is bound to no certificate identity")
    elif admits_everything(identity):
        yield NotApplicable("every certificate matches it; auth/cert-identity-mismatch is about that")
    elif expression is None:
        yield Unknown(
            f"the certificate identity {shorten(identity, 80)} has signs of regular expressions that are not judged here"
        )
    else:
        for whom, samples in _others(identity):
            if all(map(expression.matches, samples)):
                yield _too_wide(record, whom)
                return


def _others(identity: str) -> list[tuple[str, tuple[str, ...]]]:
    """Who else may be admitted, the widest first, and names that stand for all of them."""
    known = _ORGANIZATION.search(bare(identity))
    behind = "," + bare(identity).partition(",")[2] if "," in bare(identity) else ""
    rest = "" if re.search(r"[*+?\[(|{]", behind) else behind.replace("\\", "")
    subject = f" with {shorten(rest[1:], 80)}" if rest else ""
    cloud = "CN={node}.node.{cluster}.cluster.{scope}"
    one, other = _MADE_UP
    found = [
        (
            f"every certificate{subject} that the remote cluster trusts for signatures",
            tuple(f"CN={name}{rest}" for name in (one, f"{other}.example")),
        ),
        (
            "every cluster of every organization",
            tuple(cloud.format(node="x1", cluster=name, scope=name[:10]) for name in (one, other)),
        ),
    ]
    if known:
        scope = known["id"]
        members = tuple(cloud.format(node="x1", cluster=name, scope=scope) for name in (one, other))
        found.append((f"every cluster of the organization {shorten(scope, 40)}", members))
    return found


def _too_wide(record: KeyRecord, whom: str) -> Finding:
    name, identity = record.name, record.certificate_identity
    return Finding(
        summary=f"The key {shorten(name, 80)} has the certificate identity {shorten(identity, 120)}, which admits {whom}; expected the local "
        "cluster alone.",
        remedy="Bind the key to the whole subject of the certificate that the local cluster signs with, dots escaped; on Elastic Cloud "
        "a part of it is the id of that cluster.",
        fix=(
            *update_key(record, {"certificate_identity": "<the subject, as a regular expression>"}),
            *update_key(record, {"certificate_identity": _OF_CLOUD}, when="or, on Elastic Cloud"),
        ),
        facts={"observed": identity, "expected": "the local cluster alone"},
    )
