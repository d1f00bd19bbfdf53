"""Purchase orders that go to a supplier over SOAP."""

from tests.faults.jobs.base import Job
from tests.faults.ledger import Count, tally
from tools.sandbox_catalogue import CATALOGUE

ADDON = "supplier_webservice_order"
PART = "HM-66209-S"


class SupplierJob(Job):
    """One order and one charge per purchase order, and the supplier's price in its line."""

    addon = ADDON
    actions = tuple(f"{ADDON}.{name}" for name in ("ir_cron_send_orders", "ir_cron_send_orders_second"))
    fetching = (f"{ADDON}.ir_cron_fetch_answers",)

    def prepare(self):
        rpc = self.world.rpc()
        rpc.call(
            "supplier.connection",
            "write",
            [rpc.ref(f"{ADDON}.connection_hemo")],
            {"endpoint_url": self.world.supplier_url, "read_timeout": 3.0},
        )
        self.partner = rpc.ref(f"{ADDON}.partner_hemo")
        [(self.product,)] = self.world.sql(
            "SELECT product_id FROM product_supplierinfo WHERE product_code = %s AND product_id IS NOT NULL"
            " UNION SELECT p.id FROM product_supplierinfo s JOIN product_product p ON p.product_tmpl_id ="
            " s.product_tmpl_id WHERE s.product_code = %s AND s.product_id IS NULL LIMIT 1",
            (PART, PART),
        )
        account = rpc.call("credit.account", "search", [], limit=1)[0]
        values = {"account_id": account, "mode": "correction", "credit": 500.0, "reason": "For the faults"}
        [wizard] = rpc.call("credit.purchase", "create", [values])
        rpc.call("credit.purchase", "action_confirm", [wizard])

    def put_in(self, batch, size):
        self.batch = batch
        rpc = self.world.rpc()
        line = (0, 0, {"product_id": self.product, "product_qty": 1, "price_unit": 1.0})
        orders = [{"partner_id": self.partner, "order_line": [line]} for _number in range(size)]
        self.ids = rpc.call("purchase.order", "create", orders)
        rows = rpc.call("purchase.order", "read", self.ids, ["name"])
        self.names = {row["id"]: row["name"] for row in rows}
        rpc.call("purchase.order", "action_communicate", self.ids)
        self.world.sandbox.store.requests.clear()

    def pending(self):
        [(sending,)] = self.world.sql(
            "SELECT count(*) FROM supplier_exchange WHERE purchase_id = ANY(%s) AND operation = 'order'"
            " AND state NOT IN ('done', 'failed', 'cancelled')",
            (self.ids,),
        )
        return sending + self._unanswered()

    def _unanswered(self):
        return self.world.sql(
            "SELECT count(*) FROM purchase_order WHERE id = ANY(%s) AND webservice_state = 'AB'", (self.ids,)
        )[0][0]

    def leap(self):
        self.world.sql("UPDATE supplier_connection SET date_pause_end = NULL")
        self.world.sql(
            "UPDATE supplier_exchange SET date_lease_end = now() - interval '1 hour' WHERE state = 'sending'"
        )
        self.world.sql(
            "UPDATE supplier_exchange SET date_next_try = now() AT TIME ZONE 'UTC' - interval '1 hour'"
            " WHERE state IN ('queued', 'unknown')"
        )
        self.world.sql(
            "UPDATE purchase_order SET date_next_status = now() AT TIME ZONE 'UTC' - interval '1 hour'"
            " WHERE date_next_status IS NOT NULL AND webservice_state = 'AB'"
        )

    def counts(self, mails):
        names = set(self.names.values())
        once = dict.fromkeys(names, 1)
        ordered = tally(o["reference"] for o in self.world.sandbox.store.all() if o["reference"] in names)
        charged = self.world.sql(
            "SELECT p.name, count(*) FROM credit_transaction t JOIN purchase_order p ON p.id = t.purchase_id"
            " WHERE p.id = ANY(%s) GROUP BY p.name",
            (self.ids,),
        )
        [(reserved,)] = self.world.sql("SELECT COALESCE(sum(units), 0) FROM credit_reservation")
        priced = self.world.sql(
            "SELECT p.name, count(*) FROM purchase_order_line l JOIN purchase_order p ON p.id = l.order_id"
            " WHERE p.id = ANY(%s) AND p.webservice_state IN ('AP', 'CA') AND l.price_unit = %s GROUP BY p.name",
            (self.ids, CATALOGUE[PART].price),
        )
        return [
            Count(self.addon, "orders at the supplier", once, ordered),
            Count(self.addon, "not sent again once booked", once, self._sent_until_booked(names)),
            Count(self.addon, "charges", once, {**dict(charged), **({"reserved": 1} if reserved else {})}),
            Count(self.addon, "prices taken over", once, dict(priced)),
        ]

    def _sent_until_booked(self, names):
        """Return by order 1, and one more for each time it was sent although the supplier had it."""
        booked = {order["reference"]: order["booked_at"] for order in self.world.sandbox.store.all()}
        again = tally(
            request["reference"]
            for request in self.world.sandbox.store.requests
            if request["operation"] == "order" and request["at"] > booked.get(request.get("reference"), request["at"])
        )
        return {name: 1 + again.get(name, 0) for name in names if name in booked}
