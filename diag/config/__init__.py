"""``diag.yaml``: what it may hold, how it is read, and what is wrong with it, every error with its place."""

from diag.config.config_problems import ConfigError, Problem
from diag.config.history_file import HistoryFile
from diag.config.load import load_config
from diag.config.platforms import PlatformConfig
from diag.config.remotes import Auth, RemoteConfig
from diag.config.schema import Acknowledge, Checks, ClusterConfig, Config, Daemon, Probe, Timeouts, Transport
from diag.config.secrets import Secret, SecretError, SecretFault, SecretRef
from diag.config.values import parse_duration

__all__ = [
    "Acknowledge",
    "Auth",
    "Checks",
    "ClusterConfig",
    "Config",
    "ConfigError",
    "Daemon",
    "HistoryFile",
    "PlatformConfig",
    "Probe",
    "Problem",
    "RemoteConfig",
    "Secret",
    "SecretError",
    "SecretFault",
    "SecretRef",
    "Timeouts",
    "Transport",
    "load_config",
    "parse_duration",
]
