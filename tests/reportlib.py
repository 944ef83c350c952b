"""Reports for tests of what reads reports: built from results, with the status and root causes the engine gives them."""

from __future__ import annotations

import dataclasses
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diag.engine import own_status, report, root_causes, status_of, worst
from diag.engine.coverage import coverage
from diag.model import (
    Acknowledgement,
    ClusterReport,
    Finding,
    Fix,
    Layer,
    Outcome,
    RemoteReport,
    Report,
    Request,
    Result,
    Severity,
    Status,
    Where,
)
from tests import caselib

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
HOSTILE = "CN=\x1b[31mevil\x1b[0m\r\nsearch-eu → logs   ok\u202e|`<b>&\"'\x00\x9b2J" + "A" * 10_240

PORT = Result(
    check="config/port-model-mismatch",
    outcome=Outcome.FAIL,
    layer=Layer.CONFIGURATION,
    severity=Severity.CRITICAL,
    findings=(
        Finding(
            summary="Port 9400 is the transport interface; a remote with an API key needs the remote cluster server, 9443.",
            remedy="Connect to port 9443 instead.",
            fix=(
                Fix(
                    where=Where.LOCAL,
                    requests=(
                        Request(
                            method="PUT",
                            path="_cluster/settings",
                            body={"persistent": {"cluster.remote.logs.proxy_address": "logs.example:9443"}},
                        ),
                    ),
                ),
                Fix(
                    where=Where.REMOTE_NODE,
                    yml="remote_cluster_server.enabled: true",
                    when="if the interface is not switched on",
                ),
            ),
            severity=Severity.CRITICAL,
            facts={"port": 9400, "expected": 9443, "addresses": ("192.0.2.10:9400",)},
            docs=("https://www.elastic.co/docs/deploy-manage/remote-clusters",),
        ),
    ),
)
REFUSED = Result(
    check="tls/client-cert-rejected",
    outcome=Outcome.FAIL,
    layer=Layer.TLS,
    severity=Severity.ERROR,
    findings=(Finding(summary="The peer refused.", remedy="", severity=Severity.ERROR),),
    explained_by=("config/port-model-mismatch",),
)
SLOW = Result(
    check="network/slow-connect",
    outcome=Outcome.FAIL,
    layer=Layer.TCP,
    severity=Severity.WARNING,
    findings=(
        Finding(
            summary="Opening a connection took 0.41 s; expected at most 0.25 s.",
            remedy="Look at the path between the clusters.",
            severity=Severity.WARNING,
        ),
    ),
)
HINT = Result(
    check="config/one-seed",
    outcome=Outcome.FAIL,
    layer=Layer.CONFIGURATION,
    severity=Severity.INFO,
    findings=(Finding(summary="There is one seed; two are safer.", remedy="Add one.", severity=Severity.INFO),),
)
EXPIRED = Result(
    check="tls/cert-expired",
    outcome=Outcome.FAIL,
    layer=Layer.TLS,
    severity=Severity.ERROR,
    findings=(Finding(summary="The certificate ended on 2026-01-01.", remedy="Renew it.", severity=Severity.ERROR),),
    acknowledged=Acknowledgement(check="tls/*", until="2026-02-01", note="ticket 12, the vendor is at it"),
)


def passed(number: int, group: str = "config") -> tuple[Result, ...]:
    """So many checks that found nothing."""
    return tuple(
        Result(check=f"{group}/fine-{i}", outcome=Outcome.PASS, layer=Layer.CONFIGURATION) for i in range(number)
    )


def skipped(number: int, because: str) -> tuple[Result, ...]:
    """So many checks that were skipped for one reason."""
    return tuple(
        Result(check=f"ccr/skipped-{i}", outcome=Outcome.SKIP, layer=Layer.CCR, because=because) for i in range(number)
    )


def unknown(check: str, because: str, *, essential: bool = True, layer: Layer = Layer.TLS) -> Result:
    """A check that could not tell."""
    return Result(check=check, outcome=Outcome.UNKNOWN, layer=layer, because=because, essential=essential)


def crashed(check: str = "ccr/lag") -> Result:
    """A check with a bug."""
    because = "the check itself failed (ValueError); please report it"
    return Result(check=check, outcome=Outcome.ERROR, layer=Layer.CCR, because=because)


def remote(*results: Result, base: str = "api_key", **given: Any) -> RemoteReport:
    """A remote with these results, on the healthy evidence of a case, patched."""
    whole_round = caselib.evidence(caselib.merge(_base(base), given))
    evidence = whole_round.remotes[0]
    return RemoteReport(
        evidence=evidence,
        status=status_of(results),
        root_causes=root_causes(results),
        results=results,
        coverage=coverage(whole_round, evidence, results),
    )


