"""How Elasticsearch words its errors: what each kind of error is recognized by. The one home of its texts.

Nobody promises these texts. They stand in the sources of 6.8 to 9.2, and most were measured there. What fits none is of no known kind, and
whoever asks has to cope with that.
"""

from __future__ import annotations

import re
from enum import Enum, unique
from typing import Final

from diag.evidence.reading import text

INDEX_NOT_FOUND: Final = "index_not_found_exception"
RESOURCE_NOT_FOUND: Final = "resource_not_found_exception"
# What a cluster that takes the first part of a path for an index calls no good name, or does not let the login see.
_INDEX_NAMED: Final = re.compile(r"(?:invalid index name|on indices) \[([^\]]*)\]", re.IGNORECASE)
_NAME_CHANGED: Final = re.compile(
    r"remote cluster name \[([^\]]{1,200})\] does not match expected remote cluster name \[([^\]]{1,200})\]"
)
# The remote cluster itself refuses so, with the key as the bound: what that may, and the roles of the user, both have to allow it.
_BY_THE_REMOTE: Final = "authenticated by API key id"
_ROLES: Final = re.compile(r"with (?:assigned|effective) roles \[([^\]]*)\]")


@unique
class ErrorKind(Enum):
    """What an error is about. Its value are fragments of texts, any of which tells it; of a tuple, all have to be there."""

    # What a remote cluster makes of an API key (ApiKeyService, CrossClusterAccessAuthenticationService).
    KEY_EXPIRED = ("api key is expired",)
    KEY_WRONG_SECRET = ("invalid credentials for api key",)
    KEY_INVALIDATED = ("has been invalidated",)
    KEY_NOT_FOUND = ("unable to find apikey",)
    KEY_WRONG_TYPE = (("expected api key type", "has type"),)
    KEY_NEEDS_SIGNATURE = (
        "requires certificate identity matching",
        "expected signature for cross cluster api key",
    )
    KEY_OF_OTHER_IDENTITY = ("does not match api key certificate identity",)
    KEY_SECRET_MALFORMED = ("invalid cross-cluster api key value",)
    KEY_NOT_ENCODED = ("must be a valid api key credential",)
    KEY_UNREADABLE = ("error attempting to authenticate",)
    KEY_LOOKUP_FAILED = (("apikey authentication for id", "encountered a failure"),)
    KEY_MAY_NOT_CONNECT = (("towards remote cluster", "is unauthorized for"),)
    KEY_NOT_SENT = ("but none found",)
    KEY_HEADER_MISSING = ("require transport header",)
    KEYS_DISABLED = ("api keys are not enabled",)
    NOT_AUTHENTICATED = ("unable to authenticate user",)
    SIGNATURE_NOT_VERIFIED = ("failed to verify cross cluster api key signature certificate",)
    SIGNATURES_NOT_CONFIGURED = ("has not trust configuration",)
    TOO_BUSY = ("server is too busy",)
    MIXED_VERSIONS = ("all nodes must have version",)

    # Which interface a node was met on. The second frame of the remote cluster server quotes the first one of the transport interface.
    OF_REMOTE_CLUSTER_SERVER = (
        "transport header [_cross_cluster_access_credentials]",
        "dedicated remote cluster server port",
        "failed to extract credentials from headers",
        "[advanced-remote-cluster-security]",
    )
    OF_TRANSPORT = (
        "missing authentication credentials for action",
        "missing authentication token for action",
        "no handler for action",
        "requires channel profile to be",
        "is unauthorized for user",  # The anonymous user of a secured transport interface: the action is refused to it.
    )

    # Logins, privileges and licenses.
    LICENSE = ("license is non-compliant", "non-compliant for [ccr]")
    LOGIN_REFUSED = ("rest request",)  # Credentials of a remote are refused for an action in place of it.
    PRIVILEGE = ("is unauthorized for user", "is unauthorized for api key", "no remote indices privileges apply")
    SECURITY = (
        "security_exception",
        "securityexception",
        "unauthorized",
        "unable to authenticate",
        "no remote indices privileges",
    )

    # Connections, and the roles of nodes that they take.
    CONNECTION = ("no_seed_node_left", "connect_transport", "no_such_remote_cluster")
    NOTHING_OPENS = ("unable to open any",)
    UNKNOWN_HOST = ("unknown host",)
    # To GET _remote/info with 400, to what asks the remotes with 400 or 403 (8.19.0; before 8.0 in the second form).
    NO_CLIENT_ROLE = (
        "does not have the [remote_cluster_client] role",
        "does not have the remote cluster client role enabled",
    )
    TRANSFORM_LACKS_REMOTE = ("remote is disabled", "requires a remote connection")
    NO_MASTER = ("master_not_discovered_exception", "no master", "state not recovered")

    # Calls that a cluster does not have, and requests that an old one can't read.
    NO_SUCH_CALL = ("no handler found for uri", "incorrect http method for uri")
    NO_SUCH_ACTION = ("failed to find action [",)
    UNKNOWN_ROLE_FIELD = ("unexpected field [remote_cluster]",)

    # Indices, and why followers stop or fail.
    NO_SUCH_INDEX = ("no such index",)
    LEADER_GONE = (INDEX_NOT_FOUND,)
    OPERATIONS_GONE = (
        "retention_lease",
        "retention lease",
        "resourcenotfound",
        "resource_not_found",
        "no longer available for following",
        "missing operations",
    )
    NO_SOFT_DELETES = ("soft deletes", "soft_deletes")
    NAME_TAKEN = ("resource_already_exists", "already exists")
    HISTORY_CHANGED = ("history uuid", "restored from snapshot", "force allocated")
    INDEX_CLOSED = ("index_closed_exception", "index closed")
    INDEX_BLOCKED = ("index read-only", "forbidden/5", "forbidden/8", "forbidden/12", "flood-stage")
    NO_FOLLOWER = ("is not a following engine", "is not a follow index", "following_index", "not a following")
    MAPPING_LIMIT = ("limit of total fields", "limit of mapping")
    UNKNOWN_SETTING = (
        "unknown setting",
        "please check that any required plugins are installed",
        "no handler for type",
        "failed to parse mapping",
    )

    def fits(self, error: str) -> bool:
        """Tell whether the text of an error is of this kind; capitals and small letters are one."""
        lowered = error.lower()
        return any(
            fragment in lowered if isinstance(fragment, str) else all(part in lowered for part in fragment)
            for fragment in self.value
        )


def type_of(answer: object) -> str:
    """The type of the error that an answer is, empty where it is none."""
    match answer:
        case {"error": {"type": str(kind)}}:
            return text(kind)
    return ""


def reason_of(answer: object) -> str:
    """The text of the error that an answer is, empty where it is none or has none; of any length."""
    match answer:
        case {"error": {"reason": str(reason)}} | {"error": str(reason)}:
            return reason
    return ""


def index_named(error: str) -> str:
    """The name that was taken for an index, and is no good one or not for this login; empty where the error is about something else."""
    found = _INDEX_NAMED.search(error)
    return found[1] if found else ""


def changed_name(error: str) -> tuple[str, str] | None:
    """The name that the remote cluster has and the one that was expected (measured in mode sniff); None where the error is about something else."""
    found = _NAME_CHANGED.search(error)
    return (found[1], found[2]) if found else None


def roles_refused_remotely(error: str) -> frozenset[str] | None:
    """The roles of the user whom the remote cluster refused with the key as the bound; None where it was not the remote cluster."""
    before, by_the_remote, _ = error.partition(_BY_THE_REMOTE)
    if not by_the_remote:
        return None
    return frozenset(role.strip() for found in _ROLES.findall(before) for role in found.split(","))
