"""The forms of chains and names that both the JDK and diag are asked about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

from tests import der_edit
from tests.pki import (
    CA,
    Issued,
    Spec,
    alternative_names_der,
    days,
    extended_key_usage,
    key_usage,
    new_ca,
    self_signed,
    tlv,
)

NAME: Final = "logs.example.org"
HOST: Final = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Form:
    """One server: what it presents (DER, leaf first) with which key, who is trusted, the name it is asked for.

    ``ciphers`` and ``protocol`` (OpenSSL's words) bound what the server speaks. ``reason`` says why diag may differ from the JDK.
    """

    id: str
    presented: tuple[bytes, ...]
    key: Any = field(repr=False)
    trusted: tuple[bytes, ...]
    name: str = NAME
    ciphers: str = "ALL:@SECLEVEL=0"
    protocol: str = ""
    reason: str = ""


def der(one: Any) -> bytes:
    """Give the bytes of a certificate of any origin."""
    if isinstance(one, bytes):
        return one
    certificate: x509.Certificate = one if isinstance(one, x509.Certificate) else one.certificate
    return certificate.public_bytes(Encoding.DER)


def form(id: str, presented: tuple[Any, ...], trusted: tuple[Any, ...], **more: Any) -> Form:  # noqa: A002 -- its word.
    """Make a form; the key is that of the first certificate unless given."""
    key = more.pop("key", None) or presented[0].key
    return Form(id=id, presented=tuple(map(der, presented)), key=key, trusted=tuple(map(der, trusted)), **more)


def leaf(ca: CA, **fields: Any) -> Issued:
    """Issue a leaf for the name that is asked for."""
    return ca.issue(Spec(**{"subject": NAME, "dns": (NAME,), **fields}))


def raw(oid: str, value: bytes) -> x509.UnrecognizedExtension:
    """Make an extension from its bytes."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)


def constraints(*, permitted: Any = None, excluded: Any = None, critical: bool = True) -> dict[str, Any]:
    """Make name constraints."""
    return {"more_extensions": ((x509.NameConstraints(permitted, excluded), critical),)}


def dns(*names: str) -> list[x509.GeneralName]:
    """Make DNS names."""
    return [x509.DNSName(name) for name in names]


def net(text: str) -> list[x509.GeneralName]:
    """Make a network as in name constraints."""
    import ipaddress  # noqa: PLC0415 -- only here.

    return [x509.IPAddress(ipaddress.ip_network(text))]


def directory(*pairs: tuple[x509.ObjectIdentifier, str]) -> list[x509.GeneralName]:
    """Make a directory name."""
    return [x509.DirectoryName(x509.Name([x509.NameAttribute(oid, text) for oid, text in pairs]))]


def names() -> list[Form]:
    """What the certificate carries, against what is asked for."""
    ca = new_ca("Names CA")
    table: list[tuple[tuple[str, ...], str]] = [
        (("logs.example.org",), "logs.example.org"),
        (("LOGS.Example.org",), "logs.example.org"),
        (("logs.example.org",), "LOGS.EXAMPLE.ORG"),
        (("other.example.org",), "logs.example.org"),
        (("*.example.org",), "logs.example.org"),
        (("*.EXAMPLE.org",), "logs.example.org"),
        (("*.example.org",), "a.logs.example.org"),
        (("*.example.org",), "example.org"),
        (("l*.example.org",), "logs.example.org"),
        (("*gs.example.org",), "logs.example.org"),
        (("lo*s.example.org",), "logs.example.org"),
        (("logs*.example.org",), "logs.example.org"),
        (("l*o*s.example.org",), "logs.example.org"),
        (("x*.example.org",), "logs.example.org"),
        (("*.internal",), "logs.internal"),
        (("l*.internal",), "logs.internal"),
        (("*s.internal",), "logs.internal"),
        (("*.internal",), "a.logs.internal"),
        (("*.com",), "example.com"),
        (("*.co.uk",), "example.co.uk"),
        (("*",), "localhost"),
        (("*",), "logs.example.org"),
        (("*.*.org",), "logs.example.org"),
        (("*.*.example.org",), "a.logs.example.org"),
        (("logs.*.org",), "logs.example.org"),
        (("logs.ex*.org",), "logs.example.org"),
        (("logs.example.*",), "logs.example.org"),
        (("localhost",), "localhost"),
        (("logs.example.org",), "logs.example.org."),
        (("logs.example.org.",), "logs.example.org"),
        (("logs.example.org.",), "logs.example.org."),
        (("*.example.org",), "logs.example.org."),
        (("logs_1.example.org",), "logs_1.example.org"),
        (("*.example.org",), "logs_1.example.org"),
        (("xn--mller-kva.example.org",), "xn--mller-kva.example.org"),
        (("xn--mller-kva.example.org",), "m\u00fcller.example.org"),
        (("*.example.org",), "m\u00fcller.example.org"),
        (("*.example.org",), "xn--mller-kva.example.org"),
        (("xn--*.example.org",), "xn--mller-kva.example.org"),
        (("*.xn--mller-kva.org",), "logs.xn--mller-kva.org"),
        (("a-b.example.org",), "a-b.example.org"),
        (("1.example.org",), "1.example.org"),
        (("*.example.org", "logs.example.org"), "logs.example.org"),
        (("",), "logs.example.org"),
        (("127.0.0.1",), HOST),
        (("www.logs.example.org",), "logs.example.org"),
    ]
    made = [
        form(f"name {' '.join(carried)} asked {wanted}", (leaf(ca, dns=carried),), (ca,), name=wanted)
        for carried, wanted in table
    ]
    mail = alternative_names_der(tlv(0x81, b"a@example.org"))
    uri = alternative_names_der(tlv(0x86, b"https://logs.example.org"))
    nul = alternative_names_der(tlv(0x82, b"logs.example.org\x00.evil.example"))
    blank = alternative_names_der(tlv(0x82, b" logs.example.org"))
    four = alternative_names_der(tlv(0x87, bytes([127, 0, 0, 1])))
    both = alternative_names_der(tlv(0x82, b"other.example.org"), tlv(0x81, b"a@example.org"))
    two_cn = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, t) for t in ("other.example.org", NAME)])
    cn_two = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, t) for t in (NAME, "other.example.org")])
    mapped = alternative_names_der(tlv(0x87, bytes(10) + b"\xff\xff" + bytes([127, 0, 0, 1])))
    broken = alternative_names_der(tlv(0x87, bytes([127, 0, 0])))
    more: list[tuple[str, dict[str, Any], str]] = [
        ("common name only", {"dns": ()}, NAME),
        ("common name only, upper case", {"dns": (), "subject": NAME.upper()}, NAME),
        ("common name only, wildcard", {"dns": (), "subject": "*.example.org"}, NAME),
        ("common name only, other", {"dns": (), "subject": "node1"}, NAME),
        ("common name beside an address", {"dns": (), "ips": ("192.0.2.1",)}, NAME),
        ("common name beside an e-mail address", {"dns": (), "alternative_names_der": mail}, NAME),
        ("common name beside a URI", {"dns": (), "alternative_names_der": uri}, NAME),
        ("common name beside an otherName", {"dns": (), "other_names": ("a.b",)}, NAME),
        ("common name beside another DNS name", {"dns": ("other.example.org",)}, NAME),
        ("common name beside another DNS name and e-mail", {"dns": (), "alternative_names_der": both}, NAME),
        ("two common names, the last one fits", {"dns": (), "subject": two_cn}, NAME),
        ("two common names, the first one fits", {"dns": (), "subject": cn_two}, NAME),
        ("common name is an address", {"dns": (), "subject": HOST}, HOST),
        ("empty subject", {"subject": ""}, NAME),
        ("empty subject and no name", {"subject": "", "dns": ()}, NAME),
        ("a NUL in the name", {"dns": (), "alternative_names_der": nul}, NAME),
        ("a blank in the name", {"dns": (), "alternative_names_der": blank}, NAME),
        ("address, IPv4", {"dns": (), "alternative_names_der": four}, HOST),
        ("address, other IPv4", {"ips": ("192.0.2.1",)}, HOST),
        ("address, IPv4 mapped into IPv6", {"dns": (), "alternative_names_der": mapped}, HOST),
        ("address of three bytes", {"alternative_names_der": broken}, NAME),
        ("address, host name asked", {"dns": (), "subject": "node", "ips": ("192.0.2.1",)}, NAME),
        ("address, IPv6", {"dns": (), "ips": ("::1",)}, "::1"),
        ("address, IPv6 in full", {"dns": (), "ips": ("::1",)}, "0:0:0:0:0:0:0:1"),
        ("address, other IPv6", {"dns": (), "ips": ("2001:db8::1",)}, "::1"),
    ]
    return made + [form(f"name: {label}", (leaf(ca, **fields),), (ca,), name=name) for label, fields, name in more]


