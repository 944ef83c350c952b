"""Connection modes and the settings that belong to them."""

from __future__ import annotations

import shlex

from checks.causes import NO_CONNECTION
from checks.config import legacy
from checks.config.addresses import mended
from checks.remedies import Setting, put_settings, store_key
from checks.tables import docs, versions
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Endpoints,
    Finding,
    Keystore,
    Kind,
    LocalCluster,
    LocalVersion,
    Mode,
    Remote,
    Resolution,
    SecurityModel,
    Severity,
    Thresholds,
    Unavailable,
    shorten,
)

_BEHIND_PROXY = (Kind.HOSTED, Kind.ECE)


@check(
    "config/mode-missing-for-proxy",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.MODES),
    tags=("mode",),
    source="Elasticsearch RemoteConnectionStrategy, ProxyConnectionStrategy, SniffConnectionStrategy: validators of the settings",
    explains=NO_CONNECTION,
)
def mode_missing_for_proxy(remote: Remote, local: LocalVersion | Unavailable) -> Yields:
    """The settings of the remote belong to another connection mode than the one it has.

    Why it matters: a remote without ``mode`` is in sniff mode, which knows ``seeds`` and ``proxy`` and no ``proxy_address``.
    Elasticsearch refuses a mixture, with ``cannot be used with the configured mode``, and the remote does not come into being.

    How to fix: set ``mode`` to the one whose settings are there, and take the settings of the other one away in the same request.

    Example: ``proxy_address: logs.example:9443`` without ``mode: proxy``.
    """
    if isinstance(local, LocalVersion) and local.number < versions.PROXY_MODE.since:
        yield NotApplicable(f"local release {local.number} has no connection modes")
        return
    proxy_side = [name for name in ("proxy_address", "server_name") if getattr(remote, name)]
    sniff_side = [name for name in ("seeds", "proxy") if getattr(remote, name)]
    if remote.mode and remote.mode.lower() not in set(Mode):
        yield Finding(
            summary=f"mode is {shorten(remote.mode)!r}; expected sniff or proxy.",
            remedy=_choose_mode(remote, Mode.PROXY if remote.proxy_address else Mode.SNIFF),
            facts={"setting": remote.setting("mode"), "observed": shorten(remote.mode), "expected": ("sniff", "proxy")},
        )
    elif not (proxy_side or sniff_side):
        yield NotApplicable("neither proxy_address nor seeds is set")
    elif remote.effective_mode is Mode.SNIFF and proxy_side:
        keep_seeds = remote.seeds and (remote.mode or not remote.proxy_address)
        yield _wrong_mode(remote, proxy_side, _choose_mode(remote, Mode.SNIFF if keep_seeds else Mode.PROXY))
    elif remote.effective_mode is Mode.PROXY and sniff_side:
        keep_seeds = not remote.proxy_address and remote.kind not in _BEHIND_PROXY
        yield _wrong_mode(remote, sniff_side, _choose_mode(remote, Mode.SNIFF if keep_seeds else Mode.PROXY))


def _wrong_mode(remote: Remote, strangers: list[str], remedy: str) -> Finding:
    verb, belongs = (
        ("is", "belongs") if strangers in (["proxy_address"], ["server_name"], ["proxy"]) else ("are", "belong")
    )
    mode = f"mode is {remote.effective_mode}" if remote.mode else "no mode is set, which means sniff"
    other = Mode.PROXY if remote.effective_mode is Mode.SNIFF else Mode.SNIFF
    return Finding(
        summary=f"{' and '.join(strangers)} {verb} set and {belongs} to mode {other}, but {mode}; expected the settings of one mode only.",
        remedy=remedy,
        facts={
            "setting": remote.setting("mode"),
            "observed": str(remote.effective_mode),
            "expected": str(other),
            "settings_of_the_other_mode": tuple(strangers),
        },
    )


def _choose_mode(remote: Remote, mode: Mode) -> str:
    """Word the call that puts the remote into one mode and takes away what belongs to the other one."""
    values: dict[str, Setting] = {"mode": mode.value}
    if mode is Mode.PROXY and not remote.proxy_address:
        values["proxy_address"] = mended(remote).proxy or "<host:port>"
    strangers = ("seeds", "proxy") if mode is Mode.PROXY else ("proxy_address", "server_name")
    values |= {name: None for name in strangers if getattr(remote, name)}
    return put_settings({remote.setting(name): value for name, value in values.items()})


@check(
    "config/model-ambiguous",
    severity=Severity.WARNING,
    applies=Applies.settings(),
    docs=(docs.MODELS, docs.MIGRATE),
    tags=("security-model",),
    source="Elasticsearch RemoteClusterService: a credential in the keystore decides the security model",
)
def model_ambiguous(cluster: LocalCluster, remote: Remote, keystore: Keystore | Unavailable) -> Yields:
    """The security model in use is another one than declared, or is declared nowhere.

    Why it matters: no setting of Elasticsearch names the security model. A key in the keystore for this alias means API key, no key
    means certificates, silently. Ports, CAs, roles and licences all follow from it.

    How to fix: declare ``security_model`` for the remote; then bring the keystore in line: add the key to move to API keys, remove the
    entry to stay with certificates.

    Example: ``security_model: certificate`` and an entry ``cluster.remote.logs.credentials`` in the keystore.
    """
    actual = _model_in_use(remote, keystore)
    declared = remote.declared_model
    if declared is None:
        yield _undeclared(remote, actual)
    elif actual is None:
        yield Unknown(
            f"the names in the keystore decide: {keystore if isinstance(keystore, Unavailable) else 'not told'}"
        )
    elif actual is not declared:
        entry = shorten(remote.setting("credentials"))
        has = "an entry" if actual is SecurityModel.API_KEY else "no entry"
        step = _drop_key(cluster, entry) if actual is SecurityModel.API_KEY else store_key(cluster, remote.alias)
        yield Finding(
            summary=f"The declared security model is {declared}, but the keystore has {has} {entry}, so Elasticsearch uses {actual}.",
            remedy=f"{step} Or, if {actual} is what is meant, declare security_model: {actual}.",
            facts={"observed": str(actual), "expected": str(declared), "keystore_entry": entry},
        )


