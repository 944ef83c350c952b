"""Secrets that stand in documents: no output holds them, in whatever form they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doclib import lint

SECRET = "plantedSecret7"
_TASK = "- hosts: a\n  tasks:\n  - uri: {url: 'http://e/_cluster/settings', method: PUT, body: {persistent: {cluster.remote.l.seeds: [h;1]}}, "


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", f"cluster.name: c\ncluster.remote.l.credentials: [{SECRET}]\n"),
        ("a.yml", f"cluster.name: c\ncluster.remote.l.credentials:\n- {SECRET}\n"),
        ("a.yml", f"cluster.name: c\ncluster.remote.l.credentials: &own {SECRET}\n"),
        ("a.yml", f"cluster.name: c\ncluster.remote.l.credentials: |\n  {SECRET}\n"),
        ("a.yml", f"cluster.name: c\ncluster.remote.l.credentials: {{of: {SECRET}}}\n"),
        ("a.yml", f"cluster.name: c\ncluster.remote.l.seeds: ['user:{SECRET}@h;9300']\n"),
        ("a.json", f'{{"persistent": {{"cluster.remote.l.seeds": ["user:{SECRET}@h;9300"]}}}}'),
        ("a.json", '{"persistent": {"cluster.remote.l.credentials": "planted\\u0053ecret7"}}'),
        ("a.sh", f"curl -d '{{\"persistent\": {{}}}}' --proxy-user u:{SECRET} e/_cluster/settings\n"),
        ("a.sh", f"curl -d '{{\"persistent\": {{}}}}' --cert c --pass {SECRET} e/_cluster/settings\n"),
        ("a.sh", f"http -a u:{SECRET} POST e/_cluster/settings persistent:='{{}}'\n"),
        (
            "a.tf",
            f'resource "elasticstack_elasticsearch_cluster_settings" "a" {{\n  persistent {{\n    setting {{\n      name = "cluster.remote.l.credentials"\n      value = "{SECRET}"\n    }}\n  }}\n}}\n',
        ),
        (
            "a.py",
            f"import requests\nrequests.put('http://e/_cluster/settings', json={{'persistent': {{'cluster.remote.l.seeds': ['h;1']}}}}, auth=('u', '{SECRET}'))\n",
        ),
        ("a.yml", f"{_TASK}url_password: {SECRET}}}\n"),
    ],
)
def test_no_output_holds_it(name: str, text: str, tmp_path: Path) -> None:
    """Neither the message nor the line that is shown."""
    (tmp_path / name).write_text(text)
    report = lint(tmp_path / name)
    assert report.findings
    shown = " ".join(f"{one.message} {one.finding.remedy} {one.line} {one.finding.fix}" for one in report.findings)
    assert SECRET not in shown
    assert "\\u0053ecret7" not in shown
