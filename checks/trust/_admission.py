"""Whether the other side's ``trust_restrictions`` file admits the certificate that the local nodes present."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checks.shared.presented_names import our_leaf, readable_names, was_asked_for
from diag.check import NotApplicable, Unknown, missing
from diag.model import (
    ClientIdentity,
    TrustRestrictions,
    Unavailable,
    X509Field,
    parse_pattern,
    shorten,
)

SUFFIX: Final = ".account"
_Compared = tuple[TrustRestrictions, tuple[str, ...]]


def compare(
    restrictions: TrustRestrictions | Unavailable, identity: ClientIdentity | Unavailable
) -> _Compared | Unknown | NotApplicable:
    """Give the file and the names in the local cluster's certificate, or why the two can't be compared."""
    leaf = our_leaf(identity)
    if isinstance(restrictions, Unavailable):
        return missing(restrictions)
    if not was_asked_for(leaf):
        return NotApplicable(
            "which certificate the local nodes present is not configured: transport.certificate in diag.yaml"
        )
    if isinstance(leaf, Unavailable):
        return Unknown(str(leaf), piece=leaf)
    if restrictions.problem:
        return Unknown(f"{shorten(restrictions.path)} can't be used: {shorten(restrictions.problem)}")
    names = readable_names(leaf, restrictions.fields)
    if not names and X509Field.OTHER_NAME in restrictions.fields:
        return NotApplicable(
            "the local cluster's certificate carries no otherName that is read; trust/othername-missing and trust/othername-encoding are about that"
        )
    return restrictions, names


def admits_but_for_suffix(restrictions: TrustRestrictions, name: str) -> str:
    """Give the pattern that would admit a name with the ending ``.account``, or without it; empty where there is none."""
    other = name.removesuffix(SUFFIX) if name.endswith(SUFFIX) else name + SUFFIX
    return next((text for text in restrictions.patterns if parse_pattern(text).matches(other)), "")


def differs_in_suffix(restrictions: TrustRestrictions, names: Sequence[str]) -> bool:
    """Tell whether the ending alone keeps a name from being admitted; trust/cn-scope-suffix is about that."""
    return any(admits_but_for_suffix(restrictions, name) for name in names)
