"""Words, commands and calls that are typed at several places: in what fixes a finding, and in what sets up a connection."""

from __future__ import annotations

import re
import shlex
from typing import Final
from urllib.parse import quote

from diag.evidence.terms import SecurityModel
from diag.model.fixes import Request

RELOAD: Final = Request(method="POST", path="_nodes/reload_secure_settings")
_PLACEHOLDER: Final = re.compile(r"<[^<>]*>")


def in_path(name: str) -> str:
    """A name as it stands in the path of a call; ``<words>`` stay for the reader to replace, ``*`` and ``,`` keep their meaning."""
    return name if _PLACEHOLDER.fullmatch(name) else quote(name, safe="*,")


def command(*words: str) -> str:
    """A command, each word quoted for a shell where it has to be; ``<words>`` stay for the reader to replace."""
    return " ".join(word if _PLACEHOLDER.fullmatch(word) else shlex.quote(word) for word in words)


def keystore_tool(action: str, *entries: str) -> str:
    """A command of the keystore tool, which asks for the value by itself."""
    return command("bin/elasticsearch-keystore", action, *entries)


def client_prefix(model: SecurityModel) -> str:
    """The prefix of the TLS settings that the nodes of the local cluster use towards remotes of this model."""
    if model is SecurityModel.API_KEY:
        return "xpack.security.remote_cluster_client.ssl"
    return "xpack.security.transport.ssl"
