"""What is configured: a local cluster and its remotes, in Elasticsearch's own setting names."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Final

from diag.evidence.maintenance import MaintenanceWindow
from diag.evidence.reads import worked_out_once
from diag.evidence.release import Release
from diag.evidence.remote_settings import REMOTE_SETTINGS
from diag.evidence.sending import DeclaredTls
from diag.evidence.terms import Kind, Mode, SecurityModel, Version
from diag.lazy_dataclass import dataclass

_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\s:;/,?@\[\]]+):(?P<port>\+?0{0,20}\d{1,5})")
_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_HIGHEST_PORT = 65535


def is_ip(host: str) -> bool:
    """Tell an IP literal (IPv6 with or without brackets) from a name."""
    return ":" in host or _IPV4.fullmatch(host) is not None


@lru_cache(maxsize=4096)
def _parts_of(text: str) -> tuple[str, int] | None:
    found = _HOST_PORT.fullmatch(text)
    if found is None or not 0 < int(found["port"]) <= _HIGHEST_PORT:
        return None
    return found["host"].strip("[]"), int(found["port"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One configured address, as written: ``setting`` is where it stands (``proxy_address``, ``seeds[0]``, ``proxy``)."""

    setting: str
    text: str

    @property
    def parts(self) -> tuple[str, int] | None:
        """Host (without brackets) and port; None where Elasticsearch could not use the text either."""
        return _parts_of(self.text)

    @property
    def host(self) -> str | None:
        """The host part, None where the text is no ``host:port``."""
        parts = self.parts
        return parts[0] if parts else None

    @property
    def port(self) -> int | None:
        """The port, None where the text is no ``host:port``."""
        parts = self.parts
        return parts[1] if parts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredUse:
    """What a remote is there for, as the configuration declares it (``use``). Empty or false means that nobody declared it.

    ``search`` and ``replicate`` are patterns of index names on the remote cluster, ``roles`` the local roles of those who search.
    """

    search: tuple[str, ...] = ()
    replicate: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    esql: bool = False
    enrich: bool = False
    eql: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """One remote as it is configured on the local cluster: ``cluster.remote.<alias>.*``.

    Values stand as they were written, however odd: judging them is the work of the checks.
    An empty string means that the setting is not there. ``idle_timeout`` is declared: after this many seconds what stands between the
    clusters drops a quiet connection. ``observed_model`` is what the peer of an address of the command line showed, ``model_guessed``
    that it showed nothing and the port decided. ``kind_guessed`` says that nobody declared who runs the remote cluster, ``mode_guessed``
    that it is known from a request alone: a mode that it does not name may be set already. ``url`` is the address of
    the remote cluster's API, where one is configured. ``trusted_environment`` is what the console calls the trust in its environment.
    """

    alias: str
    declared_model: SecurityModel | None = None
    kind: Kind = Kind.SELF_MANAGED
    mode: str = ""
    proxy_address: str = ""
    server_name: str = ""
    seeds: tuple[str, ...] = ()
    proxy: str = ""
    skip_unavailable: bool | None = None
    proxy_socket_connections: str = ""
    node_connections: str = ""
    transport_ping_schedule: str = ""
    transport_compress: str = ""
    transport_compression_scheme: str = ""
    version: str = ""
    has_credential: bool = False
    has_trust_restrictions: bool = False
    keystore_credential: bool | None = None
    use: DeclaredUse = field(default_factory=DeclaredUse)
    security_domain: str = ""
    idle_timeout: float | None = None
    registered: bool = True
    observed_model: SecurityModel | None = None
    model_guessed: bool = False
    kind_guessed: bool = False
    mode_guessed: bool = False
    url: str = ""
    trusted_environment: str = ""

    @property
    def security_model(self) -> SecurityModel:
        """The model in use: the declared one, else what the peer showed, else what Elasticsearch would do (a credential means API key)."""
        if self.declared_model is not None:
            return self.declared_model
        if self.observed_model is not None:
            return self.observed_model
        if self.has_credential or self.keystore_credential:
            return SecurityModel.API_KEY
        return SecurityModel.CERTIFICATE

    @property
    def effective_mode(self) -> Mode:
        """The mode Elasticsearch would use: ``sniff`` unless ``proxy`` is written."""
        return Mode.PROXY if self.mode.strip().lower() == Mode.PROXY else Mode.SNIFF

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every configured address, of both modes."""
        return _written_of(self)[0]

    @property
    def dialled(self) -> tuple[Address, ...]:
        """The addresses that a connection is opened to.

        Proxy mode dials ``proxy_address``; sniff mode dials ``proxy`` where there is one, else the seeds. Where the
        settings of the mode are missing, those of the other one are dialled, so that the wire is looked at all the same.
        """
        return _written_of(self)[1]

    @property
    def settings(self) -> dict[str, str | bool | tuple[str, ...]]:
        """The settings that are there, by the last part of Elasticsearch's key."""
        return dict(_written_of(self)[2])

    def setting(self, name: str) -> str:
        """The full key of a setting of this remote, for remedies."""
        return f"cluster.remote.{self.alias}.{name}"


_SETTINGS: Final = tuple((one.key, attrgetter(one.field)) for one in REMOTE_SETTINGS)
_NOT_THERE: Final = ("", (), None)
_Written = tuple[tuple[Address, ...], tuple[Address, ...], dict[str, str | bool | tuple[str, ...]]]


