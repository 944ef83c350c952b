"""The chart and the manifests say the same, and what they say is right by what others read of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag import VERSION
from diag.config import load_config
from tests.clilib import diag
from tests.e2e.conftest import program
from tests.e2e.kubernetes.manifests import CHART, MANIFESTS, ROOT, of_chart, of_kustomize, overlay, run_helm
from tests.patience import ENDS_WITHIN

VALUES = ("plain", "all")
FILES_OF_THE_DAEMON = ("--set", "secretName=diag-secrets,certificatesConfigMap=diag-certs")


def pod(objects: dict[str, Any]) -> Any:
    """The pod that a Deployment makes."""
    return objects["Deployment"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("values", [*VALUES, "worker"])
def test_helm_lint(values: str) -> None:
    """Warnings count as errors."""
    done = run_helm("lint", "--strict", CHART, "-f", CHART / "ci" / f"{values}-values.yaml")
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""


def test_the_chart_is_of_this_release() -> None:
    """An image is found by this tag."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (VERSION, VERSION)
    assert pod(of_chart("plain"))["containers"][0]["image"] == f"diag:{VERSION}"
    assert pod(of_kustomize(MANIFESTS))["containers"][0]["image"] == f"diag:{VERSION}"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("image.tagg=1", "tagg"),
        ("listen=9643", "listen"),
        ("listen=0.0.0.0:80", "listen"),
        ("scheme=http", "scheme"),
        ("service.port=0", "port"),
        ("persistence.enabled=maybe", "enabled"),
        ("replicas=2", "replicas"),
        ("worker.scheduler=tcp://diag.example:8786", "scheduler"),
        ("worker.rounds=0", "rounds"),
        ("scheduler.port=786", "port"),
    ],
)
def test_a_value_that_means_nothing_is_refused(value: str, word: str) -> None:
    """By its name, before anything is sent. A port below 1024 can't be opened without capabilities."""
    done = run_helm("template", "diag", CHART, "-f", CHART / "ci" / "plain-values.yaml", "--set", value)
    assert done.returncode != 0
    assert word in done.stderr


def test_a_release_without_clusters_is_refused() -> None:
    """The pod would end at once; Helm says what is missing."""
    done = run_helm("template", "diag", CHART)
    assert done.returncode != 0
    assert "config.clusters is empty" in done.stderr
    assert "ConfigMap" not in of_chart(options=("--set", "existingConfigMap=mine"))


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        ("worker", "worker.vantagePoint=", "worker.vantagePoint is empty"),
        ("worker", "worker.scheduler=", "worker.scheduler is empty"),
        ("worker", "worker.tlsSecretName=", "worker.tlsSecretName is empty"),
        ("worker", "config.interval=30s", "a worker has no configuration of its own"),
        ("worker", "existingConfigMap=mine", "a worker has no configuration of its own"),
        ("worker", "scheduler.enabled=true", "scheduler is of the daemon alone"),
        ("worker", "serviceMonitor.enabled=true", "serviceMonitor is of the daemon alone"),
        ("worker", "persistence.enabled=true", "persistence is of the daemon alone"),
        ("worker", "prometheusRule.enabled=true", "prometheusRule is of the daemon alone"),
        ("plain", "scheduler.enabled=true", "expected config.scheduler.listen to be 0.0.0.0:8786"),
        ("all", "scheduler.port=8786", "expected config.scheduler.listen to be 0.0.0.0:8786"),
        ("all", "config.scheduler.listen=127.0.0.1:8790", "or [::]:8790"),
    ],
)
def test_values_that_contradict_each_other_are_refused(values: str, options: str, words: str) -> None:
    """A worker that knows nobody, a Service of a port at which nobody listens."""
    done = run_helm("template", "diag", CHART, "-f", CHART / "ci" / f"{values}-values.yaml", "--set", options)
    assert done.returncode != 0
    assert words in done.stderr


