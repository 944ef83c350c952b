"""Documentation pages that findings link to, each named once so that a moved page is changed in one place."""

from __future__ import annotations

from typing import Final

_DOCS = "https://www.elastic.co/docs/"

RC: Final = _DOCS + "deploy-manage/remote-clusters"  # Remote clusters (overview)
RC_NET: Final = _DOCS + "deploy-manage/remote-clusters#network-security"  # Remote clusters: network security
MODES: Final = _DOCS + "deploy-manage/remote-clusters/connection-modes"  # Connection modes
MODELS: Final = _DOCS + "deploy-manage/remote-clusters/security-models"  # Security models
SELFM: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-self-managed"
)  # Remote clusters with self-managed installations
APIKEY: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key"
)  # Add remote clusters using API key authentication
APIKEY_PRE: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key#remote-clusters-prerequisites-api-key"
)  # API key model: prerequisites
APIKEY_TRUST: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key#remote-clusters-security-api-key"
)  # API key model: establish trust
APIKEY_PRIV: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key#remote-clusters-privileges-api-key"
)  # API key model: roles and users
CERT: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-cert"
)  # Add remote clusters using TLS certificate authentication
MIGRATE: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-migrate"
)  # Migrate from certificate to API key authentication
EC_CCS: Final = _DOCS + "deploy-manage/remote-clusters/ec-enable-ccs"  # Remote clusters with Elastic Cloud Hosted
EC_SAME: Final = _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-same-ess"  # ECH: same organization
EC_OTHER: Final = _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-other-ess"  # ECH: other organization
EC_SELF: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-self-managed"
)  # ECH to self-managed (current form of the seed page)
EC_ECK: Final = _DOCS + "deploy-manage/remote-clusters/ec-enable-ccs-for-eck"  # ECH to Elastic Cloud on Kubernetes
EC_EDIT: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-edit-remove-trusted-environment"
)  # Manage ECH remote connections
EC_EDIT_KEY: Final = (
    _DOCS
    + "deploy-manage/remote-clusters/ec-edit-remove-trusted-environment#ec-edit-remove-trusted-environment-api-key"
)  # Change the API key of a connection
EC_STRONG: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-strong-identity"
)  # Strong identity verification
STATICIP: Final = _DOCS + "deploy-manage/security/elastic-cloud-static-ips"  # Elastic Cloud static IPs
ECE_CERT: Final = (
    _DOCS + "deploy-manage/security/secure-your-elastic-cloud-enterprise-installation/manage-security-certificates"
)  # Manage security certificates (ECE)
ECE_TLS: Final = (
    _DOCS + "deploy-manage/security/secure-your-elastic-cloud-enterprise-installation/configure-tls-version"
)  # Configure the TLS version (ECE)
ECE_SHA1: Final = (
    _DOCS
    + "deploy-manage/security/secure-your-elastic-cloud-enterprise-installation/allow-x509-certificates-signed-with-sha-1"
)  # Allow SHA-1 signed certificates (ECE)
ECE_EP: Final = _DOCS + "deploy-manage/deploy/cloud-enterprise/change-endpoint-urls"  # Change endpoint URLs (ECE)
ECE_LB: Final = _DOCS + "deploy-manage/deploy/cloud-enterprise/ece-load-balancers"  # Load balancers (ECE)
ECE_NET: Final = _DOCS + "deploy-manage/deploy/cloud-enterprise/ece-networking-prereq"  # Networking prerequisites (ECE)
ECK: Final = _DOCS + "deploy-manage/remote-clusters/eck-remote-clusters-landing"  # Remote clusters on ECK (landing)
TRB: Final = _DOCS + "troubleshoot/elasticsearch/remote-clusters"  # Troubleshoot remote clusters
TRB_CHECK: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-check-connection"
)  # Troubleshoot remote clusters: check the connection
TRB_ENABLE: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-enable-server"
)  # Troubleshoot remote clusters: enable the remote cluster server
TRB_UNREACH: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-not-reachable"
)  # Troubleshoot remote clusters: remote not reachable
TRB_UNREL: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-unreliable-network"
)  # Troubleshoot remote clusters: unreliable network
TRB_TLS: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-tls-trust"
)  # Troubleshoot remote clusters: TLS trust
TRB_PORT: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-transport-port-api-key"
)  # Troubleshoot remote clusters: transport port with API key
TRB_NOKEY: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-no-api-key"
)  # Troubleshoot remote clusters: no API key
TRB_WRONGTYPE: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-wrong-api-key-type"
)  # Troubleshoot remote clusters: wrong key type
TRB_BADKEY: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-non-valid-api-key"
)  # Troubleshoot remote clusters: key not valid
TRB_INSUFF: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-insufficient-privileges"
)  # Troubleshoot remote clusters: key or role lacks privileges
TRB_NOREM: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-no-remote_indices-privileges"
)  # Troubleshoot remote clusters: no remote indices privileges
TRB_SSL: Final = _DOCS + "troubleshoot/elasticsearch/security/trb-security-ssl"  # Common SSL/TLS exceptions
TRB_HS: Final = (
    _DOCS + "troubleshoot/elasticsearch/security/trb-security-sslhandshake"
)  # SSLHandshakeException and failed node connections
SETTINGS: Final = _DOCS + "reference/elasticsearch/configuration-reference/remote-clusters"  # Remote cluster settings
NET: Final = _DOCS + "reference/elasticsearch/configuration-reference/networking-settings"  # Networking settings
NET_LL: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/networking-settings#long-lived-connections"
)  # Long-lived idle connections
NET_COMP: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/networking-settings#transport-settings-compress"
)  # Transport compression
SEC_TR: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#transport-tls-ssl-settings"
)  # Transport TLS/SSL settings
SEC_SRV: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#remote-cluster-server-tls-ssl-settings"
)  # Remote cluster server TLS/SSL settings
SEC_CLI: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#remote-cluster-client-tls-ssl-settings"
)  # Remote cluster client TLS/SSL settings
SEC_IP: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#ip-filtering-settings"
)  # IP filtering settings
NODE_SET: Final = _DOCS + "reference/elasticsearch/configuration-reference/node-settings"  # Node settings
CCR_SET: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/cross-cluster-replication-settings"
)  # Cross-cluster replication settings
CERTUTIL: Final = _DOCS + "reference/elasticsearch/command-line-tools/certutil"  # elasticsearch-certutil
KEYSTORE: Final = _DOCS + "reference/elasticsearch/command-line-tools/elasticsearch-keystore"  # elasticsearch-keystore
ES_PRIV: Final = _DOCS + "reference/elasticsearch/security-privileges"  # Security privileges
RCFILTER: Final = _DOCS + "deploy-manage/security/remote-cluster-filtering"  # Remote cluster filtering
IPF_BASIC: Final = _DOCS + "deploy-manage/security/ip-filtering-basic"  # IP filtering, self-managed
DIFFCA: Final = _DOCS + "deploy-manage/security/different-ca"  # Different CA
SAMECA: Final = _DOCS + "deploy-manage/security/same-ca"  # Same CA
EXTCA: Final = _DOCS + "deploy-manage/security/external-ca-transport"  # External CA for transport TLS
SECSET: Final = _DOCS + "deploy-manage/security/secure-settings"  # Secure settings
SECSET_REL: Final = (
    _DOCS + "deploy-manage/security/secure-settings#reloadable-secure-settings"
)  # Reloadable secure settings
JDK: Final = (
    _DOCS + "deploy-manage/security/supported-ssltls-versions-by-jdk-version"
)  # Supported SSL/TLS versions by JDK
CIPHERS: Final = (
    _DOCS + "deploy-manage/security/enabling-cipher-suites-for-stronger-encryption"
)  # Enabling stronger cipher suites
DNSTTL: Final = (
    _DOCS + "deploy-manage/deploy/self-managed/important-settings-configuration"
)  # Important settings (DNS cache)
ROLES: Final = _DOCS + "deploy-manage/distributed-architecture/clusters-nodes-shards/node-roles"  # Node roles
ROLESTR: Final = (
    _DOCS + "deploy-manage/users-roles/cluster-or-deployment-auth/role-structure#roles-remote-indices-priv"
)  # Role structure: remote indices privileges
DLSFLS: Final = (
    _DOCS + "deploy-manage/users-roles/cluster-or-deployment-auth/controlling-access-at-document-field-level"
)  # Document and field level security
KEYS: Final = _DOCS + "deploy-manage/api-keys/elasticsearch-api-keys"  # Elasticsearch API keys
CCS: Final = _DOCS + "explore-analyze/cross-cluster-search"  # Cross-cluster search
CCS_SKIP: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#skip-unavailable-clusters"
)  # CCS: optional remote clusters (skip_unavailable)
CCS_VER: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#ccs-supported-configurations"
)  # CCS: supported configurations
CCS_FAIL: Final = _DOCS + "explore-analyze/cross-cluster-search#cross-cluster-search-failures"  # CCS: failures
CCS_PRIV_CERT: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#configure-privileges-for-ccs-cert"
)  # CCS privileges, certificate model
CCS_PRIV_KEY: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#configure-privileges-for-ccs-api-key"
)  # CCS privileges, API key model
CCS_RESOLVE: Final = (
    _DOCS + "explore-analyze/cross-cluster-search/using-resolve-cluster-endpoint-before-cross-cluster-search"
)  # Resolve a cluster before CCS
ESQL: Final = _DOCS + "reference/query-languages/esql/esql-cross-clusters"  # ES\|QL across clusters
CCR: Final = _DOCS + "deploy-manage/tools/cross-cluster-replication"  # Cross-cluster replication
CCR_PRE: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-getting-started-prerequisites"
)  # CCR prerequisites
CCR_SETUP: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/set-up-cross-cluster-replication"
)  # Set up CCR
CCR_PRIV: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/_configure_privileges_for_cross_cluster_replication_2"
)  # CCR privileges
CCR_RECREATE: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-recreate-follower-index"
)  # Recreate a follower index
CCR_INSPECT: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-inspect-progress"
)  # Inspect replication statistics
CCR_PAUSE: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-pause-replication"
)  # Pause and resume replication
CCR_TERM: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-terminate-replication"
)  # Terminate replication
CCR_AUTO: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/manage-auto-follow-patterns"
)  # Manage auto-follow patterns
CCR_UPG: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/upgrading-clusters"
)  # Upgrade clusters using CCR
CCR_UNI: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-uni-directional-upgrade"
)  # CCR: uni-directional upgrade
CCR_BI: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-bi-directional-upgrade"
)  # CCR: bi-directional upgrade
SUBS: Final = "https://www.elastic.co/subscriptions"  # Subscriptions
LIC_SELF: Final = _DOCS + "deploy-manage/license/manage-your-license-in-self-managed-cluster"  # License in self-managed
UPG: Final = _DOCS + "deploy-manage/upgrade/prepare-to-upgrade"  # Prepare to upgrade
ARCHSET: Final = _DOCS + "deploy-manage/upgrade/deployment-or-cluster/archived-settings"  # Archived settings
A_INFO: Final = _DOCS + "api/doc/elasticsearch/operation/operation-cluster-remote-info"  # Remote cluster info API
A_PUT: Final = _DOCS + "api/doc/elasticsearch/operation/operation-cluster-put-settings"  # Update cluster settings API
A_GET: Final = _DOCS + "api/doc/elasticsearch/operation/operation-cluster-get-settings"  # Get cluster settings API
A_RESOLVE: Final = _DOCS + "api/doc/elasticsearch/operation/operation-indices-resolve-cluster"  # Resolve cluster API
A_KEY: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-security-create-cross-cluster-api-key"
)  # Create cross-cluster API key API
A_KEYUP: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-security-update-cross-cluster-api-key"
)  # Update cross-cluster API key API
A_KEYGET: Final = _DOCS + "api/doc/elasticsearch/operation/operation-security-get-api-key"  # Get API key API
A_RELOAD: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-nodes-reload-secure-settings"
)  # Reload secure settings API
A_RESUME: Final = _DOCS + "api/doc/elasticsearch/operation/operation-ccr-resume-follow"  # Resume follower API
A_CCR: Final = _DOCS + "api/doc/elasticsearch/operation/operation-ccr-stats"  # CCR stats API
A_FSTATS: Final = _DOCS + "api/doc/elasticsearch/operation/operation-ccr-follow-stats"  # Follower stats API
A_LIC: Final = _DOCS + "api/doc/elasticsearch/operation/operation-license-get"  # Get license API
A_SSL: Final = _DOCS + "api/doc/elasticsearch/operation/operation-ssl-certificates"  # SSL certificates API
A_CLOUD: Final = _DOCS + "api/doc/cloud"  # Elastic Cloud API
