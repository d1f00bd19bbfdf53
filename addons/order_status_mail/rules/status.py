"""Order status changed: confirmed, cancelled, paid, invoiced, money given back."""

from odoo.tools import formatLang

from ..changes import Change
from .base import Rule, compare_entries
from .money import Money, amount_of

#: How much of an order is paid, from nothing to all.
PAYMENTS = ("no", "part", "paid")


class OrderStatus(Rule):
    """Where the order is as a document: its state, payments, invoices and credit notes."""

    code = "status"
    sequence = 10
    facts = {
        "state": "draft",
        "payment": "no",
        #: the most that the customer was told to have paid, and the money that had come in by then
        "acknowledged": "no",
        "received": 0.0,
        "failures": {},
        "invoices": {},
        "refunds": {},
    }
    topics = {
        "state": ("state",),
        "payment": ("payment", "acknowledged", "received"),
        "failure": ("failures",),
        "invoice": ("invoices",),
        "refund": ("refunds",),
    }
    revocable = {"invoices": "invoice"}
    growing = ("failures",)
    watches = {"sale.order": ("state",)}
    icon = "fa-check"

    def label(self, env):
        return env._("Order status changed")

    def help(self, env):
        return env._("When an order is confirmed, cancelled, invoiced or paid.")

    def topic_label(self, env, topic):
        return {
            "state": env._("Order"),
            "payment": env._("Payment"),
            "failure": env._("Payment failed"),
            "invoice": env._("Invoice"),
            "refund": env._("Money back"),
        }[topic]

    # Facts

    def gather(self, batch):
        for order in batch.orders:
            batch.facts[order.id]["state"] = order.state
        Money(batch).gather()

    def compare(self, told, now, comparison):
        yield from self._compare_state(told, now)
        yield from compare_entries(told, now, "invoices", "invoice")
        for key, name in told["invoices"].items():
            if ("invoices", key) in comparison.gone:
                yield Change("invoice", key=key, old=name, document=name)
        for key, value in now["refunds"].items():
            old = told["refunds"].get(key)
            if amount_of(value)[0] > amount_of(old)[0]:
                yield Change("refund", key=key, old=old, new=value)

    def _compare_state(self, told, now):
        if told["state"] != now["state"]:
            silent = now["state"] in ("draft", "sent") or (now["state"] == "cancel" and told["state"] == "draft")
            yield Change("state", old=told["state"], new=now["state"], reason="not_news" if silent else None)
        if told["payment"] != now["payment"]:
            # less is paid than before: a line was added or money went back, which is told by what was done;
            # as much again without new money: an invoice was corrected
            known = "payment" if now["received"] > told["received"] else "acknowledged"
            silent = PAYMENTS.index(now["payment"]) <= PAYMENTS.index(told[known])
            yield Change("payment", old=told["payment"], new=now["payment"], reason="not_news" if silent else None)
        for key, name in now["failures"].items():
            if key not in told["failures"]:
                # whoever paid in the meantime need not hear of the attempt before
                reason = "not_news" if now["payment"] == "paid" or now["state"] == "cancel" else None
                yield Change("failure", key=key, new=name, document=name, reason=reason)

    def advance(self, told, now, changes):
        settled = super().advance(told, now, changes)
        most = max(now["payment"], told["acknowledged"], key=PAYMENTS.index)
        if now["received"] <= told["received"]:
            settled.update(acknowledged=most, received=told["received"])
        # of a refund that is taken back, and made again, nothing is told
        refunds = {**now["refunds"], **told["refunds"]}
        for key, value in now["refunds"].items():
            refunds[key] = max(value, refunds[key], key=lambda each: amount_of(each)[0])
        return {**settled, "refunds": refunds}

    def links(self, env, change):
        if change.topic != "invoice":
            return {}
        invoice = env["account.move"].browse(int(change.key))
        # what was taken back may be deleted, too
        return {"invoice_id": (invoice if change.new else invoice.exists()).id}

    # Words

    def format(self, event, value):
        if event.topic == "refund" and value:
            return self._money(event, *amount_of(value))
        return value or ""

    def _money(self, event, amount, name):
        currency = event.order_id.currency_id
        if name and currency.name != name:
            currency = currency.with_context(active_test=False).search([("name", "=", name)], limit=1) or currency
        return formatLang(event.env, amount, currency_obj=currency)

    def sentence(self, event, old, new):
        if event.topic == "failure":
            return event.env._("The payment %(reference)s did not work, nothing was charged", reference=new)
        if event.topic == "refund":
            # more of the same credit note than before: only what is new
            (before, _name), (amount, name) = amount_of(event.old_value), amount_of(event.new_value)
            return event.env._("%(amount)s went back to you", amount=self._money(event, amount - before, name))
        if event.topic == "invoice":
            return self._sentence_of_invoice(event, old, new)
        return {
            "draft": event.env._("Your order is not confirmed yet"),
            "sent": event.env._("Your order is not confirmed yet"),
            "sale": event.env._("Your order is confirmed"),
            "cancel": event.env._("Your order is cancelled"),
            "no": event.env._("Your order is not paid yet"),
            "part": event.env._("Your order is partly paid"),
            "paid": event.env._("Your order is paid"),
        }.get(event.new_value, event.env._("News about your order"))

    def _sentence_of_invoice(self, event, old, new):
        if self._is_credit_note(event):
            if not new:
                return event.env._("Credit note %(number)s is no longer valid", number=old)
            return event.env._("Credit note: %(number)s", number=new)
        if not new:
            return event.env._("Invoice %(number)s is no longer valid", number=old)
        return event.env._("Invoiced: %(number)s", number=new)

    def _is_credit_note(self, event):
        # customers may know what kind of document it is before they may open it
        return event.invoice_id.sudo().move_type == "out_refund"

    def rank(self, event):
        if event.topic == "state":
            return {"cancel": 10, "sale": 80}.get(event.new_value)
        if event.topic == "payment":
            return 100 if event.new_value in ("paid", "part") else None
        return {"refund": 20, "failure": 90, "invoice": 110}[event.topic]

    def headline(self, order, event):
        if event.topic == "refund":
            return event._describe()["text"]
        if event.topic == "invoice":
            if self._is_credit_note(event):
                return event.env._("Your credit note")
            return event.env._("Your invoice") if event.new_value else event.env._("News about your invoice")
        return {
            "cancel": event.env._("Your order is cancelled"),
            "sale": event.env._("Your order is confirmed"),
            "paid": event.env._("Your payment has arrived"),
            "part": event.env._("Your order is partly paid"),
        }.get(event.new_value, event.env._("Your payment did not work"))

    def example(self, order):
        return [Change("state", old="draft", new="sale", rule=self.code)]
