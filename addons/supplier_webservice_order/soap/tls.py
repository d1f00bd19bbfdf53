"""TLS: whom to trust, who we are, and what went wrong in words."""

import hashlib
import os
import ssl
import tempfile
import threading
from pathlib import Path
from typing import cast

import certifi
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from .errors import NotSentError
from .sockets import PlainSocket, TlsSocket

MAX_CONTEXTS = 64
#: OpenSSL's numbers of what can be wrong with a certificate
_EXPIRED, _NOT_YET, _HOSTNAME, _IP_ADDRESS = 10, 9, 62, 64

_contexts: dict[tuple[bytes, bytes, str], ssl.SSLContext] = {}
_lock = threading.Lock()


class CertificateError(ValueError):
    """A certificate or key that cannot be used."""


def get_context(authority: bytes = b"", certificate: bytes = b"", key_password: str = "") -> ssl.SSLContext:
    """Return the TLS settings; making them costs more than a call, so they are kept.

    :param authority: PEM of the only authority to trust, empty for those of the machine
    :param certificate: PEM or PKCS#12 of our certificate with its key
    :raises CertificateError: where one of them is not usable
    """
    key = (hashlib.sha256(authority).digest(), hashlib.sha256(certificate).digest(), key_password)
    with _lock:
        context = _contexts.get(key)
        if context is None:
            context = _make_context(authority, certificate, key_password)
            while len(_contexts) >= MAX_CONTEXTS:
                _contexts.pop(next(iter(_contexts)))
            _contexts[key] = context
    return context


def _make_context(authority: bytes, certificate: bytes, key_password: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = TlsSocket
    try:
        if authority:
            context.load_verify_locations(cadata=authority.decode("ascii"))
        else:
            context.load_verify_locations(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())
            context.load_default_certs()
        if certificate:
            _load_certificate(context, certificate, key_password)
    except (ssl.SSLError, ValueError, TypeError) as error:
        raise CertificateError(str(getattr(error, "reason", None) or error)) from error
    return context


def _load_certificate(context: ssl.SSLContext, certificate: bytes, key_password: str) -> None:
    """Let the context show our certificate; OpenSSL reads it from a file only."""
    if b"-----BEGIN" not in certificate:
        certificate, key_password = _pem(certificate, key_password), ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        path.touch(0o600)
        path.write_bytes(certificate)
        # a function, as OpenSSL would ask for a missing password at the server's terminal
        context.load_cert_chain(path, password=lambda: key_password.encode())


def _pem(content: bytes, password: str) -> bytes:
    key, certificate, others = pkcs12.load_key_and_certificates(content, password.encode() or None)
    if key is None or certificate is None:
        raise ValueError("certificate or key are missing")
    parts = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
    return b"".join(parts + [each.public_bytes(Encoding.PEM) for each in (certificate, *others)])


def wrap(sock: PlainSocket, context: ssl.SSLContext, host: str) -> TlsSocket:
    """Return the socket with TLS on it.

    :raises NotSentError: where that fails: no byte of the message has left
    """
    try:
        # of the class that the context was told, see _make_context
        return cast("TlsSocket", context.wrap_socket(sock, server_hostname=host))
    except ssl.SSLCertVerificationError as error:
        reason = "certificate_untrusted"
        if error.verify_code in (_EXPIRED, _NOT_YET):
            reason = "certificate_expired"
        elif error.verify_code in (_HOSTNAME, _IP_ADDRESS):
            reason = "certificate_name"
        raise NotSentError(reason, error.verify_message) from error
    except ssl.SSLError as error:
        raise refusal(error) or NotSentError("tls", describe(error)) from error
    except OSError as error:
        raise NotSentError("tls", "no answer in time" if isinstance(error, TimeoutError) else "") from error


def refusal(error: BaseException) -> NotSentError | None:
    """Return the error for a server that wants another certificate than ours, or None.

    With TLS 1.3 it says so only when the message is on its way, but hands nothing on.
    """
    reason = str(getattr(error, "reason", "") or "")
    if "ALERT" in reason and any(word in reason for word in ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED")):
        return NotSentError("client_certificate", describe(error))
    return None


def describe(error: BaseException) -> str:
    """Return OpenSSL's reason in words."""
    return str(getattr(error, "reason", "") or "").replace("_", " ").lower()
