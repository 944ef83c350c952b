"""One round: look at a local cluster, judge what was seen. Who runs it, and where, is not the business of those who ask for it."""

from diag.rounds.collecting import CollectRound, max_round_seconds, real_collector
from diag.rounds.in_process import Rounds
from diag.rounds.quarantine import Quarantine
from diag.rounds.runs_rounds import Done, Early, RoundFailure, RunsRounds, give_up_seconds

__all__ = [
    "CollectRound",
    "Done",
    "Early",
    "Quarantine",
    "RoundFailure",
    "Rounds",
    "RunsRounds",
    "give_up_seconds",
    "max_round_seconds",
    "real_collector",
]
