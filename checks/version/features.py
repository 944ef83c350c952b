"""What a release has, lacks, or is about to lose."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto

from checks.causes import NO_CONNECTION
from checks.remedies import put_settings
from checks.tables import docs
from checks.tables.versions import (
    API_KEY_EXISTS,
    API_KEY_GA,
    API_KEY_SUPPORTED,
    CERTIFICATE_MODEL_DEPRECATED,
    PROXY_MODE,
    SERVER_NAME,
)
from checks.version.released import RELEASED, extremes, judgements, known, missing, span, unsure
from diag.check import Applies, NotApplicable, Unknown, Yields, check
from diag.model import (
    Address,
    ClusterEvidence,
    Finding,
    Kind,
    LocalNodes,
    LocalVersion,
    Mode,
    Remote,
    RemoteVersion,
    SecurityModel,
    Severity,
    Unavailable,
    Version,
)


@check(
    "version/apikey-min",
    severity=Severity.ERROR,
    applies=Applies(models=(SecurityModel.API_KEY,), local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.APIKEY_PRE, docs.EC_SELF),
    tags=("api-key",),
    source=f"{API_KEY_SUPPORTED.source}; {API_KEY_EXISTS.source}",
    explains=(
        "version/apikey-beta",
        "version/ccs-incompatible",
        "version/proxy-mode-unsupported",
        "auth/*",
        *NO_CONNECTION,
    ),
    leaves_open=("auth/*",),
)
def apikey_min(local: LocalVersion | Unavailable, remote: RemoteVersion | Unavailable) -> Yields:
    """A cluster is too old for the API key security model.

    Why it matters: both clusters take part in the model. Below 8.10 it does not exist, and the settings and the keystore entry are
    refused; 8.10 and 8.11 have a first beta that is below the supported prerequisites.

    How to fix: upgrade the cluster that is named, best to 8.14 or later; or use the certificate model until then.

    Example: a local cluster at 8.9.2 with a key for the remote in its keystore.
    """
    for side, release in known(local, remote):
        enough = judgements(release, lambda number: number >= API_KEY_SUPPORTED.since)
        if enough == {True}:
            continue
        if enough != {False}:
            yield Unknown(unsure(release, "whether that is new enough for the API key model"))
            continue
        without = judgements(release, lambda number: number < API_KEY_EXISTS.since) == {True}
        state = "does not have the API key model" if without else "has a beta of the API key model only"
        yield Finding(
            summary=f"The {side} cluster runs {release}, which {state}; expected {API_KEY_SUPPORTED.since} or later on both sides.",
            remedy=f"Upgrade the {side} cluster to {API_KEY_GA.since} or later; until then use the certificate model for this remote.",
            facts={"side": side, "observed": str(release), "expected": str(API_KEY_SUPPORTED.since)},
        )
    if because := missing(local, remote):
        yield Unknown(because)


@check(
    "version/apikey-beta",
    severity=Severity.WARNING,
    applies=Applies(models=(SecurityModel.API_KEY,), local_kinds=RELEASED, remote_kinds=RELEASED),
    docs=(docs.APIKEY_PRE, docs.MIGRATE),
    tags=("api-key",),
    source=f"{API_KEY_GA.source}; {API_KEY_EXISTS.source}",
)
def apikey_beta(local: LocalVersion | Unavailable, remote: RemoteVersion | Unavailable) -> Yields:
    """A cluster has the API key security model as a beta.

    Why it matters: from 8.10 to 8.13 the model was a beta: outside of the support for released features, and changed on the way.

    How to fix: upgrade the cluster that is named to 8.14 or later.

    Example: a remote cluster at 8.13.4.
    """
    for side, release in known(local, remote):
        states = judgements(release, _state)
        if states == {_State.BETA}:
            yield Finding(
                summary=f"The {side} cluster runs {release}, where the API key model is a beta; expected {API_KEY_GA.since} or later.",
                remedy=f"Upgrade the {side} cluster to {API_KEY_GA.since} or later.",
                facts={"side": side, "observed": str(release), "expected": str(API_KEY_GA.since)},
            )
        elif states == {_State.NONE}:
            yield NotApplicable(f"{release} does not have the model at all, see version/apikey-min")
        elif states != {_State.RELEASED}:
            yield Unknown(unsure(release, "whether the API key model is a beta there"))
    if because := missing(local, remote):
        yield Unknown(because)


class _State(Enum):
    """What a release makes of the API key model."""

    NONE = auto()
    BETA = auto()
    RELEASED = auto()


def _state(number: Version) -> _State:
    if number < API_KEY_EXISTS.since:
        return _State.NONE
    return _State.BETA if number < API_KEY_GA.since else _State.RELEASED


@check(
    "version/proxy-mode-unsupported",
    severity=Severity.ERROR,
    applies=Applies.settings(),
    docs=(docs.SETTINGS, docs.MODES),
    tags=("mode",),
    source=f"{PROXY_MODE.source}, elasticsearch#50774 (proxy mode); {SERVER_NAME.source} (server_name)",
    explains=NO_CONNECTION,
)
def proxy_mode_unsupported(remote: Remote, local: LocalVersion) -> Yields:
    """The local cluster is too old for settings of this remote.

    Why it matters: ``mode`` and ``proxy_address`` came with 7.6, ``server_name`` with 7.7. An older release refuses them as not
    recognized, and in elasticsearch.yml they keep the node from starting.

    How to fix: upgrade the local cluster to 7.7 or later; before that, a remote behind a proxy is reached with ``seeds`` and ``proxy``.

    Example: ``mode: proxy`` on a local cluster that runs 7.5.2.
    """
    gates = {"mode": PROXY_MODE, "proxy_address": PROXY_MODE, "server_name": SERVER_NAME}
    present = {name: gate for name, gate in gates.items() if getattr(remote, name)}
    if not present:
        yield NotApplicable("neither mode, proxy_address nor server_name is set")
        return
    refused = {name: gate.since for name, gate in present.items() if local.number < gate.since}
    if refused:
        wanted = max(refused.values())
        names = ", ".join(refused)
        yield Finding(
            summary=f"The local cluster runs {local.number}, which does not know {names}; expected {wanted} or later.",
            remedy=_without(remote, refused),
            facts={"observed": str(local.number), "expected": str(wanted), "settings": tuple(refused)},
        )


def _without(remote: Remote, refused: Collection[str]) -> str:
    upgrade = f"Upgrade the local cluster to {SERVER_NAME.since} or later"
    if set(refused) == {"server_name"} or remote.effective_mode is Mode.SNIFF:
        return f"{upgrade}, or do without: {put_settings({remote.setting(name): None for name in refused})}"
    if remote.kind not in {Kind.HOSTED, Kind.ECE} or not remote.proxy_address:
        return f"{upgrade}; before that, list nodes of the remote in {remote.setting('seeds')}."
    host = Address(setting="proxy_address", text=remote.proxy_address).host
    seed = f"{remote.server_name or host or '<endpoint>'}:1"
    call = put_settings({remote.setting("seeds"): [seed], remote.setting("proxy"): remote.proxy_address})
    return f"{upgrade}; before that, instead of them: {call}"


@check(
    "version/cert-model-deprecated",
    severity=Severity.WARNING,
    applies=Applies(models=(SecurityModel.CERTIFICATE,), local_kinds=RELEASED),
    docs=(docs.MIGRATE, docs.CERT),
    tags=("deprecation", "security-model"),
    source=CERTIFICATE_MODEL_DEPRECATED.source,
)
def cert_model_deprecated(
    cluster: ClusterEvidence, remote: Remote, local: LocalVersion, nodes: LocalNodes | Unavailable
) -> Yields:
    """The certificate security model is deprecated in the release of the local cluster.

    Why it matters: it works for now. From 9.0 Elasticsearch logs a deprecation for each such remote, and a later major release
    will not have the model any more.

    How to fix: plan to move the remote to the API key model, under the same alias.

    Example: ``security_model: certificate`` on a local cluster that runs 9.1.
    """
    releases = extremes(local, nodes)
    highest = releases[-1]
    if highest < CERTIFICATE_MODEL_DEPRECATED.since:
        return
    if cluster.sending(remote).all_clear:
        yield NotApplicable("the nodes of the local cluster use no TLS towards this remote: there are no certificates")
    elif remote.declared_model is None and remote.keystore_credential is None:
        yield Unknown("no security model is declared and the keystore is not told: the certificate model is a guess")
    else:
        yield Finding(
            summary=f"The local cluster runs {highest}{span(releases)}, where the certificate model is deprecated; "
            "expected the API key model.",
            remedy=(
                "Plan the move: on the remote, POST _security/cross_cluster/api_key makes the key; on the local cluster, store it under "
                "the same alias and register the remote again with port 9443."
            ),
            facts={"observed": str(highest), "deprecated_since": str(CERTIFICATE_MODEL_DEPRECATED.since)},
        )


CHECKS = (apikey_min, apikey_beta, proxy_mode_unsupported, cert_model_deprecated)
