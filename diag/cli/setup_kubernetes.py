"""``diag setup kubernetes-role``: print what lets diag read a Kubernetes as a platform."""

from __future__ import annotations

from typing import Any

import click

from diag.cli.standard_streams import UsageError, write_out

# ruff: noqa: PLC0415 -- the command loads what it needs when it runs: `diag --help` has no time for it.

_RBAC = "rbac.authorization.k8s.io"


@click.command("kubernetes-role")
@click.option("--namespace", "namespaces", multiple=True, metavar="NAME", help="One that is read; none: all of them.")
@click.option("--account", default="diag", show_default=True, metavar="NAME", help="The name of the ServiceAccount.")
@click.option(
    "--account-namespace", "home", default="default", show_default=True, metavar="NAME", help="Where the account lies."
)
def kubernetes_role(namespaces: tuple[str, ...], account: str, home: str) -> int:
    """Print the ServiceAccount and the role that diag needs at a Kubernetes, and nothing wider."""
    import yaml

    from diag.config.platforms import is_resource
    from diag.text import shown

    for name in (*namespaces, account, home):
        if not is_resource(f"{name}/{name}"):
            msg = f"{shown(name, 80)!r} is no name of Kubernetes; expected letters a to z, digits and dashes"
            raise UsageError(msg)
    objects = [_object("v1", "ServiceAccount", account, home)]
    for namespace in dict.fromkeys(namespaces) or ("",):
        objects += _role(account, home, namespace)
    head = f"# kubectl apply -f FILE; then, for `token` of the platform: kubectl create token {account} -n {home} --duration=720h\n"
    write_out(head + yaml.safe_dump_all(objects, sort_keys=False))
    return 0


def _role(account: str, home: str, namespace: str) -> list[dict[str, Any]]:
    """The role and its binding in a namespace, or in all of them where that is empty."""
    from diag.collect.platforms.kubernetes_calls import VERB, Resource

    scope = "" if namespace else "Cluster"
    rules = [{"apiGroups": [one.group], "resources": [one.plural], "verbs": [VERB]} for one in Resource]
    return [
        {**_object(f"{_RBAC}/v1", f"{scope}Role", account, namespace), "rules": rules},
        {
            **_object(f"{_RBAC}/v1", f"{scope}RoleBinding", account, namespace),
            "roleRef": {"apiGroup": _RBAC, "kind": f"{scope}Role", "name": account},
            "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": home}],
        },
    ]


def _object(version: str, kind: str, name: str, namespace: str) -> dict[str, Any]:
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **where}}
