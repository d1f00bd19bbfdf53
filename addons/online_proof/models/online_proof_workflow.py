from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, file_open


class OnlineProof(models.Model):
    """How a proof goes on: sent, decided, withdrawn, reminded of, expired."""

    _inherit = "online.proof"

    def _lock(self):
        """Wait until nobody else works on this proof.

        Who waited for another transaction then fails to serialise, and Odoo runs the request
        again on what the other one left. That needs a row that was written, not only locked.
        """
        self.env.cr.execute(SQL("UPDATE online_proof SET state = state WHERE id IN %s", tuple(self.ids)))
        self.invalidate_recordset()
        self.revision_ids.invalidate_recordset()

    # Sending

    def _send_revision(self, revision, partners, *, subject=None, body=None, rule="any", deadline=False):
        """Freeze a revision, replace the older ones, and mail every recipient their own link."""
        self.ensure_one()
        self._lock()
        if revision.state != "draft":
            raise UserError(self.env._("Revision %(number)s was sent already.", number=revision.number))
        revision._check_sendable()
        (self.revision_ids - revision).filtered(lambda other: other.state in ("sent", "changes", "approved")).write(
            {"state": "superseded"}
        )
        # one that was made of the draft may show other files
        revision.write({"state": "sent", "sent_date": fields.Datetime.now(), "watermark": False})
        self._open(rule, deadline)
        online = self.proof_type == "online"
        reviewers = self.env["online.proof.reviewer"]
        for partner in partners:
            reviewers |= reviewers._get_or_create(self, partner, can_decide=online, can_comment=online)
        if online:
            reviewers._let_recipients_decide()
        attachments = self._get_mail_attachments(revision)
        if self.proof_type != "printed":
            reviewers._send_invitation(subject, body, attachments)
        self._move_order(revision)
        names = ", ".join(reviewers.mapped("name")) or self._shop_env()._("nobody")
        self._note(
            self._shop_env()._("Revision %(number)s was sent to %(names)s.", number=revision.number, names=names)
        )
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()
        return reviewers

    def _get_mail_attachments(self, revision):
        if self.proof_type != "email":
            return None
        watermark = revision._get_watermark()
        return watermark.copy({"name": f"{self.name}-{revision.number}.pdf", "res_field": False, "res_id": 0})

    def _open(self, rule, deadline):
        days = self.company_id.proof_reminder_days
        self.write(
            {
                "state": "sent",
                "approval_rule": rule,
                "deadline": deadline,
                "decided_date": False,
                "next_reminder_date": self.company_id._proof_today_plus(days),
                "reminder_count": 0,
            }
        )

    def _move_order(self, revision):
        order = self.sale_order_id
        status = self.env["sale.production.status"].search(
            [*self.env["sale.production.status"]._get_domain(order.company_id), ("sends_proof", "=", True)], limit=1
        )
        if status and order.production_status_id != status:
            order.with_context(proof_sent=revision.id).production_status_id = status

    def _get_invitation_text(self, lang):
        """Return subject and body of the usual invitation in a language."""
        # sudo: the template may name things that the sender does not read
        template_sudo = self.env.ref("online_proof.mail_template_text").sudo().with_context(lang=lang or self.env.lang)
        return {field: template_sudo._render_field(field, self.ids)[self.id] for field in ("subject", "body_html")}

    # Deciding

    def _decide(self, revision, decision, *, reviewer=None, **values):
        """Record one person's decision about a revision and what follows from it.

        :param decision: ``approved`` or ``changes``
        :param values: further values of ``online.proof.decision``
        :returns: the decision; pressed twice, the first one
        :raises UserError: if this revision cannot be decided (any more) by this person
        """
        self.ensure_one()
        self._lock()
        decisions = self.env["online.proof.decision"]
        if reviewer:
            mine = decisions._get_standing(revision).filtered(lambda own: own.reviewer_id == reviewer)
            if mine.decision == decision:
                return mine
        self._check_decidable(revision, reviewer)
        if reviewer:
            values = {"decided_by": reviewer.name, "decided_email": reviewer.email, **values}
        made = decisions.create(
            {"revision_id": revision.id, "decision": decision, "reviewer_id": reviewer.id if reviewer else False}
            | values
        )
        if decision == "changes":
            self._conclude(revision, made, "changes")
        elif self._is_approved(revision, made):
            self._conclude(revision, made, "approved")
        else:
            self._note(self._shop_env()._("%(name)s approved; others still have to.", name=made.decided_by))
        return made

    def _check_decidable(self, revision, reviewer):
        if revision != self._get_latest_revision():
            raise UserError(self.env._("A newer revision exists; this one can no longer be decided."))
        if self.state == "expired":
            raise UserError(self.env._("The deadline for this proof has passed. Please contact us."))
        if self.state != "sent" or revision.state != "sent":
            raise UserError(self.env._("This proof was decided already."))
        if self.sale_order_id.state == "cancel":
            raise UserError(self.env._("The order was cancelled."))
        if reviewer and not (reviewer.can_decide and reviewer.is_active):
            raise UserError(self.env._("You may look at this proof, but not decide about it."))
        if reviewer and self.env["online.proof.decision"]._get_standing(revision).filtered(
            lambda own: own.reviewer_id == reviewer
        ):
            raise UserError(self.env._("You have decided already."))

    def _is_approved(self, revision, made):
        """Return whether the approvals are enough; one recorded by the shop or by checkout always is."""
        if self.approval_rule == "any" or made.channel != "online":
            return True
        return self._get_deciders() <= self.env["online.proof.decision"]._get_standing(revision).reviewer_id

    def _get_deciders(self):
        return self.reviewer_ids.filtered(lambda reviewer: reviewer.can_decide and reviewer.is_active)

    def _conclude_without_the_others(self):
        """Approve what only people had to approve who cannot decide any more; return whether it is so."""
        self.ensure_one()
        self._lock()
        revision = self._get_latest_revision()
        standing = self.env["online.proof.decision"]._get_standing(revision)
        if self.state != "sent" or revision.state != "sent" or not standing:
            return False
        if not self._get_deciders() <= standing.reviewer_id:
            return False
        self._conclude(revision, standing.sorted("date")[-1], "approved")
        return True

    def _conclude(self, revision, made, state):
        revision.state = state
        self.write({"state": state, "decided_date": made.date, "next_reminder_date": False})
        if state == "approved":
            text = self.env._("%(name)s approved revision %(number)s.", name=made.decided_by, number=revision.number)
        else:
            text = self.env._(
                "%(name)s asked for changes to revision %(number)s.", name=made.decided_by, number=revision.number
            )
        self._note(text)
        self._tell_decision(made)
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()

    def _withdraw(self, reviewer):
        """Take back a person's decision, as long as the grace period runs and production has not begun."""
        self.ensure_one()
        self._lock()
        made = self._get_withdrawable(reviewer)
        if not made:
            raise UserError(self.env._("It is too late to withdraw the decision. Please call us."))
        made.withdrawn_date = fields.Datetime.now()
        made.revision_id.write({"state": "sent", "certificate": False})
        self._open(self.approval_rule, self.deadline)
        self._note(self._shop_env()._("%(name)s withdrew the decision.", name=made.decided_by))
        self._tell_shop("online_proof.mail_template_shop_withdrawn", made)
        return made

    def _get_withdrawable(self, reviewer, standing=None):
        """Return the decision that a person can still withdraw.

        :param standing: the decisions about the latest revision, where they are known
        """
        if standing is None:
            standing = self.env["online.proof.decision"]._get_standing(self._get_latest_revision())
        made = standing.filtered(lambda own: own.reviewer_id == reviewer and own.channel == "online")
        if not made:
            return made
        began = self.sale_order_id.production_status_id.needs_approval
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=self.company_id.proof_grace_minutes)
        return made if made.date >= limit and not began and not made.sale_line_id else made.browse()

    # Telling

    def _tell_decision(self, made):
        """Queue the mails to the shop and to the ordering customer."""
        self._tell_shop("online_proof.mail_template_shop_decision", made)
        # sudo: guests cause mails to people whom they cannot read
        template_sudo = self.env.ref("online_proof.mail_template_customer_decision").sudo()
        customer = self.partner_id
        if customer.email:
            self._queue_mail(template_sudo, made)

    def _tell_shop(self, xmlid, record):
        """Queue a mail to the order's salesperson and the company's address for decisions."""
        if self.shop_emails:
            # sudo: guests cause mails to people whom they cannot read
            self._queue_mail(self.env.ref(xmlid).sudo(), record)

    def _queue_mail(self, template_sudo, record):
        template_sudo.send_mail(
            record.id,
            force_send=False,
            email_values={"is_internal": True},
            email_layout_xmlid="mail.mail_notification_light",
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _shop_env(self):
        """Return the environment to write notes in: in the salesperson's language where nobody of the shop acts."""
        if self.env.lang and not self.env.user.share:
            return self.env
        return self.with_context(lang=self.sudo().user_id.lang or self.env.lang).env

    def _note(self, body):
        """Leave a note in the chatter; guests have no name of their own there."""
        author = self.env.ref("base.partner_root") if self.env.user.share else self.env.user.partner_id
        self.sudo().message_post(body=body, author_id=author.id)  # customers and guests write no messages

    # Crons

    @api.model
    def _cron_remind(self):
        """Close proofs whose deadline has passed and remind the others' customers."""
        today = fields.Date.context_today(self)
        over = Domain("state", "=", "sent") & Domain("deadline", "<", today)
        due = Domain("state", "=", "sent") & Domain("next_reminder_date", "<=", today)
        proofs = self.search(over | due, order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(proofs))
        for proof in proofs:
            proof = proof[0].try_lock_for_update().filtered_domain(over | due)
            if proof.filtered_domain(over):
                proof._expire()
            elif proof:
                proof._remind()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _restore_state(self):
        """Let the proofs of orders that were cancelled stand as their latest revision does."""
        for proof in self.filtered(lambda proof: proof.state == "cancelled"):
            revision = proof._get_latest_revision()
            proof.state = revision.state if revision.state in ("sent", "changes", "approved") else "draft"
            if proof.state == "sent":
                proof.next_reminder_date = proof.company_id._proof_today_plus(proof.company_id.proof_reminder_days)

    def _expire(self):
        self.write({"state": "expired", "next_reminder_date": False})
        self._note(self._shop_env()._("The deadline passed without a decision."))
        self._tell_shop("online_proof.mail_template_shop_expired", self)

    def _remind(self):
        if self._conclude_without_the_others():
            return
        revision = self._get_latest_revision()
        decided = self.env["online.proof.decision"]._get_standing(revision).reviewer_id
        waiting = self._get_deciders() - decided
        if self.proof_type == "email":
            # they answer by mail, and the shop records it
            waiting = self.reviewer_ids.filtered(lambda person: person.kind == "customer" and person.is_active)
        waiting._send_mail_template("online_proof.mail_template_reminder")
        days = self.company_id.proof_reminder_days
        self.write(
            {
                "next_reminder_date": self.company_id._proof_today_plus(days),
                "reminder_count": self.reminder_count + 1,
            }
        )

    def action_remind(self):
        """Remind the people who have not decided, now."""
        self.check_access("write")
        for proof in self.filtered(lambda proof: proof.state == "sent"):
            proof._remind()

    def action_extend(self):
        """Open an expired proof again, with the company's usual time to answer."""
        self.check_access("write")
        for proof in self.filtered(lambda proof: proof.state == "expired"):
            company = proof.company_id
            proof._open(proof.approval_rule, company._proof_today_plus(company.proof_deadline_days))

    # Demo data

    @api.model
    def _add_demo_files(self, order_xmlid, names):
        """Put files of the demo folder on an order, as an upload would."""
        files = []
        for name in names:
            with file_open(f"online_proof/demo/files/{name}", "rb") as file:
                files.append((name, file.read()))
        self.env.ref(order_xmlid)._get_or_create_proof()._add_files(files)
