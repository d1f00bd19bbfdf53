"""Connections into the own network need an administrator's word from now on; those in use go on working."""

import logging

from odoo.addons.supplier_webservice_order.models.supplier_connection_access import _host
from odoo.addons.supplier_webservice_order.soap.sockets import is_public_name

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    cr.execute(
        "SELECT id, name, endpoint_url FROM supplier_connection WHERE endpoint_url IS NOT NULL AND state = 'active'"
    )
    inner = [(number, name) for number, name, url in cr.fetchall() if not is_public_name(_host(url))]
    if inner:
        cr.execute(
            "UPDATE supplier_connection SET inner_network = TRUE WHERE id IN %s", [tuple(row[0] for row in inner)]
        )
        _logger.info("Connections that lie inside of the own network: %s", ", ".join(row[1] for row in inner))
