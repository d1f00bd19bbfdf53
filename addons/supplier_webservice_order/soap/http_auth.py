"""HTTP's own ways to say who we are: basic (RFC 7617) and digest (RFC 7616)."""

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


def basic(username: str, password: str) -> str:
    """Return the header's value for basic authentication."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def digest(challenges: Iterable[str], url: str, username: str, password: str) -> str | None:
    """Return the header's value that answers a server's challenge, or None where none can be answered.

    :param challenges: the values of ``WWW-Authenticate``
    """
    for challenge in challenges:
        scheme, _, rest = challenge.strip().partition(" ")
        if scheme.lower() == "digest":
            given = parse_keqv_list(parse_http_list(rest))
            value = _answer(given, url, username, password)
            if value:
                return value
    return None


def _answer(given: Mapping[str, str], url: str, username: str, password: str) -> str | None:
    algorithm = given.get("algorithm", "MD5").upper()
    name = algorithm.removesuffix("-SESS")
    qualities = [each.strip() for each in given.get("qop", "").split(",") if each.strip()]
    if name not in _HASHES or "nonce" not in given or (qualities and "auth" not in qualities):
        return None

    def hashed(text: str) -> str:
        # the algorithm is the server's choice; MD5 is what most of them still ask for
        return hashlib.new(_HASHES[name], text.encode(), usedforsecurity=False).hexdigest()

    parts = urlsplit(url)
    uri = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    nonce, realm, own = given["nonce"], given.get("realm", ""), os.urandom(16).hex()
    first = hashed(f"{username}:{realm}:{password}")
    if algorithm.endswith("-SESS"):
        first = hashed(f"{first}:{nonce}:{own}")
    second = hashed(f"POST:{uri}")
    values = {"username": username, "realm": realm, "nonce": nonce, "uri": uri}
    if qualities:
        values["response"] = hashed(f"{first}:{nonce}:00000001:{own}:auth:{second}")
    else:
        values["response"] = hashed(f"{first}:{nonce}:{second}")
    if "opaque" in given:
        values["opaque"] = given["opaque"]
    quoted = [f'{key}="{_escape(value)}"' for key, value in values.items()]
    quoted.append(f"algorithm={algorithm}")
    if qualities:
        quoted += ["qop=auth", "nc=00000001", f'cnonce="{own}"']
    return "Digest " + ", ".join(quoted)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
