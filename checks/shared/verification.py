"""What the nodes of the local cluster verify of a remote's certificate, as far as they, the configuration or the kind of cluster say."""

from __future__ import annotations

from typing import Final

from diag.check import worked_out_once
from diag.model import (
    ClientIdentity,
    Kind,
    LocalCluster,
    Node,
    Nodes,
    Remote,
    SecurityModel,
    Unavailable,
    VerificationMode,
    dataclass,
)

# What elasticsearch-certutil calls a certificate that it is given no name for.
_NAMELESS: Final = "instance"
_STRICTEST_FIRST = tuple(VerificationMode)


@dataclass(frozen=True, slots=True)
class Verification:
    """The mode in force; None where it is not known. ``source`` is where that is from, ``nodes`` whose it is, where they report it."""

    mode: VerificationMode | None
    source: str
    known: bool = True
    nodes: tuple[str, ...] = ()

    @property
    def verifies_names(self) -> bool | None:
        """Whether names count; None where that is not known."""
        return None if self.mode is None else self.mode is VerificationMode.FULL

    @property
    def verifies_issuers(self) -> bool:
        """Whether the issuer counts: only ``none`` takes whatever comes."""
        return self.mode is not VerificationMode.NONE


def verification(
    cluster: LocalCluster,
    remote: Remote,
    local_nodes: Nodes | Unavailable,
    identity: ClientIdentity | Unavailable | None = None,
) -> Verification:
    """Tell the mode: what nodes show goes before what is declared, and that before what the kind of cluster has by itself.

    By the certificate of the local nodes (``identity``) it shows, too: with one that carries no name of any host they can't verify names,
    for they connect to each other under the same settings.

    Of nodes that differ the strictest counts here, for it is the one that may refuse.
    """
    return _verification(cluster, remote, local_nodes, identity)


@worked_out_once
def _verification(
    cluster: LocalCluster,
    remote: Remote,
    local_nodes: Nodes | Unavailable,
    identity: ClientIdentity | Unavailable | None,
) -> Verification:
    model = remote.security_model
    modes = {} if isinstance(local_nodes, Unavailable) else reported_modes(local_nodes, model)
    for mode in _STRICTEST_FIRST:
        if having := tuple(name for name, one in modes.items() if one is mode):
            return Verification(mode, "shown by the nodes", nodes=having)
    if declared := cluster.tls_to(model).verification_mode:
        return Verification(declared, "declared in diag.yaml")
    if model is SecurityModel.API_KEY:
        return Verification(VerificationMode.FULL, "the default of Elasticsearch", known=False)
    if cluster.kind is Kind.ECK:
        return Verification(VerificationMode.CERTIFICATE, "what ECK sets", known=False)
    if isinstance(identity, ClientIdentity) and _is_for_no_host(identity):
        source = (
            "the certificate of the local nodes is for no host, so that they could not connect to each other otherwise"
        )
        return Verification(VerificationMode.CERTIFICATE, source, known=False)
    return Verification(None, "no API shows it, and diag.yaml does not declare it", known=False)


def _is_for_no_host(identity: ClientIdentity) -> bool:
    leaf = identity.chain[0] if identity.chain else None
    return leaf is not None and not (leaf.names or leaf.problem) and leaf.common_name == _NAMELESS


def reported_modes(local_nodes: Nodes, model: SecurityModel) -> dict[str, VerificationMode]:
    """The mode of each node that shows it; most releases filter the setting out of every answer."""
    shown = {node.name: _of(node, model) for node in local_nodes.all}
    return {name: mode for name, mode in shown.items() if mode is not None}


def _of(node: Node, model: SecurityModel) -> VerificationMode | None:
    return node.security.of(model).verification_mode if node.security is not None else None
