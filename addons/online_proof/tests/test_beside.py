"""Who stands beside a proof: other companies, other windows, a shop's own rules, somebody who writes just now."""

import hashlib
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ProofCase

MODES = ("read", "write", "create", "unlink")


class BesideCase(ProofCase):
    """A proof that was sent, made without a renderer, and a manager of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = new_test_user(
            cls.env,
            "op_foreigner",
            groups="online_proof.group_online_proof_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )
        cls.revision = cls.put(cls.order)
        cls.proof, cls.file = cls.revision.proof_id, cls.revision.file_ids
        cls.person = cls.hand_out(cls.revision)

    @classmethod
    def put(cls, order, name="plain.pdf", content=b"%PDF-1.4 plain"):
        """Put a file that nothing renders on the order's proof; return the revision in preparation."""
        revision = order._get_or_create_proof()._get_or_create_draft()
        attachment = cls.env["ir.attachment"].create({"name": name, "raw": content, "res_model": "online.proof.file"})
        file = cls.env["online.proof.file"].create(
            {
                "name": name,
                "revision_id": revision.id,
                "attachment_id": attachment.id,
                "checksum": hashlib.sha256(content).hexdigest(),
                "kind": "pdf",
                "state": "ready",
                "sequence": len(revision.file_ids) + 1,
            }
        )
        attachment.res_id = file.id
        cls.env["online.proof.page"].create(
            {"file_id": file.id, "number": len(revision.page_ids) + 1, "state": "ready", "width_mm": 148}
        )
        revision.invalidate_recordset()
        return revision

    @classmethod
    def hand_out(cls, revision, partner=None, **values):
        """Let a revision be sent, without a mail; return the person who has it."""
        proof, partner = revision.proof_id, partner or cls.buyer
        (proof.revision_ids - revision).state = "superseded"
        customer = proof.commercial_partner_id
        revision.write({"state": "sent", "date_sent": fields.Datetime.now(), "customer_id": customer.id})
        person = cls.env["online.proof.reviewer"]._get_or_create(proof, partner, **values)
        person.date_sent = fields.Datetime.now()
        proof._open("any", False)
        return person

    def decide(self, decision="approved", person=None, channel="online", **values):
        person = person or self.person
        proof = person.proof_id
        return proof._decide(proof.latest_revision_id, decision, reviewer=person, channel=channel, **values)

    def comment(self, **values):
        spot = {"page": 1, "x": 0.5, "y": 0.5, "body": "Look"}
        return self.env["online.proof.comment"]._add(self.revision, {**spot, **values}, reviewer=self.person)

    def publish(self, company=None):
        """Return terms that were published."""
        terms = self.env["online.proof.terms"].create({"body": "<p>a</p>", "company_id": (company or self.company).id})
        terms.action_publish()
        return terms

    def window(self, model, user=None, **values):
        """Return a window of a user, who may have lost the right to what it opens on."""
        return self.env[model].with_user(user or self.clerk).sudo().create(values).sudo(False)

    def refused(self, text, work, *args, **values):
        """Check that something is refused, and with which words."""
        with self.subTest(text), self.assertRaisesRegex((UserError, ValidationError), text):
            work(*args, **values)

    def close(self, *models, mode="write"):
        """Let a rule of the shop's own keep everybody from something."""
        for model in models:
            modes = {f"perm_{each}": each == mode for each in MODES}
            model_id = self.env["ir.model"]._get_id(model)
            self.env["ir.rule"].create({"name": "Closed", "model_id": model_id, "domain_force": "[(0,'=',1)]", **modes})


