from odoo import Command, fields, models


class OnlineProofReviewer(models.Model):
    """Mails to one person."""

    _inherit = "online.proof.reviewer"

    undelivered = fields.Boolean(string="Mail Did Not Arrive", readonly=True, default=False)

    def _get_one_each(self):
        """Return the first of each person's links to the proofs of an order: nobody gets a mail for each proof."""
        first = {}
        for reviewer in self:
            first.setdefault((reviewer.proof_id.sale_order_id, reviewer._get_person()), reviewer)
        return self.browse().union(*first.values())

    def _get_siblings(self):
        """Return this person's links to the proofs of the order that were sent, this one included."""
        self.ensure_one()
        proofs = self.proof_id.sale_order_id._get_proofs()
        if len(proofs) == 1:
            return self
        person, links = self._get_person(), {}
        for reviewer in proofs.reviewer_ids.sorted("id"):
            if reviewer._get_person() == person and reviewer.is_active:
                links[reviewer.proof_id] = reviewer
        shown = proofs.filtered(lambda proof: proof.latest_revision_id and proof.state != "cancelled")
        return self.browse().union(*(links[proof] for proof in shown if proof in links))

    def _send_invitation(self, subject=None, body=None):
        """Queue one mail to each person, with the link to what that person is asked about.

        :param subject: where it is not the usual one, which everybody gets in their own language
        :param body: the same for the text above the link
        """
        for reviewer in self._get_one_each():
            person = reviewer._get_person()
            asked = self.filtered(lambda other, person=person: other._get_person() == person)
            usual = asked.proof_id._get_invitation_text(reviewer.lang)
            values = {"subject": subject or usual["subject"]}
            attachments = asked.proof_id._get_mail_attachments()
            if attachments:
                values["attachment_ids"] = [Command.set(attachments.ids)]
            mailer = reviewer.with_context(proof_body=body or usual["body_html"])
            mailer._send_mail_template("online_proof.mail_template_invitation", values)
            (asked - reviewer).write({"date_sent": reviewer.date_sent, "undelivered": False})
        self.proof_id._tell_stuck()

    def _tell_reopened(self, before, taken=None):
        """Tell people that what they were told holds no more.

        :param before: the state that they were told of: ``approved``, ``changes`` or ``expired``
        :param taken: the row that takes the decision back; none where a new revision replaces what was decided
        """
        xmlid = "online_proof.mail_template_person_reopened"
        for person in self.filtered("is_active"):
            person._send_mail_template(xmlid, proof_before=before, proof_taken=taken)

    def _get_decision_subject(self):
        """Return the subject of the mail that tells this person what was decided."""
        proof = self.proof_id
        made = self.env.context.get("proof_decision") or self.decision_ids[:1]
        if proof.state == "approved":
            return self.env._("%(proof)s: your proof is approved", proof=proof.display_name)
        if made.decision == "changes":
            return self.env._("%(proof)s: changes requested", proof=proof.display_name)
        return self.env._("%(proof)s: your approval is recorded", proof=proof.display_name)

    def _get_reopened_subject(self):
        """Return the subject of the mail that tells this person what holds no more (see ``_tell_reopened``)."""
        proof = self.proof_id.display_name
        before = self.env.context.get("proof_before")
        if before == "expired":
            return self.env._("%(proof)s: you have more time to answer", proof=proof)
        if self.proof_id.state == "approved":
            return self.env._("%(proof)s: an approval was taken back", proof=proof)
        if before == "changes":
            return self.env._("%(proof)s: the request for changes was taken back", proof=proof)
        if before == "sent":
            return self.env._("%(proof)s: your decision is withdrawn", proof=proof)
        return self.env._("%(proof)s: the proof is not approved any more", proof=proof)

    def _send_mail_template(self, xmlid, values=None, **context):
        """Queue a mail to each person, in the transaction of what it tells."""
        # sudo: the links in the mails are secrets that nobody else reads
        for reviewer in self.sudo().with_context(**context):
            reviewer.proof_id.with_context(**reviewer.env.context)._queue_mail(
                xmlid, reviewer, values, secret=reviewer._get_access_token()
            )
            reviewer.write({"date_sent": fields.Datetime.now(), "undelivered": False})
