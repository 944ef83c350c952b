"""Releases that do not go with what a remote is used for, or how it is used."""

from __future__ import annotations

from typing import Final

from checks.tables import docs
from checks.tables.versions import ENRICH_PRIVILEGE, ESQL_RELEASED, ESQL_SAME_SIDE, PROXY_MODE, SERVER_NAME
from checks.version.released import RELEASED, extremes, judgements, known, missing, unsure
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Finding,
    Kind,
    LocalCluster,
    LocalNodes,
    LocalVersion,
    Mode,
    Remote,
    RemoteNodes,
    RemoteVersion,
    Replication,
    ResolvedCluster,
    ResolvedUse,
    SearchTrial,
    SecurityModel,
    Severity,
    Unavailable,
    Version,
    listed,
    shorten,
)

_ANY: Final = Applies(local_kinds=RELEASED, remote_kinds=RELEASED)
_BROKEN: Final = Version(8, 15, 0)
_MENDED: Final = Version(8, 15, 1)
_SIGN: Final = "unexpected field [remote_cluster]"
_STARTS: Final = Version(8, 4)
_FIRST_SEARCHED: Final = Version(6, 7)
_REPLICATED: Final = (Version(6, 8, 9), Version(7, 7, 1))


@check(
    "version/815-role-parse-bug",
    severity=Severity.ERROR,
    applies=Applies(models=(SecurityModel.CERTIFICATE,), local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.CERT,),
    tags=("upgrade",),
    source="elasticsearch#112222, elasticsearch#112226: mended in 8.15.1",
    explains=("runtime/ccs-fails-whole", "runtime/skipped-clusters", "runtime/connected-not-proof"),
)
def role_parse_bug(
    local: LocalVersion,
    remote: RemoteVersion,
    nodes: LocalNodes | Unavailable,
    resolved: ResolvedCluster | Unavailable,
    used: ResolvedUse | Unavailable,
    trial: SearchTrial | Unavailable,
) -> Yields:
    """The local cluster runs 8.15.0, whose requests with an API key an older remote cluster can't read.

    Why it matters: 8.15.0 sends a field of roles that releases before 8.15 refuse, with ``unexpected field [remote_cluster]``. It hits
    requests that come with an API key (alerts of Kibana, agents, scripts); users with a password are served. It is an error where an
    answer shows it, else a warning.

    How to fix: upgrade the local cluster to 8.15.1 or later.

    Example: alerting rules that search a remote of 8.14 fail since the upgrade to 8.15.0.
    """
    if _BROKEN not in extremes(local, nodes):
        yield NotApplicable(f"the local cluster runs {local}, not {_BROKEN}")
        return
    older = judgements(remote, lambda number: number < _BROKEN)
    if older == {False}:
        return
    if older != {True}:
        yield Unknown(unsure(remote, "whether it can read the requests of 8.15.0"))
    else:
        seen = any(_SIGN in one.error for one in (resolved, used, trial) if not isinstance(one, Unavailable))
        yield Finding(
            summary=f"The local cluster runs {_BROKEN}, whose requests with an API key a remote cluster of {remote} "
            + (f"refuses: {_SIGN}." if seen else "can't read.")
            + f" Expected {_MENDED} or later.",
            remedy=f"Upgrade the local cluster to {_MENDED} or later.",
            severity=Severity.ERROR if seen else Severity.WARNING,
            facts={"observed": str(_BROKEN), "expected": str(_MENDED), "remote_version": str(remote), "seen": seen},
        )


@check(
    "version/static-remote-blocks-start",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.SETTINGS,),
    tags=("settings", "nodes"),
    source="elasticsearch#51855, elasticsearch#87298: nodes before 8.4 wait for the remotes of their file",
)
def static_remote_blocks_start(remote: Remote, nodes: LocalNodes) -> Yields:
    """The remote stands in elasticsearch.yml of nodes that wait for it when they start.

    Why it matters: before 8.4 a node that finds a remote in its file tries to connect while it starts. A remote that is away delays the
    restart of the local cluster.

    How to fix: register the remote in the cluster's settings, and take it out of the files; or upgrade.

    Example: ``cluster.remote.logs.seeds`` in the files of a cluster that runs 7.17.
    """
    having = [node for node in nodes.all if remote.alias in node.remotes]
    if not having:
        yield NotApplicable("the remote stands in no elasticsearch.yml")
    elif waiting := [node for node in having if node.version is not None and node.version < _STARTS]:
        yield Finding(
            summary=f"cluster.remote.{shorten(remote.alias, 80)}.* stands in elasticsearch.yml of {listed([n.name for n in waiting])}, and "
            f"{waiting[0].version} waits for it at each start; expected it in the cluster's settings, or {_STARTS} or later.",
            remedy="Register it with PUT _cluster/settings, then take it out of elasticsearch.yml at the next restart.",
            facts={"observed": str(waiting[0].version), "expected": str(_STARTS)},
        )


