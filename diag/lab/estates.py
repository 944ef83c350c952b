"""What a platform of the lab runs: a local cluster with its remotes, and the API that shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from diag.lab.platform_api import Emulated
from diag.lab.scenarios import Scenario
from diag.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """One platform with one local cluster.

    ``key`` is what its API takes, of no worth, and written into the file ``key_file``. ``answers`` gives these answers, from the CAs of the lab
    as PEM (``server`` signs the remotes, ``transport`` the nodes of deployments). ``platform`` is its section of diag.yaml without address and
    key, which stands there as ``key_setting``; ``cluster`` that of the local cluster without its remotes. ``acknowledged`` are the checks whose findings are meant to be.
    """

    name: str
    key: str
    key_file: str
    scenarios: Sequence[Scenario]
    answers: Callable[[Mapping[str, str]], Emulated]
    platform: Mapping[str, object]
    key_setting: str = "api_key"
    cluster: Mapping[str, object]
    acknowledged: Sequence[str] = ()

    def section(self, url: str) -> dict[str, object]:
        """The platform of diag.yaml, whose API is at this address."""
        return {**self.platform, "url": url, self.key_setting: {"file": self.key_file}, "ca": ["remote-server-ca.pem"]}

    def written(self, remotes: Iterable[dict[str, object]]) -> dict[str, object]:
        """The local cluster of diag.yaml. What its remotes are linked to is on the same platform."""
        platform = self.cluster["platform"]
        linked = [{**one, **({"platform": platform} if "deployment" in one else {})} for one in remotes]
        return {"name": self.name, **self.cluster, "remotes": linked}


def acknowledgements(estates: Sequence[Estate]) -> dict[str, object]:
    """What is wrong of clusters on loopback, and meant to be."""
    every = [
        {"check": check, "cluster": one.name, "until": "2099-12-31", "note": "the lab is on loopback"}
        for one in estates
        for check in one.acknowledged
    ]
    return {"checks": {"acknowledge": every}} if every else {}
