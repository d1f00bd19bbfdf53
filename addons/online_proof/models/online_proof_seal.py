import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..life import signature


class OnlineProofSeal(models.Model):
    """A company's key, which certificates of approvals are signed with.

    A model of its own that nobody has rights to: whoever reads a company does not read its key.
    """

    _name = "online.proof.seal"
    _description = "Key of Approval Certificates"
    _order = "id desc"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True, readonly=True)
    key = fields.Binary(required=True, attachment=False, readonly=True, help="PKCS #12, no password.")

    @api.model
    def _get_key(self, company):
        """Return the key of a company as PKCS #12, made now where there is none."""
        seal_sudo = self.sudo().search([("company_id", "=", company.id)], limit=1)  # signing is no matter of rights
        if not seal_sudo:
            seal_sudo = self._add(company, signature.make_key(company.name))
        return base64.b64decode(seal_sudo.with_context(bin_size=False).key)

    @api.model
    def _add(self, company, key):
        """Sign with this key from now on; what was signed before stays as it is."""
        # sudo: the caller has checked the right to change the company's settings
        return self.sudo().create({"company_id": company.id, "key": base64.b64encode(key)})

    @api.model
    def _upload(self, company, content, password):
        """Take in a key file that a certificate authority has given to the shop.

        :raises UserError: for a wrong password or another kind of file
        """
        try:
            key, _certificate = signature.open_key(content, password)
        except ValueError as error:
            raise UserError(
                self.env._("This is no key file (PKCS #12, .p12 or .pfx), or the password is wrong.")
            ) from error
        return self._add(company, key)
