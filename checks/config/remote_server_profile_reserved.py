"""The check config/remote-server-profile-reserved."""

from __future__ import annotations

import re
from typing import Final

from checks.shared.documents import files_of, is_on
from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import REMOTE_CLUSTER_SERVER, Finding, SettingsText, SettingsTexts, Severity, as_port, shorten

_PROFILE: Final = "transport.profiles._remote_cluster."
_RANGE: Final = re.compile(r"(?P<first>\d{1,5})-(?P<last>\d{1,5})")


@check(
    "config/remote-server-profile-reserved",
    severity=Severity.CRITICAL,
    severities=(Severity.WARNING,),
    docs=(docs.NETWORK_SETTINGS,),
    tags=("documents", "remote-cluster-server"),
    source="Elasticsearch RemoteClusterPortSettings; 8.19.0, asked by starting nodes",
)
def remote_server_profile_reserved(texts: SettingsTexts) -> Yields:
    """The remote cluster server is configured as a transport profile, or shares its port with the transport interface.

    Why it matters: the profile ``_remote_cluster`` is the server's own: with it in the file a node does not start once the server is on. Where
    ``remote_cluster.port`` lies in the range of ``transport.port``, the node starts, and its transport interface moves to another port without
    a word, at which nobody looks for it.

    How to fix: use the settings under ``remote_cluster``, and a port outside of ``transport.port``.

    Example: ``transport.profiles._remote_cluster.port: 9443``; ``remote_cluster.port: 9300``.
    """
    files = files_of(texts)
    if not files:
        yield NotApplicable("no document is the file of a node")
    for text in files:
        on = is_on(text.get("remote_cluster_server.enabled"))
        reserved = next(iter(text.under(_PROFILE)), None)
        if reserved is not None:
            becomes = (
                "the node does not start"
                if on
                else "the node does not start once remote_cluster_server.enabled is true"
            )
            yield Finding(
                summary=f"{shorten(reserved.key)} is reserved for the remote cluster server: {becomes}; expected remote_cluster.*.",
                remedy="Write it under remote_cluster instead.",
                severity=Severity.CRITICAL if on else Severity.WARNING,
                origin=reserved.key_origin,
                facts={"setting": shorten(reserved.key), "expected": "remote_cluster.*"},
            )
        if on and (clash := _same_port(text)):
            yield clash


def _same_port(text: SettingsText) -> Finding | None:
    own, transport = text.get("remote_cluster.port"), text.get("transport.port")
    port = own.text.strip() if own is not None else str(REMOTE_CLUSTER_SERVER)
    span = transport.text.strip() if transport is not None else "9300-9400"
    found = _RANGE.fullmatch(span)
    first, last = (int(found["first"]), int(found["last"])) if found else (_number(span), _number(span))
    place = own or transport
    number = as_port(port)
    if place is None or number is None or not first <= number <= last:
        return None
    return Finding(
        summary=f"The remote cluster server has port {port}, and transport.port is {span}: the transport interface moves to another port; expected "
        "ports of their own.",
        remedy="Choose a port outside of transport.port.",
        severity=Severity.WARNING,
        origin=place.origin,
        facts={"setting": place.key, "observed": port, "expected": f"outside of {span}"},
    )


def _number(text: str) -> int:
    number = as_port(text)
    return -1 if number is None else number
