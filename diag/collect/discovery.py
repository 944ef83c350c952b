"""What a local cluster tells of itself and of its remotes: from answers of its API to the nouns of the model. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from diag.config import RemoteConfig
from diag.model import REMOTE_SETTINGS, Reason, Step, Unavailable, Version

_LAYERS: Final = ("defaults", "persistent", "transient")  # The last one wins; "defaults" holds elasticsearch.yml.
_PREFIX: Final = ("cluster", "remote")
_MAX_ADDRESSES: Final = 20_000
_MAX_VERSION_LENGTH: Final = 64

Settings = Mapping[str, object]


def version_of(answer: object) -> Version | Unavailable:
    """Read the release from the answer of ``GET /``."""
    match answer:
        case {"version": {"build_flavor": "serverless"}}:
            return _not_usable("a serverless project has no release of its own; what it gives there is a fixed number")
        case {"version": {"number": str(number)}}:
            try:
                return Version.parse(number[:_MAX_VERSION_LENGTH])
            except ValueError:
                pass
    return _not_usable("the answer of GET / has no version.number, as Elasticsearch would give: is url its address?")


def remotes_of(answer: object) -> tuple[RemoteConfig, ...] | Unavailable:
    """Read the remotes from the settings: each key from the transient settings, else the persistent ones, else the file."""
    if not isinstance(answer, Mapping) or not set(answer) <= set(_LAYERS):
        return _not_usable(
            "the answer of GET /_cluster/settings does not hold settings: is url the address of Elasticsearch?"
        )
    merged: dict[str, dict[str, object]] = {}
    for layer in _LAYERS:
        for path, value in _leaves(answer.get(layer)):
            alias, _, key = ".".join(path[len(_PREFIX) :]).partition(".")
            # `cluster.remote.node.attr`, like others without a dot, is a setting for all remotes.
            if path[: len(_PREFIX)] == _PREFIX and key and (alias, key) != ("node", "attr"):
                merged.setdefault(alias, {})[key] = value
    remotes = tuple(_remote(alias, settings) for alias, settings in merged.items())
    if sum(1 + len(remote.seeds) for remote in remotes) > _MAX_ADDRESSES:
        return _not_usable(f"the settings hold more than {_MAX_ADDRESSES} addresses of remotes, too many to look at")
    return remotes


def credentials_of(answer: object, number: Version | Unavailable) -> Mapping[str, bool] | Unavailable:
    """Read from ``GET _remote/info`` which remotes use a key; a remote of which that cannot be told is left out."""
    if not isinstance(answer, Mapping) or not all(isinstance(shown, Mapping) for shown in answer.values()):
        return _not_usable(
            "the answer of GET /_remote/info does not hold remotes: is url the address of Elasticsearch?"
        )
    # Before that release there are no keys, so nothing is left to tell either.
    tells = isinstance(number, Version)
    return {
        alias: "cluster_credentials" in shown
        for alias, shown in answer.items()
        if tells or "cluster_credentials" in shown
    }


def _leaves(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Walk through nested settings; the depth of an answer is bounded where it is parsed."""
    if isinstance(tree, Mapping):
        for key, inner in tree.items():
            # A key that is also the beginning of others stands with dots beside them.
            yield from _leaves(inner, (*path, *str(key).split(".")))
    elif tree is not None:
        yield path, tree


def _remote(alias: str, settings: Settings) -> RemoteConfig:
    texts = {one.key: _text(settings.get(one.key, "")) for one in REMOTE_SETTINGS}
    skip = {"true": True, "false": False}.get(texts["skip_unavailable"].lower())
    own = {"alias": _clean(alias), "seeds": _texts(settings.get("seeds")), "skip_unavailable": skip}
    return RemoteConfig.model_validate({**texts, **own})


def _texts(value: object) -> tuple[str, ...]:
    """A list of settings: also as one text with commas, as a file may have it."""
    if isinstance(value, list):
        return tuple(_text(item) for item in value)
    return tuple(part.strip() for part in _text(value).split(",") if part.strip()) if value is not None else ()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_text(item) for item in value)}]"
    return _clean(str(value))


def _clean(text: str) -> str:
    """Half a surrogate pair is no text for anybody further on."""
    return text.encode("utf-8", "backslashreplace").decode()


def _not_usable(detail: str) -> Unavailable:
    return Unavailable(step=Step.API, reason=Reason.NOT_USABLE, detail=detail)
