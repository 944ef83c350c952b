"""Network security policies of a remote deployment: which of their rules admit the local cluster."""

from __future__ import annotations

from typing import Final

from checks.shared.address_blocks import is_everybody
from checks.shared.payloads import text_of
from diag.model import FilterRule, LinkedDeployment, Platform, TrafficFilter, TrafficFilters, Unavailable, dataclass

FOR_REMOTES: Final = "remote_cluster"
# A rule set about outgoing traffic says nothing of who comes in.
_OUTGOING: Final = "egress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who comes in, as policies see it. Empty where it is not known; ``same`` says that both deployments are on one platform."""

    cluster_id: str
    organization_id: str
    same: bool


def caller_of(local: LinkedDeployment | None, remote: LinkedDeployment, platform: Platform | None) -> Caller:
    """The local cluster as it comes in at the proxy of the remote deployment."""
    if local is None or isinstance(local.deployment, Unavailable):
        return Caller(cluster_id="", organization_id="", same=False)
    account = None if platform is None or isinstance(platform.account, Unavailable) else platform.account
    return Caller(
        cluster_id=local.deployment.cluster_id,
        # What an installation calls its environment id stands in no answer of its API.
        organization_id=account.id if account is not None and local.kind == "ech" else "",
        same=local.platform == remote.platform or (local.kind == remote.kind == "ech"),
    )


def incoming(filters: TrafficFilters) -> list[TrafficFilter]:
    """The policies about who comes in."""
    return [one for one in filters.all if _OUTGOING not in text_of(one.type)]


def verdict(one: TrafficFilter, caller: Caller) -> bool | None:
    """Whether a policy admits the caller; None where that depends on what nobody declares."""
    found = [_rule(rule, caller) if text_of(one.type) == FOR_REMOTES else _address(rule) for rule in one.rules]
    return True if True in found else None if None in found else False


def _rule(rule: FilterRule, caller: Caller) -> bool | None:
    """A rule for remote clusters works on one platform only: it goes by the certificates that the platform issued."""
    if not caller.same:
        return False
    wanted = (text_of(rule.cluster_id), caller.cluster_id), (text_of(rule.organization_id), caller.organization_id)
    given = [(expected, known) for expected, known in wanted if expected]
    if any(known and expected != known for expected, known in given):
        return False
    return bool(given) if all(known for _, known in given) else None


def _address(rule: FilterRule) -> bool | None:
    """A rule for addresses admits everybody, or depends on the addresses that the local cluster goes out by; all of IPv6 are not everybody."""
    return True if is_everybody(text_of(rule.source)) else None