def identifiers() -> list[Form]:
    """Key identifiers."""
    ca, other = new_ca("Key ids"), new_ca("Key ids")
    no_id = new_ca(Spec(subject="No id", subject_key_id=False))
    wrong = x509.AuthorityKeyIdentifier(b"\x01" * 20, None, None)
    root_name = [x509.DirectoryName(ca.certificate.subject)]
    strange_name = [x509.DirectoryName(other.intermediate("X").certificate.subject)]
    serial = ca.certificate.serial_number
    right_id = x509.SubjectKeyIdentifier.from_public_key(ca.own.key.public_key()).digest

    def aki(value: x509.AuthorityKeyIdentifier, **more: Any) -> Issued:
        return leaf(ca, authority_key_id=False, more_extensions=((value, False),), **more)

    middle = ca.intermediate("Middle")
    strange = ca.intermediate(Spec(subject="Strange", authority_key_id=False, more_extensions=((wrong, False),)))
    root = new_ca(Spec(subject="Odd root", authority_key_id=False, more_extensions=((wrong, False),)))
    below = leaf(middle, authority_key_id=False, more_extensions=((wrong, False),))
    return [
        form("key id: none in the leaf", (leaf(ca, authority_key_id=False),), (ca,)),
        form("key id: none in the root", (leaf(no_id, authority_key_id=False),), (no_id,)),
        form("key id: in the leaf, none in the root", (leaf(no_id),), (no_id,)),
        form("key id: the leaf names another key than the root", (aki(wrong),), (ca,)),
        form("key id: the leaf names another key, root sent", (aki(wrong), ca), (ca,)),
        form("key id: the leaf names another key than the intermediate", (below, middle), (ca,)),
        form("key id: the leaf names another key than the trusted intermediate", (below, middle), (middle,)),
        form("key id: the intermediate names another key than the root", (leaf(strange), strange), (ca,)),
        form("key id: the root names another key than its own", (leaf(root),), (root,)),
        form("key id: issuer and serial alone", (aki(x509.AuthorityKeyIdentifier(None, root_name, serial)),), (ca,)),
        form("key id: issuer and another serial", (aki(x509.AuthorityKeyIdentifier(None, root_name, 7)),), (ca,)),
        form("key id: another issuer", (aki(x509.AuthorityKeyIdentifier(None, strange_name, serial)),), (ca,)),
        form("key id: right, another serial", (aki(x509.AuthorityKeyIdentifier(right_id, root_name, 7)),), (ca,)),
        form("key id: wrong, another serial", (aki(x509.AuthorityKeyIdentifier(b"\x02" * 20, root_name, 7)),), (ca,)),
        form(
            "key id: intermediate and another serial",
            (
                leaf(
                    middle,
                    authority_key_id=False,
                    more_extensions=((x509.AuthorityKeyIdentifier(None, root_name, 7), False),),
                ),
                middle,
            ),
            (ca,),
        ),
        form("two CAs of one name, the right one second", (leaf(ca),), (other, ca)),
        form("two CAs of one name, the other one alone", (leaf(ca),), (other,)),
        form("renewed CA of the same key", (leaf(ca),), (new_ca(Spec(subject="Key ids", key=ca.own.key)),)),
        form(
            "renewed CA of the same key with another key id",
            (leaf(ca),),
            (
                new_ca(
                    Spec(
                        subject="Key ids",
                        key=ca.own.key,
                        subject_key_id=False,
                        more_extensions=((x509.SubjectKeyIdentifier(b"\x09" * 20), False),),
                    )
                ),
            ),
        ),
    ]


