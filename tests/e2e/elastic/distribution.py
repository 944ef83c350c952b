"""Distributions of Elasticsearch as Elastic publishes them to Maven Central: fetched, unpacked, made whole. Nothing is kept in the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from diag.model import Version
from tests.e2e.conftest import program
from tests.e2e.toolcache import alone
from tests.patience import ENDS_WITHIN

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("DIAG_E2E_CACHE", "/var/tmp/diag-e2e"))  # noqa: S108 -- the user of the nodes has to reach it.
_PLUGIN = "diag.e2e.EndToEndAnalysisPlugin"


@cache
def java_home(oldest: int, newest: int) -> Path:
    """Find a JDK in a range of releases; fails, and never skips, where there is none."""
    candidates = [Path(home) for name, home in os.environ.items() if re.fullmatch(r"JAVA\d*_HOME", name)]
    candidates += sorted(Path("/usr/lib/jvm").glob("*"))
    for home in candidates:
        if (home / "bin" / "javac").exists() and oldest <= _release(home) <= newest:
            return home.resolve()
    msg = f"no JDK between {oldest} and {newest} below /usr/lib/jvm or in JAVA_HOME"
    raise AssertionError(msg)


def _release(home: Path) -> int:
    said = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def java_of(version: Version) -> Path:
    """The JDK that a release runs on: 17 up to 8.x, 21 or newer for 9.x."""
    return java_home(21, 99) if version.major >= 9 else java_home(17, 17)


def unpacked(version: Version) -> Path:
    """Give the folder of a release, fetched and unpacked once for all runs on this machine."""
    target = CACHE / str(version)
    with alone(f"elasticsearch-{version}"):
        _unpack_into(target, version)
    return target


def _unpack_into(target: Path, version: Version) -> None:
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        CACHE.chmod(0o755)
        work = Path(tempfile.mkdtemp(dir=CACHE))
        try:
            _unpack(_fetch(version), work)
            home = next(work.iterdir())
            if version.major >= 7:
                _add_plugin(home, version)
            _open_to_all(home)
            home.rename(target)
        finally:
            shutil.rmtree(work)


def _fetch(version: Version) -> Path:
    """Let the ordinary Maven client bring the archive into its repository, and give its path."""
    group = "org.elasticsearch.distribution." + ("zip" if version.major < 7 else "integ-test-zip")
    folder = CACHE / "archives"
    artifact = f"{group}:elasticsearch:{version}:zip"
    command = (program("mvn"), "-q", "-B", f"-Dartifact={artifact}")
    subprocess.run([*command, "dependency:get", "-Dtransitive=false"], check=True, timeout=ENDS_WITHIN, cwd=CACHE)
    subprocess.run(
        [*command, "dependency:copy", f"-DoutputDirectory={folder}"], check=True, timeout=ENDS_WITHIN, cwd=CACHE
    )
    return folder / f"elasticsearch-{version}.zip"


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        for info in zipped.infolist():
            if re.search(r"platform/(windows|darwin)", info.filename):
                continue
            zipped.extract(info, folder)
    archive.unlink()


def _open_to_all(home: Path) -> None:
    """Let the user of the nodes read all of it, and run the programs."""
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" or "/bin/" in str(path) else 0o644)


def _add_plugin(home: Path, version: Version) -> None:
    """Add what this distribution lacks of the module analysis-common: without it there is no security index, and no API key."""
    java, target = java_of(version), home / "plugins" / "diag-e2e"
    package = "org.apache.lucene.analysis." + ("standard" if version.major < 8 else "email")
    source = (HERE / "AnalysisPlugin.java.in").read_text().replace("@UAX_PACKAGE@", package)
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "EndToEndAnalysisPlugin.java"
        file.write_text(source)
        classes = Path(folder) / "classes"
        options = ("-nowarn", "-proc:none", "-cp", f"{home}/lib/*", "-d", str(classes))
        subprocess.run([java / "bin" / "javac", *options, file], check=True, timeout=ENDS_WITHIN)
        subprocess.run(
            [java / "bin" / "jar", "cf", target / "plugin.jar", "-C", classes, "."], check=True, timeout=ENDS_WITHIN
        )
    (target / "plugin-descriptor.properties").write_text(
        f"name=diag-e2e\ndescription=for tests\nversion=1\nclassname={_PLUGIN}\n"
        f"java.version={21 if version.major >= 9 else 17}\nelasticsearch.version={version}\n"
    )
