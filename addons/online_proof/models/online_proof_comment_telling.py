from odoo import api, fields, models
from odoo.fields import Domain

from ..const import COMMENTS_GATHERED


class OnlineProofComment(models.Model):
    """Comments reach the other side: gathered for some minutes, in one mail."""

    _inherit = "online.proof.comment"

    date_told = fields.Datetime(string="Told On", readonly=True, copy=False, index="btree_not_null")

    @api.model_create_multi
    def create(self, vals_list):
        """Let the other side be told once nobody has written for a while."""
        comments = super().create(vals_list)
        at = fields.Datetime.now() + COMMENTS_GATHERED
        self.env.ref("online_proof.ir_cron_tell_comments").sudo()._trigger(at)
        return comments

    @api.model
    def _cron_tell_comments(self):
        """Tell what was commented, proof by proof."""
        before = fields.Datetime.now() - COMMENTS_GATHERED
        waiting = Domain("comment_ids", "any", [("date_told", "=", False), ("create_date", "<=", before)])
        self.env["online.proof"]._cron_each(waiting, "_tell_comments")


class OnlineProof(models.Model):
    """Who is told of comments."""

    _inherit = "online.proof"

    def _tell_comments(self):
        """Mail what was commented and nobody was told of: the customers' to the shop, the shop's to them."""
        for proof in self:
            untold = proof.comment_ids.filtered(lambda comment: not comment.date_told)
            theirs = untold.filtered("reviewer_id")
            if theirs:
                proof._tell_shop_comments(theirs)
            ours = untold - theirs
            if ours:
                people = proof.reviewer_ids.filtered(lambda person: person.is_active and person.can_comment)
                for person in people:
                    person._send_mail_template("online_proof.mail_template_person_comments", proof_comments=ours)
            untold.date_told = fields.Datetime.now()

    def _tell_shop_comments(self, comments):
        teller = self.with_context(proof_comments=comments)
        teller._tell_shop("online_proof.mail_template_shop_comments", teller)
        shop = self._shop_env()
        names = ", ".join(dict.fromkeys(comments.mapped("author_name")))
        self._note(
            shop._("%(names)s commented on the proof: %(count)s", names=names, count=len(comments)),
            comments[:1].reviewer_id,
        )
        if self.state == "approved":
            # who approved and says something afterwards may want to stop the press
            self._ask_person(shop._("A comment came after the approval"), note=comments[-1:].body)
