"""The sample of the README on a real pair: unknown as printed, and ok with the one line that the report asks for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.elastic.pair import NAME
from tests.e2e.elastic.seen import Asked
from tests.patience import ENDS_WITHIN, unhurried

README = Path(__file__).parents[3] / "README.md"


def sample() -> dict[str, Any]:
    """The first configuration that the README shows."""
    found = re.search(r"```yaml\n(clusters:.*?)```", README.read_text(), re.DOTALL)
    assert found is not None
    config: dict[str, Any] = yaml.safe_load(found[1])
    return config


def run(file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run diag on a configuration."""
    diag = str(Path(sys.executable).parent / "diag")
    return subprocess.run(
        [diag, "run", "-c", str(file), *more], capture_output=True, text=True, timeout=ENDS_WITHIN, check=False
    )


def test_the_sample(asked: Asked) -> None:
    """Only the address, the releases and the path of the CA are those of the pair."""
    pair, config = asked.pair, sample()
    (cluster,) = config["clusters"]
    (remote,) = cluster["remotes"]
    cluster["version"], remote["version"] = str(pair.local.version), str(pair.remote.version)
    remote |= {"proxy_address": f"{NAME}:{pair.remote.server}", "server_name": NAME, "ca": ["server-ca.pem"]}
    file = pair.folder / "sample.yaml"
    file.write_text(yaml.safe_dump(unhurried(config), sort_keys=False))
    without = run(file)
    assert without.returncode == 5, without.stdout
    assert "? UNKNOWN" in without.stdout
    assert "set credential of this remote in diag.yaml" in without.stdout
    remote["credential"] = {"file": "good.key"}
    file.write_text(yaml.safe_dump(unhurried(config), sort_keys=False))
    with_key = run(file)
    assert with_key.returncode == 0, with_key.stdout
    assert "✓ ok" in with_key.stdout
    report = json.loads(run(file, "--format", "json").stdout)
    (judged,) = report["clusters"][0]["remotes"]
    assert judged["coverage"]["login"] == "yes"
    assert judged["coverage"]["local_view"] == "not_asked"
    assert "local_view" in judged["coverage_hints"]
