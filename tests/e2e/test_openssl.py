"""What `openssl s_client` makes of remotes whose fault is no matter of TLS, which is what the README says of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import yaml

from diag.lab.clusters import running_lab
from tests.clilib import diag
from tests.patience import ENDS_WITHIN, unhurry

# Remotes of the lab: an expired key, a key of another cluster, an alias in another spelling than that of its key, a license that is too low.
CAUSES = {
    "lapsed": "auth/key-expired",
    "elsewhere": "auth/key-invalid",
    "Traces": "config/alias-keystore-mismatch",
    "basic": "license/apikey-noncompliant",
}


async def test_verification_is_ok(tmp_path: Path) -> None:
    """With the CA and the name that the local cluster has, openssl is content, where diag names the cause."""
    async with running_lab(tmp_path) as lab:
        unhurry(lab.config)
        (cluster,) = yaml.safe_load(lab.config.read_text())["clusters"]
        remotes = {one["alias"]: one for one in cluster["remotes"]}
        content = {alias: await asyncio.to_thread(verified, remotes[alias], tmp_path) for alias in CAUSES}
        choice = [part for alias in CAUSES for part in ("--remote", alias)]
        result = await asyncio.to_thread(diag, "run", "-c", lab.config, "--format", "json", *choice)
    assert content == dict.fromkeys(CAUSES, True)
    found = {one["alias"]: one["root_causes"] for one in json.loads(result.stdout)["clusters"][0]["remotes"]}
    assert found == {alias: [cause] for alias, cause in CAUSES.items()}


def verified(remote: dict[str, object], folder: Path) -> bool:
    """Whether openssl says that the certificate is verified, and ends without an error."""
    (ca,) = remote["ca"]  # type: ignore[misc]
    name = str(remote["server_name"])
    trust = ["-CAfile", str(folder / ca), "-verify_hostname", name, "-verify_return_error"]
    command = ["openssl", "s_client", "-connect", str(remote["proxy_address"]), "-servername", name, *trust, "-brief"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False
    )
    return done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr
