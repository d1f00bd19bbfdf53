from odoo.exceptions import ValidationError
from odoo.fields import Datetime
from odoo.tests import Form, tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestSettings(StatusMailCommon):
    """Switches per website."""

    def test_every_rule_has_its_switch(self):
        """OS2, OS3, OS4, OS5, OS6, OS7, OS8: the settings write the website's switches, each its own."""
        website = self.env["website"].create({"name": "Other"})
        for code in RULE_CODES:
            self.assertFalse(website._status_mail_enabled(code), "off until a shop wants it")
            with Form(self.env["res.config.settings"].with_context(website_id=website.id)) as settings:
                settings.website_id = website
                with settings.status_mail_rule_ids.edit(RULE_CODES.index(code)) as row:
                    row.enabled = row.mandatory = True
            settings.record.execute()
            self.assertTrue(website._status_mail_enabled(code))
            self.assertTrue(website._status_mail_mandatory(code))
            self.assertEqual(
                [each for each in RULE_CODES if website._status_mail_enabled(each)],
                list(RULE_CODES[: RULE_CODES.index(code) + 1]),
            )

    def test_two_websites_have_their_own_rules(self):
        """OS2: the same change is told on one website and not on the other."""
        other = self.env["website"].create({"name": "Quiet Shop", "company_id": self.company.id})
        loud, quiet = self._create_order(self.lamp), self._create_order(self.lamp, website=other)
        self.run_action()
        self.assertEqual((len(self.mails(loud)), len(self.mails(quiet))), (1, 0))

    def test_the_websites_own_sender(self):
        """OS1: mails come from the website's sender, else from its company."""
        order = self._create_told_order(self.lamp)
        self.assertEqual(self.mails(order).email_from, '"Garden Shop" <shop@garden.example.com>')
        self.website.status_mail_from = False
        self.company.email = "company@example.com"
        order = self._create_told_order(self.lamp)
        self.assertEqual(self.mails(order).email_from, '"Garden Shop" <company@example.com>')

    def test_nonsense_is_refused(self):
        """OS2: a sender that is no address, a subject without the order number, negative days."""
        with self.assertRaisesRegex(ValidationError, "not an e-mail address"):
            self.website.status_mail_from = "nobody"
        with self.assertRaisesRegex(ValidationError, "{order}"):
            self.website.status_mail_subject = "News!"

    def test_saving_what_is_on_tells_nothing(self):
        """OS+4: a rule that is saved as on while it is on leaves pending news to the scheduled action."""
        order = self._create_told_order(self.lamp)
        order.picking_ids.carrier_tracking_ref = "T2"
        self.commit_marks()
        self.website._status_mail_rule("tracking").write({"enabled": True})
        self.assertFalse(self.events(order, "tracking", told=None))

    def test_no_subject_is_the_usual_one(self):
        """OS2: a shop that takes its subject back has the usual one."""
        self.website.status_mail_subject = "News {order}"
        self.website.status_mail_subject = False
        order = self._create_told_order(self.lamp)
        self.assertIn(order.name, self.mails(order).subject)

    def test_a_new_sender_is_that_websites(self):
        """OS+5: what another shop could not send waits for its own next try."""
        order = self._create_told_order(self.lamp)
        later = Datetime.add(Datetime.now(), hours=3)
        order.status_snapshot_ids.date_next_try = later
        self.env["website"].create({"name": "Other", "company_id": self.company.id}).status_mail_from = "o@example.com"
        self._create_customer("Somebody", "somebody@example.com").email = "else@example.com"
        self.assertEqual(order.status_snapshot_ids.date_next_try, later)
        self.website.status_mail_from = "garden@example.com"
        self.assertFalse(order.status_snapshot_ids.date_next_try)

    def test_the_shops_own_words(self):
        """OS1: subject, opening and closing words are the shop's, translated."""
        self.website.write(
            {
                "status_mail_subject": "Garden news {order}",
                "status_mail_intro": "Dear you",
                "status_mail_closing": "Bye",
            }
        )
        order = self._create_told_order(self.lamp)
        mail = self.mails(order)
        self.assertEqual(mail.subject, f"Garden news {order.name}")
        self.assertIn("Dear you", mail.body_html)
        self.assertIn("Bye", mail.body_html)

    def test_the_shops_own_look(self):
        """OS1: an edited template is what customers get."""
        view = self.env.ref("order_status_mail.status_mail")
        view.arch = view.arch.replace("words['button']", "'See how it grows'")
        order = self._create_told_order(self.lamp)
        self.assertIn("See how it grows", self.mails(order).body_html)
