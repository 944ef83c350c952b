"""Whether a TCP connection to the remote opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.network._listening import reported_remedy
from checks.shared.fixes import Remedy, enable_server
from diag.check import NotApplicable, Unknown, Yields
from diag.model import (
    Endpoint,
    Endpoints,
    Finding,
    Kind,
    Mode,
    Nodes,
    Probe,
    Reason,
    Remote,
    SecurityModel,
    Severity,
    Step,
    Unavailable,
    dataclass,
    shorten,
)

_MAX_SHOWN = 3
REFUSED = frozenset({Reason.REFUSED, Reason.RESET})
SILENT = frozenset({Reason.TIMED_OUT, Reason.UNREACHABLE})
_REMOTE_CLUSTER_SERVER = 9443
_NO_NODES = Unavailable(step=Step.API, reason=Reason.NOT_REQUESTED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One address that was tried, and why no connection opened; no reason means that it did."""

    endpoint: Endpoint
    probe: Probe
    reason: Reason | None
    detail: str = ""

    @property
    def known(self) -> bool:
        """Whether the attempt says anything about the address."""
        return self.reason is None or self.reason in REFUSED | SILENT


def judge(
    remote: Remote,
    endpoints: Endpoints,
    reasons: frozenset[Reason],
    other_check: str,
    remote_nodes: Nodes | Unavailable = _NO_NODES,
) -> Yields:
    attempts = tuple(attempts_at(endpoints))
    if not attempts:
        yield Unknown(why_no_attempt(endpoints))
        return
    for reason in sorted(reasons):
        failed = [attempt for attempt in attempts if attempt.reason is reason]
        if failed:
            yield _finding(remote, endpoints, attempts, failed, remote_nodes)
    unknown = [attempt for attempt in attempts if not attempt.known]
    if unknown:
        yield Unknown("; ".join(dict.fromkeys(attempt.detail for attempt in unknown)))
    elif not any(attempt.reason is None or attempt.reason in reasons for attempt in attempts):
        yield NotApplicable(f"no connection opened for another cause, see {other_check}")


def attempts_at(endpoints: Endpoints) -> Iterator[Attempt]:
    """Every address that was tried, of each name."""
    for one in endpoints.all:
        for probe in one.probes:
            match probe.connection:
                case Unavailable(reason=reason) as missing:
                    yield Attempt(one.endpoint, probe, reason, str(missing))
                case _:
                    yield Attempt(one.endpoint, probe, None)


def why_no_attempt(endpoints: Endpoints) -> str:
    """Say why nothing was tried."""
    unresolved = [str(one.resolution) for one in endpoints.all if isinstance(one.resolution, Unavailable)]
    return "; ".join(dict.fromkeys(unresolved)) or "no address was tried"


def _finding(
    remote: Remote,
    endpoints: Endpoints,
    attempts: Sequence[Attempt],
    failed: Sequence[Attempt],
    remote_nodes: Nodes | Unavailable,
) -> Finding:
    reason = failed[0].reason or Reason.OTHER
    shown = ", ".join(dict.fromkeys(_name(attempt) for attempt in failed[:_MAX_SHOWN]))
    if len(failed) > _MAX_SHOWN:
        shown += ", …"
    severity = _severity(remote, endpoints, attempts, failed)
    only_ipv6 = _only_ipv6(attempts, failed)
    reported = (
        reported_remedy(remote, failed[0].endpoint, failed[0].probe.ip, remote_nodes)
        if reason is Reason.REFUSED
        else None
    )
    how = Remedy(_REMEDY_IPV6) if only_ipv6 else reported or _remedy(remote, reason, failed[0].endpoint)
    tail = _TAIL_IPV6 if only_ipv6 else _TAIL[severity]
    return Finding(
        summary=f"{_WORDS[reason]}: {len(failed)} of {len(attempts)} addresses ({shown}); expected an open connection.{tail}",
        remedy=how.sentence,
        fix=how.fix,
        severity=severity,
        facts={
            "observed": str(reason),
            "failed": tuple(str(attempt.probe) for attempt in failed[:20]),
            "failed_count": len(failed),
            "tried": len(attempts),
            "port": failed[0].endpoint.port,
        },
    )


