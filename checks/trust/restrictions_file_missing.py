"""The check trust/restrictions-file-missing."""

from __future__ import annotations

from checks.tables import docs
from diag.check import NotApplicable, Yields, check
from diag.model import Finding, NamedFiles, Severity, shorten

_KEY = ".ssl.trust_restrictions.path"


@check(
    "trust/restrictions-file-missing",
    severity=Severity.CRITICAL,
    severities=(Severity.INFO,),
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("documents", "trust-restrictions"),
    source="Elasticsearch 8.19.0: a node whose trust_restrictions.path leads to no file does not start",
)
def restrictions_file_missing(files: NamedFiles) -> Yields:
    """The file that restricts trust is not where the setting says.

    Why it matters: a node that does not find the file does not start. A relative path begins at the configuration folder, in which
    ``elasticsearch.yml`` lies.

    How to fix: copy the file to every node, or correct the path. Where none of the files that the document names lies next to it, it is a copy,
    and what is on the nodes is not known: an info.

    Example: ``trust_restrictions.path: trust.yml``, and the file was copied to the first node alone.
    """
    named = [one for one in files.all if one.setting.endswith(_KEY)]
    if not named:
        yield NotApplicable("no document names a file that restricts trust")
    for one in named:
        if not one.exists:
            becomes = "the node does not start" if one.others_exist else "what is on the nodes is not known here"
            yield Finding(
                summary=f"{shorten(one.path)} does not lie next to {shorten(one.document)}, where {one.setting} looks for it: {becomes}.",
                remedy="Copy it to the configuration folder of every node, or correct the path.",
                severity=Severity.CRITICAL if one.others_exist else Severity.INFO,
                origin=one.origin,
                facts={"setting": one.setting, "observed": "no such file", "expected": shorten(one.path)},
            )
