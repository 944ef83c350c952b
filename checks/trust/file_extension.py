"""The check trust/file-extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.shared.applies import CERTIFICATE_REMOTES
from checks.shared.causes import NO_CONNECTION, NOT_ADMITTED
from checks.shared.fixes import on_remote_nodes, yml
from checks.tables import docs
from checks.trust._restrictions import EXTENSIONS, PATH, Place, is_misnamed, nowhere
from diag.check import Yields, check, missing
from diag.model import Finding, Layer, NamedFiles, Severity, TrustFiles, TrustRestrictions, Unavailable, shorten


def _documents(files: TrustFiles | Unavailable, named: NamedFiles | Unavailable) -> Yields:
    if isinstance(files, Unavailable) and isinstance(named, Unavailable):
        yield missing(files)
    given = () if isinstance(files, Unavailable) else files.all
    for one in given:
        yield from _judged(one.restrictions, one.place)
    handed = {one.restrictions.path.rpartition("/")[2] for one in given}
    for file in () if isinstance(named, Unavailable) else named.all:
        # A setting says how the file is called on the nodes, also where the file is not at hand.
        is_it = file.setting == PATH and "${" not in file.path and "{{" not in file.path
        if is_it and not file.path.endswith(EXTENSIONS) and file.path.rpartition("/")[2] not in handed:
            yield replace(_misnamed(file.path), origin=file.origin)


@check(
    "trust/file-extension",
    severity=Severity.CRITICAL,
    layer=Layer.TLS,  # It shows as a handshake that is refused.
    applies=CERTIFICATE_REMOTES,
    docs=(docs.HOSTED_TO_SELF_MANAGED, docs.HOSTED_TO_ECK),
    tags=("trust-restrictions", "offline"),
    source="Elasticsearch Settings.loadFromPath of 8.19.0 and 9.2.0, tried by starting nodes",
    explains=("trust/restrictions-*", "trust/cn-scope-suffix", *NOT_ADMITTED, *NO_CONNECTION),
    leaves_open=("trust/restrictions-*",),
    in_documents=_documents,
)
def file_extension(restrictions: TrustRestrictions | Unavailable) -> Yields:
    """The ``trust_restrictions`` file has a name by which Elasticsearch does not know how to read it.

    Why it matters: the ending of the name decides whether the file is read as YAML or as JSON. A node does not start with a file of
    another name, whatever it holds.

    How to fix: let its name end in ``.yml``, ``.yaml`` or ``.json``, in small letters, and set the path to the new name.

    Example: ``trust_restrictions.path: trust.conf``; ``TRUST.YML``.
    """
    if isinstance(restrictions, Unavailable):
        yield missing(restrictions)
    else:
        yield from _judged(restrictions, nowhere)


def _judged(restrictions: TrustRestrictions, place: Place) -> Iterator[Finding]:
    if is_misnamed(restrictions):
        yield replace(_misnamed(restrictions.path), origin=place(""))


def _misnamed(file: str) -> Finding:
    path, name = shorten(file), shorten(file.rpartition("/")[2])
    small = ", in small letters" if name.lower().endswith(EXTENSIONS) else ""
    return Finding(
        summary=f"{path}: its name does not end in .yml, .yaml or .json{small}, by which Elasticsearch decides how to read the file: "
        "no node starts with it.",
        remedy="Rename the file, and set the path to the new name. Where only the copy here has another name, rename that.",
        fix=on_remote_nodes(yml=[yml(PATH, "<path of the file>.yml")]),
        facts={"path": path, "observed": name, "expected": "*.yml, *.yaml or *.json"},
    )
