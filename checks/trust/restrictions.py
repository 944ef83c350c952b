"""The other side's ``trust_restrictions`` file: whether it can be used, and keeps others out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from checks.causes import NO_CONNECTION, NOT_ADMITTED
from checks.tables import docs
from checks.trust.patterns import admits, parse
from checks.trust.presented import not_judged, not_there, quoted, was_asked_for
from diag.check import Applies, Unknown, Yields, check
from diag.model import Finding, Layer, Remote, SecurityModel, Severity, TrustRestrictions, Unavailable, shorten

_APPLIES: Final = Applies.settings(models=(SecurityModel.CERTIFICATE,))
_SUFFIX: Final = ".account"
_EXTENSIONS: Final = (".yml", ".yaml", ".json")
_MOST_REMARKS: Final = 5
_PATH: Final = "xpack.security.transport.ssl.trust_restrictions.path"

# Ids of clusters and organizations that nobody has: a pattern that matches one of them matches any.
_STRANGE_IDS: Final = tuple(f"{digit}3f9b1d7" * 4 for digit in "0123456789abcdef")
_STRANGE_SCOPES: Final = (*(f"{digit}840617395" for digit in range(10)), *_STRANGE_IDS)
_ANY_SCOPE: Final = re.compile(r".*\.cluster\.[*?]+(\.account)?")
_SCOPE: Final = re.compile(r".*[*?.]([^*?\\/.]+)")


@check(
    "trust/restrictions-file-invalid",
    severity=Severity.CRITICAL,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=_APPLIES,
    docs=(docs.EC_SELF, docs.EC_ECK),
    tags=("trust-restrictions", "offline"),
    source="Elasticsearch RestrictedTrustConfig, Automatons; YAML 1.1: a plain scalar can't begin with *",
    explains=("trust/restrictions-*", "trust/cn-scope-suffix", *NOT_ADMITTED, *NO_CONNECTION),
    leaves_open=("trust/restrictions-*",),
)
def restrictions_file_invalid(restrictions: TrustRestrictions | Unavailable) -> Yields:
    """The remote's ``trust_restrictions`` file can't be used.

    Why it matters: a node does not start with a file that it can't read, and a running one keeps what it had. A file
    without the key ``trust.subject_name``, or with an empty list, admits no certificate at all.

    How to fix: write the key ``trust.subject_name`` with a list of patterns, each in quotes. Its name has to end in
    ``.yml``, ``.yaml`` or ``.json``, in small letters: a node does not start with a file of another name either.

    Example: ``- *.node.search.cluster.1053523734.account``, where YAML takes the star for a reference.
    """
    if isinstance(restrictions, Unavailable):
        yield not_there(restrictions)
        return
    path = shorten(restrictions.path)
    if restrictions.problem:
        yield _unusable(restrictions, path)
    for pattern in [text for text in restrictions.patterns if parse(text).problem][:5]:
        yield Finding(
            summary=f"{path} holds the pattern {shorten(pattern)}, which Elasticsearch refuses: {parse(pattern).problem}.",
            remedy=_mend(pattern),
            facts={"path": path, "observed": shorten(pattern), "expected": "/…/"},
        )
    for remark in restrictions.remarks[:_MOST_REMARKS]:
        yield Finding(
            summary=f"{path}: {shorten(remark)}.",
            remedy="Put every pattern in quotes, and write the key trust.subject_name once.",
            severity=Severity.WARNING,
            facts={
                "path": path,
                "observed": shorten(remark),
                "expected": "quoted patterns under one trust.subject_name",
            },
        )


def _mend(pattern: str) -> str:
    literally = f"put a backslash before the first slash: - {quoted(chr(92) + pattern)}"
    if len(pattern) > 1 and pattern.endswith("/"):
        return f"Correct the regular expression between the slashes (a backslash before a sign makes it a character), or {literally}"
    return f"Put a slash at both ends of a regular expression, or {literally}"


def _unusable(restrictions: TrustRestrictions, path: str) -> Finding:
    line = f", line {restrictions.line}" if restrictions.line else ""
    if not restrictions.path.endswith(_EXTENSIONS):
        return _misnamed(restrictions, path)
    remedy = (
        'Put every pattern in quotes: - "*.node.<cluster id>.cluster.<organization id>.account".'
        if restrictions.unquoted_star
        else 'Write the file as: trust.subject_name: ["*.node.<cluster id>.cluster.<organization id>.account"].'
    )
    return Finding(
        summary=f"{path}{line}: {shorten(restrictions.problem)}; expected is the key trust.subject_name with a list of quoted patterns.",
        remedy=remedy,
        facts={
            "path": path,
            "line": restrictions.line,
            "observed": shorten(restrictions.problem),
            "expected": "trust.subject_name with a list of patterns",
        },
    )


def _misnamed(restrictions: TrustRestrictions, path: str) -> Finding:
    name = shorten(restrictions.path.rpartition("/")[2])
    return Finding(
        summary=f"{path}: {restrictions.problem}, by which Elasticsearch tells how to read the file: no node starts with it.",
        remedy=f"Rename the file, and set {_PATH} to the new name. Where only the copy here has another name, rename that.",
        facts={"path": path, "observed": name, "expected": "*.yml, *.yaml or *.json"},
    )


@check(
    "trust/restrictions-too-broad",
    severity=Severity.ERROR,
    applies=_APPLIES,
    docs=(docs.EC_SELF, docs.SEC_TR),
    tags=("trust-restrictions", "exposure", "offline"),
    source="documentation: remote clusters with self-managed clusters, one CA signs all clusters of a Cloud region",
)
def restrictions_too_broad(restrictions: TrustRestrictions | Unavailable) -> Yields:
    """The remote's ``trust_restrictions`` file admits clusters of other organizations, or every cluster of one.

    Why it matters: at Elastic Cloud one CA signs the certificates of all clusters of a region, of every customer. The
    file is what keeps the others out: a pattern without the organization lets them all in.

    How to fix: name the organization in each pattern, and the clusters too where not all of them are meant.

    Example: ``*.node.*.cluster.*.account``.
    """
    if isinstance(restrictions, Unavailable):
        yield not_there(restrictions)
        return
    if restrictions.problem:
        yield Unknown(f"{shorten(restrictions.path)} can't be used: {shorten(restrictions.problem)}")
    for pattern in restrictions.patterns:
        match _breadth(pattern):
            case None:
                yield not_judged(restrictions)
            case "organizations":
                yield _too_broad(restrictions, pattern, "clusters of any organization", Severity.ERROR)
            case "clusters":
                yield _too_broad(restrictions, pattern, "every cluster of that organization", Severity.WARNING)


@lru_cache(maxsize=4096)
def _breadth(pattern: str) -> str | None:
    """Tell whom a pattern admits beyond what it names: any ``organizations``, any ``clusters`` of one; None if that can't be told."""
    strange = [f"node.node.{'3f9b1d7a' * 4}.cluster.{scope}" for scope in _STRANGE_SCOPES]
    answer = admits([pattern], [*strange, *(name + _SUFFIX for name in strange)])
    if answer or (answer is False and _ANY_SCOPE.fullmatch(pattern)):
        return "organizations"
    if answer is None:
        return None
    found = _SCOPE.fullmatch(pattern.removesuffix(_SUFFIX))
    if found is None or not (".cluster." in pattern or pattern.endswith(_SUFFIX)):
        return ""
    scope = found[1] + (_SUFFIX if pattern.endswith(_SUFFIX) else "")
    return "clusters" if admits([pattern], [f"node.node.{one}.cluster.{scope}" for one in _STRANGE_IDS]) else ""


