"""How to get at the API server of a Kubernetes: by address and token, by the account of the pod that diag runs in, or by a kubeconfig.

A kubeconfig is read as kubectl reads it (documentation: the kubeconfig file, v1), as far as a bearer token and a client certificate go. What needs
a program to run or no verification is refused with a sentence.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Final

import yaml

from diag.collect.tls_handshake import ClientKey
from diag.config import PlatformConfig, Secret, SecretError
from diag.evidence.reading import items, mapping, text
from diag.lazy_dataclass import dataclass
from diag.local_files import read_file
from diag.model import Reason, Step, Unavailable, shorten

# Where Kubernetes puts the account of a pod (documentation: accessing the API from a pod).
_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_HOST, _PORT = "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT_HTTPS"
_URL: Final = re.compile(r"https://[^@?#\s]+")
_INSTEAD: Final = "write url, ca and the token of a ServiceAccount (`diag setup kubernetes-role`)"
# What a user of a kubeconfig may have in place of a token, and what it is.
_OTHER_LOGINS: Final = {
    "exec": "a program to run, and diag runs none",
    "auth-provider": "a plug-in of kubectl",
    "username": "a user name and password, which API servers no longer take",
}
# What changes whom kubectl trusts or asks in a way that the client here does not follow.
_OTHER_WAYS: Final = ("insecure-skip-tls-verify", "tls-server-name", "proxy-url")
# By these kubectl asks as somebody else, who may see other things.
_AS_OTHERS: Final = ("as", "as-uid", "as-groups", "as-user-extra")


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesAccess:
    """An API server and how to ask it: ``ca`` are files, ``ca_pem`` a text in their place; neither: the public roots.

    There is a ``token``, a ``client_key``, or both.
    """

    url: str
    token: Secret | None = field(repr=False)
    ca: tuple[Path, ...] = ()
    ca_pem: str = ""
    client_key: ClientKey | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may see."""
        token = () if self.token is None else (self.token.reveal().strip(),)
        return token if self.client_key is None else (*token, self.client_key.key.decode("utf-8", "replace").strip())


class _NoAccessError(Exception):
    """There is no access, and why."""

    def __init__(self, why: Unavailable) -> None:
        super().__init__(why.detail)
        self.why = why


def access(platform: PlatformConfig) -> KubernetesAccess | Unavailable:
    """Read the access to a platform, fresh each time: tokens are renewed in place. Reads files, so run it in a thread."""
    try:
        if platform.kubeconfig is not None:
            return _of_kubeconfig(platform.kubeconfig, platform.context or "")
        if platform.in_cluster:
            return _of_pod(os.environ)
        if platform.token is None:
            raise _refusal(Reason.NOT_USABLE, "no token is configured")
        return KubernetesAccess(url=platform.address, token=platform.token.resolve(), ca=platform.ca)
    except SecretError as error:
        return error.unavailable()
    except _NoAccessError as error:
        return error.why


def _of_pod(environment: Mapping[str, str]) -> KubernetesAccess:
    host, port = environment.get(_HOST, ""), environment.get(_PORT, "") or "443"
    if not host:
        raise _refusal(
            Reason.NOT_USABLE, f"in_cluster is true, and {_HOST} is not set: diag runs in no pod of Kubernetes"
        )
    name = f"[{host}]" if ":" in host else host
    return KubernetesAccess(
        url=f"https://{name}:{port}", token=Secret(_text_of(_ACCOUNT / "token")), ca=(_ACCOUNT / "ca.crt",)
    )


