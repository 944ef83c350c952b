"""The files and secrets of one round: read where the round runs, again whenever they changed on disk."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from pathlib import Path

from diag import x509
from diag.collect.credentials import Keys, keys_in
from diag.collect.platforms.kubernetes_access import access
from diag.collect.tls_handshake import ClientKey
from diag.config import ClusterConfig, PlatformConfig, RemoteConfig, SecretError, SecretFault, SecretRef
from diag.config.schema import Transport
from diag.config.trustfile import read_trust_file
from diag.evidence.address.probe import NO_KEY
from diag.evidence.cluster_evidence import NO_SIGNING
from diag.evidence.key_material import NO_SIGNING_CA
from diag.lazy_dataclass import dataclass
from diag.local_files import read_file, read_trust, revealed
from diag.model import (
    Certificate,
    ClientIdentity,
    Credential,
    PlatformKind,
    Reason,
    SecurityModel,
    SigningIdentity,
    Step,
    Trust,
    TrustRestrictions,
    Unavailable,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the files say for one remote. ``client_key`` and ``key`` are for the wire only and never become evidence."""

    trust: Trust | Unavailable
    identity: ClientIdentity | Unavailable
    restrictions: TrustRestrictions | Unavailable
    client_key: ClientKey | None = field(default=None, repr=False)
    signing: SigningIdentity | Unavailable = NO_SIGNING
    credential: Credential | Unavailable = NO_KEY
    key: str | Unavailable = field(default=NO_KEY, repr=False)

    @property
    def anchors(self) -> tuple[Certificate, ...] | Unavailable:
        """What a chain is judged by: the configured CAs, nothing where there are none (the public roots), or why it cannot be."""
        if isinstance(self.trust, Unavailable):
            return self.trust
        locked = [file for file in self.trust.files if file.locked]
        if locked:
            detail = f"which CAs {locked[0].path} trusts is not known: {locked[0].problem}"
            return Unavailable(step=Step.FILE, reason=Reason.NOT_USABLE, detail=detail)
        if not self.trust.public_roots and not self.trust.anchors:
            problems = "; ".join(f"{file.path}: {file.problem}" for file in self.trust.files if file.problem)
            detail = f"there is no CA to judge the certificate of the peer by: {problems}"
            return Unavailable(step=Step.FILE, reason=Reason.NOT_USABLE, detail=detail)
        return self.trust.anchors or self.trust.own

    @property
    def public_roots_too(self) -> bool:
        """Whether the public roots are trusted in addition to the anchors."""
        return isinstance(self.trust, Trust) and self.trust.public_roots


def read_material(cluster: ClusterConfig, remote: RemoteConfig, model: SecurityModel, keys: Keys) -> Material:
    """Read everything that one remote needs. Never raises for what a file holds or lacks."""
    trust: Trust | Unavailable
    identity: ClientIdentity | Unavailable
    if model is SecurityModel.CERTIFICATE:
        trust = read_trust((*remote.ca, *cluster.transport.ca), remote.truststore, cluster.transport.truststore)
        if not (cluster.remotes or cluster.transport.ca or cluster.transport.truststore):
            # Read from the cluster itself, which has CAs of its own that nobody named here.
            trust = _notrevealed("no transport.ca is configured: which CAs the nodes trust is not known")
        identity, client_key = _identity(cluster.transport)
        trust = _with_own(trust, cluster.transport)
        if isinstance(trust, Trust):
            # Nodes of one cluster have to trust each other there: they have a CA, and nobody named it here.
            trust = dataclasses.replace(trust, assumed=trust.public_roots)
    else:
        trust = read_trust(remote.ca, remote.truststore)
        if not cluster.remotes and isinstance(trust, Trust):
            # Read from the cluster itself: which CAs the nodes trust for it is not known.
            trust = dataclasses.replace(trust, assumed=trust.public_roots)
        identity, client_key = _identity_with_api_key(remote)
        trust = _with_own(trust, Transport(certificate=remote.client_certificate, key=remote.client_key))
    if not remote.registered and isinstance(trust, Trust):
        # An address of the command line without --ca: which CAs the nodes trust for it is not known.
        trust = dataclasses.replace(trust, assumed=trust.public_roots)
    credential, key = keys.of(remote, model)
    return Material(
        trust=trust,
        identity=identity,
        restrictions=_restrictions(remote),
        signing=_signing(remote.signing_certificate, remote.signing_ca),
        client_key=client_key,
        credential=credential,
        key=key,
    )


def secrets_of(cluster: ClusterConfig, platforms: Iterable[PlatformConfig] = ()) -> tuple[str, ...]:
    """Every secret that the configuration of this cluster and of platforms names and that can be read now: to mask it in evidence."""
    known = tuple(platforms)
    references = (*_references(cluster), *(one.api_key for one in known))
    texts = [text for reference in references if (text := _reveal(reference))]
    ways = [access(one) for one in known if one.kind is PlatformKind.KUBERNETES]
    texts += [secret for way in ways if not isinstance(way, Unavailable) for secret in way.secrets]
    inside = [key for remote in cluster.remotes for key in keys_in(_reveal(remote.credential))]
    return tuple(dict.fromkeys((*texts, *inside)))


