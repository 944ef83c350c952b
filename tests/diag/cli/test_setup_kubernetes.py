"""``diag setup kubernetes-role``; what it prints is used at a real API server in tests/e2e/kubernetes."""

from __future__ import annotations

import pytest
import yaml

from tests.clilib import diag


def test_a_role_in_each_namespace_or_one_for_all() -> None:
    """Nothing but list, of four kinds, and no Secret among them."""
    objects = list(yaml.safe_load_all(diag("setup", "kubernetes-role", "--namespace", "a", "--namespace", "b").stdout))
    found = [(one["kind"], one["metadata"].get("namespace")) for one in objects]
    assert found == [
        ("ServiceAccount", "default"),
        ("Role", "a"),
        ("RoleBinding", "a"),
        ("Role", "b"),
        ("RoleBinding", "b"),
    ]
    (everywhere,) = [
        one for one in yaml.safe_load_all(diag("setup", "kubernetes-role").stdout) if one["kind"] == "ClusterRole"
    ]
    assert everywhere["rules"] == [
        {"apiGroups": ["elasticsearch.k8s.elastic.co"], "resources": ["elasticsearches"], "verbs": ["list"]},
        {"apiGroups": [""], "resources": ["services"], "verbs": ["list"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["list"]},
        {"apiGroups": ["cert-manager.io"], "resources": ["certificates"], "verbs": ["list"]},
    ]


@pytest.mark.parametrize("option", ["--namespace", "--account", "--account-namespace"])
def test_a_name_that_is_none(option: str) -> None:
    """It would get into YAML, and into a command that somebody copies."""
    done = diag("setup", "kubernetes-role", option, "a; rm -r b")
    assert done.exit_code != 0
    assert "no name of Kubernetes" in done.output