def cluster(
    *remotes: RemoteReport, name: str = "search-eu", results: tuple[Result, ...] = (), seconds: float = 0.21
) -> ClusterReport:
    """A local cluster with these remotes."""
    evidence = caselib.evidence(_base("api_key"))
    evidence = dataclasses.replace(
        evidence,
        cluster=dataclasses.replace(evidence.cluster, name=name),
        seconds=seconds,
        remotes=tuple(one.evidence for one in remotes),
    )
    made = ClusterReport(evidence=evidence, status=Status.OK, results=results, remotes=remotes)
    return dataclasses.replace(made, status=worst([own_status(made), *(one.status for one in remotes)]))


def whole(*clusters: ClusterReport) -> Report:
    """A report."""
    return report(clusters, NOW)


def of_each_kind() -> Report:
    """A report with a remote of every status and a finding of every kind."""
    failing = remote(
        *passed(31),
        PORT,
        REFUSED,
        SLOW,
        HINT,
        unknown("tls/verify-failed", "no handshake was completed"),
        *skipped(9, "no API access to the remote"),
        remote={"proxy_address": "logs.example:9400"},
    )
    warning = remote(*passed(30), SLOW, HINT, *skipped(2, "x"), *skipped(1, "y"), *skipped(1, "z"), base="certificate")
    open_one = remote(
        *passed(3),
        unknown("network/dns-nxdomain", "looking up slow.example timed out", layer=Layer.DNS),
        unknown("network/tcp-refused", "looking up slow.example timed out", layer=Layer.TCP),
        crashed(),
        remote={"alias": "slow", "proxy_address": "slow.example:9443"},
    )
    fine = remote(*passed(34), EXPIRED, *skipped(9, "security model is api_key"), remote={"alias": "fine"})
    orphan = Result(
        check="auth/orphan-credential",
        outcome=Outcome.FAIL,
        layer=Layer.TRUST,
        severity=Severity.WARNING,
        findings=(
            Finding(
                summary="No remote uses old.",
                remedy="Take it away.",
                fix=(
                    Fix(
                        where=Where.LOCAL_NODE,
                        commands="bin/elasticsearch-keystore remove cluster.remote.old.credentials",
                    ),
                ),
            ),
        ),
    )
    return whole(
        cluster(failing, warning, open_one, fine),
        cluster(remote(*passed(2)), name="search-us", results=(orphan,)),
    )


def hostile() -> Report:
    """A report in which the peer wrote whatever it could."""
    finding = Finding(
        summary=f"The certificate {HOSTILE} is for others.",
        remedy=f"Look at {HOSTILE}",
        fix=(
            Fix(
                where=Where.LOCAL,
                requests=(Request(method="PUT", path="_cluster/settings", body={HOSTILE[:120]: HOSTILE[:120]}),),
            ),
            Fix(where=Where.REMOTE, commands="echo '```' `<b>&|`", when=HOSTILE[5:100]),
        ),
        severity=Severity.ERROR,
        facts={"subject": HOSTILE, HOSTILE: 1},
        docs=(f"https://evil.example/{HOSTILE}",),
    )
    results = (
        Result(
            check="tls/name-mismatch",
            outcome=Outcome.FAIL,
            layer=Layer.TLS,
            severity=Severity.ERROR,
            findings=(finding,),
        ),
        unknown("tls/verify-failed", HOSTILE),
        Result(
            check="tls/known",
            outcome=Outcome.FAIL,
            layer=Layer.TLS,
            severity=Severity.ERROR,
            findings=(finding,),
            acknowledged=Acknowledgement(check="*", until="2026-02-01", note=HOSTILE),
        ),
        *skipped(1, HOSTILE),
    )
    certificate = {"subject": HOSTILE, "issuer": HOSTILE, "dns_names": [HOSTILE]}
    given: dict[str, Any] = {
        "remote": {"alias": HOSTILE, "proxy_address": HOSTILE, "server_name": HOSTILE},
        "leaf": {**certificate, "other_names": [{"oid": "2.5.4.3", "value": HOSTILE, "encoding": HOSTILE}]},
        "chain": {"path": [HOSTILE], "faults": [{"fault": "unreadable", "subject": HOSTILE, "detail": HOSTILE}]},
    }
    one = remote(*results, **given)
    return whole(cluster(one, name=HOSTILE, results=results), cluster(name="empty"))


def compare_with_golden(path: Path, text: str) -> None:
    """Compare with the expected text in a file; ``UPDATE_GOLDEN=1`` writes it."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


def _base(name: str) -> Any:
    return caselib.base_of(name)
