"""How the peer answers to the server name that is sent (SNI)."""

from __future__ import annotations

from typing import Final

from diag.model import (
    Certificate,
    SniTrials,
    TlsAttempt,
    TlsResult,
)

UNRECOGNIZED_NAME: Final = 112


def goes_on(tls: TlsAttempt, trials: SniTrials) -> bool:
    """Whether the first handshake was broken off, and one with another server name brought a certificate."""
    broken_off = tls.result in {TlsResult.ALERT, TlsResult.CLOSED, TlsResult.RESET}
    return broken_off and any(isinstance(trial.leaf, Certificate) for trial in trials.trials)
