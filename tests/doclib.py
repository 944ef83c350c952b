"""Documents judged as ``diag lint FILE…`` judges them."""

from __future__ import annotations

from pathlib import Path

from diag.cli.command_options import Chosen
from diag.cli.document_options import Documents
from diag.cli.documents import judge_documents
from diag.documents.located import LintReport


def lint(
    *files: str | Path,
    side: str | None = None,
    version: str = "",
    chosen: Chosen | None = None,
    password_files: tuple[Path, ...] = (),
) -> LintReport:
    """Judge documents together."""
    documents = Documents(
        files=tuple(map(str, files)),
        side=side,
        version=version,
        kind=None,
        security_model=None,
        env_file=None,
        keystore=None,
        stdin_filename="",
        password_files=password_files,
    )
    return judge_documents(documents, chosen or Chosen()).report
