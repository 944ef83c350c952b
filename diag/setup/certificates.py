"""Certificates of self-managed nodes: what certutil reads, the commands that make them, and the file of whom they admit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from diag.model import Kind, Mode, Side, command, is_ip, quoted
from diag.setup.connection import Cluster, ClusterNode, Connection
from diag.setup.steps import NEWLINE, Document, script

TRUST_FILE: Final = "trust.yml"
_INSTANCES: Final = "instances.yml"
_ARCHIVE: Final = "certificates.zip"
_OWN_CA: Final = "elastic-stack-ca.p12"


def instances(connection: Connection, cluster: Cluster) -> Document:
    """The nodes as certutil reads them. ``cn`` becomes the otherName that trust management and ``trust_restrictions`` look at."""
    lines = ["instances:"]
    for node, name in zip(cluster.nodes, cluster.names, strict=True):
        dns, ip = _reachable(connection, cluster, node)
        lines.append(f"  - name: {json.dumps(node.name)}")
        lines += [f"    dns: {json.dumps(dns)}"] if dns else []
        lines += [f"    ip: {json.dumps(ip)}"] if ip else []
        lines.append(f"    cn: {json.dumps([name])}")
    what = "the nodes and their names, for elasticsearch-certutil"
    return Document(path=f"{cluster.side}/{_INSTANCES}", text=NEWLINE.join(lines) + NEWLINE, what=what)


def _reachable(connection: Connection, cluster: Cluster, node: ClusterNode) -> tuple[list[str], list[str]]:
    """The names and addresses of a node. In mode proxy whoever answers has to carry the name that the local cluster asks for."""
    asked = connection.reached_as if cluster.side is Side.REMOTE and connection.mode is Mode.PROXY else ""
    dns, ip = list(node.dns), list(node.ip)
    if asked and asked not in {*dns, *ip}:
        (ip if is_ip(asked) else dns).append(asked)
    return dns, ip


def certutil_script(cluster: Cluster) -> Document:
    """The commands that make the certificates, with the CA that certutil made for this cluster."""
    make = command(
        "bin/elasticsearch-certutil", "cert", "--pem", "--ca", _OWN_CA, "--in", _INSTANCES, "--out", _ARCHIVE
    )
    take_out = command("openssl", "pkcs12", "-in", _OWN_CA, "-nokeys", "-out", "ca.crt")
    about = (
        f"On one node of the {cluster.title}, in the home of Elasticsearch, with {_INSTANCES} and {_OWN_CA} there.\n"
        "Both commands ask for the password of the CA. A CA in PEM form: --ca-cert ca/ca.crt --ca-key ca/ca.key in place of --ca, and\n"
        "ca/ca.crt is what the second command makes."
    )
    what = "makes the certificates, and the public certificate of the CA"
    return Document(path=f"{cluster.side}/certificates.sh", text=script(make, take_out, about=about), what=what)


def trust_file(connection: Connection, cluster: Cluster) -> Document:
    """Whom the nodes of a cluster admit: themselves first, for nodes without it do not find each other, and the other cluster."""
    peer = connection.local if cluster.side is Side.REMOTE else connection.remote
    what = f"the only names that the nodes of the {cluster.title} admit"
    return Document(path=f"{cluster.side}/{TRUST_FILE}", text="".join(_trust_lines(cluster, peer)), what=what)


def _trust_lines(cluster: Cluster, peer: Cluster) -> Iterator[str]:
    yield "trust.subject_name:\n"
    yield f"  # The nodes of the {cluster.title} itself.\n"
    yield f"  - {quoted(cluster.pattern)}\n"
    yield f"  # Those of the {peer.title}.\n"
    yield f"  - {quoted(peer.pattern)}\n"


def get_ca(cluster: Cluster) -> str:
    """How the public certificate of a cluster's transport CA is had, as a sentence."""
    match cluster.kind:
        case Kind.HOSTED | Kind.ECE:
            return f"Download the CA of the {cluster.title} on its Security page."
        case Kind.ECK:
            return f"The command shows the CA of the {cluster.title}."
        case _:
            return f"The CA of the {cluster.title} is the `ca.crt` that its certificates.sh made; the file with the private key stays where it is."
