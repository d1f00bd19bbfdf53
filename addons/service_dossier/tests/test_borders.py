"""Whose a message or a complaint is: valid ids of somebody else, and the last value on each side of a limit."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.addons.service_dossier.controllers import portal
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ALIAS_DOMAIN, DossierCommon


@tagged("post_install", "-at_install")
class TestPageBorders(DossierCommon, HttpCase):
    """SD1, SD+7: a page shows one dossier and one conversation, not the customer's next one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._make_dossier(reference="Barn")
        cls.dealer.password = cls.dealer.login

    def page(self, path):
        """Return a page as the dealer."""
        self.authenticate(self.dealer.login, self.dealer.login)
        return self.url_open(path, allow_redirects=False)

    def test_other_conversations_stay_unread(self):
        """SD+7: who opens one conversation has not read the answers in the next one."""
        roots = [self.post(self.employee, body=f"<p>Question {number}</p>") for number in (1, 2)]
        answers = [self.post(self.employee, parent=root, body="<p>More</p>") for root in roots]
        self.page(f"/my/dossiers/{self.dossier.id}?thread={roots[0].id}")
        readers = [answer.sudo().read_ids.partner_id for answer in answers]
        self.assertIn(self.dealer.partner_id, readers[0])
        self.assertNotIn(self.dealer.partner_id, readers[1])

    def test_parts_of_the_dossier(self):
        """SD10: the configurator lists this dossier's parts; what is ordered is not offered to order again."""
        (self.dossier | self.second).stage_id = self.stage("service")
        Line = self.env["service.dossier.line"].with_user(self.dealer)
        for dossier, note in ((self.dossier, "for the villa"), (self.second, "for the barn")):
            Line._add(dossier.with_user(self.dealer), self.warranty.with_user(self.dealer), reference=note)
        text = self.page(f"/my/dossiers/{self.dossier.id}?tab=configurator").text
        self.assertTrue("for the villa" in text)
        self.assertFalse("for the barn" in text)
        action = f'action="/my/dossiers/{self.dossier.id}/order"'
        self.assertIn(action, text)
        Line._place_orders(self.dossier.with_user(self.dealer))
        self.assertNotIn(action, self.page(f"/my/dossiers/{self.dossier.id}?tab=configurator").text)

    def test_the_scanned_part(self):
        """SD14: a QR code leads to the dossier of that very part."""
        answer = self.page(f"/my/service/{self.warranty.name}")
        self.assertIn(f"/my/dossiers/{self.dossier.id}?", answer.headers["Location"])

    def test_products_of_the_company(self):
        """SD1: what another company makes is not offered, nor what is of another group than the chosen one."""
        company = self.env["res.company"].create({"name": "Other Works"})
        group = self.env["product.category"].create({"name": "Doors"})
        for name, values in (("Their blind", {"company_id": company.id}), ("Our door", {"categ_id": group.id})):
            self.env["product.product"].create(
                {"name": name, "categ_id": self.category.id, "dossier_role": "request", **values}
            )
        text = self.page(f"/my/dossiers/new?group={self.category.id}").text
        self.assertIn(self.product.name, text)
        self.assertNotIn("Their blind", text)
        self.assertNotIn("Our door", text)
        self.assertIn("Our door", self.page(f"/my/dossiers/new?group={group.id}").text)

    def test_counted_up_to(self):
        """SD1: as many dossiers as are counted may be more, one less are all."""
        count = self.env["service.dossier"].with_user(self.dealer).search_count([])
        for limit, more in ((count, True), (count + 1, False)):
            with patch.object(portal, "COUNT_LIMIT", limit):
                self.assertEqual("dossiers match; search for" in self.page("/my/dossiers").text, more, limit)


@tagged("post_install", "-at_install")
class TestViewerBorders(DossierCommon):
    """SD+7: who looks at a record is said on that record, while it is true."""

    def test_who_looks_at_what(self):
        """SD+7: neither who looks at the next dossier, nor at a ticket of the same number, is named; others stay."""
        second = self._make_dossier()
        rows = self.env["service.dossier.viewer"]
        self.dossier.with_user(self.manager).look()
        third = new_test_user(self.env, "sd_third", groups="service_dossier.group_service_dossier_user", name="Tess")
        second.with_user(third).look()
        now = fields.Datetime.now()
        admin = self.env.ref("base.user_admin")
        rows.create({"res_model": "helpdesk.ticket", "res_id": self.dossier.id, "user_id": admin.id, "date_seen": now})
        self.assertEqual(self.dossier.with_user(self.employee).look(), [self.manager.name])
        self.dossier.with_user(self.employee).leave()
        self.assertEqual(set(rows.search([]).mapped("user_id")), {self.manager, third, admin})
        third_row = rows.search([("user_id", "=", third.id)])
        third_row.date_seen = now - timedelta(hours=2)
        rows._gc_viewers()
        self.assertEqual(set(rows.search([]).mapped("user_id")), {self.manager, admin})


@tagged("post_install", "-at_install")
class TestComplaintBorders(DossierCommon):
    """SD4, SD+7: what is a complaint, and until when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages = {
            name: cls.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}") for name in ("new", "in_progress", "done")
        }
        cls.waits = cls.env["helpdesk.ticket.stage"].create({"name": "Waits", "dossier_waits": True, "sequence": 80})
        cls.first = cls.env["helpdesk.ticket.stage"].create({"name": "First", "unattended": True, "sequence": 81})
        cls.plain = cls.env["helpdesk.ticket"].create({"name": "Printer", "description": "<p>Broken</p>"})
        cls.agent = new_test_user(cls.env, "sd_border_agent", groups="helpdesk_mgmt.group_helpdesk_user")

    def complain(self, dossier=None):
        """Return the ticket of a new complaint."""
        return self.post(self.dealer, "complaint", dossier=dossier, subject="Scratch").sudo().ticket_ids

    def test_links_of_a_new_ticket(self):
        """SD7: an agent without a role in dossiers ties no ticket to one, new or old."""
        Ticket = self.env["helpdesk.ticket"].with_user(self.agent)
        values = {"name": "x", "description": "<p>x</p>", "dossier_id": self.dossier.id}
        with self.assertRaises(AccessError):
            Ticket.create(values)
        with self.assertRaises(AccessError):
            self.plain.with_user(self.agent).dossier_id = self.dossier

    def test_what_is_an_answer(self):
        """SD4: another stage in which nobody works answers nothing; the first answer stays the first."""
        ticket = self.complain()
        ticket.with_user(self.agent).stage_id = self.first
        self.assertFalse(ticket.date_first_response)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            ticket.with_user(self.agent).stage_id = self.stages["in_progress"]
            answered = ticket.date_first_response
        self.assertTrue(answered)
        (ticket | self.plain)._mark_answered()
        self.assertEqual(ticket.date_first_response, answered)
        self.assertFalse(self.plain.date_first_response, "an ordinary ticket has no target")

    def test_ordinary_tickets(self):
        """SD4: tickets that are no complaints are talked about, wait and close as without dossiers."""
        count = self.env["service.dossier.message"].search_count([])
        self.plain.with_user(self.agent).message_post(body="Switched off?", subtype_xmlid="mail.mt_comment")
        self.plain.with_user(self.agent).stage_id = self.waits
        self.assertFalse(self.plain.date_waiting)
        self.plain.with_user(self.agent).stage_id = self.stages["done"]
        self.assertFalse(self.plain.date_satisfaction)
        self.assertEqual(self.env["service.dossier.message"].search_count([]), count)

    def test_asked_once(self):
        """SD+10: from one end to another nothing is asked again."""
        ticket = self.complain()
        closed = self.env["helpdesk.ticket.stage"].create({"name": "Filed", "closed": True, "sequence": 90})
        ticket.with_user(self.agent).stage_id = self.stages["done"]
        asked = ticket.dossier_message_id.child_ids
        self.assertEqual(len(asked), 1)
        ticket.with_user(self.agent).stage_id = closed
        self.assertEqual(ticket.dossier_message_id.child_ids, asked)

    def test_closed_without_an_answer(self):
        """SD+4: what was closed is not overdue."""
        ticket, late = self.complain(), self.complain()
        (ticket | late).date_response_deadline = fields.Datetime.now() - timedelta(hours=1)
        ticket.sudo().with_context(tracking_disable=True).write({"stage_id": self.stages["done"].id})
        (ticket | late).date_first_response = False
        self.run_cron("ir_cron_escalate_responses")
        self.assertTrue(late.response_escalated)
        self.assertFalse(ticket.response_escalated)

    def test_reopened_until(self):
        """SD+7: an answer on the last day reopens a complaint, a second later it does not; into a stage of work."""
        now = fields.Datetime.now().replace(microsecond=0)
        self.company.dossier_reopen_days = 14
        for late, stage in ((0, self.stages["in_progress"]), (1, self.stages["done"])):
            ticket = self.complain()
            ticket.stage_id = self.stages["done"]
            ticket.closed_date = now - timedelta(days=14, seconds=late)
            with freeze_time(now):
                ticket._on_customer_answer()
            self.assertEqual(ticket.stage_id, stage, late)

    def test_categories_of_the_company(self):
        """SD4: another company's categories are not offered."""
        company = self.env["res.company"].create({"name": "Other Works"})
        Category = self.env["helpdesk.ticket.category"]
        theirs = Category.create({"name": "Theirs", "dossier_complaint": True, "company_id": company.id})
        self.assertNotIn(theirs, Category._dossier_choices(self.company))
        self.assertIn(theirs, Category._dossier_choices(company))

    def test_what_is_merged(self):
        """SD+7: only complaints, of one dossier, two at least, by who may change them, never into one another."""
        first, second, third = self.complain(), self.complain(), self.complain()
        elsewhere = self.complain(self._make_dossier())
        other = self.env["helpdesk.ticket"].create({"name": "Scanner", "description": "<p>x</p>"})
        for tickets in (first, first | elsewhere, self.plain | other):
            with self.assertRaises(UserError):
                tickets.action_merge()
        with self.assertRaises(UserError):
            first._merge_into(first)
        with self.assertRaises(AccessError):
            (first | second).with_user(self.dealer).action_merge()
        (first | second).with_user(self.agent).action_merge()
        self.assertEqual(second.merged_into_id, first)
        self.assertEqual(second.stage_id.closed, True)
        with self.assertRaises(UserError):
            first._merge_into(second)
        third._merge_into(second)
        self.assertEqual(third._get_conversation(), first)


@tagged("post_install", "-at_install")
class TestSettingBorders(DossierCommon):
    """SD3, SD10: the least and the most that the settings take."""

    def test_limits(self):
        """SD3: both ends are possible, one beyond is not."""
        for name, least, most in (
            ("dossier_max_file_size", 1, 500),
            ("dossier_max_recipients", 1, 100),
            ("dossier_tolerance", 0, 1000),
            ("dossier_response_hours", 0, None),
            ("dossier_claim_days", 0, None),
        ):
            for value in filter(lambda value: value is not None, (least, most)):
                self.company[name] = value
            for value in (least - 1, None if most is None else most + 1):
                if value is not None:
                    with self.subTest(name, value=value), self.assertRaises(ValidationError):
                        self.company[name] = value

    def test_most_invitations(self):
        """SD+10: twenty invitations a day; those of another customer, and of yesterday, do not count."""
        self.dealer.partner_id.dossier_administrator = True
        person = {"dossier_invited": True}
        Partner = self.env["res.partner"]
        Partner.create([{**person, "name": f"p{n}", "parent_id": self.customer.id} for n in range(19)])
        Partner.create([{**person, "name": f"o{n}", "parent_id": self.other_customer.id} for n in range(3)])
        old = Partner.create([{**person, "name": f"y{n}", "parent_id": self.customer.id} for n in range(3)])
        self.env.flush_all()
        yesterday = fields.Datetime.now() - timedelta(days=1, seconds=1)
        self.env.cr.execute("UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)", (yesterday, old.ids))
        invite = self.dealer.with_user(self.dealer)._invite_dossier_colleague
        for name, email in (("", "x@dealer.example"), ("X", "no address")):
            with self.assertRaisesRegex(UserError, "Fill in"):
                invite(name, email)
        self.assertTrue(invite("Twentieth", "twentieth@dealer.example"))
        with self.assertRaisesRegex(UserError, "many people"):
            invite("One More", "more@dealer.example")

    def test_whose_address_is_invited(self):
        """SD+10: an address that somebody else, or several former colleagues have, is not invited."""
        self.dealer.partner_id.dossier_administrator = True
        invite = self.dealer.with_user(self.dealer)._invite_dossier_colleague
        gone = self._make_portal_user("sd_gone", "Gone", self.customer)
        theirs = self._make_portal_user("sd_theirs", "Theirs", self.other_customer)
        (gone | theirs).active = False
        for email in (theirs.email, self.employee.email, self.colleague.email):
            with self.assertRaisesRegex(UserError, "cannot be invited"):
                invite("Somebody", email)
        twin = self._make_portal_user("sd_twin", "Twin", self.customer)
        twin.active, twin.partner_id.email = False, gone.email
        with self.assertRaisesRegex(UserError, "cannot be invited"):
            invite("Gone", gone.email)
        twin.partner_id.email = "twin@dealer.example"
        self.assertEqual(invite("Gone", gone.email), gone)
        self.assertTrue(gone.active)


@tagged("post_install", "-at_install")
class TestEmployerBorders(DossierCommon):
    """SD7: who changes employer leaves the old one's things, and nobody else's."""

    def test_what_is_left_behind(self):
        """SD7: the old company keeps its dossiers, warranties, orders and complaints; colleagues' stay as they were."""
        ticket = self.post(self.dealer, "complaint", subject="Scratch").sudo().ticket_ids
        colleagues = self._make_dossier(self.colleague)
        order, warranty = self.order, self.make_warranty(partner_id=self.dealer.partner_id.id)
        theirs = self._make_order(colleagues)
        strangers = self._make_dossier(self.stranger)
        strangers.message_subscribe(partner_ids=self.dealer.partner_id.ids)
        plain = self.env["sale.order"].create({"partner_id": self.dealer.partner_id.id})
        self.dossier.message_subscribe(partner_ids=(self.dealer | self.colleague).partner_id.ids)
        self.dealer.partner_id.parent_id = self.env["res.partner"].create({"name": "Third", "is_company": True})
        self.assertEqual(self.dossier.partner_id, self.customer)
        self.assertEqual(warranty.partner_id, self.customer)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertNotIn(self.dealer.partner_id, self.dossier.message_partner_ids)
        self.assertIn(self.colleague.partner_id, self.dossier.message_partner_ids)
        self.assertEqual(colleagues.partner_id, self.colleague.partner_id)
        self.assertEqual(theirs.partner_id, self.colleague.partner_id)
        self.assertEqual(plain.partner_id, self.dealer.partner_id, "an order of no dossier moves along, as in Odoo")
        self.assertIn(self.dealer.partner_id, strangers.message_partner_ids, "a guest stays a guest")

    def test_who_is_below(self):
        """SD7: people below a contact that moves are looked at, others keep what they were granted."""
        self.colleague.partner_id.dossier_administrator = True
        self.dealer.partner_id.dossier_administrator = True
        self.dealer.partner_id.parent_id = self.other_customer
        self.assertFalse(self.dealer.partner_id.dossier_administrator)
        self.assertTrue(self.colleague.partner_id.dossier_administrator)
        group = self.env["res.partner"].create({"name": "Group", "is_company": True})
        self.customer.parent_id = group
        self.assertEqual(self.dossier.commercial_partner_id, self.customer, "a customer that is bought keeps its own")


@tagged("post_install", "-at_install")
class TestBounceBorders(DossierCommon):
    """SD+5: whose mail came back."""

    def test_one_reader_of_several(self):
        """SD+5: a report that names a reader's own copy marks that reader; one that was marked stays as it is."""
        self.dossier.message_subscribe(partner_ids=self.manager.partner_id.ids)
        remark = self.post(self.dealer)
        mailing = remark.sudo().mailing_ids
        rows = mailing._get_deliveries()
        self.assertEqual(len(rows), 2)
        rows._settle("sent", "")
        header = mailing._message_header_id(self.manager.email)
        bounce = self.env["mail.delivery"]._bounce
        bounce([header], self.employee.email, "not hers")
        states = {row.address: (row.state, row.reason) for row in rows}
        self.assertEqual(states[self.employee.email][0], "sent", "the copy was another's")
        self.assertEqual(states[self.manager.email], ("bounced", "not hers"), "the copy says whose it was")
        bounce([header], self.manager.email, "again")
        self.assertEqual(rows.filtered(lambda row: row.address == self.manager.email).reason, "not hers")
        forged = f"<dossier-{mailing.id}-{'0' * 32}@{ALIAS_DOMAIN}>"
        self.assertFalse(bounce([forged], self.employee.email, "forged"))
