"""The kinds of documents that diag reads."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is; the value is how output calls it."""

    DIAG_YAML = "diag.yaml"
    ELASTICSEARCH_YML = "elasticsearch.yml"
    SETTINGS_REQUEST = "settings body"
    KEYSTORE_LIST = "keystore list"
    TRUST_FILE = "trust file"
    CA_FILE = "CA file"
    NODE_CERTIFICATE = "node certificate"
    PRIVATE_KEY = "private key"
    KEY_STORE = "key store"
    KEY_BODY = "cross-cluster key body"
    ROLE_BODY = "role body"
    CONSOLE = "console file"
    SCRIPT = "shell script"
    PYTHON = "Python program"
    POWERSHELL = "PowerShell script"
    MARKDOWN = "Markdown file"
    REMOTE_INFO = "answer of _remote/info"
    API_ANSWER = "answer of an API"
    ENV_FILE = "environment file"
    COMPOSE = "compose file"
    ANSIBLE = "Ansible file"
    TERRAFORM = "Terraform file"
    YAML_WITH_SETTINGS = "YAML with settings in it"
    INSTANCES = "instances file"
    TRUST_PAYLOAD = "trust payload"
    REMOTE_CLUSTERS = "remote-clusters payload"
    DEPLOYMENT = "deployment"
    TRAFFIC_FILTER = "traffic filter"
    KUBERNETES = "Kubernetes manifest"
