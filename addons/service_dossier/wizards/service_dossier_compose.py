"""The composer of the back office."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..const import MESSAGE_TYPES, STAFF_AUDIENCES, STAFF_TYPES


class ServiceDossierCompose(models.TransientModel):
    """Write a message or an answer in a dossier."""

    _name = "service.dossier.compose"
    _description = "Write a Dossier Message"

    dossier_id = fields.Many2one("service.dossier", required=True, readonly=True)
    parent_id = fields.Many2one("service.dossier.message", string="In reply to", readonly=True)
    # read as the person who writes (a private field): an internal message stays unread
    parent_body = fields.Html(related="parent_id.body", related_sudo=False, string="The message")
    message_type = fields.Selection("_selection_message_type", string="Type", default="remark", required=True)
    audience = fields.Selection(
        selection=lambda self: self._selection_audience(), string="Who can read it", default="company", required=True
    )
    recipients = fields.Char(help="Addresses, separated by commas.")
    subject = fields.Char()
    body = fields.Html(string="Text", sanitize_style=True)
    file_ids = fields.Many2many("ir.attachment", string="Files")
    canned_id = fields.Many2one(
        "mail.canned.response", string="Canned Answer", store=False, help="Its text is added below what is written."
    )
    readers = fields.Text(string="Can be read by", compute="_compute_readers")

    @api.model
    def _selection_message_type(self):
        labels = dict(self.env["service.dossier.message"]._fields["message_type"]._description_selection(self.env))
        return [(key, labels[key]) for key, _label in MESSAGE_TYPES if key in STAFF_TYPES]

    @api.model
    def _selection_audience(self):
        labels = dict(self.env["service.dossier.message"]._fields["audience"]._description_selection(self.env))
        return [(key, labels[key]) for key in STAFF_AUDIENCES]

    @api.depends("audience", "parent_id", "recipients", "message_type")
    def _compute_readers(self):
        for wizard in self:
            audience = wizard.parent_id.audience or wizard.audience
            recipients = wizard.recipients if wizard.message_type == "email" else ""
            wizard.readers = wizard.dossier_id._readers_text(audience, recipients) if audience else ""

    @api.onchange("canned_id")
    def _onchange_canned_id(self):
        if self.canned_id:
            self.body = f"{self.body or ''}{plaintext2html(self.canned_id.substitution)}"
            self.canned_id = False

    @api.model_create_multi
    def create(self, vals_list):
        """Answer only what one may read."""
        wizards = super().create(vals_list)
        wizards._check_links()
        return wizards

    def write(self, vals):
        """Answer only what one may read."""
        result = super().write(vals)
        self._check_links()
        return result

    def _check_links(self):
        """:raises AccessError: where the dossier or the answered message is out of the current user's reach"""
        self.dossier_id.check_access("read")
        self.parent_id.check_access("read")

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
