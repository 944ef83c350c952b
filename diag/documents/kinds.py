"""Every kind of document that diag reads: one row for each, in the order in which a text is tried. The first that fits is it."""

from __future__ import annotations

from typing import Final

from diag.documents import (
    console,
    diag_yaml,
    elasticsearch_yml,
    env_file,
    instances,
    keystore_list,
    markdown,
    script,
    settings_request,
    trust_file,
)
from diag.documents.candidate import Candidate
from diag.documents.cloud import deployments, filters, remotes
from diag.documents.row import KindRow, Recognised


def recognise(candidate: Candidate) -> Recognised | None:
    """Tell what a text is; None where it is of no known kind."""
    for row in KINDS:
        why = row.recognise(candidate) if row.of_bytes or not candidate.problem else ""
        if why:
            return Recognised(row, why)
    return None


KINDS: Final[tuple[KindRow, ...]] = (
    diag_yaml.ROW,
    markdown.row(recognise),
    console.ROW,
    script.ROW,
    deployments.TRUST,
    remotes.ROW,
    filters.ROW,
    deployments.DEPLOYMENT,
    settings_request.ROW,
    elasticsearch_yml.ROW,
    env_file.ROW,
    keystore_list.ROW,
    trust_file.ROW,
    instances.ROW,
)
