"""The sections of ``diag.yaml``. Keys of a remote are Elasticsearch's own setting names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Self

from diag.config.base import Loading, Model, used_elsewhere
from diag.config.config_problems import Key, Problem, path_of, printable
from diag.config.form import Field, PrivateAttr, model_validator
from diag.config.history_file import HistoryFile
from diag.config.limits import Limits
from diag.config.maintenance_section import Maintenance
from diag.config.notify_section import Notify
from diag.config.platforms import PlatformConfig
from diag.config.readers import refuse
from diag.config.remotes import Auth, KeyStoreFile, RemoteConfig
from diag.config.secrets import FilledSecret, SecretRef
from diag.config.sources import Discovery
from diag.config.values import (
    Day,
    Duration,
    Entries,
    File,
    Files,
    Flag,
    Items,
    KindName,
    Level,
    Listen,
    Name,
    NamesOrEmpty,
    OptionalItems,
    Setting,
    Text,
    Url,
    VerificationName,
)
from diag.config.vantage_section import SchedulerSection, VantagePoint, expanded
from diag.config.worker_count import AUTO, WorkerCount
from diag.model import (
    Acknowledgement,
    Kind,
    Policy,
    Thresholds,
)


class Timeouts(Model):
    """How long each step of a round may take."""

    connect: Duration = Field(default=5.0, description="Until a TCP connection is open, and for looking a name up.")
    handshake: Duration = Field(default=10.0, description="For the TLS handshake, and for listening after it.")
    api: Duration = Field(default=10.0, description="For one call of an Elasticsearch API.")


class Transport(Model):
    """What the nodes of a local cluster present and trust on remotes of the certificate model."""

    certificate: File | None = Field(default=None, description="The certificate that the nodes present, as PEM.")
    key: SecretRef | None = Field(default=None, description="The private key of that certificate.")
    key_passphrase: SecretRef | None = Field(
        default=None, description="The passphrase of that key, where it is encrypted."
    )
    ca: Files = Field(default=(), description="The CAs that the nodes trust.")
    keystore: KeyStoreFile | None = Field(
        default=None, description="The key store with certificate and key, in place of certificate and key."
    )
    truststore: KeyStoreFile | None = Field(default=None, description="The key store of the CAs that the nodes trust.")
    enabled: Flag | None = Field(
        default=None, description="xpack.security.transport.ssl.enabled. Left out: what the nodes say, else on."
    )
    verification_mode: VerificationName | None = Field(
        default=None,
        description="xpack.security.transport.ssl.verification_mode, which no API shows. Left out: certificate for eck, else unknown.",
    )

    @model_validator(mode="after")
    def _key_needs_certificate(self) -> Self:
        if self.key is not None and self.certificate is None:
            msg = "expected certificate together with key"
            raise refuse(msg)
        if self.key_passphrase is not None and self.key is None:
            msg = "expected key together with key_passphrase; the password of a key store stands under keystore"
            raise refuse(msg)
        if self.keystore is not None and self.certificate is not None:
            msg = "expected either certificate and key, or keystore"
            raise refuse(msg)
        return self


class RemoteClusterClient(Model):
    """How the nodes of a local cluster use TLS towards remotes of the API key model (``xpack.security.remote_cluster_client.ssl``)."""

    enabled: Flag | None = Field(
        default=None, description="Whether they use TLS at all. Left out: what the nodes say, else on."
    )
    verification_mode: VerificationName | None = Field(
        default=None, description="What they verify, which no API shows. Left out: full, the default of Elasticsearch."
    )


class ClusterConfig(Model):
    """One local cluster and its remotes."""

    name: Name = Field(description="The name of the local cluster, as reports and metrics show it.")
    kind: KindName = Field(default=Kind.SELF_MANAGED, description="Who runs it.")
    version: Setting = Field(default="", description="Its Elasticsearch version; only needed without url.")
    url: Url | None = Field(default=None, description="Its API.")
    other_urls: OptionalItems[Url] = Field(default=(), description="Further nodes, asked where url does not answer.")
    auth: Auth | None = Field(default=None, description="How to log in there.")
    ca: Files = Field(default=(), description="The CAs trusted for url; left out, the public roots.")
    keystore: NamesOrEmpty | None = Field(
        default=None, description="The names of the keystore entries. Left out: unknown. []: known to be empty."
    )
    reload_response: File | None = Field(
        default=None,
        description="A stored answer of POST _nodes/reload_secure_settings, which diag itself never sends.",
    )
    settings_files: Files = Field(
        default=(),
        description="Files of its nodes' settings (elasticsearch.yml), stored request bodies and keystore lists: judged as diag lint does.",
    )
    transport: Transport = Field(default=Transport(), description="What its nodes present and trust.")
    remote_cluster_client: RemoteClusterClient = Field(
        default=RemoteClusterClient(), description="How its nodes use TLS towards remotes with an API key."
    )
    platform: Name | None = Field(default=None, description="The platform that runs it, of platforms.")
    deployment: Name | None = Field(
        default=None, description="Its deployment there: the id, the name, the alias or the Cloud ID."
    )
    security_domain: Setting = Field(default="", description="Who is responsible for the local cluster's users.")
    remotes: Items[RemoteConfig] = Field(
        default=(), description="May be left out with url: then read from the cluster."
    )
    vantage_points: OptionalItems[Name] = Field(
        default=(),
        description="From where it and its remotes are looked at, of vantage_points, or all. Left out: from the daemon itself.",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _elsewhere(cls, value: Any, handler: Callable[[Any], Self]) -> Self:  # noqa: ANN401 -- whatever the file holds.
        with used_elsewhere(value):
            return handler(value)

    @property
    def urls(self) -> tuple[str, ...]:
        """Every address of its API, in the order in which they are tried."""
        return () if self.url is None else tuple(dict.fromkeys((self.url, *self.other_urls)))


class Probe(Model):
    """What is done on the wire."""

    transport: Flag = Field(
        default=True,
        description="Whether frames of the transport protocol may be sent: the handshake, and the API key where one is configured.",
    )
    search: Flag = Field(
        default=False,
        description="Whether the patterns under use.search are searched through the local cluster (size 0).",
    )


class Acknowledge(Model):
    """A finding that somebody knows about: it is shown, and does not count until the date."""

    check: Name = Field(description="The check, or a glob of checks.")
    cluster: Text = Field(default="*", description="The local cluster, or a glob.")
    remote: Text = Field(default="*", description="The cluster alias, or a glob.")
    until: Day = Field(description="The last day on which it is acknowledged.")
    note: Name = Field(description="Why, for the next reader.")


class Checks(Model):
    """Which checks run, how severe they are, what is acknowledged, and the limits."""

    skip: OptionalItems[Name] = Field(default=(), description="Globs of checks that do not run.")
    severity: Entries[Level] = Field(
        default={}, description="Severity by glob of checks; the first glob that fits holds."
    )
    acknowledge: OptionalItems[Acknowledge] = Field(default=(), description="Findings that are known.")
    thresholds: Limits = Field(default=Limits(), description="Limits in days and seconds.")


class Daemon(Model):
    """The service."""

    listen: Listen = Field(default="127.0.0.1:9643", description="host:port of metrics, report and status page.")
    web_config: File | None = Field(
        default=None,
        description="TLS, client certificates and logins of the web side: a file in the format of Prometheus' --web.config.file.",
    )
    tokens: OptionalItems[FilledSecret] = Field(
        default=(), description="Whoever shows one of them may POST /-/reload and /run, and needs no login."
    )
    hosts: OptionalItems[Name] = Field(
        default=(),
        description="Further host names, or globs of them, under which the web side is asked for, such as that of a reverse proxy.",
    )
    url: Url | None = Field(
        default=None,
        description="Where people reach the pages, for links in alerts; a path in front of it stays. Left out: the address that is scraped.",
    )
    history: HistoryFile | None = Field(
        default=None, description="Where the past is kept. Left out: in memory, until the daemon ends."
    )
    notify: Notify = Field(default=Notify(), description="Whom the daemon notifies itself.")
    workers: WorkerCount = Field(
        default=AUTO,
        description="Processes that run the rounds. auto: none for few remotes, from 1,500 a minute on as many as there are cores and work for.",
    )

    @property
    def address(self) -> tuple[str, int]:
        """Host (without brackets) and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class Config(Model):
    """The whole of ``diag.yaml``."""

    interval: Duration = Field(default=60.0, description="The time between two rounds of the daemon.")
    timeouts: Timeouts = Timeouts()
    platforms: OptionalItems[PlatformConfig] = Field(
        default=(), description="The platforms that run clusters: Elastic Cloud, Elastic Cloud Enterprise, Kubernetes."
    )
    clusters: Items[ClusterConfig] = Field(default=(), description="The local clusters; may be left out with discover.")
    discover: OptionalItems[Discovery] = Field(default=(), description="Where further local clusters are found.")
    probe: Probe = Probe()
    checks: Checks = Checks()
    maintenance: OptionalItems[Maintenance] = Field(default=(), description="When what breaks is no news.")
    daemon: Daemon = Daemon()
    vantage_points: OptionalItems[VantagePoint] = Field(
        default=(), description="Places that clusters are looked at from by diag worker."
    )
    scheduler: SchedulerSection | None = Field(default=None, description="Where the workers of vantage points connect.")

    _file: str = PrivateAttr(default="")
    _places: Mapping[Key, tuple[int, int]] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: object) -> None:
        """Remember where the file says what about checks and maintenance."""
        if isinstance(context, Loading):
            self._file, self._places = context.file, context.places

    def problem(self, key: Key, value: str, message: str) -> Problem:
        """Say something about a value under ``checks`` or ``maintenance``, with its place: ``("checks", "skip", 0)``.

        This is for those who know what the file does not say: the ids of checks are known only when the packs are loaded.
        """
        line, column = self._places.get(key) or self._places.get(key[:-1]) or (0, 0)
        return Problem(
            file=self._file, line=line, column=column, path=path_of(key), value=printable(value), message=message
        )

    @cached_property
    def keys(self) -> Mapping[str, tuple[SecretRef, ...]]:
        """The keys of remotes, by the local cluster that holds them."""
        found = {
            one.name: tuple(remote.credential for remote in one.remotes if remote.credential) for one in self.clusters
        }
        return {name: keys for name, keys in found.items() if keys}

    def seen_from(self, cluster: ClusterConfig, remote: RemoteConfig | None = None) -> tuple[str, ...]:
        """From which vantage points a local cluster, or one of its remotes, is looked at; none: from where diag runs."""
        own = () if remote is None else remote.vantage_points
        return expanded(own or cluster.vantage_points, self.vantage_points)

    def policy(self) -> Policy:
        """What the user decided about checks."""
        return Policy(
            skip=self.checks.skip,
            severity={glob: str(level) for glob, level in self.checks.severity.items()},
            acknowledge=tuple(
                Acknowledgement(
                    check=a.check, until=a.until.isoformat(), note=a.note, cluster=a.cluster, remote=a.remote
                )
                for a in self.checks.acknowledge
            ),
            maintenance=tuple(one.window for one in self.maintenance),
        )

    def thresholds(self) -> Thresholds:
        """The limits, those of the file and the usual ones."""
        return Thresholds(**self.checks.thresholds.model_dump())
