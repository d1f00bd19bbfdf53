"""Web-shop orders whose customers are told."""

from tests.faults.jobs.base import Job
from tests.faults.ledger import Count

ADDON = "order_status_mail"


class StatusJob(Job):
    """One mail and one event per order that was confirmed."""

    addon = ADDON
    actions = (f"{ADDON}.ir_cron_tell_customers",)

    def prepare(self):
        rpc = self.world.rpc()
        self.website = rpc.call("website", "search", [], limit=1)[0]
        rpc.call("website", "write", [self.website], {"status_mail_tolerance": 0})
        rules = rpc.call("order.status.rule", "search", [("website_id", "=", self.website), ("code", "=", "status")])
        rpc.call("order.status.rule", "write", rules, {"enabled": True})
        self.product = rpc.call("product.product", "create", [{"name": "Fault lamp", "type": "service"}])[0]
        self.world.run(self.actions[0])

    def put_in(self, batch, size):
        self.batch = batch
        rpc = self.world.rpc()
        people = [{"name": f"Status {batch} {n}", "email": f"os-{batch}-{n}@example.com"} for n in range(size)]
        partners = rpc.call("res.partner", "create", people)
        line = (0, 0, {"product_id": self.product, "product_uom_qty": 1})
        self.orders = rpc.call(
            "sale.order",
            "create",
            [{"partner_id": partner, "website_id": self.website, "order_line": [line]} for partner in partners],
        )
        rpc.call("sale.order", "action_confirm", self.orders)
        self.addresses = [person["email"] for person in people]

    def pending(self):
        return self.world.sql(
            "SELECT count(DISTINCT order_id) FROM order_status_mark WHERE order_id = ANY(%s)", (self.orders,)
        )[0][0]

    def leap(self):
        self.world.sql("UPDATE order_status_snapshot SET date_next_try = NULL WHERE date_next_try IS NOT NULL")

    def counts(self, mails):
        mine = set(self.addresses)
        told = self.world.sql(
            "SELECT order_id, count(DISTINCT message_id) FROM order_status_event WHERE order_id = ANY(%s)"
            " AND message_id IS NOT NULL GROUP BY order_id",
            (self.orders,),
        )
        return [
            self.count_mails(
                "status mails", dict.fromkeys(mine, 1), mails, lambda to, _subject, _text: to if to in mine else None
            ),
            Count(self.addon, "orders told in the ledger", dict.fromkeys(self.orders, 1), dict(told)),
        ]
