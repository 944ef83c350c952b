"""What the files of the configuration say: trusted CAs, the certificates that the local cluster presents and signs with, trust files."""

from __future__ import annotations

from enum import StrEnum

from diag.evidence.address.presented_chain import Chain
from diag.evidence.certificate import Certificate
from diag.evidence.terms import Reason, Step, Unavailable, X509Field
from diag.lazy_dataclass import dataclass

NO_SIGNING_CA = Unavailable(
    step=Step.CONFIGURATION, reason=Reason.NOT_REQUESTED, detail="no signing_ca is configured for this remote"
)


class FileFault(StrEnum):
    """What is wrong with a file of certificates or of a key, where that decides what to do about it; ``problem`` says it in words."""

    TRUSTS_NOTHING = "trusts nothing"
    OTHER_KEY = "other key"
    DECRYPTED_BY_OTHERS = "decrypted by others"  # Elasticsearch decrypts it, and the library of diag does not.


@dataclass(frozen=True, slots=True, kw_only=True)
class CaFile:
    """One configured file of trusted certificates. ``problem`` is empty where Elasticsearch reads it with every Java.

    ``older_java`` says why Java before 25 refuses it, ``newer_java`` why Java 25 does, where the other one reads it. ``form`` is
    PEM, DER, PKCS#7, PKCS#12, JKS or other; ``locked``: a key store whose password diag does not have. ``fault`` is set where the problem
    has a remedy of its own.
    """

    path: str
    certificates: tuple[Certificate, ...] = ()
    has_private_key: bool = False
    problem: str = ""
    older_java: str = ""
    newer_java: str = ""
    form: str = ""
    locked: bool = False
    fault: FileFault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The CAs that the local cluster trusts for one remote.

    ``files`` are those of the remote's ``ca``, and in the certificate model those of ``transport.ca`` too.
    Without any, ``public_roots`` is true: the remote is judged as the JDK would, by the public roots. ``assumed`` says that nobody
    named what the nodes trust: the remote was read from the cluster, which shows no CA of its own, or its nodes have to trust each other by
    a CA that diag was not given (certificate model). ``own`` are trusted in addition to the
    public roots: where no CA is configured, Elasticsearch trusts what it has its own key from (SslConfigurationLoader, StoreKeyConfig,
    PemKeyConfig), which is every certificate of a PEM file, and of a key store the trusted entries and the certificate of each key.
    """

    files: tuple[CaFile, ...] = ()
    own: tuple[Certificate, ...] = ()
    public_roots: bool = False
    assumed: bool = False

    @property
    def anchors(self) -> tuple[Certificate, ...]:
        """Every certificate of every file."""
        return tuple(certificate for file in self.files for certificate in file.certificates)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientIdentity:
    """The certificate (leaf first) that nodes of the local cluster present; ``problem`` is empty where it is usable.

    ``older_java``, ``newer_java``, ``form`` and ``fault`` as in ``CaFile``; ``locked``: the passphrase of the key, or the password of the
    key store, is one that diag does not have.
    """

    path: str
    chain: tuple[Certificate, ...] = ()
    problem: str = ""
    older_java: str = ""
    newer_java: str = ""
    form: str = ""
    locked: bool = False
    fault: FileFault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIdentity:
    """The certificate that the local cluster signs its requests to this remote with (``cluster.remote.<alias>.signing.certificate``).

    ``subject`` is its distinguished name in the form of RFC 4514, ``chain`` every certificate of the file, the one that signs first;
    ``problem`` is empty where the file could be read. ``trust`` are the CAs that the remote cluster verifies signatures by, as far as
    they are declared, ``verified`` what became of looking for a way to them; None where there are none to look for.
    """

    path: str
    subject: str = ""
    chain: tuple[Certificate, ...] = ()
    problem: str = ""
    trust: Trust | Unavailable = NO_SIGNING_CA
    verified: Chain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRestrictions:
    """The other side's ``trust_restrictions`` file: which otherNames it admits.

    ``problem`` is empty where the file could be read; else it says what is wrong, ``line`` where (1 is the first),
    and ``unquoted_star`` whether an unquoted ``*`` at the start of a pattern is the cause. ``remarks`` say what is read otherwise than
    it looks, in a file that can be read. ``fields`` are those of a certificate that are compared with the patterns.
    """

    path: str
    patterns: tuple[str, ...] = ()
    problem: str = ""
    line: int = 0
    unquoted_star: bool = False
    remarks: tuple[str, ...] = ()
    fields: tuple[X509Field, ...] = (X509Field.OTHER_NAME,)
