"""What is said in a dossier, to whom, and by whom."""

import logging

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import is_html_empty

from .. import mail_text
from ..const import (
    AUDIENCES,
    CUSTOMER_AUDIENCES,
    CUSTOMER_TYPES,
    MAX_ADDRESSES_PER_HOUR,
    MAX_BODY,
    MAX_SUBJECT,
    MESSAGE_TYPES,
    NEVER_INTERNAL,
    STAFF_AUDIENCES,
    STAFF_TYPES,
)
from ..private_fields import PrivateChar, PrivateHtml, PrivateText

_logger = logging.getLogger(__name__)


class ServiceDossierMessage(models.Model):
    """A message of a dossier.

    Nobody may create or change messages over RPC; :meth:`_post` is the one way in. A global
    record rule keeps internal ones from the manufacturer's staff, and what they say and who says it is
    in private fields: no superuser code of a transaction leaves it to whoever comes next.
    """

    _name = "service.dossier.message"
    _description = "Dossier Message"
    _order = "id desc"
    _rec_names_search = ["subject", "author_name"]

    dossier_id = fields.Many2one("service.dossier", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="dossier_id.company_id", store=True, index=True)
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        help="The customer at the time of writing; it does not follow a dossier that changes hands.",
    )
    message_type = fields.Selection(MESSAGE_TYPES, string="Type", required=True)
    audience = fields.Selection(AUDIENCES, string="Who can read it", required=True)
    origin = fields.Selection(
        [("portal", "Portal"), ("office", "Back office"), ("mail", "Mail")], required=True, default="office"
    )
    author_id = fields.Many2one("res.partner", index="btree_not_null")
    author_name = PrivateChar(string="Written by", required=True)
    email_from = PrivateChar(string="Author's e-mail")
    is_staff = fields.Boolean(string="By the manufacturer")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    subject = PrivateChar(index="trigram")
    body = PrivateHtml(sanitize=True, sanitize_style=True)
    quote = PrivateHtml(string="Quoted text", sanitize=True, sanitize_style=True)
    recipients = PrivateText(string="Sent to", help="Addresses of an e-mail, separated by commas.")
    parent_id = fields.Many2one("service.dossier.message", string="In reply to", ondelete="cascade", index=True)
    root_id = fields.Many2one("service.dossier.message", string="Thread", ondelete="cascade", index=True)
    child_ids = fields.One2many("service.dossier.message", "parent_id", string="Replies")
    file_ids = fields.One2many("service.dossier.file", "message_id", string="Files")
    read_ids = fields.One2many(
        "service.dossier.message.read",
        "message_id",
        string="Read by",
        groups="service_dossier.group_service_dossier_user",
    )
    mailing_ids = fields.One2many(
        "service.dossier.mail",
        "message_id",
        string="Mailings",
        groups="service_dossier.group_service_dossier_manager",
    )
    warranty_id = fields.Many2one("service.warranty", index="btree_not_null")
    ticket_ids = fields.One2many("helpdesk.ticket", "dossier_message_id", string="Complaints")
    header_id = fields.Char(string="Message-Id", help="Of the mail that this message arrived with.")

    _dossier_index = models.Index("(dossier_id, id DESC) WHERE root_id IS NULL")
    _header_unique = models.UniqueIndex("(header_id) WHERE header_id IS NOT NULL")

    @api.depends("message_type", "author_name", "subject", "audience", "dossier_id.name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Name the message; Odoo reads names of linked records for everybody, so internal ones tell nothing."""
        types = dict(self._fields["message_type"]._description_selection(self.env))
        hidden = "staff" if self.env.user.share else "internal"
        for message in self:
            parts = [types.get(message.message_type), message.subject, message.author_name]
            if message.audience == hidden:
                parts = [message.dossier_id.sudo().name]
            message.display_name = " · ".join(filter(None, parts))

    @api.constrains("audience", "message_type", "is_staff", "parent_id")
    def _check_audience(self):
        for message in self:
            if message.audience == "internal" and (
                message.is_staff or (message.message_type in NEVER_INTERNAL and not message.parent_id)
            ):
                raise ValidationError(self.env._("This message cannot be internal."))
            if message.audience == "staff" and not message.is_staff:
                raise ValidationError(self.env._("Only the manufacturer's staff can write to its own staff alone."))
            if message.parent_id and message.parent_id.audience != message.audience:
                raise ValidationError(self.env._("A reply has the same readers as the message that it answers."))

    # Posting

    @api.model
    def _allowed_types(self, user):
        """Return the types that a user may choose."""
        return CUSTOMER_TYPES if user.share else STAFF_TYPES

    @api.model
    def _allowed_audiences(self, dossier, user, message_type):
        """Return the audiences that a user may choose for a type, the usual one first."""
        if not user.share:
            return STAFF_AUDIENCES
        if user.commercial_partner_id != dossier.sudo().commercial_partner_id:
            return ("everyone",)
        return tuple(a for a in CUSTOMER_AUDIENCES if a != "internal" or message_type not in NEVER_INTERNAL)

    @api.model
    def _post(self, dossier, message_type, *, audience="everyone", parent=None, files=(), **values):
        """Write a message as the current user, with everything that follows from it.

        :param files: pairs of file name and content
        :param values: ``body`` (HTML), ``subject``, ``recipients``, ``warranty_id``, ``category_id``, ``origin``
        :raises UserError: where the person must do something else first; nothing is kept then
        """
        dossier.check_access("read")
        parent = parent or self.browse()
        if parent:
            parent.check_access("read")
            message_type = parent.message_type if parent.message_type in ("email", "remark") else "remark"
            audience = parent.sudo().audience
        category_id = values.pop("category_id", False)
        values = self._prepare_post_values(dossier, message_type, audience, parent, values)
        self._check_post(dossier, values, parent, files)
        message_sudo = self.sudo().create(values)  # checked above; no user has create access
        self.env["service.dossier.file"].sudo()._create_files(message_sudo, files)
        message_sudo._apply_effects(category_id)
        self.env["service.dossier.message.read"].sudo()._mark(message_sudo, self.env.user.partner_id)
        message_sudo._notify()
        return message_sudo.with_env(self.env)

    @api.model
    def _prepare_post_values(self, dossier, message_type, audience, parent, values):
        user = self.env.user
        dossier_sudo = dossier.sudo()
        recipients = values.get("recipients")
        if message_type == "email" and not parent:
            recipients = ",".join(self._parse_recipients(dossier, recipients))
        else:
            recipients = False
        return {
            "origin": "portal" if user.share else "office",
            **values,
            "dossier_id": dossier.id,
            "commercial_partner_id": dossier_sudo.commercial_partner_id.id,
            "message_type": message_type,
            "audience": audience,
            "author_id": user.partner_id.id,
            "author_name": user.name,
            "email_from": user.email_normalized or user.email,
            "is_staff": not user.share,
            "recipients": recipients,
            "subject": (values.get("subject") or "").strip() or False,
            "parent_id": parent.id,
            "root_id": (parent.sudo().root_id or parent).id,
        }

    @api.model
    def _parse_recipients(self, dossier, text):
        limit = dossier.sudo().company_id.dossier_max_recipients
        try:
            return mail_text.parse_recipients(text, limit=limit)
        except mail_text.RecipientError as error:
            raise UserError(self._recipient_error_text(error, limit)) from error

    @api.model
    def _recipient_error_text(self, error, limit):
        if error.kind == "injection":
            return self.env._("The list of recipients must be one line of addresses, separated by commas.")
        if error.kind == "many":
            return self.env._("An e-mail can go to %(limit)s addresses at most.", limit=limit)
        if error.kind == "none":
            return self.env._("Fill in at least one e-mail address.")
        return self.env._("“%(address)s” is not an e-mail address.", address=error.detail)

    @api.model
    def _check_post(self, dossier, values, parent, files):
        """:raises UserError: if the current user may not write this message or it is incomplete"""
        user = self.env.user
        message_type, audience = values["message_type"], values["audience"]
        if not parent:
            internal_types = ("warranty_document",) if self.env.context.get("dossier_warranty_document") else ()
            if message_type not in (*self._allowed_types(user), *internal_types):
                raise AccessError(self.env._("You cannot write messages of this type."))
            if audience not in self._allowed_audiences(dossier, user, message_type):
                if audience == "internal" and message_type in NEVER_INTERNAL:
                    raise UserError(
                        self.env._("This message cannot be internal: the manufacturer has to send or handle it.")
                    )
                raise AccessError(self.env._("You cannot write to these readers."))
        if mail_text.has_line_break(values.get("subject")) or len(values.get("subject") or "") > MAX_SUBJECT:
            raise UserError(
                self.env._("The subject must be one line of %(limit)s characters at most.", limit=MAX_SUBJECT)
            )
        if len(values.get("body") or "") > MAX_BODY:
            raise UserError(self.env._("The text is too long."))
        if message_type == "attachment" and not parent and not files:
            raise UserError(self.env._("Choose a file first."))
        if is_html_empty(values.get("body")) and (parent or message_type not in ("attachment", "warranty_document")):
            raise UserError(self.env._("Write a text first."))
        if message_type == "service_request" and not parent:
            dossier._check_service_request()
        if message_type == "email" and not parent and user.share:
            self._check_mail_volume(values["recipients"])

    def _check_mail_volume(self, recipients):
        """:raises UserError: if the current user wrote to more addresses within the hour than a person does"""
        domain = [
            ("message_id.author_id", "=", self.env.user.partner_id.id),
            ("kind", "=", "email"),
            ("create_date", ">=", fields.Datetime.subtract(fields.Datetime.now(), hours=1)),
        ]
        sent = [*self.env["service.dossier.mail"].sudo().search(domain).mapped("recipients"), recipients]
        if sum(len(addresses.split(",")) for addresses in sent) > MAX_ADDRESSES_PER_HOUR:
            _logger.warning("Refused an e-mail of user %s in a dossier: too many addresses in an hour", self.env.uid)
            raise UserError(
                self.env._("You wrote to very many addresses within an hour. Please wait before you send more.")
            )

    def _apply_effects(self, category_id=False):
        """Register the complaint and move the dossier where the type asks for it; note that a complaint is answered."""
        self.ensure_one()
        if self.parent_id:
            if self.is_staff and self.audience != "staff":
                self.root_id.ticket_ids._mark_answered()
            return
        if self.message_type in ("complaint", "service_request"):
            self.env["helpdesk.ticket"].sudo()._create_from_dossier(self, category_id)
        if self.message_type == "service_request":
            self.dossier_id._move_to_kind("service")

    # Reading

    def _mark_read(self):
        """Note that the current user has seen these messages."""
        self.check_access("read")
        self.env["service.dossier.message.read"].sudo()._mark(self, self.env.user.partner_id)

    def action_mark_read(self):
        """Mark the messages as read by the current user."""
        self._mark_read()
        return True

    def action_reply(self):
        """Open the composer for an answer."""
        self.ensure_one()
        self.check_access("read")
        return self.dossier_id._action_compose(default_parent_id=self.id)

    def _author_email(self):
        """Return the address that answers to this message are sent to."""
        self.ensure_one()
        if self._has_author_left():
            return self.dossier_id.partner_id.email_normalized or ""
        return self.author_id.email_normalized or self.email_from or ""

    def _has_author_left(self):
        """Return whether a customer's person wrote this on the portal and belongs to somebody else now.

        Guests belong to somebody else, too, but they follow the dossier.
        """
        author = self.author_id
        return (
            self.origin == "portal"
            and author.partner_share
            and author.commercial_partner_id != self.commercial_partner_id
            and author not in self.dossier_id.message_partner_ids
        )

    def _body_preview(self):
        """Return the body as safe markup for mails and pages."""
        return Markup(self.body or "")  # noqa: S704 - the field is sanitised
