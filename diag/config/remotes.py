"""One remote in ``diag.yaml``, in Elasticsearch's own names of settings, and what it is used for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Self

from diag.config.base import Model, is_nothing, used_elsewhere
from diag.config.form import Field, model_validator
from diag.config.readers import refuse
from diag.config.secrets import FilledSecret, SecretRef
from diag.config.values import (
    Address,
    Addresses,
    AnsweredFlag,
    Duration,
    File,
    Files,
    Flag,
    KindName,
    ModelName,
    ModeText,
    Name,
    OptionalItems,
    Setting,
    Text,
    Url,
    X509FieldName,
)
from diag.evidence.remote_settings import PLAIN_SETTINGS
from diag.model import (
    Kind,
    RemoteSetting,
)


class Auth(Model):
    """How to log in at an Elasticsearch API: with an API key, or with user name and password; with a client certificate in addition, or alone."""

    api_key: FilledSecret | None = Field(default=None, description="The encoded API key.")
    username: Name | None = Field(default=None, description="The user name, with a password.")
    password: FilledSecret | None = Field(default=None, description="The password of the user.")

    client_certificate: File | None = Field(
        default=None, description="A certificate as PEM, shown where the API asks for one of the client."
    )
    client_key: FilledSecret | None = Field(default=None, description="The private key of client_certificate.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.client_certificate is None) is not (self.client_key is None):
            msg = "expected client_certificate and client_key together"
            raise refuse(msg)
        by_password = self.username is not None and self.password is not None
        either = self.username is not None or self.password is not None
        by_certificate = self.client_certificate is not None and self.api_key is None and not either
        if not by_certificate and ((self.api_key is None) is not by_password or (self.api_key is not None and either)):
            msg = "expected either api_key, or username and password, or client_certificate and client_key"
            raise refuse(msg)
        return self


class KeyStoreFile(Model):
    """A PKCS#12 or JKS key store, as it is configured in Elasticsearch."""

    path: File = Field(description="The key store: .p12, .pfx or .jks.")
    password: SecretRef | None = Field(default=None, description="Its password; left out, it has none or an empty one.")


class Use(Model):
    """What a remote is used for. Whatever is left out is not known, and the checks that ask for it do not apply."""

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

    model_config: ClassVar = {"populate_by_name": True, "json_schema_extra": _with_nested}

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
        description="The certificate of xpack.security.remote_cluster_client.ssl.certificate, which nodes present in addition to an API key.",
    )
    client_key: SecretRef | None = Field(default=None, description="The private key of client_certificate.")
    signing_certificate: File | None = Field(
        default=None, description="The certificate of cluster.remote.<alias>.signing.certificate, as PEM."
    )
    signing_ca: tuple[File, ...] = Field(
        default=(),
        description="The CAs that the remote cluster verifies signatures by: cluster.remote.signing.certificate_authorities there.",
    )
    settings_files: Files = Field(
        default=(), description="Files of the settings of the remote cluster's nodes (elasticsearch.yml)."
    )
    security_domain: Setting = Field(default="", description="Who is responsible for the remote cluster's users.")
    idle_timeout: Duration | None = Field(
        default=None, description="After this time a balancer or firewall in between drops a quiet connection."
    )
    use: Use = Field(default=Use(), description="What the remote is there for.")
    platform: Name | None = Field(default=None, description="The platform that runs the remote cluster, of platforms.")
    deployment: Name | None = Field(
        default=None, description="Its deployment there: the id, the name, the alias or the Cloud ID."
    )
    trusted_environment: Name | None = Field(
        default=None,
        description="The trusted environment that the local deployment has for it, by the name in the console.",
    )
    url: Url | None = Field(default=None, description="The API of the remote cluster.")
    auth: Auth | None = Field(default=None, description="How to log in there.")
    vantage_points: OptionalItems[Name] = Field(
        default=(), description="From where it is looked at, of vantage_points, or all. Left out: as its local cluster."
    )

    @model_validator(mode="wrap")
    @classmethod
    def _elsewhere(cls, value: Any, handler: Callable[[Any], Self]) -> Self:  # noqa: ANN401 -- whatever the file holds.
        with used_elsewhere(value):
            return handler(value)

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
