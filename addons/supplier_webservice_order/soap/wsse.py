"""WS-Security: a UsernameToken, as text or as digest, and a Timestamp."""

import base64
import hashlib
import os
from datetime import UTC, datetime, timedelta

from lxml import etree

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = _OASIS + "wssecurity-secext-1.0.xsd"
WSU = _OASIS + "wssecurity-utility-1.0.xsd"
_PROFILE = _OASIS + "username-token-profile-1.0"
_BASE64 = _OASIS + "soap-message-security-1.0#Base64Binary"
#: how long a message is good for; clocks of two machines differ by a minute or two
LIFETIME = timedelta(minutes=5)


def add_security(
    envelope: etree._Element, username: str, password: str, *, text: bool = False, timestamp: bool = False
) -> None:
    """Add the security header to an envelope.

    :param text: send the password itself instead of a digest of it
    :param timestamp: say from when until when the message is good
    """
    space = etree.QName(envelope).namespace
    header = envelope.find(f"{{{space}}}Header")
    if header is None:
        header = etree.Element(f"{{{space}}}Header")
        envelope.insert(0, header)
    security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
    security.set(f"{{{space}}}mustUnderstand", "1" if space.endswith("/soap/envelope/") else "true")
    now = datetime.now(UTC)
    if timestamp:
        stamp = etree.SubElement(security, f"{{{WSU}}}Timestamp")
        _add(stamp, WSU, "Created", _moment(now))
        _add(stamp, WSU, "Expires", _moment(now + LIFETIME))
    token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
    _add(token, WSSE, "Username", username)
    if text:
        _add(token, WSSE, "Password", password, Type=f"{_PROFILE}#PasswordText")
        return
    nonce, created = os.urandom(16), _moment(now)
    # SHA-1 is what the UsernameToken profile prescribes
    digest = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False).digest()
    _add(token, WSSE, "Password", base64.b64encode(digest).decode(), Type=f"{_PROFILE}#PasswordDigest")
    _add(token, WSSE, "Nonce", base64.b64encode(nonce).decode(), EncodingType=_BASE64)
    _add(token, WSU, "Created", created)


def _add(parent: etree._Element, namespace: str, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{name}", attributes).text = text


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
