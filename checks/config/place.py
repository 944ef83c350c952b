"""One dialled address together with the ports that its cluster should have: what the checks of ports look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checks.peer import is_node, is_remote_cluster_server, speaks_http
from checks.remedies import is_registered, put_settings
from checks.tables.ports import TRANSPORT_RANGE, Ports, ports_of
from diag.check import Unknown
from diag.model import (
    ClearReply,
    Endpoint,
    Fact,
    KeyTrial,
    LocalCluster,
    Reason,
    Remote,
    Step,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
)

_HTTP_IN_HEX = b"HTTP".hex()
_NOT_ASKED = Unavailable(step=Step.TRANSPORT, reason=Reason.NOT_TOLD)
_OLD_TLS = frozenset({"SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One dialled address, the ports that its cluster should have, and what its server did."""

    cluster: LocalCluster
    remote: Remote
    setting: str
    host: str
    port: int
    ports: Ports
    tls: TlsAttempt | Unavailable
    hello: TransportHello | Unavailable
    key: KeyTrial | Unavailable

    @property
    def expected(self) -> int:
        """The port that the security model asks for."""
        return self.ports.expected(self.remote.security_model)

    @property
    def usual(self) -> bool:
        """Whether the port is one that the table has for the security model."""
        return self.port == self.expected or (self.expected == TRANSPORT_RANGE.start and self.port in TRANSPORT_RANGE)

    @property
    def asked(self) -> bool:
        """Whether the server asked for a client certificate."""
        return isinstance(self.tls, TlsAttempt) and self.tls.client_certificate_requested

    @property
    def completed(self) -> bool:
        """Whether a TLS handshake with the server came to its end."""
        return isinstance(self.tls, TlsAttempt) and self.tls.result is TlsResult.COMPLETED

    @property
    def spoke_http(self) -> bool:
        """Whether the server gave itself away by an answer in HTTP, with TLS or without."""
        return speaks_http(self.hello) or (
            isinstance(self.tls, TlsAttempt)
            and (self.tls.first_bytes.startswith(_HTTP_IN_HEX) or self.tls.clear_reply is ClearReply.HTTP)
        )

    @property
    def is_node(self) -> bool:
        """Whether the server has shown that it speaks the transport protocol."""
        return is_node(self.hello)

    @property
    def is_server(self) -> bool | None:
        """Whether the trial of the key shows that this is the remote cluster server, or that it is not; None: it does not show."""
        return is_remote_cluster_server(self.key)

    @property
    def too_old(self) -> bool:
        """Whether the TLS is so old that requests in it say nothing about the interface: no node agrees to it."""
        return isinstance(self.tls, TlsAttempt) and self.tls.protocol in _OLD_TLS

    def facts(self, **more: Fact) -> dict[str, Fact]:
        """The facts that every finding about a port has, and some more."""
        return {
            "setting": self.setting,
            "observed": self.port,
            "expected": self.expected,
            "security_model": str(self.remote.security_model),
            **more,
        }

    def change_port(self) -> str:
        """Say how the expected port comes where this one stands."""
        if not is_registered(self.cluster, self.remote):
            return f"Connect to port {self.expected} instead."
        return change_port(self.remote, self.port, self.expected)


def places(
    cluster: LocalCluster,
    remote: Remote,
    endpoint: Endpoint | Unavailable,
    tls: TlsAttempt | Unavailable,
    hello: TransportHello | Unavailable = _NOT_ASKED,
    key: KeyTrial | Unavailable = _NOT_ASKED,
) -> Iterator[Place | Unknown]:
    """The address at hand; where nothing could be dialled, every address that would be."""
    if isinstance(endpoint, Endpoint):
        found = [(endpoint.setting, endpoint.host, endpoint.port)]
    else:
        found = [(address.setting, *address.parts) for address in remote.dialled if address.parts]
        if not found:
            yield Unknown(str(endpoint))
    for setting, host, port in found:
        ports = ports_of(remote.kind, host)
        if ports is None:
            yield Unknown(f"no port for remotes is documented for a {remote.kind} cluster")
        else:
            yield Place(
                cluster=cluster,
                remote=remote,
                setting=setting,
                host=host,
                port=port,
                ports=ports,
                tls=tls,
                hello=hello,
                key=key,
            )


def change_port(remote: Remote, old: int, new: int) -> str:
    """Word the call that replaces one port in the dialled addresses of a remote."""
    dialled = remote.dialled
    if not any(address.port == old for address in dialled):
        return f"Put port {new} into the address of the remote."
    texts = [f"{address.text.rpartition(':')[0]}:{new}" if address.port == old else address.text for address in dialled]
    if dialled[0].setting.startswith("seeds"):
        return put_settings({remote.setting("seeds"): texts})
    return put_settings({remote.setting(dialled[0].setting): texts[0]})
