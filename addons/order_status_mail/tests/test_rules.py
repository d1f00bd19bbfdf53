from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..facts import VERSION, Facts
from ..rules import rule_of, rules_of
from ..rules.base import forget, own_rules
from ..rules.slip import Slip
from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestRules(StatusMailCommon):
    """The registry, the rows of a website, the shop's own words. An addon from outside: ``tests/addons``."""

    def test_each_rule_is_whole(self):
        """OS+8: a rule has a name, an explanation, topics of its own, and facts that no other rule has."""
        rules = own_rules()
        facts = [fact for rule in rules for fact in rule.facts]
        topics = [topic for rule in rules for topic in rule.topics]
        self.assertEqual(len(facts), len(set(facts)))
        self.assertEqual(len(topics), len(set(topics)))
        for rule in rules:
            self.assertTrue(rule.label(self.env) and rule.help(self.env), rule.code)
            named = {fact for part in rule.topics.values() for fact in part}
            self.assertEqual(named, set(rule.facts), rule.code)
            self.assertLessEqual({*rule.revocable, *rule.growing}, set(rule.facts), rule.code)

    def test_an_addon_changes_a_rule(self):
        """OS+8: a later class with the same code takes the place of the earlier one."""

        class OtherSlip(Slip):
            code = "slip"

            def sentence(self, event, old, new):
                return "Your parcel has its label"

        self.addCleanup(forget, OtherSlip)
        self.assertIsInstance(rule_of(self.env, "slip"), OtherSlip)
        self.assertEqual([rule.code for rule in rules_of(self.env)], RULE_CODES)
        order = self._create_told_order(self.lamp)
        order.picking_ids._record_slip_printed()
        self.run_action()
        self.assertIn("Your parcel has its label", self.mails(order)[-1].body_html)

    def test_facts_of_an_earlier_version(self):
        """OS+8: facts have a version; what was kept before there was one is read, and what it lacks is as now."""
        now = Facts.empty(own_rules(), state="sale", tracking={"1": "T"})
        told = Facts.load({"state": "sale", "slips": {"2": "OUT/2"}}, now)
        self.assertEqual((told["tracking"], told["slips"], told.gone), ({"1": "T"}, {"2": "OUT/2"}, {}))
        self.assertEqual(told.dump()["version"], VERSION)
        self.assertEqual(Facts.load(told.dump(), now), told)

    def test_own_words_of_a_rule(self):
        """OS+8: subject, opening and closing of the rule that gives the headline, a line of each rule that is told."""
        tracking, picked = (self.website._status_mail_rule(code) for code in ("tracking", "picked"))
        tracking.write(
            {
                "subject": "{order} travels, {customer}",
                "opening": "<p>Hooray, <b>{customer}</b>!</p>",
                "closing": "<p>Yours, the gardeners</p>",
                "line": "<p>Someone has to be at home.</p>",
            }
        )
        picked.write({"subject": "not this", "opening": "<p>nor this</p>", "line": "<p>Packed with straw.</p>"})
        self.customer.name = "Karen <Blixen>"
        order = self._create_told_order(self.lamp)
        order.status_picked = True
        order.picking_ids.carrier_tracking_ref = "T"
        self.run_action()
        mail = self.mails(order)[-1]
        self.assertEqual(mail.subject, f"{order.name} travels, Karen <Blixen>")
        for words in ("<b>Karen &lt;Blixen&gt;</b>", "Yours, the gardeners", "Someone has to be", "Packed with straw"):
            self.assertIn(words, mail.body_html)
        self.assertNotIn("nor this", mail.body_html)
        self.assertIn("Hooray, *Karen <Blixen>*!", mail.body_text)
        self.assertIn("Packed with straw.", mail.body_text)

    def test_own_words_per_language(self):
        """OS+8: a French customer reads the French words; where there are none, those of the website, then ours."""
        self.env["res.lang"]._activate_lang("fr_FR")
        row = self.website._status_mail_rule("status")
        row.opening = "<p>Good news</p>"
        row.with_context(lang="fr_FR").opening = "<p>Bonne nouvelle</p>"
        french = self._create_customer("Amélie", "amelie@example.com", lang="fr_FR")
        order = self._create_told_order(self.lamp, customer=french)
        self.assertIn("Bonne nouvelle", self.mails(order).body_html)
        self.assertIn("Good news", self.mails(self._create_told_order(self.lamp)).body_html)
        row.opening = False
        self.website.status_mail_intro = "Words of the shop"
        self.assertIn("Words of the shop", self.mails(self._create_told_order(self.lamp)).body_html)
        self.website.status_mail_intro = False
        self.assertIn("There is news about your order", self.mails(self._create_told_order(self.lamp)).body_html)

    def test_words_are_previewed_while_they_are_written(self):
        """OS+8, OS+4: the preview beside the words shows what is not saved yet; nothing is sent."""
        order = self._create_told_order(self.lamp)
        manager = new_test_user(self.env, "osm_words", groups="sales_team.group_sale_manager")
        row = self.website._status_mail_rule("slip").with_user(manager)
        with Form(row) as form:
            self.assertEqual(form.preview_order_id, order)
            form.opening = "<p>Typed just now for {order}</p>"
            self.assertIn(f"Typed just now for {order.name}", form.preview)
            form.subject = "Soon: {order}"
            self.assertEqual(form.preview_subject, f"Soon: {order.name}")
        self.assertIn("Typed just now", row.opening)
        self.assertNotIn(order.status_snapshot_ids._get_access_token(), row.preview)
        self.assertEqual(len(self.mails(order)), 1)

    def test_preview_in_another_language(self):
        """OS+8: the preview shows the saved words of the language that is chosen."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self._create_told_order(self.lamp)
        row = self.website._status_mail_rule("slip")
        row.opening = "<p>English words</p>"
        row.with_context(lang="fr_FR").opening = "<p>Mots français</p>"
        form = Form(row)
        form.preview_lang = "fr_FR"
        self.assertIn("Mots français", form.preview)

    def test_who_switches_rules(self):
        """OS+8: administrators of the mails; users read; a preview shows no order that its reader may not open."""
        row = self.website._status_mail_rule("slip")
        user = new_test_user(self.env, "osm_reader", groups="sales_team.group_sale_salesman")
        self.assertTrue(row.with_user(user).enabled)
        with self.assertRaises(AccessError):
            row.with_user(user).enabled = False
        order = self._create_told_order(self.lamp)
        order.user_id = self.env.ref("base.user_admin")
        self.env.flush_all()
        with self.assertRaises(AccessError):
            row.with_user(user).onchange({"preview_order_id": order.id}, ["preview_order_id"], {"preview": {}})

    def test_words_cannot_carry_scripts(self):
        """OS+8: what is written, also in another language's window, is sanitized before it is in a mail."""
        self.env["res.lang"]._activate_lang("fr_FR")
        row = self.website._status_mail_rule("status")
        row.opening = "<p onclick='x()'>Hello<script>alert(1)</script></p>"
        self.assertEqual(row.opening, "<p>Hello</p>")
        row.update_field_translations("opening", {"fr_FR": "<p>Salut<script>alert(1)</script></p>"})
        french = self._create_customer("Amélie", "amelie@example.com", lang="fr_FR")
        body = self.mails(self._create_told_order(self.lamp, customer=french)).body_html
        self.assertIn("Salut", body)
        self.assertNotIn("alert(1)", body)
