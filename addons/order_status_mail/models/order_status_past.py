"""How the past of orders comes to count as told: at the installation, and when more is told than before."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every


class OrderStatusPast(models.AbstractModel):
    """Nobody is mailed about what happened before the shop wanted it to be told."""

    _name = "order.status.past"
    _description = "Past of Web Orders"

    @api.model
    def _take_baseline(self):
        """Take how the existing orders stand as told."""
        [(shortest, oldest)] = self.env["website"]._read_group(
            [], aggregates=["status_mail_max_age:min", "status_mail_max_age:max"]
        )
        domain = [("website_id", "!=", False)]
        if shortest and oldest:
            domain.append(("date_order", ">=", fields.Datetime.now() - timedelta(days=oldest)))
        self._adopt(domain)

    @api.model
    def _adopt_older(self, website, days):
        """Before older orders are mailed about: how they stand counts as told.

        :param days: the new age of the oldest order; 0: no limit
        """
        before, now = website.status_mail_max_age, fields.Datetime.now()
        if not before or (days and days <= before):
            return
        domain = [("website_id", "=", website.id), ("date_order", "<", now - timedelta(days=before))]
        if days:
            domain.append(("date_order", ">=", now - timedelta(days=days)))
        self._adopt(domain)

    def _adopt(self, domain):
        run = self.env["order.status.run"]
        domain = [*domain, ("state", "in", ("sale", "cancel"))]
        for ids in split_every(500, self.env["sale.order"].search(domain, order="id").ids):
            orders = self.env["sale.order"].browse(ids)
            facts = self.env["order.status.facts"]._gather(orders)
            known = run._snapshots(orders)
            news = [(order, facts[order.id], []) for order in orders if order.id not in known]
            run._write_snapshots(news, {}, self.env["order.status.event"], facts)
            self.env.invalidate_all()

    @api.model
    def _adopt_pending(self, website, codes):
        """Before rules are switched on: what is pending for them counts as told, without a mail."""
        self.env.cr.flush()
        self.env["order.status.supply"].search([("product_id", "!=", False)])._share_out()
        self.env.cr.flush()
        self.env.cr.execute(
            """
            SELECT DISTINCT mark.order_id FROM order_status_mark mark
              JOIN sale_order so ON so.id = mark.order_id AND so.website_id = %s
            """,
            (website.id,),
        )
        for ids in split_every(500, [order_id for (order_id,) in self.env.cr.fetchall()]):
            orders = self.env["sale.order"].browse(ids)
            # wait for whoever saves an order at this moment: else its past would stay pending, and be told
            self.env.cr.execute("SELECT id FROM sale_order WHERE id = ANY(%s) FOR NO KEY UPDATE", (list(ids),))
            self.env["order.status.run"]._tell(orders, codes=codes)
