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
from diag.evidence.declared import (
    Acknowledgement,
    Address,
    Keystore,
    LocalCluster,
    LocalVersion,
    Policy,
    Remote,
    RemoteVersion,
    Thresholds,
    Use,
    is_ip,
)
from diag.evidence.elasticsearch.api_keys import KeyAccess, KeyLookup, KeyRecord
from diag.evidence.elasticsearch.certificates import LoadedCertificate, LoadedCertificates
from diag.evidence.elasticsearch.clock import Clock
from diag.evidence.elasticsearch.connections import ConnectedPerNode, RemoteInfo
from diag.evidence.elasticsearch.filters import IpFilter, IpFilters
from diag.evidence.elasticsearch.followers import FollowerShards, FollowersHealth, InitialRecoveries, InitialRecovery
from diag.evidence.elasticsearch.health import ClusterHealth
from diag.evidence.elasticsearch.identity import Identity
from diag.evidence.elasticsearch.indices import MAX_INDICES, Index, Indices
from diag.evidence.elasticsearch.license import License
from diag.evidence.elasticsearch.nodes import Node, Nodes
from diag.evidence.elasticsearch.registrations import Registration, Registrations
from diag.evidence.elasticsearch.replication import AutoFollowError, FollowedRemotes, Follower, Replication
from diag.evidence.elasticsearch.resolved import ResolvedCluster, ResolvedUse
from diag.evidence.elasticsearch.roles import Grant, Role, Roles
from diag.evidence.elasticsearch.searches import SearchTrial
from diag.evidence.elasticsearch.security import InterfaceTls, NodeSecurity, Security
from diag.evidence.elasticsearch.transforms import Transform, Transforms
from diag.evidence.files import CaFile, ClientIdentity, SigningIdentity, Trust, TrustRestrictions
from diag.evidence.history import History, Observation
from diag.evidence.holders import LocalApi, LocalView, RemoteApi, Surroundings
from diag.evidence.piece import OfLocal, OfRemote, Piece, Pieces, Side, Subject
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
from diag.patterns import Expression, NotJudgedError, admits, covers, matches, overlaps
from diag.patterns import parse as parse_pattern
from diag.text import MAX_FACTS, MAX_LISTED, as_fact, did_you_mean, listed, mask_userinfo, nearest, shorten

__all__ = [
    "CREDENTIALS",
    "MAX_FACTS",
    "MAX_INDICES",
    "MAX_LISTED",
    "NO_END",
    "PIECES",
    "REMOTE_SETTINGS",
    "SIGNING",
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
    "Endpoint",
    "EndpointEvidence",
    "Endpoints",
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
    "OtherName",
    "Outcome",
    "Piece",
    "Pieces",
    "Policy",
    "Probe",
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
    "ResolvedUse",
    "Result",
    "Role",
    "Roles",
    "SearchTrial",
    "SecureSettingsReload",
    "Security",
    "SecurityModel",
    "Seen",
    "Sending",
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
    "Use",
    "VerificationMode",
    "Version",
    "Where",
    "X509Field",
    "admits",
    "alert_text",
    "as_fact",
    "clusters_behind",
    "covers",
    "did_you_mean",
    "is_ip",
    "listed",
    "mask_userinfo",
    "matches",
    "nearest",
    "nodes_behind",
    "overlaps",
    "parse_pattern",
    "published_by",
    "shorten",
]
