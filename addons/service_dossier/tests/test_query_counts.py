"""Numbers of queries on the hot paths, and that they do not grow."""

from odoo.tests import HttpCase, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestQueryCounts(DossierCommon, HttpCase):
    """What must stay cheap."""

    def count(self, path):
        """Return the number of queries of a page, caches warm."""
        self.url_open(path)
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.assertEqual(self.url_open(path).status_code, 200)
        return self.cr.sql_log_count - before

    def login(self):
        """Log in as the dealer."""
        self.dealer.sudo().password = "sd_dealer"
        self.authenticate("sd_dealer", "sd_dealer")

    def test_overview(self):
        """SD1: the overview takes at most 20 queries, with one dossier or a full page."""
        self.login()
        few = self.count("/my/dossiers")
        self.env["service.dossier"].create([{"partner_id": self.dealer.partner_id.id} for _number in range(60)])
        many = self.count("/my/dossiers")
        self.assertLessEqual(many, 20)
        self.assertLessEqual(many, few + 2)

    def test_communication(self):
        """SD2: the tab takes as many queries with 60 messages as with 22 (a page and a bit)."""
        self.login()
        for _number in range(22):
            self.post(self.dealer)
        few = self.count(f"/my/dossiers/{self.dossier.id}")
        for _number in range(38):
            self.post(self.dealer)
        self.assertLessEqual(self.count(f"/my/dossiers/{self.dossier.id}"), few + 1)

    def test_dimension_search(self):
        """SD+2: one query however many candidates there are."""
        self.env["service.warranty"].create(
            [
                {"partner_id": self.customer.id, "product_id": self.product.id, "width": 1000 + n, "order_number": "X"}
                for n in range(30)
            ]
        )
        self.env.flush_all()
        Warranty = self.env["service.warranty"]
        with self.assertQueryCount(1):
            found = Warranty._find_by_dimensions(self.customer, (1010, 0, 0), order_number="X", tolerance=5)
        self.assertEqual(len(found), 11)

    def test_part_of_a_number(self):
        """SD8: by a part of its number a warranty is found in two queries: which ones, then the newest of them."""
        Warranty = self.env["service.warranty"]
        values = {"partner_id": self.customer.id, "product_id": self.product.id}
        warranties = Warranty.create([{**values, "order_number": f"ORDER-{n}"} for n in range(30)])
        self.env.flush_all()
        for search in (
            lambda: [id_ for id_, _name in Warranty.name_search("order-", limit=8)],
            lambda: Warranty.search([("order_number", "ilike", "order-")], limit=8).ids,
        ):
            with self.assertQueryCount(2):
                found = search()
            self.assertEqual(found, warranties.ids[:-9:-1])

    def test_posting_to_many(self):
        """SD5: telling 40 followers takes as many queries as telling 10, up to the batches of the mail queue."""

        def cost(number):
            dossier = self._make_dossier()
            partners = self.env["res.partner"].create(
                [
                    {"name": f"P{index}", "email": f"p{index}@x.example", "parent_id": self.customer.id}
                    for index in range(number)
                ]
            )
            dossier.message_subscribe(partner_ids=partners.ids)
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.post(self.employee, dossier=dossier, audience="company")
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost(2)
        self.assertLessEqual(cost(40), cost(10) + 3)
