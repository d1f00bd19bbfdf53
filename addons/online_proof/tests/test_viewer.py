import html
import json
import re
from unittest.mock import patch

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestViewer(HttpCase, ProofCase):
    """The proof page over HTTP, as a browser without a login asks for it."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.revision = self.send(content=make_pdf(3))
        self.person = self.reviewer(self.revision)
        self.terms = self.env["online.proof.terms"].create({"body": "<p>Our own terms</p>"})
        self.terms.action_publish()

    def link(self, path="", person=None, token=None, **parameters):
        person = person or self.person
        parameters["access_token"] = token or person._get_access_token()
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"/proof/{person.id}{path}?{query}"

    def post(self, path, person=None, csrf=True, files=None, **values):
        person = person or self.person
        page = self.url_open(self.link(person=person)).text
        values.setdefault("revision", self.revision.id)
        for name in ("shown", "rate"):
            found = re.search(f'name="{name}" value="([^"]*)"', page)
            values.setdefault(name, html.unescape(found[1]) if found else "")
        if values.get("decision") == "approved":
            values.setdefault("checked", "1")
        values["access_token"] = person._get_access_token()
        if csrf:
            values["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(f"/proof/{person.id}/{path}", data=values, files=files, allow_redirects=False)

    def call(self, path, person=None, token=None, **params):
        person = person or self.person
        params = {"revision": self.revision.id, "access_token": token or person._get_access_token(), **params}
        return self.make_jsonrpc_request(f"/proof/{person.id}/{path}", params)

    def test_page(self):
        """OP2, OP3: the link shows all pages in order, and tells nobody else about itself."""
        response = self.url_open(self.link())
        self.assertEqual(response.status_code, 200)
        data = json.loads(
            re.search(r'data-proof="([^"]*)"', response.text)[1].replace("&#34;", '"').replace("&quot;", '"')
        )
        self.assertEqual([page["number"] for page in data["pages"]], [1, 2, 3])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertIn("noindex", response.headers["X-Robots-Tag"])

    def test_queries(self):
        """OP3: the page needs the same number of queries for 3 pages as for 60, and not many."""
        from ..controllers.visitor import Visitor

        counts = []
        for revision in (self.revision, self.send(content=make_pdf(60), order=self.make_order())):
            visitor = Visitor(self.reviewer(revision), revision.proof_id, self.env["res.users"])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with self._request_environment():
                visitor_values = self._viewer()._prepare_viewer_values(visitor, revision, "sent")
            counts.append(self.cr.sql_log_count - before)
            self.assertTrue(visitor_values["pages"])
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 16)

    def test_queries_of_the_whole_page(self):
        """OP2: the page as a browser gets it takes at most 28 queries, of which 9 ask what the order says."""
        for state in ("sent", "approved"):
            if state == "approved":
                self.post("decide", decision="approved", terms=self.terms.version)
            self.assertEqual(self.revision.state, state)
            self.url_open(self.link())
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self.url_open(self.link()).status_code, 200)
            self.assertLessEqual(self.cr.sql_log_count - before, 28, state)

    def _viewer(self):
        from ..controllers.viewer import ProofViewer

        return ProofViewer()

    def _request_environment(self):
        from odoo.addons.http_routing.tests.common import MockRequest

        return MockRequest(self.env, website=self.env["website"].search([], limit=1))

    def test_pictures(self):
        """OP4, OP5: previews, regions and the watermarked PDF can be fetched; the original cannot."""
        page = self.revision.page_ids[0]
        for path in (f"/page/{page.id}/preview", f"/page/{page.id}/thumbnail", f"/tile/{page.id}/0/0"):
            response = self.url_open(self.link(path))
            self.assertEqual((response.status_code, response.headers["Content-Type"]), (200, "image/jpeg"), path)
        self.assertEqual(self.url_open(self.link(f"/tile/{page.id}/99/0")).status_code, 404)
        response = self.url_open(self.link("/pdf"))
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        original = self.revision.file_ids.attachment_id
        self.assertNotEqual(response.content, original.raw)
        response = self.url_open(f"/web/content/{original.id}")
        self.assertNotIn(b"%PDF", response.content)

    def test_opening_decides_nothing(self):
        """OP6: link scanners may follow every link: nothing is decided, nothing counted as opened."""
        for query in ("", "&decision=approved", f"&decision=approved&revision={self.revision.id}"):
            self.url_open(self.link() + query)
        for path in ("/decide", "/withdraw", "/forward"):
            self.assertIn(self.url_open(self.link(path, decision="approved")).status_code, (404, 405))
        self.assertEqual(self.revision.state, "sent")
        self.assertFalse(self.revision.view_ids)

    def test_opened_is_counted(self):
        """OP6: the shop sees who opened the proof, when and how often."""
        self.call("opened")
        self.call("opened")
        view = self.revision.view_ids
        self.assertEqual((view.reviewer_id, view.count), (self.person, 2))

    def test_forged_request(self):
        """OP6: a decision without the page's token against forged requests is refused."""
        response = self.post("decide", csrf=False, decision="approved", terms=self.terms.version, note="As agreed.")
        self.assertEqual(response.status_code, 400)
        # a page that was open for longer than the visit: what was written is not lost, the link leads on
        self.assertIn(">As agreed.</textarea>", response.text)
        self.assertNotIn("&#34;lines&#34;", response.text, "what the page itself sent is not the reader's")
        address = html.unescape(re.search(r'btn-primary" href="(/proof/[^"]+)"', response.text)[1])
        self.assertEqual(self.url_open(address).status_code, 200)
        self.assertEqual(self.revision.state, "sent")

    def test_approve_with_terms(self):
        """OP6, OP8: the box is shown until the customer accepted; the acceptance is remembered."""
        self.assertIn("Our own terms", self.url_open(self.link()).text)
        response = self.post("decide", decision="approved")
        self.assertEqual(response.status_code, 409)
        self.assertIn("accept the terms", response.text)
        self.assertEqual(self.revision.state, "sent")
        response = self.post("decide", decision="approved", terms=self.terms.version)
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.revision.state, "approved")
        acceptance = self.terms.acceptance_ids
        self.assertEqual(acceptance.partner_id, self.customer)
        self.assertIn("Bea Buyer", acceptance.accepted_by)
        # the next order of the same customer, another person: not asked again
        other = self.send(self.colleague, order=self.make_order())
        self.assertNotIn("Our own terms", self.url_open(self.link(person=self.reviewer(other, self.colleague))).text)
        # until there is a new version
        self.env["online.proof.terms"].create({"body": "<p>Newer terms</p>"}).action_publish()
        self.assertIn("Newer terms", self.url_open(self.link(person=self.reviewer(other, self.colleague))).text)

    def test_changes(self):
        """OP6, OP9: text, file and consent to the hourly rate are stored; without consent nothing is."""
        page = self.url_open(self.link()).text
        self.assertIn("72.00", page)
        response = self.post("decide", decision="changes", message="Bigger")
        self.assertEqual(response.status_code, 409)
        response = self.post("decide", decision="changes", rate_consent="1", message="Bigger", rate="60.0")
        self.assertIn("has changed", response.text, "the page showed another rate")
        response = self.post("decide", decision="changes", rate_consent="1")
        self.assertEqual(response.status_code, 409, "nothing said")
        response = self.post(
            "decide",
            decision="changes",
            rate_consent="1",
            message="Bigger",
            files={"file": ("logo<script>.svg", b"<svg/>", "image/svg+xml")},
        )
        self.assertEqual(response.status_code, 303)
        made = self.revision.decision_ids
        self.assertEqual((made.decision, made.message, made.rate_consent), ("changes", "Bigger", True))
        self.assertEqual((made.hourly_rate, made.currency_id), (72.0, self.company.currency_id))
        self.assertNotIn("svg", made.attachment_ids.mimetype, "nothing that a browser would run")
        self.authenticate("clerk", "clerk")
        response = self.url_open(f"/proof/staff/{made.proof_id.id}/request/{made.attachment_ids.id}")
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_forms_posted_by_a_scanner(self):
        """OP6, OP-P48: forms posted with nothing but their hidden fields decide nothing, the terms accepted or not."""
        self.terms._accept(self.buyer, self.person)
        for decision in ("approved", "changes"):
            response = self.post("decide", decision=decision, checked="")
            self.assertEqual(response.status_code, 409)
        self.assertFalse(self.revision.decision_ids)
        self.assertEqual(self.post("decide", decision="approved").status_code, 303)

    def test_decided_about_something_else(self):
        """OP6: what changed while somebody was reading is told, what was written stays, and it is asked again."""
        self.terms._accept(self.buyer, self.person)
        page = self.url_open(self.link()).text
        shown = html.unescape(re.search('name="shown" value="([^"]*)"', page)[1])
        self.order.order_line.product_uom_qty = 5000
        response = self.post("decide", decision="approved", shown=shown, message="Please hurry")
        self.assertEqual(response.status_code, 409)
        self.assertIn("the quantity is 5000 Units now; it was 10 Units", response.text)
        self.assertIn("Please hurry", response.text)
        self.assertEqual(self.post("decide", decision="approved", shown="nonsense").status_code, 409)
        self.assertEqual(self.post("decide", decision="approved", message="Please hurry").status_code, 303)
        [line] = self.revision.decision_ids.order_facts["lines"]
        self.assertEqual(line["quantity"], "5000 Units")

    def test_decided_in_another_language(self):
        """OP7: what a Dutch reader approved is the same order to an English clerk: units have other names only."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.order.order_line.product_uom_id.with_context(lang="nl_NL").name = "Stuks"
        self.person.lang = "nl_NL"
        self.assertEqual(self.post("decide", decision="approved", terms=self.terms.version).status_code, 303)
        self.assertIn("Stuks", self.revision.decision_ids.order_facts["lines"][0]["quantity"])
        self.order.invalidate_recordset()
        order = self.order.with_user(self.clerk).with_context(lang="en_US")
        self.assertFalse(order.proof_difference)
        order.production_status_id = self.status("081")

    def test_large_quantities(self):
        """OP6: a million is written out, and one more is another quantity."""
        self.terms._accept(self.buyer, self.person)
        self.order.order_line.product_uom_qty = 1_250_000
        page = self.url_open(self.link()).text
        self.assertIn("1250000 Units", page)
        shown = html.unescape(re.search('name="shown" value="([^"]*)"', page)[1])
        self.order.order_line.product_uom_qty = 1_250_001
        self.assertEqual(self.post("decide", decision="approved", shown=shown).status_code, 409)

    def test_refused_form_keeps_the_file(self):
        """OP-P39: text and file of a refused form go with the next try."""
        files = {"file": ("logo.svg", b"<svg/>", "image/svg+xml")}
        response = self.post("decide", decision="changes", message="Bigger", files=files)
        self.assertEqual(response.status_code, 409)
        self.assertIn("Bigger", response.text)
        self.assertIn("logo.svg is kept", response.text)
        kept = re.search('name="kept_file" value="([^"]*)"', response.text)[1]
        self.post("decide", decision="changes", message="Bigger", rate_consent="1", kept_file=kept)
        self.assertEqual(self.revision.decision_ids.attachment_ids.raw, b"<svg/>")
        # nobody else's file
        other = self.send(self.colleague, order=self.make_order())
        self.post(
            "decide",
            person=self.reviewer(other, self.colleague),
            revision=other.id,
            decision="changes",
            message="a",
            rate_consent="1",
            kept_file=kept,
        )
        self.assertTrue(other.decision_ids)
        self.assertFalse(other.decision_ids.attachment_ids)

    def test_new_terms_meanwhile(self):
        """OP8: terms that were published while somebody read are named as new."""
        newer = self.env["online.proof.terms"].create({"body": "<p>Newer terms</p>"})
        newer.action_publish()
        response = self.post("decide", decision="approved", terms=self.terms.version)
        self.assertEqual(response.status_code, 409)
        self.assertIn("New terms of sale", response.text)

    def test_message_in_the_address(self):
        """OP-P16: an address says nothing about what was decided."""
        page = self.url_open(self.link(message="approved")).text
        self.assertNotIn("Your approval is recorded", page)

    def test_errors_in_the_readers_language(self):
        """OP-P9: what is wrong with a form is said in the reader's language."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.person.lang = "nl_NL"
        response = self.post("decide", decision="changes", rate_consent="1")
        self.assertIn("Beschrijf", response.text)
        answer = self.call("comment", values={"page": 9, "x": 0, "y": 0, "body": "a"})
        self.assertIn("bestaat niet", answer["error"])

    def test_comment_and_resolve(self):
        """OP+1: comments are pinned and resolved from the page; text stays text."""
        body = "<img src=x onerror=alert(1)>"
        answer = self.call("comment", values={"page": 2, "x": 0.4, "y": 0.6, "body": body})
        self.assertEqual(answer["comments"][0]["body"], body)
        self.assertNotIn("<img src=x", self.url_open(self.link()).text)
        answer = self.call("resolve", comment=answer["comments"][0]["id"], resolved=True)
        self.assertTrue(answer["comments"][0]["resolved"])
        self.assertIn("error", self.call("comment", values={"page": 9, "x": 0, "y": 0, "body": "a"}))

    def test_compare(self):
        """OP+2: the differences to an older revision are there as picture and as regions."""
        second = self.send(content=make_pdf(3, texts={1: "Other"}))
        pages = [revision.page_ids.sorted("number")[0].id for revision in (second, self.revision)]
        regions = self.url_open(self.link(f"/regions/{pages[0]}/{pages[1]}")).json()["regions"]
        self.assertTrue(regions)
        response = self.url_open(self.link(f"/differences/{pages[0]}/{pages[1]}"))
        self.assertEqual(response.headers["Content-Type"], "image/png")

    def test_withdraw(self):
        """OP6: the page offers to withdraw a decision while that is possible."""
        self.post("decide", decision="approved", terms=self.terms.version)
        self.assertIn("o_proof_withdraw", self.url_open(self.link()).text)
        self.assertEqual(self.post("withdraw").status_code, 303)
        self.assertEqual(self.revision.state, "sent")
        self.assertIn("too late", self.post("withdraw").text)

    def test_staff(self):
        """OP10: employees see drafts and old revisions as the customer does, and answer comments."""
        self.authenticate("clerk", "clerk")
        draft = self.upload(("two.pdf", make_pdf(1)))
        proof = draft.proof_id
        for revision in (draft, self.revision):
            response = self.url_open(f"/proof/staff/{proof.id}?revision={revision.id}")
            self.assertEqual(response.status_code, 200)
            self.assertNotIn('id="o_proof_approve"', response.text)
        answer = self.make_jsonrpc_request(
            f"/proof/staff/{proof.id}/comment",
            {"revision": self.revision.id, "values": {"page": 1, "x": 0.5, "y": 0.5, "body": "Look"}},
        )
        self.assertTrue(answer["comments"][0]["staff"])
        new_test_user(self.env, "nobody1", groups="base.group_user")
        self.authenticate("nobody1", "nobody1")
        self.assertEqual(self.url_open(f"/proof/staff/{proof.id}").status_code, 404)

    def test_language_of_the_page(self):
        """OP2: the page speaks the recipient's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        view = self.env.ref("online_proof.viewer_decision")
        view.update_field_translations("arch_db", {"fr_FR": {"Have you checked every page?": "Tout est vérifié ?"}})
        self.person.lang = "fr_FR"
        self.assertIn("Tout est vérifié ?", self.url_open(self.link()).text)

    def test_upload_route(self):
        """OP3: the upload answers per file; somebody without the right gets a sentence, not a stack."""
        proof = self.revision.proof_id
        self.authenticate("clerk", "clerk")
        data = {"csrf_token": http.Request.csrf_token(self)}
        files = [("files", ("good.pdf", make_pdf(1))), ("files", ("bad.pdf", b"nonsense"))]
        answer = self.url_open(f"/online_proof/upload/{proof.id}", data=data, files=files).json()
        self.assertEqual([bool(result["error"]) for result in answer["results"]], [False, True])
        new_test_user(self.env, "seller2", groups="sales_team.group_sale_salesman_all_leads")
        self.authenticate("seller2", "seller2")
        data = {"csrf_token": http.Request.csrf_token(self)}
        answer = self.url_open(f"/online_proof/upload/{proof.id}", data=data, files=files[:1]).json()
        self.assertIn("error", answer)

    def test_repeated_upload(self):
        """OP3: a request that Odoo repeats after a conflict still holds every file."""
        self.authenticate("clerk", "clerk")
        data = {"csrf_token": http.Request.csrf_token(self)}
        files = [("files", (f"{number}.pdf", make_pdf(1))) for number in range(2)]
        url = f"/online_proof/upload/{self.revision.proof_id.id}"
        tries = []

        def conflict_once(proof, files):
            tries.append([bytes(content) for _name, content in files])
            if len(tries) == 1:
                proof.env.cr.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")  # a serialization failure
            return []

        model = type(self.env["online.proof"])
        with mute_logger("odoo.sql_db"), patch.object(model, "_add_files", conflict_once):
            self.url_open(url, data=data, files=files)
        self.assertEqual(tries[1], [files[0][1][1], files[1][1][1]])

    def test_too_big_upload(self):
        """OP3: a body beyond the limit is refused by what it announces."""
        self.env["ir.config_parameter"].set_param(const_parameter(), "1")
        self.authenticate("clerk", "clerk")
        data = {"csrf_token": http.Request.csrf_token(self)}
        files = [("files", ("big.pdf", bytes(3 * 2**20)))]
        response = self.url_open(f"/online_proof/upload/{self.revision.proof_id.id}", data=data, files=files)
        self.assertEqual(response.status_code, 413)


def const_parameter():
    from ..const import UPLOAD_PARAMETER

    return UPLOAD_PARAMETER
