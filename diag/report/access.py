"""What a check needs to be able to tell anything: which API, which file, which part of diag.yaml; and where the check stands."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from diag.check import INJECTED, Check, Scope
from diag.evidence.api import BELIEF, LOCAL_API, REMOTE_API
from diag.model import (
    Belief,
    ClientIdentity,
    Credential,
    InterfaceTrial,
    Keystore,
    KeyTrial,
    LocalApi,
    LocalVersion,
    PublishedEndpoints,
    RemoteApi,
    RemoteVersion,
    SigningIdentity,
    TransportHello,
    Trust,
    TrustRestrictions,
)

_LOCAL: Final = "url of the local cluster"
_REMOTE: Final = "url of the remote cluster"
_NETWORK: Final = "the network"
_OF_TYPE: Final[Mapping[type, str]] = {
    **dict.fromkeys((LocalApi, Belief, *LOCAL_API, *BELIEF), _LOCAL),
    **dict.fromkeys((RemoteApi, *REMOTE_API), _REMOTE),
    **dict.fromkeys(INJECTED[Scope.ENDPOINT] | INJECTED[Scope.PROBE] | {PublishedEndpoints}, _NETWORK),
    LocalVersion: "version of the local cluster, declared or from its url",
    RemoteVersion: "version of the remote cluster, declared, from its url or from the network",
    Keystore: "keystore",
    Trust: "ca, or the public roots",
    ClientIdentity: "transport.certificate",
    TrustRestrictions: "trust_restrictions",
    Credential: "credential",
    KeyTrial: "the network with credential",
    SigningIdentity: "signing_certificate",
    TransportHello: "the network with probe.transport",
    InterfaceTrial: "the network with probe.transport",
}


def of(check: Check, *, optional: bool) -> tuple[str, ...]:
    """Name what the check can't do without or, ``optional``, what it takes into account where it is there."""
    needed = tuple(dict.fromkeys(_named(check, optional=False)))
    return (
        needed
        if not optional
        else tuple(dict.fromkeys(one for one in _named(check, optional=True) if one not in needed))
    )


def _named(check: Check, *, optional: bool) -> Iterator[str]:
    return (_OF_TYPE[need.type] for need in check.needs if need.optional is optional and need.type in _OF_TYPE)


def file_of(check: Check) -> str:
    """Give the file of the check, from the folder of its package on."""
    path = Path(inspect.getfile(check.run))
    depth = check.run.__module__.count(".") + 1 + (path.name == "__init__.py")
    return "/".join(path.parts[-depth:])
