"""Checks of group ``license``, in display order."""

MODULES = (
    "apikey_noncompliant",
    "expired",
    "ccr",
    "level_differs",
    "trial",
    "esql_ccs",
)