def usages() -> list[Form]:
    """Key usage and extended key usage."""
    ca = new_ca("Usages CA")
    made: list[Form] = []
    sets: list[tuple[str, ...]] = [
        ("digital_signature",), ("key_encipherment",), ("key_agreement",), ("key_cert_sign",), ("crl_sign",),
        ("content_commitment",), ("data_encipherment",), ("digital_signature", "key_encipherment", "data_encipherment"),
    ]  # fmt: skip
    for bits in sets:
        for kind in ("ec", "rsa"):
            for version in ("1.2", "1.3"):
                one = leaf(ca, key_usage=key_usage(*bits), key_type=kind)
                made.append(
                    form(f"key usage: {'+'.join(bits)}, {kind}, TLS {version}", (one,), (ca,), protocol=version)
                )
    made += [
        form(
            f"key usage: {bit}, RSA key exchange alone",
            (leaf(ca, key_usage=key_usage(bit), key_type="rsa"),),
            (ca,),
            protocol="1.2",
            ciphers="AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0",
        )
        for bit in ("digital_signature", "key_encipherment")
    ]
    made += [
        form("key usage: none at all", (leaf(ca, key_usage=None),), (ca,)),
        form(
            "key usage: no bit",
            (leaf(ca, key_usage=None, more_extensions=((raw("2.5.29.15", b"\x03\x01\x00"), True),)),),
            (ca,),
        ),
        form(
            "key usage: encipherment, not critical",
            (leaf(ca, key_usage=None, more_extensions=((key_usage("key_encipherment"), False),)),),
            (ca,),
        ),
    ]
    extended: list[tuple[str, Any]] = [
        ("none", None), ("server", extended_key_usage("server_auth")), ("client", extended_key_usage("client_auth")),
        ("both", extended_key_usage("server_auth", "client_auth")), ("any", x509.ExtendedKeyUsage([Usage.ANY_EXTENDED_KEY_USAGE])),
        ("e-mail", x509.ExtendedKeyUsage([Usage.EMAIL_PROTECTION])),
        ("Netscape step-up", x509.ExtendedKeyUsage([x509.ObjectIdentifier("2.16.840.1.113730.4.1")])),
        ("Microsoft step-up", x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.3")])),
    ]  # fmt: skip
    made += [
        form(f"extended usage: {label}", (leaf(ca, extended_key_usage=usage),), (ca,)) for label, usage in extended
    ]
    for label, usage in extended[1:6]:
        middle = ca.intermediate(Spec(subject=f"Middle {label}", extended_key_usage=usage))
        made.append(form(f"extended usage of the intermediate: {label}", (leaf(middle), middle), (ca,)))
    critical = leaf(ca, extended_key_usage=None, more_extensions=((extended_key_usage("client_auth"), True),))
    root = new_ca(Spec(subject="Client root", extended_key_usage=extended_key_usage("client_auth")))
    for label, bits in (("server", 0x40), ("client", 0x80), ("CA", 0x04)):
        one = leaf(ca, more_extensions=((raw("2.16.840.1.113730.1.1", bytes((3, 2, 0, bits))), False),))
        made.append(form(f"Netscape certificate type: {label}", (one,), (ca,)))
        bare = leaf(
            ca,
            extended_key_usage=None,
            more_extensions=((raw("2.16.840.1.113730.1.1", bytes((3, 2, 0, bits))), False),),
        )
        made.append(form(f"Netscape certificate type without extended usage: {label}", (bare,), (ca,)))
        middle = ca.intermediate(
            Spec(
                subject=f"NS {label}", more_extensions=((raw("2.16.840.1.113730.1.1", bytes((3, 2, 0, bits))), False),)
            )
        )
        made.append(form(f"Netscape certificate type of the intermediate: {label}", (leaf(middle), middle), (ca,)))
    made += [
        form("extended usage: client, critical", (critical,), (ca,)),
        form("extended usage of the root: client", (leaf(root),), (root,)),
    ]
    return made


def constrained() -> list[Form]:
    """Name constraints, on intermediates and on anchors."""
    root = new_ca("Constrained root")
    table: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("DNS permitted", constraints(permitted=dns("example.org")), {}),
        ("DNS permitted, not critical", constraints(permitted=dns("example.org"), critical=False), {}),
        ("DNS other permitted", constraints(permitted=dns("example.com")), {}),
        ("DNS other permitted, not critical", constraints(permitted=dns("example.com"), critical=False), {}),
        ("DNS excluded", constraints(excluded=dns("example.org")), {}),
        ("DNS excluded, not critical", constraints(excluded=dns("example.org"), critical=False), {}),
        ("DNS other excluded", constraints(excluded=dns("example.com")), {}),
        ("DNS permitted is the name itself", constraints(permitted=dns(NAME)), {}),
        ("DNS permitted is a label below", constraints(permitted=dns("a." + NAME)), {}),
        ("DNS permitted in upper case", constraints(permitted=dns("EXAMPLE.ORG")), {}),
        ("DNS permitted ends like it", constraints(permitted=dns("ample.org")), {}),
        ("DNS permitted with a leading dot", constraints(permitted=dns(".example.org")), {}),
        ("DNS permitted with a leading dot, the name itself", constraints(permitted=dns("." + NAME)), {}),
        ("DNS excluded with a leading dot", constraints(excluded=dns(".example.org")), {}),
        ("DNS permitted is empty", constraints(permitted=dns("")), {}),
        ("DNS excluded is empty", constraints(excluded=dns("")), {}),
        ("DNS permitted, one of two names outside", constraints(permitted=dns("example.org")), {"dns": (NAME, "logs.example.com")}),
        ("DNS permitted, wildcard inside", constraints(permitted=dns("example.org")), {"dns": ("*.example.org",)}),
        ("DNS excluded below a wildcard", constraints(excluded=dns("a.example.org")), {"dns": ("*.example.org",)}),
        ("DNS permitted, common name outside", constraints(permitted=dns("example.org")), {"subject": "logs.example.com"}),
        ("DNS permitted, common name only", constraints(permitted=dns("example.org")), {"dns": ()}),
        ("DNS other permitted, common name only", constraints(permitted=dns("example.com")), {"dns": ()}),
        ("DNS excluded, common name only", constraints(excluded=dns("example.org")), {"dns": ()}),
        ("DNS permitted and excluded", constraints(permitted=dns("example.org"), excluded=dns(NAME)), {}),
        ("IP excluded", constraints(excluded=net("192.0.2.0/24")), {"ips": ("192.0.2.1",)}),
        ("IP other excluded", constraints(excluded=net("198.51.100.0/24")), {"ips": ("192.0.2.1",)}),
        ("IP permitted", constraints(permitted=net("192.0.2.0/24")), {"ips": ("192.0.2.1",)}),
        ("IP permitted, other", constraints(permitted=net("198.51.100.0/24")), {"ips": ("192.0.2.1",)}),
        ("IP permitted, none in the leaf", constraints(permitted=net("198.51.100.0/24")), {}),
        ("IP permitted is IPv6, leaf IPv4", constraints(permitted=net("2001:db8::/32")), {"ips": ("192.0.2.1",)}),
        ("IP excluded, all of IPv4", constraints(excluded=net("0.0.0.0/0")), {"ips": ("192.0.2.1",)}),
        ("IP excluded, all of IPv4, leaf IPv6", constraints(excluded=net("0.0.0.0/0")), {"ips": ("2001:db8::1",)}),
        ("IPv6 excluded", constraints(excluded=net("2001:db8::/32")), {"ips": ("2001:db8::1",)}),
        ("directory permitted", constraints(permitted=directory((NameOID.ORGANIZATION_NAME, "Acme"))), {"subject": x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme"), x509.NameAttribute(NameOID.COMMON_NAME, "x")])}),
        ("directory permitted in another case", constraints(permitted=directory((NameOID.ORGANIZATION_NAME, "ACME"))), {"subject": x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme  "), x509.NameAttribute(NameOID.COMMON_NAME, "x")])}),
        ("directory permitted, other", constraints(permitted=directory((NameOID.ORGANIZATION_NAME, "Acme"))), {}),
        ("directory permitted, empty subject", constraints(permitted=directory((NameOID.ORGANIZATION_NAME, "Acme"))), {"subject": ""}),
        ("directory excluded", constraints(excluded=directory((NameOID.COMMON_NAME, NAME))), {}),
        ("directory other excluded", constraints(excluded=directory((NameOID.COMMON_NAME, "x"))), {}),
        ("e-mail permitted", constraints(permitted=[x509.RFC822Name("example.org")]), {}),
        ("e-mail permitted, other in the subject", constraints(permitted=[x509.RFC822Name("example.com")]), {"subject": x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.org"), x509.NameAttribute(NameOID.COMMON_NAME, "x")])}),
        ("URI excluded, none in the leaf", constraints(excluded=[x509.UniformResourceIdentifier("example.org")]), {}),
        ("e-mail excluded in the names", constraints(excluded=[x509.RFC822Name("example.org")]), {"alternative_names_der": alternative_names_der(tlv(0x82, NAME.encode()), tlv(0x81, b"a@example.org"))}),
        ("otherName beside DNS permitted", constraints(permitted=dns("example.org")), {"other_names": ("node1.node.a.cluster.b.account",)}),
    ]  # fmt: skip
    made: list[Form] = []
    for label, ca_fields, leaf_fields in table:
        middle = root.intermediate(Spec(subject=f"CA {label}"[:60], **ca_fields))
        made.append(form(f"constraints: {label}", (leaf(middle, **leaf_fields), middle), (root,)))
        if "other" in label or "excluded" in label:
            made.append(
                form(
                    f"constraints of a trusted intermediate: {label}", (leaf(middle, **leaf_fields), middle), (middle,)
                )
            )
    for label, fields in (
        ("other permitted", constraints(permitted=dns("example.com"))),
        ("excluded", constraints(excluded=dns("example.org"))),
        ("permitted", constraints(permitted=dns("example.org"))),
    ):
        anchor = new_ca(Spec(subject=f"Anchor {label}", **fields))
        middle = anchor.intermediate("Below")
        made.append(form(f"constraints of the root: {label}", (leaf(anchor),), (anchor,)))
        made.append(form(f"constraints of the root, intermediate: {label}", (leaf(middle), middle), (anchor,)))
        made.append(form(f"constraints of the root, sent: {label}", (leaf(middle), middle, anchor), (anchor,)))
    upper = root.intermediate(Spec(subject="Upper", **constraints(permitted=dns("example.org", "example.com"))))
    lower = upper.intermediate(Spec(subject="Lower", **constraints(permitted=dns("example.com"))))
    wide = root.intermediate(Spec(subject="Narrow first", **constraints(permitted=dns("example.com"))))
    wider = wide.intermediate(Spec(subject="Wide below", **constraints(permitted=dns("example.org"))))
    named = root.intermediate(
        Spec(subject="Named", **constraints(permitted=directory((NameOID.ORGANIZATION_NAME, "Acme"))))
    )
    child = named.intermediate("Not Acme")
    acme = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme"), x509.NameAttribute(NameOID.COMMON_NAME, "x")]
    )
    same = root.intermediate(
        Spec(subject="Self", **constraints(permitted=directory((NameOID.ORGANIZATION_NAME, "Acme"))))
    )
    again = same.intermediate(Spec(subject="Self"))
    made += [
        form("constraints: narrowed twice", (leaf(lower), lower, upper), (root,)),
        form("constraints: widened below", (leaf(wider), wider, wide), (root,)),
        form("constraints: the CA below is outside", (leaf(child, subject=acme), child, named), (root,)),
        form("constraints: a self-issued CA below is outside", (leaf(again, subject=acme), again, same), (root,)),
        form("constraints: malformed", *_with(root, "Malformed", "2.5.29.30", b"\x04\x02ab")),
        form(
            "constraints: with a minimum",
            *_with(root, "Minimum", "2.5.29.30", bytes.fromhex("3014a0123010820b6578616d706c652e6f7267800101")),
        ),
        form(
            "constraints: of an unknown kind",
            *_with(root, "Registered id", "2.5.29.30", bytes.fromhex("3009a0073005880353030a"[:22])),
        ),
    ]
    return made


def _with(root: CA, name: str, oid: str, value: bytes) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    middle = root.intermediate(Spec(subject=name, more_extensions=((raw(oid, value), True),)))
    return (leaf(middle), middle), (root,)


def paths() -> list[Form]:
    """Path length, CAs that are none, policies, versions, unknown extensions, order, several paths."""
    root, other = new_ca("Path root"), new_ca("Other root")
    middle = root.intermediate("Path middle")
    zero = x509.BasicConstraints(ca=True, path_length=0)
    limited = root.intermediate(Spec(subject="Limited", basic_constraints=zero))
    below = limited.intermediate("Below limited")
    self_issued = limited.intermediate(Spec(subject="Limited"))
    short_root = new_ca(Spec(subject="Short root", basic_constraints=zero))
    under = short_root.intermediate("Under short root")
    deep = root.intermediate(Spec(subject="One", basic_constraints=x509.BasicConstraints(ca=True, path_length=1)))
    deeper = deep.intermediate("Two")
    deepest = deeper.intermediate("Three")
    made = [
        form("path: whole", (leaf(middle), middle), (root,)),
        form("path: whole, root sent", (leaf(middle), middle, root), (root,)),
        form("path: intermediate trusted", (leaf(middle),), (middle,)),
        form("path: intermediate trusted and sent with its root", (leaf(middle), middle, root), (middle,)),
        form("path: intermediate not sent", (leaf(middle),), (root,)),
        form("path: wrong order", (leaf(middle), root, middle), (root,)),
        form("path: leaf twice", (*(one := leaf(middle),), one, middle), (root,)),
        form("path: a stranger is sent as well", (leaf(middle), middle, other), (root,)),
        form("path: a stranger between", (leaf(middle), other, middle), (root,)),
        form("path: other root trusted", (leaf(middle), middle, root), (other,)),
        form("path length 0, leaf below", (leaf(limited), limited), (root,)),
        form("path length 0, CA below", (leaf(below), below, limited), (root,)),
        form("path length 0, self-issued CA below", (leaf(self_issued), self_issued, limited), (root,)),
        form("path length 0 of the root, CA below", (leaf(under), under), (short_root,)),
        form("path length 0 of the trusted intermediate, CA below", (leaf(below), below), (limited,)),
        form("path length 1, one CA below", (leaf(deeper), deeper, deep), (root,)),
        form("path length 1, two CAs below", (leaf(deepest), deepest, deeper, deep), (root,)),
        form("self-signed leaf, trusted", (s := self_signed(Spec(subject=NAME, dns=(NAME,))),), (s,)),
        form("self-signed leaf, not trusted", (s,), (root,)),
        form(
            "self-signed leaf, expired and trusted",
            (s := self_signed(Spec(subject=NAME, dns=(NAME,), not_before=days(-9), not_after=days(-1))),),
            (s,),
        ),
        form("leaf trusted itself", (one,), (one,)),
        form("leaf trusted itself, issuer sent", (one, middle), (one,)),
        form("leaf trusted as CA of another", (leaf(CA(one)), one), (one,)),
    ]
    bad: list[tuple[str, dict[str, Any]]] = [
        ("no CA flag", {"basic_constraints": x509.BasicConstraints(ca=False, path_length=None)}),
        ("no basic constraints", {"basic_constraints": None}),
        ("no basic constraints and no key usage", {"basic_constraints": None, "key_usage": None}),
        ("without keyCertSign", {"key_usage": key_usage("digital_signature", "crl_sign")}),
        ("without key usage", {"key_usage": None}),
        ("basic constraints not critical", {"basic_constraints": None, "more_extensions": ((x509.BasicConstraints(ca=True, path_length=None), False),)}),
        ("path length without keyCertSign", {"key_usage": key_usage("digital_signature"), "basic_constraints": zero}),
        ("unknown critical extension", {"more_extensions": ((raw("1.2.3.4", b"\x05\x00"), True),)}),
        ("unknown extension", {"more_extensions": ((raw("1.2.3.4", b"\x05\x00"), False),)}),
        ("expired", {"not_before": days(-20), "not_after": days(-1)}),
        ("not yet valid", {"not_before": days(1)}),
        ("requires a policy", {"more_extensions": ((x509.PolicyConstraints(0, None), True),)}),
        ("requires a policy after one more", {"more_extensions": ((x509.PolicyConstraints(1, None), True),)}),
        ("requires a policy later", {"more_extensions": ((x509.PolicyConstraints(5, None), True),)}),
        ("inhibits mapping", {"more_extensions": ((x509.PolicyConstraints(None, 0), True),)}),
        ("inhibits any policy", {"more_extensions": ((x509.InhibitAnyPolicy(0), True),)}),
        ("has a policy of its own", {"more_extensions": ((policies("1.2.3"), False),)}),
        ("name constraints empty", {"more_extensions": ((raw("2.5.29.30", b"\x30\x00"), True),)}),
        ("CRL distribution point", {"more_extensions": ((x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier("http://127.0.0.1:9/x")], None, None, None)]), False),)}),
    ]  # fmt: skip
    for label, fields in bad:
        ca = root.intermediate(Spec(subject=f"CA {label}", **fields))
        anchor = new_ca(Spec(subject=f"Root {label}", **fields))
        made.append(form(f"intermediate: {label}", (leaf(ca), ca), (root,)))
        made.append(form(f"trusted intermediate: {label}", (leaf(ca), ca), (ca,)))
        made.append(form(f"trusted root: {label}", (leaf(anchor),), (anchor,)))
        made.append(form(f"trusted root, sent: {label}", (leaf(anchor), anchor), (anchor,)))
    ends: list[tuple[str, dict[str, Any]]] = [
        ("expired", {"not_before": days(-20), "not_after": days(-1)}),
        ("not yet valid", {"not_before": days(1)}),
        ("is a CA", {"basic_constraints": x509.BasicConstraints(ca=True, path_length=None)}),
        ("without basic constraints", {"basic_constraints": None}),
        ("unknown critical extension", {"more_extensions": ((raw("1.2.3.4", b"\x05\x00"), True),)}),
        ("unknown extension", {"more_extensions": ((raw("1.2.3.4", b"\x05\x00"), False),)}),
        ("extension twice", {"more_extensions": ()}),
        ("policy, critical", {"more_extensions": ((policies("1.2.3"), True),)}),
        ("requires a policy", {"more_extensions": ((x509.PolicyConstraints(0, None), True),)}),
        ("malformed key usage", {"key_usage": None, "more_extensions": ((raw("2.5.29.15", b"\x04\x01a"), False),)}),
        ("malformed extended key usage", {"extended_key_usage": None, "more_extensions": ((raw("2.5.29.37", b"\x04\x01a"), False),)}),
        ("malformed key id", {"authority_key_id": False, "more_extensions": ((raw("2.5.29.35", b"\x04\x01a"), False),)}),
        ("critical key ids", {"authority_key_id": False, "more_extensions": ((x509.AuthorityKeyIdentifier.from_issuer_public_key(root.own.key.public_key()), True),)}),
        ("critical authority information", {"more_extensions": ((raw("1.3.6.1.5.5.7.1.1", bytes.fromhex("301a301806082b06010505073001860c687474703a2f2f612e622f63")), True),)}),
        ("critical CRL distribution point", {"more_extensions": ((x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier("http://127.0.0.1:9/x")], None, None, None)]), True),)}),
        ("critical issuer names", {"more_extensions": ((x509.IssuerAlternativeName([x509.DNSName("a.b")]), True),)}),
        ("critical TLS feature", {"more_extensions": ((x509.TLSFeature([x509.TLSFeatureType.status_request]), True),)}),
        ("TLS feature", {"more_extensions": ((x509.TLSFeature([x509.TLSFeatureType.status_request]), False),)}),
        ("serial number 0", {}), ("negative serial number", {}), ("long serial number", {}),
    ]  # fmt: skip
    for label, fields in ends:
        one = leaf(root, **fields)
        if label == "extension twice":
            made.append(form(f"leaf: {label}", (_doubled(one, root),), (root,), key=one.key))
        elif "serial number" in label:
            number = {"s": b"\x00", "n": b"\xfe", "l": b"\x11" * 40}[label[0]]
            changed = der_edit.changed(one.certificate, root.own.key, {der_edit.SERIAL: tlv(2, number)})
            made.append(form(f"leaf: {label}", (changed,), (root,), key=one.key))
        else:
            made.append(form(f"leaf: {label}", (one,), (root,)))
    return made + policy_forms(root) + versions(root) + several(root)