@check(
    "version/esql",
    severity=Severity.ERROR,
    applies=_ANY,
    docs=(docs.ESQL,),
    tags=("esql",),
    source=f"{ESQL_SAME_SIDE.source}; {ESQL_RELEASED.source}; {ENRICH_PRIVILEGE.source}",
)
def esql(remote: Remote, local: LocalVersion | Unavailable, other: RemoteVersion | Unavailable) -> Yields:
    """ES|QL is used on this remote, and the releases do not go with that, or have it as a preview.

    Why it matters: from 8.16 on a local cluster can search a remote of 8.16 or later only. Before 9.1 ES|QL across clusters is a preview;
    before 8.15 ENRICH needs privileges that roles can't give to the remote.

    How to fix: upgrade the cluster that is named.

    Example: a local cluster of 8.17 and a remote cluster of 8.15.
    """
    if not (remote.use.esql or remote.use.enrich):
        yield NotApplicable("neither use.esql nor use.enrich is declared for this remote")
        return
    if because := missing(local, other):
        yield Unknown(because)
        return
    assert not isinstance(local, Unavailable)  # noqa: S101 -- ``missing`` has told.
    assert not isinstance(other, Unavailable)  # noqa: S101 -- the same.
    behind = judgements(other, lambda number: local.number >= ESQL_SAME_SIDE.since > number)
    if behind == {True}:
        yield Finding(
            summary=f"The local cluster runs {local}, the remote cluster {other}; ES|QL across them expects {ESQL_SAME_SIDE.since} or later "
            "on both sides.",
            remedy=f"Upgrade the remote cluster to {ESQL_SAME_SIDE.since} or later.",
            facts={"side": "remote", "observed": str(other), "expected": str(ESQL_SAME_SIDE.since)},
        )
    elif behind != {False}:
        yield Unknown(unsure(other, "whether ES|QL reaches it"))
    else:
        yield from _preview(remote, local)


def _preview(remote: Remote, local: LocalVersion) -> Yields:
    if local.number < ESQL_RELEASED.since:
        enrich = remote.use.enrich and local.number < ENRICH_PRIVILEGE.since
        more = f", and ENRICH has its privilege from {ENRICH_PRIVILEGE.since} on" if enrich else ""
        yield Finding(
            summary=f"The local cluster runs {local}, where ES|QL across clusters is a preview{more}; expected {ESQL_RELEASED.since} or later.",
            remedy=f"Upgrade the local cluster to {ESQL_RELEASED.since} or later, where ES|QL across clusters is more than a trial.",
            severity=Severity.INFO,
            facts={"side": "local", "observed": str(local), "expected": str(ESQL_RELEASED.since)},
        )


@check(
    "version/eql-same",
    severity=Severity.WARNING,
    applies=_ANY,
    docs=(docs.CCS_VER,),
    tags=("ccs",),
    source="documentation: cross-cluster search, supported configurations: EQL before 7.17.8 and 8.5.2 wants equal releases",
)
def eql_same(remote: Remote, local: LocalVersion | Unavailable, other: RemoteVersion | Unavailable) -> Yields:
    """EQL searches name this remote, and the two releases are not the same.

    Why it matters: up to 7.17.7, and from 8.0 to 8.5.1, EQL across clusters works between equal releases only.

    How to fix: upgrade both clusters to 7.17.8, 8.5.2 or later.

    Example: a local cluster of 8.4.3 and a remote cluster of 8.5.0, with ``use: {eql: true}``.
    """
    if not remote.use.eql:
        yield NotApplicable("use.eql is not declared for this remote")
    elif because := missing(local, other):
        yield Unknown(because)
    else:
        old = [side for _, side in known(local, other) if judgements(side, _wants_equal) == {True}]
        numbers = {side.number for _, side in known(local, other)}
        if old and len(numbers) > 1:
            yield Finding(
                summary=f"The local cluster runs {local} and the remote cluster {other}; EQL across them expects equal releases, because "
                f"{old[0]} is older than 7.17.8 or 8.5.2.",
                remedy="Upgrade both clusters to 7.17.8, 8.5.2 or later; until then keep them at the same release.",
                facts={"local_version": str(local), "remote_version": str(other)},
            )


