"""Every kind of document that diag reads: one row for each, in the order in which a text is tried. The first that fits is it."""

from __future__ import annotations

from typing import Final

from diag.documents import (
    ansible,
    certificates,
    compose,
    console,
    diag_yaml,
    elasticsearch_yml,
    embedded,
    env_file,
    instances,
    key_body,
    keystore_list,
    markdown,
    powershell,
    python_program,
    remote_info,
    role_body,
    script,
    settings_request,
    terraform,
    trust_file,
)
from diag.documents.answers import answer
from diag.documents.candidate import Candidate
from diag.documents.cloud import deployments, filters, remotes
from diag.documents.kubernetes import manifest
from diag.documents.row import KindRow, Recognised

_ALL: Final = 3


def recognise(candidate: Candidate, depth: int = _ALL) -> Recognised | None:
    """Tell what a text is, among the kinds of less than a depth; None where it is of no known kind."""
    for row in KINDS:
        fits = row.depth < depth and (row.of_bytes or not candidate.problem)
        why = row.recognise(candidate) if fits else ""
        if why:
            return Recognised(row, why)
    return None


def _inside(candidate: Candidate) -> Recognised | None:
    """Tell what a text is that stands inside of another document."""
    return recognise(candidate, depth=1)


def _in_markdown(candidate: Candidate) -> Recognised | None:
    return recognise(candidate, depth=2)


KINDS: Final[tuple[KindRow, ...]] = (
    *certificates.ROWS,
    diag_yaml.ROW,
    markdown.row(_in_markdown),
    python_program.ROW,
    powershell.ROW,
    console.ROW,
    script.ROW,
    deployments.TRUST,
    remotes.ROW,
    filters.ROW,
    deployments.DEPLOYMENT,
    terraform.ROW,
    settings_request.ROW,
    remote_info.ROW,
    answer.ROW,
    manifest.row(_inside),
    compose.row(_inside),
    ansible.row(_inside),
    key_body.ROW,
    role_body.ROW,
    keystore_list.ROW,
    elasticsearch_yml.ROW,
    env_file.ROW,
    trust_file.ROW,
    instances.ROW,
    embedded.row(_inside),
)