_WORDS = {
    Reason.REFUSED: "The connection is refused",
    Reason.RESET: "The connection is reset while it opens",
    Reason.TIMED_OUT: "No answer to the attempt to connect",
    Reason.UNREACHABLE: "There is no route to the address",
}


_TAIL = {
    Severity.CRITICAL: "",
    Severity.ERROR: " In proxy mode each new connection takes the first address only.",
    Severity.WARNING: " In sniff mode the other seeds are tried.",
}


_REMEDY_IPV6 = (
    "Make IPv6 work, or take the AAAA record away; nothing is to be done if it is only this machine that has no IPv6."
)


_TAIL_IPV6 = " IPv4 works, and Java takes that first."


def _severity(remote: Remote, endpoints: Endpoints, attempts: Sequence[Attempt], failed: Sequence[Attempt]) -> Severity:
    """Critical where nothing is left; what is not known counts as left."""
    nothing_opened = all(attempt.reason is not None and attempt.known for attempt in attempts)
    looked_up = all(
        not isinstance(one.resolution, Unavailable) or one.resolution.reason is Reason.NO_SUCH_NAME
        for one in endpoints.all
    )
    if nothing_opened and looked_up:
        return Severity.CRITICAL
    if _only_ipv6(attempts, failed):  # Without a route at all it is most likely this machine that has no IPv6.
        return Severity.INFO if failed[0].reason is Reason.UNREACHABLE else Severity.WARNING
    return Severity.ERROR if remote.effective_mode is Mode.PROXY else Severity.WARNING


def _only_ipv6(attempts: Sequence[Attempt], failed: Sequence[Attempt]) -> bool:
    """Whether only IPv6 fails: each name in question opens a connection by IPv4."""
    by_ipv4 = {attempt.endpoint for attempt in attempts if attempt.reason is None and ":" not in attempt.probe.ip}
    return all(":" in attempt.probe.ip and attempt.endpoint in by_ipv4 for attempt in failed)


def _name(attempt: Attempt) -> str:
    """Name an address as it was configured, with the IP address where that is another text."""
    endpoint, probe = shorten(str(attempt.endpoint), 80), str(attempt.probe)
    return endpoint if endpoint == probe else f"{endpoint} at {attempt.probe.ip}"


def _remedy(remote: Remote, reason: Reason, endpoint: Endpoint) -> Remedy:
    if reason in SILENT:
        what = "Find out which device drops it and open" if reason is Reason.TIMED_OUT else "Add a route and open"
        return Remedy(
            f"{what} the way from each node of the local cluster to {endpoint}; or correct {endpoint.setting}."
        )
    if reason is Reason.RESET:
        return Remedy(
            f"Look for a firewall or balancer before {endpoint} that turns connections away; it has to admit the local cluster."
        )
    if endpoint.port == _REMOTE_CLUSTER_SERVER and remote.kind in {Kind.SELF_MANAGED, Kind.ECK}:
        how = enable_server(remote, when="if it is not enabled")
        return Remedy(f"{how.sentence} If it is, correct the port in {endpoint.setting}.", how.fix)
    if remote.kind in {Kind.HOSTED, Kind.ECE, Kind.SERVERLESS}:
        return Remedy(
            f"Copy the proxy address from the Security page of the remote deployment into {endpoint.setting}."
        )
    host = "remote_cluster.host" if remote.security_model is SecurityModel.API_KEY else "transport.host"
    return Remedy(
        f"Start the node or proxy that should listen on port {endpoint.port}, see to which address it binds ({host}), "
        f"or correct the port in {endpoint.setting}."
    )