def _of_kubeconfig(path: Path, context: str) -> KubernetesAccess:
    try:
        whole = mapping(yaml.safe_load(_text_of(path)))
    except (yaml.YAMLError, ValueError, RecursionError):  # The text of the error quotes the file.
        raise _refusal(Reason.NOT_USABLE, f"{path} is no YAML; expected a kubeconfig") from None
    chosen = context or text(whole.get("current-context"))
    if not chosen:
        raise _refusal(Reason.NOT_USABLE, f"{path} has no current-context: write context")
    inner = _named(whole, "context", chosen, path)
    cluster = _named(whole, "cluster", text(inner.get("cluster")), path)
    user = _named(whole, "user", text(inner.get("user")), path)
    for key in (*_OTHER_WAYS, *_AS_OTHERS):
        if (user if key in _AS_OTHERS else cluster).get(key):
            raise _refusal(Reason.NOT_USABLE, f"{path} has {key}, which diag does not do: {_INSTEAD}")
    url = text(cluster.get("server")).rstrip("/")
    if not _URL.fullmatch(url):
        raise _refusal(Reason.NOT_USABLE, f"{path} has no server of https:// in the context {shorten(chosen, 60)}")
    ca, pem = _ca(cluster, path)
    identity = _identity(user, path)
    token = None if identity is not None and not _has_token(user) else _token(user, path)
    return KubernetesAccess(url=url, token=token, ca=ca, ca_pem=pem, client_key=identity)


def _named(whole: Mapping[str, object], kind: str, name: str, path: Path) -> Mapping[str, object]:
    """The entry of a name in one of the lists of a kubeconfig."""
    for one in items(whole.get(f"{kind}s")):
        if text(one.get("name")) == name:
            return mapping(one.get(kind))
    raise _refusal(Reason.NOT_FOUND, f"{path} has no {kind} of the name {shorten(name, 60)!r}")


def _has_token(user: Mapping[str, object]) -> bool:
    return bool(_whole(user.get("tokenFile")) or _whole(user.get("token")))


def _identity(user: Mapping[str, object], path: Path) -> ClientKey | None:
    """The client certificate of a user, None where it has none."""
    certificate = _pem(user, "client-certificate", path)
    if not certificate:
        return None
    key = _pem(user, "client-key", path)
    if not key:
        raise _refusal(Reason.NOT_USABLE, f"{path} has a client certificate without its client-key")
    return ClientKey(certificate, key)


def _pem(user: Mapping[str, object], key: str, path: Path) -> bytes:
    """What stands under a key as base64, or in the file that it names; as with kubectl the text goes before the file."""
    if data := _whole(user.get(f"{key}-data")):
        try:
            return base64.b64decode("".join(data.split()), validate=True)
        except ValueError:
            raise _refusal(Reason.NOT_USABLE, f"{path} has a {key}-data that is no base64") from None
    file = _whole(user.get(key))
    return _text_of(path.parent / file).encode() if file else b""


def _token(user: Mapping[str, object], path: Path) -> Secret:
    if file := _whole(user.get("tokenFile")):
        return Secret(_text_of(path.parent / file).strip())
    if token := _whole(user.get("token")):
        return Secret(token)
    found = next((why for key, why in _OTHER_LOGINS.items() if user.get(key)), "no token")
    raise _refusal(Reason.NOT_USABLE, f"{path} logs in with {found}; expected a token: {_INSTEAD}")


def _whole(value: object) -> str:
    """A text of any length: tokens and certificates are long."""
    return value if isinstance(value, str) else ""


def _ca(cluster: Mapping[str, object], path: Path) -> tuple[tuple[Path, ...], str]:
    """The CAs as files, and as a text in their place."""
    if data := _whole(cluster.get("certificate-authority-data")):
        try:
            return (), base64.b64decode("".join(data.split()), validate=True).decode("ascii")
        except ValueError:
            raise _refusal(
                Reason.NOT_USABLE, f"{path} has a certificate-authority-data that is no base64 of PEM"
            ) from None
    file = _whole(cluster.get("certificate-authority"))
    return ((path.parent / file,) if file else ()), ""


def _text_of(path: Path) -> str:
    data = read_file(path)
    if isinstance(data, Unavailable):
        raise _NoAccessError(data)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _refusal(Reason.NOT_USABLE, f"{path} is no text in UTF-8") from None


def _refusal(reason: Reason, detail: str) -> _NoAccessError:
    return _NoAccessError(Unavailable(step=Step.FILE, reason=reason, detail=detail))
