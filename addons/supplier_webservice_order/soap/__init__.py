"""SOAP without the ORM: parsed documents, frozen messages, calls that tell how they ended."""

from . import client, documents, envelopes, errors, http_auth, masking, sockets, tls, transport, wsse
