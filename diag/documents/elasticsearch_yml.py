"""``elasticsearch.yml`` of a node: flat, nested or half nested, with variables of the environment."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from diag.documents.candidate import Candidate, settings_tree
from diag.documents.flat import Flattening
from diag.documents.row import KindRow, Reading, problems_of
from diag.documents.source import RefusedError
from diag.documents.yamltext import aliases_in
from diag.evidence.documents.kind import DocumentKind
from diag.evidence.documents.problems import DocumentProblems
from diag.evidence.documents.settings import Layer, Setting, SettingsForm, SettingsText, SettingsTexts
from diag.evidence.piece import Side
from diag.text import shown

# The first parts of the keys that a node's file begins with; a file with one of them is one.
_ROOTS: Final = frozenset(
    {"cluster", "node", "network", "http", "transport", "discovery", "path", "xpack", "bootstrap", "remote_cluster"}
    | {"remote_cluster_server", "ingest", "action", "indices", "search", "gateway", "script"}
)
_KEYS: Final = (
    "cluster.remote.",
    "cluster.name",
    "node.",
    "xpack.security.",
    "remote_cluster",
    "transport.",
    "network.",
)
# So many are named.
_MAX_ALIASES: Final = 20
_BROKEN: Final = re.compile(r"^(?:cluster\.(?:name|remote)|node\.(?:name|roles)|xpack\.security)(?=[.:])", re.MULTILINE)


def _recognise(candidate: Candidate) -> str:
    branch = candidate.branch
    if candidate.name in {"elasticsearch.yml", "elasticsearch.yaml"}:
        return "of its name"
    if candidate.is_json or branch is None:
        found = "" if candidate.is_json else candidate.seems(_BROKEN)
        return f"it holds {found}, and is broken" if found else ""
    flat = [one.key for one in Flattening(Layer.FILE).settings(branch)]
    known = next((key for key in flat if key.startswith(_KEYS)), "")
    if not known or any(key.partition(".")[0] not in _ROOTS for key in flat):
        return ""
    return f"it holds {known}"


def _read(candidate: Candidate, reading: Reading) -> tuple[object, ...]:
    settings = Flattening(Layer.FILE, reading.environment).settings(settings_tree(candidate))
    text = SettingsText(
        form=SettingsForm.FILE,
        side=reading.side or side_of(settings),
        name=candidate.source.file,
        all=settings,
        whole=candidate.source.whole,
    )
    return (
        SettingsTexts(all=(text,)),
        *problems_of(candidate, DocumentKind.ELASTICSEARCH_YML),
        *_more_than_one(candidate),
    )


def _more_than_one(candidate: Candidate) -> tuple[object, ...]:
    """What YAML has and a node does not take: a second document ends its start, and an alias is the name of its anchor (8.19.0)."""
    found = [
        RefusedError("a second document begins here; expected one, a node starts with no other", one.origin)
        for one in candidate.nodes[1:2]
    ]
    if not candidate.is_json and candidate.tree is None:
        found += [
            RefusedError(
                f"*{shown(name, 40)} refers to an anchor, and a node reads the text {shown(name, 40)}; expected the value itself",
                origin,
            )
            for name, origin in islice(aliases_in(candidate.source), _MAX_ALIASES)
        ]
    problems = tuple(one.problem(DocumentKind.ELASTICSEARCH_YML) for one in found)
    return (DocumentProblems(all=problems),) if problems else ()


def side_of(settings: tuple[Setting, ...]) -> Side | None:
    """Whose settings they are, as far as they say it: who registers remotes is the local cluster, who serves them the remote one."""
    local = any(one.key.startswith(("cluster.remote.", "xpack.security.remote_cluster_client.")) for one in settings)
    remote = any(
        one.key.startswith(("remote_cluster_server.", "remote_cluster.", "xpack.security.remote_cluster_server."))
        or ".trust_restrictions." in one.key
        for one in settings
    )
    if local is remote:
        return None
    return Side.LOCAL if local else Side.REMOTE


ROW: Final = KindRow(kind=DocumentKind.ELASTICSEARCH_YML, recognise=_recognise, read=_read)