def _doubled(one: Issued, ca: CA) -> bytes:
    from diag.x509.der import elements, first  # noqa: PLC0415 -- only here.

    block = list(elements(first(one.certificate.tbs_certificate_bytes).content))[der_edit.EXTENSIONS]
    entries = [tlv(part.tag, part.content) for part in elements(first(block.content).content)]
    return der_edit.changed(
        one.certificate, ca.own.key, {der_edit.EXTENSIONS: tlv(0xA3, tlv(0x30, b"".join((*entries, entries[-1]))))}
    )


def policies(*oids: str) -> x509.CertificatePolicies:
    """Make certificate policies."""
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids])


def policy_forms(root: CA) -> list[Form]:
    """Policies that are demanded and met, or not."""
    demand = (x509.PolicyConstraints(0, None), True)
    made = []
    for label, ca_policy, leaf_policy in (
        ("met", "1.2.3", "1.2.3"), ("met by any", "2.5.29.32.0", "1.2.3"), ("any in the leaf", "1.2.3", "2.5.29.32.0"), ("other in the leaf", "1.2.3", "1.2.4"),
        ("none in the leaf", "1.2.3", ""), ("none in the CA", "", "1.2.3"),
    ):  # fmt: skip
        for where in ("intermediate", "intermediate and any policy inhibited"):
            more: tuple[Any, ...] = (demand,)
            if ca_policy:
                more += ((policies(ca_policy), False),)
            if "inhibited" in where:
                more += ((x509.InhibitAnyPolicy(0), True),)
            ca = root.intermediate(Spec(subject=f"CA {label} {where}"[:60], more_extensions=more))
            one = leaf(ca, more_extensions=((policies(leaf_policy), False),) if leaf_policy else ())
            made.append(form(f"policy demanded by the {where}: {label}", (one, ca), (root,)))
    mapping = raw("2.5.29.33", bytes.fromhex("300a3008060 22a03 06022a04".replace(" ", "")))
    ca = root.intermediate(
        Spec(subject="Mapping", more_extensions=(demand, (policies("1.2.3"), False), (mapping, True)))
    )
    made += [
        form(f"policy mapped: {label}", (leaf(ca, more_extensions=((policies(oid), False),)), ca), (root,))
        for label, oid in (("to it", "1.2.4"), ("the old one", "1.2.3"))
    ]
    return made


