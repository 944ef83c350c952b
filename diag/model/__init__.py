"""The nouns, and how text of strangers is worded. No I/O, no third-party import; everything frozen. What packs import, with ``diag.check``."""

from diag.evidence.address.alerts import alert_text
from diag.evidence.address.chain import Chain, ChainFault, FaultFound, SniTrial, SniTrials
from diag.evidence.address.endpoint import Connection, Endpoint, Resolution
from diag.evidence.address.probe import EndpointEvidence, Endpoints, Probe
from diag.evidence.address.published import (
    Published,
    PublishedEndpoint,
    PublishedEndpoints,
    clusters_behind,
    nodes_behind,
    published_by,
)
from diag.evidence.address.tls import AfterHandshake, ClearReply, Offer, TlsAttempt, TlsResult
from diag.evidence.address.transport import (
    Credential,
    Interface,
    InterfaceTrial,
    KeyForm,
    KeyTrial,
    KeyVerdict,
    Reply,
    TransportHello,
)
from diag.evidence.call import Call
from diag.evidence.catalogue import PIECES
from diag.evidence.certificate import Certificate, OtherName
from diag.evidence.cloud_names import CLOUD, CLOUD_FORM, CLOUD_NAME, pattern_for, quoted
from diag.evidence.declared import (
    Acknowledgement,
    Address,
    DeclaredUse,
    Keystore,
    LocalCluster,
    LocalVersion,
    Policy,
    Remote,
    RemoteVersion,
    Thresholds,
    is_ip,
)
from diag.evidence.documents.keystore_list import KeystoreEntry, KeystoreLists
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.origins import Origins
from diag.evidence.documents.problems import DocumentProblem, DocumentProblems, ProblemKind
from diag.evidence.documents.settings import Layer as SettingsLayer
from diag.evidence.documents.settings import Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.elasticsearch.api_keys import KeyAccess, KeyLookup, KeyRecord
from diag.evidence.elasticsearch.certificates import LoadedCertificate, LoadedCertificates
from diag.evidence.elasticsearch.clock import Clock
from diag.evidence.elasticsearch.connections import ConnectedPerNode, RemoteInfo
from diag.evidence.elasticsearch.errors import ErrorKind, changed_name, roles_refused_remotely
from diag.evidence.elasticsearch.filters import IpFilter, IpFilters
from diag.evidence.elasticsearch.followers import FollowerShards, FollowersHealth, InitialRecoveries, InitialRecovery
from diag.evidence.elasticsearch.health import ClusterHealth
from diag.evidence.elasticsearch.identity import Identity
from diag.evidence.elasticsearch.indices import MAX_INDICES, Index, Indices
from diag.evidence.elasticsearch.license import License
from diag.evidence.elasticsearch.nodes import Node, Nodes
from diag.evidence.elasticsearch.registrations import Registration, Registrations
from diag.evidence.elasticsearch.replication import AutoFollowError, FollowedRemotes, Follower, Replication
from diag.evidence.elasticsearch.resolved import ResolvedCluster, ResolvedPatterns
from diag.evidence.elasticsearch.roles import Grant, Role, Roles
from diag.evidence.elasticsearch.searches import SearchTrial
from diag.evidence.elasticsearch.security import InterfaceTls, NodeSecurity, Security
from diag.evidence.elasticsearch.transforms import Transform, Transforms
from diag.evidence.files import CaFile, ClientIdentity, SigningIdentity, Trust, TrustRestrictions
from diag.evidence.gates import (
    API_KEY_EXISTS,
    API_KEY_GA,
    API_KEY_SUPPORTED,
    CERTIFICATE_MODEL_DEPRECATED,
    COMPRESSION_SCHEME,
    ENRICH_PRIVILEGE,
    ESQL_LICENSE,
    ESQL_RELEASED,
    ESQL_SAME_SIDE,
    KEYSTORE_RELOAD,
    KEYSTORE_RELOAD_AGREED,
    KEYSTORE_RELOAD_FIXED,
    LEGACY_SNIFF,
    PROXY_MODE,
    RESOLVE_CLUSTER,
    SERVER_NAME,
    SKIP_BY_DEFAULT,
    STRONG_IDENTITY,
)
from diag.evidence.history import History, Observation
from diag.evidence.holders import LocalApi, LocalView, RemoteApi, Surroundings
from diag.evidence.piece import OfLocal, OfRemote, Piece, Pieces, Side, Subject
from diag.evidence.ports import (
    CLOUD_TRANSPORT,
    REMOTE_CLUSTER_SERVER,
    TRANSPORT_RANGE,
    Ports,
    at_cloud,
    http_service,
    is_transport,
    ports_of,
)
from diag.evidence.release import NO_END, Release
from diag.evidence.reload import NodeReload, SecureSettingsReload
from diag.evidence.remote_settings import CREDENTIALS, REMOTE_SETTINGS, SIGNING, RemoteSetting
from diag.evidence.round import ClusterEvidence, RemoteEvidence
from diag.evidence.sending import DeclaredTls, Sending
from diag.evidence.terms import (
    Kind,
    Layer,
    Mode,
    Outcome,
    Reason,
    SecurityModel,
    Severity,
    Status,
    Step,
    Unavailable,
    VerificationMode,
    Version,
    X509Field,
)
from diag.model.fixes import Fix, Json, Request, Where
from diag.model.report import Choice, ClusterReport, Coverage, Fact, Finding, RemoteReport, Report, Result, Seen
from diag.model.typed import RELOAD, client_prefix, command, in_path, keystore_tool
from diag.patterns import Expression, NotJudgedError, admits, covers, matches, overlaps
from diag.patterns import parse as parse_pattern
from diag.text import MAX_FACTS, MAX_LISTED, as_fact, did_you_mean, listed, mask_userinfo, nearest, shorten

