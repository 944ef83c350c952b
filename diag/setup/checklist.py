"""The steps as a page: the checklist that goes with the documents, or one page with all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diag.model import API_KEY_GA, Kind, SecurityModel
from diag.setup.connection import Cluster, Connection
from diag.setup.declared import declared
from diag.setup.order import steps
from diag.setup.steps import NEWLINE, Document, Step

_PLATFORM = {
    Kind.HOSTED: "a deployment on Elastic Cloud",
    Kind.ECE: "a deployment on ECE",
    Kind.ECK: "a cluster on ECK",
    Kind.SELF_MANAGED: "a self-managed cluster",
}

_IN_SHORT = {
    SecurityModel.API_KEY: "The remote cluster does not have to trust the local one in this model: the key is what counts, and what it may do is the most "
    "that any local user can.",
    SecurityModel.CERTIFICATE: "Each cluster has to trust the other one in this model, and a superuser of the local cluster reads everything on the remote "
    "one: it is for clusters of the same administrators alone.",
}


def documents(connection: Connection) -> tuple[Document, ...]:
    """Everything that goes into the folder: the checklist, what its steps name, and the configuration of diag."""
    planned = steps(connection)
    page = Document(path="README.md", text=_page(connection, planned), what="the steps, in their order")
    return (page, *(one for step in planned for one in step.documents), declared(connection))


def one_page(connection: Connection) -> str:
    """The same as one text: the checklist, and behind it every document."""
    first, *others = documents(connection)
    shown = (
        f"\n### {one.path}\n\n{one.what[:1].upper()}{one.what[1:]}.\n\n```{one.language}\n{one.text}```\n"
        for one in others
    )
    return "".join((first.text, "\n## The documents\n", *shown))


def _page(connection: Connection, planned: Sequence[Step]) -> str:
    return NEWLINE.join((*_head(connection), *_numbered(planned))) + NEWLINE


def _head(connection: Connection) -> Iterator[str]:
    model = "API key" if connection.by_key else "certificate"
    yield f"# The remote `{connection.alias}`: {model} model"
    yield ""
    yield f"From {_shown(connection.local)} (local: it searches or replicates) to {_shown(connection.remote)} (remote: it has the data)."
    yield "Written by `diag setup connection`: nothing was changed anywhere. The steps go in this order."
    yield ""
    yield _IN_SHORT[connection.model]
    yield ""
    old = [str(one.title) for one in connection.clusters if connection.by_key and one.release < API_KEY_GA.since]
    if old:
        yield f"The API key model is a beta before {API_KEY_GA.since}: {' and '.join(old)}."
        yield ""


def _shown(cluster: Cluster) -> str:
    return f"{_PLATFORM[cluster.kind]}, {cluster.release}"


def _numbered(planned: Sequence[Step]) -> Iterator[str]:
    for number, step in enumerate(planned, start=1):
        yield f"{number}. [ ] **{step.title}.** {step.text}"
        for one in step.documents:
            yield f"   - `{one.path}`: {one.what}"
        if step.commands:
            yield ""
            yield "   ```sh"
            yield from (f"   {command}" for command in step.commands)
            yield "   ```"
        yield ""
