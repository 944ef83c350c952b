"""Local clusters that the configuration does not name: found in files, at a URL, and looked for again while the daemon runs."""

from diag.discovery.find import Findings, find, find_all, with_found
from diag.discovery.following import Discoverer, Find
from diag.discovery.of_one_platform import written_of

__all__ = ["Discoverer", "Find", "Findings", "find", "find_all", "with_found", "written_of"]