__all__ = [
    "API_KEY_EXISTS",
    "API_KEY_GA",
    "API_KEY_SUPPORTED",
    "CERTIFICATE_MODEL_DEPRECATED",
    "CLOUD",
    "CLOUD_FORM",
    "CLOUD_NAME",
    "CLOUD_TRANSPORT",
    "COMPRESSION_SCHEME",
    "CREDENTIALS",
    "ENRICH_PRIVILEGE",
    "ESQL_LICENSE",
    "ESQL_RELEASED",
    "ESQL_SAME_SIDE",
    "KEYSTORE_RELOAD",
    "KEYSTORE_RELOAD_AGREED",
    "KEYSTORE_RELOAD_FIXED",
    "LEGACY_SNIFF",
    "MAX_FACTS",
    "MAX_INDICES",
    "MAX_LISTED",
    "NO_END",
    "PIECES",
    "PROXY_MODE",
    "RELOAD",
    "REMOTE_CLUSTER_SERVER",
    "REMOTE_SETTINGS",
    "RESOLVE_CLUSTER",
    "SERVER_NAME",
    "SIGNING",
    "SKIP_BY_DEFAULT",
    "STRONG_IDENTITY",
    "TRANSPORT_RANGE",
    "Acknowledgement",
    "Address",
    "AfterHandshake",
    "AutoFollowError",
    "CaFile",
    "Call",
    "Certificate",
    "Chain",
    "ChainFault",
    "Choice",
    "ClearReply",
    "ClientIdentity",
    "Clock",
    "ClusterEvidence",
    "ClusterHealth",
    "ClusterReport",
    "ConnectedPerNode",
    "Connection",
    "Coverage",
    "Credential",
    "DeclaredTls",
    "DeclaredUse",
    "DocumentKind",
    "DocumentProblem",
    "DocumentProblems",
    "Endpoint",
    "EndpointEvidence",
    "Endpoints",
    "ErrorKind",
    "Expression",
    "Fact",
    "FaultFound",
    "Finding",
    "Fix",
    "FollowedRemotes",
    "Follower",
    "FollowerShards",
    "FollowersHealth",
    "Grant",
    "History",
    "Identity",
    "Index",
    "Indices",
    "InitialRecoveries",
    "InitialRecovery",
    "Interface",
    "InterfaceTls",
    "InterfaceTrial",
    "IpFilter",
    "IpFilters",
    "Json",
    "KeyAccess",
    "KeyForm",
    "KeyLookup",
    "KeyRecord",
    "KeyTrial",
    "KeyVerdict",
    "Keystore",
    "KeystoreEntry",
    "KeystoreLists",
    "Kind",
    "Layer",
    "License",
    "LoadedCertificate",
    "LoadedCertificates",
    "LocalApi",
    "LocalCluster",
    "LocalVersion",
    "LocalView",
    "Mode",
    "Node",
    "NodeReload",
    "NodeSecurity",
    "Nodes",
    "NotJudgedError",
    "Observation",
    "OfLocal",
    "OfRemote",
    "Offer",
    "Origin",
    "Origins",
    "OtherName",
    "Outcome",
    "Piece",
    "Pieces",
    "Policy",
    "Ports",
    "Probe",
    "ProblemKind",
    "Published",
    "PublishedEndpoint",
    "PublishedEndpoints",
    "Reason",
    "Registration",
    "Registrations",
    "Release",
    "Remote",
    "RemoteApi",
    "RemoteEvidence",
    "RemoteInfo",
    "RemoteReport",
    "RemoteSetting",
    "RemoteVersion",
    "Replication",
    "Reply",
    "Report",
    "Request",
    "Resolution",
    "ResolvedCluster",
    "ResolvedPatterns",
    "Result",
    "Role",
    "Roles",
    "SearchTrial",
    "SecureSettingsReload",
    "Security",
    "SecurityModel",
    "Seen",
    "Sending",
    "Setting",
    "SettingsForm",
    "SettingsLayer",
    "SettingsText",
    "SettingsTexts",
    "Severity",
    "Side",
    "SigningIdentity",
    "SniTrial",
    "SniTrials",
    "Status",
    "Step",
    "Subject",
    "Surroundings",
    "Thresholds",
    "TlsAttempt",
    "TlsResult",
    "Transform",
    "Transforms",
    "TransportHello",
    "Trust",
    "TrustRestrictions",
    "Unavailable",
    "VerificationMode",
    "Version",
    "Where",
    "X509Field",
    "admits",
    "alert_text",
    "as_fact",
    "at_cloud",
    "changed_name",
    "client_prefix",
    "clusters_behind",
    "command",
    "covers",
    "did_you_mean",
    "http_service",
    "in_path",
    "is_ip",
    "is_transport",
    "keystore_tool",
    "listed",
    "mask_userinfo",
    "matches",
    "nearest",
    "nodes_behind",
    "overlaps",
    "parse_pattern",
    "pattern_for",
    "ports_of",
    "published_by",
    "quoted",
    "roles_refused_remotely",
    "shorten",
]
