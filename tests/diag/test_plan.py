"""A choice of checks is made in one place, and refused in one place, whoever makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.config import ConfigError, load_config
from diag.engine import BrokenPack, Catalogue, load_catalogue
from diag.plan import plan_of

REMOTE = """
clusters:
  - name: eu
    remotes: [{alias: logs, mode: proxy, proxy_address: "logs.example:9443"}]
"""


def refused(tmp_path: Path, more: str = "", catalogue: Catalogue | None = None, **chosen: tuple[str, ...]) -> str:
    """The refusal of a choice."""
    path = tmp_path / "diag.yaml"
    path.write_text(REMOTE + more)
    with pytest.raises(ConfigError) as error:
        plan_of(load_config(path), catalogue or load_catalogue(), **chosen)
    return str(error.value)


@pytest.mark.parametrize(
    ("more", "chosen", "words"),
    [
        ('checks: {skip: ["*"]}', {}, ":5:16: checks.skip: value '*': no check is left"),
        ("", {"only": ("config/*",), "skip": ("config/*",)}, "no check is left"),
        ("", {"only": ("house/*",)}, "--only: value 'house/*': no check matches"),
        ("checks: {skip: [tls/nosuch]}", {}, ":5:17: checks.skip[0]: value 'tls/nosuch': no check matches"),
        ("checks: {severity: {tls/nosuch: info}}", {}, "value 'tls/nosuch': no check matches"),
        ("checks: {acknowledge: [{check: tls/x, until: 2030-01-01, note: n}]}", {}, "value 'tls/x': no check matches"),
    ],
)
def test_refused(tmp_path: Path, more: str, chosen: dict[str, tuple[str, ...]], words: str) -> None:
    """With the place in the file where there is one."""
    assert words in refused(tmp_path, more, **chosen)


def test_without_any_check_nobody_is_accused(tmp_path: Path) -> None:
    """Where no pack could be loaded, no option is to blame."""
    catalogue = Catalogue(checks=(), broken=(BrokenPack(name="builtin", error="no module"),))
    text = refused(tmp_path, "", catalogue)
    assert "none of them could be loaded" in text
    assert "--only" not in text


def test_a_broken_pack_does_not_make_an_empty_choice_good(tmp_path: Path) -> None:
    """A name in the file may belong to the broken pack; a choice that leaves nothing is refused all the same."""
    catalogue = Catalogue(checks=load_catalogue().checks, broken=(BrokenPack(name="house", error="no module"),))
    assert "no check matches" in refused(tmp_path, "", catalogue, only=("house/*",))
    path = tmp_path / "diag.yaml"
    path.write_text(REMOTE + "checks: {skip: [house/rule]}")
    assert plan_of(load_config(path), catalogue).selection.broken == catalogue.broken
