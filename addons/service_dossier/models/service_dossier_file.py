"""Files of messages: kept for the record, even when nobody may download them any more."""

import mimetypes

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mimetypes import MIMETYPE_HEAD_SIZE, guess_mimetype

from .. import mail_parts
from ..const import INLINE_MIMETYPES, MAX_FILES
from ..private_fields import PrivateChar

EXECUTABLE_STARTS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"#!")


class ServiceDossierFile(models.Model):
    """A file of a message; its content is an attachment that hangs on this record."""

    _name = "service.dossier.file"
    _description = "Dossier File"
    _order = "id"

    message_id = fields.Many2one("service.dossier.message", required=True, ondelete="cascade", index=True)
    dossier_id = fields.Many2one(related="message_id.dossier_id", store=True, index=True)
    thread_id = fields.Many2one(
        "service.dossier.message",
        string="Conversation",
        compute="_compute_thread_id",
        store=True,
        index=True,
        help="The first message of the conversation: agents see the files of a complaint's conversation.",
    )
    company_id = fields.Many2one(related="message_id.company_id", store=True, index="btree_not_null")
    commercial_partner_id = fields.Many2one(
        related="message_id.commercial_partner_id", store=True, index="btree_not_null"
    )
    audience = fields.Selection(related="message_id.audience", store=True)
    author_id = fields.Many2one(related="message_id.author_id", store=True, string="Added By", index="btree_not_null")
    name = PrivateChar(required=True, index="trigram")
    attachment_id = fields.Many2one("ir.attachment", ondelete="restrict", readonly=True, index="btree_not_null")
    mimetype = fields.Char(related="attachment_id.mimetype", compute_sudo=True)
    file_size = fields.Integer(related="attachment_id.file_size", compute_sudo=True)
    deactivated = fields.Boolean(readonly=True)
    date_deactivated = fields.Datetime(readonly=True)
    deactivated_by_id = fields.Many2one("res.users", readonly=True, index="btree_not_null")

    @api.depends("message_id.root_id")
    def _compute_thread_id(self):
        for file in self:
            file.thread_id = file.message_id.root_id or file.message_id

    @api.model
    def _get_refusal(self, dossier, name, content):
        """Return why a file is not accepted, or an empty string."""
        company = dossier._settings()
        limit = company.dossier_max_file_size
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        if not content:
            return self.env._("The file “%(name)s” is empty.", name=name)
        if len(content) > limit * 2**20:
            return self.env._("The file “%(name)s” is larger than %(limit)s MB.", name=name, limit=limit)
        blocked = {word.strip().lower() for word in (company.dossier_blocked_extensions or "").split(",")}
        if extension in blocked or content.startswith(EXECUTABLE_STARTS):
            return self.env._("Files like “%(name)s” are not accepted: they can carry programs.", name=name)
        return ""

    @api.model
    def _create_files(self, message, files):
        """Attach files to a message.

        :param files: pairs of file name and content
        :raises UserError: if one of them is not accepted
        """
        files = [
            (name, mail_parts.hide_signatures(content, is_mail=name.lower().endswith(".eml")))
            for name, content in ((self._clean_name(name), content) for name, content in files)
        ]
        if len(files) > MAX_FILES:
            raise UserError(self.env._("A message can carry %(limit)s files at most.", limit=MAX_FILES))
        for name, content in files:
            if refusal := self._get_refusal(message.dossier_id, name, content):
                raise UserError(refusal)
        records = self.create([{"message_id": message.id, "name": name} for name, _content in files])
        # drawings stay as they are, and nothing that a browser would run keeps its type
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True, attachments_mime_plainxml=True)
        for record, (name, content) in zip(records, files, strict=True):
            attachment = Attachment.create(
                {"name": name, "raw": content, "res_model": self._name, "res_id": record.id, "mimetype": "text/plain"}
            )
            mimetype = self._safe_mimetype(name, content)
            if attachment.mimetype != mimetype:
                attachment.mimetype = mimetype
            record.attachment_id = attachment
        return records

    @api.model
    def _safe_mimetype(self, name, content):
        """Return the type to store: what is in the file, ``octet-stream`` for HTML, SVG and other XML."""
        sniffed = guess_mimetype(content[:MIMETYPE_HEAD_SIZE], default="application/octet-stream")
        named = mimetypes.guess_type(name)[0] or "application/octet-stream"
        risky = ("html", "xml", "svg", "script", "xhtml")
        office = ("openxmlformats", "opendocument")
        for candidate in (sniffed, named):
            if any(word in candidate for word in risky) and not any(word in candidate for word in office):
                return "application/octet-stream"
        if content[:512].lstrip()[:1] == b"<":
            return "application/octet-stream"
        if sniffed in INLINE_MIMETYPES:
            return sniffed
        # a name must not turn something else into what is shown inline
        return "application/octet-stream" if named in INLINE_MIMETYPES else named

    @api.model
    def _clean_name(self, name):
        """Return the last part of a path without control characters, at most 120 long."""
        name = (name or "").replace("\\", "/").rpartition("/")[2]
        name = "".join(character for character in name if character.isprintable()).strip()
        stem, dot, extension = name.rpartition(".")
        if len(name) > 120:
            name = f"{stem[:100]}{dot}{extension[:15]}"
        return name or "file"

    def _may_show_inline(self):
        """Return whether a browser may show the file instead of saving it."""
        return self.mimetype in INLINE_MIMETYPES

    def _deactivate(self):
        """Make own files unavailable.

        :raises AccessError: for files that somebody else added
        """
        self.check_access("read")
        file_sudo = self.sudo()  # the own file, as compared here; no user has write access
        if file_sudo.author_id != self.env.user.partner_id:
            raise AccessError(self.env._("You can only deactivate files that you added yourself."))
        file_sudo.write(
            {
                "deactivated": True,
                "date_deactivated": fields.Datetime.now(),
                "deactivated_by_id": self.env.uid,
            }
        )

    def action_deactivate(self):
        """Deactivate own files (back office)."""
        self._deactivate()
        return True

    def action_download(self):
        """Download a file (back office)."""
        self.ensure_one()
        self.check_access("read")
        url = f"/web/content/{self.attachment_id.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}
