"""``diag lint`` over folders and over one long file: that twice as much takes twice as long, and what 2,000 files cost."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

FILES, REQUESTS = 2000, 2000
PROMISED = 10.0
PROGRAM = Path(sys.executable).parent / "diag"


def documents(number: int) -> Iterator[tuple[str, str]]:
    """Files as they lie in a repository: half of them are documents, half are none; forty to a folder, which is one cluster."""
    for index in range(number):
        folder, kind = f"c{index // 40}", index % 10
        name = f"{folder}/f{index}"
        seeds = json.dumps([f"10.0.{index // 250}.{index % 250}:9300"])
        body = f'{{"persistent": {{"cluster.remote.r{index}.seeds": {seeds}}}}}'
        yield from {
            0: [(f"{name}.yml", f"cluster.name: {folder}\nnode.name: n{index}\ncluster.remote.r.seeds: {seeds}\n")],
            1: [(f"{name}.json", body)],
            2: [(f"{name}.sh", f"#!/bin/sh\ncurl -XPUT $ES/_cluster/settings -d '{body}'\n")],
            3: [(f"{name}.list", f"keystore.seed\ncluster.remote.r{index}.credentials\n")],
            4: [(f"{name}.trust.yml", f"trust.subject_name:\n  - '*.node.cluster.{index}'\n")],
            5: [(f"{name}.md", "# A page\n\nSome text.\n" * 30)],
            6: [(f"{name}.py", "def twice(x):\n    return x + x\n" * 50)],
            7: [(f"{name}.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a{index}}}\ndata: {{a: b}}\n")],
            8: [(f"{name}.tf", f'resource "aws_s3_bucket" "b{index}" {{\n  bucket = "x"\n}}\n')],
            9: [(f"{name}.json", json.dumps(list(range(100))))],
        }[kind]


def written(folder: Path, number: int) -> Path:
    """The files in a folder of their own."""
    for name, text in documents(number):
        path = folder / str(number) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / str(number)


def requests(folder: Path, number: int) -> Path:
    """One file of Dev Tools in which each request registers another remote."""
    file = folder / f"{number}.console"
    file.write_text(
        "".join(
            f'PUT _cluster/settings\n{{"persistent": {{"cluster.remote.r{i}.seeds": ["10.{i // 250}.{i % 250}.1:9300"]}}}}\n\n'
            for i in range(number)
        ),
        "utf-8",
    )
    return file


def seconds(path: Path) -> float:
    """How long the best of two runs takes."""
    taken = []
    for _ in range(2):
        started = time.perf_counter()
        subprocess.run([PROGRAM, "lint", path, "--format", "concise"], stdout=subprocess.DEVNULL, check=False)
        taken.append(time.perf_counter() - started)
    return min(taken)


def main() -> None:
    """Measure, and say whether each promise is kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        half, whole = (seconds(written(folder, number)) for number in (FILES // 2, FILES))
        print(
            f"{FILES} files: {whole:.1f} s (promised {PROMISED:g}), {whole / half:.1f} times {FILES // 2} (promised 2.2)"
        )
        half, whole = (seconds(requests(folder, number)) for number in (REQUESTS // 2, REQUESTS))
        print(f"{REQUESTS} requests in a file: {whole:.1f} s, {whole / half:.1f} times {REQUESTS // 2} (promised 2.2)")


if __name__ == "__main__":
    main()
