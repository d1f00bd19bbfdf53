"""Connectors of suppliers that were made up are gone: connections that spoke to one say the same by mapping."""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        "SELECT id, connector, nordteile_branch_code FROM supplier_connection WHERE connector IN %s ORDER BY id",
        [("standard", "nordteile")],
    )
    rows = cr.fetchall()
    env = api.Environment(cr, SUPERUSER_ID, {"bin_size": False})
    for connection_id, connector, branch_code in rows:
        connection = env["supplier.connection"].browse(connection_id)
        cr.execute("UPDATE supplier_connection SET connector = 'mapped' WHERE id = %s", [connection_id])
        connection.invalidate_recordset(["connector"])
        try:
            with cr.savepoint():
                connection._load_mapping(connector, with_wsdl=not connection.has_own_wsdl)
                elements = connection.mapping_ids.request_ids.filtered(lambda element: element.path == "branchCode")
                elements.constant = branch_code
        except Exception as error:
            # an own WSDL with other elements: nothing is sent until a manager has mapped it
            _logger.warning("Connection %s has to be mapped by hand: %s", connection_id, error)
            connection.state = "suspended" if connection.state == "active" else connection.state
            connection._message_log(
                body=env._("The connector of this connection is not part of the product any more. Map its operations.")
            )
