"""The sections of ``diag.yaml``. Keys of a remote are Elasticsearch's own setting names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from diag.config.limits import Limits
from diag.config.problems import Key, Problem, path_of, printable
from diag.config.secrets import FilledSecret, SecretRef
from diag.config.values import (
    Address,
    Addresses,
    AnsweredFlag,
    Day,
    Duration,
    Entries,
    File,
    Files,
    Flag,
    Items,
    Listen,
    Loading,
    Model,
    ModeText,
    Name,
    NamesOrEmpty,
    OptionalItems,
    Setting,
    Text,
    Url,
    is_nothing,
    one_of,
    refuse,
)
from diag.evidence.remote_settings import PLAIN_SETTINGS, RemoteSetting
from diag.model import (
    Acknowledgement,
    Kind,
    Policy,
    SecurityModel,
    Severity,
    Thresholds,
    VerificationMode,
    X509Field,
)

X509FieldName = Annotated[X509Field, BeforeValidator(one_of(X509Field))]
KindName = Annotated[Kind, BeforeValidator(one_of(Kind))]
VerificationName = Annotated[VerificationMode, BeforeValidator(one_of(VerificationMode))]
ModelName = Annotated[SecurityModel, BeforeValidator(one_of(SecurityModel))]
Level = Annotated[Severity, BeforeValidator(one_of(Severity))]


class Timeouts(Model):
    """How long each step of a round may take."""

    connect: Duration = Field(default=5.0, description="Until a TCP connection stands, and for looking a name up.")
    handshake: Duration = Field(default=10.0, description="For the TLS handshake, and for listening after it.")
    api: Duration = Field(default=10.0, description="For one call of an Elasticsearch API.")


class Auth(Model):
    """How to log in at an Elasticsearch API: with an API key, or with user name and password."""

    api_key: FilledSecret | None = Field(default=None, description="The encoded API key.")
    username: Name | None = Field(default=None, description="The user name, with a password.")
    password: FilledSecret | None = Field(default=None, description="The password of the user.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_password = self.username is not None and self.password is not None
        either = self.username is not None or self.password is not None
        if (self.api_key is None) is not by_password or (self.api_key is not None and either):
            msg = "expected either api_key, or username and password"
            raise refuse(msg)
        return self


class KeyStoreFile(Model):
    """A PKCS#12 or JKS key store, as Elasticsearch is told of one."""

    path: File = Field(description="The key store: .p12, .pfx or .jks.")
    password: SecretRef | None = Field(default=None, description="Its password; left out, it has none or an empty one.")


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
        description="xpack.security.transport.ssl.verification_mode, which no API shows. Left out: certificate for eck, else not told.",
    )

    @model_validator(mode="after")
    def _key_needs_certificate(self) -> Self:
        if self.key is not None and self.certificate is None:
            msg = "expected certificate beside key"
            raise refuse(msg)
        if self.key_passphrase is not None and self.key is None:
            msg = "expected key beside key_passphrase; the password of a key store stands under keystore"
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


class Use(Model):
    """What a remote is there for. Whatever is left out is not told, and the checks that ask for it do not apply."""

    search: OptionalItems[Name] = Field(default=(), description="Patterns of the remote's indices that are searched.")
    replicate: OptionalItems[Name] = Field(default=(), description="Patterns of its indices that are to be followed.")
    roles: OptionalItems[Name] = Field(default=(), description="The local roles of those who search it.")
    esql: Flag = Field(default=False, description="Whether ES|QL queries name it.")
    enrich: Flag = Field(default=False, description="Whether ES|QL queries with ENRICH name it.")
    eql: Flag = Field(default=False, description="Whether EQL searches name it.")


_NESTED: Final = "transport"


def _with_nested(schema: dict[str, Any]) -> None:
    """Offer editors the settings with a dot in the nested form, too."""
    keys = {key.partition(".")[2]: part for key, part in schema["properties"].items() if key.startswith(f"{_NESTED}.")}
    description = "The same settings without their first part."
    nested = {"type": "object", "properties": keys, "additionalProperties": False, "description": description}
    schema["properties"][_NESTED] = nested


def _plain(one: RemoteSetting) -> Any:  # noqa: ANN401 -- what makes a field.
    return Field(default="", alias=one.key if one.key != one.field else None, description=one.what)


