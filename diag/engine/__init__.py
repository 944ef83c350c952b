"""Find check packs, judge evidence, name root causes. Pure and synchronous: no I/O but the import of packs."""

from diag.engine.packs import BrokenPack, Catalogue, DuplicateCheckError, load_catalogue
from diag.engine.verdict import judge, report, root_causes, status_of, worst

__all__ = [
    "BrokenPack",
    "Catalogue",
    "DuplicateCheckError",
    "judge",
    "load_catalogue",
    "report",
    "root_causes",
    "status_of",
    "worst",
]