def test_a_daemon_for_workers(tmp_path: Path) -> None:
    """By the chart and by the manifests: who asks for the page does not meet the workers, and Dask has where to write."""
    config = "scheduler.enabled=true,networkPolicy.enabled=true,config.scheduler.listen=0.0.0.0:8786"
    by_helm = of_chart("plain", options=(*FILES_OF_THE_DAEMON, "--set", config))
    by_kustomize = of_kustomize(overlay(tmp_path, "scheduler"))
    assert by_helm.keys() == by_kustomize.keys()
    pods = [pod(by_helm), pod(by_kustomize)]
    for one in pods:
        one["volumes"][0]["configMap"]["name"] = "config"
        assert one["containers"][0]["volumeMounts"][-1] == {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 -- of the pod.
    assert pods[0] == pods[1]
    for kind in ("Service", "Service scheduler", "NetworkPolicy", "NetworkPolicy scheduler"):
        assert by_helm[kind]["spec"] == by_kustomize[kind]["spec"], kind
    labels = by_kustomize["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for made in (by_kustomize["Service scheduler"]["spec"]["selector"], by_kustomize["NetworkPolicy scheduler"]["spec"]["podSelector"]["matchLabels"]):  # fmt: skip
        assert made == by_kustomize["Service"]["spec"]["selector"]
        assert made.items() <= labels.items()
    assert [one["port"] for one in by_kustomize["Service scheduler"]["spec"]["ports"]] == [8786]
    assert {"tmp"}.isdisjoint(one["name"] for one in pod(of_chart("plain"))["volumes"])


def test_a_worker() -> None:
    """By the chart and by the manifests: hardened as the daemon, it takes its options, and nothing connects to it."""
    options = (*FILES_OF_THE_DAEMON, "--set", "networkPolicy.enabled=true")
    by_helm, by_kustomize = of_chart("worker", release="diag-worker", options=options), of_kustomize(MANIFESTS / "worker")  # fmt: skip
    assert set(by_helm) == set(by_kustomize) == {"Deployment", "ServiceAccount", "NetworkPolicy"}
    assert pod(by_helm) == pod(by_kustomize)
    for made in (by_helm, by_kustomize):
        assert made["Deployment"]["spec"]["replicas"] == 1
        assert (made["NetworkPolicy"]["spec"]["policyTypes"], made["NetworkPolicy"]["spec"]["ingress"]) == (["Ingress"], [])  # fmt: skip
    (worker,), (daemon,) = pod(by_helm)["containers"], pod(of_chart("plain"))["containers"]
    assert worker["securityContext"] == daemon["securityContext"]
    assert pod(by_helm)["securityContext"] == pod(of_chart("plain"))["securityContext"]
    assert not {"ports", "livenessProbe", "readinessProbe", "startupProbe"} & set(worker)


def test_diag_takes_the_options_of_a_worker(tmp_path: Path) -> None:
    """All of them fit together: what it complains of is what the files hold."""
    (container,) = pod(of_chart("worker"))["containers"]
    variables = {one["name"]: one["value"] for one in container["env"]}
    files = [value for value in variables.values() if value.startswith("/")]
    (mounted,) = (one["mountPath"] for one in container["volumeMounts"] if one["name"] == "worker")
    assert sorted(files) == [f"{mounted}/{name}" for name in ("ca.crt", "tls.crt", "tls.key")]
    for name in ("ca.crt", "tls.crt", "tls.key"):
        (tmp_path / name).write_text("no PEM")
    moved = {name: value.replace(mounted, str(tmp_path)) for name, value in variables.items()}
    command = [sys.executable, "-m", "diag", *container["args"]]
    done = subprocess.run(
        command, cwd=ROOT, env=moved, capture_output=True, text=True, check=False, timeout=ENDS_WITHIN
    )
    assert done.returncode == 2
    assert "--ca, --certificate or --key can't be used" in done.stderr


def test_chart_and_manifests_make_the_same_pod(tmp_path: Path) -> None:
    """One of them with Helm, one without: only names that are made, and what the chart adds to labels, differ."""
    # The manifests take the Secret and the certificates for granted.
    by_helm = of_chart("plain", options=(*FILES_OF_THE_DAEMON, "--set", "serviceMonitor.enabled=true,prometheusRule.enabled=true,networkPolicy.enabled=true"))  # fmt: skip
    by_kustomize = of_kustomize(overlay(tmp_path, "monitoring"))
    assert by_helm.keys() == by_kustomize.keys()
    pods = [pod(by_helm), pod(by_kustomize)]
    for one in pods:
        one["volumes"][0]["configMap"]["name"] = "config"
    assert pods[0] == pods[1]
    for kind in ("Service", "NetworkPolicy", "PrometheusRule"):
        assert by_helm[kind]["spec"] == by_kustomize[kind]["spec"], kind
    for kind in ("strategy", "replicas", "selector"):
        assert by_helm["Deployment"]["spec"][kind] == by_kustomize["Deployment"]["spec"][kind]
    selected = by_kustomize["Service"]["metadata"]["labels"]
    wanted = by_kustomize["ServiceMonitor"]["spec"]["selector"]["matchLabels"]
    assert wanted.items() <= selected.items()
    assert by_helm["ServiceMonitor"]["spec"]["endpoints"] == by_kustomize["ServiceMonitor"]["spec"]["endpoints"]


def test_the_job_has_the_name_that_the_rules_ask_for(tmp_path: Path) -> None:
    """The operator names the job by this label of the Service; the rule that diag is down knows one name only."""
    for objects in (of_chart("all", release="other"), of_kustomize(overlay(tmp_path, "monitoring"))):
        label = objects["ServiceMonitor"]["spec"]["jobLabel"]
        assert objects["Service"]["metadata"]["labels"][label] == "diag"
    assert 'up{job="diag"}' in (ROOT / "grafana" / "alerts.yml").read_text()


@pytest.mark.parametrize("values", VALUES)
def test_diag_takes_the_configuration_of_the_chart(values: str, tmp_path: Path) -> None:
    """Whatever YAML Helm makes of it; and the files that it names lie where something is mounted."""
    objects = of_chart(values)
    text = objects["ConfigMap"]["data"]["diag.yaml"]
    (tmp_path / "diag.yaml").write_text(text)
    assert load_config(tmp_path / "diag.yaml", lenient=True).clusters[0].name == "search-eu"
    mounted = [one["mountPath"] for one in pod(objects)["containers"][0]["volumeMounts"]]
    for word in text.split():
        assert not word.startswith("/etc/diag") or any(word.startswith(path) for path in mounted), word


def test_diag_takes_the_configuration_of_the_manifests() -> None:
    """The one to be replaced is a good example."""
    assert load_config(MANIFESTS / "diag.yaml", lenient=True).clusters[0].remotes[0].alias == "logs"


def test_every_switch_has_an_effect() -> None:
    """Read where Kubernetes reads it."""
    objects = of_chart("all")
    container = pod(objects)["containers"][0]
    assert container["image"].startswith("registry.example/diag@sha256:")
    assert {"name": "DIAG_DAEMON_SKIP", "value": "network/latency"} in container["env"]
    assert {"name": "DIAG_LISTEN", "value": "[::]:8643"} in container["env"]
    assert container["ports"] == [{"name": "http", "containerPort": 8643, "protocol": "TCP"}]
    assert {container[f"{one}Probe"]["httpGet"]["scheme"] for one in ("startup", "liveness", "readiness")} == {"HTTPS"}
    endpoint = objects["ServiceMonitor"]["spec"]["endpoints"][0]
    assert endpoint["scheme"] == "https"
    assert {"tlsConfig", "basicAuth"} <= endpoint.keys()
    assert objects["Service"]["spec"]["ports"][0]["port"] == 80
    claim = next(one["persistentVolumeClaim"]["claimName"] for one in pod(objects)["volumes"] if one["name"] == "state")
    assert objects["PersistentVolumeClaim"]["metadata"]["name"] == claim
    assert objects["NetworkPolicy"]["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert objects["Service scheduler"]["spec"]["type"] == "LoadBalancer"
    assert objects["Service scheduler"]["spec"]["ports"][0]["targetPort"] == 8790
    assert objects["NetworkPolicy scheduler"]["spec"]["ingress"][0]["from"] == [
        {"ipBlock": {"cidr": "198.51.100.0/24"}}
    ]
    for key in ("nodeSelector", "tolerations", "hostAliases", "imagePullSecrets"):
        assert pod(objects)[key], key
    for kind in ("ServiceMonitor", "PrometheusRule"):
        assert objects[kind]["metadata"]["labels"]["release"] == "prometheus"


def test_a_changed_configuration_is_a_new_pod() -> None:
    """By a sum in the annotations, or by the name of the ConfigMap."""
    sums = {
        of_chart("plain", options=("--set", f"config.interval={interval}"))["Deployment"]["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
        for interval in ("30s", "31s")
    }  # fmt: skip
    assert len(sums) == 2
    objects = of_kustomize(MANIFESTS)
    assert pod(objects)["volumes"][0]["configMap"]["name"] == objects["ConfigMap"]["metadata"]["name"] != "diag"


def test_prometheus_takes_the_rules_of_both(tmp_path: Path) -> None:
    """The same as those for a Prometheus without an operator; Helm expands none of their templates."""
    own = yaml.safe_load((ROOT / "grafana" / "alerts.yml").read_text())
    for objects in (of_chart("all"), of_kustomize(overlay(tmp_path, "monitoring"))):
        spec = objects["PrometheusRule"]["spec"]
        assert spec == own
        (tmp_path / "rules.yml").write_text(yaml.safe_dump(spec))
        done = subprocess.run(
            [program("promtool"), "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_rules_with_limits_of_ones_own_take_the_place_of_the_usual_ones(tmp_path: Path) -> None:
    """What ``diag setup alerts`` prints is what the chart takes."""
    made = diag("setup", "alerts", "--job", "doctor").stdout
    (tmp_path / "alerts.yml").write_text(made)
    options = ("--set-file", f"prometheusRule.rules={tmp_path / 'alerts.yml'}")
    assert of_chart("all", options=options)["PrometheusRule"]["spec"] == yaml.safe_load(made)
    assert 'job="doctor"' in made


def test_the_values_of_a_worker_in_the_documentation_are_good(tmp_path: Path) -> None:
    """With the names of its Secret's files, and the Secret that the page makes."""
    page = (ROOT / "docs" / "vantage-points.md").read_text()
    (shown,) = re.findall(r"```yaml\n(# worker.yaml\n.*?)```", page, re.DOTALL)
    (tmp_path / "worker.yaml").write_text(shown)
    made = pod(of_chart(options=("-f", str(tmp_path / "worker.yaml"))))
    secret = next(one["secret"]["secretName"] for one in made["volumes"] if one["name"] == "worker")
    (command,) = re.findall(rf"create secret generic {secret} (.*)", page)
    keys = re.findall(r"--from-file=([\w.]+)=", command)
    asked = {Path(one["value"]).name for one in made["containers"][0]["env"] if one["value"].startswith("/")}
    assert asked == set(keys)


def test_the_values_of_the_documentation_are_good(tmp_path: Path) -> None:
    """Whoever copies them gets what the page says."""
    page = (ROOT / "docs" / "running.md").read_text()
    (shown,) = re.findall(r"```yaml\n(# values.yaml\n.*?)```", page, re.DOTALL)
    (tmp_path / "values.yaml").write_text(shown)
    objects = of_chart(options=("-f", str(tmp_path / "values.yaml")))
    (tmp_path / "diag.yaml").write_text(objects["ConfigMap"]["data"]["diag.yaml"])
    assert load_config(tmp_path / "diag.yaml", lenient=True).clusters[0].name == "search-eu"
    assert {"ServiceMonitor", "PrometheusRule", "NetworkPolicy"} <= set(objects)