def versions(root: CA) -> list[Form]:
    """Certificates of version 1 and 2."""
    one = leaf(root)
    bare = {der_edit.VERSION: b"", der_edit.EXTENSIONS: b""}
    middle = root.intermediate("First version")
    anchor = new_ca("First version root")
    old = der_edit.changed(middle.certificate, root.own.key, bare)
    old_root = der_edit.changed(anchor.certificate, anchor.own.key, bare)
    two = {der_edit.VERSION: tlv(0xA0, tlv(2, b"\x01"))}
    return [
        form("version 1 leaf", (der_edit.changed(one.certificate, root.own.key, bare),), (root,), key=one.key),
        form(
            "version 1 leaf with extensions",
            (der_edit.changed(one.certificate, root.own.key, {der_edit.VERSION: b""}),),
            (root,),
            key=one.key,
        ),
        form(
            "version 2 leaf with extensions",
            (der_edit.changed(one.certificate, root.own.key, two),),
            (root,),
            key=one.key,
        ),
        form(
            "version 2 leaf",
            (der_edit.changed(one.certificate, root.own.key, {**two, der_edit.EXTENSIONS: b""}),),
            (root,),
            key=one.key,
        ),
        form("version 1 intermediate", (leaf(middle), old), (root,)),
        form("version 1 intermediate, trusted", (leaf(middle), old), (old,)),
        form("version 1 root", (leaf(anchor),), (old_root,)),
        form("version 1 root, sent", (leaf(anchor), old_root), (old_root,)),
    ]


