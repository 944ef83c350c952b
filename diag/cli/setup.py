"""The commands that begin with the address of a cluster: discover, and setup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.command_options import FILE, config_option
from diag.cli.groups import Group
from diag.cli.live_cluster import LiveCluster, config_for, live_cluster_options
from diag.cli.named_platform import NamedPlatform, named_platform_options
from diag.cli.setup_alerts import alerts
from diag.cli.setup_connection import connection
from diag.cli.setup_kubernetes import kubernetes_role
from diag.cli.standard_streams import UsageError, print_error, write_out

if TYPE_CHECKING:
    from diag.config import ClusterConfig, Config, RemoteConfig
    from diag.discovery.platform_file import WrittenConfiguration

# ruff: noqa: PLC0415 -- each command loads what it needs when it runs: `diag --help` has no time for it.


class DiscoveryError(click.ClickException):
    """The cluster did not tell what was asked for."""

    exit_code = 5


@click.command()
@live_cluster_options(or_else=True)
@named_platform_options
@config_option
@click.option(
    "-o", "--output", type=FILE, metavar="FILE", help="Write here, not to standard output; never over a file."
)
def discover(live: LiveCluster, platform: NamedPlatform, config_path: Path, output: Path | None) -> int:
    """Ask a cluster for its remotes, or a platform for its deployments, and write a diag.yaml with them.

    A platform is one of the configuration (--platform), or is named by its address (--platform-url).
    """
    if output is not None and output.exists():
        msg = f"{output} exists; expected a name that is free"
        raise UsageError(msg)
    platform.see_that_it_is_sound(live)
    if platform.is_named:
        return _of_platform(platform, live, config_path, output)
    from diag.event_loop import run_to_end

    config = config_for(live)
    remotes, keys = run_to_end(_asked(config))
    write_out(_written(config.clusters[0], live, remotes, keys), output)
    print_error(
        f"{len(remotes)} remote{'' if len(remotes) == 1 else 's'} found; add ca and credential where they are needed"
    )
    return 0


def _of_platform(named: NamedPlatform, live: LiveCluster, config_path: Path, output: Path | None) -> int:
    from diag.collect import RealNetwork
    from diag.discovery import written_of
    from diag.event_loop import run_to_end
    from diag.model import Unavailable

    config = named.configured(live, config_path)

    async def asked() -> WrittenConfiguration | Unavailable:
        async with RealNetwork() as network:
            return await written_of(config.platforms[0], network, config.timeouts.api)

    document = run_to_end(asked())
    if isinstance(document, Unavailable):
        raise DiscoveryError(str(document))
    write_out(document.text, output)
    print_error(document.summary)
    return 0 if document.is_complete else DiscoveryError.exit_code


async def _asked(config: Config) -> tuple[tuple[RemoteConfig, ...], dict[str, bool]]:
    from diag.collect import RealNetwork
    from diag.collect.session import ApiSession
    from diag.evidence.elasticsearch import identity
    from diag.model import Reason, Unavailable

    async with RealNetwork() as network:
        reported = await ApiSession(network=network, seconds=config.timeouts.api, end=None).local(config.clusters[0])
    if isinstance(reported.version, Unavailable) and reported.version.reason is Reason.NOT_ELASTICSEARCH:
        raise DiscoveryError(str(reported.version))
    if reported.answers is not None and identity.is_serverless(reported.answers[identity.CALL].value):
        msg = "it is a project of Elastic Cloud Serverless: that has cross-project search in place of remotes"
        raise DiscoveryError(msg)
    if isinstance(reported.remotes, Unavailable):
        raise DiscoveryError(str(reported.remotes))
    return reported.remotes, {} if isinstance(reported.credentials, Unavailable) else dict(reported.credentials)


def _written(
    cluster: ClusterConfig, live: LiveCluster, remotes: tuple[RemoteConfig, ...], keys: dict[str, bool]
) -> str:
    import yaml

    entry: dict[str, object] = {"name": cluster.name, "url": cluster.url}
    if live.written_login is not None:
        entry["auth"] = live.written_login
    if cluster.ca:
        entry["ca"] = [str(path) for path in cluster.ca]
    entry["remotes"] = [_remote(one, keys) for one in remotes]
    head = "# Written by diag discover. Of a remote with a private CA or an API key, add ca and credential.\n"
    return head + yaml.safe_dump({"clusters": [entry]}, sort_keys=False, allow_unicode=True, width=120)


def _remote(one: RemoteConfig, keys: dict[str, bool]) -> dict[str, object]:
    from diag.model import REMOTE_SETTINGS

    model = {True: "api_key", False: "certificate"}.get(keys[one.alias]) if one.alias in keys else None
    settings: dict[str, object] = {"alias": one.alias, "security_model": model}
    settings |= {setting.key: getattr(one, setting.field) for setting in REMOTE_SETTINGS}
    settings |= {"seeds": list(one.seeds)}
    return {key: value for key, value in settings.items() if value not in ("", None, [])}


@click.group(cls=Group)
def setup() -> None:
    """Print what to set up, for diag and for a new remote: nothing is changed."""


setup.add_command(connection)
setup.add_command(alerts)
setup.add_command(kubernetes_role)


@setup.command()
@click.option(
    "--release",
    default="9.2.0",
    show_default=True,
    help="The release of the clusters; older ones know fewer privileges.",
)
@click.option(
    "--search", multiple=True, metavar="PATTERN", help="A pattern under use.search: whether anything matches."
)
@click.option("--try-searches", is_flag=True, help="With --search: searches are tried too (probe.search), which reads.")
@click.option("--follower", multiple=True, metavar="PATTERN", help="Follower indices: how far a first copy is.")
def role(release: str, *, search: tuple[str, ...], try_searches: bool, follower: tuple[str, ...]) -> int:
    """Print the role and the API key that diag needs at each cluster, and nothing wider."""
    from diag.cli.permissions import Wanted, local_role, remote_role
    from diag.model import Version
    from diag.text import shown

    try:
        version = Version.parse(release)
    except ValueError:
        msg = f"--release {shown(release, 40)!r}: expected three numbers, such as 8.15.3"
        raise UsageError(msg) from None
    if try_searches and not search:
        msg = "--try-searches goes with --search"
        raise click.UsageError(msg)
    wanted = Wanted(searched=search, followers=follower, reads=try_searches)
    parts = []
    for title, privileges in (
        ("the local cluster (url of the cluster)", local_role(version, wanted)),
        ("the remote cluster (url of a remote)", remote_role(version, wanted)),
    ):
        body = json.dumps(privileges)
        key = json.dumps({"name": "diag", "role_descriptors": {"diag": privileges}})
        parts.append(
            f"# On {title}: a role for a user …\nPUT /_security/role/diag\n{body}\n\n"
            f"# … or an API key; its field `encoded` is what diag wants.\nPOST /_security/api_key\n{key}\n"
        )
    write_out("\n".join(parts))
    return 0
