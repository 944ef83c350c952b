"""The check config/server-name-format."""

from __future__ import annotations

import re

from checks.config._server_name import MAX_NAME_LENGTH, fault_of, hidden_characters, is_hidden, usable_host
from checks.shared.causes import NO_CONNECTION
from checks.shared.fixes import Setting, on_local, put_settings
from checks.tables import docs
from diag.check import Applies, NotApplicable, Yields, check
from diag.model import Finding, Remote, Severity, shorten

_PORT = re.compile(r":\d{1,5}$")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")


@check(
    "config/server-name-format",
    severity=Severity.ERROR,
    severities=(Severity.WARNING,),
    applies=Applies.settings(),
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.REMOTE_CLUSTER_SETTINGS),
    tags=("sni",),
    source="RFC 6066 section 3 (server_name), RFC 1123 section 2.1; javax.net.ssl.SNIHostName",
    explains=("tls/hostname-mismatch", "tls/wrong-cert-for-sni", *NO_CONNECTION),
)
def server_name_format(remote: Remote) -> Yields:
    """The server name is no plain DNS name.

    Why it matters: Elasticsearch stores any text and fails later, at each connection attempt: a server name is a DNS name and
    nothing else, without port, scheme, wildcard or IP address.

    How to fix: write the bare name, as it stands in the certificate of the remote.

    Example: ``server_name: logs.example:9443``; the port belongs into ``proxy_address``.
    """
    if not remote.server_name:
        yield NotApplicable("there is no server_name")
        return
    name, fault, severity = remote.server_name, fault_of(remote.server_name), Severity.ERROR
    if not fault and (hidden := hidden_characters(name)):
        fault, severity = f"it contains the invisible character {hidden}", Severity.WARNING
    if fault:
        yield Finding(
            summary=f"server_name is {shorten(name)!r}, and {fault}; expected a bare DNS name such as logs.example.",
            remedy="Write a bare DNS name, or leave it out.",
            fix=on_local(put_settings({remote.setting("server_name"): _repaired(remote)})),
            severity=severity,
            facts={"setting": remote.setting("server_name"), "observed": shorten(name), "fault": fault},
        )


def _repaired(remote: Remote) -> Setting:
    """What was most likely meant; None (take the setting away) where nothing can be guessed."""
    visible = "".join(c for c in remote.server_name[: 2 * MAX_NAME_LENGTH] if not is_hidden(c))
    plain = _PORT.sub("", _SCHEME.sub("", visible.strip()).partition("/")[0]).rstrip(".")
    if plain and not fault_of(plain):
        return plain
    return usable_host(remote) or None