@worked_out_once
def _written_of(remote: Remote) -> _Written:
    """The addresses of a remote, those of them that are dialled, and its settings."""
    by_proxy = (Address(setting="proxy_address", text=remote.proxy_address),) if remote.proxy_address else ()
    seeds = tuple([Address(setting=f"seeds[{i}]", text=seed) for i, seed in enumerate(remote.seeds)])
    proxy = (Address(setting="proxy", text=remote.proxy),) if remote.proxy else ()
    by_sniff = proxy or seeds
    dialled = (by_proxy or by_sniff) if remote.effective_mode is Mode.PROXY else (by_sniff or by_proxy)
    settings = {key: value for key, get in _SETTINGS if (value := get(remote)) not in _NOT_THERE}
    return (*by_proxy, *seeds, *proxy), dialled, settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCluster:
    """The cluster that searches or follows; its remotes are registered here. ``hosts`` are those of its API's addresses, ``url`` the first.

    ``transport`` and ``client`` are what is declared of the TLS of its nodes: towards remotes of the certificate model, and of the API key model.
    """

    name: str
    kind: Kind = Kind.SELF_MANAGED
    version: str = ""
    remotes: tuple[Remote, ...] = ()
    hosts: tuple[str, ...] = ()
    url: str = ""
    security_domain: str = ""
    transport: DeclaredTls = field(default_factory=DeclaredTls)
    client: DeclaredTls = field(default_factory=DeclaredTls)

    def tls_to(self, model: SecurityModel) -> DeclaredTls:
        """What is declared of connections to remotes of this model."""
        return self.client if model is SecurityModel.API_KEY else self.transport


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalVersion:
    """The release of the local cluster (the lowest node where there are several)."""

    number: Version
    source: str = "declared"

    @property
    def release(self) -> Release:
        """The one release that it is."""
        return Release(self.number, self.number)

    def __str__(self) -> str:
        """Give the release, for a sentence."""
        return str(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteVersion:
    """The release of the remote cluster (the lowest node where there are several).

    ``source`` is ``declared``, ``api``, ``wire``, ``platform`` or ``local``: what the local cluster says of it. What nodes say on the wire may stand for several releases: where it is not
    ``exact``, ``number`` is the lowest that it may be and ``highest`` the highest, with 999 for no end; without ``highest`` it
    may be any later patch release, or one of the next minor.
    """

    number: Version
    source: str = "declared"
    exact: bool = True
    highest: Version | None = None

    @property
    def release(self) -> Release:
        """All that it may be."""
        return Release.of(self.number, self.highest, exact=self.exact)

    def __str__(self) -> str:
        """Give the release, or from where to where it may be, for a sentence."""
        return str(self.release)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits that are a matter of taste; ``checks.thresholds`` in the configuration changes them.

    Days to the end of a certificate, seconds for clocks, connects and handshakes. The text of each is what diag.schema.json says of it.
    """

    leaf_days_warning: Annotated[float, "A certificate of a node ends."] = 30.0
    leaf_days_error: Annotated[float, "A certificate of a node ends soon."] = 7.0
    ca_days_warning: Annotated[float, "A CA ends."] = 90.0
    ca_days_error: Annotated[float, "A CA ends soon."] = 30.0
    rotated_days_warning: Annotated[float, "A certificate that is renewed by a machine ends."] = 3.0
    clock_seconds_warning: Annotated[float, "The clocks differ."] = 60.0
    clock_seconds_error: Annotated[float, "The clocks differ much."] = 300.0
    connect_seconds_warning: Annotated[float, "A connect is slow."] = 0.25
    connect_seconds_error: Annotated[float, "A connect is very slow."] = 1.0
    handshake_seconds_warning: Annotated[float, "A handshake is slow."] = 3.0
    handshake_seconds_error: Annotated[float, "A handshake is very slow."] = 10.0
    seeds_wanted: Annotated[int, "How many seeds a sniff remote should have."] = 2
    flaps_warning: Annotated[int, "Changes of a connection in 30 minutes."] = 3
    resolve_seconds_warning: Annotated[float, "Asking the remotes through the cluster is slow."] = 5.0
    lag_operations_warning: Annotated[int, "Operations that a follower is behind."] = 10_000
    lag_operations_error: Annotated[int, "Operations that a follower is far behind."] = 100_000
    read_seconds_error: Annotated[float, "Seconds since a follower last read from its leader."] = 120.0
    mixed_hours_warning: Annotated[float, "Hours that nodes of one cluster run different releases."] = 24.0
    key_days_most: Annotated[float, "The longest life of an API key that is allowed; 0: any, also without end."] = 0.0
    follower_red_minutes_error: Annotated[float, "Minutes that a follower index is red."] = 10.0
    follower_copy_hours_info: Annotated[float, "Hours that the first copy of a follower will still take."] = 24.0
    follower_wait_hours_warning: Annotated[float, "Hours that ILM waits for a follower to catch up."] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A finding somebody knows about: it is shown, and counts for nothing until ``until`` (a day; of ``maintenance`` a time)."""

    check: str
    until: str
    note: str
    cluster: str = "*"
    remote: str = "*"
    maintenance: bool = False

    @property
    def words(self) -> str:
        """What a reader is shown of it."""
        return f"{'under maintenance' if self.maintenance else 'acknowledged'} until {self.until}: {self.note}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the user decided about checks: which run, how severe they are, what is acknowledged, when somebody works on the clusters."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    severity: dict[str, str] = field(default_factory=dict)
    acknowledge: tuple[Acknowledgement, ...] = ()
    maintenance: tuple[MaintenanceWindow, ...] = ()
