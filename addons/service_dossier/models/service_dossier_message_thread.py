"""Conversations: which is the newest, and the ticket's side of a complaint."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain

from .. import mail_html, mail_text

#: what every reader of a dossier hears of; when others write tells something to people who may not know it
OPEN_AUDIENCES = ("everyone", "company")
#: what all readers see of a message
TEXTS = ("body", "quote", "subject")


class ServiceDossierMessage(models.Model):
    """A message in a conversation."""

    _inherit = "service.dossier.message"  # pylint: disable=consider-merging-classes-inherited

    date_activity = fields.Datetime(
        string="Last Activity",
        readonly=True,
        default=fields.Datetime.now,
        help="Of the first message of a conversation: when the last answer came.",
    )
    post_key = fields.Char(
        readonly=True, copy=False, help="Of the form that the message was written in: the same form makes one message."
    )
    mail_message_id = fields.Many2one(
        "mail.message",
        string="Said on the Ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The same message in the conversation of the complaint's ticket.",
    )

    _activity_index = models.Index("(dossier_id, date_activity DESC, id DESC) WHERE root_id IS NULL")
    _post_key_unique = models.UniqueIndex("(dossier_id, author_id, post_key) WHERE post_key IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Bring the conversation and the dossier to the top; hide what one reader alone may answer with."""
        messages = super().create([self._hide_signatures(vals) for vals in vals_list])
        for message in messages:
            if message.root_id:
                message.root_id.date_activity = message.date
        for message in messages.filtered(lambda m: m.audience in OPEN_AUDIENCES):
            message.dossier_id.date_activity = message.date
        return messages

    @api.model
    def _hide_signatures(self, vals):
        return vals | {name: mail_text.hide_signatures(vals[name]) for name in TEXTS if vals.get(name)}

    @api.model
    def _find_posted(self, dossier, post_key):
        """Return the message that the current user wrote in a form, or none."""
        if not post_key:
            return self.browse()
        domain = [
            ("dossier_id", "=", dossier.id),
            ("author_id", "=", self.env.user.partner_id.id),
            ("post_key", "=", post_key),
        ]
        return self.search(domain, limit=1)

    @api.model
    def _search_text_domain(self, text):
        """Return which messages hold all words of a text: in what was written, the subject, names, files' names."""
        domains = [
            Domain.OR(
                [
                    *(Domain(name, "ilike", word) for name in ("body", "subject", "author_name", "recipients", "cc")),
                    Domain("file_ids", "any", [("name", "ilike", word)]),
                ]
            )
            for word in text.split()[:8]
        ]
        return Domain.AND(domains)

    def _apply_effects(self, category_id=False):
        """Tell the ticket of a complaint what is answered in the dossier."""
        result = super()._apply_effects(category_id)
        if self.parent_id and not self.mail_message_id:
            self._post_on_tickets()
        return result

    def _post_on_tickets(self):
        """Say an answer to a complaint on its ticket as well.

        The customer hears of it from the dossier; on the ticket only employees are told. What is for employees' eyes
        is a note there.
        """
        for ticket in {ticket._get_conversation() for ticket in self.root_id.ticket_ids}:
            internal = ticket.message_partner_ids.filtered(lambda partner: not partner.partner_share)
            told = (internal | ticket.user_id.partner_id) - self.author_id - self._notified_partners()
            names = ", ".join(self.file_ids.mapped("name"))
            body = self._body_preview()
            if names:
                body += Markup("<p>%s</p>") % self.env._("Files in the dossier: %(names)s", names=names)
            post = ticket.with_context(dossier_mirror=True, mail_post_autofollow=False).message_post(
                body=body,
                author_id=self.author_id.id or None,
                email_from=self.email_from or None,
                message_type="comment",
                subtype_xmlid="mail.mt_note" if self.audience == "staff" else "mail.mt_comment",
                partner_ids=told.ids,
                notify_skip_followers=True,
            )
            self.mail_message_id = post
            if not self.is_staff:
                ticket._on_customer_answer()

    @api.model
    def _prepare_post_body(self, parent_sudo, record_sudo, post):
        """Return the text of what was said on a ticket or mail; an answer by mail quotes what it answers."""
        if post.message_type != "email":
            return {"body": post.body}
        known = self._known_texts(parent_sudo.dossier_id, parent_sudo)
        said = record_sudo.message_ids - post
        known += [mail_html.visible_text(body) for body in said[:50].mapped("body") if body]
        new, quote = self._split_mail_body(str(post.body), known)
        return {"body": new, "quote": quote}

    @api.model
    def _create_from_post(self, record, field, post, author):
        """Keep what was said on a complaint's ticket, or on a mail of the queue, with what it is about.

        :param field: the record's field that holds the message which it goes with
        :param post: the ``mail.message``; who is told of it was told by the record
        :param author: the partner whose account is credited, or none
        """
        record_sudo = record.sudo()  # who works on tickets need no dossier role
        parent_sudo = record_sudo[field]
        if not parent_sudo or (parent_sudo.audience == "staff" and author.partner_share):
            return self.browse()
        values = self._prepare_mail_values_in(
            parent_sudo.dossier_id,
            parent_sudo,
            {"email_from": post.email_from or author.email_formatted or "", "message_id": False},
            author,
        )
        files = [(attachment.name, attachment.raw or b"") for attachment in post.attachment_ids]
        kept, refused = self._mail_files(parent_sudo.dossier_id, files)
        texts = self._prepare_post_body(parent_sudo, record_sudo, post)
        message_sudo = self.sudo().create(  # no user has create access; who posts on the ticket was checked there
            {
                **values,
                "message_type": "remark",
                "origin": "office" if values["is_staff"] else "portal" if author.user_ids else "mail",
                **texts,
                "body": f"{texts['body']}{self._refused_text(refused)}",
                "mail_message_id": post.id,
            }
        )
        message_sudo.env["service.dossier.file"]._create_files(message_sudo, kept)
        return message_sudo