def several(root: CA) -> list[Form]:
    """More than one path: some good, some not."""
    second = new_ca("Second root")
    key = root.own.key
    middle = root.intermediate("Cross")
    cross = second.intermediate(Spec(subject="Cross", key=middle.own.key))
    old = root.intermediate(Spec(subject="Cross", key=middle.own.key, not_before=days(-20), not_after=days(-1)))
    limited = root.intermediate(Spec(subject="Cross", key=middle.own.key, **constraints(permitted=dns("example.com"))))
    no_ca = root.intermediate(Spec(subject="Cross", key=middle.own.key, basic_constraints=None))
    root_by_second = second.intermediate(Spec(subject=root.certificate.subject, key=key))
    one = leaf(middle)
    made = [
        form("cross-signed: the second root trusted", (one, cross), (second,)),
        form("cross-signed: both sent, the first root trusted", (one, middle, cross), (root,)),
        form("cross-signed: both sent, the second root trusted", (one, middle, cross), (second,)),
        form("cross-signed: both sent the other way round", (one, cross, middle), (root,)),
        form("cross-signed: root by second, second trusted", (one, middle, root_by_second), (second,)),
        form("cross-signed: root by second, first trusted", (one, middle, root_by_second), (root,)),
        form("cross-signed: root by second and second, first trusted", (one, middle, root_by_second, second), (root,)),
    ]
    for label, bad in (("expired", old), ("limited", limited), ("no CA", no_ca)):
        made += [
            form(f"two intermediates: {label} first", (one, bad, middle), (root,)),
            form(f"two intermediates: {label} second", (one, middle, bad), (root,)),
            form(f"two intermediates: {label} sent, good one trusted", (one, bad), (root, middle)),
            form(f"two intermediates: {label} sent with the root, good one trusted", (one, bad, root), (root, middle)),
            form(f"two intermediates: good one sent, {label} trusted", (one, middle), (root, bad)),
            form(f"two intermediates: {label} first, other way to the second root", (one, bad, cross), (root, second)),
            form(f"two intermediates: {label} alone", (one, bad), (root,)),
            form(f"two intermediates: {label} trusted alone", (one,), (bad,)),
            form(f"two intermediates: {label} trusted, not first", (one,), (bad, middle)),
        ]
    return made


