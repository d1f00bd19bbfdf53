from odoo import fields, models


class SupplierConnectionUnit(models.Model):
    """How one supplier calls a unit of measure, where that is not the code of UN/ECE."""

    _name = "supplier.connection.unit"
    _description = "Unit Code of a Supplier"
    _rec_name = "code"

    connection_id = fields.Many2one("supplier.connection", required=True, index=True, ondelete="cascade")
    uom_id = fields.Many2one("uom.uom", "Unit", required=True, index=True, ondelete="cascade")
    code = fields.Char("Supplier's Code", required=True)

    _unit_once = models.UniqueIndex("(connection_id, uom_id)", "This unit has a code already.")
