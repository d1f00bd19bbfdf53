from odoo import fields, models


class ResCompany(models.Model):
    """When an order counts as picked."""

    _inherit = "res.company"

    status_mail_picked_when = fields.Selection(
        [
            ("manual", "A person ticks the box"),
            ("slip", "The delivery slip is printed"),
            ("pick", "The goods are taken from the shelves (the pick is validated)"),
            ("done", "A delivery is validated"),
        ],
        "Tick “Picked” when",
        default="manual",
        required=True,
    )
