"""States beside those that are meant: windows that were left open, orders that moved on, files that are not there."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import online_proof
from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideWindows(BesideCase):
    """OP3, OP+10: windows on what has changed since they were opened."""

    def keep(self, order=None):
        return self.window("online.proof.keep", sale_order_id=(order or self.order).id, reason="x").action_keep()

    def correct(self, made):
        self.window("online.proof.correct", decision_id=made.id, reason="x").action_correct()

    def send_window(self, order, **values):
        return self.window("online.proof.send", sale_order_id=order.id, **values)

    def test_nothing_to_keep(self):
        """OP-F4: what is as it was approved needs no reason."""
        self.decide()
        self.refused("is what was approved", self.keep)
        self.assertEqual(len(self.revision.decision_ids), 1)

    def test_kept_for_what_is_approved(self):
        """OP-F4: of several proofs only the approved ones are let pass."""
        flyer = self.env["product.product"].create({"name": "Flyer", "type": "consu"})
        self.order.write({"order_line": [Command.create({"product_id": flyer.id})]})
        other = (self.order._get_or_create_proofs() - self.proof).ensure_one()
        self.put_on(other)
        self.hand_out(other.draft_revision_id)
        self.decide()
        self.order.order_line[:1].product_uom_qty = 77
        self.keep()
        self.assertEqual(self.proof.latest_revision_id.decision_ids.sorted("number")[-1:].decision, "kept")
        self.assertFalse(other.latest_revision_id.decision_ids)

    def put_on(self, proof):
        """Put a copy of the file on a proof of the order."""
        draft = proof._get_or_create_draft()
        file = self.file.copy({"revision_id": draft.id, "state": "ready"})
        self.revision.page_ids.copy({"file_id": file.id})
        draft.invalidate_recordset()
        return draft

    def test_corrected_once(self):
        """OP+10: only what the shop recorded, what stands, and what is the latest is put right."""
        online = self.decide()
        self.refused("the shop recorded", self.correct, online)
        self.proof._withdraw(self.person)
        recorded = self.decide(channel="recorded")
        self.order.order_line.product_uom_qty = 77
        self.keep()
        kept = self.revision.decision_ids.filtered(lambda made: made.decision == "kept")
        self.refused("the shop recorded", self.correct, kept)
        self.order.date_production = fields.Datetime.now()
        self.refused("too late", self.correct, recorded)
        self.order.date_production = False
        self.correct(recorded)
        self.refused("the shop recorded", self.correct, recorded)
        again = self.decide(channel="recorded")
        self.hand_out(self.put(self.order))
        self.refused("too late", self.correct, again)

    def test_file_that_is_gone(self):
        """OP+8: a window on a file that is gone says so."""
        self.refused("not there any more", self.env["online.proof.mend"].new({}).action_mend)

    def test_sent_to_nobody(self):
        """OP3: a proof goes to somebody with an address, or is printed."""
        order = self.make_order()
        draft = self.put(order)
        mute = self.env["res.partner"].create({"name": "Mute"})
        nobody = {"partner_ids": [Command.clear()]}
        self.refused("at least one recipient", self.send_window(order, **nobody).action_send)
        self.refused("Mute: no e-mail", self.send_window(order, partner_ids=[Command.set(mute.ids)]).action_send)
        self.refused("at least one proof", self.send_window(order, revision_ids=[Command.clear()]).action_send)
        theirs = self.put(self.make_order())
        window = self.send_window(order, revision_ids=[Command.set(theirs.ids)])
        self.refused("this order only", window.action_send)
        order.proof_type = "printed"
        self.send_window(order, **nobody).action_send()
        self.assertEqual(draft.state, "sent")

    def test_who_is_proposed(self):
        """OP3: who has the proof is proposed again: no guests, nobody whose link is closed, no buyer without a mail."""
        self.person._invite_guest("Gina", "gina@example.org")
        closed = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        closed._revoke_access_link()
        self.put(self.order)
        self.assertEqual(self.send_window(self.order).partner_ids, self.buyer)
        self.buyer.email = False
        order = self.make_order()
        self.put(order)
        self.assertFalse(self.send_window(order).partner_ids)

    def test_what_is_missing(self):
        """OP+11: the window says which proofs have no files yet; one proof alone is not several."""
        window = self.send_window(self.make_order())
        window.sale_order_id._get_or_create_proofs()
        window.invalidate_recordset()
        self.assertEqual((window.missing, window.several), ("Booklet", False))
        self.assertFalse(window.draft_ids)
        self.assertFalse(self.send_window(self.order).missing, "it was sent")

    def test_no_administrator(self):
        """OP16: where an administrator has to approve, one of them gets the proof."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        order = self.make_order()
        self.put(order)
        own = {"partner_ids": [Command.set(self.buyer.ids)]}
        self.send_window(order, **own)._check_administrator()
        self.colleague.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        self.refused("administrator's approval", self.send_window(order, **own)._check_administrator)
        self.send_window(order, partner_ids=[Command.set(self.colleague.ids)])._check_administrator()
        order.proof_type = "email"
        self.send_window(order, **own)._check_administrator()


