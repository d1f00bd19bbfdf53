"""The last value on each side of a dossier's limits, and what its neighbour's people may do in it."""

from datetime import timedelta

from odoo import fields
from odoo.addons.service_dossier.const import MAX_ADDRESSES_PER_HOUR, MAX_BODY, MAX_FILES, MAX_SUBJECT
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestDossierBorders(DossierCommon):
    """SD1, SD6, SD7."""

    def test_lists_of_a_dossier(self):
        """SD1: the buttons of a dossier open its own orders, warranties and complaints; reading it reads no other."""
        other = self._make_dossier()
        self._make_order(other)
        for dossier in (self.dossier, other):
            self.post(self.dealer, "complaint", dossier=dossier, subject="Scratch")
        as_employee = self.dossier.with_user(self.employee)
        self.assertEqual(
            (self.dossier.order_count, self.dossier.warranty_count, self.dossier.complaint_count), (1, 1, 1)
        )
        for action, model in (
            ("action_view_orders", "sale.order"),
            ("action_view_warranties", "service.warranty"),
            ("action_view_complaints", "helpdesk.ticket"),
        ):
            found = self.env[model].search(getattr(self.dossier, action)()["domain"])
            self.assertEqual(found.dossier_id, self.dossier, action)
        as_employee.action_mark_read()
        self.assertEqual((as_employee.unread_count, other.with_user(self.employee).unread_count), (0, 1))
        unread = self.env["service.dossier"].with_user(self.employee).search([("unread_count", ">", 0)])
        self.assertEqual(unread & (self.dossier | other), other)

    def test_actions_are_the_employees(self):
        """SD7, SD8: customers and other companies' employees use no button of the back office."""
        self.dossier.stage_id = self.stage("service")
        company = self.env["res.company"].create({"name": "Other Works"})
        outsider = new_test_user(
            self.env,
            "sd_outsider",
            groups="service_dossier.group_service_dossier_user",
            company_id=company.id,
            company_ids=[fields.Command.set(company.ids)],
        )
        for user in (self.dealer, self.stranger, outsider):
            dossier = self.dossier.with_user(user)
            for action in (dossier.action_place_orders, dossier.action_post_warranty_document, dossier.unlink):
                with self.assertRaises(AccessError):
                    action()
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.employee).unlink()

    def test_contact_person(self):
        """SD5: a customer's user is no contact person."""
        with self.assertRaises(ValidationError):
            self.dossier.user_id = self.dealer

    def test_stages_of_a_meaning(self):
        """SD6: a dossier moves to the stage that was meant, and not where the flow does not lead."""
        dossier = self._make_dossier()
        dossier._move_to_kind("ordered")
        self.assertEqual(dossier.stage_id.kind, "ordered")
        dossier._move_to_kind("closed")
        kinds = {self.stage(kind).kind for kind in ("draft", "ordered", "finished", "service")}
        self.assertEqual(kinds, {"draft", "ordered", "finished", "service"})
        draft = self._make_dossier().with_user(self.employee)
        with self.assertRaises(UserError):
            draft.stage_id = self.stage("finished")


@tagged("post_install", "-at_install")
class TestFileBorders(DossierCommon):
    """SD2."""

    def test_limits_of_files(self):
        """SD2: a file of exactly the limit, twenty of them and 120 characters of a name are taken, one more is not."""
        self.company.dossier_max_file_size = 1
        message = self.post(self.dealer, "attachment", files=[("a.bin", b"x" * 2**20)])
        self.assertEqual(message.sudo().file_ids.file_size, 2**20)
        with self.assertRaises(UserError):
            self.post(self.dealer, "attachment", files=[("a.bin", b"x" * (2**20 + 1))])
        many = [(f"{number}.txt", b"x") for number in range(MAX_FILES)]
        self.assertEqual(len(self.post(self.dealer, "attachment", files=many).sudo().file_ids), MAX_FILES)
        with self.assertRaises(UserError):
            self.post(self.dealer, "attachment", files=[*many, ("one.txt", b"x")])
        clean = self.env["service.dossier.file"]._clean_name
        self.assertEqual(clean("a" * 116 + ".pdf"), "a" * 116 + ".pdf")
        self.assertEqual(clean("a" * 117 + ".pdf"), "a" * 100 + ".pdf")

    def test_files_of_others(self):
        """SD2: nobody downloads or deactivates what is out of reach; a colleague's file stays the colleague's."""
        file = self.post(self.dealer, "attachment", files=[("a.txt", b"x")]).sudo().file_ids
        secret = self.post(self.dealer, "attachment", audience="internal", files=[("b.txt", b"x")]).sudo().file_ids
        for user, files in ((self.stranger, file | secret), (self.employee, secret), (self.colleague, ())):
            for hidden in files:
                with self.assertRaises(AccessError):
                    hidden.with_user(user).action_download()
                with self.assertRaises(AccessError):
                    hidden.with_user(user)._deactivate()
        with self.assertRaises(AccessError):
            file.with_user(self.colleague)._deactivate()
        self.assertFalse(file.deactivated)


