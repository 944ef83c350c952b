"""The check trust/instances-file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.tables import docs
from checks.trust._instances import Fault, names_compared, of_no_use, refused, same_folder
from checks.trust._restrictions import lines
from diag.check import Yields, check
from diag.model import (
    Finding,
    InstancesFile,
    InstancesFiles,
    InstanceValue,
    Severity,
    TrustFile,
    TrustFiles,
    Unavailable,
    admits,
    listed,
    pattern_for,
    shorten,
)

_MADE_NOTHING = "certutil stops there and makes no certificate at all"


@check(
    "trust/instances-file",
    severity=Severity.ERROR,
    severities=(Severity.INFO, Severity.WARNING),
    docs=(docs.CERTUTIL, docs.HOSTED_TO_SELF_MANAGED),
    tags=("othername", "documents"),
    source="elasticsearch-certutil cert --in of 8.19.0, run with every form",
)
def instances_file(files: InstancesFiles, trust_files: TrustFiles | Unavailable) -> Yields:
    """The file that certificates are to be made from is refused by certutil, or makes other certificates than are meant.

    Why it matters: certutil takes any text for a DNS name and reads the first document of the file alone, without a word. What is wrong
    shows on the day when a node refuses another one.

    How to fix: one list ``instances``, one entry for each node, with ``name``, ``dns`` and ``ip`` as others reach it, and ``cn`` of the form
    ``<node>.node.<cluster>.cluster.<scope>.account`` where trust management is to admit it.

    Example: ``dns: ["https://node1.example"]``; a name that is a number; two instances of one name.
    """
    restrictions = () if isinstance(trust_files, Unavailable) else trust_files.all
    for file in files.all:
        yield from _refused(file)
        yield from _silent(file)
        yield from _admitted(file, restrictions)


def _refused(file: InstancesFile) -> Iterator[Finding]:
    for one in file.refused:
        yield Finding(
            summary=f"{shorten(file.path)}: {one.message}; expected {one.expected}. Certutil stops there and makes no certificate at all.",
            remedy="Correct it at that place, and run certutil again.",
            facts={"observed": one.message, "expected": one.expected},
            origin=one.origin,
        )
    for instance in file.instances:
        yield from (_finding(file, fault, f": {_MADE_NOTHING}") for fault in refused(instance))
    for first, second in same_folder(file):
        what = f"{shorten(second.folder.text, 80)} is there twice, in line {first.folder.origin.line} too"
        fault = (second.folder, what, "Give each instance a name of its own, or a filename.", Severity.ERROR)
        yield _finding(file, fault, ": certutil ends with an error and makes no certificate at all")


def _silent(file: InstancesFile) -> Iterator[Finding]:
    if not (file.instances or file.refused):
        what = "it holds no instance: certutil makes an archive without certificates"
        yield _finding(file, (InstanceValue(text="", origin=file.origin), what, "Add the nodes.", Severity.ERROR))
    for origin in file.ignored:
        what = "a second document begins there, and certutil reads the first one only"
        fault = (
            InstanceValue(text="---", origin=origin),
            what,
            "Put its instances into the list of the first document.",
            Severity.ERROR,
        )
        yield _finding(file, fault)
    for instance in file.instances:
        yield from (_finding(file, fault) for fault in of_no_use(instance))
    yield from (_finding(file, fault) for fault in names_compared(file))


def _admitted(file: InstancesFile, restrictions: tuple[TrustFile, ...]) -> Iterator[Finding]:
    """Whether trust files given with it admit the names; one that admits is enough, for the others may be those of other clusters."""
    usable = [one.restrictions for one in restrictions if not one.restrictions.problem]
    if not usable:
        return
    paths = listed([one.path for one in usable])
    for instance in file.instances:
        names = [value.text for value in instance.cn]
        if not names:
            what = f"{shorten(instance.name.text, 80)} has no cn, and {paths} admits by that name only"
            yield _finding(file, (instance.name, what, "Add cn, with a name that the file admits.", Severity.ERROR))
        elif all(admits(one.patterns, names) is False for one in usable):
            what = f"{listed(names)} matches no pattern of {paths}"
            fault = (instance.cn[0], what, "Correct the name, or add a pattern to the file.", Severity.ERROR)
            yield replace(_finding(file, fault), fix=lines(pattern_for(names[0])))


def _finding(file: InstancesFile, fault: Fault, outcome: str = "") -> Finding:
    value, what, advice, severity = fault
    return Finding(
        summary=f"{shorten(file.path)}: {what}{outcome}.",
        remedy=advice or "Nothing has to be done where that is meant.",
        severity=severity,
        facts={"observed": shorten(value.text, 120)},
        origin=value.origin,
    )
