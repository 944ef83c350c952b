"""What is typed to fix a finding, as several checks word it: calls, commands and lines of elasticsearch.yml, and where they go.

A check writes ``Finding(remedy="Connect to port 9443 instead.", fix=on_local(put_settings({...})))``: the sentence says what is done and
why, and does not repeat the call. Names of peers go into calls whole, for a shortened one would be another; what is too long to be
typed at all is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple

from checks.shared.alias_form import is_settings_key
from diag.model import (
    RELOAD,
    Fix,
    Json,
    Kind,
    LocalCluster,
    Remote,
    Request,
    SecurityModel,
    Where,
    client_prefix,
    command,
    keystore_tool,
    settings_line,
    shorten,
)

Setting = str | bool | None | list[str]

CLIENT_ROLE: Final = 'node.roles: ["<the roles that it has>", "remote_cluster_client"]'
CREATE_KEY: Final = Request(
    method="POST",
    path="_security/cross_cluster/api_key",
    body={"name": "<name>", "access": {"search": [{"names": ["<indices>"]}]}},
)
_MAX_LENGTH: Final = 4000


class Remedy(NamedTuple):
    """A sentence, and what is typed for it."""

    sentence: str
    fix: tuple[Fix, ...] = ()


class Later:
    """A remedy that is worded where a finding needs it, for most checks find nothing."""

    def __init__(self, make: Callable[[], Remedy]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Remedy:
        return self._make()

    @property
    def sentence(self) -> str:
        """What is done."""
        return self._made.sentence

    @property
    def fix(self) -> tuple[Fix, ...]:
        """What is typed for it."""
        return self._made.fix


def on_local(*requests: Request, when: str = "") -> tuple[Fix, ...]:
    """Calls of the local cluster's API."""
    return _calls(Where.LOCAL, requests, when)


def on_remote(*requests: Request, when: str = "") -> tuple[Fix, ...]:
    """Calls of the remote cluster's API."""
    return _calls(Where.REMOTE, requests, when)


def on_local_nodes(*commands: str, yml: Iterable[str] = (), when: str = "") -> tuple[Fix, ...]:
    """Commands, and lines of elasticsearch.yml, on each node of the local cluster."""
    return at(Where.LOCAL_NODE, *commands, yml=yml, when=when)


def on_remote_nodes(*commands: str, yml: Iterable[str] = (), when: str = "") -> tuple[Fix, ...]:
    """Commands, and lines of elasticsearch.yml, on each node of the remote cluster."""
    return at(Where.REMOTE_NODE, *commands, yml=yml, when=when)


def at(where: Where, *commands: str, yml: Iterable[str] = (), file: str = "", when: str = "") -> tuple[Fix, ...]:
    """Commands and lines of elasticsearch.yml, or of another file, at a place; without any there is nothing to type."""
    shell, lines = ("\n".join(text for text in texts if _can_be_typed(text)) for texts in (commands, yml))
    return (Fix(where=where, commands=shell, yml=lines, file=file, when=when),) if shell or lines else ()


def _calls(where: Where, requests: Iterable[Request], when: str) -> tuple[Fix, ...]:
    kept = tuple(request for request in requests if _can_be_typed(str(request)))
    return (Fix(where=where, requests=kept, when=when),) if kept else ()


def _can_be_typed(text: str) -> bool:
    return len(text) <= _MAX_LENGTH and text.isprintable()


def call(method: str, path: str, body: Mapping[str, Json] | None = None) -> Request:
    """A call of an API. Names in the path come from ``in_path``."""
    return Request(method=method, path=path, body=body)


def yml(key: str, value: str | Iterable[str]) -> str:
    """A line of elasticsearch.yml."""
    return settings_line(key, value)


def put_settings(settings: Mapping[str, Setting], *, transient: Mapping[str, Setting] | None = None) -> Request:
    """The call that changes persistent settings, and transient ones; None removes a setting.

    A user and password never belong into an address.
    """
    layers = {"persistent": settings, "transient": transient or {}}
    body = {layer: {key: _bare(value) for key, value in values.items()} for layer, values in layers.items() if values}
    return call("PUT", "_cluster/settings", body)


def _bare(value: Setting) -> Setting:
    if isinstance(value, list):
        return [one.rpartition("@")[2] for one in value]
    return value.rpartition("@")[2] if isinstance(value, str) else value


def unset(remote: Remote) -> Request:
    """The call that takes a remote away: each of its settings."""
    return put_settings({remote.setting(name): None for name in remote.settings})


def register(remote: Remote) -> Request:
    """The call that registers a remote as it is declared."""
    kept = {name: list(value) if isinstance(value, tuple) else value for name, value in remote.settings.items()}
    return put_settings(
        {remote.setting(key): str(value).lower() if isinstance(value, bool) else value for key, value in kept.items()}
    )


