"""Every result of every remote, also the passed and the skipped ones, and what was seen on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from diag.model import (
    Certificate,
    Chain,
    ClusterReport,
    EndpointEvidence,
    Finding,
    KeyTrial,
    Outcome,
    Probe,
    RemoteReport,
    Reply,
    Report,
    Resolution,
    Result,
    Severity,
    TlsAttempt,
    TransportHello,
    Unavailable,
)
from diag.report.coverage_text import part_name, strip
from diag.report.ending import ending
from diag.report.fix_lines import Target
from diag.report.options import RenderOptions
from diag.report.plain import plain, rfc3339
from diag.report.state_word import own_state_of, state_of
from diag.report.styler import Style, Styler
from diag.report.text import (
    address,
    api_missing,
    counts,
    remedy,
    remotes_missing,
    style_of,
)
from diag.text import clip

_MARKS: dict[Outcome, tuple[str, Style | None]] = {
    Outcome.PASS: ("✓ pass", "good"),
    Outcome.FAIL: ("✗ fail", "bad"),
    Outcome.SKIP: ("· skip", "faint"),
    Outcome.UNKNOWN: ("? unknown", "warn"),
    Outcome.ERROR: ("? crashed", "warn"),
}
_INDENT = "      "
_NAME = 200  # Names in certificates are the peer's: nobody reads more of one.


def render(report: Report, options: RenderOptions) -> str:
    """Write everything there is to say."""
    styler = Styler(options)
    blocks = [block for cluster in report.clusters for block in _blocks(styler, cluster)]
    blocks += ending(styler, report)
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _blocks(styler: Styler, cluster: ClusterReport) -> Iterator[list[str]]:
    evidence = cluster.evidence
    version = evidence.local_version
    number = f"version unknown ({version})" if isinstance(version, Unavailable) else str(version.number)
    head = f"{cluster.name}    local cluster · {evidence.cluster.kind} · {number} · {rfc3339(evidence.taken_at)}"
    lines = [
        styler.sides([(styler.text(head), "strong")], own_state_of(cluster)),
        *_results(styler, cluster.results, Target.of(cluster)),
    ]
    lines += [*api_missing(styler, cluster), *remotes_missing(styler, cluster)]
    yield lines
    for remote in cluster.remotes:
        yield [
            *_remote_head(styler, cluster, remote),
            *_evidence(styler, remote),
            *_results(styler, remote.results, Target.of(cluster, remote)),
        ]


def _remote_head(styler: Styler, cluster: ClusterReport, report: RemoteReport) -> list[str]:
    remote, word = report.evidence.remote, state_of(report)
    lines = [styler.sides([(styler.text(f"{cluster.name} → {report.alias}"), "strong")], word)]
    described = f"{remote.security_model} · {remote.effective_mode} · {remote.kind} · {address(report)}"
    lines += styler.wrap(styler.text(described), first="  ")
    lines += styler.wrap(styler.text(strip(report)), first="  ")
    for part, hint in report.coverage.hints.items():
        lines += styler.wrap(
            styler.text(hint), first=f"  {part_name(part, remote.security_model)} not asked: ", style="faint"
        )
    if report.root_causes:
        lines += styler.wrap(styler.text(", ".join(report.root_causes)), first="  root cause: ")
    return [*lines, *styler.wrap(styler.text(counts(report.results)), first="  ", style="faint")]


def _results(styler: Styler, results: tuple[Result, ...], place: Target) -> Iterator[str]:
    for result in results:
        word, style = _MARKS[result.outcome]
        if result.severity in {Severity.INFO, Severity.WARNING}:
            style = style_of(result.severity)
        mark = styler.paint(styler.text(f"{word:<9}"), style)
        severity = f"  {result.severity}" if result.severity else ""
        if result.outcome in {Outcome.SKIP, Outcome.UNKNOWN}:
            yield from styler.wrap(
                styler.text(f"{result.check}: {result.because}"), first=f"  {word:<9}  ", first_style=style
            )
            continue
        yield f"  {mark}  {styler.text(result.check)}{severity}"
        if result.because:
            yield from styler.wrap(styler.text(f"because {result.because}"), first=_INDENT)
        if result.explained_by:
            yield from styler.wrap(styler.text(f"follows from {', '.join(result.explained_by)}"), first=_INDENT)
        if result.acknowledged:
            known = result.acknowledged
            yield from styler.wrap(styler.text(f"acknowledged until {known.until}: {known.note}"), first=_INDENT)
        for finding in result.findings:
            yield from _finding(styler, finding, place)


def _finding(styler: Styler, finding: Finding, place: Target) -> Iterator[str]:
    yield from styler.wrap(styler.text(finding.summary), first=_INDENT)
    yield from remedy(styler, finding, place)
    for key, value in plain(finding.facts).items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield from styler.wrap(styler.text(shown), first=f"{_INDENT}     {styler.text(key)}: ")
    for link in finding.docs:
        yield f"{_INDENT}docs {styler.text(link)}"


def _evidence(styler: Styler, report: RemoteReport) -> Iterator[str]:
    endpoints = report.evidence.endpoints
    if isinstance(endpoints, Unavailable):
        yield from styler.wrap(styler.text(f"not looked at: {endpoints}"), first="  ")
        return
    for endpoint in endpoints.all:
        for depth, line in _endpoint(endpoint):
            yield from styler.wrap(styler.text(line), first="  " * depth)
    published = report.evidence.published
    for hop in () if isinstance(published, Unavailable) else published.all:
        for depth, line in _endpoint(hop.evidence):
            yield from styler.wrap(styler.text(line), first="  " * depth)


def _endpoint(seen: EndpointEvidence) -> Iterator[tuple[int, str]]:
    resolution = seen.resolution
    match resolution:
        case Resolution():
            found = ", ".join(resolution.addresses) or "no address"
            took = "" if resolution.literal else f" in {resolution.seconds * 1000:.1f} ms"
        case Unavailable():
            found, took = str(resolution), ""
    yield 1, f"{seen.endpoint.setting} {seen.endpoint}: {found}{took}"
    for probe in seen.probes:
        yield 2, f"{probe}: {_tcp(probe)}; {_tls(probe.tls)}"
        yield 3, f"transport protocol: {_transport(probe.transport)}"
        if isinstance(probe.key, KeyTrial):
            yield 3, f"API key: {_key(probe.key)}"
        yield from _certificates(probe.chain)


def _tcp(probe: Probe) -> str:
    if isinstance(probe.connection, Unavailable):
        return str(probe.connection)
    return f"connected in {probe.connection.seconds * 1000:.1f} ms"


def _tls(tls: TlsAttempt | Unavailable) -> str:
    if isinstance(tls, Unavailable):
        return f"TLS: {tls}"
    stated = [f"TLS {tls.result}", tls.protocol, tls.cipher, f"server name {tls.server_name or 'not sent'}"]
    if tls.alert >= 0:
        stated.append(f"alert {tls.alert}")
    if tls.client_certificate_requested:
        stated.append(f"client certificate asked for and {'' if tls.client_certificate_sent else 'not '}sent")
    stated.append(f"afterwards {tls.after}, {tls.seconds * 1000:.1f} ms")
    return ", ".join(filter(None, stated))


def _transport(hello: TransportHello | Unavailable) -> str:
    if isinstance(hello, Unavailable):
        return str(hello)
    stated = [str(hello.reply), "without TLS" if hello.clear else ""]
    if hello.reply is Reply.ANSWERED:
        release = f"Elasticsearch {hello.release}" if hello.release else "a release that is not known here"
        stated += [release, f"transport version {hello.transport_version} to handshake {hello.handshake_version}"]
    else:
        stated += [f"handshakes tried {', '.join(map(str, hello.tried))}", hello.detail]
    return ", ".join(filter(None, [*stated, f"{hello.seconds * 1000:.1f} ms"]))


def _key(trial: KeyTrial) -> str:
    node = f"cluster {trial.cluster_name}, node {trial.node_name} {trial.version}" if trial.version else trial.detail
    unlicensed = "the license is too low" if trial.unlicensed else ""
    return ", ".join(filter(None, [str(trial.verdict), unlicensed, node, f"{trial.seconds * 1000:.1f} ms"]))


def _certificates(chain: Chain | Unavailable) -> Iterator[tuple[int, str]]:
    if isinstance(chain, Unavailable):
        yield 3, f"certificates: {chain}"
        return
    for position, certificate in enumerate(chain.certificates):
        yield 3, f"certificate {position}: {clip(certificate.subject, _NAME)}"
        for line in _certificate(certificate):
            yield 4, line
    yield 3, "path: " + (" → ".join(clip(step, _NAME) for step in chain.path) or "none")
    for fault in chain.faults:
        yield 3, f"fault: {fault.fault} at {clip(fault.subject, _NAME)} {clip(fault.detail, _NAME)}".rstrip()


def _certificate(certificate: Certificate) -> Iterator[str]:
    yield f"issuer {clip(certificate.issuer, _NAME)}"
    yield f"valid {rfc3339(certificate.not_before)} to {rfc3339(certificate.not_after)}"
    if certificate.names:
        yield "names " + clip(", ".join(certificate.names), 5 * _NAME)
    for other in certificate.other_names:
        value = clip(other.value, _NAME) or other.problem or "unreadable"
        yield f"otherName {other.oid} {value} ({other.encoding or 'type unknown'})"
    bits = f" {certificate.key_bits} bits" if certificate.key_bits else ""
    yield f"key {certificate.key_type}{bits}; signed with {certificate.signature_hash or 'the scheme of its key'}"
    yield f"SHA-256 {certificate.fingerprint}"
    if certificate.problem:
        yield f"problem: {clip(certificate.problem, _NAME)}"