@tagged("post_install", "-at_install")
class TestBesideRules(BesideCase):
    """OP10: what a company has is its own, a salesperson's is that person's, a window is who opened it's."""

    def test_another_company(self):
        """OP10: nobody finds what belongs to a company that is not the own."""
        finding = self.env["online.proof.finding"].create({"file_id": self.file.id, "code": "x", "severity": "info"})
        self.env["online.proof.view"]._record(self.person, self.revision, "192.0.2.1")
        terms = self.publish()
        terms._accept(self.buyer, self.person)
        company = {"name": "Own", "company_id": self.company.id}
        records = [self.proof, self.revision, self.file, self.revision.page_ids, finding, self.person, self.comment()]
        records += [self.decide(), self.revision.view_ids, terms, terms.acceptance_ids]
        records += [self.env["online.proof.profile"].create(company)]
        records += [self.env["sale.production.status"].create({"code": "own", **company})]
        for record in records:
            with self.subTest(record._name):
                domain = [("id", "in", record.ids)]
                self.assertEqual(record.with_user(self.clerk).search(domain), record)
                self.assertFalse(record.with_user(self.foreigner).search(domain))

    def test_another_salesperson(self):
        """OP10: who sees the own orders alone sees their proofs alone."""
        seller = new_test_user(self.env, "op_seller", groups="sales_team.group_sale_salesman")
        own = self.put(self.make_order(user_id=seller.id)).proof_id
        found = self.env["online.proof"].with_user(seller).search([("id", "in", (own | self.proof).ids)])
        self.assertEqual(found, own)

    def test_another_customer(self):
        """OP10: in the portal a customer finds the own proofs that were sent."""
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "stranger@example.org"})
        users = [
            new_test_user(self.env, login, groups="base.group_portal", partner_id=partner.id)
            for login, partner in (("op_buyer", self.buyer), ("op_stranger", stranger))
        ]
        draft = self.put(self.make_order()).proof_id
        both = [("id", "in", (self.proof | draft).ids)]
        proofs = self.env["online.proof"]
        self.assertEqual([proofs.with_user(user).search(both) for user in users], [self.proof, proofs])

    def test_another_window(self):
        """PR4: nobody reads or changes the windows of others."""
        other = new_test_user(self.env, "op_other", groups="online_proof.group_online_proof_manager")
        made = self.decide(channel="recorded")
        windows = {
            "online.proof.send": {"sale_order_id": self.order.id},
            "online.proof.keep": {"sale_order_id": self.order.id, "reason": "x"},
            "online.proof.mend": {"file_id": self.file.id},
            "online.proof.record": {"revision_id": self.revision.id, "decided_by": "x", "message": "x"},
            "online.proof.correct": {"decision_id": made.id, "reason": "x"},
        }
        for model, values in windows.items():
            window = self.window(model, **values)
            window.with_user(self.clerk).read(["create_date"])
            with self.subTest(model), self.assertRaises(AccessError):
                window.with_user(other).read(["create_date"])


