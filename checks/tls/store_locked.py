"""The check tls/store-locked."""

from __future__ import annotations

from checks.tables import docs
from diag.check import Yields, check, missing
from diag.model import CertificateFile, CertificateFiles, Finding, KeyFile, KeyFiles, Severity, Unavailable, shorten


@check(
    "tls/store-locked",
    severity=Severity.INFO,
    docs=(docs.TRANSPORT_TLS_SETTINGS,),
    tags=("key-store", "documents"),
    source="what diag itself needs to read a key store or an encrypted key",
)
def store_locked(files: CertificateFiles | Unavailable, keys: KeyFiles | Unavailable) -> Yields:
    """A key store or a private key cannot be opened without its password, so that nothing in it is judged.

    Why it matters: it is no fault. Elasticsearch has the password in its keystore, and diag needs it too.

    How to fix: ``diag lint --password-file FILE`` or ``--password-env NAME``.

    Example: ``elastic-certificates.p12`` that was made with a password.
    """
    if isinstance(files, Unavailable) and isinstance(keys, Unavailable):
        yield missing(files)
    every: list[CertificateFile | KeyFile] = []
    every += () if isinstance(files, Unavailable) else files.all
    every += () if isinstance(keys, Unavailable) else keys.all
    for one in every:
        if one.locked:
            yield Finding(
                summary=f"{shorten(one.path)} cannot be opened without its password, and what is in it is not judged.",
                remedy="Give diag the password: --password-file FILE, or --password-env NAME.",
                facts={"path": shorten(one.path)},
                origin=one.origin,
            )
