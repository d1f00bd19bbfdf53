"""Complaints that wait for the customer, come back to life, or are one with another."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskTicketStage(models.Model):
    """A stage in which complaints may wait for the customer."""

    _inherit = "helpdesk.ticket.stage"

    dossier_waits = fields.Boolean(
        string="Waiting for the Customer",
        help="The clock of a complaint's response target stands still here; the customer's answer ends the wait.",
    )


class HelpdeskTicket(models.Model):
    """A complaint that waits, comes back or is merged."""

    _inherit = "helpdesk.ticket"

    date_waiting = fields.Datetime(string="Waiting Since", readonly=True, copy=False)
    waited_from_id = fields.Many2one("helpdesk.ticket.stage", readonly=True, copy=False, index="btree_not_null")
    merged_into_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The complaint that goes on in place of this one.",
    )

    def write(self, vals):
        """Stop and start the clock of the response target where the stage says so."""
        stages = {ticket.id: ticket.stage_id for ticket in self} if vals.get("stage_id") else {}
        result = super().write(vals)
        # an agent may have handed the ticket over to another team by the same change
        tickets_sudo = self.sudo() if stages else self.browse()
        for ticket in tickets_sudo.filtered("dossier_id"):
            before, after = stages[ticket.id], ticket.stage_id
            if after.dossier_waits and not before.dossier_waits:
                ticket.write({"date_waiting": fields.Datetime.now(), "waited_from_id": before.id})
            elif before.dossier_waits and not after.dossier_waits:
                ticket._end_wait()
        return result

    def _end_wait(self):
        """Give the time that was waited for the customer back to the target."""
        waited = fields.Datetime.now() - (self.date_waiting or fields.Datetime.now())
        values = {"date_waiting": False, "waited_from_id": False}
        if self.date_response_deadline and not self.date_first_response and self.date_waiting:
            values["date_response_deadline"] = self._deadline_after(waited)
        self.write(values)

    def _deadline_after(self, waited):
        calendar = self.company_id.resource_calendar_id
        if not calendar:
            return self.date_response_deadline + waited
        hours = calendar.get_work_hours_count(self.date_waiting, self.date_waiting + waited)
        return (
            calendar.plan_hours(hours, self.date_response_deadline, compute_leaves=True) or self.date_response_deadline
        )

    def _on_customer_answer(self):
        """Bring complaints back to work that waited for the customer, or were closed a short while ago."""
        tickets_sudo = self.sudo()  # the customer has no write access
        for ticket in tickets_sudo:
            stage = ticket.stage_id
            if stage.dossier_waits:
                ticket.stage_id = ticket.waited_from_id or ticket._working_stage()
            elif stage.closed and ticket._may_reopen():
                ticket.stage_id = ticket._working_stage()
                ticket.closed_date = False

    def _may_reopen(self):
        days = self.company_id.dossier_reopen_days
        closed = self.closed_date or self.last_stage_update
        return bool(closed) and closed >= fields.Datetime.now() - timedelta(days=days)

    def _working_stage(self):
        """Return the stage in which somebody works on a complaint, of its own team."""
        team = self.team_id or self.team_id.with_company(self.company_id)
        stages = team._get_applicable_stages()
        working = stages.filtered(lambda s: not (s.closed or s.unattended or s.dossier_waits))
        return working[:1] or stages[:1]

    def _get_conversation(self):
        """Return the complaint that goes on: this one, or the one that it was merged into."""
        ticket, seen = self, self.browse()
        while ticket.merged_into_id and ticket not in seen:
            seen |= ticket
            ticket = ticket.merged_into_id
        return ticket

    def _merge_into(self, target):
        """Close these complaints in favor of another one of the same dossier, which hears of what is said on them.

        :raises UserError: where they are of different dossiers, or one of them is the target
        """
        if target in self or not target.dossier_id or any(ticket.dossier_id != target.dossier_id for ticket in self):
            raise UserError(self.env._("Only complaints of one dossier can be merged."))
        if target._get_conversation() in self:
            raise UserError(self.env._("This complaint was merged into the other one already."))
        for ticket in self:
            closed = (ticket.team_id or ticket.team_id.with_company(ticket.company_id))._get_applicable_stages()
            closed = closed.filtered("closed")[:1]
            # the customer is not told that a complaint is done when it goes on elsewhere
            values = {"merged_into_id": target.id, **({"stage_id": closed.id} if closed else {})}
            ticket.with_context(tracking_disable=True).write(values)
            target.message_subscribe(partner_ids=ticket.message_partner_ids.ids)
            target.message_post(
                body=self.env._("%(number)s was merged into this complaint.", number=ticket.number),
                subtype_xmlid="mail.mt_note",
            )

    def action_merge(self):
        """Merge the chosen complaints into the oldest of them."""
        self.check_access("write")
        if len(self) < 2:
            raise UserError(self.env._("Choose at least two complaints."))
        target = min(self, key=lambda ticket: ticket.id)
        (self - target)._merge_into(target)
        return target.get_formview_action()
