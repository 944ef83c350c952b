"""The words of the field: closed sets of values that every other module speaks in."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from diag.lazy_dataclass import dataclass


class SecurityModel(StrEnum):
    """How the local cluster proves itself to the remote one (documentation: security models)."""

    API_KEY = "api_key"
    CERTIFICATE = "certificate"


class Mode(StrEnum):
    """How the local cluster reaches the remote one (documentation: connection modes)."""

    PROXY = "proxy"
    SNIFF = "sniff"


class VerificationMode(StrEnum):
    """What a side verifies of a certificate: chain and names, the chain alone, or nothing (``ssl.verification_mode``)."""

    FULL = "full"
    CERTIFICATE = "certificate"
    NONE = "none"


class Kind(StrEnum):
    """Who runs a cluster."""

    HOSTED = "hosted"
    ECE = "ece"
    ECK = "eck"
    SELF_MANAGED = "self_managed"
    SERVERLESS = "serverless"


class X509Field(StrEnum):
    """A field of a certificate that trust_restrictions compares with its patterns (trust_restrictions.x509_fields)."""

    OTHER_NAME = "subjectAltName.otherName.commonName"
    DNS_NAME = "subjectAltName.dnsName"


class Severity(StrEnum):
    """How bad a finding is; ``info`` never makes a remote anything but ok."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """1 (info) to 4 (critical): the value of ``diag_check_status``."""
        return list(Severity).index(self) + 1


class Outcome(StrEnum):
    """What became of one check on one remote. Missing input is never a pass."""

    PASS = "pass"  # noqa: S105 -- an outcome, no password.
    FAIL = "fail"
    SKIP = "skip"
    UNKNOWN = "unknown"
    ERROR = "error"


class Status(StrEnum):
    """The state of a remote, of a cluster, or of the whole report."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Layer(StrEnum):
    """The order in which causes are looked for: the first failing layer holds the root cause."""

    CONFIGURATION = "configuration"
    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    TRUST = "trust"
    LICENSE = "license"
    RUNTIME = "runtime"
    CCR = "ccr"

    @property
    def rank(self) -> int:
        """0 for the layer that is judged first."""
        return list(Layer).index(self)


class Step(StrEnum):
    """Where the gathering of a piece of evidence stopped."""

    CONFIGURATION = "configuration"
    FILE = "file"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TRANSPORT = "transport"
    API = "api"


class Reason(StrEnum):
    """Why a piece of evidence could not be had. The values stand in reports and in saved evidence, so they never change."""

    NOT_DECLARED = "not_told"
    NOT_REQUESTED = "not_asked"  # It needs an access that nobody configured.
    NOT_USABLE = "not_usable"
    NOT_TRIED = "not_tried"
    OFFLINE = "offline"  # This run uses no network.
    NO_ADDRESS = "no_address"
    NO_REMOTES = "no_remotes"
    MISSING_FILE = "missing_file"
    NO_SUCH_NAME = "no_such_name"
    LOOKUP_FAILED = "lookup_failed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    CLOSED = "closed"
    TIMED_OUT = "timed_out"
    NOT_TLS = "not_tls"
    IN_CLEAR = "in_clear"  # Neither side uses TLS there: it is not missing.
    ALERT = "alert"
    TLS_FAILED = "tls_failed"
    OUT_OF_TIME = "out_of_time"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    UNLICENSED = "unlicensed"
    NOT_FOUND = "not_found"
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVER_ERROR = "server_error"
    NO_MASTER = "no_master"  # A cluster without an elected master answers nothing that takes one.
    NO_ROLE = "no_role"  # The node that was asked lacks the role remote_cluster_client, whatever the login may do.
    REDIRECTED = "redirected"
    NOT_ELASTICSEARCH = "not_elasticsearch"
    TOO_LARGE = "too_large"
    OTHER = "other"


# What a run says of everything that it would have to ask somebody for, where it asks nobody.
NO_NETWORK: Final = "diag lint does not use the network"


@dataclass(frozen=True, slots=True)
class Version:
    """A release number, compared by its three numbers; pre-release tags are dropped."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``8.14.1``, ``8.14`` or ``8.14.1-SNAPSHOT``.

        Raises ValueError for anything else.
        """
        found = re.fullmatch(r"(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:-[A-Za-z0-9.+-]+)?", text.strip())
        if found is None:
            msg = f"{text!r} is no version: expected three numbers, such as 8.14.1"
            raise ValueError(msg)
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))

    def __lt__(self, other: Version) -> bool:
        """Compare number by number."""
        return (self.major, self.minor, self.patch) < (other.major, other.minor, other.patch)

    def __le__(self, other: Version) -> bool:
        """Compare likewise. ``total_ordering`` would ask twice."""
        return (self.major, self.minor, self.patch) <= (other.major, other.minor, other.patch)

    def __gt__(self, other: Version) -> bool:
        """Compare likewise."""
        return (self.major, self.minor, self.patch) > (other.major, other.minor, other.patch)

    def __ge__(self, other: Version) -> bool:
        """Compare likewise."""
        return (self.major, self.minor, self.patch) >= (other.major, other.minor, other.patch)

    def __str__(self) -> str:
        """Give the dotted form."""
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Why a piece of evidence is missing; stands where other programs would put None.

    ``call`` is the call of an API that did not bring it, by its name (``GET /_license``); empty where it is none. ``cause`` is another
    piece that is missing, where this one only follows from that.
    """

    step: Step
    reason: Reason
    detail: str = ""
    call: str = ""
    cause: Unavailable | None = None

    @property
    def not_configured(self) -> bool:
        """Whether nobody configured an access to it, or it itself: then there is nothing that could not be had."""
        not_declared = self.step is Step.CONFIGURATION and self.reason is Reason.NOT_DECLARED
        return not_declared or self.reason in {Reason.NOT_REQUESTED, Reason.OFFLINE}

    def __str__(self) -> str:
        """Say it in one line, for the ``because`` of a result."""
        return self.detail or f"{self.step}: {self.reason.name.replace('_', ' ').lower()}"
