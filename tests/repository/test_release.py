"""The workflow of a release: it runs what is here, with no more rights than it needs, and nothing in it can be exchanged from outside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag import VERSION

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github" / "workflows" / "release.yml").read_text()
# As text: "on" is a word here, not a truth value.
WORKFLOW: dict[str, Any] = yaml.load(TEXT, Loader=yaml.BaseLoader)  # noqa: S506 -- it makes nothing but texts.
JOBS: dict[str, Any] = WORKFLOW["jobs"]
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_only_a_tag_of_a_version_starts_it() -> None:
    """No branch and no request from outside does."""
    assert WORKFLOW["on"] == {"push": {"tags": ["v[0-9]*"]}}


def test_actions_are_pinned() -> None:
    """Each is named by its commit, with the release that the commit is."""
    used = re.findall(r"uses: (.*)", TEXT)
    assert used
    for one in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one
    by_name: dict[str, set[str]] = {}
    for one in used:
        by_name.setdefault(one.partition("@")[0], set()).add(one)
    assert all(len(pins) == 1 for pins in by_name.values())


def test_rights() -> None:
    """Nobody has any by default; who may write, or sign, does nothing but that."""
    assert WORKFLOW["permissions"] == {}
    rights = {name: job["permissions"] for name, job in JOBS.items()}
    assert rights == {
        "gates": {"contents": "read"},
        "build": {"contents": "read", "id-token": "write", "attestations": "write"},
        "publish": {"id-token": "write"},
        "release": {"contents": "write"},
    }
    assert TEXT.count("uses: actions/checkout@") == TEXT.count("persist-credentials: false")


@pytest.mark.parametrize("name", JOBS)
def test_what_a_job_runs(name: str) -> None:
    """Every target and file exists, a name that others choose reaches no shell, and no job waits for ever."""
    job = JOBS[name]
    assert int(job["timeout-minutes"]) <= 120
    for step in job["steps"]:
        script = step.get("run", "")
        assert "${{" not in script
        for line in re.findall(r"\bmake ([a-z ]+)", script):
            assert set(line.split()) <= TARGETS
        for path in re.findall(r"(?<!\S)\.ci/\S+", script):
            assert (ROOT / path).exists()


def test_everything_comes_after_the_gates() -> None:
    """What is published was built once, after every gate."""
    assert JOBS["build"]["needs"] == "gates"
    assert JOBS["publish"]["needs"] == JOBS["release"]["needs"] == "build"


def test_the_version_has_its_place_in_the_changelog() -> None:
    """What comes next is gathered under a head of its own, which becomes the notes of the release."""
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heads[0] in {"Unreleased", VERSION}
