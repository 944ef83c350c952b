"""What Elastic's support-diagnostics gathers: a folder, or a ZIP archive of one, with the answer of each call in a file of a fixed name.

The names and the calls behind them are those of ``elastic-rest.yml`` of that tool. An archive is read within bounds, whatever it says of itself.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from diag.config.regular_files import open_regular

SUFFIX: Final = ".zip"
_MANIFESTS: Final = ("diagnostic_manifest.json", "manifest.json")
_CALLS: Final = {
    "version": "/",
    "cluster_settings": "/_cluster/settings",
    "cluster_settings_defaults": "/_cluster/settings",
    "cluster_health": "/_cluster/health",
    "remote_cluster_info": "/_remote/info",
    "nodes": "/_nodes",
    "licenses": "/_license",
    "ssl_certs": "/_ssl/certificates",
    "ccr_stats": "/_ccr/stats",
    "ccr_follower_info": "/_all/_ccr/info",
    "ccr_autofollow_patterns": "/_ccr/auto_follow",
    "security_roles": "/_security/role",
    "transform": "/_transform",
    "transform_stats": "/_transform/_stats",
}
# What needs a license lies one folder further down.
COMMERCIAL: Final = "commercial"
# The list of files of an archive that gathered thousands of logs is a tenth of this; reading it takes some five times as much memory.
_MAX_LIST: Final = 8 * 1024 * 1024
_MAX_TOTAL: Final = 128 * 1024 * 1024
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_MAX_COMMENT: Final = 65_535
_ENCRYPTED: Final = 0x1
_PLAIN: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class NoBundleError(Exception):
    """An archive that is none of support-diagnostics, or cannot be read; the text follows its name."""


def call_of(path: Path) -> str:
    """The call that a file answers, by its name next to the manifest of a bundle; empty for any other file."""
    call = _CALLS.get(path.stem, "") if path.suffix == ".json" else ""
    folder = path.parent.parent if path.parent.name == COMMERCIAL else path.parent
    return call if call and any((folder / name).is_file() for name in _MANIFESTS) else ""


def members(path: Path, limit: int) -> Iterator[tuple[str, str, bytes, str]]:
    """The answers in an archive: the name, the call, the bytes, and why those could not be had.

    Args:
        path: The archive.
        limit: How many bytes one answer may have.

    Raises:
        NoBundleError: It is no archive of support-diagnostics, or is broken.
        OSError: It cannot be read.
        ValueError: It is no regular file.
    """
    with os.fdopen(open_regular(path), "rb") as file:
        _refuse_long_list(file)
        try:
            with zipfile.ZipFile(file) as archive:
                yield from _members(archive, limit)
        except (zipfile.BadZipFile, UnicodeDecodeError) as error:
            msg = f"is a broken ZIP archive: {error}"
            raise NoBundleError(msg) from None


def _refuse_long_list(file: BinaryIO) -> None:
    """Look at what an archive says of the list of its files before that list is read as a whole."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - _END_SIZE - _MAX_COMMENT))
    tail = file.read(_END_SIZE + _MAX_COMMENT)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        msg = "is a broken ZIP archive: it has no list of its files"
        raise NoBundleError(msg)
    if int.from_bytes(tail[at + 12 : at + 16], "little") > _MAX_LIST:
        msg = f"is a ZIP archive whose list of files alone is larger than {_MAX_LIST // 1024 // 1024} MiB"
        raise NoBundleError(msg)


def _members(archive: zipfile.ZipFile, limit: int) -> Iterator[tuple[str, str, bytes, str]]:
    entries = [(PurePath(one.filename), one) for one in archive.infolist() if not one.is_dir()]
    folders = {path.parent for path, _ in entries if path.name in _MANIFESTS}
    if not folders:
        msg = f"is a ZIP archive without a {_MANIFESTS[0]}; expected one of support-diagnostics, or its files taken out of it"
        raise NoBundleError(msg)
    left = _MAX_TOTAL
    for path, entry in entries:
        folder = path.parent.parent if path.parent.name == COMMERCIAL else path.parent
        call = _CALLS.get(path.stem, "") if path.suffix == ".json" else ""
        if call and folder in folders:
            data, problem = _read(archive, entry, min(limit, left))
            left -= len(data)
            yield entry.filename, call, data, problem


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> tuple[bytes, str]:
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _PLAIN:
        return b"", "is encrypted, or packed in a way that is not read"
    try:
        with archive.open(entry) as file:
            data = file.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        return b"", f"is broken in its archive: {error}"
    return (b"", f"is larger than {limit // 1024} KiB") if len(data) > limit else (data, "")
