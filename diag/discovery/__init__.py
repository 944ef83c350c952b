"""Local clusters that the configuration does not name: found in files, at a URL, and looked for again while the daemon runs."""

from diag.discovery.find import Findings, find, find_all, with_found
from diag.discovery.following import Discoverer, Find

__all__ = ["Discoverer", "Find", "Findings", "find", "find_all", "with_found"]
