"""The API server that other tests rely on does what a real one does: kinds of one's own, and rights that end where the Role ends."""

from __future__ import annotations

import pytest

from tests.e2e.kubernetes.apiserver import ApiServer, Rule

KIND = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.tests.example"},
    "spec": {
        "group": "tests.example",
        "scope": "Namespaced",
        "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
                    }
                },
            }
        ],
    },
}


@pytest.mark.full
def test_an_account_reads_what_its_role_names_and_nothing_else(api_server: ApiServer) -> None:
    """A value of the wrong type is refused; the token reads one kind in one namespace."""
    api_server.define(KIND)
    thing = {"apiVersion": "tests.example/v1", "kind": "Thing", "metadata": {"name": "one"}, "spec": {"size": 1}}
    api_server.apply(thing)
    wrong = api_server.kubectl("apply", "-f", "-", stdin=str({**thing, "spec": {"size": "big"}}), check=False)
    assert wrong.returncode == 1
    assert "spec.size: Invalid value" in wrong.stderr
    token = api_server.service_account(
        "reader", Rule(verbs=("get", "list"), resources=("things",), group="tests.example")
    )
    code, answer = api_server.get("/apis/tests.example/v1/namespaces/default/things", token=token)
    assert (code, [one["metadata"]["name"] for one in answer["items"]]) == (200, ["one"])
    assert api_server.get("/apis/tests.example/v1/things", token=token)[0] == 403
    assert api_server.get("/api/v1/namespaces/default/secrets", token=token)[0] == 403
    assert api_server.get("/api/v1/namespaces/default/secrets", token="nobody")[0] == 401
