from odoo import fields, models


class Website(models.Model):
    """Who sends the proofs of a web shop's orders."""

    _inherit = "website"

    proof_email_from = fields.Char(
        string="Sender of Proofs", help="E-mail address that proofs of orders of this website are sent from."
    )