def _too_broad(restrictions: TrustRestrictions, pattern: str, whom: str, severity: Severity) -> Finding:
    return Finding(
        summary=f"The pattern {shorten(pattern)} in {shorten(restrictions.path)} admits {whom}; expected are the clusters that are meant.",
        remedy='Name organization and cluster: - "*.node.<cluster id>.cluster.<organization id>.account".',
        severity=severity,
        facts={"observed": shorten(pattern), "expected": "organization and cluster by their ids", "admits": whom},
    )


@check(
    "trust/unneeded-with-apikey",
    severity=Severity.INFO,
    applies=Applies.settings(models=(SecurityModel.API_KEY,)),
    docs=(docs.MIGRATE, docs.EC_EDIT),
    tags=("trust-restrictions", "api-key"),
    source="documentation: add remote clusters using API key authentication, no mutual trust is needed",
)
def unneeded_with_apikey(remote: Remote, restrictions: TrustRestrictions | Unavailable) -> Yields:
    """Certificate trust is set up for a remote that authenticates with an API key.

    Why it matters: with an API key the remote asks for no certificate of ours. Trust that was left over from the
    certificate model is not used by this remote, and lets more in than needed.

    How to fix: after the migration, take the trust in our CA and the ``trust_restrictions`` out of the remote cluster.

    Example: ``trust_restrictions`` in the entry of a remote with a cross-cluster API key.
    """
    if remote.has_trust_restrictions or was_asked_for(restrictions):
        yield Finding(
            summary="A trust_restrictions file is configured for this remote, and its security model is api_key: no certificate of ours "
            "is asked for.",
            remedy="Remove trust_restrictions from this remote in diag.yaml; on the remote cluster remove the trust in our CA "
            f"({_PATH} and its entry in xpack.security.transport.ssl.certificate_authorities) if no other remote needs it.",
            facts={"observed": "trust_restrictions", "expected": "none with security model api_key"},
        )


CHECKS = (
    restrictions_file_invalid,
    restrictions_too_broad,
    unneeded_with_apikey,
)
