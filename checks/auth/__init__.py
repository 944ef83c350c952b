"""Checks of group ``auth``, in display order."""

from checks.auth import (
    anonymous,
    coverage,
    esql,
    form,
    identity,
    keys,
    life,
    login,
    policy,
    records,
    reloads,
    roles,
    tasks,
    trial,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    *keys.CHECKS,
    *reloads.CHECKS,
    *form.CHECKS,
    *trial.CHECKS,
    *anonymous.CHECKS,
    *records.CHECKS,
    *life.CHECKS,
    *coverage.CHECKS,
    *identity.CHECKS,
    *roles.CHECKS,
    *esql.CHECKS,
    *tasks.CHECKS,
    *policy.CHECKS,
    *login.CHECKS,
)
