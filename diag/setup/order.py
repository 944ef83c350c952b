"""The steps of a connection, in their order, by platform and security model."""

from __future__ import annotations

from collections.abc import Iterator

from diag.model import CERTIFICATE_MODEL_DEPRECATED, REMOTE_CLUSTER_SERVER, Address, Kind, Side, listed
from diag.setup import calls, cloud, kubernetes, nodes
from diag.setup.certificates import certutil_script, get_ca, instances, trust_file
from diag.setup.connection import Cluster, Connection
from diag.setup.keystore import store_key, take_up
from diag.setup.steps import Step

_ADD = "Security > Remote connections > Add trusted environment"
_SIGNED_BY_ONE = {Kind.HOSTED: "a whole region, those of others too", Kind.ECE: "the whole installation"}


def steps(connection: Connection) -> tuple[Step, ...]:
    """Everything that is to be done, in the order in which it works."""
    first = _by_key(connection) if connection.by_key else _by_certificate(connection)
    return (*first, _register(connection), *_roles(connection), _look(connection))


def _by_key(connection: Connection) -> Iterator[Step]:
    yield from _server(connection)
    text = (
        "In Dev Tools of the remote cluster, or by the script. What counts is `encoded` of the answer: it is shown once, and it is a secret. "
        "It lasts until it is invalidated."
    )
    yield Step(title="Make the key on the remote cluster", text=text, documents=calls.key_documents(connection))
    changes_files = connection.local.kind is Kind.SELF_MANAGED and not connection.public_ca
    if not connection.public_ca:
        yield _trust_server(connection)
    yield store_key(connection)
    yield take_up(connection, restarted=changes_files)


def _server(connection: Connection) -> Iterator[Step]:
    """The interface for remotes with an API key: there at Elastic Cloud and ECE, to be switched on elsewhere."""
    remote = connection.remote
    if remote.kind is Kind.SELF_MANAGED:
        text = (
            "Run the script on one node. Of what the archive holds for each node, copy the certificate and key to that node, as "
            "`certs/remote-cluster-server.crt` and `.key` in the folder of elasticsearch.yml."
        )
        made = (instances(connection, remote), certutil_script(remote))
        yield Step(title="Make certificates for the remote cluster server", text=text, documents=made)
        text = f"Add the lines on every node. {nodes.restarted_in_turn(remote)} Then let the local cluster through to that port."
        yield Step(
            title="Switch on the remote cluster server", text=text, documents=(nodes.remote_cluster_server(connection),)
        )
    elif remote.kind is Kind.ECK:
        port = Address(setting="", text=connection.addresses[0]).port or REMOTE_CLUSTER_SERVER
        text = (
            "Merge the manifest into the one of the remote cluster, and open the service to the outside: by the command, or by an ingress "
            "that passes TCP through."
        )
        command = kubernetes.expose_server(connection, port)
        manifest = (kubernetes.remote_manifest(connection),)
        yield Step(title="Switch on the remote cluster server", text=text, documents=manifest, commands=(command,))
    else:
        text = (
            "The remote cluster server of a deployment is there already. Where network security policies (traffic filters) are associated "
            "with the remote deployment, one of them has to let the local cluster through."
        )
        yield Step(title="See that the remote deployment lets the local cluster in", text=text)


def _trust_server(connection: Connection) -> Step:
    """The private CA of what answers at the remote's address, brought to the local cluster."""
    local, remote = connection.local, connection.remote
    title = "Trust the CA of the remote cluster server on the local cluster"
    whose = {
        Kind.SELF_MANAGED: "The CA is the `ca.crt` that certificates.sh made.",
        Kind.ECK: "The CA is that of ECK for the remote cluster.",
    }.get(remote.kind, "The CA is the root certificate of the proxy: Platform > Settings > TLS certificates.")
    shown = (kubernetes.show_ca(remote),) if remote.kind is Kind.ECK else ()
    if local.at_cloud:
        text = (
            f"{whose} In the console, at the local deployment: {_ADD} > {cloud.environment_kind(remote)} > API keys. Setting name: `{connection.alias}`; secret: what stands "
            f"in `{calls.key_file(connection)}`. Then add the CA, give the environment the name {cloud.environment_name(remote)}, and end with Create trust."
        )
        return Step(title=title, text=text, commands=shown)
    if local.kind is Kind.ECK:
        text = f"{whose} Keep it as `remote-ca.crt`, put it into a secret, and merge the manifest."
        return Step(
            title=title,
            text=text,
            documents=(kubernetes.local_manifest(connection),),
            commands=(*shown, kubernetes.keep_ca(local)),
        )
    text = f"{whose} Copy it to every node of the local cluster, as `certs/remote-ca.crt`, and add the lines."
    return Step(title=title, text=text, documents=(nodes.trusted_server(connection),), commands=shown)


def _by_certificate(connection: Connection) -> Iterator[Step]:
    for cluster in connection.clusters:
        if cluster.kind is Kind.SELF_MANAGED:
            yield _own_certificates(connection, cluster)
    for cluster in connection.clusters:
        yield _trust_peer(connection, cluster)


def _own_certificates(connection: Connection, cluster: Cluster) -> Step:
    text = (
        f"Run the script on one node of the {cluster.title}. Of what the archive holds for each node, copy the certificate and key to that "
        f"node, as `certs/transport.crt` and `.key` in the folder of elasticsearch.yml, and `ca.crt` as `certs/ca.crt`. Every node has to have its new certificate "
        "before any of them restricts whom it admits: one without the name is shut out."
    )
    if bare := [node.name for node in cluster.nodes if not (node.dns or node.ip)]:
        text += f" Names and addresses are verified too: nodes are known by none so far, {listed(bare)}."
    made = (instances(connection, cluster), certutil_script(cluster))
    return Step(title=f"Make certificates for the nodes of the {cluster.title}", text=text, documents=made)


