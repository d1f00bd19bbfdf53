import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, file_open

from ..const import READER_LABELS, SENT
from ..life import verdict
from ..utils import sentence
from .online_proof_decision import CHOICES

_logger = logging.getLogger(__name__)


class OnlineProof(models.Model):
    """How a proof goes on: sent, decided, withdrawn. Its state follows from the decisions that stand."""

    _inherit = "online.proof"

    def _lock(self):
        """Wait until nobody else works on this proof.

        Who waited for another transaction then fails to serialise, and Odoo runs the request
        again on what the other one left. That needs a row that was written, not only locked.
        """
        self.env.cr.execute(SQL("UPDATE online_proof SET state = state WHERE id IN %s", tuple(self.ids)))
        self.invalidate_recordset()
        self.revision_ids.invalidate_recordset()

    # State

    def _get_facts(self, standing=None):
        """Return what the state follows from, as ``life.verdict`` looks at it.

        :param standing: the decisions that stand about the latest revision, where they are known
        """
        self.ensure_one()
        latest = self.latest_revision_id
        sent = bool(latest) and latest.customer_id == self.commercial_partner_id
        if standing is None:
            decisions_sudo = self.env["online.proof.decision"].sudo()  # the state follows from all, whoever looks
            standing = decisions_sudo._get_standing(latest) if sent else decisions_sudo
        former = latest._get_approval_basis() if sent else {}
        return verdict.Facts(
            cancelled=self.sale_order_id.state == "cancel",
            sent=sent,
            standing=standing._get_verdict_values() if sent else (),
            asked=self._get_asked() if self.approval_rule == "all" else frozenset(),
            rule=self.approval_rule,
            over=bool(self.deadline) and self.deadline < self.company_id._proof_today(),
            **former,
        )

    def _get_present_state(self, standing=None):
        """Return the state at this moment: a deadline passes by itself, without a scheduled action.

        :param standing: the decisions that stand about the latest revision, where they are known
        """
        return verdict.state(self._get_facts(standing))

    def _follow_decisions(self):
        """Let the stored states say what follows from the decisions that stand; tell what is new."""
        for proof in self:
            state, before = proof._get_present_state(), proof.state
            latest = proof.latest_revision_id
            outcome = state if state in CHOICES else "sent"
            if state in (*CHOICES, "sent", "expired") and latest.state != outcome:
                latest.write(latest._prepare_outcome_values(outcome))
            if state != before:
                proof._take_state(state)
                proof._on_state_changed(before)
        if not self.env.context.get("proof_sending"):  # who is asked is not mailed yet
            self._tell_stuck()

    def _take_state(self, state):
        """Store a state, and what goes with it."""
        values = {"state": state, "date_decided": False}
        if state in CHOICES:
            decisions = self.env["online.proof.decision"]
            last = decisions._get_standing(self.latest_revision_id).sorted("number")[-1:]
            values["date_decided"] = last.date
            self._track_set_author(self._get_author(last.reviewer_id))
        if state != "sent":
            values["next_reminder_date"] = False
        self.write(values)

    def _on_state_changed(self, before):
        """Do what a new state brings about."""
        if self.state in CHOICES:
            if before != "cancelled":  # taken up again: everybody was told before
                self._announce()
        elif self.state == "expired":
            self._note(self._shop_env()._("The deadline passed without a decision."))
            self._tell_shop("online_proof.mail_template_shop_expired", self)
        elif self.state == "sent" and before != "draft":
            self.next_reminder_date = self._get_next_reminder_date()
            if before == "expired" and not self.env.context.get("proof_sending"):
                self._tell_more_time()

    def _announce(self):
        """Tell that the proof is decided now."""
        standing = self.env["online.proof.decision"]._get_standing(self.latest_revision_id)
        made = standing.filtered(lambda own: own.decision == self.state).sorted("date")[-1:]
        number = self.latest_revision_id.number
        shop = self._shop_env()
        if self.state == "approved":
            text = shop._("%(name)s approved revision %(number)s.", name=made.decided_by, number=number)
        else:
            text = shop._("%(name)s asked for changes to revision %(number)s.", name=made.decided_by, number=number)
        self._note(text, made.reviewer_id)
        self._tell_decision(made)
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()

    # Sending

    def _check_deadline(self, deadline):
        """Refuse a date that has passed already.

        :raises UserError: for a day before today
        """
        today = (self.company_id or self.env.company)._proof_today()
        if deadline and fields.Date.to_date(deadline) < today:
            raise UserError(self.env._("The deadline lies in the past. Choose today or a later day."))

    def _send_revision(self, revision, partners, *, subject=None, body=None, rule="any", deadline=False):
        """Send one revision to its recipients, each with a link of their own."""
        reviewers = self._freeze_revision(revision, partners, rule=rule, deadline=deadline)
        if self.proof_type != "printed":
            reviewers._send_invitation(subject, body)
        return reviewers

    def _freeze_revision(self, revision, partners, *, rule="any", deadline=False):
        """Freeze a revision and replace the older ones; returns who is to be told."""
        self.ensure_one()
        self._lock()
        if revision.state != "draft":
            raise UserError(self.env._("Revision %(number)s was sent already.", number=revision.number))
        if self.sale_order_id.state == "cancel":
            raise UserError(self.env._("The order was cancelled."))
        self._check_deadline(deadline)
        self._check_recipients(partners)
        revision._check_sendable()
        before = self.state
        told = self._get_people_told() if self.state in CHOICES else self.env["online.proof.reviewer"]
        (self.revision_ids - revision).filtered(lambda other: other.state != "superseded").write(
            {"state": "superseded"}
        )
        # a watermark that was made of the draft may show other files
        now = fields.Datetime.now()
        revision.write(
            {"state": "sent", "date_sent": now, "watermark": False, "customer_id": self.commercial_partner_id.id}
        )
        sending = self.with_context(proof_sending=True)
        reviewers = sending._invite(partners).with_env(self.env)
        sending._open(rule, deadline)
        # the others are invited to the new one
        (told - reviewers)._tell_reopened(before)
        self._move_order(revision)
        shop = self._shop_env()
        names = ", ".join(reviewers.mapped("name")) or shop._("nobody")
        self._note(shop._("Revision %(number)s was sent to %(names)s.", number=revision.number, names=names))
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()
        return reviewers

    def _check_recipients(self, partners):
        """Refuse people whom the proof reached as the customer's, and who work for somebody else by now."""
        for person in self.reviewer_ids.filtered(lambda person: person.partner_id in partners):
            partner, customer = person.partner_id, self.commercial_partner_id
            former = person.employer_id == person.customer_id == customer
            if former and partner.commercial_partner_id != customer:
                raise UserError(
                    self.env._(
                        "%(name)s works for %(employer)s now, and this proof is for %(customer)s. Hand the proof over "
                        "to the new customer first, or choose somebody else.",
                        name=partner.name,
                        employer=partner.commercial_partner_id.name,
                        customer=customer.name,
                    )
                )

    def _invite(self, partners):
        """Return the people who get the proof."""
        online = self.proof_type == "online"
        reviewers = self.env["online.proof.reviewer"]
        for partner in partners:
            reviewers |= reviewers._get_or_create(self, partner, can_decide=online, can_comment=online)
        if online:
            reviewers._allow_decisions()
        return reviewers

    def _get_mail_attachments(self):
        """Return copies of the watermarked PDFs of proofs that go by mail."""
        attachments = self.env["ir.attachment"].sudo()  # hang on the mail, which nobody else reads
        for proof in self.filtered(lambda proof: proof.proof_type == "email"):
            revision = proof.latest_revision_id
            name = f"{proof.display_name}-{revision.number}.pdf".replace("/", "-")
            attachments |= revision._get_watermark().copy({"name": name, "res_field": False, "res_id": 0})
        return attachments

    def _open(self, rule, deadline):
        """Let the time to answer begin."""
        self._close_stuck()
        self.write({"approval_rule": rule, "deadline": deadline, "reminder_count": 0})
        self.next_reminder_date = self._get_next_reminder_date()
        self._follow_decisions()

    def _move_order(self, revision):
        order = self.sale_order_id
        status = self.env["sale.production.status"].search(
            [*self.env["sale.production.status"]._get_domain(order.company_id), ("sends_proof", "=", True)], limit=1
        )
        if status and order.production_status_id != status:
            order.with_context(proof_sent=SENT).production_status_id = status

    def action_transfer(self):
        """Hand the proofs over to the customer that the order's contact works for now."""
        self.check_access("write")
        self.sudo()._restart_for_customer()  # the customer is changed by methods only

    def _restart_for_customer(self):
        """Hand the proof over to the order's present customer: the files are a draft again, to be sent anew.

        Links and decisions of the former customer's people stay as evidence and mean nothing any more.
        """
        for proof in self.filtered("customer_moved"):
            proof._lock()
            before, now = proof.commercial_partner_id, proof.partner_id.commercial_partner_id
            proof.commercial_partner_id = now
            shop = proof._shop_env()
            proof._note(shop._("The customer is %(now)s now; it was %(before)s.", now=now.name, before=before.name))
            sent = proof.revision_ids.filtered(lambda revision: revision.state not in ("draft", "superseded"))
            former = sent.filtered_domain([("customer_id", "!=", proof.commercial_partner_id.id)])
            if former:
                former.write({"state": "superseded"})
                if not proof.draft_revision_id:
                    proof._get_or_create_draft().action_copy_previous_files()
                summary = proof._shop_env()._("The customer changed: send the proof again")
                proof._ask_person(summary)
            proof._follow_decisions()

    # Deciding

    def _needs_administrator(self):
        """Return whether an administrator of the customer has to approve what this buyer orders."""
        return bool(self.partner_id.proof_user_level_id.needs_approval)

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
            own = decisions._get_standing(revision)._get_own(reviewer)
            if own[:1].decision == decision:
                return own
        self._check_decidable(revision, reviewer, values.get("channel"))
        if reviewer:
            values = {"decided_by": reviewer.name, "decided_email": reviewer.email, **values}
        made = decisions.create(
            {
                "revision_id": revision.id,
                "decision": decision,
                "reviewer_id": reviewer.id if reviewer else False,
                "order_facts": self._get_proof_facts(),
                "asked_facts": self._get_asked_facts(),
                **values,
            }
        )
        # sudo: the visitor hands the files over and cannot write them again
        made.attachment_ids.sudo().write({"res_model": made._name, "res_id": made.id})
        self._follow_decisions()
        if self.state == "sent":
            self._tell_partial(made)
        if reviewer and decision == "changes":
            # they go with the request
            own = self.comment_ids.filtered(lambda pin: pin.reviewer_id == reviewer and not pin.date_told)
            own.date_told = fields.Datetime.now()
        return made

    def _check_decidable(self, revision, reviewer, channel="online"):
        if revision != self.latest_revision_id:
            raise UserError(self.env._("A newer revision exists; this one can no longer be decided."))
        state = self._get_present_state()
        if state == "cancelled":
            raise UserError(self.env._("The order was cancelled."))
        if state == "expired":
            raise UserError(self.env._("The deadline for this proof has passed. Please contact us."))
        if not verdict.allows("decide", state):
            raise UserError(self.env._("This proof was decided already."))
        if channel == "online" and self.proof_type != "online":
            raise UserError(
                self.env._("This proof is not decided online any more. Please answer by mail or telephone.")
            )
        if channel == "online" and not (reviewer and reviewer._may_decide()):
            raise UserError(self.env._("You may look at this proof, but not decide about it."))
        if reviewer and self.env["online.proof.decision"]._get_standing(revision)._get_own(reviewer):
            raise UserError(self.env._("You have decided already."))
        if not all(file._is_unaltered() for file in revision.file_ids):
            _logger.error("files of revision %s of proof %s were altered after it was sent", revision.id, self.id)
            raise UserError(
                self.env._("The files of this proof are not those that were sent. Please ask the shop to send it anew.")
            )

    # Taking back

    def _withdraw(self, reviewer, **trace):
        """Take back a person's decision, as long as the grace period runs and production has not begun."""
        self.ensure_one()
        self._lock()
        made = self._get_withdrawable(reviewer)
        if not made:
            raise UserError(self.env._("It is too late to withdraw the decision. Please call us."))
        self._take_back(
            made,
            decision="withdrawn",
            channel="online",
            reviewer_id=reviewer.id,
            decided_by=reviewer.name,
            decided_email=reviewer.email,
            **trace,
        )
        self._note(self._shop_env()._("%(name)s withdrew the decision.", name=made.decided_by), reviewer)
        self._tell_shop("online_proof.mail_template_shop_withdrawn", made)
        return made

    def _take_back(self, made, **values):
        """Add the row that takes a decision back; the state is what follows from the rest."""
        before, people = self.state, self._get_people_told()
        taken = self.env["online.proof.decision"].create(
            {"revision_id": made.revision_id.id, "withdraws_id": made.id, **values}
        )
        self._follow_decisions()
        if self.state == before == "approved":
            made.revision_id._approve_anew()
        (people if self.state != before else made.reviewer_id)._tell_reopened(before, taken)

    def _get_withdrawable(self, reviewer, standing=None):
        """Return the decision that a person can still withdraw.

        :param standing: the decisions about the latest revision, where they are known
        """
        if standing is None:
            standing = self.env["online.proof.decision"]._get_standing(self.latest_revision_id)
        made = standing._get_own(reviewer).filtered(lambda own: own.channel == "online")[:1]
        if not made or not verdict.allows("withdraw", self.state) or made.sale_line_id:
            return made.browse()
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=self.company_id.proof_grace_minutes)
        return made if made.date >= limit and not self.sale_order_id._has_begun_production() else made.browse()

    # As its readers see it

    def _get_reader_label(self, partner):
        """Return how the proof stands, from the side of a person of the customer."""
        return self._get_person_label(self.reviewer_ids.filtered(lambda person: person.partner_id == partner))[1]

    def _get_person_label(self, own):
        """Return ``(code, sentence)`` of how the proof stands, from the side of who has these links."""
        code, values = self._get_present_state(), {}
        if code == "sent":
            code, values = self._get_waiting_label(own)
        return code, sentence(self.env, READER_LABELS[code], values)

    def _get_waiting_label(self, own):
        if self.proof_type != "online":
            return "answer", {}
        standing = self.env["online.proof.decision"]._get_standing(self.latest_revision_id)
        if standing.filtered(lambda made: made.reviewer_id in own):
            return "others", {}
        if own.filtered(lambda person: person._may_decide()):
            return "yours", {}
        deciders = self._get_deciders().filtered(lambda person: person.kind == "administrator")
        if self._needs_administrator() and deciders:
            return "administrator", {"names": ", ".join(deciders.mapped("name"))}
        return "sent", {}

    # Demo data

    @api.model
    def _add_demo_files(self, order_xmlid, names):
        """Put files of the demo folder on an order, as an upload would."""
        files = []
        for name in names:
            with file_open(f"online_proof/demo/files/{name}", "rb") as file:
                files.append((name, file.read()))
        self.env.ref(order_xmlid)._get_or_create_proof()._add_files(files)

    @api.model
    def _send_demo_proof(self, order_xmlid):
        """Prepare the files of a demo order at once and send them to its customer, as the shop would."""
        order = self.env.ref(order_xmlid)
        revision = order._get_or_create_proof().draft_revision_id
        for file in revision.file_ids:
            file._make_ready()
        revision.proof_id._send_revision(revision, order.partner_id)
