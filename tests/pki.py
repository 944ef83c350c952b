"""The certificate builder of the lab, and short ways to what tests need often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from diag.lab.der_writer import alternative_names_der, other_name_der, sign_weakly, tlv, without_extensions
from diag.lab.pki import (
    CA,
    Issued,
    PrivateKey,
    Spec,
    Unset,
    bundle,
    extended_key_usage,
    key_usage,
    new_ca,
    new_key,
    other_name,
    self_signed,
    subject_name,
)

__all__ = [
    "CA",
    "Issued",
    "PrivateKey",
    "Spec",
    "Unset",
    "alternative_names_der",
    "bundle",
    "days",
    "extended_key_usage",
    "key_usage",
    "leaf",
    "new_ca",
    "new_key",
    "other_name",
    "other_name_der",
    "self_signed",
    "sign_weakly",
    "subject_name",
    "tlv",
    "without_extensions",
]


def days(count: float) -> datetime:
    """Give the time so many days from now."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=count)


def leaf(ca: CA, name: str = "logs.example", **fields: Any) -> Issued:
    """Issue a certificate for a host name; any field of ``Spec`` bends it."""
    return ca.issue(Spec(**{"subject": name, "dns": (name,), **fields}))
