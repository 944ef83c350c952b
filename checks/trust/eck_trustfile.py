"""The check trust/eck-trustfile."""

from __future__ import annotations

import re
from typing import Final

from checks.tables import docs
from checks.trust._restrictions import lines
from diag.check import Yields, check
from diag.model import Finding, Layer, Severity, TrustFiles, shorten

# What ECK puts into the certificate of a pod ends so, without a word in front of the name of the cluster and without an ending behind it.
_OF_ECK: Final = re.compile(r"(?P<head>.*)\.node\.(?P<middle>.+)\.es\.local(?P<account>\.account)?")
_CLUSTER_WORD: Final = re.compile(r"(?P<name>[^.]+)\.cluster\.(?P<namespace>[^.]+)")


@check(
    "trust/eck-trustfile",
    severity=Severity.CRITICAL,
    layer=Layer.TLS,  # It shows as nodes that refuse each other.
    docs=(docs.HOSTED_TO_ECK,),
    tags=("trust-restrictions", "documents"),
    source="documentation: remote clusters with ECK, trust file; docs-content#1647, docs-content#1378",
)
def eck_trustfile(files: TrustFiles) -> Yields:
    """A line of a ``trust_restrictions`` file that is meant for nodes of ECK has a form that none of their certificates has.

    Why it matters: ECK names its nodes ``<pod>.node.<cluster>.<namespace>.es.local``. A line of the form of Elastic Cloud, with the word
    cluster in between or ``.account`` at the end, admits none of them: the nodes refuse each other after the next restart.

    How to fix: write the line as ECK writes the names, before the config map is created.

    Example: ``*.node.*.cluster.prod.es.local.account`` instead of ``*.node.*.prod.es.local``.
    """
    for file in files.all:
        for pattern in file.restrictions.patterns:
            found = _OF_ECK.fullmatch(pattern)
            middle = _CLUSTER_WORD.fullmatch(found["middle"]) if found else None
            if found is None or not (found["account"] or middle):
                continue
            name = f"{middle['name']}.{middle['namespace']}" if middle else found["middle"]
            right = f"{found['head']}.node.{name}.es.local"
            yield Finding(
                summary=f"The pattern {shorten(pattern)} in {shorten(file.restrictions.path)} admits no node of ECK, whose certificates carry "
                "<pod>.node.<cluster>.<namespace>.es.local: nodes with this file refuse each other.",
                remedy="Correct the line before the config map is created, and keep the quotes.",
                fix=lines(right),
                facts={"observed": shorten(pattern), "expected": shorten(right)},
                origin=file.place(pattern),
            )
