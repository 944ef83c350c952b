"""What the transport protocol and the API key showed at one address, and what the key looks like. Never the key itself."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from diag.evidence.reads import fleeting
from diag.evidence.release import Release
from diag.evidence.terms import Version
from diag.lazy_dataclass import dataclass


class Reply(StrEnum):
    """How a peer replied to the transport handshake (``internal:tcp/handshake``)."""

    ANSWERED = "answered"
    REFUSED = "refused"  # It answered in the protocol, with an error.
    HTTP = "http"
    OTHER = "other"  # Bytes of no protocol that is known here.
    CLOSED = "closed"
    RESET = "reset"
    ALERT = "alert"  # A TLS alert came in place of an answer.
    SILENT = "silent"


@fleeting("seconds")
@dataclass(frozen=True, slots=True, kw_only=True)
class TransportHello:
    """The transport handshake with one address. Elasticsearch answers it before any authentication (TransportHandshaker).

    ``tried`` are the handshake versions that were sent, in order; each after the first one on a connection of its own.
    ``handshake_version`` is the one that was answered. ``transport_version`` is what the node says of itself: the id of its
    release (before 8.9) or of its transport protocol. ``version`` is the release that belongs to it, ``exact`` whether the id
    belongs to this one release only (else it is the lowest that it may be, and ``highest`` the highest). ``clear``: the frames
    went without TLS. ``first_bytes`` (hex, at most 64 bytes) is what a peer sent that is no node.
    """

    reply: Reply
    tried: tuple[int, ...] = ()
    handshake_version: int = 0
    transport_version: int = 0
    version: Version | None = None
    exact: bool = False
    highest: Version | None = None
    clear: bool = False
    first_bytes: str = ""
    detail: str = ""
    seconds: float = 0.0

    @property
    def release(self) -> Release | None:
        """All that the release may be that belongs to the answer; None where none is known."""
        return None if self.version is None else Release.of(self.version, self.highest, exact=self.exact)


class KeyVerdict(StrEnum):
    """What the remote cluster server made of the cross-cluster API key (CrossClusterAccessAuthenticationService, ApiKeyService)."""

    ACCEPTED = "accepted"
    UNKNOWN_ID = "unknown_id"
    WRONG_SECRET = "wrong_secret"  # noqa: S105 -- a verdict, no password.
    INVALIDATED = "invalidated"
    EXPIRED = "expired"
    WRONG_TYPE = "wrong_type"
    MALFORMED = "malformed"
    IDENTITY_REQUIRED = (
        "identity_required"  # The key is bound to a certificate identity, and requests have to be signed.
    )
    KEYS_DISABLED = "keys_disabled"
    UNLICENSED = "unlicensed"  # The license is too low, and nothing was heard against the key itself.
    MIXED_VERSIONS = "mixed_versions"  # Some node of the remote cluster is older than 8.10.
    NOT_REMOTE_CLUSTER_SERVER = "not_remote_cluster_server"
    REFUSED = "refused"  # Refused without an exact reason.
    UNCLEAR = "unclear"  # Neither accepted nor refused: closed, silent, busy, an answer that is not understood.


@fleeting("seconds")
@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTrial:
    """The remote cluster handshake with the configured API key: what a local cluster does first on a new connection.

    ``unlicensed``: the license of the remote cluster is too low for API keys, whatever became of the key. Those from ``cluster_name`` on are
    what the node says of itself where the key was accepted; ``publish_address`` as ``ip:port`` or ``name/ip:port``, ``server_name``
    its ``node.attr.server_name``. ``detail`` is worded here and holds nothing of the key.
    """

    verdict: KeyVerdict
    unlicensed: bool = False
    detail: str = ""
    cluster_name: str = ""
    node_name: str = ""
    version: Version | None = None
    publish_address: str = ""
    server_name: str = ""
    seconds: float = 0.0


class Interface(StrEnum):
    """Which interface of a node a request without any credential was answered by."""

    REMOTE_CLUSTER_SERVER = "remote_cluster_server"  # It asks for the header that holds an API key.
    TRANSPORT = "transport"
    UNCLEAR = "unclear"  # No answer, or one that speaks for neither.


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceTrial:
    """The remote cluster handshake without an API key: each interface refuses it with words of its own, so it changes nothing.

    It is sent where no API key was tried, for what becomes of a key tells the same.
    """

    interface: Interface
    detail: str = ""


class KeyForm(StrEnum):
    """What a configured API key looks like; the keystore needs the encoded form: base64 of ``id:secret``."""

    ENCODED = "encoded"
    EMPTY = "empty"
    ID_AND_SECRET = "id_and_secret"  # noqa: S105 -- a form, no password: ``id:secret``, not encoded.
    DECORATED = "decorated"  # The encoded form with something around it: ``ApiKey ``, quotes, white space.
    TWICE = "twice"  # The encoded form in base64 once more, as data of a Kubernetes Secret are.
    OTHER_JSON = "other_json"  # JSON that is no answer of the call that makes a key: there is no ``encoded`` in it.
    NOT_BASE64 = "not_base64"
    NO_COLON = "no_colon"  # Base64 of something that is no ``id:secret``: an id or a secret alone.
    SECRET_LENGTH = "secret_length"  # noqa: S105 -- A form, no password: the secret of a cross-cluster key has 22 characters.


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """The configured API key of a remote, by its looks alone.

    ``source`` is the reference that the configuration holds (``file:…``, ``env:…``). ``shared_with`` are the other
    local clusters of the configuration that have a key of the same id. ``expires`` is known only where the whole answer that made the key was stored.
    """

    source: str
    form: KeyForm
    shared_with: tuple[str, ...] = ()
    expires: datetime | None = None
