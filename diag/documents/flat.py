"""Settings out of a tree: flat keys, whatever mixture of dots and nesting they are written in, as Elasticsearch flattens them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from diag.documents.source import RefusedError, Source
from diag.documents.tree import Branch, Entry, Items, Node, Text
from diag.documents.unresolved import stand_in
from diag.documents.yamltext import read_yaml
from diag.evidence.documents.origin import Origin
from diag.evidence.documents.settings import Layer, Setting
from diag.lazy_dataclass import dataclass

_VARIABLE: Final = re.compile(r"\$\{([^${}:]+)(?::([^{}]*))?\}")
_INDEX: Final = re.compile(r"(?P<key>.+)\.(?P<index>\d{1,4})")


@dataclass(frozen=True)
class Flattening:
    """How settings are read: the layer they come to stand in, and the environment that fills ``${NAME}`` in (None: it is not filled in)."""

    layer: Layer
    environment: Mapping[str, str] | None = None

    def settings(self, tree: Branch) -> tuple[Setting, ...]:
        """Give every setting of a tree, in its order; a file of a node sets nothing to an empty text (8.19.0 starts as if it were not there)."""
        found = _with_indexes(self._settings(tree, (), ()))
        return tuple(one for one in found if self.layer is not Layer.FILE or one.as_list or one.values != ("",))

    def _settings(self, tree: Branch, above: tuple[str, ...], places: tuple[Origin, ...]) -> Iterator[Setting]:
        for entry in tree.entries:
            written = (*above, stand_in(entry.key) if entry.unset else entry.key)
            if isinstance(entry.value, Branch):
                yield from self._settings(entry.value, written, (*places, entry.origin))
            else:
                yield self._setting(written, entry, places)

    def _setting(self, written: tuple[str, ...], entry: Entry, above: tuple[Origin, ...]) -> Setting:
        value = entry.value
        if isinstance(value, Text) and not value.is_null:
            value = self._resolved(value)
        texts = [one for one in (value.all if isinstance(value, Items) else (value,)) if isinstance(one, Text)]
        filled = [self._filled(one.value) for one in texts if not one.is_null]
        return Setting(
            key=".".join(written),
            written=written,
            values=tuple(text for text, _ in filled),
            as_list=isinstance(value, Items),
            quoted=any(one.quoted for one in texts),
            unset=tuple(
                dict.fromkeys([*(one for text in texts for one in text.unset), *(n for _, ns in filled for n in ns)])
            ),
            layer=self.layer,
            origin=entry.value.origin,
            key_origin=entry.origin,
            above=above,
            item_origins=tuple(one.origin for one in texts) if isinstance(value, Items) else (),
            no_texts=tuple(one.origin for one in value.all if not _is_text(one)) if isinstance(value, Items) else (),
        )

    def _resolved(self, value: Text) -> Node:
        """Elasticsearch fills variables in before it reads the YAML: a bare one may turn into a list."""
        text, unset = self._filled(value.value)
        if value.quoted or unset or text == value.value or not text.lstrip().startswith("["):
            return value
        try:
            read = read_yaml(Source(value.origin.file, text)).nodes
        except RefusedError:
            return value
        if len(read) != 1 or not isinstance(read[0], Items):
            return value
        return Items(tuple(_moved(one, value.origin) for one in read[0].all), value.origin)

    def _filled(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Fill the variables in; what has neither value nor default stays, and is named."""
        if self.environment is None or "${" not in text:
            return text, ()
        unset: list[str] = []
        environment = self.environment

        def value(found: re.Match[str]) -> str:
            default: str | None = found[2]
            known = environment.get(found[1], default)
            if known is None:
                unset.append(found[1])
                return found[0]
            return known

        return _VARIABLE.sub(value, text), tuple(unset)


def _is_text(node: Node) -> bool:
    return isinstance(node, Text) and not node.is_null


def _moved(node: Node, origin: Origin) -> Node:
    return Text(node.value, node.quoted, origin) if isinstance(node, Text) else node


def _with_indexes(settings: Iterator[Setting]) -> Iterator[Setting]:
    """Put ``seeds.0`` and ``seeds.1`` together into the list that they are."""
    lists: dict[str, list[Setting]] = {}
    for one in settings:
        found = _INDEX.fullmatch(one.key)
        if found is None:
            yield one
        else:
            lists.setdefault(found["key"], []).append(one)
    for key, parts in lists.items():
        first = parts[0]
        yield Setting(
            key=key,
            written=(*first.written[:-1], first.written[-1].removesuffix(".0")),
            values=tuple(value for part in parts for value in part.values),
            as_list=True,
            quoted=first.quoted,
            unset=tuple(dict.fromkeys(name for part in parts for name in part.unset)),
            layer=first.layer,
            origin=first.origin,
            key_origin=first.key_origin,
            above=first.above,
            item_origins=tuple(part.origin for part in parts),
            no_texts=tuple(place for part in parts for place in part.no_texts),
        )
