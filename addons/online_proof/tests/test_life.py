import os
from datetime import timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ProofCase

PEOPLE = ("ann", "bob", "cem")
#: Lives of 50 steps each; ``PROOF_LIVES=200`` plays 10,000 steps.
LIVES = int(os.environ.get("PROOF_LIVES", "12"))
person_names = st.sampled_from(PEOPLE)


class Plain:
    """A proof as one would think of it, written without a look at the addon."""

    def __init__(self):
        self.cancelled, self.late, self.rule, self.customer = False, False, "any", "A"
        self.sent_to, self.votes = None, []
        # person -> [has the say, link works, customer of the link]
        self.people = {}
        # whose approvals were wanted when it was approved; None while it is not
        self.approved_by = None

    def open(self, name):
        return name in self.people and self.people[name][1] and self.people[name][2] == self.customer

    def may(self, name):
        return self.open(name) and self.people[name][0]

    def state(self):
        if self.cancelled:
            return "cancelled"
        if self.sent_to != self.customer:
            return "draft"
        if "changes" in [choice for _who, choice in self.votes]:
            return "changes"
        if self.approves(self.wanted()) or (self.approved_by is not None and self.approves(self.approved_by)):
            return "approved"
        return "expired" if self.late else "sent"

    def wanted(self):
        """Return who has to approve: nobody in particular, or everybody with a say."""
        if self.rule == "any":
            return set()
        return {name for name, (say, _works, customer) in self.people.items() if say and customer == self.customer}

    def approves(self, wanted):
        approved = {who for who, _choice in self.votes}
        return bool(approved) and ("shop" in approved or not wanted - approved)

    def settle(self):
        """What an approval was given under stays with it; without an approval there is nothing to stay with."""
        if self.cancelled or self.sent_to != self.customer:
            return
        if self.state() != "approved":
            self.approved_by = None
        elif self.approved_by is None or not self.approves(self.approved_by):
            self.approved_by = self.wanted()

    def is_fixed(self):
        return self.sent_to == self.customer and self.approved_by is not None


