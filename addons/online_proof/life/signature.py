"""Certificates that verify by themselves: a PDF/A-3 with the record attached, signed as PAdES. No Odoo in here."""

import datetime
import io
from typing import Literal
from xml.sax.saxutils import escape

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore


class StampError(Exception):
    """The time stamp authority does not answer."""


#: What can sign; other keys in such files only agree on secrets (X25519, Diffie-Hellman).
_SIGNING_KEYS = (
    rsa.RSAPrivateKey,
    dsa.DSAPrivateKey,
    ec.EllipticCurvePrivateKey,
    ed25519.Ed25519PrivateKey,
    ed448.Ed448PrivateKey,
)
KEY_BITS = 3072
VALID_YEARS = 20
TSA_SECONDS = 10

METADATA = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{date}</xmp:CreateDate>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def make_key(name: str | Literal[False]) -> bytes:
    """Return a new key with its certificate for a company, as PKCS #12 without a password."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, (name or "?")[:64])])
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * VALID_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, NoEncryption())


def open_key(content: bytes, password: str | Literal[False] | None = None) -> tuple[bytes, x509.Certificate]:
    """Return a key file without its password, and its certificate.

    :raises ValueError: for a wrong password, or a file without certificate or a key that can sign
    """
    key, certificate, others = pkcs12.load_key_and_certificates(content, (password or "").encode() or None)
    if not isinstance(key, _SIGNING_KEYS) or not certificate:
        raise ValueError
    plain = pkcs12.serialize_key_and_certificates(b"seal", key, certificate, others or None, NoEncryption())
    return plain, certificate


def metadata(title: str, date: str) -> bytes:
    """Return what a PDF/A says of itself."""
    return METADATA.format(title=escape(title), date=escape(date)).encode()


def _make_signer(key: bytes) -> signers.SimpleSigner:
    private, certificate, others = pkcs12.load_key_and_certificates(key, None)
    if private is None or certificate is None:
        raise ValueError("the seal lacks its key or its certificate")
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in [certificate, *others]]
    registry = SimpleCertificateStore()
    registry.register_multiple(chain)
    return signers.SimpleSigner(
        signing_cert=chain[0], signing_key=asn1_keys.PrivateKeyInfo.load(der), cert_registry=registry
    )


def sign(pdf: bytes, key: bytes, *, reason: str, tsa_url: str | Literal[False] | None = None) -> bytes:
    """Return a PDF with a PAdES signature that certifies it: any later change breaks it.

    :param key: PKCS #12 without a password
    :param tsa_url: a time stamp authority (RFC 3161), where the shop uses one
    """
    signer = _make_signer(key)
    data = signers.PdfSignatureMetadata(
        field_name="Seal",
        reason=reason,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    stamper = timestamps.HTTPTimeStamper(tsa_url, timeout=TSA_SECONDS) if tsa_url else None
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        return signers.sign_pdf(writer, data, signer=signer, timestamper=stamper).getvalue()
    except (TimestampRequestError, OSError) as error:
        raise StampError(str(error)) from error