def _drop_key(cluster: LocalCluster, entry: str) -> str:
    match cluster.kind:
        case Kind.HOSTED | Kind.ECE:
            return f"On the Security page of the local deployment, remove the API key {entry}, then register the remote again."
        case Kind.ECK:
            return f"Take {entry} out of the secrets that spec.secureSettings names, then register the remote again."
        case _:
            return (
                f"On each node of the local cluster: bin/elasticsearch-keystore remove {shlex.quote(entry)}; "
                "then register the remote again."
            )


def _model_in_use(remote: Remote, keystore: Keystore | Unavailable) -> SecurityModel | None:
    has_key = remote.keystore_credential
    if has_key is None and isinstance(keystore, Keystore):
        has_key = remote.alias in keystore.aliases
    if has_key is None:
        return None
    return SecurityModel.API_KEY if has_key else SecurityModel.CERTIFICATE


def _undeclared(remote: Remote, actual: SecurityModel | None) -> Finding:
    """No model is declared: a hint where Elasticsearch's choice is known, a warning where it had to be guessed."""
    sure = actual is not None and actual is remote.security_model
    observed = actual or remote.security_model
    why = (
        f"by its keystore Elasticsearch uses {observed}"
        if actual
        else f"{observed} is assumed, the keystore is not told"
    )
    if actual and not sure:
        why += f", while the configured credential means {remote.security_model}"
    return Finding(
        summary=f"No security model is declared; {why}. Expected api_key or certificate.",
        remedy=f"Declare security_model: {observed} for this remote, if that is the one that is meant.",
        severity=Severity.INFO if sure else Severity.WARNING,
        facts={"observed": str(observed), "expected": ("api_key", "certificate"), "known": actual is not None},
    )


@check(
    "config/single-or-bad-seeds",
    severity=Severity.WARNING,
    applies=Applies.settings(modes=(Mode.SNIFF,)),
    docs=(docs.MODES, docs.SETTINGS),
    tags=("seeds",),
    source="documentation: connection modes, sniff; Elasticsearch SniffConnectionStrategy",
)
def single_or_bad_seeds(remote: Remote, endpoints: Endpoints | Unavailable, thresholds: Thresholds) -> Yields:
    """The seeds of the remote depend on one node.

    Why it matters: when the local cluster has to connect anew and none of the seeds answers, the remote is lost, with ``no seed node
    left``, although the rest of its nodes are well.

    How to fix: list several nodes of the remote as ``seeds``, or use mode ``proxy`` with a balanced address.

    Example: ``seeds: ["node1.logs.example:9300"]``.
    """
    if not remote.seeds:
        yield NotApplicable("there are no seeds")
        return
    if remote.proxy:
        yield NotApplicable("seeds are mere labels where proxy is set")
        return
    names = {
        (address.host or address.text).lower() for address in remote.addresses if address.setting.startswith("seeds")
    }
    count = len(remote.seeds)
    same = count > 1 and (len(names) == 1 or _same_machine(endpoints, names))
    if same:
        yield Finding(
            summary=f"All {count} seeds lead to one host ({shorten(min(names))}); expected at least {thresholds.seeds_wanted} different ones.",
            remedy=_more_seeds(remote),
            facts={"seeds": count, "hosts": 1, "expected": thresholds.seeds_wanted},
        )
    if count < thresholds.seeds_wanted:
        yield Finding(
            summary=f"{count} seed{'s are' if count > 1 else ' is'} configured; expected at least {thresholds.seeds_wanted}, so that one node may be down.",
            remedy=_more_seeds(remote),
            severity=Severity.INFO,
            facts={"seeds": count, "expected": thresholds.seeds_wanted},
        )
    elif same is None:
        yield Unknown(
            "whether the seeds lead to different hosts is not known: not enough of their names were looked up"
        )


def _same_machine(endpoints: Endpoints | Unavailable, names: set[str]) -> bool | None:
    """Tell whether all these names have the same addresses; None where too few were looked up to say."""
    if isinstance(endpoints, Unavailable):
        return None
    found = {
        one.endpoint.host.lower(): frozenset(one.resolution.addresses)
        for one in endpoints.all
        if isinstance(one.resolution, Resolution)
    }
    if len(set(found.values())) > 1:
        return False
    return True if names <= found.keys() else None


def _more_seeds(remote: Remote) -> str:
    wanted = [*mended(remote).seeds, "<another node of the remote>:<port>"]
    return put_settings({remote.setting("seeds"): wanted})


CHECKS = (
    mode_missing_for_proxy,
    *legacy.CHECKS,
    model_ambiguous,
    single_or_bad_seeds,
)
