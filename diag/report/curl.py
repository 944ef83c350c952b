"""The calls that fix what was found, as a script of curl commands.

A command stands there to be run as it is. What has to be filled in, what is one way of several, and what is done at a node or
in a file is a comment. No login is written: each command takes it from a variable of the environment.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from diag.lazy_dataclass import dataclass
from diag.model import ClusterReport, Finding, Fix, RemoteReport, Report, Request, Result, Where
from diag.report.exitcode import nothing_examined
from diag.report.fix_lines import Target, typed, where_of
from diag.report.options import RenderOptions
from diag.text import shown

_PLACEHOLDER = re.compile(r"<[^<>]+>")
_HEAD = """\
#!/bin/sh
# The calls that fix what diag found, root causes first. Read each before you run it.
# What is a comment has to be filled in, or chosen, or is done elsewhere. CURL_CA_BUNDLE names a CA that is not a public one."""


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001 -- every format takes them.
    """Write the script."""
    names = _Names()
    body = [line for cluster in report.clusters for line in _cluster(cluster, names)]
    needed = [
        f"# {variable}: an encoded API key of {shown(whose)} whose role may do this."
        for whose, variable in names.keys.items()
    ]
    needed += [f"# {variable}: the address of {shown(whose)}." for whose, variable in names.addresses.items()]
    if not body:
        nothing = "No remote was looked at." if nothing_examined(report) else "Nothing was found that has to be fixed."
        body = ["", f"# {nothing}"]
    return "\n".join([_HEAD, *needed, *body]) + "\n"


@dataclass(frozen=True, slots=True)
class _Names:
    """The variables that the commands need, by the cluster they are of. Two clusters never share one: a key belongs to one of them."""

    keys: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def key(self, place: Target, *, local: bool) -> str:
        """The variable that holds the API key."""
        return _variable(self.keys, "ES_API_KEY", place, local=local)

    def address(self, place: Target, *, local: bool) -> str:
        """The variable that holds the address, for a cluster without a configured one."""
        return _variable(self.addresses, "ES_URL", place, local=local)


def _variable(known: dict[str, str], prefix: str, place: Target, *, local: bool) -> str:
    whose = place.cluster if local else f"the remote cluster {place.alias} of {place.cluster}"
    short = place.cluster if local else f"{place.cluster}_{place.alias}"
    wanted = f"{prefix}_{re.sub(r'[^A-Z0-9]+', '_', short.upper())[:60]}"
    while whose not in known and wanted in known.values():
        wanted += "_"
    return known.setdefault(whose, wanted)


def _cluster(cluster: ClusterReport, names: _Names) -> Iterator[str]:
    for result in cluster.results:
        if result.counts:
            yield from _result(result, Target.of(cluster), names)
    for remote in cluster.remotes:
        for result in _in_order(remote):
            yield from _result(result, Target.of(cluster, remote), names)


def _in_order(remote: RemoteReport) -> Iterator[Result]:
    """Root causes, then what else counts. What only follows from a root cause goes away with it."""
    roots = [root for check in remote.root_causes if (root := remote.result(check)) is not None]
    yield from roots
    yield from (r for r in remote.results if r.counts and r not in roots and not r.explained_by)


def _result(result: Result, place: Target, names: _Names) -> Iterator[str]:
    about = f"cluster {place.cluster}" + (f", alias {place.alias}" if place.alias else "")
    for finding in result.findings:
        yield ""
        yield f"# {shown(about)}: {shown(result.check)}"
        yield from _comment([finding.summary, finding.remedy])
        yield from _finding(finding, place, names)


def _finding(finding: Finding, place: Target, names: _Names) -> Iterator[str]:
    for fix in finding.fix:
        ready = not fix.when
        if fix.requests and fix.when:
            yield from _comment([f"{where_of(fix, place)} ({fix.when}):"])
        for request in fix.requests:
            command = _command(request, fix, place, names)
            yield command if ready and not _PLACEHOLDER.search(str(request)) else f"# {command}"
        elsewhere = Finding(summary="", remedy="", fix=(replace(fix, requests=()),))
        for one in typed(elsewhere, place):
            yield from _comment([one.label, *(f"  {line}" for line in one.text.split("\n"))])


def _comment(lines: Iterable[str]) -> Iterator[str]:
    """A comment is one line, whatever a peer wrote into it."""
    yield from (f"# {shown(line)}" for line in lines if line)


def _command(request: Request, fix: Fix, place: Target, names: _Names) -> str:
    local = fix.where in {Where.LOCAL, Where.LOCAL_NODE}
    url = place.url if local else place.remote_url
    path = "/" + request.path.removeprefix("/")
    # A peer named the path, or it has an alias in it: only the variables may mean something to the shell.
    address = (
        shlex.quote(url.rstrip("/") + path)
        if url
        else f'"${{{names.address(place, local=local)}:?}}"{shlex.quote(path)}'
    )
    key = names.key(place, local=local)
    words = ["curl -sS --globoff -X", request.method, f'-H "Authorization: ApiKey ${{{key}:?}}"']
    if request.body is not None:
        words += ["-H 'Content-Type: application/json' -d", shlex.quote(json.dumps(request.body))]
    return " ".join([*words, address])
