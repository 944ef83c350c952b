"""Documentation pages that findings link to, each named once so that a moved page is changed in one place."""

from __future__ import annotations

from typing import Final

_DOCS = "https://www.elastic.co/docs/"

REMOTE_CLUSTERS: Final = _DOCS + "deploy-manage/remote-clusters"  # Remote clusters (overview)
REMOTE_CLUSTERS_NETWORK: Final = (
    _DOCS + "deploy-manage/remote-clusters#network-security"
)  # Remote clusters: network security
CONNECTION_MODES: Final = _DOCS + "deploy-manage/remote-clusters/connection-modes"  # Connection modes
SECURITY_MODELS: Final = _DOCS + "deploy-manage/remote-clusters/security-models"  # Security models
SELF_MANAGED: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-self-managed"
)  # Remote clusters with self-managed installations
API_KEY_MODEL: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key"
)  # Add remote clusters using API key authentication
API_KEY_PREREQUISITES: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key#remote-clusters-prerequisites-api-key"
)  # API key model: prerequisites
API_KEY_TRUST: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key#remote-clusters-security-api-key"
)  # API key model: establish trust
API_KEY_ROLES: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-api-key#remote-clusters-privileges-api-key"
)  # API key model: roles and users
CERTIFICATE_MODEL: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-cert"
)  # Add remote clusters using TLS certificate authentication
MIGRATE_TO_API_KEY: Final = (
    _DOCS + "deploy-manage/remote-clusters/remote-clusters-migrate"
)  # Migrate from certificate to API key authentication
HOSTED_REMOTE_CLUSTERS: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-enable-ccs"
)  # Remote clusters with Elastic Cloud Hosted
HOSTED_SAME_ORGANIZATION: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-same-ess"
)  # ECH: same organization
HOSTED_OTHER_ORGANIZATION: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-other-ess"
)  # ECH: other organization
HOSTED_TO_SELF_MANAGED: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-self-managed"
)  # ECH to self-managed (current form of the seed page)
HOSTED_TO_ECK: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-enable-ccs-for-eck"
)  # ECH to Elastic Cloud on Kubernetes
HOSTED_EDIT_CONNECTION: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-edit-remove-trusted-environment"
)  # Manage ECH remote connections
HOSTED_CHANGE_KEY: Final = (
    _DOCS
    + "deploy-manage/remote-clusters/ec-edit-remove-trusted-environment#ec-edit-remove-trusted-environment-api-key"
)  # Change the API key of a connection
HOSTED_STRONG_IDENTITY: Final = (
    _DOCS + "deploy-manage/remote-clusters/ec-remote-cluster-strong-identity"
)  # Strong identity verification
HOSTED_STATIC_IPS: Final = _DOCS + "deploy-manage/security/elastic-cloud-static-ips"  # Elastic Cloud static IPs
ECE_REMOTE_CLUSTERS: Final = _DOCS + "deploy-manage/remote-clusters/ece-enable-ccs"  # Remote clusters with ECE
ECE_OTHER_ECE: Final = (
    _DOCS + "deploy-manage/remote-clusters/ece-remote-cluster-other-ece"
)  # ECE: other ECE environment
API_ECE_TRUST: Final = (
    _DOCS + "api/doc/cloud-enterprise/group/endpoint-platformconfigurationtrustrelationships"
)  # ECE API: platform trust
ECE_CERTIFICATES: Final = (
    _DOCS + "deploy-manage/security/secure-your-elastic-cloud-enterprise-installation/manage-security-certificates"
)  # Manage security certificates (ECE)
ECE_TLS_VERSION: Final = (
    _DOCS + "deploy-manage/security/secure-your-elastic-cloud-enterprise-installation/configure-tls-version"
)  # Configure the TLS version (ECE)
ECE_SHA1_CERTIFICATES: Final = (
    _DOCS
    + "deploy-manage/security/secure-your-elastic-cloud-enterprise-installation/allow-x509-certificates-signed-with-sha-1"
)  # Allow SHA-1 signed certificates (ECE)
ECE_ENDPOINTS: Final = (
    _DOCS + "deploy-manage/deploy/cloud-enterprise/change-endpoint-urls"
)  # Change endpoint URLs (ECE)
ECE_LOAD_BALANCERS: Final = _DOCS + "deploy-manage/deploy/cloud-enterprise/ece-load-balancers"  # Load balancers (ECE)
ECE_NETWORKING: Final = (
    _DOCS + "deploy-manage/deploy/cloud-enterprise/ece-networking-prereq"
)  # Networking prerequisites (ECE)
ECK_REMOTE_CLUSTERS: Final = (
    _DOCS + "deploy-manage/remote-clusters/eck-remote-clusters-landing"
)  # Remote clusters on ECK (landing)
TROUBLESHOOT: Final = _DOCS + "troubleshoot/elasticsearch/remote-clusters"  # Troubleshoot remote clusters
TROUBLESHOOT_CHECK_CONNECTION: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-check-connection"
)  # Troubleshoot remote clusters: check the connection
TROUBLESHOOT_ENABLE_SERVER: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-enable-server"
)  # Troubleshoot remote clusters: enable the remote cluster server
TROUBLESHOOT_NOT_REACHABLE: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-not-reachable"
)  # Troubleshoot remote clusters: remote not reachable
TROUBLESHOOT_UNRELIABLE_NETWORK: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-unreliable-network"
)  # Troubleshoot remote clusters: unreliable network
TROUBLESHOOT_TLS_TRUST: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-tls-trust"
)  # Troubleshoot remote clusters: TLS trust
TROUBLESHOOT_TRANSPORT_PORT: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-transport-port-api-key"
)  # Troubleshoot remote clusters: transport port with API key
TROUBLESHOOT_NO_KEY: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-no-api-key"
)  # Troubleshoot remote clusters: no API key
TROUBLESHOOT_KEY_TYPE: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-wrong-api-key-type"
)  # Troubleshoot remote clusters: wrong key type
TROUBLESHOOT_KEY_NOT_VALID: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-non-valid-api-key"
)  # Troubleshoot remote clusters: key not valid
TROUBLESHOOT_PRIVILEGES: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-insufficient-privileges"
)  # Troubleshoot remote clusters: key or role lacks privileges
TROUBLESHOOT_REMOTE_INDICES: Final = (
    _DOCS + "troubleshoot/elasticsearch/remote-clusters#remote-clusters-troubleshooting-no-remote_indices-privileges"
)  # Troubleshoot remote clusters: no remote indices privileges
TROUBLESHOOT_SSL: Final = _DOCS + "troubleshoot/elasticsearch/security/trb-security-ssl"  # Common SSL/TLS exceptions
TROUBLESHOOT_HANDSHAKE: Final = (
    _DOCS + "troubleshoot/elasticsearch/security/trb-security-sslhandshake"
)  # SSLHandshakeException and failed node connections
REMOTE_CLUSTER_SETTINGS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/remote-clusters"
)  # Remote cluster settings
NETWORK_SETTINGS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/networking-settings"
)  # Networking settings
NETWORK_IDLE_CONNECTIONS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/networking-settings#long-lived-connections"
)  # Long-lived idle connections
NETWORK_COMPRESSION: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/networking-settings#transport-settings-compress"
)  # Transport compression
TRANSPORT_TLS_SETTINGS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#transport-tls-ssl-settings"
)  # Transport TLS/SSL settings
SERVER_TLS_SETTINGS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#remote-cluster-server-tls-ssl-settings"
)  # Remote cluster server TLS/SSL settings
CLIENT_TLS_SETTINGS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#remote-cluster-client-tls-ssl-settings"
)  # Remote cluster client TLS/SSL settings
IP_FILTER_SETTINGS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/security-settings#ip-filtering-settings"
)  # IP filtering settings
NODE_SETTINGS: Final = _DOCS + "reference/elasticsearch/configuration-reference/node-settings"  # Node settings
CCR_SETTINGS: Final = (
    _DOCS + "reference/elasticsearch/configuration-reference/cross-cluster-replication-settings"
)  # Cross-cluster replication settings
CERTUTIL: Final = _DOCS + "reference/elasticsearch/command-line-tools/certutil"  # elasticsearch-certutil
KEYSTORE: Final = _DOCS + "reference/elasticsearch/command-line-tools/elasticsearch-keystore"  # elasticsearch-keystore
PRIVILEGES: Final = _DOCS + "reference/elasticsearch/security-privileges"  # Security privileges
REMOTE_CLUSTER_FILTERING: Final = _DOCS + "deploy-manage/security/remote-cluster-filtering"  # Remote cluster filtering
IP_FILTERING: Final = _DOCS + "deploy-manage/security/ip-filtering-basic"  # IP filtering, self-managed
DIFFERENT_CA: Final = _DOCS + "deploy-manage/security/different-ca"  # Different CA
SAME_CA: Final = _DOCS + "deploy-manage/security/same-ca"  # Same CA
EXTERNAL_CA: Final = _DOCS + "deploy-manage/security/external-ca-transport"  # External CA for transport TLS
SECURE_SETTINGS: Final = _DOCS + "deploy-manage/security/secure-settings"  # Secure settings
RELOADABLE_SECURE_SETTINGS: Final = (
    _DOCS + "deploy-manage/security/secure-settings#reloadable-secure-settings"
)  # Reloadable secure settings
TLS_VERSIONS_BY_JDK: Final = (
    _DOCS + "deploy-manage/security/supported-ssltls-versions-by-jdk-version"
)  # Supported SSL/TLS versions by JDK
CIPHER_SUITES: Final = (
    _DOCS + "deploy-manage/security/enabling-cipher-suites-for-stronger-encryption"
)  # Enabling stronger cipher suites
DNS_CACHE: Final = (
    _DOCS + "deploy-manage/deploy/self-managed/important-settings-configuration"
)  # Important settings (DNS cache)
NODE_ROLES: Final = _DOCS + "deploy-manage/distributed-architecture/clusters-nodes-shards/node-roles"  # Node roles
ROLE_STRUCTURE: Final = (
    _DOCS + "deploy-manage/users-roles/cluster-or-deployment-auth/role-structure#roles-remote-indices-priv"
)  # Role structure: remote indices privileges
DOCUMENT_LEVEL_SECURITY: Final = (
    _DOCS + "deploy-manage/users-roles/cluster-or-deployment-auth/controlling-access-at-document-field-level"
)  # Document and field level security
API_KEYS: Final = _DOCS + "deploy-manage/api-keys/elasticsearch-api-keys"  # Elasticsearch API keys
CROSS_CLUSTER_SEARCH: Final = _DOCS + "explore-analyze/cross-cluster-search"  # Cross-cluster search
CCS_SKIP_UNAVAILABLE: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#skip-unavailable-clusters"
)  # CCS: optional remote clusters (skip_unavailable)
CCS_SUPPORTED_RELEASES: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#ccs-supported-configurations"
)  # CCS: supported configurations
CCS_FAILURES: Final = _DOCS + "explore-analyze/cross-cluster-search#cross-cluster-search-failures"  # CCS: failures
CCS_PRIVILEGES_CERTIFICATE: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#configure-privileges-for-ccs-cert"
)  # CCS privileges, certificate model
CCS_PRIVILEGES_API_KEY: Final = (
    _DOCS + "explore-analyze/cross-cluster-search#configure-privileges-for-ccs-api-key"
)  # CCS privileges, API key model
CCS_RESOLVE_CLUSTER: Final = (
    _DOCS + "explore-analyze/cross-cluster-search/using-resolve-cluster-endpoint-before-cross-cluster-search"
)  # Resolve a cluster before CCS
ESQL: Final = _DOCS + "reference/query-languages/esql/esql-cross-clusters"  # ES\|QL across clusters
CCR: Final = _DOCS + "deploy-manage/tools/cross-cluster-replication"  # Cross-cluster replication
CCR_PREREQUISITES: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-getting-started-prerequisites"
)  # CCR prerequisites
CCR_SETUP: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/set-up-cross-cluster-replication"
)  # Set up CCR
CCR_PRIVILEGES: Final = (
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
CCR_TERMINATE: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-terminate-replication"
)  # Terminate replication
CCR_AUTO_FOLLOW: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/manage-auto-follow-patterns"
)  # Manage auto-follow patterns
CCR_UPGRADE: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/upgrading-clusters"
)  # Upgrade clusters using CCR
CCR_UPGRADE_ONE_WAY: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-uni-directional-upgrade"
)  # CCR: uni-directional upgrade
CCR_UPGRADE_BOTH_WAYS: Final = (
    _DOCS + "deploy-manage/tools/cross-cluster-replication/ccr-bi-directional-upgrade"
)  # CCR: bi-directional upgrade
SUBSCRIPTIONS: Final = "https://www.elastic.co/subscriptions"  # Subscriptions
LICENSE_SELF_MANAGED: Final = (
    _DOCS + "deploy-manage/license/manage-your-license-in-self-managed-cluster"
)  # License in self-managed
UPGRADE: Final = _DOCS + "deploy-manage/upgrade/prepare-to-upgrade"  # Prepare to upgrade
ARCHIVED_SETTINGS: Final = _DOCS + "deploy-manage/upgrade/deployment-or-cluster/archived-settings"  # Archived settings
API_REMOTE_INFO: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-cluster-remote-info"
)  # Remote cluster info API
API_PUT_SETTINGS: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-cluster-put-settings"
)  # Update cluster settings API
API_GET_SETTINGS: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-cluster-get-settings"
)  # Get cluster settings API
API_RESOLVE_CLUSTER: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-indices-resolve-cluster"
)  # Resolve cluster API
API_CREATE_KEY: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-security-create-cross-cluster-api-key"
)  # Create cross-cluster API key API
API_UPDATE_KEY: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-security-update-cross-cluster-api-key"
)  # Update cross-cluster API key API
API_GET_KEY: Final = _DOCS + "api/doc/elasticsearch/operation/operation-security-get-api-key"  # Get API key API
API_RELOAD_SECURE_SETTINGS: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-nodes-reload-secure-settings"
)  # Reload secure settings API
API_RESUME_FOLLOW: Final = _DOCS + "api/doc/elasticsearch/operation/operation-ccr-resume-follow"  # Resume follower API
API_CCR_STATS: Final = _DOCS + "api/doc/elasticsearch/operation/operation-ccr-stats"  # CCR stats API
API_FOLLOW_STATS: Final = _DOCS + "api/doc/elasticsearch/operation/operation-ccr-follow-stats"  # Follower stats API
API_LICENSE: Final = _DOCS + "api/doc/elasticsearch/operation/operation-license-get"  # Get license API
API_SSL_CERTIFICATES: Final = (
    _DOCS + "api/doc/elasticsearch/operation/operation-ssl-certificates"
)  # SSL certificates API
API_CLOUD: Final = _DOCS + "api/doc/cloud"  # Elastic Cloud API
MIGRATE_CCS_TEMPLATE: Final = _DOCS + "deploy-manage/remote-clusters/ec-migrate-ccs"  # Migrate the CCS template
ECK_REMOTE_CLUSTERS_INSIDE: Final = (
    _DOCS + "deploy-manage/remote-clusters/eck-remote-clusters"
)  # ECK: clusters of the same environment
ECK_FROM_EXTERNAL: Final = (
    _DOCS + "deploy-manage/remote-clusters/eck-remote-clusters-from-external"
)  # ECK: from an external cluster
ECK_TO_EXTERNAL: Final = (
    _DOCS + "deploy-manage/remote-clusters/eck-remote-clusters-to-external"
)  # ECK: to an external cluster
K8S_NETWORK_POLICIES: Final = _DOCS + "deploy-manage/security/k8s-network-policies"  # Kubernetes network policies
ECK_PAUSE: Final = _DOCS + "deploy-manage/deploy/cloud-on-k8s/k8s-pause-orchestration"  # ECK: pause orchestration
ECK_SECURE_SETTINGS: Final = _DOCS + "deploy-manage/security/k8s-secure-settings"  # ECK: secure settings
ECK_TROUBLESHOOT: Final = (
    _DOCS + "troubleshoot/deployments/cloud-on-k8s/troubleshooting-methods"
)  # ECK: methods of troubleshooting
