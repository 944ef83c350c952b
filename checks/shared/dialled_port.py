"""One dialled address together with the ports that its cluster should have: what the checks of ports look at."""

from __future__ import annotations

from collections.abc import Iterator

from checks.shared.fixes import Remedy, on_local, put_settings
from checks.shared.peer import first_words, http_status, interface_of, is_html, is_node, speaks_http
from diag.check import Unknown
from diag.model import (
    REMOTE_CLUSTER_SERVER,
    TRANSPORT_RANGE,
    ClearReply,
    Endpoint,
    Fact,
    Interface,
    InterfaceTrial,
    KeyTrial,
    LocalCluster,
    Nodes,
    Ports,
    Reason,
    Remote,
    Reply,
    SecurityModel,
    Step,
    TlsAttempt,
    TlsResult,
    TransportHello,
    Unavailable,
    as_port,
    dataclass,
    ports_of,
)

_HTTP_IN_HEX = b"HTTP".hex()
_NOT_ASKED = Unavailable(step=Step.TRANSPORT, reason=Reason.NOT_DECLARED)
_OLD_TLS = frozenset({"SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DialledPort:
    """One dialled address, the ports that its cluster should have, and what its server did."""

    cluster: LocalCluster
    remote: Remote
    setting: str
    host: str
    port: int
    ports: Ports
    tls: TlsAttempt | Unavailable
    hello: TransportHello | Unavailable
    key: KeyTrial | Unavailable = _NOT_ASKED
    asked_for: InterfaceTrial | Unavailable = _NOT_ASKED
    nodes: Nodes | Unavailable = _NOT_ASKED

    @property
    def expected(self) -> int:
        """The port that the security model asks for."""
        return self.ports.expected(self.remote.security_model)

    @property
    def target(self) -> int:
        """The port to go to: the one that the nodes themselves publish for this interface, else the expected one."""
        by_key = self.remote.security_model is SecurityModel.API_KEY
        reported = self._published(Interface.REMOTE_CLUSTER_SERVER if by_key else Interface.TRANSPORT)
        return next(iter(reported)) if len(reported) == 1 and not self.ports.fixed else self.expected

    @property
    def published(self) -> Interface | None:
        """Which interface the nodes publish this very port as; None where they do not tell, or tell both."""
        found = [
            one for one in (Interface.REMOTE_CLUSTER_SERVER, Interface.TRANSPORT) if self.port in self._published(one)
        ]
        return found[0] if len(found) == 1 and not self.ports.fixed else None

    def _published(self, interface: Interface) -> set[int]:
        if isinstance(self.nodes, Unavailable):
            return set()
        by_server = interface is Interface.REMOTE_CLUSTER_SERVER
        texts = (node.server_address if by_server else node.transport_address for node in self.nodes.all)
        return {port for text in texts if (port := as_port(text.rpartition(":")[2])) is not None}

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
            and (
                self.tls.first_bytes.startswith(_HTTP_IN_HEX)
                or self.tls.clear_reply is ClearReply.HTTP
                or is_html(first_words(self.tls.first_bytes))
            )
        )

    @property
    def status(self) -> int | None:
        """The status of the answer in HTTP, where it showed."""
        stated = (self.tls.first_bytes if isinstance(self.tls, TlsAttempt) else "") or (
            self.hello.first_bytes if isinstance(self.hello, TransportHello) else ""
        )
        return http_status(stated)

    @property
    def is_node(self) -> bool:
        """Whether the server has shown that it speaks the transport protocol."""
        return is_node(self.hello)

    @property
    def interface(self) -> Interface | None:
        """Which interface the peer has shown to be; None where it has not."""
        return interface_of(self.key, self.asked_for)

    @property
    def does_without(self) -> bool:
        """Whether the server asked for a client certificate, got none, and answered all the same: it requires none."""
        return (
            self.asked
            and isinstance(self.tls, TlsAttempt)
            and not self.tls.client_certificate_sent
            and isinstance(self.hello, TransportHello)
            and self.hello.reply in {Reply.ANSWERED, Reply.REFUSED}
        )

    @property
    def hung_up(self) -> bool:
        """Whether the peer ended the connection upon the transport handshake, and has not shown to be a node."""
        ended = isinstance(self.hello, TransportHello) and self.hello.reply in {Reply.CLOSED, Reply.RESET, Reply.ALERT}
        return ended and not self.is_node

    @property
    def too_old(self) -> bool:
        """Whether the TLS is so old that requests in it say nothing about the interface: no node agrees to it."""
        return isinstance(self.tls, TlsAttempt) and self.tls.protocol in _OLD_TLS

    def facts(self, **more: Fact) -> dict[str, Fact]:
        """The facts that every finding about a port has, and some more."""
        return {
            "setting": self.setting,
            "observed": self.port,
            "expected": self.target,
            "security_model": str(self.remote.security_model),
            **more,
        }

    def change_port(self, *, when: str = "") -> Remedy:
        """Say how the expected port comes where this one stands."""
        if self.port == self.target:
            return Remedy(self.compare_ports())
        return change_port(self.remote, self.port, self.target, when=when)

    def compare_ports(self) -> str:
        """Say where to look for the right port, where this one is the usual one already."""
        if self.port == REMOTE_CLUSTER_SERVER and self.ports.fixed:
            return "Look up the address of the remote deployment on its Security page: its proxy endpoint."
        return f"On the remote cluster, compare transport.port and remote_cluster.port with {self.port}."


def places(
    cluster: LocalCluster,
    remote: Remote,
    endpoint: Endpoint | Unavailable,
    tls: TlsAttempt | Unavailable,
    hello: TransportHello | Unavailable = _NOT_ASKED,
    **more: KeyTrial | InterfaceTrial | Nodes | Unavailable,
) -> Iterator[DialledPort | Unknown]:
    """The address at hand; where nothing could be dialled, every address that would be."""
    if isinstance(endpoint, Endpoint):
        found = [(endpoint.setting, endpoint.host, endpoint.port)]
    else:
        found = [(address.setting, *address.parts) for address in remote.dialled if address.parts]
        if not found:
            yield Unknown(str(endpoint), piece=endpoint)
    for setting, host, port in found:
        ports = ports_of(remote.kind, host)
        if ports is None:
            yield Unknown(f"no port for remotes is documented for a {remote.kind} cluster")
        else:
            yield DialledPort(
                cluster=cluster,
                remote=remote,
                setting=setting,
                host=host,
                port=port,
                ports=ports,
                tls=tls,
                hello=hello,
                **more,  # type: ignore[arg-type]  # Each under the name of its field.
            )


def change_port(remote: Remote, old: int, new: int, *, when: str = "") -> Remedy:
    """Replace one port in the dialled addresses of a remote; nothing is typed for one that is registered nowhere."""
    sentence = f"Connect to port {new} instead."
    dialled = remote.dialled
    if not remote.registered or not any(address.port == old for address in dialled):
        return Remedy(sentence)
    texts = [f"{address.text.rpartition(':')[0]}:{new}" if address.port == old else address.text for address in dialled]
    seeds = dialled[0].setting.startswith("seeds")
    change = put_settings({remote.setting("seeds"): texts} if seeds else {remote.setting(dialled[0].setting): texts[0]})
    return Remedy(sentence, on_local(change, when=when))
