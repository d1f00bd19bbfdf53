"""What was told, by week and rule: the shop's page."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.tools import SQL


class OrderStatusReport(models.Model):
    """Counts of the last year's ledger: a row for each week, website and rule."""

    _name = "order.status.report"
    _description = "What Customers Were Told"
    _auto = False
    _order = "date_week desc, website_id, rule"
    _rec_name = "rule"

    date_week = fields.Date("Week", readonly=True, help="Monday of the week, where the shop is.")
    website_id = fields.Many2one("website", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    rule = fields.Selection(selection="_selection_rule", readonly=True)
    told_count = fields.Integer("Told", readonly=True, help="Changes that a mail server took a mail about.")
    customer_count = fields.Integer("Customers", readonly=True, aggregator=None, help="How many people were told.")
    waiting_count = fields.Integer("Waiting", readonly=True, help="In a mail that is still to be sent.")
    undelivered_count = fields.Integer(
        "Not Delivered",
        readonly=True,
        help="The mail came back or failed, or there is no address; nothing told it since.",
    )
    refused_count = fields.Integer("Refused", readonly=True, help="The customer does not want these mails.")
    silent_count = fields.Integer("Not Told", readonly=True, help="For another reason, which the ledger has.")

    def _selection_rule(self):
        return self.env["order.status.event"]._selection_rule()

    @property
    def _table_query(self):
        week = SQL(
            """DATE_TRUNC('week', event.date_found AT TIME ZONE 'UTC'
                                  AT TIME ZONE COALESCE(website.status_mail_tz, 'UTC'))::date"""
        )
        return SQL(
            """
            SELECT MIN(event.id) AS id, %(week)s AS date_week, event.website_id, event.company_id, event.rule,
                   COUNT(*) FILTER (WHERE event.mail_state = 'sent') AS told_count,
                   COUNT(DISTINCT event.partner_id) FILTER (WHERE event.mail_state = 'sent') AS customer_count,
                   COUNT(*) FILTER (WHERE event.mail_state = 'waiting') AS waiting_count,
                   COUNT(*) FILTER (WHERE event.reason IN ('undelivered', 'no_address')) AS undelivered_count,
                   COUNT(*) FILTER (WHERE event.reason = 'opted_out') AS refused_count,
                   COUNT(*) FILTER (WHERE event.reason NOT IN ('undelivered', 'no_address', 'opted_out'))
                       AS silent_count
              FROM order_status_event event
              LEFT JOIN website ON website.id = event.website_id
             WHERE event.date_found > NOW() AT TIME ZONE 'UTC' - INTERVAL '1 year'
             GROUP BY %(week)s, event.website_id, event.company_id, event.rule
            """,
            week=week,
        )

    def action_open_events(self):
        """Open the ledger of this row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("order_status_mail.order_status_event_action")
        first, last = self._week()
        action["domain"] = [
            ("rule", "=", self.rule),
            ("website_id", "=", self.website_id.id),
            ("date_found", ">=", first),
            ("date_found", "<", last),
        ]
        return action

    def _week(self):
        """Return the moments (UTC) that the week begins and ends with where the shop is."""
        zone = ZoneInfo(self.website_id.status_mail_tz or "UTC")
        days = (self.date_week, fields.Date.add(self.date_week, days=7))
        return tuple(datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None) for day in days)