def _references(cluster: ClusterConfig) -> Iterator[SecretRef | None]:
    own = cluster.transport
    yield from (own.key, own.key_passphrase)
    for store in (own.keystore, own.truststore, *(remote.truststore for remote in cluster.remotes)):
        yield store.password if store is not None else None
    for auth in (cluster.auth, *(remote.auth for remote in cluster.remotes)):
        if auth is not None:
            yield from (auth.api_key, auth.password, auth.client_key)
    for remote in cluster.remotes:
        yield from (remote.credential, remote.client_key)


def _reveal(reference: SecretRef | None) -> str:
    try:
        return reference.resolve().reveal() if reference is not None else ""
    except SecretError:
        return ""


def _with_own(trust: Trust | Unavailable, own: Transport) -> Trust | Unavailable:
    """Where no CA is configured, what the nodes have their own key from is trusted in addition to the public roots."""
    path = own.keystore.path if own.keystore is not None else own.certificate
    if path is None or isinstance(trust, Unavailable) or not trust.public_roots:
        return trust
    data, password = read_file(path), revealed(own.keystore.password) if own.keystore is not None else None
    if isinstance(data, Unavailable) or isinstance(password, Unavailable):
        return trust  # The identity says why it can't be read.
    return replace(trust, own=x509.own_trusted(data, password, in_store=own.keystore is not None))


def _identity(own: Transport) -> tuple[ClientIdentity | Unavailable, ClientKey | None]:
    """Read what the nodes present, out of a key store or out of two files."""
    path = own.keystore.path if own.keystore is not None else own.certificate
    if path is None:
        return _notrevealed("no transport.certificate is configured"), None
    password = revealed(own.keystore.password if own.keystore is not None else own.key_passphrase)
    data, key = read_file(path), None if own.key is None else _key_bytes(own.key)
    for piece in (data, key, password):
        if isinstance(piece, Unavailable):
            return piece, None
    if own.keystore is not None:
        identity, found = x509.read_key_store(str(path), data, password)
    else:
        identity, found = x509.read_pair(str(path), data, key, password)
    if identity.problem or found is None or not found.pem:
        return identity, None
    return identity, ClientKey("".join(one.pem for one in identity.chain).encode(), found.pem)


def _key_bytes(reference: SecretRef) -> bytes | Unavailable:
    """Give the very bytes of a key file: a mark or a blank in front of the BEGIN line counts for Elasticsearch."""
    try:
        text = reference.resolve().reveal()
    except SecretError as error:
        if error.fault is not SecretFault.NOT_TEXT or reference.file is None:
            return error.unavailable()
        text = ""
    return text.encode() if reference.file is None else read_file(reference.file)


def _identity_with_api_key(remote: RemoteConfig) -> tuple[ClientIdentity | Unavailable, ClientKey | None]:
    """What nodes present to a remote of the API key model, where its server asks for a certificate."""
    if remote.client_certificate is None:
        return _notrevealed(
            "no client_certificate is configured for this remote: nodes present none in addition to an API key"
        ), None
    return _identity(Transport(certificate=remote.client_certificate, key=remote.client_key))


def _restrictions(remote: RemoteConfig) -> TrustRestrictions | Unavailable:
    path = remote.trust_restrictions
    if path is None:
        return _notrevealed("no trust_restrictions file is configured")
    data = read_file(path)
    if isinstance(data, Unavailable):
        return data
    found = _read_restrictions(str(path), data)
    return replace(found, fields=remote.x509_fields) if remote.x509_fields else found


def _signing(path: Path | None, cas: tuple[Path, ...]) -> SigningIdentity | Unavailable:
    """The certificate that requests are signed with, and those behind it; its key stays on the nodes."""
    if path is None:
        return NO_SIGNING
    data = read_file(path)
    if isinstance(data, Unavailable):
        return data
    read = x509.read_identity(str(path), data, None)
    subject = read.chain[0].subject if read.chain else ""
    trust = read_trust(cas) if cas else NO_SIGNING_CA
    anchors = trust.anchors if isinstance(trust, Trust) else ()
    return SigningIdentity(
        path=read.path,
        subject=subject,
        chain=read.chain,
        problem="" if subject else read.problem,
        trust=trust,
        verified=x509.explain_chain(read.chain, anchors) if read.chain and anchors else None,
    )


def _notrevealed(detail: str) -> Unavailable:
    return Unavailable(step=Step.CONFIGURATION, reason=Reason.NOT_DECLARED, detail=detail)


# A file is read as YAML again only when its bytes change.
_read_restrictions = functools.lru_cache(maxsize=64)(read_trust_file)
