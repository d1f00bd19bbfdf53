"""The composer of the back office."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .. import message_types
from ..const import STAFF_AUDIENCES


class ServiceDossierCompose(models.TransientModel):
    """Write a message or an answer in a dossier."""

    _name = "service.dossier.compose"
    _inherit = ["record.window.mixin"]
    _description = "Write a Dossier Message"

    dossier_id = fields.Many2one("service.dossier", required=True, readonly=True)
    parent_id = fields.Many2one("service.dossier.message", string="In Reply To", readonly=True)
    # read as the person who writes (a private field): an internal message stays unread
    parent_body = fields.Html(related="parent_id.body", related_sudo=False, string="The Message")
    message_type = fields.Selection("_selection_message_type", string="Type", default="remark", required=True)
    audience = fields.Selection(
        selection=lambda self: self._selection_audience(), string="Who Can Read It", default="company", required=True
    )
    is_addressed = fields.Boolean(compute="_compute_is_addressed")
    recipients = fields.Char(string="To", help="Addresses, separated by commas.")
    cc = fields.Char(string="Copies To", help="Addresses that get a copy, separated by commas.")
    address = fields.Selection(
        "_selection_address",
        string="Address Book",
        store=False,
        help="With whom e-mails of this dossier were exchanged; the chosen address is added to the recipients.",
    )
    subject = fields.Char()
    body = fields.Html(string="Text", sanitize_style=True)
    file_ids = fields.Many2many("ir.attachment", string="Files")
    canned_id = fields.Many2one(
        "mail.canned.response", string="Canned Answer", store=False, help="Its text is added below what is written."
    )
    readers = fields.Text(string="Can Be Read By", compute="_compute_readers")

    @api.model
    def _selection_message_type(self):
        Message = self.env["service.dossier.message"]
        labels = Message._type_labels()
        return [(code, labels[code]) for code in Message._allowed_types(self.env.user)]

    @api.model
    def _selection_address(self):
        """Offer the address book of the dossier that the window was opened for."""
        dossier = self.env["service.dossier"].search([("id", "=", self.env.context.get("default_dossier_id") or 0)])
        return list(dossier._address_book().items()) if dossier else []

    @api.model
    def _selection_audience(self):
        labels = dict(self.env["service.dossier.message"]._fields["audience"]._description_selection(self.env))
        return [(key, labels[key]) for key in STAFF_AUDIENCES]

    @api.depends("message_type")
    def _compute_is_addressed(self):
        for wizard in self:
            wizard.is_addressed = message_types.get(wizard.message_type).is_addressed

    @api.depends("audience", "parent_id", "recipients", "cc", "message_type")
    def _compute_readers(self):
        for wizard in self:
            audience = wizard.parent_id.audience or wizard.audience
            addressed = wizard.is_addressed and not wizard.parent_id
            recipients = ", ".join(filter(None, (wizard.recipients, wizard.cc))) if addressed else ""
            dossier = wizard.dossier_id  # none yet, where the window was opened on something else
            wizard.readers = dossier._readers_text(audience, recipients) if audience and dossier else ""

    @api.onchange("canned_id")
    def _onchange_canned_id(self):
        if self.canned_id:
            self.body = f"{self.body or ''}{plaintext2html(self.canned_id.substitution)}"
            self.canned_id = False

    @api.onchange("address")
    def _onchange_address(self):
        if self.address:
            self.recipients = ", ".join(filter(None, ((self.recipients or "").strip(" ,;"), self.address)))
            self.address = False

    def action_send(self):
        """Write the message and close."""
        self.ensure_one()
        files = [(attachment.name, base64.b64decode(attachment.datas or b"")) for attachment in self.file_ids]
        self.env["service.dossier.message"]._post(
            self.dossier_id,
            self.message_type,
            audience=self.audience,
            parent=self.parent_id,
            files=files,
            body=self.body or "",
            subject=self.subject or "",
            recipients=self.recipients or "",
            cc=self.cc or "",
        )
        self.file_ids.unlink()  # their content lives on in the message only
        if self.parent_id:
            self.parent_id._mark_read()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.constrains("dossier_id", "parent_id")
    def _check_parent(self):
        for wizard in self:
            if wizard.parent_id and wizard.parent_id.dossier_id != wizard.dossier_id:
                raise UserError(self.env._("The message belongs to another dossier."))
