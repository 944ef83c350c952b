"""Rounds in worker processes: each has an event loop of its own and runs many rounds at once, so that all cores have work."""

from diag.workers.messages import can_travel
from diag.workers.number import number_of_workers, usable_cores
from diag.workers.pool import WorkerPool

__all__ = ["WorkerPool", "can_travel", "number_of_workers", "usable_cores"]
