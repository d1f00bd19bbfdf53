"""People, comments, terms and texts at their limits, and what belongs to somebody else in a search."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models import online_proof_comment, online_proof_reviewer
from .test_beside import BesideCase

NOW = "odoo.fields.Datetime.now"


@tagged("post_install", "-at_install")
class TestBesidePeople(BesideCase):
    """OP13, OP+4: who is mailed, how often, and until when."""

    def test_addresses(self):
        """OP13: a guest has one address, and is none of the people who have the proof already."""
        for address in ("", "nothing", "a@x.example, b@x.example", "@x.example"):
            self.refused("address of one person", self.person._invite_guest, "x", address)
        self.refused("has a link", self.person._invite_guest, "x", self.buyer.email)
        guest = self.person._invite_guest("Gina", "gina@example.org")
        self.refused("Only the customer", guest._invite_guest, "x", "y@example.org")
        for address in ("nothing", "@x.example", ""):
            self.refused("no e-mail address", self.person.write, {"email": address})

    def test_number_of_guests(self):
        """OP13: as many guests as a proof can have, one of them again, and not one more."""
        with patch.object(online_proof_reviewer, "MAX_GUESTS", 2):
            for name in ("a", "b"):
                self.person._invite_guest(name, f"{name}@example.org")
            self.refused("2 colleagues already", self.person._invite_guest, "c", "c@example.org")
            with patch.object(online_proof_reviewer, "PAUSE_BETWEEN_MAILS", timedelta()):
                self.person._invite_guest("a", "a@example.org")

    def test_forwarded_in_an_hour(self):
        """OP13, SEC-08: so many mails go out from a link, and to an address, in an hour; others count for nothing."""
        with patch.object(online_proof_reviewer, "MAX_FORWARDS_PER_HOUR", 2):
            self.person._invite_guest("a", "a@example.org").date_sent -= timedelta(hours=2)
            self.person._invite_guest("b", "b@example.org")
            other = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
            other._invite_guest("d", "d@example.org")
            self.person._invite_guest("c", "c@example.org")
            self.refused("Too many", self.person._invite_guest, "e", "e@example.org")
        with patch.object(online_proof_reviewer, "MAX_FORWARDS_TO_ADDRESS", 1):
            another = self.hand_out(self.put(self.make_order()))
            self.refused("Too many", another._invite_guest, "a", "b@example.org")
            another._invite_guest("z", "z@example.org")

    def test_mailed_just_now(self):
        """OP13: pressed twice, one mail goes out; after the pause another one does."""
        guest = self.person._invite_guest("a", "a@example.org")
        pause = online_proof_reviewer.PAUSE_BETWEEN_MAILS
        for person in (guest, self.person):
            self.refused("just now", person.action_resend)
            person.date_sent = fields.Datetime.now()
            with patch(NOW, return_value=person.date_sent + pause):
                self.assertFalse(person._was_mailed_just_now())
            with patch(NOW, return_value=person.date_sent + pause - timedelta(seconds=1)):
                self.assertTrue(person._was_mailed_just_now())

    def test_links(self):
        """OP13: what was not sent, or does not work, is not mailed; a link is not restored beside another one."""
        order = self.make_order()
        person = self.env["online.proof.reviewer"]._get_or_create(order._get_or_create_proof(), self.buyer)
        self.refused("Nothing was sent", person.action_resend)
        self.person.action_revoke()
        self.refused("does not work", self.person.action_resend)
        self.person.action_restore()
        self.assertTrue(self.person.is_active)
        now = fields.Datetime.now()
        self.person.date_link_expiry = now
        with patch(NOW, return_value=now):
            self.assertEqual(self.person._get_obstacle(), "expired")
        self.person.date_link_expiry = False
        self.person.date_sent = self.revision.date_sent = fields.Datetime.now()
        self.assertEqual(self.person._get_obstacle(), "")
        self.revision.date_sent = self.person.date_sent + timedelta(seconds=1)
        self.assertEqual(self.person._get_obstacle(), "unsent")

    def test_asked_afterwards(self):
        """OP16: nobody is asked about what everybody has approved; where any may, everybody may."""
        looker = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague, can_decide=False)
        looker.can_decide = True
        looker.can_decide = False
        self.proof.approval_rule = "all"
        looker.can_decide = True
        looker.can_decide = False
        self.decide()
        self.refused("Everybody who was asked", looker.write, {"can_decide": True})
        self.person.can_decide = True
        self.refused("does not change any more", self.proof.write, {"approval_rule": "any"})
        self.proof.approval_rule = "all"
        other = self.hand_out(self.put(self.make_order()))
        looker = self.env["online.proof.reviewer"]._get_or_create(other.proof_id, self.colleague, can_decide=False)
        self.decide(person=other)
        looker.can_decide = True

    def test_reminders(self):
        """OP+4: the last reminder is the day before the deadline, none is on the day itself; one in a while."""
        today, days = self.company._proof_today(), self.company.proof_reminder_days
        for deadline, due in ((days, days - 1), (days + 1, days), (1, None)):
            self.proof.deadline = today + timedelta(days=deadline)
            expected = today + timedelta(days=due) if due is not None else False
            self.assertEqual(self.proof._get_next_reminder_date(), expected, deadline)
        self.proof.action_remind()
        self.refused("just now", self.proof.action_remind)
        last, pause = self.proof.date_last_reminder, timedelta(0)
        with (
            patch("odoo.addons.online_proof.models.online_proof_deadline.PAUSE_BETWEEN_MAILS", pause),
            patch(NOW, return_value=last),
        ):
            self.proof.action_remind()
        self.assertEqual(self.proof.reminder_count, 2)
        now = fields.Datetime.now()
        self.person.date_link_expiry = now
        with patch(NOW, return_value=now):
            self.proof._compute_date_next_expiry()
        self.assertFalse(self.proof.date_next_expiry)
        self.assertEqual(self.company._proof_today_plus(0), False)
        self.company.proof_link_days = 0
        self.assertEqual(self.company._get_proof_link_expiry(), False)


@tagged("post_install", "-at_install")
class TestBesideComments(BesideCase):
    """OP+1: comments on the first and last page, of the greatest length, on the own proof."""

    def test_texts(self):
        """OP+1: a comment has a text, up to the longest one."""
        most = online_proof_comment.MAX_COMMENT_LENGTH
        self.assertEqual(len(self.comment(body="x" * most).body), most)
        for body in ("x" * (most + 1), "  ", ""):
            self.refused("up to", self.comment, body=body)

    def test_places(self):
        """OP+1: a comment is on a page that exists, at a place that is a number."""
        for page in (0, 2):
            self.refused("does not exist", self.comment, page=page)
        for spot in ({"x": "nan"}, {"y": "nan"}, {"x": None}, {"page": "x"}):
            self.refused("Click on the spot", self.comment, **spot)
        self.assertEqual((self.comment(x=7).x, self.comment(y=-7).y), (1.0, 0.0))

    def test_answers(self):
        """OP+1: an answer belongs to a comment of the same proof, not to another answer."""
        first = self.comment()
        answer = self.comment(parent_id=first.id)
        self.assertEqual(answer.parent_id, first)
        self.refused("same proof", self.comment, parent_id=answer.id)
        other = self.put(self.make_order())
        with self.assertRaisesRegex(ValidationError, "same proof"):
            self.env["online.proof.comment"]._add(other, {"parent_id": first.id, "body": "x"}, reviewer=self.person)

    def test_how_many(self):
        """OP+1: so many comments of one person on one revision."""
        with patch.object(online_proof_comment, "MAX_COMMENTS", 2):
            self.comment()
            self.comment()
            self.refused("number of comments", self.comment)
            draft = self.put(self.order)
            spot = {"page": 1, "x": 0.5, "y": 0.5, "body": "Look"}
            self.assertTrue(self.env["online.proof.comment"]._add(draft, spot, reviewer=self.person))

    def test_shown_later(self):
        """OP+1: on a later revision stands what was open then; nothing of later ones, or of others."""
        comments = self.env["online.proof.comment"]
        done, still, answered = self.comment(), self.comment(), self.comment()
        self.comment(parent_id=answered.id)
        done._resolve(True, "x")
        later = self.put(self.order)
        self.hand_out(later)
        still._resolve(True, "x")
        new = comments._add(later, {"page": 1, "x": 0, "y": 0, "body": "New"}, reviewer=self.person)
        self.put_and_comment()
        self.assertEqual(comments._get_for_revision(self.revision), done | still | answered)
        self.assertEqual(comments._get_for_revision(later), still | answered | new)
        self.assertEqual(self.proof.open_comment_count, 2)
        self.proof.invalidate_recordset()
        self.revision.customer_id = self.env["res.partner"].create({"name": "Former", "is_company": True})
        self.assertEqual(comments._get_for_revision(later), new)

    def put_and_comment(self):
        """Let there be a proof of another order with a comment."""
        revision = self.put(self.make_order())
        spot = {"page": 1, "x": 0, "y": 0, "body": "Theirs"}
        return self.env["online.proof.comment"]._add(revision, spot, user=self.clerk)

    def test_told(self):
        """OP+1: comments are told when nobody has written for a while, once, to whom may comment."""
        told, model = [], type(self.proof)
        ours = self.env["online.proof.comment"]._add(
            self.revision, {"page": 1, "x": 0, "y": 0, "body": "x"}, user=self.clerk
        )
        with patch.object(model, "_cron_each", lambda proofs, domain, _name: told.extend(proofs.search(domain).ids)):
            ours._cron_tell_comments()
            self.assertNotIn(self.proof.id, told, "just written")
            self.env.flush_all()
            self.env.cr.execute("UPDATE online_proof_comment SET create_date = create_date - interval '1 day'")
            self.env.invalidate_all()
            ours._cron_tell_comments()
            self.assertIn(self.proof.id, told)
            told.clear()
            ours.date_told = fields.Datetime.now()
            ours._cron_tell_comments()
            self.assertNotIn(self.proof.id, told)
        mailed = len(self.mails(self.buyer.email))
        self.proof._tell_comments()
        self.assertEqual(len(self.mails(self.buyer.email)), mailed, "told before")
        ours.date_told = False
        looker = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague, can_comment=False)
        self.proof._tell_comments()
        self.assertEqual(len(self.mails(self.buyer.email)), mailed + 1)
        self.assertFalse(self.mails(looker.email))


@tagged("post_install", "-at_install")
class TestBesideTerms(BesideCase):
    """OP8, OP15: terms of another company, texts beside the page, products without a template."""

    def test_versions(self):
        """OP8: each company counts its own versions; drafts and versions of others hold for nobody."""
        first, theirs = self.publish(), self.publish(self.elsewhere)
        second = self.publish()
        self.assertEqual((second.version, theirs.version), (first.version + 1, 1))
        draft = self.env["online.proof.terms"].create({"body": "<p>b</p>"})
        self.assertEqual(first._get_current(self.company), second)
        self.assertEqual(first._get_current(self.elsewhere), theirs)
        second.action_publish()
        self.assertEqual(second.version, first.version + 1)
        self.refused("do not change", second.write, {"body": "<p>c</p>"})
        self.refused("are kept", second.unlink)
        draft.unlink()

    def test_acceptances(self):
        """OP8: a customer accepts a version for itself, once."""
        first, second = self.publish(), self.publish()
        first._accept(self.buyer, self.person)
        self.assertTrue(first._is_accepted_by(self.colleague))
        self.assertFalse(second._is_accepted_by(self.buyer))
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(first._is_accepted_by(stranger))
        second._accept(stranger, self.person)
        self.assertEqual((first | second).mapped("acceptance_count"), [1, 1])
        self.assertEqual(first.action_view_acceptances()["domain"], [("terms_id", "=", first.id)])
        self.refused("never changed", first.acceptance_ids.write, {"accepted_by": "x"})

    def test_certified(self):
        """OP8: a certificate names the customer's acceptance of the terms that were approved under, no later one."""
        first, second = self.publish(), self.publish()
        for terms in (first, second):
            terms._accept(self.buyer, self.person)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        first._accept(stranger, self.person)
        self.decide(terms_id=first.id)
        self.assertEqual(self.revision._get_certified_acceptance().partner_id, self.customer)
        self.assertEqual(self.revision._get_certified_acceptance().terms_id, first)
        self.revision.date_approved -= timedelta(days=1)
        self.assertFalse(self.revision._get_certified_acceptance())

    def test_colors(self):
        """OP15: a color has a sign and six digits."""
        attribute = self.env["product.attribute"].create({"name": "Name"})
        template = self.product.product_tmpl_id
        values = {"product_tmpl_id": template.id, "attribute_id": attribute.id}
        text = self.env["online.proof.template.text"].create({**values, "color": "#1A2b3c"})
        for color in ("1a2b3c0", "#1a2b3", "#1a2b3c4", "#1a2b3g"):
            self.refused("looks like", text.write, {"color": color})

    def test_texts_on_the_page(self):
        """OP15: a text stands on a page of the template, its edges included."""
        attribute = self.env["product.attribute"].create({"name": "Name"})
        template = self.product.product_tmpl_id
        pages = [{"width_mm": 100, "height_mm": 50}]
        texts = self.env["online.proof.template.text"]
        for x, y in ((0, 0), (100, 50)):
            template._check_proof_text(texts.new({"page": 1, "x": x, "y": y}), pages)
        for x, y in ((-1, 9), (101, 9), (9, -1), (9, 51)):
            text = texts.new({"page": 1, "x": x, "y": y, "attribute_id": attribute.id})
            self.refused("beside the page", template._check_proof_text, text, pages)
        self.refused("page 2", template._check_proof_text, texts.new({"page": 2, "attribute_id": attribute.id}), pages)

    def test_how_long(self):
        """OP15: a text has as many letters as are allowed."""
        attribute = self.env["product.attribute"].create({"name": "Name"})
        values = {"product_tmpl_id": self.product.product_tmpl_id.id, "attribute_id": attribute.id, "max_length": 3}
        text = self.env["online.proof.template.text"].create(values)
        self.assertFalse(text._get_problem("abc"))
        self.assertIn("up to 3", text._get_problem("abcd"))
        text.product_tmpl_id.proof_template_widths = [90.0]
        self.assertEqual(text._get_page_width(), 90.0)
        text.page = 2
        self.assertEqual(text._get_page_width(), 0)

    def test_keys(self):
        """OP+10: each company signs with its own key."""
        seals = self.env["online.proof.seal"]
        own = seals._get_key(self.company)
        self.assertNotEqual(seals._get_key(self.elsewhere), own)
        self.assertEqual(seals._get_key(self.company), own)

    def test_levels(self):
        """OP16: people of a level are counted for it, and their proofs follow it alone."""
        levels = self.env["online.proof.user.level"].create([{"name": "A"}, {"name": "B"}])
        self.buyer.proof_user_level_id, self.colleague.proof_user_level_id = levels
        self.assertEqual(levels.mapped("partner_count"), [1, 1])
        followed = []
        with patch.object(type(self.buyer), "_follow_proofs", lambda people: followed.append(people)):
            levels[0].name = "C"
            self.assertFalse(followed)
            levels.write({"needs_approval": False})
            self.assertFalse(followed)
            levels[0].needs_approval = True
        self.assertEqual(followed, [self.buyer])

    def test_press(self):
        """OP14: an own press has a profile."""
        self.refused("Upload the ICC", self.company.write, {"proof_press": "own"})
