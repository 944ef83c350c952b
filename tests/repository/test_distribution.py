"""What is given away: wheel and sdist as an index and a user see them, and the list of what is installed with them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from diag import VERSION
from tests.repository.test_third_party_pack import printed
from tests.repository.test_tree import files

ROOT = Path(__file__).parents[2]
# Licenses that ask for nothing but their text, and one (MPL) that asks for changes to its own files.
LICENSES = {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "BSD License", "Apache-2.0", "Apache License, Version 2.0", "PSF-2.0", "MPL-2.0", "ISC"}  # fmt: skip

# What these packages state leaves open which license of that family it is; their texts say BSD-3-Clause, and Apache-2.0.
READ = {("partd", "BSD"), ("zict", "BSD"), ("sortedcontainers", "Apache 2.0")}


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a program that has to succeed, with nothing of this tree on its way; give what it says."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "SOURCE_DATE_EPOCH"}}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, target: Path) -> dict[str, Path]:
    """Build wheel and sdist of a tree, by the suffix of their names."""
    run(sys.executable, "-m", "hatchling", "build", "-d", target, cwd=source)
    return {path.suffix: path for path in target.iterdir()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheel and sdist of this tree."""
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def locked(name: str) -> dict[str, str]:
    """Which version of each package a lock names."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", text, re.MULTILINE))


def test_the_locks_agree() -> None:
    """What an image has, with what vantage points need or without, is what the tests ran with."""
    run_with, with_dask, tested = locked("run"), locked("dask"), locked("dev")
    assert run_with.items() < with_dask.items() <= tested.items()
    asked = {re.split(r"[^\w-]", one)[0] for one in requires("diag") or () if "extra ==" in one}
    assert asked
    assert asked <= with_dask.keys() - run_with.keys()


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_build_is_reproducible(made: dict[str, Path], tmp_path: Path) -> None:
    """Another place, other times and other rights give the same bytes; and so does the sdist, which is complete."""
    copy = tmp_path / "elsewhere"
    for path in files():
        to = copy / path.relative_to(ROOT)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
        to.chmod(0o600)
        os.utime(to, (1_000_000_000, 1_000_000_000))
    again = build(copy, tmp_path / "again")
    assert {suffix: digest(path) for suffix, path in again.items()} == {k: digest(path) for k, path in made.items()}
    with tarfile.open(made[".gz"]) as archive:
        archive.extractall(tmp_path / "sdist", filter="data")
    (source,) = (tmp_path / "sdist").iterdir()
    assert digest(build(source, tmp_path / "third")[".whl"]) == digest(made[".whl"])


def test_what_an_index_asks_for(made: dict[str, Path], tmp_path: Path) -> None:
    """The description can be shown, and the wheel holds what it should, where it should."""
    run(sys.executable, "-m", "twine", "check", "--strict", *made.values(), cwd=tmp_path)
    run(Path(sys.executable).with_name("check-wheel-contents"), made[".whl"], cwd=ROOT)
    with zipfile.ZipFile(made[".whl"]) as wheel:
        names = wheel.namelist()
    assert {"diag/py.typed", "checks/py.typed", "diag/config/example.yaml"} <= set(names)
    assert {name.partition("/")[0] for name in names} == {"diag", "checks", f"diag-{VERSION}.dist-info"}


def test_the_installed_wheel(made: dict[str, Path], tmp_path: Path) -> None:
    """Without this tree it runs as a module, finds its checks, and prints the example."""
    with zipfile.ZipFile(made[".whl"]) as wheel:
        wheel.extractall(tmp_path / "site")  # noqa: S202 -- just built.

    def diag(*arguments: str) -> str:
        return run(sys.executable, "-m", "diag", *arguments, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))

    place = "import diag, checks; print(diag.__file__); print(checks.__file__)"
    found = run(sys.executable, "-c", place, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site")).split()
    assert all(path.startswith(str(tmp_path)) for path in found)
    assert diag("--version") == f"diag {VERSION}\n"
    assert diag("config", "example") == (ROOT / "diag.example.yaml").read_text()
    assert "network/tcp-refused" in diag("checks", "list")


def test_its_types(made: dict[str, Path], tmp_path: Path) -> None:
    """A strict type checker of a pack takes the types of an installed diag, and would not without the marker."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    with zipfile.ZipFile(made[".whl"]) as wheel:
        wheel.extractall(site)  # noqa: S202 -- just built.
    (tmp_path / "house_rules.py").write_text(printed("house_rules.py"))
    python = tmp_path / "venv" / "bin" / "python"
    options = ("--strict", "--config-file", os.devnull, "--python-executable", python, "house_rules.py")
    assert "no issues found" in run(sys.executable, "-m", "mypy", *options, cwd=tmp_path)
    (site / "diag" / "py.typed").unlink()
    shutil.rmtree(tmp_path / ".mypy_cache")
    with pytest.raises(AssertionError, match=r"missing library stubs or py\.typed marker"):
        run(sys.executable, "-m", "mypy", *options, cwd=tmp_path)


@pytest.fixture(scope="module", params=["run", "dask"])
def lock(request: pytest.FixtureRequest) -> str:
    """What is installed: diag alone, or with what vantage points need."""
    return str(request.param)


@pytest.fixture(scope="module")
def sbom(lock: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The SBOM."""
    target = tmp_path_factory.mktemp("sbom") / "diag.cdx.json"
    run(sys.executable, ROOT / "tools" / "sbom.py", target, lock, cwd=ROOT)
    return target.read_text()


class TestSbom:
    """``make sbom``."""

    def test_it_is_valid_and_the_same_each_time(self, sbom: str, lock: str, tmp_path: Path) -> None:
        """By the schema of its version, and without a time or a number of its own."""
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom) is None
        run(
            sys.executable,
            ROOT / "tools" / "sbom.py",
            tmp_path / "again.json",
            lock,
            cwd=tmp_path,
            PYTHONPATH=str(ROOT),
        )
        assert (tmp_path / "again.json").read_text() == sbom

    def test_it_names_what_the_lock_names(self, sbom: str, lock: str) -> None:
        """Each package with its version and hashes, and all of them are reached from diag."""
        bom = json.loads(sbom)
        assert {one["name"]: one["version"] for one in bom["components"]} == locked(lock)
        assert all(one["externalReferences"][0]["hashes"] for one in bom["components"])
        assert bom["metadata"]["component"]["version"] == VERSION
        asked = {one["ref"]: set(one["dependsOn"]) for one in bom["dependencies"]}
        reached, left = set(), {bom["metadata"]["component"]["bom-ref"]}
        while left:
            reached |= left
            left = set().union(*(asked[ref] for ref in left)) - reached
        strange = [one["name"] for one in bom["components"] if one["bom-ref"] not in reached]
        assert set(strange) <= {"tzdata"}  # Of another platform.

    def test_licenses(self, sbom: str) -> None:
        """What is installed with diag asks nothing of those who run it; each license that is new here is looked at by somebody."""
        for one in json.loads(sbom)["components"]:
            if "licenses" not in one:
                with pytest.raises(PackageNotFoundError):
                    version(one["name"])
                continue
            stated = one["licenses"][0]["license"]["name"]
            known = (one["name"], stated) in READ or set(re.split(r" (?:OR|AND) ", stated)) <= LICENSES
            assert known, f"{one['name']}: {stated}"
