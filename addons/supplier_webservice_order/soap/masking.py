"""Readable copies of messages, without their secrets."""

import re

from lxml import etree

MASK = "••••••"
SECRET_NAMES = re.compile(r"pass(word|wd|phrase)|secret|token$|api_?key|nonce|credential", re.IGNORECASE)
#: ``UsernameToken`` holds the password; itself it is only a container
HARMLESS_NAMES = {"UsernameToken"}
MAX_CHARACTERS = 200_000

_parser_options = {"resolve_entities": False, "no_network": True, "remove_blank_text": True, "load_dtd": False}


def readable(content, secrets=()):
    """Return a message as indented text with every secret replaced by ``MASK``.

    :param bytes content: what went over the wire
    :param secrets: literal values to replace wherever they occur
    """
    if not content:
        return ""
    try:
        root = etree.fromstring(content, etree.XMLParser(**_parser_options))
    except etree.XMLSyntaxError:
        text = content.decode("utf-8", "replace")
    else:
        _mask_elements(root)
        text = etree.tostring(root, pretty_print=True, encoding="unicode")
    for secret in secrets:
        # one or two characters would blank out half of the message
        if secret and len(secret) > 2:
            text = text.replace(secret, MASK)
    text = text.replace("\x00", "\ufffd")
    return text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] + "\n…"


def _mask_elements(root):
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if SECRET_NAMES.search(name) and name not in HARMLESS_NAMES and not len(element):
            element.text = MASK
        for attribute in element.attrib:
            if SECRET_NAMES.search(etree.QName(attribute).localname):
                element.set(attribute, MASK)