@tagged("post_install", "-at_install")
class TestBesideWorkflow(BesideCase):
    """OP3, OP6, OP7: what is sent, decided and produced once, and in time."""

    def test_sending(self):
        """OP3: what was sent, is cancelled, is late, has no files, or is not ready is not sent."""
        freeze = self.proof._freeze_revision
        self.refused("sent already", freeze, self.revision, self.buyer)
        draft = self.put(self.order)
        yesterday = self.company._proof_today() - timedelta(days=1)
        self.refused("lies in the past", freeze, draft, self.buyer, deadline=yesterday)
        draft.file_ids.state = "preparing"
        self.refused("still being prepared", freeze, draft, self.buyer)
        self.refused("still being prepared", draft._make_watermark)
        draft.file_ids.state, draft.page_ids.state = "ready", "failed"
        self.refused("cannot be displayed", freeze, draft, self.buyer)
        draft.page_ids.state = "ready"
        draft.file_ids.copy({"revision_id": draft.id, "state": "ready"}).page_ids.unlink()
        empty = self.make_order()._get_or_create_proof()
        self.refused("Upload the files", empty._freeze_revision, empty._get_or_create_draft(), self.buyer)
        freeze(draft, self.buyer, deadline=self.company._proof_today())
        self.assertEqual((draft.state, self.revision.state), ("sent", "superseded"))
        draft = self.put(self.order)
        self.order.state = "cancel"
        self.refused("was cancelled", freeze, draft, self.buyer)

    def test_reached_by_the_former_employer(self):
        """OP12: who works for somebody else by now gets no proof of the former employer."""
        draft = self.put(self.order)
        next_one = self.env["res.partner"].create({"name": "Next", "is_company": True})
        self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        self.colleague.parent_id = next_one
        self.refused("works for Next", self.proof._freeze_revision, draft, self.colleague)
        outsider = self.env["res.partner"].create({"name": "Agency", "email": "agency@example.org"})
        self.proof._freeze_revision(draft, self.buyer | outsider)

    @mute_logger("odoo.addons.online_proof.models.online_proof_workflow")
    def test_deciding(self):
        """OP6: a proof is decided by who may, once, about the files that were sent."""
        self.refused("newer revision", self.proof._decide, self.put(self.order), "approved", reviewer=self.person)
        with patch.object(type(self.file), "_is_unaltered", lambda _file: False):
            self.refused("not those", self.decide)
        self.proof.approval_rule = "all"
        other = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        other.date_sent = fields.Datetime.now()
        made = self.decide()
        self.assertEqual(self.decide(), made)
        self.refused("decided already", self.decide, "changes")
        self.decide(person=other)
        self.refused("decided already", self.decide, "changes", channel="recorded")
        self.refused(
            "decided already", self.proof._decide, self.revision, "changes", channel="recorded", decided_by="x"
        )

    def test_too_late(self):
        """OP6: on the day of the deadline a customer answers, the day after it the shop alone does not, either."""
        self.proof.deadline = self.company._proof_today()
        self.assertEqual(self.proof._get_present_state(), "sent")
        self.proof.flush_recordset()
        self.env.cr.execute("UPDATE online_proof SET deadline = deadline - 1 WHERE id = %s", [self.proof.id])
        self.proof.invalidate_recordset()
        self.refused("deadline", self.decide)
        self.refused("deadline", self.decide, channel="recorded")

    def test_withdrawing(self):
        """OP6: a decision is withdrawn in time, as long as nobody bills or prints it."""
        made = self.decide()
        grace = timedelta(minutes=self.company.proof_grace_minutes)
        with patch.object(fields.Datetime, "now", lambda: made.date + grace):
            self.assertEqual(self.proof._get_withdrawable(self.person), made, "until the last second")
        with patch.object(fields.Datetime, "now", lambda: made.date + grace + timedelta(seconds=1)):
            self.assertFalse(self.proof._get_withdrawable(self.person))
        self.proof._withdraw(self.person)
        self.refused("too late", self.proof._withdraw, self.person)
        self.decide(channel="recorded")
        self.refused("too late", self.proof._withdraw, self.person)

    def test_handed_over_where_needed(self):
        """OP12: a proof whose customer is the same is not handed over."""
        self.proof._restart_for_customer()
        self.assertEqual((self.proof.state, self.revision.state), ("sent", "sent"))

    def test_uploads(self):
        """OP2: nothing is put on what is cancelled or needs no proof, nor very much at once."""
        files = [("a.pdf", b"%PDF-1.4")]
        with (
            patch.object(online_proof, "MAX_UPLOAD_FILES", 1),
            patch.object(
                type(self.file), "_take_in", lambda _files, revision, *_args: revision.file_ids[:1] or self.file
            ),
        ):
            self.refused("at most 1", self.proof._add_files, files * 2)
            self.proof._add_files(files)
            with patch.object(type(self.proof), "_get_upload_limit", lambda _proof: 1):
                for size, refused in ((2**20, False), (2**20 + 1, True)):
                    [result] = self.proof._add_files([("a.pdf", b"x" * size)])
                    self.assertEqual(bool(result["error"]), refused)
        self.order.proof_type = "none"
        self.refused("needs no proof", self.proof._add_files, files)
        self.refused("needs no proof", self.order._check_proof_files)
        self.order.write({"proof_type": "online", "state": "cancel"})
        self.refused("is cancelled", self.proof._add_files, files)

    def test_empty_files(self):
        """OP2: a file of nothing is none."""
        [result] = self.proof._add_files([("a.pdf", b"")])
        self.assertTrue(result["error"])
        self.assertFalse(self.env["ir.attachment"].search([("name", "=", "a.pdf")]))

    def test_looking(self):
        """OP4: where nothing is shown there is nothing to look at."""
        self.refused("no pages", self.make_order()._get_or_create_proof().action_open_viewer)
        self.assertIn(f"revision={self.revision.id}", self.proof.action_open_viewer()["url"])

    def test_frozen(self):
        """OP+10: what was sent is kept: its files, their order, their product, the proof and the order."""
        line = self.order.order_line
        for values in ({"sequence": 9}, {"sale_line_id": line.id}):
            self.refused("was sent", self.file.write, values)
        self.refused("was sent", self.file.unlink)
        self.refused("was sent", self.file._unlink_except_sent)
        self.refused("was sent", self.file._mend, "rotate", 90)
        self.refused("was sent", self.file._check_again)
        self.refused("was sent", self.revision.action_check_again)
        self.refused("was sent", self.revision.action_natural_order)
        self.refused("was sent", self.revision.action_copy_previous_files)
        self.refused("was sent", self.revision.unlink)
        self.refused("kept as evidence", self.proof.unlink)
        draft = self.put(self.make_order())
        draft.file_ids.write({"sequence": 9})
        draft.file_ids.kind = "image"
        self.refused("Only PDF", draft.file_ids._mend, "rotate", 90)
        draft.proof_id.unlink()
        self.assertFalse(draft.exists())

    def test_production(self):
        """OP7: what is not confirmed, approved, or as the customer saw it is not produced."""
        status = self.status("081")
        self.refused("not approved", self.order._check_production_status, status)
        self.decide()
        with patch.object(type(self.file), "_is_unaltered", lambda _file: False):
            self.refused("not those", self.order._check_production_status, status)
        self.order._check_production_status(status)
        self.order.state = "draft"
        self.refused("not confirmed", self.order._check_production_status, status)
        other = self.make_order()
        other.action_confirm()
        self.refused("not approved", other._check_production_status, status)
        other.proof_type = "none"
        other._check_production_status(status)

    def test_line_of_another_order(self):
        """OP+11: a line is printed with a proof of its own order."""
        line = self.make_order().order_line
        with self.assertRaisesRegex(ValidationError, "another order"):
            line.proof_id = self.proof
        line.proof_id = False

    def test_evidence_of_files(self):
        """OP+10: what hangs on a proof that was sent, or passes for it, is nobody's to alter."""
        files = self.env["ir.attachment"].with_user(self.foreigner)
        sent, draft = self.file, self.put(self.make_order()).file_ids
        forged = {"name": "x", "raw": b"x", "res_model": "online.proof.file"}
        check = files.sudo().create({**forged, "res_id": draft.id}).with_user(self.foreigner)._check_no_evidence
        check()
        for values in ({"res_id": sent.id}, {"res_id": draft.id, "res_field": "press_profile"}):
            attachment = files.sudo().create({**forged, **values}).sudo(False)
            self.refused("kept as evidence", attachment._check_no_evidence)
