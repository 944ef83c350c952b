"""Indices that Elasticsearch keeps for itself (system indices): a key sees them only with ``allow_restricted_indices``.

RestrictedIndices takes them from SystemIndices, which collects what the modules name. Listed are those that people meet, in the forms
of 8.x; a pattern that is wider there (a regular expression) is written as the names that it is meant for.
"""

from __future__ import annotations

from typing import Final

RESTRICTED: Final[tuple[str, ...]] = (
    ".security",  # SecuritySystemIndices: .security-[0-9]+*, .security-tokens-[0-9]+*, .security-profile-[0-9]+*, and their aliases.
    ".security-*",
    ".kibana",  # KibanaPlugin, down to the line of APM.
    ".kibana_*",
    ".reporting-*",
    ".apm-agent-configuration*",
    ".apm-custom-link*",
    ".fleet-actions*",  # Fleet, down to the line of secrets. Its files (.fleet-file*) are no system indices.
    ".fleet-agents*",
    ".fleet-artifacts*",
    ".fleet-enrollment-api-keys*",
    ".fleet-policies*",
    ".fleet-servers*",
    ".fleet-secrets*",
    ".tasks*",  # TaskResultsService.
    ".async-search*",  # XPackPlugin, AsyncResultsIndexPlugin.
    ".watches*",  # Watcher.
    ".triggered_watches*",  # Watcher.
    ".ml-config*",  # MachineLearning.
    ".ml-meta*",  # MachineLearning.
    ".ml-inference-*",  # InferenceIndexConstants.
    ".transform-internal-*",  # TransformInternalIndexConstants.
    ".enrich-*",  # EnrichPolicy.
    ".logstash*",  # Logstash.
    ".geoip_databases*",  # IngestGeoIpPlugin.
    ".synonyms-*",  # SynonymsManagementAPIService.
    ".elastic-connectors*",  # SystemIndexDescriptor of connectors, 9.1.
    ".connector-secrets*",  # ConnectorSecretsIndexService.
)
