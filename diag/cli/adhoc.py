"""A configuration for addresses that somebody named on the command line."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

from diag.check import Check, Scope
from diag.cli.choice import Run
from diag.cli.standard_streams import UsageError
from diag.config import Config
from diag.config.regular_files import read_regular, why
from diag.config.remotes import NamedRemote
from diag.lazy_dataclass import dataclass
from diag.model import Address, Keystore, SecurityModel
from diag.text import shown

LOCAL_NAME = "here"
ALIAS = "probe"  # Of one address alone; of several, each has its own as its name.
_MAX_BYTES = 1024 * 1024
_MAX_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocTarget:
    """What the command line says of the addresses."""

    addresses: tuple[str, ...]
    server_name: str = ""
    security_model: str | None = None
    ca: tuple[Path, ...] = ()
    client_cert: Path | None = None
    client_key: Path | None = None
    credential_file: Path | None = None
    transport: bool = True


def config_of(named: AdHocTarget) -> Config:
    """Make the configuration of a local cluster that has each address as a remote, and no other. Raises UsageError."""
    if (named.client_cert is None) is not (named.client_key is None):
        msg = "--client-cert and --client-key go together: expected both or neither"
        raise UsageError(msg)
    addresses = tuple(dict.fromkeys(named.addresses))
    remotes = [_remote(named, address, ALIAS if len(addresses) == 1 else address) for address in addresses]
    cluster: dict[str, Any] = {"name": LOCAL_NAME, "remotes": remotes}
    if named.client_cert is not None and named.client_key is not None:
        cluster["transport"] = {
            "certificate": named.client_cert.absolute(),
            "key": {"file": named.client_key.absolute()},
        }
    return Config.model_validate({"clusters": [cluster], "probe": {"transport": named.transport}})


def addresses_in(path: Path) -> tuple[str, ...]:
    """Read addresses from a file, ``-`` from standard input: one a line; what follows # is a comment. Raises UsageError."""
    try:
        data = sys.stdin.buffer.read(_MAX_BYTES + 1) if str(path) == "-" else read_regular(path, _MAX_BYTES)
        lines = data.decode("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        msg = f"--file {shown(str(path), 80)}: {why(error)}"
        raise UsageError(msg) from None
    found = tuple(filter(None, (line.partition("#")[0].strip() for line in lines)))
    if len(found) > _MAX_ADDRESSES or len(data) > _MAX_BYTES:
        msg = f"--file {shown(str(path), 80)}: expected at most {_MAX_ADDRESSES} addresses"
        raise UsageError(msg)
    return found


def _remote(named: AdHocTarget, address: str, alias: str) -> NamedRemote:
    if Address(setting="address", text=address).parts is None or not address.isprintable():
        msg = f"{shown(address, 80)!r}: expected HOST:PORT, such as logs.example:9443 or [2001:db8::1]:9443"
        raise UsageError(msg)
    remote: dict[str, Any] = {
        "alias": alias,
        "security_model": _model(named),
        "mode": "proxy",
        "proxy_address": address,
        "server_name": named.server_name,
        "skip_unavailable": True,
        "ca": tuple(path.absolute() for path in named.ca),
    }
    if named.credential_file is not None:
        remote["credential"] = {"file": named.credential_file.absolute()}
    return NamedRemote.model_validate(remote)


def without_settings(plan: Run) -> Run:
    """Leave out the checks that judge settings: there are none, only an address. Whether it is HTTP is, and its port."""
    judged = {"config/http-port-used", "config/port-model-mismatch"}
    checks = tuple(check for check in plan.selection.checks if check.id in judged or not _is_about_settings(check))
    if not checks:
        msg = "no check is left that looks at an address"
        raise UsageError(msg)
    # Saved evidence carries the policy, so that a replay leaves out the same checks.
    policy = dataclasses.replace(plan.selection.policy, only=tuple(check.id for check in checks))
    return dataclasses.replace(plan, selection=dataclasses.replace(plan.selection, checks=checks, policy=policy))


def _is_about_settings(check: Check) -> bool:
    of_cluster = check.scope is Scope.CLUSTER or any(need.type is Keystore for need in check.needs)
    return of_cluster or check.group in {"config", "version"}


def _model(named: AdHocTarget) -> SecurityModel | None:
    """The security model: as named, else what the credential or the client certificate speaks for, else what the peer will show."""
    if named.security_model is not None:
        return SecurityModel(named.security_model)
    if named.credential_file is not None:
        return SecurityModel.API_KEY
    if named.client_cert is not None:
        return SecurityModel.CERTIFICATE
    return None
