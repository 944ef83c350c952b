"""Find check packs, judge evidence, name root causes. Pure and synchronous: no I/O but the import of packs."""

from diag.engine.acknowledged import Decisions, decisions
from diag.engine.causes import root_causes
from diag.engine.judge import answerable
from diag.engine.packs import BrokenPack, Catalogue, DuplicateCheckError, load_catalogue
from diag.engine.remembered import Memory
from diag.engine.statuses import status_of, worst
from diag.engine.verdict import judge, own_status, report

__all__ = [
    "BrokenPack",
    "Catalogue",
    "Decisions",
    "DuplicateCheckError",
    "Memory",
    "answerable",
    "decisions",
    "judge",
    "load_catalogue",
    "own_status",
    "report",
    "root_causes",
    "status_of",
    "worst",
]
