from odoo import models


class IrHttp(models.AbstractModel):
    """Texts of the pages' scripts."""

    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        # the texts of our scripts on the customer's pages
        return [*super()._get_translation_frontend_modules_name(), "service_dossier"]