def recreate(remote: Remote, alias: str) -> Request:
    """The call that registers a remote again under another alias, and takes the old one away where it can exist."""
    kept = {name: list(value) if isinstance(value, tuple) else value for name, value in remote.settings.items()}
    settings: dict[str, Setting] = {f"cluster.remote.{alias}.{name}": value for name, value in kept.items()}
    if is_settings_key(remote.alias):
        settings |= {remote.setting(name): None for name in kept}
    return put_settings(settings)


def store_key(cluster: LocalCluster, alias: str, *, when: str = "") -> Remedy:
    """How the key of a remote is stored on the local cluster, by who runs that cluster."""
    entry = f"cluster.remote.{alias}.credentials"
    match cluster.kind:
        case Kind.HOSTED | Kind.ECE:
            sentence = (
                f"On the Security page of the local deployment, under remote connections, add an API key with the setting name "
                f"{shorten(alias)} (it becomes {shorten(entry)}) and the encoded key as secret."
            )
            return Remedy(sentence)
        case Kind.ECK:
            sentence = f"Put the encoded key under {shorten(entry)} in a secret that spec.secureSettings of the local cluster names."
            return Remedy(sentence)
        case _:
            add = on_local_nodes(keystore_tool("add", entry), when=when)
            return Remedy(
                "Store the encoded key in the keystore of each local node, and reload it.",
                (*add, *on_local(RELOAD, when=when)),
            )


def remove_key(cluster: LocalCluster, alias: str, *, when: str = "") -> Remedy:
    """How the key of a remote is taken out of the local cluster."""
    entry = f"cluster.remote.{alias}.credentials"
    match cluster.kind:
        case Kind.HOSTED | Kind.ECE:
            return Remedy(f"Remove the API key {shorten(entry)} on the Security page of the local deployment.")
        case Kind.ECK:
            return Remedy(
                f"Take {shorten(entry)} out of the secret that spec.secureSettings of the local cluster names.", ()
            )
        case _:
            drop = on_local_nodes(keystore_tool("remove", entry), when=when)
            return Remedy(
                "Remove it from the keystore of each local node, and reload it.", (*drop, *on_local(RELOAD, when=when))
            )


def certutil(*options: str, where: Where = Where.REMOTE, when: str = "") -> tuple[Fix, ...]:
    """A certificate of one's own CA, made on a node of the cluster that shows it."""
    tool = command("bin/elasticsearch-certutil", "cert", "--ca-cert", "<ca.crt>", "--ca-key", "<ca.key>", *options)
    return at(where, tool, when=when)


def here(*words: str, when: str = "") -> tuple[Fix, ...]:
    """A command where diag runs."""
    return at(Where.HERE, command(*words), when=when)


def inspect(*words: str) -> tuple[Fix, ...]:
    """A command that only looks, on any machine."""
    return here(*words, when="to look")


def enable_server(remote: Remote, *, when: str = "") -> Remedy:
    """How the nodes of the remote cluster get a remote cluster server."""
    if remote.kind is Kind.ECK:
        return Remedy("In the manifest of the remote cluster set spec.remoteClusterServer.enabled: true.")
    prefix = "xpack.security.remote_cluster_server.ssl"
    lines = (
        yml("remote_cluster_server.enabled", "true"),
        yml(f"{prefix}.certificate", "<file of the certificate>"),
        yml(f"{prefix}.key", "<file of its key>"),
    )
    sentence = (
        "Enable the remote cluster server on each node of the remote cluster, with a certificate, and restart it."
    )
    return Remedy(sentence, on_remote_nodes(yml=lines, when=when))


def client_certificate(model: SecurityModel) -> tuple[str, ...]:
    """The lines that give the nodes of the local cluster a certificate to show to remotes of this model."""
    prefix = client_prefix(model)
    return (yml(f"{prefix}.certificate", "<file of the certificate>"), yml(f"{prefix}.key", "<file of its key>"))


def trust_ca(cluster: LocalCluster, remote: Remote, *, when: str = "") -> Remedy:
    """How the local cluster comes to trust one more CA."""
    if cluster.kind in {Kind.HOSTED, Kind.ECE}:
        how = "API keys" if remote.security_model is SecurityModel.API_KEY else "Certificates"
        return Remedy(f"Upload the CA under Security > Remote connections > Add trusted environment > {how}.")
    key = f"{client_prefix(remote.security_model)}.certificate_authorities"
    line = yml(key, ["<those that are there>", "<file of the CA>"])
    return Remedy(
        "Add the CA to those that every node of the local cluster trusts.", on_local_nodes(yml=[line], when=when)
    )
