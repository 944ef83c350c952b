"""From the configuration to the nouns of the model: clusters, remotes, versions, keystore."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from diag.config.config_problems import printable
from diag.config.remotes import RemoteConfig
from diag.config.schema import ClusterConfig
from diag.evidence.remote_settings import PLAIN_SETTINGS
from diag.model import (
    DeclaredTls,
    DeclaredUse,
    Keystore,
    LocalCluster,
    LocalVersion,
    Reason,
    Remote,
    RemoteVersion,
    Step,
    Unavailable,
    Version,
)
from diag.text import mask_userinfo


def local_cluster(config: ClusterConfig, remotes: tuple[Remote, ...] | None = None) -> LocalCluster:
    """The local cluster with its declared remotes, or with those that are known by now."""
    return LocalCluster(
        name=config.name,
        kind=config.kind,
        version=config.version,
        remotes=tuple(remote(one, config.keystore) for one in config.remotes) if remotes is None else remotes,
        url=config.url or "",
        hosts=tuple(dict.fromkeys(urlsplit(url).hostname or "" for url in config.urls)),
        security_domain=config.security_domain.strip(),
        transport=DeclaredTls(enabled=config.transport.enabled, verification_mode=config.transport.verification_mode),
        client=DeclaredTls(
            enabled=config.remote_cluster_client.enabled,
            verification_mode=config.remote_cluster_client.verification_mode,
        ),
    )


def remote(config: RemoteConfig, keystore_names: tuple[str, ...] | None) -> Remote:
    """One remote as it is declared; a user and password inside an address are masked."""
    entry = f"cluster.remote.{config.alias}.credentials"
    return Remote(
        alias=config.alias,
        registered=config.registered,
        declared_model=config.security_model,
        kind=config.kind,
        mode=config.mode,
        proxy_address=mask_userinfo(config.proxy_address),
        server_name=config.server_name,
        seeds=tuple(mask_userinfo(seed) for seed in config.seeds),
        proxy=mask_userinfo(config.proxy),
        skip_unavailable=config.skip_unavailable,
        **{one.field: getattr(config, one.field) for one in PLAIN_SETTINGS},
        version=config.version,
        has_credential=config.credential is not None,
        has_trust_restrictions=config.trust_restrictions is not None,
        keystore_credential=None if keystore_names is None else entry in keystore_names,
        use=_use(config),
        security_domain=config.security_domain.strip(),
        idle_timeout=config.idle_timeout,
        url=config.url or "",
        trusted_environment=config.trusted_environment or "",
    )


def _use(config: RemoteConfig) -> DeclaredUse:
    """What the remote is declared to be used for; several patterns in one text, as in the address of a search, are separated."""
    reported = config.use.model_dump()
    return DeclaredUse(**{**reported, "search": _single(config.use.search), "replicate": _single(config.use.replicate)})


def _single(patterns: tuple[str, ...]) -> tuple[str, ...]:
    # A comma inside of date math belongs to it.
    parts = (part.strip() for text in patterns for part in re.findall(r"<[^>]*>|[^,]+", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def local_version(config: ClusterConfig) -> LocalVersion | Unavailable:
    """The declared version of a local cluster, or why there is none."""
    version = _version(config.version, f"cluster {config.name}")
    return version if isinstance(version, Unavailable) else LocalVersion(number=version)


def remote_version(config: RemoteConfig) -> RemoteVersion | Unavailable:
    """The declared version of a remote cluster, or why there is none."""
    version = _version(config.version, f"remote {config.alias}")
    return version if isinstance(version, Unavailable) else RemoteVersion(number=version)


def keystore(config: ClusterConfig) -> Keystore | Unavailable:
    """The declared names of keystore entries, or why nothing is known of them."""
    if config.keystore is None:
        return _not_reported(f"no `keystore` is declared for cluster {config.name}")
    return Keystore(names=config.keystore)


def _version(text: str, owner: str) -> Version | Unavailable:
    if not text.strip():
        return _not_reported(f"no `version` is declared for {owner}")
    try:
        return Version.parse(text)
    except ValueError:
        detail = f"the `version` of {owner} is '{printable(text)}': expected three numbers, such as 8.14.1"
        return Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_USABLE, detail=detail)


def _not_reported(detail: str) -> Unavailable:
    return Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail=detail)
