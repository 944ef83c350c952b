"""What diag asks of a platform, and what is answered in tests and in the lab, is what the public description of the API says.

``tests/data/cloud-api.json`` holds the calls and fields that are used, written by hand. Where ``DIAG_CLOUD_API_DESCRIPTION`` or
``DIAG_ECE_API_DESCRIPTION`` names a whole description (Swagger 2.0, as elastic/cloud-sdk-go has them), all of it is held to that, too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest
import yaml
from jsonschema import Draft4Validator, Draft202012Validator

from diag.collect.platforms import cloud_calls
from diag.evidence.call import Call
from diag.lab.hosted import hosted_organization
from diag.lab.installation import installation as lab_installation
from diag.lab.organization import LabDeployment, LabOrganization
from tests.platformlib import organization

ROOT: Final = Path(__file__).parents[3]
CONTRACT: Final = json.loads((ROOT / "tests" / "data" / "cloud-api.json").read_text())
WHOLE: Final = {"ech": "DIAG_CLOUD_API_DESCRIPTION", "ece": "DIAG_ECE_API_DESCRIPTION"}
# An installation is one region; the description leaves that part out of the paths of its platform.
_BASES: Final = ("/api/v1/regions/ece-region", "/api/v1")
CALLS: Final = (
    cloud_calls.LISTING,
    cloud_calls.ACCOUNT,
    cloud_calls.FILTERS,
    cloud_calls.RELATIONSHIPS,
    cloud_calls.PROXY_CERTIFICATE,
    cloud_calls.deployment("0" * 32),
    cloud_calls.authority("0" * 32),
    cloud_calls.remotes("0" * 32, "main-elasticsearch"),
    cloud_calls.keystore("0" * 32, "main-elasticsearch"),
)


def bare(path: str) -> str:
    """A path without the part in front that the description has as its base."""
    base = next(one for one in _BASES if path.startswith(one))
    return path.removeprefix(base)


def matching(path: str, templates: list[str]) -> str:
    """The path of the description that this one is; of several the one with the fewest parts to fill in."""
    found = [one for one in templates if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    assert found, f"{path} is no path of the description"
    return min(found, key=lambda one: one.count("{"))


def base_of_cases() -> LabOrganization:
    """The organization that the cases of checks begin with."""
    given = yaml.safe_load((ROOT / "tests" / "cases" / "base" / "platform.yaml").read_text())
    deployments = [given["local"], {"endpoint": "logs.example", **given["remote"]}]
    return LabOrganization(deployments=[LabDeployment(**one) for one in deployments], **given["organization"])


def installation() -> LabOrganization:
    """An installation of Elastic Cloud Enterprise."""
    pem = str(organization().deployments[0].authority)
    relationship = {
        "id": "r1",
        "name": "ECE2",
        "local": False,
        "trust_by_default": False,
        "last_modified": "2025-01-01T00:00:00Z",
    }
    made = organization(
        is_installation=True, relationships=[{**relationship, "public_ca_cert": pem}], proxy_chain=[pem]
    )
    for one in made.deployments:
        one.system_owned = False
    return made


def organizations() -> dict[str, LabOrganization]:
    """Everything that is answered anywhere in tests and lab."""
    full = organization()
    full.deployments[0].pending = True
    return {
        "tests": full,
        "cases": base_of_cases(),
        "lab": hosted_organization({}),
        "lab ece": lab_installation({}),
        "installation": installation(),
    }


def answers(one: LabOrganization) -> Iterator[tuple[str, Any]]:
    """Every answer with its bare path."""
    yield from ((bare(path), json.loads(json.dumps(answer))) for path, answer in one.answers().items())


@pytest.mark.parametrize("name", ["tests", "cases", "lab", "lab ece", "installation"])
def test_every_answer_has_the_form_of_the_description(name: str) -> None:
    """Every required field, and every field that is read in its type."""
    templates = {one["path"]: one["answer"] for one in CONTRACT["calls"]}
    for path, answer in answers(organizations()[name]):
        schema = {"$ref": f"#/$defs/{templates[matching(path, list(templates))]}", "$defs": CONTRACT["$defs"]}
        assert not list(Draft202012Validator(schema).iter_errors(answer)), path


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_call_is_one_of_the_description(call: Call) -> None:
    """Its path and each parameter; nothing that brings credentials along."""
    known = {one["path"]: one["query"] for one in CONTRACT["calls"]}
    path, _, query = call.path.partition("?")
    given = dict(parse_qsl(query))
    assert set(given) <= set(known[matching(bare(path), list(known))])
    assert not {"show_metadata", "show_security"} & set(given)


def test_a_wrong_answer_is_noticed() -> None:
    """A field that is missing, or of another type, is no answer of this API."""
    schema = {"$ref": "#/$defs/RemoteResources", "$defs": CONTRACT["$defs"]}
    wrong = (
        {},
        {"resources": [{"alias": "logs"}]},
        {"resources": [{"alias": 1, "deployment_id": "", "elasticsearch_ref_id": ""}]},
    )
    for answer in wrong:
        assert list(Draft202012Validator(schema).iter_errors(answer)), answer


def description(kind: str) -> dict[str, Any]:
    """The whole description of an API, where somebody has it."""
    file = os.environ.get(WHOLE[kind])
    if not file:
        pytest.skip(f"{WHOLE[kind]} names no description")
    found: dict[str, Any] = json.loads(Path(file).read_text())
    return found


@pytest.mark.parametrize("kind", ["ech", "ece"])
def test_the_whole_description_says_the_same(kind: str) -> None:
    """Each answer is valid by it, each call is one of it, and what is written by hand asks for no field that it does not have."""
    whole = description(kind)
    gets = {path: one["get"] for path, one in whole["paths"].items() if "get" in one}
    for one in CONTRACT["calls"]:
        if one.get("installation") and kind != "ece":
            continue
        call = gets[one["path"]]
        assert call["responses"]["200"]["schema"]["$ref"].endswith(f"/{one['answer']}")
        assert set(one["query"]) <= {
            parameter["name"] for parameter in call["parameters"] if parameter["in"] == "query"
        }
    chosen = ("installation",) if kind == "ece" else ("tests", "cases", "lab")
    for name in chosen:
        for path, answer in answers(organizations()[name]):
            reference = gets[matching(path, list(gets))]["responses"]["200"]["schema"]["$ref"]
            schema = {"$ref": reference, "definitions": whole["definitions"]}
            assert not list(Draft4Validator(schema).iter_errors(answer)), path
    for name, schema in CONTRACT["$defs"].items():
        if kind == "ece" or name in whole["definitions"]:
            assert set(schema["properties"]) <= set(whole["definitions"][name]["properties"]), name
