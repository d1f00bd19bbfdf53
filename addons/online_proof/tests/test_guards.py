from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from .common import ProofCase, make_pdf

GUARDED = ("", ".revision", ".file", ".page", ".finding", ".reviewer", ".comment", ".decision", ".view", ".terms")


@tagged("post_install", "-at_install")
class TestGuards(ProofCase):
    """OP+10: state and evidence are changed by methods, for everybody, whichever way they come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.env["res.users"].create(
            {
                "name": "Manager",
                "login": "manager of proofs",
                "group_ids": [
                    Command.set(cls.env.ref("online_proof.group_online_proof_manager").ids),
                    Command.link(cls.env.ref("base.group_system").id),
                ],
            }
        )

    def records(self):
        """Return one record of each model."""
        revision = self.send(content=make_pdf(1, font="Helvetica"))
        proof, reviewer = revision.proof_id, self.reviewer(revision)
        comments = self.env["online.proof.comment"]
        comment = comments._add(revision, {"page": 1, "x": 0.1, "y": 0.1, "body": "a"}, reviewer=reviewer)
        self.env["online.proof.view"]._record(reviewer, revision, "192.0.2.1")
        proof._decide(revision, "changes", reviewer=reviewer, channel="online")
        terms = self.env["online.proof.terms"].create({"body": "<p>a</p>"})
        found = [proof, revision, revision.file_ids, revision.page_ids, revision.finding_ids[:1], reviewer, comment]
        return [*found, revision.decision_ids, revision.view_ids, terms]

    def test_every_field_of_every_model(self):
        """OP+10: a field that is not named as changed by hand is refused, for users and administrators."""
        for record in self.records():
            self.assertTrue(record, record._name)
            for user in (self.clerk, self.manager):
                own = record.with_user(user)
                for name, field in record._fields.items():
                    if (
                        name in record._by_hand
                        or record._is_by_hand(name, ())
                        or not field.store
                        or name in MAGIC_COLUMNS
                    ):
                        continue
                    with self.subTest(model=record._name, field=name), self.assertRaises(UserError):
                        own.write({name: record.read([name], load=None)[0][name]})

    def test_created_with_a_state(self):
        """SEC-07: nobody makes a record that says what did not happen."""
        revision = self.send()
        proof, reviewer = revision.proof_id, self.reviewer(revision)
        forged = {
            "online.proof": {"sale_order_id": self.make_order().id, "state": "approved"},
            "online.proof.revision": {"proof_id": proof.id, "number": 9, "state": "approved"},
            "online.proof.comment": {"revision_id": revision.id, "page_number": 1, "body": "a", "author_name": "Bea"},
            "online.proof.decision": {"revision_id": revision.id, "decision": "approved", "decided_by": "Bea"},
            "online.proof.reviewer": {"proof_id": proof.id, "name": "Me", "email": "me@example.com"},
            "online.proof.terms": {"body": "<p>a</p>", "state": "published", "version": 99},
            "online.proof.terms.acceptance": {"partner_id": self.customer.id},
        }
        for model, values in forged.items():
            for user in (self.clerk, self.manager):
                with self.subTest(model), self.assertRaises(UserError):
                    self.env[model].with_user(user).create(values)
        own = self.env["online.proof"].with_user(self.clerk).with_context(default_state="approved")
        self.assertEqual(own.create({"sale_order_id": self.make_order().id}).state, "draft")
        # nor by a default that somebody keeps for himself
        for model, name, value in (("online.proof", "state", "approved"), ("sale.order", "proof_state", "approved")):
            self.env["ir.default"].with_user(self.clerk).set(model, name, value, user_id=True)
        order = self.env["sale.order"].with_user(self.clerk).create({"partner_id": self.buyer.id})
        self.assertNotEqual(order.proof_state, "approved")
        proofs = self.env["online.proof"].with_user(self.clerk)
        self.assertEqual(proofs.create({"sale_order_id": self.make_order().id}).state, "draft")
        self.assertEqual(reviewer.name, "Bea Buyer")

    def test_import(self):
        """SEC-07: an import file is no other way."""
        proof = self.send().proof_id
        for user in (self.clerk, self.manager):
            proofs = self.env["online.proof"].with_user(user)
            result = proofs.load([".id", "state"], [[str(proof.id), "approved"]])
            self.assertTrue(any(message["type"] == "error" for message in result["messages"]))
        self.assertEqual(proof.state, "sent")

    def test_order_made_beyond_the_approval(self):
        """SEC-07, OP7: an order is not created in a status that needs an approval or a proof."""
        orders = self.env["sale.order"].with_user(self.clerk)
        values = {"partner_id": self.buyer.id, "proof_type": "online"}
        with self.assertRaisesRegex(UserError, "not approved"):
            orders.create({**values, "production_status_id": self.status("081").id})
        with self.assertRaisesRegex(UserError, "not approved"):
            orders.with_context(default_production_status_id=self.status("081").id).create(values)
        with self.assertRaisesRegex(UserError, "Upload the files"):
            orders.create({**values, "production_status_id": self.status("038").id})
        with self.assertRaises(AccessError):
            orders.create({**values, "proof_state": "approved"})
        # that it was sent is no client's to say
        with self.assertRaisesRegex(UserError, "Upload the files"):
            orders.with_context(proof_sent=True).create({**values, "production_status_id": self.status("038").id})
        order = self.order.with_user(self.clerk)
        with self.assertRaises(AccessError):
            order.write({"proof_state": "approved"})
        # not even with a stored state that lies
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET proof_state = 'approved' WHERE id = %s", [order.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not approved"):
            order.production_status_id = self.status("081")

    def test_unordered(self):
        """OP7: what nobody ordered does not go into production."""
        order = self.make_order()
        revision = self.send(order=order)
        revision.proof_id._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        with self.assertRaisesRegex(UserError, "not confirmed"):
            order.production_status_id = self.status("081")
        order.action_confirm()
        order.production_status_id = self.status("081")

    def test_evidence_stays(self):
        """OP+10: decisions and acceptances are not deleted or changed, by nobody."""
        terms = self.env["online.proof.terms"].create({"body": "<p>a</p>"})
        terms.action_publish()
        revision = self.send()
        terms._accept(self.buyer, self.reviewer(revision))
        made = revision.proof_id._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        for record in (made, terms.acceptance_ids):
            with self.assertRaises(UserError):
                record.sudo().unlink()
            with self.assertRaises(UserError):
                record.sudo().write({"ip_address": "192.0.2.1"})

    def test_published_terms(self):
        """OP8: a published text changes in no language and by no way."""
        self.env["res.lang"]._activate_lang("nl_NL")
        terms = self.env["online.proof.terms"].create({"body": "<p>Payment in 30 days</p>"})
        terms.action_publish()
        digest = terms._get_text_digest()
        self.assertEqual(terms.digest, digest)
        for lang in ("en_US", "nl_NL"):
            own = terms.with_user(self.manager).with_context(lang=lang)
            with self.assertRaises(UserError):
                own.write({"body": "<p>Betaling vooraf</p>"})
            with self.assertRaises(UserError):
                own.update_field_translations("body", {lang: {"Payment in 30 days": "Betaling vooraf"}})
        self.assertEqual(terms._get_text_digest(), digest)
