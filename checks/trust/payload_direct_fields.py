"""The check trust/payload-direct-fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from checks.shared.payloads import entry_name, is_given, is_missing, text_of
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import (
    DirectTrust,
    Finding,
    Misshapen,
    Origin,
    PayloadForm,
    Severity,
    TrustedEntity,
    TrustPayloads,
    ValueForm,
    Written,
    did_you_mean,
    listed,
    shorten,
)

_TYPES: Final = ("generic", "proxy", "ECE", "ESS")
_SCOPE: Final = re.compile(r"[a-z0-9]{1,32}")
_MEMBERS: Final = ("accounts", "external", "direct")


@check(
    "trust/payload-direct-fields",
    severity=Severity.ERROR,
    severities=(Severity.WARNING, Severity.INFO),
    docs=(docs.API_CLOUD, docs.HOSTED_TO_SELF_MANAGED),
    tags=("documents", "cloud"),
    source="Elastic Cloud API: DirectTrustRelationship, AccountTrustRelationship, ExternalTrustRelationship",
)
def payload_direct_fields(payloads: TrustPayloads) -> Yields:
    """An entry of the trust settings is not complete, or its parts contradict each other.

    Why it matters: the API refuses an entry without a name, a certificate or ``trust_all``. One that names neither a scope nor nodes is
    of no effect: it trusts a CA, and nobody whom that CA certifies.

    How to fix: complete the entry. For nodes whose certificates follow no pattern: ``"trust_all": false`` and ``additional_node_names``;
    for nodes named ``<node>.node.<cluster>.cluster.<scope>``: ``scope_id``, with ``trust_all`` or ``trust_allowlist``.

    Example: ``{"type": "generic", "name": "", "trust_all": false, "certificates": []}``.
    """
    # The provider of Terraform has fields of its own, with a check of its own.
    of_api = [one for one in payloads.all if one.form in {PayloadForm.REQUEST, PayloadForm.ANSWER}]
    if not any(one.direct or one.entities or one.misshapen for one in of_api):
        yield NotApplicable("the trust settings have no entry")
    for payload in of_api:
        yield from map(_misshapen, payload.misshapen)
        for entry in payload.direct:
            yield from _direct(entry)
        for one in payload.entities:
            yield from _entity(one)


def _misshapen(one: Misshapen) -> Finding:
    hint = did_you_mean(one.key, _MEMBERS) if one.key not in _MEMBERS and "one of" in one.expected else ""
    return _finding(
        f"{shorten(one.key, 80)} is {one.found}; expected {one.expected}{hint and f' ({hint})'}: the request is refused",
        "Write it in the form that the API takes.",
        one.origin,
    )


def _finding(summary: str, remedy: str, origin: Origin, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(summary=f"{summary}.", remedy=remedy, severity=severity, origin=origin)


def _place(value: Written | None, entry: DirectTrust | TrustedEntity) -> Origin:
    return entry.origin if value is None else value.origin


def _flag(value: Written | None, entry: DirectTrust | TrustedEntity) -> Iterator[Finding]:
    """``trust_all`` is required, and a boolean."""
    if value is None:
        yield _finding(
            f"The {entry_name(entry)} has no trust_all; expected true or false",
            "Say trust_all: false to trust what is named, true to trust all.",
            entry.origin,
        )
    elif value.known and value.form is not ValueForm.BOOLEAN:
        yield _finding(
            f"trust_all of the {entry_name(entry)} is {value.form} ({shorten(value.text, 40)}); expected true or false without quotes",
            "Write true or false without quotes.",
            value.origin,
        )


def _entity(one: TrustedEntity) -> Iterator[Finding]:
    id_name = "account_id" if one.group == "accounts" else "trust_relationship_id"
    if is_missing(one.id):
        yield _finding(f"An entry of {one.group} has no {id_name}", f"Give its {id_name}.", _place(one.id, one))
    yield from _flag(one.trust_all, one)
    if one.trust_all is not None and one.trust_all.text == "false" and not one.allowlist:
        yield _finding(
            f"The {entry_name(one)} has trust_all false and no trust_allowlist: it trusts none of its clusters",
            "Name the ids of its clusters in trust_allowlist, or take the entry out.",
            one.trust_all.origin,
            Severity.INFO,  # It may be meant: the own account stands there with it.
        )
    yield from _ignored(one)


def _ignored(one: TrustedEntity | DirectTrust) -> Iterator[Finding]:
    if one.trust_all is not None and one.trust_all.is_true and one.allowlist:
        yield _finding(
            f"trust_allowlist of the {entry_name(one)} is ignored, for trust_all is true: all clusters are trusted",
            "Set trust_all to false to trust these clusters alone.",
            one.allowlist[0].origin,
            Severity.WARNING,
        )


def _direct(one: DirectTrust) -> Iterator[Finding]:
    kind = text_of(one.type)
    if is_missing(one.name):
        yield _finding(
            "The name of a direct trust is empty; expected a name to know it by",
            "Give it a name.",
            _place(one.name, one),
        )
    if one.type is None:
        yield _finding(
            f"The {entry_name(one)} has no type: generic is assumed",
            "Say type: generic for a self-managed environment.",
            one.origin,
            Severity.INFO,
        )
    elif is_given(one.type) and kind not in _TYPES:
        yield _finding(
            f"type of the {entry_name(one)} is {shorten(kind, 40)}; expected one of {', '.join(_TYPES)}",
            "Say generic for a self-managed environment.",
            one.type.origin,
        )
    if not one.certificates:
        yield _finding(
            f"The {entry_name(one)} has no certificates; expected the CA that signs the certificates of its nodes",
            "Put the CA in PEM under certificates.",
            one.origin,
        )
    yield from _flag(one.trust_all, one)
    yield from _ignored(one)
    yield from _proxy(one) if kind == "proxy" else _scope(one)
    yield from _wildcards(one)


def _scope(one: DirectTrust) -> Iterator[Finding]:
    """Whom the entry trusts: by scope, or by the names of nodes."""
    everything = one.trust_all is not None and one.trust_all.is_true
    if is_missing(one.scope_id):
        if everything or one.allowlist:
            flag = "trust_all is true" if everything else "it has a trust_allowlist"
            names = ", and names of nodes stand next to trust_all: false" if everything and one.node_names else ""
            yield _finding(
                f"The {entry_name(one)} has no scope_id, and {flag}; expected the scope of its clusters{names}",
                "Give scope_id, the last part of the names in its certificates; for names of nodes alone set trust_all to false.",
                one.trust_all.origin if everything and one.trust_all is not None else one.origin,
            )
        elif not one.node_names:
            yield _finding(
                f"The {entry_name(one)} has trust_all false, and neither additional_node_names nor a trust_allowlist: it trusts nobody",
                "Name the nodes in additional_node_names.",
                _place(one.trust_all, one),
            )
        return
    yield from _of_scope(one, text_of(one.scope_id), everything=everything)


def _of_scope(one: DirectTrust, scope: str, *, everything: bool) -> Iterator[Finding]:
    if one.scope_id is not None and is_given(one.scope_id) and not _SCOPE.fullmatch(scope):
        yield _finding(
            f"scope_id of the {entry_name(one)} is {shorten(scope, 60)}; expected at most 32 lower-case letters and digits",
            "Give the part behind .cluster. in the names of its certificates, without .account.",
            one.scope_id.origin,
        )
    if not everything and not one.allowlist and not one.node_names:
        yield _finding(
            f"The {entry_name(one)} has trust_all false, and neither a trust_allowlist nor additional_node_names: it trusts nobody",
            "Set trust_all to true, or name its clusters in trust_allowlist.",
            _place(one.trust_all, one),
        )
    known = [
        name
        for name in one.node_names
        if re.fullmatch(rf"[^.]+\.node\.[^.]+\.cluster\.{re.escape(scope)}(\.account)?", name.text)
    ]
    if everything and known:
        yield _finding(
            f"additional_node_names of the {entry_name(one)} name nodes that trust_all trusts already: {listed([name.text for name in known])}",
            "Leave them out.",
            known[0].origin,
            Severity.WARNING,
        )


def _proxy(one: DirectTrust) -> Iterator[Finding]:
    """The type that trusts a proxy takes certificates alone."""
    taken = [
        ("trust_all", one.trust_all if one.trust_all is not None and one.trust_all.is_true else None),
        ("scope_id", one.scope_id),
        ("trust_allowlist", next(iter(one.allowlist), None)),
        ("additional_node_names", next(iter(one.node_names), None)),
    ]
    for key, value in taken:
        if value is not None:
            yield _finding(
                f"The {entry_name(one)} is of type proxy and has {key}; expected its certificates, and trust_all false",
                f"Leave {key} out." if key != "trust_all" else "Set trust_all to false.",
                value.origin,
            )


def _wildcards(one: DirectTrust) -> Iterator[Finding]:
    for name in one.node_names:
        if any(sign in name.text for sign in "*?"):
            yield _finding(
                f"{shorten(name.text, 80)} in additional_node_names of the {entry_name(one)} has a wildcard, which is not allowed there",
                "Name each node, or give scope_id and trust_all for nodes that follow the pattern.",
                name.origin,
            )
        elif is_missing(name):
            yield _finding(
                f"A name in additional_node_names of the {entry_name(one)} is empty", "Take it out.", name.origin
            )
