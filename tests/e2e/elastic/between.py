"""What stands between two clusters: haproxy in front of real nodes, on one port for each manner in which it treats a connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.conftest import free_ports, program, running, wait_for
from tests.e2e.elastic.pair import API_KEY, CERTIFICATE, Pair
from tests.pki import CA, Issued

_DEFAULTS = """
defaults
  mode tcp
  timeout connect 60s
  timeout client 240s
  timeout server 240s
"""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One port of haproxy: where it leads, what it expects of the clients, and how it speaks to the node behind it."""

    to: int
    bind: str = ""
    server: str = ""


@dataclass
class Ways:
    """The ports by name, and the files that their lines need."""

    folder: Path
    ways: dict[str, Way] = field(default_factory=dict)

    def identity(self, name: str, issued: Issued) -> Path:
        """Write a certificate and its key as haproxy wants them: in one file."""
        path = self.folder / f"{name}.haproxy.pem"
        path.write_bytes(issued.chain_pem + issued.key_pem)
        return path

    def trusted(self, name: str, ca: CA) -> Path:
        """Write what haproxy trusts."""
        path = self.folder / f"{name}.haproxy-ca.pem"
        path.write_bytes(ca.pem)
        return path

    @contextmanager
    def open(self) -> Iterator[Mapping[str, int]]:
        """Run haproxy, and give the port of each way."""
        ports = dict(zip(self.ways, free_ports(len(self.ways)), strict=True))
        blocks = [
            f"listen {name}\n  bind 127.0.0.1:{ports[name]} {way.bind}\n  server node 127.0.0.1:{way.to} {way.server}\n"
            for name, way in self.ways.items()
        ]
        config = self.folder / "haproxy.cfg"
        config.write_text(_DEFAULTS + "".join(blocks))
        with ExitStack() as stack:
            stack.enter_context(running(program("haproxy"), "-f", str(config), log=self.folder / "haproxy.log"))
            for port in ports.values():
                wait_for(port)
            yield ports


PASS_ON = ("layer 4", "mode tcp")
CLOSED = "network/accept-then-close"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is right of a way: whether Elasticsearch connects, and the first root cause where it does not, with words of its finding.

    ``warning`` is what may be said of one that is connected. ``key`` names whose key it is; the other model has none.
    """

    model: str
    cause: str = ""
    words: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()
    key: str = "good"


def keyed(**more: Any) -> Truth:
    """A way of the API key model."""
    return Truth(model=API_KEY, **more)


def certified(**more: Any) -> Truth:
    """A way of the certificate model."""
    return Truth(model=CERTIFICATE, **more)


SENDS = {"cause": CLOSED, "words": ("a balancer that sends the PROXY protocol", "no send-proxy")}
EXPECTS = {"cause": "network/lb-proxy-protocol", "words": ("expects that header", "without accept-proxy")}
LOST = {"cause": "network/lb-layer7", "words": ("certificate of the local nodes gets lost", *PASS_ON)}
LOST_LATER = {
    "cause": "network/not-elasticsearch",
    "words": ("certificate of the local nodes gets lost", *PASS_ON),
}
# The names are those of the remotes, too.
TRUTHS = {
    "passed_key": keyed(),
    "passed_cert": certified(),
    "announced_key": keyed(**SENDS),
    "announced_v2_key": keyed(**SENDS),
    "announced_cert": certified(**SENDS),
    "announced_clear_cert": certified(**SENDS),
    "expected_key": keyed(**EXPECTS),
    "expected_cert": certified(**EXPECTS),
    "offloaded_key": keyed(
        cause="network/not-elasticsearch",
        words=("ends TLS and sends the bytes in clear to a node whose port speaks TLS", *PASS_ON),
    ),
    "offloaded_cert": certified(**LOST),
    "offloaded_asking_cert": certified(**LOST_LATER),
    # Behind them is a node whose interfaces speak no TLS: that is what a balancer may end TLS in front of.
    "offloaded_clear_key": keyed(key="plain"),
    "offloaded_clear_cert": certified(warning=("trust/mtls-disabled",)),
    "bridged_key": keyed(),
    "bridged_name_key": keyed(cause="tls/hostname-mismatch", words=("balancer.example", "server_name")),
    "bridged_cert": certified(**LOST),
    "bridged_asking_cert": certified(**LOST_LATER),
    # Such a balancer has a certificate of its own which the node takes; asking for none itself, it lets everybody in.
    "bridged_own_cert": certified(warning=("trust/mtls-disabled",)),
    "bridged_asking_own_cert": certified(),
    # No balancer: both interfaces of this node ask for a client certificate, and do without.
    "optional_key": keyed(key="optional"),
    "optional_cert": certified(),
}
BETWEEN_KEYS = {alias: truth.key for alias, truth in TRUTHS.items() if truth.model == API_KEY}


def laid(pair: Pair) -> Ways:
    """Describe haproxy's ports in front of the nodes."""
    made, ways = pair.authorities, Ways(pair.folder)
    far, plain = pair.remote, pair.beside["plain"]
    by_key = f"ssl crt {ways.identity('server', far.identities['server'])}"
    by_cert = f"ssl crt {ways.identity('transport', far.identities['transport'])}"
    other = f"ssl crt {ways.identity('other', made.server.leaf('balancer.example'))}"
    trusted = ways.trusted("transport", made.transport)
    asking = f"{by_cert} verify required ca-file {trusted}"
    anew_key = f"ssl verify required ca-file {ways.trusted('server', made.server)}"
    anew_cert = f"ssl verify required ca-file {trusted}"
    own = f"{anew_cert} crt {ways.identity('own', made.node('local'))}"
    server, transport = far.server, far.transport
    ways.ways |= {
        "passed_key": Way(to=server),
        "passed_cert": Way(to=transport),
        "announced_key": Way(to=server, server="send-proxy"),
        "announced_v2_key": Way(to=server, server="send-proxy-v2"),
        "announced_cert": Way(to=transport, server="send-proxy"),
        "announced_clear_cert": Way(to=plain.transport, server="send-proxy"),
        "expected_key": Way(to=server, bind="accept-proxy"),
        "expected_cert": Way(to=transport, bind="accept-proxy"),
        "offloaded_key": Way(to=server, bind=by_key),
        "offloaded_cert": Way(to=transport, bind=by_cert),
        "offloaded_asking_cert": Way(to=transport, bind=asking),
        "offloaded_clear_key": Way(to=plain.server, bind=by_key),
        "offloaded_clear_cert": Way(to=plain.transport, bind=by_cert),
        "bridged_key": Way(to=server, bind=by_key, server=anew_key),
        "bridged_name_key": Way(to=server, bind=other, server=anew_key),
        "bridged_cert": Way(to=transport, bind=by_cert, server=anew_cert),
        "bridged_asking_cert": Way(to=transport, bind=asking, server=anew_cert),
        "bridged_own_cert": Way(to=transport, bind=by_cert, server=own),
        "bridged_asking_own_cert": Way(to=transport, bind=asking, server=own),
    }
    return ways