def algorithms() -> list[Form]:
    """Keys and signatures of every kind."""
    ca = new_ca("Algorithms CA")
    rsa_ca = new_ca(Spec(subject="RSA CA", key_type="rsa"))
    short_ca = new_ca(Spec(subject="RSA 1024 CA", key_type="rsa", key_bits=1024))
    curves: list[ec.EllipticCurve] = [ec.SECP192R1(), ec.SECP224R1(), ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1(), ec.BrainpoolP256R1(), ec.BrainpoolP384R1(), ec.BrainpoolP512R1()]  # fmt: skip
    made: list[Form] = []
    for curve in curves:
        key = ec.generate_private_key(curve)
        made.append(form(f"key: {curve.name}", (leaf(ca, key=key),), (ca,)))
        own = new_ca(Spec(subject=f"{curve.name} CA", key=key))
        made.append(form(f"key of the root: {curve.name}", (leaf(own),), (own,)))
        middle = ca.intermediate(Spec(subject=f"{curve.name} middle", key=key))
        made.append(form(f"key of the intermediate: {curve.name}", (leaf(middle), middle), (ca,)))
    sha1, md5 = hashes.SHA1(), hashes.MD5()  # noqa: S303 -- weak on purpose.
    weak_middle = rsa_ca.intermediate(Spec(subject="MD5 middle", key_type="rsa", signature_hash=md5))
    sha1_middle = rsa_ca.intermediate(Spec(subject="SHA-1 middle", key_type="rsa", signature_hash=sha1))
    md5_root = new_ca(Spec(subject="MD5 root", key_type="rsa", signature_hash=md5))
    short_middle = rsa_ca.intermediate(Spec(subject="Short middle", key_type="rsa", key_bits=1024))
    made += [
        form("key: RSA 1024", (leaf(ca, key_type="rsa", key_bits=1024),), (ca,)),
        form("key: RSA 1032", (leaf(ca, key_type="rsa", key_bits=1032),), (ca,)),
        form("key: RSA 2048", (leaf(ca, key_type="rsa"),), (ca,)),
        form("key: RSA 4096", (leaf(ca, key_type="rsa", key_bits=4096),), (ca,)),
        form("key: RSA of exponent 3", (leaf(ca, key=rsa.generate_private_key(3, 2048)),), (ca,)),
        form("key: RSA 768", (leaf(ca, key=_short_rsa(768)),), (ca,)),
        form("key: RSA 512", (leaf(ca, key=_short_rsa(512)),), (ca,)),
        form("key of the root: RSA 1024", (leaf(short_ca),), (short_ca,)),
        form("key of the intermediate: RSA 1024", (leaf(short_middle), short_middle), (rsa_ca,)),
        form("key: DSA 2048", (leaf(ca, key=dsa.generate_private_key(2048)),), (ca,)),
        form(
            "key of the root: DSA 2048",
            (leaf(d := new_ca(Spec(subject="DSA CA", key=dsa.generate_private_key(2048)))),),
            (d,),
        ),
        form("key: Ed25519", (leaf(ca, key_type="ed25519"),), (ca,)),
        form("key of the root: Ed25519", (leaf(e := new_ca(Spec(subject="Ed CA", key_type="ed25519"))),), (e,)),
        form("key of the root: Ed25519, all of it", (leaf(e, key_type="ed25519"),), (e,)),
        form("signature: SHA-1, RSA", (leaf(rsa_ca, signature_hash=sha1),), (rsa_ca,)),
        form("signature: SHA-1, EC", (leaf(ca, signature_hash=sha1),), (ca,)),
        form("signature: MD5", (leaf(rsa_ca, signature_hash=md5),), (rsa_ca,)),
        form("signature: MD5 of the intermediate", (leaf(weak_middle), weak_middle), (rsa_ca,)),
        form("signature: SHA-1 of the intermediate", (leaf(sha1_middle), sha1_middle), (rsa_ca,)),
        form("signature: MD5 of the root", (leaf(md5_root),), (md5_root,)),
        form("signature: MD5 of the root, sent", (leaf(md5_root), md5_root), (md5_root,)),
        form("signature: SHA-384", (leaf(ca, signature_hash=hashes.SHA384()),), (ca,)),
        form("signature: SHA-512", (leaf(rsa_ca, signature_hash=hashes.SHA512()),), (rsa_ca,)),
    ]
    ed = ed448.Ed448PrivateKey.generate()
    return [*made, form("key: Ed448", (leaf(ca, key=ed),), (ca,))]


def _short_rsa(bits: int) -> rsa.RSAPrivateKey:
    """Make a key that the library makes no longer, from primes of its own."""
    import random  # noqa: PLC0415 -- only here.

    chance = random.Random(bits)  # noqa: S311 -- a key of a test.

    def prime() -> int:
        while True:
            number = chance.getrandbits(bits // 2) | 3 << bits // 2 - 2 | 1
            if number % 65537 != 1 and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7, 11)):
                return number

    p, q = prime(), prime()
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key(
        unsafe_skip_rsa_key_validation=True
    )


