"""What is said in a dossier, to whom, and by whom."""

import logging

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import is_html_empty

from .. import mail_text, message_types
from ..const import (
    AUDIENCES,
    CUSTOMER_AUDIENCES,
    MAX_ADDRESSES_PER_HOUR,
    MAX_BODY,
    MAX_SUBJECT,
    STAFF_AUDIENCES,
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
    message_type = fields.Selection(message_types.selection(), string="Type", required=True)
    audience = fields.Selection(AUDIENCES, string="Who Can Read It", required=True)
    origin = fields.Selection(
        [("portal", "Portal"), ("office", "Back office"), ("mail", "Mail")], required=True, default="office"
    )
    author_id = fields.Many2one("res.partner", index="btree_not_null")
    author_name = PrivateChar(string="Written By", required=True)
    email_from = PrivateChar(string="Author's E-mail")
    is_staff = fields.Boolean(string="By the Manufacturer")
    # named as in mail.message
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    subject = PrivateChar(index="trigram")
    body = PrivateHtml(sanitize=True, sanitize_style=True)
    quote = PrivateHtml(string="Quoted Text", sanitize=True, sanitize_style=True)
    recipients = PrivateText(string="Sent To", help="Addresses of an e-mail, separated by commas.")
    cc = PrivateText(string="Copies To", help="Addresses that get a copy of an e-mail, separated by commas.")
    parent_id = fields.Many2one("service.dossier.message", string="In Reply To", ondelete="cascade", index=True)
    root_id = fields.Many2one("service.dossier.message", string="Thread", ondelete="cascade", index=True)
    child_ids = fields.One2many("service.dossier.message", "parent_id", string="Replies")
    file_ids = fields.One2many("service.dossier.file", "message_id", string="Files")
    read_ids = fields.One2many(
        "service.dossier.message.read",
        "message_id",
        string="Read By",
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
    mail_header = fields.Char(string="Message-Id", help="Of the mail that this message arrived with.")

    _dossier_index = models.Index("(dossier_id, id DESC) WHERE root_id IS NULL")
    _header_unique = models.UniqueIndex("(mail_header) WHERE mail_header IS NOT NULL")

    @api.depends("message_type", "author_name", "subject", "audience", "dossier_id.name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Name the message; Odoo reads names of linked records for everybody, so internal ones tell nothing."""
        types = self._type_labels()
        hidden = "staff" if self.env.user.share else "internal"
        for message in self:
            parts = [types.get(message.message_type), message.subject, message.author_name]
            if message.audience == hidden:
                parts = [message.dossier_id.name]
            message.display_name = " · ".join(filter(None, parts))

    @api.constrains("audience", "message_type", "is_staff", "parent_id")
    def _check_audience(self):
        for message in self:
            if message.audience == "internal" and (
                message.is_staff or not (message._type().may_be_internal or message.parent_id)
            ):
                raise ValidationError(self.env._("This message cannot be internal."))
            if message.audience == "staff" and not message.is_staff:
                raise ValidationError(self.env._("Only the manufacturer's staff can write to its own staff alone."))
            if message.parent_id and message.parent_id.audience != message.audience:
                raise ValidationError(self.env._("A reply has the same readers as the message that it answers."))

    def _type(self):
        """Return the object that knows what a message of this type is."""
        return message_types.get(self.message_type)

    @api.model
    def _type_labels(self):
        """Return the names of the types by their codes, in the user's language."""
        return dict(self._fields["message_type"]._description_selection(self.env))

    @api.model
    def _addressed_types(self):
        """Return the codes of the types that go to addresses which their authors choose."""
        return message_types.codes(is_addressed=True)

    def _addressees(self):
        """Return the addresses that an e-mail was sent to, copies included."""
        return ",".join(filter(None, (self.recipients, self.cc)))

    @api.model
    def _readable(self, addresses):
        """Return addresses as people write them, for pages and documents."""
        return mail_text.readable_addresses(addresses)

    # Posting

    @api.model
    def _allowed_types(self, user):
        """Return the types that a user may choose."""
        known = self._fields["message_type"].get_values(self.env)
        writer = message_types.CUSTOMER if user.share else message_types.STAFF
        return tuple(code for code in message_types.codes_for(writer) if code in known)

    @api.model
    def _allowed_audiences(self, dossier, user, message_type):
        """Return the audiences that a user may choose for a type, the usual one first."""
        if not user.share:
            return STAFF_AUDIENCES
        if not dossier._is_customers(user):
            return ("everyone",)
        internal = message_types.get(message_type).may_be_internal
        return tuple(audience for audience in CUSTOMER_AUDIENCES if audience != "internal" or internal)

    @api.model
    def _post(self, dossier, message_type, *, audience="everyone", parent=None, files=(), chosen=True, **values):
        """Write a message as the current user, with everything that follows from it.

        :param files: pairs of file name and content
        :param chosen: whether the user chose the type; the program writes types that nobody may choose
        :param values: ``body`` (HTML), ``subject``, ``recipients``, ``cc``, ``warranty_id``, ``category_id``,
            ``origin``, ``post_key``
        :raises UserError: where the person must do something else first; nothing is kept then
        """
        dossier.check_access("read")
        parent = parent or self.browse()
        if parent:
            parent.check_access("read")
            message_type, audience = message_types.answer_code(parent.message_type), parent.audience
        elif chosen:
            self._check_choice(dossier, message_type, audience)
        category_id = values.pop("category_id", False)
        values = self._prepare_post_values(dossier, message_type, audience, parent, values)
        self._check_post(dossier, values, parent, files)
        message_sudo = self.sudo().create(values)  # checked above; no user has create access
        message_sudo.env["service.dossier.file"]._create_files(message_sudo, files)
        message_sudo._apply_effects(category_id)
        self.env["service.dossier.message.read"]._mark(message_sudo, self.env.user.partner_id)
        message_sudo._notify()
        return message_sudo.with_env(self.env)

    @api.model
    def _prepare_post_values(self, dossier, message_type, audience, parent, values):
        user = self.env.user
        addressed = message_types.get(message_type).is_addressed and not parent
        recipients, cc = self._parse_addresses(dossier, values) if addressed else (False, False)
        return {
            "origin": "portal" if user.share else "office",
            **values,
            "dossier_id": dossier.id,
            "commercial_partner_id": dossier.commercial_partner_id.id,
            "message_type": message_type,
            "audience": audience,
            "author_id": user.partner_id.id,
            "author_name": user.name,
            "email_from": user.email_normalized or user.email,
            "is_staff": not user.share,
            "recipients": recipients,
            "cc": cc,
            "subject": (values.get("subject") or "").strip() or False,
            "parent_id": parent.id,
            "root_id": parent._root_id(),
        }

    def _root_id(self):
        """Return the id of the first message of this one's conversation, which everybody in it may see."""
        return (self.root_id or self).id

    @api.model
    def _parse_addresses(self, dossier, values):
        """Return ``recipients`` and ``cc`` as they are stored; who is in both gets one mail."""
        recipients = self._parse_recipients(dossier, values.get("recipients"))
        cc = self._parse_recipients(dossier, values["cc"]) if (values.get("cc") or "").strip() else []
        limit = dossier._settings().dossier_max_recipients
        cc = [address for address in cc if address not in recipients]
        if len(recipients) + len(cc) > limit:
            raise UserError(self._recipient_error_text(mail_text.RecipientError("many"), limit))
        return ",".join(recipients), ",".join(cc) or False

    @api.model
    def _parse_recipients(self, dossier, text):
        limit = dossier._settings().dossier_max_recipients
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
    def _check_choice(self, dossier, message_type, audience):
        """:raises AccessError: if the current user may not choose this type, or these readers"""
        user = self.env.user
        if message_type not in self._allowed_types(user):
            raise AccessError(self.env._("You cannot write messages of this type."))
        if audience in self._allowed_audiences(dossier, user, message_type):
            return
        if audience == "internal" and not message_types.get(message_type).may_be_internal:
            raise UserError(self.env._("This message cannot be internal: the manufacturer has to send or handle it."))
        raise AccessError(self.env._("You cannot write to these readers."))

    @api.model
    def _check_post(self, dossier, values, parent, files):
        """:raises UserError: if the message is incomplete, or the dossier does not allow it"""
        subject = values.get("subject") or ""
        if mail_text.has_line_break(subject) or len(subject) > MAX_SUBJECT:
            raise UserError(
                self.env._("The subject must be one line of %(limit)s characters at most.", limit=MAX_SUBJECT)
            )
        if len(values.get("body") or "") > MAX_BODY:
            raise UserError(self.env._("The text is too long."))
        if not parent:
            message_types.get(values["message_type"]).check(dossier, values, files)
        elif is_html_empty(values.get("body")):
            raise UserError(self.env._("Write a text first."))

    def _check_mail_volume(self, addresses):
        """:raises UserError: if the current user wrote to more addresses within the hour than a person does"""
        domain = [
            ("message_id.author_id", "=", self.env.user.partner_id.id),
            ("kind", "=", "email"),
            ("create_date", ">=", fields.Datetime.subtract(fields.Datetime.now(), hours=1)),
        ]
        mailings_sudo = self.env["service.dossier.mail"].sudo()  # counted only
        sent = [*mailings_sudo.search(domain).mapped("recipients"), addresses]
        if sum(len(known.split(",")) for known in sent) > MAX_ADDRESSES_PER_HOUR:
            _logger.warning("Refused an e-mail of user %s in a dossier: too many addresses in an hour", self.env.uid)
            raise UserError(
                self.env._("You wrote to very many addresses within an hour. Please wait before you send more.")
            )

    def _apply_effects(self, category_id=False):
        """Do what the type of a new message (superuser) does; note that a complaint is answered."""
        self.ensure_one()
        if not self.parent_id:
            self._type().apply(self, category_id)
        elif self.is_staff and self.audience != "staff":
            self.root_id.ticket_ids._mark_answered()

    # Reading

    def _mark_read(self):
        """Note that the current user has seen these messages."""
        self.check_access("read")
        self.env["service.dossier.message.read"]._mark(self, self.env.user.partner_id)

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
            customer = self.commercial_partner_id
            contact = self._present(self.dossier_id.partner_id.filtered(lambda p: p._acts_for(customer)))
            return (contact or self._present(customer)).email_normalized or ""
        return self.author_id.email_normalized or self.email_from or ""

    def _has_author_left(self):
        """Return whether a customer's person wrote this and has no login any more, or belongs to somebody else now.

        Guests belong to somebody else, too, but they follow the dossier.
        """
        author = self.author_id
        if self.is_staff or not author.partner_share:
            return False
        is_own = author._acts_for(self.commercial_partner_id)
        if self.origin == "portal" and not is_own and author not in self.dossier_id.message_partner_ids:
            return True
        return (is_own or self.origin == "portal") and bool(self._removed(author))

    def _body_preview(self):
        """Return the body as safe markup for mails and pages."""
        return Markup(self.body or "")  # noqa: S704 - the field is sanitised
