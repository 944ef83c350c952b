"""Reading what the API of Elastic Cloud answers. What people keep of it as documents is read by the same readers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from diag import x509
from diag.collect.api_peer import CLOUD
from diag.documents.cloud.deployments import deployments_in
from diag.documents.cloud.filters import filters_in
from diag.documents.cloud.remotes import remotes_answered
from diag.documents.cloud.trust import trust_answered
from diag.documents.tree import Branch, tree_of
from diag.evidence.call import Call
from diag.evidence.documents.origin import answer as at
from diag.evidence.reading import flag, items, mapping, text, texts, unreadable
from diag.model import (
    Account,
    Certificate,
    CloudDeployment,
    DeploymentAuthority,
    Keystore,
    ListedDeployment,
    Listing,
    ProxyCertificate,
    Reason,
    RemoteList,
    Step,
    TrafficFilters,
    TrustPayload,
    TrustRelationship,
    TrustRelationships,
    Unavailable,
)

ELASTICSEARCH: Final = "elasticsearch"
# What an answer has where it is one page of several; those of today have none of them.
_FURTHER: Final = ("next_page", "cursor", "next")


def _odd(call: Call) -> Unavailable:
    return unreadable(call, CLOUD.name)


def listing(call: Call, value: object) -> Listing | Unavailable:
    """The deployments that the key may see (DeploymentsListResponse)."""
    whole = mapping(value)
    if not isinstance(whole.get("deployments"), list):
        return _odd(call)
    return Listing(
        all=tuple(_listed(mapping(one)) for one in items(whole["deployments"])),
        whole=not any(text(whole.get(key)) for key in _FURTHER),
    )


def _listed(one: object) -> ListedDeployment:
    whole = mapping(one)
    clusters = [resource for resource in items(whole.get("resources")) if resource.get("kind") == ELASTICSEARCH]
    return ListedDeployment(
        id=text(whole.get("id")),
        name=text(whole.get("name")),
        refs=tuple(text(resource.get("ref_id")) for resource in clusters),
        cluster_ids=tuple(text(resource.get("id")) for resource in clusters),
        cloud_ids=tuple(text(resource.get("cloud_id")) for resource in clusters),
    )


def account(call: Call, value: object) -> Account | Unavailable:
    """The organization that the key belongs to (AccountResponse)."""
    whole = mapping(value)
    if not text(whole.get("id")):
        return _odd(call)
    return Account(id=text(whole["id"]), trusts_all=flag(mapping(whole.get("trust")).get("trust_all")))


def deployment(call: Call, value: object, deployment_id: str) -> CloudDeployment | Unavailable:
    """The first Elasticsearch of a deployment (DeploymentGetResponse); it has one, unless somebody asked for more."""
    if text(mapping(value).get("id")) != deployment_id:
        return _odd(call)
    found = deployments_in(tree_of(value, at(call.name)))
    if not found:
        if not isinstance(mapping(mapping(value).get("resources")).get(ELASTICSEARCH), list):
            return _odd(call)
        detail = f"the answer of {call.name} shows no Elasticsearch in the deployment"
        return Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail=detail)
    return found[0]


def service_url(value: object) -> str:
    """The address of the API of the first Elasticsearch of a deployment (ClusterMetadataInfo), empty where the answer has none."""
    resources = items(mapping(mapping(value).get("resources")).get(ELASTICSEARCH))
    info = mapping(mapping(next(iter(resources), {})).get("info"))
    return text(mapping(info.get("metadata")).get("service_url"))


def trust(call: Call, value: object, deployment_id: str) -> TrustPayload | Unavailable:
    """Whom the first Elasticsearch of a deployment trusts; without any word of it, nobody but itself."""
    resources = items(mapping(mapping(value).get("resources")).get(ELASTICSEARCH))
    info = mapping(next(iter(resources), {}).get("info"))
    if not isinstance(info.get("settings"), dict):
        detail = f"the answer of {call.name} holds no settings: give the key a role that may see them"
        return Unavailable(step=Step.API, reason=Reason.NOT_FOUND, detail=detail)
    node = tree_of(mapping(info["settings"]).get("trust") or {}, at(call.name))
    return trust_answered(node if isinstance(node, Branch) else Branch((), node.origin), deployment_id)


def remotes(call: Call, value: object, deployment_id: str, ref_id: str) -> RemoteList | Unavailable:
    """The remote clusters that the platform knows of a deployment (RemoteResources)."""
    if not isinstance(mapping(value).get("resources"), list):
        return _odd(call)
    return remotes_answered(tree_of(value, at(call.name)), deployment_id, ref_id)


def keystore(call: Call, value: object) -> Keystore | Unavailable:
    """The names of the entries in a keystore (KeystoreContents); whatever else the answer has is left alone."""
    secrets = mapping(value).get("secrets")
    return Keystore(names=tuple(text(name) for name in mapping(secrets))) if isinstance(secrets, dict) else _odd(call)


def filters(call: Call, value: object) -> TrafficFilters | Unavailable:
    """The rule sets of the organization (TrafficFilterRulesets)."""
    if not isinstance(mapping(value).get("rulesets"), list):
        return _odd(call)
    return TrafficFilters(all=filters_in(tree_of(value, at(call.name))))


def authority(call: Call, value: object) -> DeploymentAuthority | Unavailable:
    """The CA of a deployment's nodes (CertificateAuthority)."""
    whole = mapping(value)
    if not isinstance(whole.get("public_certificates"), list):
        return _odd(call)
    active = (one for one in items(whole["public_certificates"]) if one.get("active") is True)
    return DeploymentAuthority(
        active=tuple(certificate for one in active for certificate in _certificates(one.get("pem"))),
        restriction=text(whole.get("recommended_trust_restriction")),
    )


def relationships(call: Call, value: object) -> TrustRelationships | Unavailable:
    """The trusts between this installation and others (TrustRelationshipsListResponse)."""
    found = mapping(value).get("trust_relationships")
    return TrustRelationships(all=tuple(map(_relationship, items(found)))) if isinstance(found, list) else _odd(call)


def _relationship(one: object) -> TrustRelationship:
    whole = mapping(one)
    pem = whole.get("public_ca_cert")
    read = x509.read_ca_file("public_ca_cert", pem.encode("utf-8", "replace")) if isinstance(pem, str) else None
    return TrustRelationship(
        id=text(whole.get("id")),
        name=text(whole.get("name")),
        local=whole.get("local") is True,
        accounts=texts(whole.get("account_ids")),
        certificates=read.certificates if read is not None else (),
        problem=read.problem if read is not None else "",
    )


def proxy_certificate(call: Call, value: object) -> ProxyCertificate | Unavailable:
    """The chain of the proxies (TlsPublicCertChain)."""
    whole = mapping(value)
    if not isinstance(whole.get("chain"), list):
        return _odd(call)
    chain = tuple(one for pem in _listed_texts(whole["chain"]) for one in _certificates(pem))
    return ProxyCertificate(chain=chain, own=whole.get("user_supplied") is True)


def _listed_texts(value: object) -> Iterator[str]:
    yield from (one for one in (value if isinstance(value, list) else ()) if isinstance(one, str))


def _certificates(pem: object) -> tuple[Certificate, ...]:
    return x509.read_ca_file("pem", pem.encode("utf-8", "replace")).certificates if isinstance(pem, str) else ()