def sizes() -> list[Form]:
    """Chains of many certificates, and of many bytes."""
    ca = new_ca("Sizes CA")
    one = leaf(ca)
    strangers = [new_ca(f"Stranger {i}") for i in range(12)]
    made = [
        form(f"chain of {count} certificates, TLS {version}", (one, *strangers[: count - 1]), (ca,), protocol=version)
        for count in (9, 10, 11)
        for version in ("1.2", "1.3")
    ]
    for count in (900, 1400, 1700, 2000):
        many = tuple(f"node-{i:06}.x.org" for i in range(count))
        made.append(form(f"leaf with {count} more names", (leaf(ca, dns=(NAME, *many)),), (ca,)))
    fat = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), tlv(4, bytes(4000)))
    heavy = [new_ca(Spec(subject=f"Heavy {i}", more_extensions=((fat, False),))) for i in range(8)]
    made += [
        form(f"{count} large certificates, TLS {version}", (one, *heavy[:count]), (ca,), protocol=version)
        for count in (6, 7, 8)
        for version in ("1.2", "1.3")
    ]
    for size in (30_000, 31_900, 32_300, 32_500, 33_000, 60_000):
        big = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), tlv(4, bytes(size)))
        made += [
            form(
                f"leaf with {size} bytes more, TLS {v}", (leaf(ca, more_extensions=((big, False),)),), (ca,), protocol=v
            )
            for v in ("1.2", "1.3")
        ]
    return made


def dates() -> list[Form]:
    """Dates in forms that nobody expects."""
    ca = new_ca("Dates CA")
    one = leaf(ca)
    g, u = der_edit.GENERALIZED_TIME, der_edit.UTC_TIME
    table = [
        ("generalized before 2050", "20240101000000Z", "20400101000000Z", g),
        ("generalized beyond 2050", "20240101000000Z", "20990101000000Z", g),
        ("no end", "20240101000000Z", "99991231235959Z", g),
        ("fraction of a second", "20240101000000.5Z", "20400101000000.25Z", g),
        ("comma as fraction", "20240101000000,5Z", "20400101000000,5Z", g),
        ("long fraction", "20240101000000.1234567Z", "20400101000000.123456789Z", g),
        ("offset", "20240101000000+0100", "20400101000000-0530", g),
        ("offset in UTCTime", "240101000000+0100", "400101000000+0000", u),
        ("UTCTime without seconds", "2401010000Z", "4001010000Z", u),
        ("without seconds", "202401010000Z", "204001010000Z", g),
        ("without zone", "20240101000000", "20400101000000", g),
        ("UTCTime without zone", "240101000000", "400101000000", u),
        ("30 February", "20240230000000Z", "20400230000000Z", g),
        ("30 February in UTCTime", "240230000000Z", "400230000000Z", u),
        ("31 April as end", "20240101000000Z", "20400431000000Z", g),
        ("month 13", "20241301000000Z", "20401301000000Z", g),
        ("month 0", "20240001000000Z", "20400001000000Z", g),
        ("day 32", "20240132000000Z", "20400132000000Z", g),
        ("hour 24", "20240101240000Z", "20400101240000Z", g),
        ("minute 60", "20240101006000Z", "20400101006000Z", g),
        ("second 60", "20240101000060Z", "20400101000060Z", g),
        ("year 0000", "00000101000000Z", "20400101000000Z", g),
        ("year 1900", "19000101000000Z", "20400101000000Z", g),
        ("letters", "2024x101000000Z", "20400101000000Z", g),
        ("empty", "", "20400101000000Z", g),
        ("empty end", "20240101000000Z", "", g),
        ("expired, with a fraction", "20200101000000.5Z", "20210101000000.5Z", g),
        ("expired on 30 February", "20200101000000Z", "20210230000000Z", g),
        ("begins on 31 September 2040", "20400931000000Z", "20500101000000Z", g),
        ("end before beginning", "20400101000000Z", "20240101000000Z", g),
        ("two-digit years around 1950", "500101000000Z", "491231235959Z", u),
    ]
    return [
        form(
            f"date: {label}",
            (
                der_edit.changed(
                    one.certificate, ca.own.key, {der_edit.VALIDITY: der_edit.validity(begin, end, tag=tag)}
                ),
            ),
            (ca,),
            key=one.key,
        )
        for label, begin, end, tag in table
    ]


def suites() -> list[Form]:
    """Cipher suites that the server has alone."""
    ca = new_ca("Suites CA")
    rsa_leaf, ec_leaf = leaf(ca, key_type="rsa"), leaf(ca)
    rsa_suites = ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-CHACHA20-POLY1305", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-SHA", "DHE-RSA-AES128-CCM", "DHE-RSA-CHACHA20-POLY1305", "AES256-GCM-SHA384", "AES128-SHA256", "AES128-CCM", "AES128-CCM8", "ECDHE-RSA-CAMELLIA256-SHA384", "CAMELLIA128-SHA", "ECDHE-ARIA128-GCM-SHA256", "ARIA256-GCM-SHA384"]  # fmt: skip
    ec_suites = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-CCM", "ECDHE-ECDSA-AES256-CCM8", "ECDHE-ECDSA-CAMELLIA128-SHA256", "ECDHE-ECDSA-ARIA128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"]  # fmt: skip
    made = [
        form(f"suite: {suite}", (one,), (ca,), protocol="1.2", ciphers=f"{suite}:@SECLEVEL=0")
        for one, all_ in ((rsa_leaf, rsa_suites), (ec_leaf, ec_suites))
        for suite in all_
    ]
    made += [
        form(f"TLS 1.3 suite: {s}", (ec_leaf,), (ca,), protocol="1.3", ciphers=s)
        for s in (
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256",
            "TLS_AES_128_CCM_8_SHA256",
        )
    ]
    made += [form(f"protocol {v} alone", (rsa_leaf,), (ca,), protocol=v) for v in ("1.0", "1.1", "1.2", "1.3")]
    return made


def all_forms() -> list[Form]:
    """Every form, each with an id of its own."""
    made = [*names(), *identifiers(), *usages(), *constrained(), *paths(), *algorithms(), *sizes(), *dates(), *suites()]
    assert len({one.id for one in made}) == len(made)
    return made
