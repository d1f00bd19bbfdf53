"""Times of complaints, by team and category."""

from odoo import fields, models
from odoo.tools import SQL


class ServiceComplaintReport(models.Model):
    """One row for each complaint; what has not happened yet is empty and counts in no average."""

    _name = "service.complaint.report"
    _description = "Complaint Times"
    _auto = False
    _order = "date desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", string="Complaint", readonly=True)
    # named as in sale.report
    date = fields.Datetime(string="Registered", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    category_id = fields.Many2one("helpdesk.ticket.category", readonly=True)
    user_id = fields.Many2one("res.users", string="Assigned To", readonly=True)
    is_closed = fields.Boolean(string="Closed", readonly=True)
    hours_to_answer = fields.Float(readonly=True, aggregator="avg")
    hours_to_close = fields.Float(readonly=True, aggregator="avg")
    answered_in_time = fields.Float(string="Answered in Time (%)", readonly=True, aggregator="avg")
    satisfaction = fields.Float(string="Satisfaction (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT ticket.id, ticket.id AS ticket_id, ticket.create_date AS date, ticket.company_id,
                   ticket.commercial_partner_id, ticket.team_id, ticket.category_id, ticket.user_id,
                   COALESCE(stage.closed, false) AS is_closed,
                   CASE WHEN ticket.date_first_response IS NOT NULL THEN ticket.hours_to_answer END AS hours_to_answer,
                   CASE WHEN ticket.closed_date IS NOT NULL THEN ticket.hours_to_close END AS hours_to_close,
                   CASE WHEN ticket.date_response_deadline IS NULL THEN NULL
                        WHEN ticket.date_first_response IS NOT NULL
                        THEN (ticket.date_first_response <= ticket.date_response_deadline)::int * 100.0
                        WHEN ticket.date_response_deadline < now() AT TIME ZONE 'UTC' THEN 0.0
                    END AS answered_in_time,
                   CASE ticket.satisfaction WHEN 'good' THEN 100.0 WHEN 'fair' THEN 50.0 WHEN 'bad' THEN 0.0
                    END AS satisfaction
              FROM helpdesk_ticket ticket
              LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
             WHERE ticket.dossier_id IS NOT NULL AND ticket.active AND ticket.merged_into_id IS NULL
            """
        )
