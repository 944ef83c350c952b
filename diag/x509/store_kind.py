"""What kind of key store a file is, by how it begins: no library is needed to tell that it is none."""

from __future__ import annotations

import re
from typing import Final

PKCS12, JKS = "PKCS#12", "JKS"
_PKCS12: Final = re.compile(rb"0(?:\x80|[\x00-\x7f]|[\x81-\x84].{1,4}?)\x02\x01\x03", re.DOTALL)
OF_JKS, OF_JCEKS = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"


def kind_of_store(data: bytes) -> str:
    """Tell what kind of key store the bytes are; empty where they are none."""
    if data.startswith((OF_JKS, OF_JCEKS)):
        return JKS
    return PKCS12 if _PKCS12.match(data) else ""