class Life(RuleBasedStateMachine):
    """Everything that people do with a proof, in any order, beside the plain one."""

    def __init__(self, case):
        super().__init__()
        self.case, self.plain = case, Plain()
        self.savepoint = case.env.cr.savepoint()
        order = case.make_order(case.people["ann"])
        self.proof = order._get_or_create_proof()

    def teardown(self):
        self.case.assertEqual(self.proof._get_evidence_faults(), [])
        self.savepoint.close(rollback=True)

    def attempt(self, expected, act):
        """Do something that the plain proof allows or not."""
        try:
            with self.case.env.cr.savepoint():
                act()
            done = True
        except UserError:
            done = False
        self.case.assertEqual(done, expected)
        return done

    def link(self, name):
        partner = self.case.people[name]
        return self.proof.reviewer_ids.filtered(lambda person: person.partner_id == partner).sorted("id")[-1:]

    @rule(names=st.sets(person_names, min_size=1), approval=st.sampled_from(["any", "all"]))
    def send(self, names, approval):
        plain, today = self.plain, fields.Date.today()
        if plain.cancelled:
            return
        draft = self.case.make_draft(self.proof)
        partners = self.case.env["res.partner"].union(*(self.case.people[name] for name in sorted(names)))
        deadline = today + timedelta(days=3)
        self.proof._send_revision(draft, partners, rule=approval, deadline=deadline)
        for name in names:
            if not plain.open(name):
                plain.people[name] = [True, True, plain.customer]
        if not any(plain.may(name) for name in plain.people):
            for name in names:
                plain.people[name][0] = True
        plain.sent_to, plain.votes, plain.rule, plain.late = plain.customer, [], approval, False
        plain.approved_by = None

    @rule(name=person_names, choice=st.sampled_from(["approved", "approved", "changes"]))
    def decide(self, name, choice):
        plain, link = self.plain, self.link(name)
        if not link or plain.sent_to is None:
            return
        own = [vote for who, vote in plain.votes if who == name]
        allowed = own == [choice] or (plain.state() == "sent" and plain.may(name) and not own)
        latest = self.proof.latest_revision_id
        done = self.attempt(allowed, lambda: self.proof._decide(latest, choice, reviewer=link, channel="online"))
        if done and not own:
            plain.votes.append((name, choice))

    @rule(choice=st.sampled_from(["approved", "changes"]))
    def record(self, choice):
        if self.plain.sent_to is None:
            return
        values = {"channel": "recorded", "decided_by": "By telephone", "user_id": self.case.env.uid}
        latest = self.proof.latest_revision_id
        if self.attempt(self.plain.state() == "sent", lambda: self.proof._decide(latest, choice, **values)):
            self.plain.votes.append(("shop", choice))

    @rule(name=person_names)
    def withdraw(self, name):
        plain, link = self.plain, self.link(name)
        if not link or plain.sent_to != plain.customer:
            return
        own = [vote for vote in plain.votes if vote[0] == name]
        allowed = bool(own) and plain.state() in ("sent", "changes", "approved")
        if self.attempt(allowed, lambda: self.proof._withdraw(link)):
            plain.votes.remove(own[0])

    @rule(name=person_names, say=st.booleans())
    def give_say(self, name, say):
        if not self.link(name):
            return
        plain, link = self.plain, self.link(name)
        given = say and not plain.people[name][0]
        allowed = not (given and plain.rule == "all" and plain.is_fixed())
        if self.attempt(allowed, lambda: link.write({"can_decide": say})):
            plain.people[name][0] = say

    @rule(name=person_names)
    def revoke(self, name):
        if self.link(name):
            self.link(name).action_revoke()
            self.plain.people[name][1] = False

    @rule(name=person_names)
    def restore(self, name):
        if self.link(name) and not self.plain.people[name][1]:
            self.link(name).action_restore()
            self.plain.people[name][1] = True

    @rule(approval=st.sampled_from(["any", "all"]))
    def change_rule(self, approval):
        allowed = approval == self.plain.rule or not self.plain.is_fixed()
        if self.attempt(allowed, lambda: self.proof.write({"approval_rule": approval})):
            self.plain.rule = approval

    @rule()
    def deadline_passes(self):
        if self.plain.sent_to is not None:
            self.proof.deadline = fields.Date.today() - timedelta(days=1)
            self.plain.late = True

    @rule()
    def extend(self):
        expired = self.plain.state() == "expired"
        self.proof.action_extend()
        self.plain.late = self.plain.late and not expired

    @rule()
    def cancel(self):
        self.proof.sale_order_id._action_cancel()
        self.plain.cancelled = True

    @rule()
    def take_up_again(self):
        if self.plain.cancelled:
            self.proof.sale_order_id.action_draft()
            self.plain.cancelled = False

    @rule(customer=st.sampled_from("AAB"))
    def correct_customer(self, customer):
        if not self.plain.cancelled:
            self.proof.sale_order_id.partner_id = self.case.customers[customer]
            self.plain.customer = customer

    @invariant()
    def same_state(self):
        self.plain.settle()
        plain, proof = self.plain.state(), self.proof
        self.case.assertEqual(proof.state, plain)
        self.case.assertEqual(proof._get_present_state(), plain)
        self.case.assertEqual(proof.sale_order_id.proof_state, plain)
        if plain in ("sent", "changes", "approved"):
            self.case.assertEqual(proof.latest_revision_id.state, plain)


@tagged("post_install", "-at_install")
class TestLife(ProofCase):
    """The whole life of a proof, played at random."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contacts = cls.env["res.partner"]
        cls.people = {
            name: contacts.create({"name": name.title(), "email": f"{name}@example.com", "parent_id": cls.customer.id})
            for name in PEOPLE
        }
        other = contacts.create({"name": "Other Customer", "is_company": True})
        cls.customers = {
            "A": cls.people["ann"],
            "B": contacts.create({"name": "Dan", "email": "dan@example.org", "parent_id": other.id}),
        }

    def make_draft(self, proof):
        """Return a revision in preparation with one page, without the work of rendering it."""
        draft = proof._get_or_create_draft()
        if not draft.file_ids:
            content = self.env["ir.attachment"].create({"name": "a.pdf", "raw": b"page"})
            file = self.env["online.proof.file"].create(
                {
                    "name": "a.pdf",
                    "revision_id": draft.id,
                    "attachment_id": content.id,
                    "checksum": "f4e2d34b9a5b10b21ee9bd7b9e2b0b2bf4b2ba2a9a0df3d9b4b1a46c2c4c9d0d",
                    "kind": "pdf",
                    "state": "ready",
                }
            )
            self.env["online.proof.page"].create({"file_id": file.id, "number": 1, "state": "ready"})
        return draft

    def test_random_lives(self):
        """OP6, OP7, OP+4: after whatever happened, the state is what follows from the decisions that stand."""
        options = settings(
            max_examples=LIVES,
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        proofs, files = type(self.env["online.proof"]), type(self.env["online.proof.file"])
        # the mails are another matter, and take most of the time
        with (
            patch.object(proofs, "_queue_mail", lambda self, *args, **options: None),
            patch.object(files, "_is_unaltered", lambda self: True),
        ):
            run_state_machine_as_test(lambda: Life(self), settings=options)