@tagged("post_install", "-at_install")
class TestPartBorders(DossierCommon):
    """SD9, SD10, SD12."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dossier.stage_id = cls.stage("service")

    def add(self, user=None, dossier=None, warranty=None, **values):
        """Add a part as a user."""
        user = user or self.dealer
        Line = self.env["service.dossier.line"].with_user(user)
        return Line._add(
            (dossier or self.dossier).with_user(user), (warranty or self.warranty).with_user(user), **values
        )

    def test_quantities(self):
        """SD10: a thousand pieces can be asked for, parts of a kilogram too, nothing and half a piece cannot."""
        self.assertEqual(self.add(quantity=1000).quantity, 1000)
        for quantity in (0, -1, 1001, 0.5):
            with self.assertRaises(UserError):
                self.add(quantity=quantity)
        self.element.uom_id = self.env.ref("uom.product_uom_kgm")
        self.assertEqual(self.add(element=self.element.sudo(), quantity=0.5).quantity, 0.5)
        with self.assertRaisesRegex(UserError, "does not belong"):
            self.add(element=self.service.sudo())

    def test_others_parts(self):
        """SD9: neither strangers nor their warranties get into an order; nobody orders or removes for others."""
        theirs = self.make_warranty(partner_id=self.other_customer.id)
        own = self._make_dossier(self.stranger)
        own.stage_id = self.stage("service")
        with self.assertRaises(AccessError):
            self.add(self.stranger, warranty=theirs)
        with self.assertRaises(AccessError):
            self.add(self.stranger, dossier=own)
        with self.assertRaises(AccessError):
            self.add(warranty=theirs)
        line = self.add()
        Line = self.env["service.dossier.line"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            Line._place_orders(self.dossier.with_user(self.stranger))
        with self.assertRaises(AccessError):
            line.with_user(self.stranger)._remove()
        line.with_user(self.dealer)._remove()
        self.assertFalse(line.exists())

    def test_placed_parts_stay(self):
        """SD12: what was ordered is neither changed, removed nor deleted; what was not is."""
        line, open_line = self.add(), None
        self.env["service.dossier.line"].with_user(self.dealer)._place_orders(self.dossier.with_user(self.dealer))
        open_line = self.add()
        as_manager = line.with_env(self.env(user=self.manager))
        for attempt in (
            lambda: as_manager.write({"quantity": 2}),
            as_manager.unlink,
            line.with_user(self.dealer)._remove,
        ):
            with self.assertRaises(UserError):
                attempt()
        open_line = open_line.with_user(self.manager)
        open_line.quantity = 2
        self.assertEqual(open_line.quantity, 2)

    def test_names_of_other_companies(self):
        """SD11: service orders of another number, or of another company, do not push the suffix."""
        company = self.env["res.company"].create({"name": "Other Works"})
        Order = self.env["sale.order"]
        number = self.warranty.order_number
        for name, values in (
            (f"{number}-S7", {"service_number": number, "company_id": company.id}),
            ("OTHER-S9", {"service_number": "OTHER"}),
        ):
            Order.create({"name": name, "partner_id": self.customer.id, **values})
        self.add()
        order = (
            self.env["service.dossier.line"].with_user(self.dealer)._place_orders(self.dossier.with_user(self.dealer))
        )
        self.assertEqual(order.name, f"{number}-S1")


@tagged("post_install", "-at_install")
class TestMessageBorders(DossierCommon):
    """SD3, SD7."""

    def test_longest_texts(self):
        """SD3: 200 characters of a subject and 50,000 of a text are taken, one more is not."""
        self.post(self.dealer, "email", recipients="a@x.example", subject="s" * MAX_SUBJECT)
        with self.assertRaises(UserError):
            self.post(self.dealer, "email", recipients="a@x.example", subject="s" * (MAX_SUBJECT + 1))
        with self.assertRaises(UserError):
            self.post(self.dealer, "email", recipients="a@x.example", subject="one\ntwo")
        self.post(self.dealer, body="x" * MAX_BODY)
        with self.assertRaises(UserError):
            self.post(self.dealer, body="x" * (MAX_BODY + 1))

    def test_most_recipients_with_copies(self):
        """SD3: recipients and copies count together, who is in both once."""
        self.company.dossier_max_recipients = 3
        to = "a@x.example, b@x.example"
        message = self.post(self.dealer, "email", recipients=to, cc="b@x.example, c@x.example").sudo()
        self.assertEqual((message.recipients, message.cc), ("a@x.example,b@x.example", "c@x.example"))
        with self.assertRaises(UserError):
            self.post(self.dealer, "email", recipients=to, cc="c@x.example, d@x.example")

    def test_most_addresses_in_an_hour(self):
        """SD3: 200 addresses in an hour of one author's own e-mails; others', older and other mails do not count."""
        Mailing = self.env["service.dossier.mail"].sudo()
        own, theirs = self.post(self.dealer), self.post(self.colleague)
        many = ",".join(f"a{number}@x.example" for number in range(MAX_ADDRESSES_PER_HOUR - 1))
        Mailing.create([{"message_id": own.id, "recipients": many, "kind": "email"}])
        Mailing.create([{"message_id": theirs.id, "recipients": many, "kind": "email"}])
        Mailing.create([{"message_id": own.id, "recipients": many, "kind": "message"}])
        old = Mailing.create([{"message_id": own.id, "recipients": many, "kind": "email"}])
        self.env.flush_all()
        before = fields.Datetime.now() - timedelta(hours=1, seconds=5)
        self.env.cr.execute("UPDATE service_dossier_mail SET create_date = %s WHERE id = %s", (before, old.id))
        self.env.invalidate_all()
        self.assertTrue(self.post(self.dealer, "email", recipients="last@x.example"))
        with (
            self.assertRaisesRegex(UserError, "very many addresses"),
            self.assertLogs("odoo.addons.service_dossier.models.service_dossier_message", "WARNING"),
        ):
            self.post(self.dealer, "email", recipients="more@x.example")

    def test_audiences_that_cannot_be(self):
        """SD7: whatever writes them, employees write no internal messages of the customer's, customers no notes."""
        Message = self.env["service.dossier.message"].sudo()
        root = self.post(self.dealer)
        values = {"dossier_id": self.dossier.id, "commercial_partner_id": self.customer.id, "author_name": "x"}
        for wrong in (
            {"message_type": "remark", "audience": "internal", "is_staff": True},
            {"message_type": "email", "audience": "internal", "is_staff": False},
            {"message_type": "remark", "audience": "staff", "is_staff": False},
            {"message_type": "remark", "audience": "everyone", "is_staff": True, "parent_id": root.id},
        ):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                Message.create({**values, **wrong})

    def test_conversations_of_others(self):
        """SD7: nobody writes, answers or marks what belongs to a dossier out of reach."""
        root = self.post(self.dealer)
        own = self._make_dossier(self.stranger)
        for attempt in (
            lambda: self.post(self.stranger),
            lambda: self.post(self.stranger, dossier=own, parent=root),
            lambda: root.with_user(self.stranger)._mark_read(),
            lambda: root.with_user(self.stranger).action_reply(),
            lambda: root.with_user(self.stranger)._check_send_again(),
            lambda: root.with_user(self.colleague)._check_send_again(),
            lambda: self.post(self.dealer, "warranty_document"),
            lambda: self.post(self.dealer, audience="staff"),
            lambda: self.post(self.employee, audience="internal"),
        ):
            with self.assertRaises(UserError):
                attempt()
        self.assertEqual(len(self.dossier.communication_ids), 1)
