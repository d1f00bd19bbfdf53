"""SOAP without the ORM: parsed documents, frozen messages, calls that tell how they ended."""

from . import client, errors, masking
