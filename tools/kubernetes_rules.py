"""Write the alert rules in the two forms in which Kubernetes takes them, from grafana/alerts.yml: ``make docs``.

The chart holds a copy, for Helm reads no file outside of it; the manifest is an object of the Prometheus operator.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
RULES: Final = ROOT / "grafana" / "alerts.yml"
CHART: Final = ROOT / "deploy" / "helm" / "diag" / "files" / "alerts.yml"
MANIFEST: Final = ROOT / "deploy" / "kubernetes" / "monitoring" / "prometheusrule.yaml"
_HEAD: Final = """\
# Written by `make docs` from grafana/alerts.yml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: diag
  labels: {app.kubernetes.io/name: diag}
spec:
"""


def manifest(rules: str) -> str:
    """The rules as the object of the operator: its ``spec`` is what a file of rules holds."""
    return _HEAD + "".join(f"  {line}".rstrip() + "\n" for line in rules.splitlines())


def main() -> None:
    """Write both."""
    rules = RULES.read_text()
    CHART.write_text(rules)
    MANIFEST.write_text(manifest(rules))


if __name__ == "__main__":
    main()
