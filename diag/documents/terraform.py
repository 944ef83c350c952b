"""Terraform: its own language, as far as it is literal, and the JSON of ``terraform show -json``, where everything is resolved.

``resources`` gives both as the same. ``_ROWS`` says what reads a resource, by its type; a further type is one row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from diag.documents.candidate import Candidate
from diag.documents.cloud import terraform_deployment
from diag.documents.hcl import read_hcl
from diag.documents.row import KindRow, Reading
from diag.documents.scalars import marked
from diag.documents.source import RefusedError
from diag.documents.terraform_key import api_key
from diag.documents.terraform_settings import cluster_settings
from diag.documents.tree import Branch, branches, text
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.problems import DocumentProblems
from diag.evidence.documents.written import PayloadForm
from diag.lazy_dataclass import dataclass

_NAMES: Final = (".tf", ".tofu")
_BLOCK: Final = re.compile(r'^[ \t]*resource[ \t]+"(?P<type>[\w-]+)"[ \t]+"[^"\n]+"[ \t]*\{', re.MULTILINE)
_RELEVANT: Final = ("elasticstack_", "ec_", "elasticsearch_", "opensearch_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource: its type and name, what it is configured as. Blocks in it are lists; what is not known names itself.

    ``form`` says whether it is what there is to be, or what a state says that there is.
    """

    type: str
    name: str
    body: Branch
    origin: Origin
    form: PayloadForm = PayloadForm.TERRAFORM


ResourceReader = Callable[[Branch, Reading], tuple[object, ...]]
_ROWS: Final[Mapping[str, ResourceReader]] = {
    "elasticstack_elasticsearch_cluster_settings": cluster_settings,
    "elasticstack_elasticsearch_security_api_key": api_key,
}
_OF_CLOUD: Final[Mapping[str, Callable[[Branch, PayloadForm], Iterator[object]]]] = {
    "ec_deployment": terraform_deployment.deployment,
    "ec_deployment_traffic_filter": terraform_deployment.filters,
}
# Its configuration in JSON, and what such a text fills in.
_JSON: Final = ".tf.json"
_REFERENCE: Final = re.compile(r"\$\{[^{}]*\}")
_SECTIONS: Final = {"planned_values": PayloadForm.TERRAFORM, "values": PayloadForm.STATE}


def _recognise(candidate: Candidate) -> str:
    found = next((one for one in _BLOCK.finditer(candidate.text) if one["type"].startswith(_RELEVANT)), None)
    if found is not None and (candidate.name.endswith(_NAMES) or candidate.branch is None):
        return f"it holds a resource {found['type']}"
    branch = candidate.branch
    if branch is not None and candidate.name.endswith(_JSON):
        kind = next((one.type for one in _of_json(branch) if one.type.startswith(_RELEVANT)), "")
        return f"it holds a resource {kind}" if kind else ""
    if branch is not None and {"terraform_version", "resources"} <= branch.keys:
        return "it holds terraform_version and resources"
    if branch is None or "format_version" not in branch.keys:
        return ""
    section = next((key for key in _SECTIONS if isinstance(branch.get(key), Branch)), "")
    return f"it holds format_version and {section}" if section else ""


def resources(candidate: Candidate) -> Iterator[Resource]:
    """Every resource of a document. Raises RefusedError for a text in Terraform's language that can't be understood."""
    branch = candidate.branch
    if branch is not None and candidate.name.endswith(_JSON):
        yield from _of_json(branch)
        return
    if branch is not None and not candidate.name.endswith(_NAMES):
        for section, form in _SECTIONS.items():
            for module in branches(branch.get(section, "root_module")):
                yield from _of_module(module, form)
        yield from _before(branch)
        yield from _of_state(branch)
        return
    for block in read_hcl(candidate.source):
        if block.type == "resource" and len(block.labels) > 1:
            yield Resource(type=block.labels[0], name=block.labels[1], body=block.body, origin=block.origin)


def _of_json(configuration: Branch) -> Iterator[Resource]:
    """The resources of a configuration that is written in JSON: by type and name, what is filled in as ``${…}``."""
    for kind in (one for found in branches(configuration.get("resource")) for one in found.entries):
        for entry in (one for found in branches(kind.value) for one in found.entries):
            for body in branches(entry.value):
                read = marked(body, _REFERENCE)
                if isinstance(read, Branch):
                    yield Resource(type=kind.key, name=entry.key, body=read, origin=body.origin)


def _before(plan: Branch) -> Iterator[Resource]:
    """What a plan says that there is now, of resources of the Cloud: others are judged as they are to be."""
    for one in branches(plan.get("resource_changes")):
        kind, before = text(one.get("type")), one.get("change", "before")
        if kind in _OF_CLOUD and isinstance(before, Branch):
            yield Resource(
                type=kind, name=text(one.get("name")), body=before, origin=one.origin, form=PayloadForm.STATE
            )


def _of_state(state: Branch) -> Iterator[Resource]:
    """The resources of a file ``terraform.tfstate``."""
    for one in branches(state.get("resources")):
        for instance in branches(one.get("instances")):
            found = instance.get("attributes")
            if text(one.get("mode")) != "data" and isinstance(found, Branch):
                yield Resource(
                    type=text(one.get("type")),
                    name=text(one.get("name")),
                    body=found,
                    origin=one.origin,
                    form=PayloadForm.STATE,
                )


def _of_module(module: Branch, form: PayloadForm) -> Iterator[Resource]:
    """The resources of a module and of those below it; the tree was read with a bound of its depth."""
    for one in branches(module.get("resources")):
        values = one.get("values")
        if text(one.get("mode")) != "data" and isinstance(values, Branch):
            kind, name = text(one.get("type")), text(one.get("name"))
            yield Resource(type=kind, name=name, body=values, origin=one.origin, form=form)
    for inner in branches(module.get("child_modules")):
        yield from _of_module(inner, form)


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    found: list[object] = []
    try:
        for one in resources(candidate):
            if one.type in _ROWS:
                found += _ROWS[one.type](one.body, reading)
            if one.type in _OF_CLOUD:
                found += _OF_CLOUD[one.type](one.body, one.form)
    except RefusedError as error:
        found.append(DocumentProblems(all=(error.problem(DocumentKind.TERRAFORM),)))
    return tuple(found)


ROW: Final = KindRow(kind=DocumentKind.TERRAFORM, recognise=_recognise, read=_read)