def _wants_equal(number: Version) -> bool:
    return number < Version(7, 17, 8) or Version(8, 0) <= number < Version(8, 5, 2)


@check(
    "version/ccs-too-old",
    severity=Severity.ERROR,
    applies=_ANY,
    docs=(docs.EC_CCS, docs.CCS_VER),
    tags=("ccs", "ccr"),
    source="Elastic Cloud documentation: remotes above 6.7.0; replication from 6.8.9 and 7.7.1 on",
    explains=("version/ccs-incompatible", "version/wire-incompatible"),
)
def ccs_too_old(
    cluster: LocalCluster,
    remote: Remote,
    other: RemoteVersion,
    nodes: RemoteNodes | Unavailable,
    replication: Replication | Unavailable,
) -> Yields:
    """The remote cluster is older than anything that can be searched, or replicated from at Elastic Cloud.

    Why it matters: remotes before 6.7 are served by no local cluster that is still maintained. Replication into a hosted deployment wants
    6.8.9 or 7.7.1 at least.

    How to fix: upgrade the remote cluster.

    Example: a remote cluster of 6.5.4.
    """
    lowest = extremes(other, nodes)[0]
    if judgements(other, lambda number: number < _FIRST_SEARCHED) == {True} or lowest < _FIRST_SEARCHED:
        yield _too_old(str(other), _FIRST_SEARCHED, "searches")
    elif cluster.kind in {Kind.HOSTED, Kind.ECE} and _replicates(remote, replication):
        floor = _REPLICATED[0] if lowest.major < _REPLICATED[1].major else _REPLICATED[1]
        if lowest < floor:
            yield _too_old(str(other), floor, "replication into a hosted deployment")


def _replicates(remote: Remote, replication: Replication | Unavailable) -> bool:
    followed = isinstance(replication, Replication) and remote.alias in replication.aliases
    return followed or bool(remote.use.replicate)


def _too_old(observed: str, floor: Version, what: str) -> Finding:
    return Finding(
        summary=f"The remote cluster runs {observed}; for {what} {floor} or later is expected.",
        remedy=f"Upgrade the remote cluster to {floor} or later, best to the last minor of its major.",
        facts={"observed": observed, "expected": str(floor)},
    )


@check(
    "version/kibana-form-limits",
    severity=Severity.INFO,
    applies=Applies.settings(modes=(Mode.PROXY,)),
    docs=(docs.EC_SELF, docs.A_PUT),
    tags=("mode",),
    source="Elastic Cloud documentation: Kibana 7.7 for proxy mode; kibana#66398",
)
def kibana_form_limits(remote: Remote, local: LocalVersion) -> Yields:
    """Kibana of this release can't show or change a remote in proxy mode.

    Why it matters: Kibana has the release of its cluster. That of 7.6 breaks on a remote in proxy mode, which Elasticsearch 7.6 knows;
    its form came with 7.7.

    How to fix: change the remote with the cluster settings API, or upgrade.

    Example: ``mode: proxy`` on a local cluster of 7.6.2.
    """
    if local.number < PROXY_MODE.since:
        yield NotApplicable(f"{local} has no proxy mode, see version/proxy-mode-unsupported")
    elif local.number < SERVER_NAME.since:
        yield Finding(
            summary=f"Kibana of {local} can't show or change {shorten(remote.alias, 80)}, a remote in mode proxy; expected {SERVER_NAME.since} or later.",
            remedy="Change this remote with PUT _cluster/settings, not with the form of Kibana; or upgrade to "
            f"{SERVER_NAME.since} or later.",
            facts={"observed": str(local), "expected": str(SERVER_NAME.since)},
        )


CHECKS = (
    role_parse_bug,
    static_remote_blocks_start,
    esql,
    eql_same,
    ccs_too_old,
    kibana_form_limits,
)
