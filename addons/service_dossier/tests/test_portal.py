"""The portal over HTTP."""

from unittest.mock import patch

from lxml import html
from odoo import http
from odoo.tests import HttpCase, tagged

from ..controllers import portal
from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestPortal(DossierCommon, HttpCase):
    """Pages and forms without a browser's script."""

    def login(self, user):
        """Log in over HTTP."""
        user.sudo().password = user.login
        self.authenticate(user.login, user.login)

    def send(self, path, files=None, **data):
        """Send a form and return the page that follows."""
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data, files=files)

    def test_login_needed(self):
        """SD1: nothing without logging in."""
        self.authenticate(None, None)
        for path in ("/my/dossiers", f"/my/dossiers/{self.dossier.id}", f"/my/service/{self.warranty.name}"):
            self.assertIn("/web/login", self.url_open(path).url)

    def test_overview(self):
        """SD1: the overview lists, searches, filters, sorts; strange arguments do no harm."""
        self.login(self.dealer)
        self.assertIn(self.dossier.name, self.url_open("/my/dossiers").text)
        finds = (
            f"?search={self.dossier.name}&search_in=name",
            "?search=villa&search_in=reference",
            f"?search={self.order.name}&search_in=order",
            f"?search={self.warranty.name.lower()}&search_in=warranty",
            "?filterby=finished&sortby=stage",
            "?filterby=nonsense&sortby=nonsense&search_in=nonsense",
        )
        for query in finds:
            self.assertIn(self.dossier.name, self.url_open("/my/dossiers" + query).text, query)
        for query in ("?filterby=closed", "?search=nothing%20like%20this", "?filterby=shared"):
            page = self.url_open("/my/dossiers" + query).text
            self.assertNotIn(f"/my/dossiers/{self.dossier.id}", page, query)
            self.assertIn("No dossier matches", page)
        with patch.object(portal, "COUNT_LIMIT", 1):  # a part of very many warranties' numbers
            for search_in in ("warranty", "all"):
                page = self.url_open(f"/my/dossiers?search={self.warranty.name[:4]}&search_in={search_in}").text
                self.assertIn(f"/my/dossiers/{self.dossier.id}", page)
        self.login(self.stranger)
        self.assertNotIn(self.dossier.name, self.url_open("/my/dossiers").text)

    def test_overview_names_products(self):
        """SD1: the overview names the product of a dossier, which customers may not read."""
        self.dossier.product_id = self.env["product.product"].create({"name": "Patio roof"})
        self.login(self.dealer)
        self.assertIn("Patio roof", self.url_open("/my/dossiers").text)

    def test_pager(self):
        """SD1: the overview is paged."""
        self.env["service.dossier"].create([{"partner_id": self.dealer.partner_id.id} for _number in range(25)])
        self.login(self.dealer)
        self.assertIn("/my/dossiers/page/2", self.url_open("/my/dossiers").text)
        self.assertIn(self.dossier.name, self.url_open("/my/dossiers/page/2").text)

    def test_foreign_dossier(self):
        """SD1: another customer's dossier does not exist, for reading and for writing."""
        self.login(self.stranger)
        self.assertEqual(self.url_open(f"/my/dossiers/{self.dossier.id}").status_code, 404)
        for path in ("message", "parts", "order"):
            response = self.send(f"/my/dossiers/{self.dossier.id}/{path}", body="x", message_type="remark")
            self.assertEqual(response.status_code, 404, path)
        self.assertFalse(self.dossier.sudo().communication_ids)

    def test_wrong_token(self):
        """SD1: a form without the right token changes nothing."""
        self.login(self.dealer)
        response = self.url_open(
            f"/my/dossiers/{self.dossier.id}/message",
            data={"csrf_token": "wrong", "body": "x", "message_type": "remark"},
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.dossier.sudo().communication_ids)

    def test_session_ended(self):
        """SD1, SD6: where the visit has ended meanwhile, the person reads what was not saved and where to go on."""
        address = f"/my/dossiers/{self.dossier.id}"
        values = {"body": "The left <door> is late.", "message_type": "remark", "csrf_token": "of yesterday"}
        self.login(self.dealer)
        signed_in = self.url_open(f"{address}/message", data=values)
        self.authenticate(None, None)
        signed_out = self.url_open(f"{address}/message", data=values, allow_redirects=False)
        for response in (signed_in, signed_out):
            self.assertEqual(response.status_code, 400)
            page = html.fromstring(response.text)
            self.assertEqual(page.xpath("//textarea/text()"), ["The left <door> is late."])
            self.assertEqual(page.xpath("//main//a[contains(@class, 'btn-primary')]/@href"), [address])
            self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertFalse(self.dossier.sudo().communication_ids)

    def test_get_changes_nothing(self):
        """SD12: addresses that change something do not answer to GET."""
        self.login(self.dealer)
        for path in ("message", "parts", "order", "parts/1/remove"):
            response = self.url_open(f"/my/dossiers/{self.dossier.id}/{path}")
            self.assertEqual(response.status_code, 405, path)

    def test_write_with_files(self):
        """SD2, SD5: the form works without script, files included."""
        self.login(self.dealer)
        page = self.send(
            f"/my/dossiers/{self.dossier.id}/message",
            files=[("files", ("a.txt", b"first")), ("files", ("b.txt", b"second"))],
            message_type="remark",
            audience="company",
            body="Line 1\nLine <2>",
        )
        message = self.dossier.sudo().communication_ids
        self.assertEqual(message.file_ids.mapped("name"), ["a.txt", "b.txt"])
        self.assertIn("Line &lt;2&gt;", message.body)
        self.assertIn("Your message was saved", page.text)
        self.assertIn("b.txt", page.text)

    def test_problem_is_shown(self):
        """SD3: a refused message comes back with its reason, as a page or as JSON for the script."""
        self.login(self.dealer)
        path = f"/my/dossiers/{self.dossier.id}/message"
        page = self.send(path, message_type="email", recipients="nobody", body="x")
        self.assertIn("not an e-mail address", page.text)
        answer = self.url_open(
            path,
            data={
                "csrf_token": http.Request.csrf_token(self),
                "message_type": "email",
                "recipients": "nobody",
                "body": "x",
            },
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        self.assertIn("not an e-mail address", answer.json()["problem"])

    def test_thread_on_the_page(self):
        """SD14: an answer is shown as the answer to the message of whom and when, ticket stages are shown."""
        remark = self.post(self.dealer)
        self.post(self.employee, parent=remark, body="<p>Thursday</p>")
        ticket = self.post(self.dealer, "complaint").sudo().ticket_ids
        self.login(self.dealer)
        page = self.url_open(f"/my/dossiers/{self.dossier.id}").text
        self.assertIn("Answer to the message of", page)
        self.assertIn("Thursday", page)
        self.assertIn(ticket.number, page)
        self.assertIn(ticket.stage_id.name, page)

    def test_reply_to_foreign_message(self):
        """SD7: a message of another dossier cannot be answered here."""
        other = self.post(self.stranger, dossier=self._make_dossier(self.stranger))
        self.login(self.dealer)
        response = self.send(f"/my/dossiers/{self.dossier.id}/message", parent_id=str(other.id), body="x")
        self.assertEqual(response.status_code, 404)

    def test_guest_page(self):
        """SD1: a guest sees what is for everybody, no configurator, no orders, no internal message."""
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        self.post(self.dealer, audience="everyone", body="<p>For all</p>")
        self.post(self.dealer, audience="company", body="<p>For us two</p>")
        self.login(self.stranger)
        page = self.url_open(f"/my/dossiers/{self.dossier.id}").text
        self.assertIn("For all", page)
        for text in ("For us two", "Configurator", f"/my/orders/{self.order.id}"):
            self.assertNotIn(text, page)
        self.assertEqual(self.send(f"/my/dossiers/{self.dossier.id}/order").status_code, 404)

    def test_orders_after_a_transfer(self):
        """SD7: the new customer gets no link to the orders of the old one."""
        link = f"/my/orders/{self.order.id}?"
        self.login(self.dealer)
        self.assertIn(link, self.url_open(f"/my/dossiers/{self.dossier.id}").text)
        self.dossier._transfer(self.stranger.partner_id)
        self.login(self.stranger)
        page = self.url_open(f"/my/dossiers/{self.dossier.id}")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(link, page.text)

    def test_new_dossier(self):
        """SD13: product group, product Service, and the configurator is open."""
        self.login(self.dealer)
        page = self.url_open("/my/dossiers/new").text
        self.assertIn("Screens", page)
        page = self.url_open(f"/my/dossiers/new?group={self.category.id}").text
        self.assertIn(f'value="{self.service.id}"', page)
        response = self.send("/my/dossiers/new", product_id=str(self.service.id), reference="Again")
        self.assertIn("tab=configurator", response.url)
        self.assertIn("By warranty number", response.text)
        dossier = self.env["service.dossier"].search([("reference", "=", "Again")])
        self.assertEqual((dossier.partner_id, dossier.categ_id), (self.dealer.partner_id, self.category))

    def test_new_dossier_with_other_product(self):
        """SD13: products that are not offered cannot be smuggled in."""
        self.login(self.dealer)
        count = self.env["service.dossier"].search_count([])
        self.send("/my/dossiers/new", product_id=str(self.element.id), reference="x")
        self.assertEqual(self.env["service.dossier"].search_count([]), count)

    def test_service_order(self):
        """SD9, SD10, SD11, SD12: both ways of searching, two references, two orders."""
        self.dossier.stage_id = self.stage("service")
        self.login(self.dealer)
        base = f"/my/dossiers/{self.dossier.id}"
        page = self.url_open(f"{base}?tab=configurator&warranty={self.warranty.name}").text
        self.assertIn("EL-1", page)
        self.assertIn("Under warranty until", page)
        self.send(f"{base}/parts", warranty_id=str(self.warranty.id), element_id=str(self.element.id), quantity="2")
        query = f"mode=dimensions&order_number={self.order.name}&width=1203&height=2000"
        page = self.url_open(f"{base}?tab=configurator&{query}").text
        self.assertIn("Differs by 3 mm", " ".join(page.split()))
        self.assertFalse(self.dossier.line_ids.filtered(lambda line: line.found_by == "dimensions"), "never by itself")
        self.send(
            f"{base}/parts", warranty_id=str(self.warranty.id), quantity="1", reference="NEW", found_by="dimensions"
        )
        page = self.send(f"{base}/order").text
        self.assertIn("Your order was placed", page)
        orders = self.dossier.order_ids.filtered("is_service_order")
        self.assertEqual(set(orders.mapped("client_order_ref")), {"PO-ORIGINAL", "NEW"})

    def test_searches_that_find_nothing(self):
        """SD10: wrong and unknown input is answered in words."""
        self.dossier.stage_id = self.stage("service")
        self.login(self.dealer)
        base = f"/my/dossiers/{self.dossier.id}?tab=configurator"
        cases = (
            ("&warranty=W123", "check what you typed"),
            (f"&mode=dimensions&order_number={self.order.name}&width=5", "No product of this order"),
            (f"&mode=dimensions&order_number={self.order.name}&width=abc", "Dimensions are numbers"),
            (f"&mode=dimensions&order_number={self.order.name}&width=nan", "Dimensions are numbers"),
            (f"&mode=dimensions&order_number={self.order.name}&width=0", "between 1 and"),
            ("&mode=dimensions&order_number=&width=4", "Fill in the order number"),
            (f"&mode=dimensions&order_number={self.order.name}", "at least one dimension"),
        )
        for query, text in cases:
            self.assertIn(text, self.url_open(base + query).text, query)

    def test_bad_numbers(self):
        """SD12: nonsense in the hidden fields is refused, not a server error."""
        self.dossier.stage_id = self.stage("service")
        self.login(self.dealer)
        path = f"/my/dossiers/{self.dossier.id}/parts"
        self.assertEqual(self.send(path, warranty_id="x").status_code, 404)
        foreign = self.make_warranty(partner_id=self.other_customer.id)
        self.assertEqual(self.send(path, warranty_id=str(foreign.id)).status_code, 404)
        for quantity in ("x", "nan", "1e9", "-1"):
            self.send(path, warranty_id=str(self.warranty.id), quantity=quantity)
        self.assertFalse(self.dossier.line_ids)

    def test_qr_code(self):
        """SD+3: the scanned code opens the request for that part, says whom to contact, or does not exist."""
        self.login(self.dealer)
        path = f"/my/service/{self.warranty.name}"
        page = self.url_open(path)
        self.assertIn("add=service_request", page.url)
        self.assertIn(self.warranty.name, page.text)
        self.dossier.stage_id = self.stage("service")
        page = self.url_open(path)
        self.assertIn("tab=configurator", page.url)
        self.assertIn("Add to order", page.text)
        self.dossier.stage_id = self.stage("production")
        # where there is no shop, customers read no products
        shop = [("model_id.model", "=", "product.product"), ("group_id", "=", self.env.ref("base.group_portal").id)]
        self.env["ir.model.access"].search(shop).unlink()
        page = self.url_open(path).text
        self.assertIn("+32 56 62 71 12", page)
        self.assertIn("Screen", page)
        self.login(self.stranger)
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_readers_are_shown(self):
        """SD+4: the form holds the readers of every audience."""
        self.login(self.dealer)
        page = self.url_open(f"/my/dossiers/{self.dossier.id}").text
        self.assertIn("Can be read by", page)
        self.assertIn("Users of Dealer (Carla, Dirk)", page)

    def test_forms_posted_twice(self):
        """SD13, SD9: a double click opens one dossier and adds one part; something else filled in is something else."""
        self.login(self.dealer)

        def key(path):
            return self.url_open(path).text.split('name="post_key" value="')[1].split('"')[0]

        opened = {
            "product_id": str(self.service.id),
            "post_key": key(f"/my/dossiers/new?group={self.service.categ_id.id}"),
        }
        for reference in ("Twice", "Twice", "Other"):
            page = self.send("/my/dossiers/new", reference=reference, **opened)
            self.assertIn(reference, page.text)
        dossiers = self.env["service.dossier"].search([("reference", "in", ("Twice", "Other"))], order="id")
        self.assertEqual(dossiers.mapped("reference"), ["Twice", "Other"])
        base = f"/my/dossiers/{dossiers[0].id}"
        part = {"warranty_id": str(self.warranty.id), "element_id": str(self.element.id)}
        part["post_key"] = key(f"{base}?tab=configurator&warranty={self.warranty.name}")
        for quantity in ("1", "1", "2"):
            page = self.send(f"{base}/parts", quantity=quantity, **part)
            self.assertIn("The part was added to your order.", page.text)
        lines = dossiers[0].line_ids
        self.assertEqual(lines.mapped("quantity"), [1, 2])
        lines.sudo().is_placed = True
        self.send(f"{base}/parts", quantity="1", **part)
        self.assertEqual(dossiers[0].line_ids.mapped("quantity"), [1, 2, 1], "what was ordered can be ordered again")
