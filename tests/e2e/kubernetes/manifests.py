"""The chart and the manifests, rendered by the programs that people use."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

from tests.e2e.kubernetes.tools import helm, kubectl

ROOT: Final = Path(__file__).parents[3]
CHART: Final = ROOT / "deploy" / "helm" / "diag"
MANIFESTS: Final = ROOT / "deploy" / "kubernetes"
Objects = dict[str, dict[str, Any]]


def run_helm(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Helm; nothing of the user's own settings is read."""
    return subprocess.run(
        [helm(), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "KUBECONFIG": "/dev/null"},
    )


def of_chart(*values: str, release: str = "diag", options: tuple[str, ...] = ()) -> Objects:
    """The objects of the chart with files of values from its folder ``ci``, by kind."""
    chosen = [word for name in values for word in ("-f", str(CHART / "ci" / f"{name}-values.yaml"))]
    done = run_helm("template", release, CHART, *chosen, *options)
    assert done.returncode == 0, done.stderr
    return by_kind(done.stdout)


def of_kustomize(folder: Path) -> Objects:
    """The objects of a kustomization, by kind."""
    done = subprocess.run([kubectl(), "kustomize", folder], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return by_kind(done.stdout)


def by_kind(text: str) -> Objects:
    """Each kind is there once at most, and once more for the scheduler, under ``Service scheduler``."""
    objects = [one for one in yaml.safe_load_all(text) if one is not None]
    made = {" ".join((one["kind"], *_component(one))): one for one in objects}
    assert len(made) == len(objects)
    return made


def _component(made: dict[str, Any]) -> tuple[str, ...]:
    named = made["metadata"].get("labels", {}).get("app.kubernetes.io/component")
    return () if named is None else (named,)


def overlay(folder: Path, *components: str) -> Path:
    """What somebody writes who uses the manifests with components: a kustomization beside them."""
    # Absolute paths are refused by kustomize.
    base = Path(*(".." for _ in folder.parts[1:])) / MANIFESTS.relative_to("/")
    chosen = [str(base / one) for one in components]
    (folder / "kustomization.yaml").write_text(f"namespace: search\nresources: ['{base}']\ncomponents: {chosen}\n")
    return folder
