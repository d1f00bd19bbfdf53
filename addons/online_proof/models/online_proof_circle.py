from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import RULE_NOTES
from ..utils import sentence


class OnlineProof(models.Model):
    """Whose approval is asked for: the rule, the people, and who of them cannot answer."""

    _inherit = "online.proof"

    waiting_for = fields.Text(
        compute="_compute_waiting_for",
        compute_sudo=True,
        string="Waits For",
        help="Whose answer is missing, and who of them cannot give it.",
    )
    stuck_told = fields.Char(
        readonly=True, copy=False, help="Of whom the shop was told that they cannot answer: once is enough."
    )
    stuck_activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )

    @api.depends(
        "state",
        "proof_type",
        "approval_rule",
        "latest_revision_id.decision_ids",
        "reviewer_ids.can_decide",
        "reviewer_ids.date_sent",
        "reviewer_ids.is_active",
    )
    def _compute_waiting_for(self):
        for proof in self:
            texts = [link._get_obstacle_text() for link in proof._get_missing()]
            if proof._is_asking() and not texts:
                texts = [self.env._("Nobody may decide about this proof.")]
            proof.waiting_for = "\n".join(texts)

    def write(self, vals):
        """The rule decides with the approvals: it does not change under one, and never without a trace."""
        changed = self.filtered(lambda proof: proof.approval_rule != vals.get("approval_rule", proof.approval_rule))
        changed._check_rule_open()
        result = super().write(vals)
        for proof in changed.filtered("latest_revision_id"):
            text = sentence(proof._shop_env(), RULE_NOTES[proof.approval_rule], {})
            proof._note_circle(text, evidence=True)
        if "approval_rule" in vals:
            # sudo: the state is changed by methods only
            self.sudo()._follow_decisions()
        return result

    def _is_approval_fixed(self):
        """Return whether the approval of the latest revision stands, whatever became of the order."""
        return self.latest_revision_id.state == "approved"

    def _check_rule_open(self):
        """Refuse to change what an approval was given under.

        :raises UserError: if one of these is approved
        """
        fixed = self.filtered(lambda proof: proof._is_approval_fixed())
        if fixed:
            raise UserError(
                self.env._(
                    "The proof of %(orders)s is approved: whose approval is needed does not change any more. "
                    "Send a new revision to ask otherwise.",
                    orders=", ".join(fixed.mapped("name")),
                )
            )

    def _note_circle(self, text, *, evidence):
        """Leave a note that somebody of the shop changed who is asked.

        :param evidence: it can decide the proof: where approvals stand, it stands among the decisions, too
        """
        self._note(text)
        latest = self.latest_revision_id
        decisions_sudo = self.env["online.proof.decision"].sudo()  # made by methods only
        if evidence and decisions_sudo._get_standing(latest):
            decisions_sudo.create(
                {
                    "revision_id": latest.id,
                    "decision": "asked",
                    "channel": "recorded",
                    "decided_by": self.env.user.name,
                    "user_id": self.env.uid,
                    "message": text,
                    "asked_facts": self.sudo()._get_asked_facts(),  # the record is of all who are asked
                }
            )

    # Who is asked

    def _get_links(self):
        """Return by person the links that count: those that were not revoked, or else the newest."""
        links = {}
        for reviewer in self.reviewer_ids.sorted("id"):
            person = reviewer._get_person()
            links[person] = links.get(person, reviewer.browse()) | reviewer
        return {person: own.filtered(lambda link: not link.link_revoked) or own[-1:] for person, own in links.items()}

    def _get_asked_links(self):
        """Return by person the links of those whose approval is asked for."""
        found = {person: own.filtered(lambda link: link._has_say()) for person, own in self._get_links().items()}
        return {person: own for person, own in found.items() if own}

    def _get_asked(self):
        """Return the people whose approval is asked for."""
        return frozenset(self._get_asked_links())

    def _get_asked_facts(self):
        """Return the rule and who is asked, for the record."""
        people = [own[:1] for own in self._get_asked_links().values()]
        return {"rule": self.approval_rule, "asked": sorted(f"{person.name} <{person.email}>" for person in people)}

    def _prepare_approval_basis(self):
        """Return what the approval rests on: what becomes of rule and people afterwards is another matter."""
        links = self.env["online.proof.reviewer"].union(*self._get_asked_links().values())
        return {"rule": self.approval_rule, "asked": links.ids}

    def _get_deciders(self):
        """Return the people who can decide now."""
        return self.reviewer_ids.filtered(lambda reviewer: reviewer._can_answer())

    def _get_waiting(self):
        """Return the people whose answer is missing, and who can give it."""
        if self.proof_type == "printed":
            return self.env["online.proof.reviewer"]
        if self.proof_type == "email":
            # they answer by mail, and the shop records it
            return self.reviewer_ids.filtered(lambda person: person.kind != "guest" and person.is_active)
        standing = self.env["online.proof.decision"]._get_standing(self.latest_revision_id)
        return self._get_deciders().filtered(lambda person: not standing._get_own(person))

    # Who cannot answer

    def _is_asking(self):
        """Return whether the proof waits for people to decide on its page."""
        return self.state == "sent" and self.proof_type == "online"

    def _get_missing(self):
        """Return a link of each person whose approval is missing: one that works, where there is any."""
        missing = self.env["online.proof.reviewer"]
        if not self._is_asking():
            return missing
        standing = self.env["online.proof.decision"]._get_standing(self.latest_revision_id)
        for own in self._get_asked_links().values():
            if not standing._get_own(own[:1]):
                missing |= own.filtered(lambda link: not link._get_obstacle())[:1] or own[-1:]
        return missing

    def _get_stuck(self):
        """Return who is waited for in vain, or None where somebody can still decide."""
        missing = self._get_missing()
        stuck = missing.filtered(lambda link: link._get_obstacle())
        enough = not stuck if self.approval_rule == "all" else missing - stuck
        return None if not self._is_asking() or (missing and enough) else stuck

    def _tell_stuck(self):
        """Let somebody of the shop see to it where nobody can answer; once for the same people and reasons.

        Where the reason is gone, so is the activity.
        """
        for proof_sudo in self.sudo():  # whoever causes it, and whoever was asked to see to it
            stuck = proof_sudo._get_stuck()
            told = stuck is not None and (",".join(f"{link.id} {link._get_obstacle()}" for link in stuck) or "nobody")
            if (proof_sudo.stuck_told or False) == told:
                continue
            proof_sudo._close_stuck()
            if told:
                activity = proof_sudo._ask_about_stuck(stuck)
                proof_sudo.write({"stuck_told": told, "stuck_activity_id": activity.id})

    def _ask_about_stuck(self, stuck):
        """Return the activity for what these people, or nobody, can answer."""
        shop = self._shop_env()
        texts = [link._get_obstacle_text() for link in stuck.with_env(shop)]
        note = "\n".join(texts) or shop._("Nobody may decide about this proof.")
        return self._ask_person(shop._("The proof waits for somebody who cannot answer"), note=note)

    def _close_stuck(self):
        """Take the activity away that nobody has to see to any more."""
        for proof_sudo in self.sudo().filtered("stuck_told"):  # see above
            proof_sudo.stuck_activity_id.filtered("active").unlink()
            proof_sudo.write({"stuck_told": False, "stuck_activity_id": False})
