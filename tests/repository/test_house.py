"""The rooms of the house: small modules and functions, no two that need each other, one place where whatever is raised is caught."""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
MODULES = tuple(sorted(path for base in ("diag", "checks") for path in (ROOT / base).rglob("*.py")))
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40

# Where whatever is raised may be caught, and why no narrower type would do.
CATCHES_EVERYTHING = {
    "diag/engine/running.py": "around a check, also of a foreign pack: its bug is an outcome",
    "diag/engine/packs.py": "around the import of a check pack: the others run",
    "diag/isolate.py": "around a piece of evidence: a bug of diag makes it unavailable, and the rest stays",
    "diag/collect/api.py": "around a call of the HTTP client: whatever a peer provokes there is evidence",
    "diag/rounds/in_process.py": "around a round of the daemon: it is counted and shown, and the others go on",
    "diag/history/writer.py": "around each attempt to write the past: it is tried again, counted and shown, and rounds go on",
    "diag/notify/post.py": "around a call of the HTTP client: whatever a receiver provokes there is a failed attempt",
    "diag/notify/notifier.py": "around one receiver: a bug is logged, and it goes on",
    "diag/vantage/worker_round.py": "around a round for a daemon elsewhere: an exception would travel with all that it holds",
    "diag/daemon/process.py": "the end of the daemon: logged, with an exit code",
    "diag/cli/program.py": "the end of the program: a sentence, with an exit code",
}
# Stems that several modules share, each because they are about the same thing.
SAME_THING = {
    "clock_skew": "named by their ids: runtime/clock-skew and tls/clock-skew",
    "expired": "named by their ids: license/expired and tls/expired",
    "text": "diag/text.py is text from outside; in diag/report a module is named by its format",
    "json": "a format, of the report and of findings in documents",
    "junit": "a format, of the report and of findings in documents",
    "problems": "what is wrong with documents: the evidence, its words in a report, what cannot be written",
}
# Parts whose modules are named by the piece of evidence that they read from documents, or write for a new remote.
NAMED_BY_EVIDENCE = ("diag/documents/", "diag/setup/")


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """The syntax of a module."""
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    """The path of a module in the repository."""
    return str(path.relative_to(ROOT))


def is_table_of_contents(path: Path) -> bool:
    """Whether a module only says what others hold: imports and ``__all__``."""
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"])
        for node in tree_of(path).body
    )


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of code in the body of a function: neither its parameters nor its docstring, which may be a page of the manual."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    body = function.body[1:] if documented else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes any error: a bare one, or one of the types that all errors are."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in kinds)


def circles(graph: grimp.ImportGraph) -> list[list[str]]:
    """Groups of modules each of which needs every other one of its group, directly or by way of others (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in graph.find_modules_directly_imported_by(module):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(graph.modules):
        if module not in index:
            visit(module)
    return found


def test_a_circle_is_found() -> None:
    """Two modules that import each other, and three in a ring; one that only imports is in none."""
    graph = grimp.ImportGraph()
    for importer, imported in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "e"), ("e", "c"), ("f", "a")):
        for module in (importer, imported):
            graph.add_module(module)
        graph.add_import(importer=importer, imported=imported)
    assert sorted(circles(graph)) == [["a", "b"], ["c", "d", "e"]]


def test_no_modules_need_each_other() -> None:
    """No circle of imports, none hidden in a function either: those are imports, too."""
    assert circles(grimp.build_graph("diag", "checks", cache_dir=None)) == []


def test_modules_are_small() -> None:
    """A table of contents is as long as what it lists."""
    lines = {name_of(path): len(path.read_text().splitlines()) for path in MODULES if not is_table_of_contents(path)}
    assert {name: count for name, count in lines.items() if count > MAX_MODULE_LINES} == {}


def test_functions_are_short() -> None:
    """What a function does fits on a screen."""
    lines = {f"{name_of(path)}:{one.name}": lines_of(one) for path in MODULES for one in functions_of(path)}
    assert {name: count for name, count in lines.items() if count > MAX_FUNCTION_LINES} == {}


def test_whatever_is_raised_is_caught_in_a_few_places() -> None:
    """Anywhere else it would hide a bug."""
    found = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert found == set(CATCHES_EVERYTHING)


def test_a_stem_is_one_module() -> None:
    """Who reads ``wire`` knows which module is meant, anywhere in the package; a part named by evidence counts for itself."""
    by_stem = defaultdict(list)
    for path in MODULES:
        name = name_of(path)
        if path.stem not in {"__init__", "__main__"}:
            part = next((part for part in NAMED_BY_EVIDENCE if name.startswith(part)), name.partition("/")[0])
            by_stem[part, path.stem].append(name)
    shared = {stem: names for (_, stem), names in by_stem.items() if len(names) > 1}
    assert {stem: names for stem, names in shared.items() if stem not in SAME_THING} == {}
    assert set(SAME_THING) <= set(shared)


def test_values_of_diag_are_made_when_they_are_needed() -> None:
    """The dataclass of the standard library compiles six methods for each class at every start: ours puts that off."""
    eager = [
        name_of(path)
        for path in MODULES
        if path.is_relative_to(ROOT / "diag") and path.name != "lazy_dataclass.py"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "dataclasses"
        and any(a.name == "dataclass" for a in node.names)
    ]
    assert eager == []


def test_dask_is_known_to_one_package() -> None:
    """It is an extra: whatever else imported it would not start without."""
    found = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        if name.partition(".")[0] in {"dask", "distributed", "tornado"}
    }
    assert found == {
        f"diag/vantage/{stem}.py" for stem in ("dask_settings", "embedded_scheduler", "vantage_process", "worker_round")
    }
