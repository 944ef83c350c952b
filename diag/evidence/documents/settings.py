"""Settings as somebody wrote them down: an ``elasticsearch.yml``, the body of ``PUT _cluster/settings``, an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from diag.evidence.documents.absent import NO_DOCUMENT
from diag.evidence.documents.origin import Origin
from diag.evidence.piece import Piece, Side, Subject
from diag.lazy_dataclass import dataclass

# What YAML 1.1 reads as true or false, and the word of Elasticsearch for it.
FLAG_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("true", "yes", "on"), "true"),
    **dict.fromkeys(("false", "no", "off"), "false"),
}
# What Java takes away around a text.
_BLANKS: Final = "".join(map(chr, range(33)))


class SettingsForm(StrEnum):
    """Where settings are read from; it decides who refuses a wrong one, and when."""

    FILE = "elasticsearch.yml"  # Read when a node starts: what is wrong there keeps it from starting.
    REQUEST = "settings request"  # A body for PUT _cluster/settings: what is wrong there is refused with 400.
    ANSWER = "settings answer"  # What GET _cluster/settings said: it stands in the cluster already.


class Layer(StrEnum):
    """Where a setting comes to stand. ``NONE``: a request without ``persistent`` or ``transient`` sets nothing."""

    FILE = "file"
    DEFAULTS = "defaults"
    PERSISTENT = "persistent"
    TRANSIENT = "transient"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as it was written.

    ``key`` is flat (``cluster.remote.logs.seeds``), ``values`` the texts: several for a list, one for a text, none for ``null``.
    ``as_list`` tells a list of one from a text, ``quoted`` a text in quotes from a bare word or number. ``written`` is the key as it stands
    there, the parts of nested mappings apart. ``unset`` are the environment
    variables in it that have no value here. ``origin`` is the place of the value, ``key_origin`` that of the last part of the key, ``above`` those of
    the parts before it, ``item_origins`` those of the items of a list. ``no_texts`` are the places of items that are no texts: a list, a
    mapping, nothing.
    """

    key: str
    values: tuple[str, ...]
    written: tuple[str, ...] = ()
    as_list: bool = False
    quoted: bool = False
    unset: tuple[str, ...] = ()
    layer: Layer
    origin: Origin
    key_origin: Origin
    above: tuple[Origin, ...] = ()
    item_origins: tuple[Origin, ...] = ()
    no_texts: tuple[Origin, ...] = ()

    @property
    def is_null(self) -> bool:
        """Whether it takes the setting away."""
        return not self.values and not self.as_list

    @property
    def text(self) -> str:
        """The value as one text, a list joined by commas."""
        return ",".join(self.values)

    def place_of(self, prefix: str) -> Origin:
        """The place where a beginning of the key is written out, such as the alias of a remote, above the settings under it."""
        wanted, names = prefix.count(".") + 1, 0
        for part, place in zip(self.written, (*self.above, self.key_origin), strict=False):
            names += part.count(".") + 1
            if names >= wanted:
                return place
        return self.key_origin

    @property
    def parts(self) -> tuple[str, ...]:
        """The value as Elasticsearch reads a list: a text with commas is split, the items of a list are not.

        Only blanks of ASCII are taken away around a part, and only what is empty at the end.
        """
        if self.as_list:
            return self.values
        return tuple(part.strip(_BLANKS) for part in self.text.rstrip(f"{_BLANKS},").split(",")) if self.text else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsText:
    """The settings of one document. ``side`` is whose they are, None where nobody can tell; ``name`` says which node or request it is.

    ``whole`` is the place of the mapping that holds them.
    """

    form: SettingsForm
    side: Side | None
    name: str
    all: tuple[Setting, ...]
    whole: Origin

    @property
    def cluster_name(self) -> str:
        """The name of the cluster, empty where the document does not say it, or says what is no name."""
        found = self.get("cluster.name")
        told = found is not None and not found.unset and found.text.strip() and found.text.isprintable()
        return found.text if found is not None and told else ""

    def under(self, prefix: str) -> Iterator[Setting]:
        """The settings whose key begins with a prefix."""
        return (one for one in self.all if one.key.startswith(prefix))

    def get(self, key: str) -> Setting | None:
        """The setting in force: of two of the same key the later one."""
        return next((one for one in reversed(self.all) if one.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsTexts:
    """Every settings document that was given."""

    all: tuple[SettingsText, ...] = ()


PIECE: Final = Piece(name="settings_texts", noun=SettingsTexts, subjects=(Subject.SURROUNDINGS,), absent=NO_DOCUMENT)
