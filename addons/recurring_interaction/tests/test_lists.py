from lxml import etree
from odoo import Command
from odoo.tests import tagged

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestLists(InvoiceCase):
    """What the lists cost, whatever is in them, and what the confirmation says of invoices."""

    def _customers(self, number):
        country = self.env.ref("base.be")
        return self.env["res.partner"].create(
            [
                {"name": f"Customer {position}", "email": f"c{position}@example.com", "country_id": country.id}
                for position in range(number)
            ]
        )

    def _patterns(self, number):
        """Return generated patterns, each of a customer and with a product of its own."""
        patterns = self.env["recurring.invoice"]
        for customer in self._customers(number):
            product = self.env["product.product"].create({"name": customer.name, "list_price": 10.0})
            patterns += self._make_pattern(
                partner_id=customer.id, count=2, lines=[Command.create({"product_id": product.id})]
            )
        for pattern in patterns:
            pattern.recurrence_id._generate()
        return patterns

    def _queries(self, model, view, domain, limit):
        """Return the number of queries that one page of a list costs."""
        arch = etree.fromstring(self.env[model].get_view(self.env.ref(f"recurring_interaction.{view}").id)["arch"])
        # the columns of the list itself, hidden ones are read as well
        names = {node.get("name") for node in arch.xpath("/list/field")}
        fields = self.env[model]._fields
        specification = {name: {"fields": {"display_name": {}}} if fields[name].relational else {} for name in names}
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = self.env[model].web_search_read(domain, specification, limit=limit)
        self.assertEqual(len(result["records"]), limit)
        return self.cr.sql_log_count - before

    def test_lists(self):
        """RI3, RI7, RI10: a page of a hundred rows costs as many queries as one of ten."""
        patterns = self._patterns(100)
        patterns[::7].invoice_line_ids.product_id.active = False
        recurrences = patterns.recurrence_id
        interactions = recurrences.interaction_ids
        interactions.sudo()._ensure_issues()._mark_failed("No address")
        for model, view, records in (
            ("recurring.recurrence", "recurring_recurrence_view_list", recurrences),
            ("recurring.interaction", "recurring_interaction_view_list", interactions),
            ("recurring.interaction", "recurring_interaction_view_list_due", interactions),
            ("recurring.invoice", "recurring_invoice_view_list", patterns),
        ):
            domain = [("id", "in", records.ids)]
            self._queries(model, view, domain, 10)  # what is asked once per process
            with self.subTest(view):
                few, many = (self._queries(model, view, domain, limit) for limit in (10, 100))
                self.assertLessEqual(many, few, view)

    def test_needs_attention(self):
        """RI7: *Needs Attention* finds what is outdated without asking for each recurring invoice by itself."""
        patterns = self._patterns(40)
        patterns[3].invoice_line_ids.product_id.active = False
        found = self.env["recurring.invoice"].search([("is_outdated", "=", True), ("id", "in", patterns.ids)])
        self.assertEqual(found, patterns[3])
        self.assertEqual(
            self.env["recurring.invoice"].search_count([("is_outdated", "=", False), ("id", "in", patterns.ids)]), 39
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["recurring.invoice"].search([("is_outdated", "=", True)])
        self.assertLess(self.cr.sql_log_count - before, 60)

    def test_the_confirmation_of_invoices(self):
        """RI9: planning invoices speaks of invoices, planning interactions of interactions."""
        texts = {}
        for record in (self._make_pattern(), self._make_recurrence()):
            action = record.action_generate()
            kind = record.kind
            arch = self.env["recurring.generate"].get_view(
                self.env.ref("recurring_interaction.recurring_generate_view_form").id
            )["arch"]
            shown = [
                " ".join(" ".join(node.itertext()).split())
                for node in etree.fromstring(arch).iter("p", "span", "th")
                if node.get("invisible", "").endswith(f"kind != '{kind}'")
            ]
            texts[kind] = (action["name"], " ".join(shown))
        self.assertEqual(texts["invoice"][0], "Plan Invoices")
        self.assertIn("Invoices that will be planned", texts["invoice"][1])
        self.assertEqual(texts["interaction"][0], "Generate Interactions")
        hidden_for_invoices = [
            node
            for node in etree.fromstring(arch).iter()
            if node.get("invisible", "").endswith("kind == 'invoice'") and "nteractions" in " ".join(node.itertext())
        ]
        everything = etree.tostring(etree.fromstring(arch), method="text", encoding="unicode")
        self.assertEqual(everything.count("nteractions"), len(hidden_for_invoices))
