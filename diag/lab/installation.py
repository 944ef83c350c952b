"""An installation of Elastic Cloud Enterprise in the lab. It is emulated after the description of its API: no real one was at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diag.lab.estates import Estate
from diag.lab.organization import LabDeployment, LabOrganization, trusted_environment
from diag.lab.scenarios import LOCAL_SCOPE, Scenario
from diag.model import Status

_PLATFORM: Final = "lab-ece"
# A key of no worth.
_KEY: Final = "bGFiLWVjZS1rZXktb2Ytbm8td29ydGg6bGFi"
_LOCAL: Final = "ece10ca1000000000000000000000000"
_SYSTEM: Final = "ece59570000000000000000000000000"
_ENVIRONMENT: Final = "Lab plant"

INSTALLATION_SCENARIOS: Final[tuple[Scenario, ...]] = (
    Scenario(
        alias="plant",
        description="healthy: a deployment of Elastic Cloud Enterprise with a self-managed remote that it trusts",
        key="hosted",
        settings={"trusted_environment": _ENVIRONMENT},
        status=Status.OK,
    ),
    Scenario(
        alias="backstage",
        description="the remote is a system deployment of the installation",
        key="hosted",
        settings={"deployment": _SYSTEM},
        status=Status.FAIL,
        root_cause=("cloud-api/ece-system-deployment",),
    ),
)


def installation(pems: Mapping[str, str]) -> LabOrganization:
    """What its API answers."""
    authority, server = pems.get("transport", ""), pems.get("server", "")
    return LabOrganization(
        id=LOCAL_SCOPE,
        trusts_all=True,
        is_installation=True,
        proxy_chain=[server] if server else [],
        deployments=[
            LabDeployment(
                id=_LOCAL,
                name="assembly",
                cluster_id="c" + _LOCAL[1:],
                endpoint="assembly.ece.lab.internal",
                system_owned=False,
                trust={
                    "accounts": [{"account_id": LOCAL_SCOPE, "trust_all": True}],
                    "external": [],
                    "direct": [trusted_environment(_ENVIRONMENT, server, type="proxy")],
                },
                keystore=[f"cluster.remote.{one.alias}.credentials" for one in INSTALLATION_SCENARIOS],
                authority=authority,
            ),
            LabDeployment(
                id=_SYSTEM,
                name="logging-and-metrics",
                cluster_id="c" + _SYSTEM[1:],
                endpoint="backstage.lab.internal",
                system_owned=True,
                authority=authority,
            ),
        ],
    )


INSTALLATION: Final = Estate(
    name="assembly",
    key=_KEY,
    key_file="platform-ece.key",
    scenarios=INSTALLATION_SCENARIOS,
    answers=installation,
    platform={"name": _PLATFORM, "kind": "ece"},
    cluster={"kind": "ece", "version": "8.15.3", "platform": _PLATFORM, "deployment": _LOCAL},
)
