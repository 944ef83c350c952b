"""Continuous monitoring: rounds by a timetable, the board they fill, and the service around it."""

from diag.daemon.process import Running, run_daemon, running_daemon
from diag.daemon.serve import StartError
from diag.daemon.service import Daemon

__all__ = ["Daemon", "Running", "StartError", "run_daemon", "running_daemon"]
