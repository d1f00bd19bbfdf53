"""Whose dossiers and warranties are: fixed when they are made, handed over on purpose."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestCustomers(DossierCommon):
    """SD1, SD7, SD9: a person who changes employer takes nothing along."""

    def test_contact_changes_employer(self):
        """SD1, SD9: dossiers, warranties and messages to everybody stay; the person leaves them, colleagues do not."""
        message = self.post(self.employee, audience="everyone")
        self.dossier.message_subscribe(partner_ids=self.dealer.partner_id.ids)
        Dossier = self.env["service.dossier"].with_user(self.stranger)
        self.assertFalse(Dossier.search([]))
        before = self.env["service.dossier"].with_user(self.dealer).search([])  # Odoo caches the record rule now
        self.assertIn(self.dossier, before)
        self.dealer.partner_id.parent_id = self.other_customer
        self.env.invalidate_all()
        self.assertEqual(self.dossier.commercial_partner_id, self.customer)
        self.assertEqual(self.dossier.partner_id, self.customer)
        self.assertEqual(self.warranty.commercial_partner_id, self.customer)
        self.assertEqual(self.warranty.partner_id, self.customer)
        self.assertNotIn(self.dealer.partner_id, self.dossier.message_partner_ids)
        self.assertIn("Dirk left Dealer", self.dossier.message_ids[0].body)
        for user in (self.stranger, self.dealer):
            for model in ("service.dossier", "service.warranty", "service.dossier.message"):
                self.assertFalse(self.env[model].with_user(user).search([]), (user.login, model))
        self.assertEqual(self.env["service.dossier"].with_user(self.colleague).search([]), self.dossier)
        self.assertIn(message, self.env["service.dossier.message"].with_user(self.colleague).search([]))
        self.assertTrue(self.warranty.with_user(self.colleague).has_access("read"))

    def merge(self, *people):
        """Merge contacts into the first of them."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([person.id for person in people], people[0])
        self.env.invalidate_all()

    def test_merge_of_contacts(self):
        """SD7, SD+8: a contact merged into one of another customer takes neither dossiers nor orders along."""
        contact = self.customer.create({"name": "Dirk", "parent_id": self.customer.id, "email": "d2@x.example"})
        dossier = self._make_dossier(partner_id=contact.id, stage_id=self.stage("service").id)
        dossier.message_subscribe(partner_ids=contact.ids)
        order = self._make_order(dossier, deliver=0)
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "x", "description": "x", "partner_id": contact.id, "dossier_id": dossier.id}
        )
        warranty = self.env["service.warranty"].create({"partner_id": contact.id, "product_id": self.product.id})
        self.merge(self.stranger.partner_id, contact)
        self.assertFalse(contact.exists())
        for record in (dossier, warranty):
            self.assertEqual((record.partner_id, record.commercial_partner_id), (self.customer, self.customer))
            self.assertFalse(record.with_user(self.stranger).has_access("read"))
        self.assertNotIn(self.stranger.partner_id, dossier.message_partner_ids)
        self.assertEqual((order.partner_id, order.partner_invoice_id, ticket.partner_id), (self.customer,) * 3)
        self.env["service.dossier.line"].create({"dossier_id": dossier.id, "warranty_id": warranty.id})
        self.env["service.dossier.line"]._place_orders(dossier)
        self.assertEqual(dossier.order_ids.partner_id, self.customer)

    def test_merge_of_customers(self):
        """SD1: two customers that are one keep what each had, for the people of both."""
        people = self.stranger.partner_id
        dossier = self._make_dossier(self.stranger)
        self.assertFalse(dossier.with_user(self.dealer).has_access("read"))
        self.merge(self.customer, self.other_customer)
        self.assertEqual((dossier.partner_id, dossier.commercial_partner_id), (people, self.customer))
        for user in (self.dealer, self.stranger):
            self.assertEqual(self.env["service.dossier"].with_user(user).search([]), self.dossier | dossier)

    def test_company_is_fixed(self):
        """SD7: what was said in one company is not handed to the employees of another; what is empty may move."""
        other = self.env["res.company"].create({"name": "Second maker"})
        note = self.post(self.employee, audience="staff")
        empty = self._make_dossier()
        self.manager.company_ids += other
        for record in (self.dossier, self.warranty):
            with self.assertRaises(UserError):
                record.with_user(self.manager).with_context(allowed_company_ids=[self.company.id, other.id]).write(
                    {"company_id": other.id}
                )
            record.company_id = self.company  # no change
        self.assertEqual(note.company_id, self.company)
        empty.company_id = other
        self.assertEqual(empty.company_id, other)

    def test_nobody_who_left_gets_mail(self):
        """SD5: what is written after somebody left is mailed to the customer, not to that person."""
        self.dossier.message_subscribe(partner_ids=self.dealer.partner_id.ids)
        self.customer.email = "office@dealer.example.com"
        self.dealer.partner_id.parent_id = self.other_customer
        known = self.all_mails()
        self.post(self.employee, audience="everyone")
        self.assertEqual(self.new_mails(known).recipient_ids, self.customer)

    def test_answers_to_who_left(self):
        """SD5: the answer to a remark of somebody who left since goes to the customer; a guest gets the own answers."""
        remark = self.post(self.dealer, audience="everyone")
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        of_guest = self.post(self.stranger, audience="everyone")
        self.customer.email = "office@dealer.example.com"
        self.dealer.partner_id.parent_id = self.env["res.partner"].create({"name": "Third", "is_company": True})
        for parent, address in ((remark, "office@dealer.example.com"), (of_guest, "sd_stranger@example.com")):
            known = self.all_mails()
            self.post(self.employee, parent=parent)
            addresses = str(self.new_mails(known).mapped("email_to"))
            self.assertIn(address, addresses)
            self.assertNotIn("sd_dealer@example.com", addresses)

    def remove_dealer(self):
        """Let the customer's administrator take the dealer's login away."""
        self.customer.email = "office@dealer.example.com"
        self.colleague.partner_id.dossier_administrator = True
        self.colleague.with_user(self.colleague)._remove_dossier_colleague(self.dealer.id)
        self.assertFalse(self.dealer.active)

    def test_answers_to_who_was_removed(self):
        """SD5: nothing is mailed to a removed colleague, neither answers nor new messages; the company gets it."""
        remark = self.post(self.dealer, audience="company")
        by_mail = self.post(self.dealer, audience="company", origin="mail")
        self.remove_dealer()
        for values in ({"parent": remark}, {"parent": by_mail}, {"audience": "company"}):
            known = self.all_mails()
            self.post(self.employee, **values)
            mails = self.new_mails(known)
            told = [*mails.mapped("email_to"), *mails.recipient_ids.mapped("email")]
            self.assertIn("office@dealer.example.com", told, values)
            self.assertNotIn("sd_dealer@example.com", str(told), values)

    def test_who_left_the_manufacturer(self):
        """SD5: the answer to an employee who left does not go to the customer in the employee's place."""
        remark = self.post(self.employee, audience="company")
        self.customer.email = self.dealer.email = "office@dealer.example.com"
        self.employee.sudo().active = False
        self.assertEqual(remark.sudo()._author_email(), "anna@maker.example.com")

    def test_company_with_its_people(self):
        """SD1: people below somebody who moves are looked at, too."""
        branch = self.env["res.partner"].create({"name": "Branch", "parent_id": self.customer.id})
        self.dealer.partner_id.parent_id = branch
        self.assertEqual(self.dossier.partner_id, self.dealer.partner_id)
        branch.parent_id = self.other_customer
        self.assertEqual(self.dossier.partner_id, self.customer)

    def test_customer_joins_a_group(self):
        """SD1: a customer that becomes part of another company keeps its dossiers and its contact."""
        self.customer.write({"is_company": False, "parent_id": self.other_customer.id})
        self.assertEqual(self.dossier.commercial_partner_id, self.customer)
        self.assertEqual(self.dossier.partner_id, self.dealer.partner_id)

    def test_complaint_stays(self):
        """SD4: a ticket of the old customer is not the new one's."""
        self.post(self.dealer, "complaint")
        ticket = self.dossier.complaint_ids
        self.dealer.partner_id.parent_id = self.other_customer
        self.assertEqual(ticket.commercial_partner_id, self.customer)
        self.assertFalse(self.env["helpdesk.ticket"].with_user(self.stranger).search([("id", "=", ticket.id)]))
        self.assertTrue(self.env["helpdesk.ticket"].with_user(self.colleague).search([("id", "=", ticket.id)]))

    def test_service_orders_stay(self):
        """SD9: Odoo shows orders to the company of their contact: those of a dossier stay with its customer."""
        self.assertEqual(self.order.partner_id, self.dealer.partner_id)
        terms = self.order.pricelist_id, self.order.amount_total
        self.dealer.partner_id.parent_id = self.other_customer
        self.assertEqual(self.order.partner_id, self.customer)
        self.assertEqual((self.order.partner_invoice_id | self.order.partner_shipping_id), self.customer)
        self.assertEqual((self.order.pricelist_id, self.order.amount_total), terms)
        Order = self.env["sale.order"]
        for user, found in ((self.stranger, Order), (self.dealer, Order), (self.colleague, self.order)):
            self.assertEqual(Order.with_user(user).search([("id", "=", self.order.id)]), found, user.login)

    def test_configured_parts_stay(self):
        """SD7: what a customer configured is not shown to, nor ordered by, the one that takes the dossier over."""
        self.dossier.stage_id = self.stage("service")
        Line = self.env["service.dossier.line"]
        line = Line.with_user(self.dealer)._add(
            self.dossier.with_user(self.dealer), self.warranty.with_user(self.dealer), note="for Mrs. Smith"
        )
        self.assertTrue(line.with_user(self.colleague).has_access("read"))
        self.dossier.with_user(self.manager)._transfer(self.stranger.partner_id, with_warranties=True)
        self.env.invalidate_all()
        for user in (self.stranger, self.dealer):
            self.assertFalse(Line.with_user(user).search([]), user.login)
        with self.assertRaisesRegex(UserError, "Configure at least one part"):
            Line.with_user(self.stranger)._place_orders(self.dossier.with_user(self.stranger))

    def test_manager_says_who_acts_for_whom(self):
        """SD+10: a dossier manager sets Also Acts For without another role; other employees do not."""
        agent = self.stranger.partner_id
        agent.with_user(self.manager).dossier_customer_ids = self.customer
        self.assertIn(self.dossier, self.env["service.dossier"].with_user(self.stranger).search([]))
        with self.assertRaises(AccessError):
            agent.with_user(self.employee).dossier_customer_ids = False

    def test_not_by_the_way(self):
        """SD9: another customer's contact cannot be filled in; a colleague can."""
        for record in (self.dossier.with_user(self.manager), self.warranty.with_user(self.manager)):
            record.partner_id = self.colleague.partner_id
            with self.assertRaisesRegex(UserError, "Transfer"):
                record.partner_id = self.stranger.partner_id

    def test_transfer(self):
        """SD7: a dossier is handed over by a manager, with a trace; what was for the old customer stays there."""
        everyone = self.post(self.employee, audience="everyone")
        company = self.post(self.employee, audience="company")
        self.dossier.message_subscribe(partner_ids=self.dealer.partner_id.ids)
        wizard = self.env["service.dossier.transfer"].with_context(active_ids=self.dossier.ids)
        values = {"partner_id": self.stranger.partner_id.id}
        with self.assertRaises(AccessError):
            wizard.with_user(self.employee).create(values)
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.employee)._transfer(self.stranger.partner_id)
        wizard.with_user(self.manager).create(values).action_transfer()
        self.assertEqual(self.dossier.commercial_partner_id, self.other_customer)
        self.assertEqual(self.warranty.commercial_partner_id, self.other_customer)
        self.assertEqual(self.warranty.dossier_id, self.dossier)
        self.assertNotIn(self.dealer.partner_id, self.dossier.message_partner_ids)
        self.assertIn("Transferred from Dealer to Other shop", str(self.dossier.message_ids.mapped("body")))
        Message = self.env["service.dossier.message"].with_user(self.stranger)
        self.assertEqual(Message.search([("id", "in", (everyone | company).ids)]), everyone)
        self.assertFalse(self.env["service.dossier"].with_user(self.dealer).search([]))

    def test_no_stored_field_follows_a_person(self):
        """SD9: no stored customer of ours depends on the employer of a contact."""
        following = set()
        for name in ("service.dossier", "service.warranty", "service.dossier.message", "helpdesk.ticket"):
            for field in self.env[name]._fields.values():
                paths = self.env.registry.field_depends[field] if field.store else ()
                if any(path.endswith("partner_id.commercial_partner_id") for path in paths):
                    following.add(str(field))
        self.assertEqual(following, set())
