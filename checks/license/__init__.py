"""Checks of group ``license``, in display order."""

from checks.license import apikey_noncompliant, ccr, esql_ccs, expired, level_differs, trial
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    apikey_noncompliant.apikey_noncompliant,
    expired.expired,
    ccr.ccr,
    level_differs.level_differs,
    trial.trial,
    esql_ccs.esql_ccs,
)
