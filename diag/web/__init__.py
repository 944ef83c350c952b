"""What the service says over HTTP: metrics, the report, probes on demand, health, and a status page."""

from diag.web.app import build_app
from diag.web.backend import BusyError, Probed, ProbeFailedError, Service, UnknownNameError

__all__ = ["BusyError", "ProbeFailedError", "Probed", "Service", "UnknownNameError", "build_app"]
