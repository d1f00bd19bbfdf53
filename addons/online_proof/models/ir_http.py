from odoo import models


class IrHttp(models.AbstractModel):
    """The texts of the proof page's scripts, in the reader's language."""

    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        # the texts of our scripts on the customer's pages
        return [*super()._get_translation_frontend_modules_name(), "online_proof"]
