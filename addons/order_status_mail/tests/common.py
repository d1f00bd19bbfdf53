"""A small web shop: a website with all rules on, a customer, a product in stock and one that is bought."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase

from ..rules.base import own_rules

#: The rules of this addon.
RULE_CODES = [rule.code for rule in own_rules()]


class StatusMailCommon(TransactionCase):
    """Orders are confirmed and told before each test, so that only what the test does is news."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM order_status_mark")
        cls.env.cr.execute("DELETE FROM order_status_supply")
        cls.company = cls.env.ref("base.main_company")
        cls.website = cls.env["website"].create({"name": "Garden Shop", "company_id": cls.company.id})
        cls.switch(cls.website, *RULE_CODES)
        cls.website.write({"status_mail_from": "shop@garden.example.com", "status_mail_tolerance": 0})
        cls.warehouse = cls.env["stock.warehouse"].create(
            {"name": "Garden", "code": "GARDN", "company_id": cls.company.id}
        )
        cls.customer = cls._create_customer("Karen Blixen", "karen@example.com")
        cls.lamp = cls._create_product("Lamp", stock=50)
        cls.planter = cls._create_product("Planter")
        cls.supplier = cls.env["res.partner"].create({"name": "Nursery", "is_company": True})

    @classmethod
    def switch(cls, website, *codes, on=True):
        """Switch rules of a website on, or off."""
        website.status_mail_rule_ids.filtered(lambda row: row.code in codes).enabled = on

    @classmethod
    def make_mandatory(cls, website, code):
        """Make a rule one that customers cannot refuse."""
        website._status_mail_rule(code).mandatory = True

    @classmethod
    def _create_customer(cls, name, email, **values):
        return cls.env["res.partner"].create({"name": name, "email": email, "lang": "en_US", **values})

    @classmethod
    def _create_product(cls, name, stock=0):
        product = cls.env["product.product"].create(
            {"name": name, "is_storable": True, "list_price": 10, "invoice_policy": "order", "taxes_id": False}
        )
        if stock:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, stock)
        return product

    @classmethod
    def _create_order(cls, *products, customer=None, website=None, quantity=2, confirm=True, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": (customer or cls.customer).id,
                "website_id": (cls.website if website is None else website).id,
                "warehouse_id": cls.warehouse.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity}) for product in products
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def _create_told_order(cls, *products, sent=True, **values):
        """Return a confirmed order whose customer knows that it is confirmed."""
        order = cls._create_order(*products, **values)
        cls.run_action(sent=sent)
        return order

    @classmethod
    def _create_purchase(cls, product, quantity, day, confirm=True):
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.supplier.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 5,
                            "date_planned": f"{day} 12:00:00",
                        }
                    )
                ],
            }
        )
        if confirm:
            purchase.button_confirm()
        return purchase

    @classmethod
    def commit_marks(cls):
        """Do what the commit of a user's request does."""
        cls.env.cr.flush()

    @classmethod
    def run_action(cls, sent=True):
        """Let the scheduled action run, in the test's transaction; a mail server takes what it queued.

        :param sent: whether the mails leave; else they wait
        """
        cls.commit_marks()
        run = cls.env["order.status.run"]
        news = cls.env["order.status.supply"].search([])
        news._share_out()
        cls.commit_marks()
        ceiling, *_counts = run._count_pending()
        while order_ids := run._next_orders(ceiling, 100, set()):
            run._process(cls.env["sale.order"].browse(order_ids), ceiling)
            cls.commit_marks()
        if sent:
            cls.send_mails()
        cls.env.invalidate_all()

    def cron(self):
        """Run the scheduled action as Odoo does, its commits and rollbacks kept inside the test."""
        self.commit_marks()
        with self.enter_registry_test_mode():
            self.env.ref("order_status_mail.ir_cron_tell_customers").method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def send_mails(cls):
        """Let the mail server take the status mails that wait."""
        headers = cls.env["order.status.mail"].search([("state", "=", "waiting")]).mapped("message_header")
        mails = cls.env["mail.mail"].search([("message_id", "in", headers), ("state", "=", "outgoing")])
        mails.state = "sent"
        mails.delivery_ids._settle("sent", False)
        mails.delivery_ids._tell_documents()

    def events(self, order, rule=None, told=True):
        """Return the order's events, by default only those a mail has told."""
        domain = [("order_id", "=", order.id)]
        if rule:
            domain.append(("rule", "=", rule))
        if told is not None:
            domain.append(("reason", "=" if told else "!=", False))
        return self.env["order.status.event"].search(domain, order="id")

    def mails(self, order):
        """Return the queued status mails of an order, oldest first."""
        return self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id), ("headers", "like", "List-Unsubscribe-Post")],
            order="id",
        )

    def settle(self, mail, state="sent", reason=False):
        """Let the addresses of a queued mail come to an end, and the order hear of it."""
        mail.delivery_ids._settle(state, reason)
        mail.delivery_ids._tell_documents()
        self.env.invalidate_all()

    def pass_grace(self, order):
        """Let the grace time of what is gone pass."""
        snapshot = order.status_snapshot_ids
        past = (fields.Datetime.now() - timedelta(days=2)).isoformat()
        snapshot.facts = {**snapshot.facts, "gone": dict.fromkeys(snapshot.facts["gone"], past)}
        self.env.flush_all()
        self.env.cr.execute("UPDATE order_status_mark SET date_due = NULL")

    def bounce(self, order):
        """Let the latest mail of an order come back."""
        mail = self.mails(order)[-1]
        self.settle(mail)
        self.settle(mail, "bounced", "mailbox unavailable")

    def deliver(self, order, quantities):
        """Deliver quantities per product, leaving a back order; return the delivery."""
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))[:1]
        picking.action_assign()
        for move in picking.move_ids.filtered(lambda move: move.state != "cancel"):
            move.quantity = quantities.get(move.product_id, 0)
            move.picked = bool(move.quantity)
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=[]).button_validate()
        return picking

    def take_back(self, delivery, quantities):
        """Let goods of a delivery come back, to be refunded; quantities per product."""
        wizard = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        for line in wizard.product_return_moves:
            line.write({"quantity": quantities.get(line.product_id, 0), "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        return back

    def receive(self, purchase, quantity=None):
        """Receive a purchase, all of it or a part."""
        picking = purchase.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))[:1]
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking
