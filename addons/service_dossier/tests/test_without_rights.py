"""What people without rights set going: each needs the superuser at one place, and these tests fail without it.

``python -m tools.mutants service_dossier --superuser`` leaves out each ``sudo()`` in turn and shows which test notices.
Nothing may be in a cache that a superuser filled: in life each of this is a request of its own.
"""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DossierCommon


class WithoutRights(DossierCommon):
    """People who have one role and no other."""

    def cold(self, record, user):
        """Return a record as a user, with nothing in the cache."""
        self.env.invalidate_all()
        return record.with_user(user)

    def make_user(self, login, groups="base.group_user", **values):
        """Make a user with some groups and nothing else."""
        return new_test_user(self.env, login, groups=groups, email=f"{login}@example.com", **values)

    def complain(self, **values):
        """Return the ticket of a complaint of the dealer's."""
        return self.post(self.dealer, "complaint", subject="Scratch", **values).sudo().ticket_ids


@tagged("post_install", "-at_install")
class TestTicketsWithoutRights(WithoutRights):
    """SD+7: helpdesk agents and customers, without a role in dossiers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting, cls.done = cls.env["helpdesk.ticket.stage"].create(
            [{"name": "Waiting", "dossier_waits": True}, {"name": "Done", "closed": True}]
        )

    def test_follower_answers(self):
        """SD+7: an employee who only follows a complaint answers it: the target is met, the dossier has the answer."""
        follower = self.make_user("sd_follower")
        ticket = self.complain()
        ticket.message_subscribe(partner_ids=follower.partner_id.ids)
        attachment = self.env["ir.attachment"].create(
            {"name": "plan.txt", "raw": b"plan", "res_model": "helpdesk.ticket", "res_id": ticket.id}
        )
        self.cold(ticket, follower).message_post(
            body="We come on Monday.", message_type="comment", subtype_xmlid="mail.mt_comment",
            attachment_ids=attachment.ids,
        )  # fmt: skip
        self.assertTrue(ticket.date_first_response)
        answer = self.dossier.communication_ids[0]
        self.assertIn("Monday", answer.body)
        self.assertEqual(answer.file_ids.mapped("name"), ["plan.txt"])

    def test_customer_answers_on_the_ticket(self):
        """SD+10: the customer's word on a waiting complaint brings it back to work."""
        ticket = self.complain()
        before = ticket.stage_id
        ticket.stage_id = self.waiting
        self.cold(ticket, self.dealer).message_post(
            body="It is the left one.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(ticket.stage_id, before)

    def test_handed_over_to_another_team(self):
        """SD+10: the clock stops, too, where the agent gives the waiting complaint to another team at once."""
        agent = self.make_user("sd_team_agent", "helpdesk_mgmt.group_helpdesk_user_team")
        own, other = self.env["helpdesk.ticket.team"].create(
            [{"name": "Own", "user_ids": [Command.set(agent.ids)]}, {"name": "Other"}]
        )
        ticket = self.complain()
        ticket.write({"team_id": own.id, "user_id": False})
        self.cold(ticket, agent).write({"stage_id": self.waiting.id, "team_id": other.id})
        self.assertTrue(ticket.date_waiting)

    def test_agent_solves(self):
        """SD+10: an agent closes a complaint, and the dossier asks the customer how it was handled."""
        agent = self.make_user("sd_agent_only", "helpdesk_mgmt.group_helpdesk_user")
        ticket = self.complain()
        self.cold(ticket, agent).stage_id = self.done
        self.assertTrue(ticket.date_satisfaction)
        self.assertIn("is solved", self.dossier.communication_ids[0].body)

    def test_categories_of_another_company(self):
        """SD4: a customer's login is of one company; complaints in another one's dossiers have its categories."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Motor", "company_id": other.id, "dossier_complaint": True}
        )
        choices = self.cold(self.env["helpdesk.ticket.category"], self.dealer)._dossier_choices(other)
        self.assertIn("Motor", choices.filtered(lambda choice: choice.id == category.id).mapped("name"))


@tagged("post_install", "-at_install")
class TestOrdersWithoutRights(WithoutRights):
    """SD+8: who sells and delivers, without a role in dossiers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = ["sales_team.group_sale_manager"]
        # with these installed, Odoo cancels deliveries as whoever cancels the order
        groups += [name for name in ("stock.group_stock_user",) if cls.env.ref(name, raise_if_not_found=False)]
        cls.seller = cls.make_user(cls, "sd_seller", ",".join(groups))

    def place(self):
        """Return an order that the dealer placed under the warranty."""
        self.dossier.stage_id = self.stage("service")
        Line = self.env["service.dossier.line"].with_user(self.dealer)
        Line._add(self.dossier.with_user(self.dealer), self.warranty.with_user(self.dealer))
        return Line._place_orders(self.dossier.with_user(self.dealer)).sudo(False)

    def test_confirms(self):
        """SD+2: confirming an original order gives the dossier its number and moves it on."""
        dossier = self._make_dossier()
        order = self.env["sale.order"].create(
            {
                "partner_id": dossier.partner_id.id,
                "dossier_id": dossier.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        self.cold(order, self.seller).action_confirm()
        self.assertEqual((dossier.order_number, dossier.stage_id.kind), (order.name, "ordered"))

    def test_delivers(self):
        """SD8: filling in what was delivered makes the warranties, and moves the dossier on."""
        dossier = self._make_dossier()
        order = self._make_order(dossier, deliver=0)
        self.cold(order.order_line, self.seller).qty_delivered = 1
        self.assertEqual(len(dossier.warranty_ids), 1)
        self.assertEqual(dossier.stage_id.kind, "delivered")
        line = self.cold(order.order_line, self.seller)
        self.assertEqual(line._get_warranty_numbers(), dossier.warranty_ids.name, "it is printed")

    def test_cancels_and_takes_up_again(self):
        """SD+8: what is cancelled is not claimed, what is taken up again is."""
        order = self.place()
        claim = order.sudo().order_line.warranty_claim_ids
        self.cold(order, self.seller)._action_cancel()
        self.assertEqual(claim.state, "cancelled")
        self.cold(order, self.seller).action_draft()
        self.assertEqual(claim.state, "approved")
        self.cold(order, self.seller).unlink()
        self.assertEqual(claim.state, "cancelled")

    def test_changes_lines(self):
        """SD+8: less may be ordered than is claimed, nothing else, and a line that is removed claims nothing."""
        self.product.warranty_claim_limit = 3
        order = self.place()
        claim = order.sudo().order_line.warranty_claim_ids
        self.cold(order.order_line, self.seller).product_uom_qty = 2
        self.assertEqual(claim.quantity, 2)
        self.cold(order, self.seller)._action_cancel()
        self.cold(order, self.seller).action_draft()
        with self.assertRaisesRegex(UserError, "claimed for"):
            self.cold(order.order_line, self.seller).product_id = self.service
        self.cold(order.order_line, self.seller).unlink()
        self.assertEqual(claim.state, "cancelled")

    def test_stage_without_sales(self):
        """SD+2: an employee without a sales role moves a dossier to Delivered."""
        dossier = self._make_dossier()
        self._make_order(dossier, deliver=0)
        self.assertEqual(dossier.stage_id.kind, "ordered")
        dossier.stage_id = self.stage("production")
        self.cold(dossier, self.employee).stage_id = self.stage("delivered")
        self.assertEqual(dossier.stage_id.kind, "delivered")

    def test_bills(self):
        """SD9: who prints an invoice sees neither dossiers nor warranties; the number is on it."""
        accountant = self.make_user("sd_accountant", "account.group_account_invoice")
        invoice = self.order._create_invoices()
        report = self.cold(self.env["ir.actions.report"], accountant)
        html = report._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
        self.assertIn(self.warranty.name, html)

    def test_decides_without_sales(self):
        """SD+8: a dossier manager without a sales role approves a claim, and the order goes on."""
        self.place()
        second = self.place()
        claim = second.sudo().order_line.warranty_claim_ids
        self.assertEqual(claim.state, "waiting")
        self.cold(claim, self.manager).action_approve()
        self.assertEqual(second.sudo().state, "sale")


@tagged("post_install", "-at_install")
class TestDealersWithoutRights(WithoutRights):
    """SD6 to SD12: customers' people, who read no products, orders and claims."""

    def setUp(self):
        super().setUp()
        # a shop lets them read products
        models = ("product.product", "product.template", "sale.order", "sale.order.line")
        shop = [("model_id.model", "in", models), ("group_id", "=", self.env.ref("base.group_portal").id)]
        self.env["ir.model.access"].search(shop).unlink()
        self.dossier.stage_id = self.stage("service")

    def add(self, **values):
        """Configure a part as the dealer; return the line as the dealer."""
        Line = self.cold(self.env["service.dossier.line"], self.dealer)
        dossier, warranty = (record.with_user(self.dealer) for record in (self.dossier, self.warranty))
        return self.cold(Line._add(dossier, warranty, **values).sudo(False), self.dealer)

    def test_configures_and_orders(self):
        """SD9, SD12, SD+8: a dealer configures parts, reads what the warranty pays for, and orders."""
        line = self.add()
        self.assertTrue(line.is_free)
        self.assertEqual(line.price, 0)
        second = self.add(element=self.element, quantity=3)
        self.assertEqual((second.is_free, second.is_waiting, second.price), (False, True, 300))
        self.cold(second, self.dealer)._remove()
        self.assertFalse(second.exists())
        self.env.invalidate_all()
        orders = line._place_orders(self.dossier.with_user(self.dealer))
        self.assertEqual((orders.state, orders.amount_untaxed), ("sale", 0))
        self.assertTrue(self.cold(line, self.dealer).is_free)

    def test_deactivates_a_file(self):
        """SD2: nobody writes files; authors deactivate their own."""
        file = self.post(self.dealer, files=[("a.txt", b"a")]).file_ids
        with self.assertRaises(AccessError):
            self.cold(file, self.colleague)._deactivate()
        self.cold(file, self.dealer)._deactivate()
        self.assertTrue(file.deactivated)


@tagged("post_install", "-at_install")
class TestPeopleWithoutRights(WithoutRights):
    """SD1, SD7: customers, and employees who know nothing of dossiers."""

    def test_day_of_the_company(self):
        """SD+1: a customer's warranty runs by the company's clock, whose working hours customers cannot read."""
        self.company.resource_calendar_id.tz = "Pacific/Kiritimati"
        day = self.company._dossier_day()
        self.assertEqual(self.cold(self.company, self.dealer)._dossier_day(), day)

    def test_contact_changes_employer(self):
        """SD7: whoever edits contacts need not see dossiers: nothing moves along, nothing stays granted."""
        clerk = self.make_user("sd_clerk", "base.group_user,base.group_partner_manager")
        person = self.dealer.partner_id
        person.dossier_customer_ids = self.other_customer
        self.cold(person, clerk).parent_id = self.other_customer
        self.assertEqual(self.dossier.partner_id, self.customer)
        self.assertEqual(self.dossier.commercial_partner_id, self.customer)
        self.assertFalse(person.dossier_customer_ids)

    def test_merges_contacts(self):
        """SD7: whoever merges contacts need not see dossiers: what is another customer's stays with it."""
        groups = ["base.group_user", "base.group_partner_manager"]
        # with it installed, Odoo reads who visited the site
        groups += [name for name in ("website.group_website_designer",) if self.env.ref(name, raise_if_not_found=False)]
        clerk = self.make_user("sd_merger", ",".join(groups))
        person = self.stranger.partner_id
        contact = self.customer.create({"name": "D", "parent_id": self.customer.id, "email": person.email})
        dossier = self._make_dossier(partner_id=contact.id)
        wizard = self.cold(self.env["base.partner.merge.automatic.wizard"], clerk).create({})
        wizard._merge([person.id, contact.id], person.with_user(clerk))
        self.assertFalse(contact.exists())
        self.assertEqual((dossier.partner_id, dossier.commercial_partner_id), (self.customer, self.customer))

    def test_whose_dossiers(self):
        """SD+10: a login knows for which customers it acts; who acts for whom is otherwise for managers."""
        person = self.dealer.partner_id
        person.dossier_customer_ids = self.other_customer
        customers = self.cold(person, self.dealer)._dossier_customers()
        self.assertEqual(customers, self.customer | self.other_customer)
        self.assertTrue(self.cold(self.dossier, self.dealer)._is_customers(self.dealer.with_user(self.dealer)))
        # a guest, who reads the dossier and acts for others
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        self.assertFalse(self.cold(self.dossier, self.stranger)._is_customers(self.stranger.with_user(self.stranger)))

    def test_settings_of_another_company(self):
        """SD3: limits and contact of a dossier are those of its company, also where the login is of another one."""
        other = self.env["res.company"].create({"name": "Elsewhere", "phone": "123", "dossier_max_recipients": 7})
        dossier = self._make_dossier(company_id=other.id, user_id=False)
        self.assertEqual(self.cold(dossier, self.dealer)._settings().dossier_max_recipients, 7)
        self.assertEqual(self.cold(dossier, self.dealer)._contact_notice()["name"], "Elsewhere")
        self.assertIn("Elsewhere", str(self.cold(dossier, self.dealer)._get_readers("company")))

    def test_internal_messages_keep_the_company(self):
        """SD7: what an employee cannot see keeps a dossier in its company, too."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.employee.company_ids |= other
        dossier = self._make_dossier()
        self.post(self.dealer, dossier=dossier, audience="internal")
        with self.assertRaisesRegex(UserError, "stays in"):
            self.cold(dossier, self.employee).company_id = other

    def test_handed_over_and_deleted(self):
        """SD7: a manager hands a dossier over and deletes one, with what no employee can see."""
        dossier = self._make_dossier()
        message = self.post(self.dealer, dossier=dossier, audience="internal", files=[("a.txt", b"a")])
        self.cold(dossier, self.manager)._hand_over(self.stranger.partner_id.with_user(self.manager))
        self.assertEqual(dossier.commercial_partner_id, self.other_customer)
        self.cold(dossier, self.manager).unlink()
        self.assertFalse(message.sudo().exists())

    def test_warranty_document(self):
        """SD6: an employee posts the document; whether somebody gets it is asked before it is said."""
        # who knows whom a guest acts for?
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        report = type(self.env["ir.actions.report"])
        with patch.object(report, "_render_qweb_pdf", return_value=(b"%PDF-1.4", "pdf")):
            self.assertTrue(self.cold(self.dossier, self.employee).action_post_warranty_document())

    def test_warranty_document_is_printed(self):
        """SD6: an employee with no other role prints the document with everything that is delivered."""
        report = self.cold(self.env["ir.actions.report"], self.employee)
        html = report._render_qweb_html("service_dossier.report_warranty_document", self.dossier.ids)[0].decode()
        self.assertIn(self.warranty.name, html)
        self.assertIn("Screen", html)

    def test_sends_again(self):
        """SD+5: the author sends an e-mail again that did not arrive."""
        message, _mail = self.mail_plan("a@x.example")
        message.sudo().mailing_ids._get_deliveries()._settle("bounced", "no such box")
        known = self.all_mails()
        self.cold(message, self.dealer)._send_again("a@x.example", "anna@x.example")
        self.assertEqual(self.new_mails(known).email_to, "anna@x.example")
        with self.assertRaises(AccessError):
            self.cold(message, self.colleague)._send_again("a@x.example", "anna@x.example")

    def test_administrator_sends_the_queue(self):
        """SD+5: an administrator without a role in dossiers sends a mail by hand, and it can be answered."""
        administrator = self.make_user("sd_admin", "base.group_system")
        remark = self.post(self.dealer)
        mail = self.all_mails().filtered(lambda mail: mail.recipient_ids == self.employee.partner_id)[:1]
        self.assertTrue(remark.sudo().mailing_ids)
        [email] = self.cold(mail, administrator)._prepare_outgoing_list()
        self.assertIn("dossier+", email["reply_to"])

    def test_document_for_a_customer(self):
        """SD+10: the document names people and products, which its reader may not read."""
        self.post(self.employee, body="<p>Ready.</p>")
        report = self.cold(self.env["ir.actions.report"], self.dealer)
        html = report._render_qweb_html("service_dossier.report_dossier", self.dossier.ids)[0].decode()
        self.assertIn("Ready.", html)
        self.assertIn("Screen", html)

    def test_gateway(self):
        """SD3: whoever runs the mail gateway needs no role in dossiers."""
        robot = self.make_user("sd_robot")
        message, mail = self.mail_plan("a@x.example")
        head = f"From: a@x.example\nTo: {mail.reply_to}\nSubject: Re\nMessage-Id: <cold@x.example>\n"
        self.cold(self.env["mail.thread"], robot).message_process(False, f"{head}\nOn Monday.\n".encode())
        self.assertIn("Monday", message.sudo().child_ids.body)
        head = head.replace("a@x.example", "b@y.example", 1).replace("cold", "colder")
        self.cold(self.env["mail.thread"], robot).message_process(False, f"{head}\nMe, too.\n".encode())
        waiting = self.env["service.dossier.unplaced"].search([("mail_header", "=", "<colder@x.example>")])
        self.assertEqual(waiting.reason, "sender")
        self.cold(waiting, self.employee).action_attach()
        self.assertIn("Me, too", self.dossier.communication_ids[0].body)


@tagged("post_install", "-at_install")
class TestFormsOfOthers(WithoutRights):
    """PR5: a form that is not saved shows nothing of what its user may not read."""

    def test_the_number_of_a_customer_of_others(self):
        """SD1: the customer number of another company's contact is not told to whoever names its id."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        private = self.env["res.partner"].create({"name": "Private", "ref": "P-77", "company_id": company.id})
        dossiers = self.cold(self.env["service.dossier"], self.employee)
        for name in ("partner_id", "commercial_partner_id"):
            with self.assertRaises(AccessError):
                dossiers.onchange({name: private.id}, [name], {"customer_number": {}})
        own = {"partner_id": self.dealer.partner_id.id}
        self.assertIn("value", dossiers.onchange(own, ["partner_id"], {"customer_number": {}}))


@tagged("post_install", "-at_install")
class TestProposals(WithoutRights):
    """SEC-07: a guard that looks at the values sees no default, of a call or one that somebody keeps for himself."""

    def _keep(self, user, model, name, value):
        self.env["ir.default"].with_user(user).set(model, name, value, user_id=True)

    def test_a_part_is_not_born_ordered(self):
        """SD5: what was ordered follows from orders, whatever a call proposes."""
        self._keep(self.employee, "service.dossier.line", "order_name", "S99")
        lines = self.env["service.dossier.line"].with_user(self.employee).with_context(default_is_placed=True)
        line = lines.create({"dossier_id": self.dossier.id, "warranty_id": self.warranty.id, "quantity": 1})
        self.assertEqual((line.is_placed, line.order_name), (False, False))

    def test_a_complaint_is_not_born_praised(self):
        """SD+7: what customers say is theirs to say."""
        agent = self.make_user("sd_agent", "helpdesk_mgmt.group_helpdesk_user")
        self._keep(agent, "helpdesk.ticket", "satisfaction_comment", "Great")
        tickets = self.env["helpdesk.ticket"].with_user(agent).with_context(default_satisfaction="good")
        ticket = tickets.create({"name": "Scratch", "description": "Scratch"})
        self.assertEqual((ticket.satisfaction, ticket.satisfaction_comment), (False, False))