def _trust_peer(connection: Connection, cluster: Cluster) -> Step:
    """Both sides have to trust each other in this model."""
    peer = connection.local if cluster.side is Side.REMOTE else connection.remote
    title = f"Have the {cluster.title} trust the {peer.title}"
    shown = (kubernetes.show_ca(peer),) if peer.kind is Kind.ECK else ()
    if cluster.at_cloud:
        return _trust_at_cloud(connection, cluster, peer, shown)
    warning = (
        " One CA signs the clusters of a whole region, those of others too: never trust it without the file."
        if peer.at_cloud
        else ""
    )
    if cluster.kind is Kind.ECK:
        manifest = kubernetes.remote_manifest if cluster.side is Side.REMOTE else kubernetes.local_manifest
        text = (
            f"{get_ca(peer)} Keep it as `{peer.side}-ca.crt`, run the commands, and merge the manifest. Where there is a trust.yml already, "
            f"add to it.{warning}"
        )
        return Step(
            title=title,
            text=text,
            documents=(trust_file(connection, cluster), manifest(connection)),
            commands=(*shown, kubernetes.keep_ca(cluster), kubernetes.keep_trust_file(cluster)),
        )
    text = (
        f"{get_ca(peer)} Copy it to every node as `certs/{peer.side}-ca.crt`, and `trust.yml`, both into the folder of elasticsearch.yml; then add the lines. Where "
        "there is such a file, or a list of CAs, already, add to it. "
        f"{nodes.restarted_in_turn(cluster)}{warning}"
    )
    made = (trust_file(connection, cluster), nodes.mutual_trust(cluster))
    return Step(title=title, text=text, documents=made, commands=shown)


def _trust_at_cloud(connection: Connection, cluster: Cluster, peer: Cluster, shown: tuple[str, ...]) -> Step:
    title = f"Have the {cluster.title} trust the {peer.title}"
    if peer.at_cloud:
        text = (
            f"In the console, at the {cluster.title}: Security > Remote connections. Within one organization or installation that trust is the "
            f"default; else add a trusted environment with the id `{peer.scope}`, and in it the cluster `{peer.cluster}`."
        )
        return Step(title=title, text=text)
    payload = cloud.trust_payload(connection, cluster)
    names = f"`{peer.scope}.es.local`" if peer.kind is Kind.ECK else f"`{peer.scope}`"
    text = (
        f"{get_ca(peer)} In the console, at the {cluster.title}: {_ADD} > {cloud.environment_kind(peer)} > Certificates. Upload that CA, as PEM and without its key. "
        f"Choose the Elastic pattern with the scope id {names}; as name of the environment {cloud.environment_name(peer)}; and end with Create trust."
    )
    if payload is None:
        option = f"--{peer.side}-ca"
        return Step(
            title=title, text=f"{text} With {option} FILE the same is written for the Cloud API.", commands=shown
        )
    text += (
        " Or by the Cloud API: the payload is the block `trust` of `resources.elasticsearch[].settings` of the deployment. It replaces the one "
        "that is there: read that first (GET), and keep what else is in it, and what is narrower than the trust in all deployments of the own organization or environment. It lists the nodes by name, so that it has to follow every change of them."
    )
    return Step(title=title, text=text, documents=(payload,), commands=shown)


def _register(connection: Connection) -> Step:
    text = (
        "In Dev Tools of the local cluster, or by the script: the remote is registered where searches begin, not where the data is. A node "
        "takes part if it has the role `remote_cluster_client`."
    )
    if connection.local.at_cloud and connection.remote.at_cloud and not connection.by_key:
        text += (
            " Within one organization the Cloud API knows `remote-clusters` too. Its PUT replaces the whole list, so GET it first; an empty "
            "list takes all remotes away."
        )
    elif connection.local.at_cloud:
        text += " `remote-clusters` of the Cloud API does not take this remote, and its GET does not show it: `GET _remote/info` does."
    return Step(
        title="Register the remote on the local cluster", text=text, documents=calls.settings_documents(connection)
    )


def _roles(connection: Connection) -> Iterator[Step]:
    documents = calls.role_documents(connection)
    if not documents:
        return
    text = "Give it to the users who search or replicate. "
    text += (
        "It can only narrow what the key allows."
        if connection.by_key
        else "A user brings the names of the local roles along, and the remote cluster looks the same names up among its own."
    )
    if connection.replicate:
        text += " The followers are taken to have the names of their leaders: change that line where they have others."
    yield Step(title="Make the roles", text=text, documents=documents)


def _look(connection: Connection) -> Step:
    text = (
        f"`GET _remote/info` on the local cluster shows `connected: true` for `{connection.alias}`"
        + (" and `cluster_credentials`" if connection.by_key else "")
        + ". Then `diag run -c diag.yaml`, with `url` and `auth` in it."
    )
    if not connection.by_key and connection.local.release >= CERTIFICATE_MODEL_DEPRECATED.since:
        text += f" The certificate model is deprecated from {CERTIFICATE_MODEL_DEPRECATED.since} on: plan the change to API keys."
    return Step(title="See that it stands", text=text)
