"""``diag lint`` over folders and over one long file: that twice as much takes twice as long, and what 2,000 files cost."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from measured import Figure, main, wall_of

NUMBER = 2000
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


def lint(path: Path) -> None:
    """Judge what lies there; the exit code says what was found."""
    subprocess.run([PROGRAM, "lint", path, "--format", "concise"], stdout=subprocess.DEVNULL, check=False)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Half and whole in turns; of the smaller numbers of a quick run nothing is promised in seconds."""
    number, times = (200, 1) if quick else (NUMBER, 3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, what, write, promised in (
            ("files", "files of a repository, half of them documents", written, 10.0),
            ("requests", "requests in a file of Dev Tools", requests, None),
        ):
            half, whole = write(folder, number // 2), write(folder, number)
            seconds = [(wall_of(partial(lint, half)), wall_of(partial(lint, whole))) for _ in range(times)]
            yield Figure(
                name=key,
                what=f"`diag lint` of {number:,} {what}",
                unit="s",
                values=tuple(one for _, one in seconds),
                at_most=promised,
            )
            yield Figure(
                name=f"{key}-twice",
                what=f"twice as many {key} take",
                unit="times",
                values=tuple(one / of_half for of_half, one in seconds),
                at_most=2.2,
            )


if __name__ == "__main__":
    main(measure, __doc__)