class RemoteConfig(Model):
    """One remote, in the names of ``cluster.remote.<alias>.*``. Odd values load: judging them is the work of the checks.

    ``registered``: it stands in some cluster's settings, so that a remedy can name them.
    """

    registered: ClassVar[bool] = True

    model_config = ConfigDict(populate_by_name=True, json_schema_extra=_with_nested)

    alias: Text = Field(description="The cluster alias.")
    security_model: ModelName | None = Field(default=None, description="Left out: api_key where there is a credential.")
    kind: KindName = Field(default=Kind.SELF_MANAGED, description="Who runs the remote cluster.")
    mode: ModeText = Field(default="", description="proxy or sniff; left out, it is sniff, as for Elasticsearch.")
    proxy_address: Address = Field(default="", description="host:port, mode proxy.")
    server_name: Setting = Field(default="", description="The name sent in the TLS handshake, mode proxy.")
    seeds: Addresses = Field(default=(), description="host:port of seed nodes, mode sniff.")
    proxy: Address = Field(default="", description="host:port of a proxy for sniff, Elasticsearch 6.7 to 7.5.")
    skip_unavailable: AnsweredFlag | None = Field(
        default=None, description="Whether searches go on without this remote."
    )
    # The settings that are taken as text, from the table of the settings of a remote.
    __annotations__ |= {one.field: "Setting" for one in PLAIN_SETTINGS}
    locals().update({one.field: _plain(one) for one in PLAIN_SETTINGS})
    version: Setting = Field(default="", description="The Elasticsearch version of the remote cluster.")
    ca: Files = Field(default=(), description="The CAs trusted for this remote; left out, the public roots.")
    truststore: KeyStoreFile | None = Field(default=None, description="A key store of CAs trusted for this remote.")
    credential: FilledSecret | None = Field(default=None, description="The encoded cross-cluster API key.")
    trust_restrictions: File | None = Field(default=None, description="The trust_restrictions file of the other side.")
    x509_fields: OptionalItems[X509FieldName] = Field(
        default=(),
        description="The other side's trust_restrictions.x509_fields; left out, the otherName with the common name.",
    )
    client_certificate: File | None = Field(
        default=None,
        description="The certificate of xpack.security.remote_cluster_client.ssl.certificate, which nodes present beside an API key.",
    )
    client_key: SecretRef | None = Field(default=None, description="The private key of client_certificate.")
    signing_certificate: File | None = Field(
        default=None, description="The certificate of cluster.remote.<alias>.signing.certificate, as PEM."
    )
    signing_ca: tuple[File, ...] = Field(
        default=(),
        description="The CAs that the remote cluster verifies signatures by: cluster.remote.signing.certificate_authorities there.",
    )
    security_domain: Setting = Field(default="", description="Who is responsible for the remote cluster's users.")
    idle_timeout: Duration | None = Field(
        default=None, description="After this time a balancer or firewall in between drops a quiet connection."
    )
    use: Use = Field(default=Use(), description="What the remote is there for.")
    url: Url | None = Field(default=None, description="The API of the remote cluster.")
    auth: Auth | None = Field(default=None, description="How to log in there.")

    @model_validator(mode="before")
    @classmethod
    def _dotted(cls, value: object) -> object:
        """Settings of a remote may stand nested, ``transport: {compress: true}``, as they may in elasticsearch.yml."""
        nested = value.get(_NESTED) if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not (isinstance(nested, Mapping) or is_nothing(nested)):
            return value
        inner = {f"{_NESTED}.{key}": one for key, one in nested.items()} if isinstance(nested, Mapping) else {}
        if twice := sorted(set(inner) & set(value)):
            msg = f"expected {twice[0]} once; it stands both with a dot and under {_NESTED}"
            raise refuse(msg)
        return {**{key: one for key, one in value.items() if key != _NESTED}, **inner}


class NamedRemote(RemoteConfig):
    """An address that somebody named on the command line: it stands in no settings."""

    registered: ClassVar[bool] = False


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
        default=None, description="The names of the keystore entries. Left out: not told. []: known to be empty."
    )
    reload_response: File | None = Field(
        default=None,
        description="A stored answer of POST _nodes/reload_secure_settings, which diag itself never sends.",
    )
    transport: Transport = Field(default=Transport(), description="What its nodes present and trust.")
    remote_cluster_client: RemoteClusterClient = Field(
        default=RemoteClusterClient(), description="How its nodes use TLS towards remotes with an API key."
    )
    security_domain: Setting = Field(default="", description="Who is responsible for the local cluster's users.")
    remotes: Items[RemoteConfig] = Field(
        default=(), description="May be left out with url: then read from the cluster."
    )

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

    @property
    def address(self) -> tuple[str, int]:
        """Host (without brackets) and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class Config(Model):
    """The whole of ``diag.yaml``."""

    interval: Duration = Field(default=60.0, description="The time between two rounds of the daemon.")
    timeouts: Timeouts = Timeouts()
    clusters: Annotated[Items[ClusterConfig], Field(min_length=1)] = Field(description="The local clusters.")
    probe: Probe = Probe()
    checks: Checks = Checks()
    daemon: Daemon = Daemon()

    _file: str = PrivateAttr(default="")
    _places: Mapping[Key, tuple[int, int]] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: object) -> None:
        """Remember where the file says what about checks."""
        if isinstance(context, Loading):
            self._file, self._places = context.file, context.places

    def problem(self, key: Key, value: str, message: str) -> Problem:
        """Say that something under ``checks`` cannot be used, with its place: ``("checks", "skip", 0)``.

        The ids of checks are known only when the packs are loaded, so this is for those who load them.
        """
        line, column = self._places.get(key) or self._places.get(key[:-1]) or (0, 0)
        return Problem(
            file=self._file, line=line, column=column, path=path_of(key), value=printable(value), message=message
        )

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
        )

    def thresholds(self) -> Thresholds:
        """The limits, those of the file and the usual ones."""
        return Thresholds(**self.checks.thresholds.model_dump())