@tagged("post_install", "-at_install")
class TestBesideRights(BesideCase):
    """PR4: an action writes nothing that its user may not write, though it goes on as superuser."""

    def denied(self, user, *acts):
        for record, name, *args in acts:
            with self.subTest(f"{record._name}.{name}"), self.assertRaises(AccessError):
                getattr(record.with_user(user), name)(*args)

    def test_closed_proofs(self):
        """PR4: whom a rule of the shop's keeps from writing proofs, no button lets."""
        comment, made = self.comment(), self.decide("changes")
        self.proof.invalidate_recordset()
        self.close("online.proof")
        self.denied(
            self.clerk,
            (self.proof, "action_remind"),
            (self.proof, "action_extend"),
            (self.proof, "action_transfer"),
            (self.make_order()._get_or_create_proof(), "action_bill_changes"),
            (made, "action_bill_changes"),
            (comment, "action_resolve"),
            (comment, "action_reopen"),
        )
        keep = self.window("online.proof.keep", sale_order_id=self.order.id, reason="x")
        self.put(self.order)
        send = self.window("online.proof.send", sale_order_id=self.order.id)
        self.denied(self.clerk, (keep, "action_keep"), (send, "action_send"))
        self.assertEqual(self.proof.latest_revision_id, self.revision)

    def test_closed_revisions(self):
        """PR4: nor revisions."""
        draft = self.put(self.make_order())
        made = self.decide(channel="recorded")
        self.close("online.proof.revision")
        record = {"revision_id": self.revision.id, "decision": "changes", "decided_by": "x", "message": "x"}
        self.denied(
            self.clerk,
            (draft, "action_copy_previous_files"),
            (draft, "action_natural_order"),
            (draft.proof_id._get_or_create_draft(), "action_check_again"),
            (self.window("online.proof.record", **record), "action_record"),
            (self.window("online.proof.correct", decision_id=made.id, reason="x"), "action_correct"),
        )
        self.assertEqual(self.proof.state, "approved")

    def test_closed_files(self):
        """PR4: nor files."""
        file = self.put(self.make_order()).file_ids
        self.close("online.proof.file")
        self.denied(self.clerk, (file, "_check_again"), (file, "action_mend"), (file, "_mend", "rotate", 90))
        self.close("online.proof.file", mode="unlink")
        self.denied(self.clerk, (file, "unlink"))

    def test_closed_people(self):
        """PR4: nor who gets a link."""
        self.person.date_sent = False
        self.close("online.proof.reviewer")
        acts = ("action_revoke", "action_restore", "action_resend")
        self.denied(self.clerk, *((self.person, name) for name in acts))
        self.assertFalse(self.person.link_revoked or self.person.date_sent)

    def test_closed_terms(self):
        """PR4: nor what customers accept."""
        terms = self.env["online.proof.terms"].create({"body": "<p>a</p>"})
        self.denied(self.clerk, (terms, "action_publish"))
        self.assertEqual(terms.state, "draft")

    def test_closed_orders(self):
        """PR4: nor orders, with which proofs go."""
        order = self.make_order(state="cancel")
        self.put(order)
        self.close("sale.order")
        self.close("sale.order", mode="unlink")
        keep = self.window("online.proof.keep", sale_order_id=order.id, reason="x")
        send = self.window("online.proof.send", sale_order_id=order.id)
        status = self.status("038").id
        self.denied(self.clerk, (order, "unlink"), (order, "action_set_production_status", status))
        for window, act in ((keep, "action_keep"), (send, "action_send")):
            self.denied(self.clerk, (window, act))
        self.assertTrue(order.proof_ids.exists())

    def test_closed_evidence(self):
        """PR4: what somebody may not see is not checked, and no proof is made, for this person."""
        self.close("online.proof", mode="read")
        self.denied(self.clerk, (self.proof, "action_check_evidence"))
        seller = new_test_user(self.env, "op_seller", groups="sales_team.group_sale_salesman")
        self.denied(seller, (self.make_order(user_id=seller.id), "_get_or_create_proofs"))

    def test_closed_files_read(self):
        """PR4: nor is it told where a file lies that somebody may not see."""
        made, original = self.decide("changes"), self.file.attachment_id
        self.file.original_attachment_id = original
        finding = self.env["online.proof.finding"].create({"file_id": self.file.id, "code": "x", "severity": "info"})
        self.env.flush_all()
        self.close("online.proof.file", "online.proof.decision", "online.proof.finding", mode="read")
        acts = ((self.file, "action_download_original"), (made, "action_download_files"), (finding, "action_show"))
        self.denied(self.clerk, *acts)


@tagged("post_install", "-at_install")
class TestBesideLocks(BesideCase):
    """PR1: who changes a proof waits for who is at it."""

    def waits(self, work, proofs=None):
        """Check that a proof is locked before anything of it is looked at."""
        model, locked = type(self.proof), []
        original = model._lock

        def lock(records):
            locked.append(records.ids)
            return original(records)

        with patch.object(model, "_lock", lock):
            work()
        self.assertIn((proofs or self.proof).ids, locked)
        return len(locked)

    def test_deciding(self):
        """PR1, OP6: two answers of one moment are taken one after the other."""
        self.waits(self.decide)
        self.waits(lambda: self.proof._withdraw(self.person))

    def test_sending(self):
        """PR1, OP3: a revision is sent once."""
        draft = self.put(self.order)
        self.waits(lambda: self.proof._freeze_revision(draft, self.buyer))

    def test_handing_over(self):
        """PR1, OP12: nobody answers while a proof is handed over."""
        self.buyer.parent_id = self.env["res.partner"].create({"name": "Next", "is_company": True})
        self.assertTrue(self.proof.customer_moved)
        self.waits(self.proof._restart_for_customer)

    def test_mailing(self):
        """PR1, OP+4, OP13: pressed twice, one mail goes out."""
        self.assertEqual(self.waits(self.proof.action_remind), 2, "each, and all of the order")
        self.waits(self.proof._remind)
        self.waits(lambda: self.person._invite_guest("Gina", "gina@example.org"))
        self.person.date_sent = False
        self.waits(self.person.action_resend)

    def test_windows(self):
        """PR1, OP+10: the shop's own records wait, too."""
        made = self.decide(channel="recorded")
        self.order.order_line.product_uom_qty = 77
        keep = self.window("online.proof.keep", sale_order_id=self.order.id, reason="x")
        self.waits(keep.action_keep)
        correct = self.window("online.proof.correct", decision_id=made.id, reason="x")
        self.waits(correct.action_correct)
