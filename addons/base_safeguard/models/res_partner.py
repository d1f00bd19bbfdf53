from odoo import models


class ResPartner(models.Model):
    """Contacts who come back from the archive."""

    _inherit = "res.partner"

    def write(self, vals):
        """Forget languages that were taken away meanwhile: Odoo takes none away that a contact in use speaks."""
        result = super().write(vals)
        if vals.get("active") and "lang" not in vals:
            known = self.env["res.lang"]._get_data
            self.filtered(lambda partner: partner.lang and not known(code=partner.lang)).lang = False
        return result
