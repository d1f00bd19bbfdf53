from odoo import models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.tools import email_normalize, email_normalize_all, plaintext2html


class OnlineProof(models.Model):
    """What is told to whom. Every mail hangs on the proof: answers, bounces and delivery are seen there."""

    _inherit = "online.proof"

    def _tell_decision(self, made):
        """Queue the mails to the shop and to everybody who took part."""
        if made.channel == "checkout" and (self.sale_order_id.proof_ids - self)._are_placed_now():
            return  # one mail for what one order approves: the last of them
        self._tell_shop("online_proof.mail_template_shop_decision", made)
        self._tell_people(made, self._get_people_to_tell(made))

    def _are_placed_now(self):
        """Return whether a checkout has still to approve one of these."""
        waiting = self.filtered(lambda proof: proof.state == "sent" and not proof._needs_administrator())
        return any(not proof.reviewer_ids for proof in waiting)

    def _tell_partial(self, made):
        """Queue the mails after an answer that does not decide the proof yet."""
        text = self._shop_env()._("%(name)s approved; others still have to.", name=made.decided_by)
        self._note(text, made.reviewer_id)
        self._tell_shop("online_proof.mail_template_shop_partial", made)
        self._tell_people(made, made.reviewer_id)

    def _get_people_told(self):
        """Return who is told of decisions: who was asked, and guests who decided, as far as links work."""
        return self.reviewer_ids.filtered(
            lambda person: person.is_active and (person.kind != "guest" or person.decision_ids)
        )

    def _get_people_to_tell(self, made):
        """Return who took part: the ordering contact, who was asked and who decided, as far as links work."""
        people = self._get_people_told()
        customer = self.partner_id
        is_theirs = customer.commercial_partner_id == self.commercial_partner_id  # and not another employer's by now
        # an address that nobody can write to holds no decision up
        if is_theirs and email_normalize_all(customer.email or "") and customer not in people.partner_id:
            # the ordering contact sees what was decided, and decides nothing by that
            own = self.env["online.proof.reviewer"]._get_or_create(self, customer, can_decide=False, can_comment=False)
            people |= own.filtered("is_active")
        return people | made.reviewer_id.filtered("is_active")

    def _tell_people(self, made, people):
        for person in people:
            person._send_mail_template("online_proof.mail_template_person_decision", proof_decision=made)

    def _tell_more_time(self):
        """Tell the people who are waited for that they can answer again."""
        self._get_waiting()._get_one_each()._tell_reopened("expired")

    def _tell_shop(self, xmlid, record):
        """Queue a mail to the order's salesperson and the company's address for decisions."""
        if self.shop_emails:
            self._queue_mail(xmlid, record)

    def _queue_mail(self, xmlid, record, values=None, secret=None):
        """Queue a mail about the proof, in the transaction of what it tells.

        :param secret: the recipient's token, which nobody reads in the proof's thread
        """
        self.ensure_one()
        # sudo: guests cause mails to people whom they cannot read, and the links in mails are secrets
        template_sudo = self.env.ref(xmlid).sudo()
        wanted = ("attachment_ids", "body_html", "email_from", "email_to", "subject")
        lang = installed_language(self.env, template_sudo._render_lang(record.ids)[record.id])
        template_sudo = template_sudo.with_context(lang=lang, template_preview_lang=lang)
        rendered = template_sudo._generate_template(record.ids, wanted)[record.id]
        body = rendered.pop("body_html")
        clean = str(body).replace(secret, "") if secret else body
        html = template_sudo._render_encapsulate(
            "mail.mail_notification_light",
            body,
            add_context={"company": self.company_id, "model_description": template_sudo.env._("proof")},
            context_record=self.with_context(lang=lang),
        )
        attachments = rendered.pop("attachment_ids", None) or []
        vals = {
            **{key: rendered[key] for key in ("email_from", "email_to", "subject") if rendered.get(key)},
            "body_html": html,
            "body": clean,
            "model": self._name,
            "res_id": self.id,
            "message_type": "email_outgoing",
            "is_internal": True,
            # once it has arrived the secret stands nowhere any more; the message in the thread has none
            "auto_delete": True,
            "is_notification": True,
            "attachment_ids": [(4, number) for number in attachments],
            "author_id": self._get_author().id,
            **(values or {}),
        }
        # owed: sent until it arrives, and what became of it comes back to the proof
        return self.env["mail.mail"].sudo()._queue([vals])

    def _get_invitation_text(self, lang):
        """Return subject and body of the usual invitation to one or several proofs of an order, in a language."""
        # sudo: the template may name things that the sender does not read
        lang = installed_language(self.env, lang)
        template_sudo = self.env.ref("online_proof.mail_template_text").sudo().with_context(lang=lang)
        template_sudo, first = template_sudo.with_context(proofs=self.sudo()), self[:1]
        return {field: template_sudo._render_field(field, first.ids)[first.id] for field in ("subject", "body_html")}

    def _get_staff_link(self):
        """Return the address of the proof in the back office, under its own menu."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/online-proofs/{self.id}"

    def _shop_env(self):
        """Return the environment to write notes in: in the salesperson's language where nobody of the shop acts."""
        if self.env.lang and not self.env.user.share:
            return self.env
        # sudo: guests do not read who sells
        return self.with_context(lang=installed_language(self.env, self.sudo().user_id.lang)).env

    def _get_author(self, person=None):
        """Return whose name stands on a note: the customer's who acted; guests have none in the chatter."""
        if person and person.partner_id:
            # sudo: guests do not read contacts
            return person.sudo().partner_id
        return self.env.ref("base.partner_root") if self.env.user.share else self.env.user.partner_id

    def _note(self, body, person=None):
        """Leave a note in the chatter.

        :param person: the reviewer who did what is noted
        """
        # sudo: customers and guests write no messages
        self.sudo().message_post(body=body, author_id=self._get_author(person).id)

    def _ask_person(self, summary, note=""):
        """Let somebody of the shop look at the proof; once for one reason.

        :param note: plain text, of customers and strangers, too
        :returns: the activity
        """
        self.ensure_one()
        proof_sudo = self.sudo()  # customers and guests cause it
        asked = proof_sudo.activity_ids.filtered(lambda activity: activity.summary == summary)[:1]
        if asked:
            return asked
        user = proof_sudo.user_id or self.env.ref("base.user_admin")
        note = plaintext2html(note or "")
        return proof_sudo.activity_schedule("mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id)

    # What comes back by mail

    def message_post(self, *, message_type="notification", **kwargs):
        """Ask somebody to read what a customer answers by mail."""
        message = super().message_post(message_type=message_type, **kwargs)
        if message_type == "email":
            shop = self._shop_env()
            self._ask_person(shop._("Read the answer that came by mail"), note=message.preview)
        return message

    def _on_mail_delivery(self, deliveries):
        """Tell the shop which mails could not be delivered or came back."""
        for delivery in deliveries.filtered(lambda row: row.state in ("failed", "bounced")):
            self._on_not_delivered(delivery.address)
        return super()._on_mail_delivery(deliveries)

    def _on_not_delivered(self, email):
        """Tell the shop that somebody has not got a mail."""
        address = email_normalize(email) or email
        people = self.reviewer_ids.filtered(lambda person: address in email_normalize_all(person.email))
        people.undelivered = True
        shop = self._shop_env()
        name = ", ".join(people.mapped("name")) or address
        self._note(shop._("The mail to %(name)s (%(email)s) did not arrive.", name=name, email=address))
        self._ask_person(shop._("A mail did not arrive: %(email)s", email=address))
