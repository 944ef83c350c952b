"""One answer of an API, read from a document: what ``GET _license``, ``GET _nodes`` and the like answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from diag.documents.answers.shapes import AnswerShape, shape_of
from diag.documents.body_fields import Refusals
from diag.documents.candidate import Candidate
from diag.documents.elasticsearch_yml import side_of
from diag.documents.flat import Flattening
from diag.documents.key_body import read_access
from diag.documents.row import KindRow, Reading
from diag.documents.tree import Branch, Node, branches, plain, text
from diag.evidence.call import Call
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.security_bodies import BodyText, KeyBody
from diag.evidence.documents.settings import Layer, Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.elasticsearch import api_keys, nodes, replication
from diag.evidence.piece import Side
from diag.lazy_dataclass import dataclass

_REMOTES: Final = "cluster.remote."


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedAnswer:
    """What one call gave: ``name`` is how sentences call it. ``value`` is its JSON, settings nested as Elasticsearch nests them by itself.

    ``side`` is whose answer it is, None where it does not tell; ``cluster_name`` the cluster that it names, if any. It holds whatever a
    cluster says, ids of keys too, and so it is no evidence: only what the readers of answers take from it is. ``keys`` are the keys for
    other clusters in it, as the bodies that would make them, each at its place.
    """

    name: str
    call: Call
    value: object
    side: Side | None
    cluster_name: str
    origin: Origin
    keys: tuple[KeyBody, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedAnswers:
    """Every such answer that was given."""

    all: tuple[PastedAnswer, ...] = ()


def nested(settings: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Settings with dotted keys as an answer nests them. A key that is also the beginning of others keeps its place, those behind it go."""
    tree: dict[str, Any] = {}
    for key, value in settings:
        *path, last = key.split(".")
        at = tree
        for part in path:
            inner = at.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            at = inner
        else:
            at[last] = value
    return tree


def nouns_of_answer(shape: AnswerShape, node: Node, reading: Reading) -> tuple[object, ...]:
    """What an answer says, as evidence where it has the place of each thing, and as the answer itself."""
    answer = PastedAnswer(
        name=shape.name,
        call=shape.call,
        value=_value(shape.call, node),
        side=reading.side or _side(shape.call, node),
        cluster_name=text(node.get("cluster_name")) if isinstance(node, Branch) else "",
        origin=node.origin,
        keys=tuple(_keys(node)) if shape.call is api_keys.CALL else (),
    )
    found: list[object] = [PastedAnswers(all=(answer,))]
    if shape.call is nodes.CALL:
        found += _registered(node, answer)
    return tuple(found)


def _value(call: Call, node: Node) -> object:
    value = plain(node)
    if call is nodes.CALL and isinstance(value, dict):
        return {**value, "nodes": {name: _node(one) for name, one in dict(value["nodes"]).items()}}
    if call is replication.STATS and isinstance(value, dict) and "follow_stats" not in value:
        return {"follow_stats": value}  # GET <index>/_ccr/stats
    return value


def _node(reported: dict[str, object]) -> dict[str, object]:
    """A node whose settings came flat (``flat_settings``), with nested ones."""
    settings = reported.get("settings")
    if not isinstance(settings, dict) or not all(isinstance(key, str) for key in settings):
        return reported
    is_flat = any("." in key for key in settings)
    return {**reported, "settings": nested(settings.items())} if is_flat else reported


def _side(call: Call, node: Node) -> Side | None:
    """Whose answer it is, as far as it tells: keys for other clusters are made by the remote one, and it is the local one that follows."""
    if call is api_keys.CALL and isinstance(node, Branch):
        kinds = {text(one.get("type")) for one in branches(node.get("api_keys"))}
        return Side.REMOTE if api_keys.FOR_CLUSTERS in kinds else None
    if call is nodes.CALL:
        return side_of(tuple(one for settings in _settings_of(node) for one in settings))
    return Side.LOCAL if call in {replication.STATS, replication.INFO} else None


def _settings_of(node: Node) -> Iterable[tuple[Setting, ...]]:
    """The settings that each node shows: those of its elasticsearch.yml, as far as they are shown."""
    inner = node.get("nodes") if isinstance(node, Branch) else None
    for one in inner.entries if isinstance(inner, Branch) else ():
        found = one.value.get("settings") if isinstance(one.value, Branch) else None
        if isinstance(found, Branch):
            yield Flattening(Layer.DEFAULTS).settings(found)


def _keys(node: Node) -> Iterable[KeyBody]:
    """The keys for other clusters that are in force."""
    for one in branches(node.get("api_keys") if isinstance(node, Branch) else None):
        access = one.get("access")
        if isinstance(access, Branch) and text(one.get("invalidated")) != "true":
            search, replication_ = read_access(access, Refusals())
            yield KeyBody(search=search, replication=replication_, lifetime=_lifetime(one), origin=access.origin)


def _lifetime(key: Branch) -> BodyText | None:
    """How long a key lives, as the body that made it would say it; None where it does not end."""
    ends = key.get("expiration")
    made, end = (text(one) for one in (key.get("creation"), ends))
    if ends is None or not (made.isdecimal() and end.isdecimal()):
        return None
    return BodyText(text=f"{(int(end) - int(made)) // 1000}s", origin=ends.origin)


def _registered(node: Node, answer: PastedAnswer) -> Iterable[SettingsTexts]:
    """The remotes that the files of nodes register; nodes that all say the same are one."""
    seen: set[tuple[tuple[str, tuple[str, ...]], ...]] = set()
    for settings in _settings_of(node):
        remotes = tuple(one for one in settings if one.key.startswith(_REMOTES))
        values_of_node = tuple(sorted((one.key, one.values) for one in remotes))
        if remotes and values_of_node not in seen:
            seen.add(values_of_node)
            name = Setting(
                key="cluster.name",
                values=(answer.cluster_name,),
                layer=Layer.DEFAULTS,
                origin=answer.origin,
                key_origin=answer.origin,
            )
            text_ = SettingsText(
                form=SettingsForm.ANSWER,
                side=answer.side or Side.LOCAL,
                name=answer.origin.file,
                all=(name, *remotes) if answer.cluster_name else remotes,
                whole=answer.origin,
            )
            yield SettingsTexts(all=(text_,))


def _recognise(candidate: Candidate) -> str:
    node = _first(candidate)
    shape = None if node is None else shape_of(node)
    return f"it is what {shape.name} answers" if shape else ""


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    node = _first(candidate)
    shape = None if node is None else shape_of(node)
    return () if shape is None or node is None else nouns_of_answer(shape, node, reading)


def _first(candidate: Candidate) -> Node | None:
    return next(iter(candidate.nodes), None)


ROW: Final = KindRow(kind=DocumentKind.API_ANSWER, recognise=_recognise, read=_read)
