"""What is written: documents, and the steps that say where each of them goes."""

from __future__ import annotations

import json

from diag.lazy_dataclass import dataclass
from diag.model import Request

NEWLINE = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file: its path in the folder, its text, and what it is, for the list."""

    path: str
    text: str
    what: str

    @property
    def language(self) -> str:
        """What it is written in, as Markdown names it."""
        return {"yml": "yaml", "yaml": "yaml", "json": "json", "sh": "sh", "console": "console"}.get(
            self.path.rpartition(".")[2], "text"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what is done, in a few words, how, and with which documents. ``commands`` are typed on a shell."""

    title: str
    text: str
    documents: tuple[Document, ...] = ()
    commands: tuple[str, ...] = ()


def console(*requests: Request) -> str:
    """Calls as Dev Tools takes them."""
    return "\n\n".join(request.console for request in requests) + NEWLINE


def curl(request: Request, side: str, *, fail: bool = False) -> str:
    """A call as a command of curl. Address and login come from the environment, so that neither stands in the text.

    ``side`` is the cluster that is called: its address is in ``$REMOTE_URL`` or ``$LOCAL_URL``, and ``$REMOTE_LOGIN`` or ``$LOCAL_LOGIN``
    names a file of options of curl with the login. ``fail`` makes an answer that is an error no output.
    """
    options = "-fsS" if fail else "-sS"
    login = f'-K "${{{side.upper()}_LOGIN:?the file of curl options with the login}}"'
    url = f'"${{{side.upper()}_URL:?https://host:port of the {side} cluster}}/{request.path}"'
    head = f"curl {options} {login} -X {request.method} {url}"
    if request.body is None:
        return head
    body = json.dumps(request.body, indent=2).replace("'", "\\u0027")
    return f"{head} -H 'Content-Type: application/json' -d '{body}'"


def script(*lines: str, about: str) -> str:
    """A script of the shell that ends at the first command that fails. ``about`` says where it runs, and with what."""
    return NEWLINE.join(("#!/bin/sh", *(f"# {line}" for line in about.splitlines()), "set -eu", *lines)) + NEWLINE


def settings_lines(settings: dict[str, object], about: str) -> str:
    """Lines of elasticsearch.yml, each value in the form of JSON, which YAML reads alike."""
    lines = (f"{key}: {json.dumps(value)}" for key, value in settings.items())
    return NEWLINE.join((*(f"# {line}" for line in about.splitlines()), *lines)) + NEWLINE
