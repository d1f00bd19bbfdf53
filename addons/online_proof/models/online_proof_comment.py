import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import MAX_COMMENT_LENGTH, MAX_COMMENTS


class OnlineProofComment(models.Model):
    """A remark pinned on a spot of a page, or an answer to one; shown on later revisions until resolved."""

    _name = "online.proof.comment"
    _description = "Proof Comment"
    _inherit = ["online.proof.guarded"]
    _order = "id"
    _rec_name = "author_name"
    _rec_names_search = ["author_name", "body"]

    proof_id = fields.Many2one(related="revision_id.proof_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="revision_id.company_id", store=True, precompute=True, index="btree_not_null")
    revision_id = fields.Many2one("online.proof.revision", required=True, ondelete="cascade", index=True)
    page_number = fields.Integer(string="Page", required=True)
    x = fields.Float(digits=(6, 5), help="From the left, 0 to 1.")
    y = fields.Float(digits=(6, 5), help="From the top, 0 to 1.")
    body = fields.Text(required=True)
    parent_id = fields.Many2one("online.proof.comment", string="Answer To", ondelete="cascade", index="btree_not_null")
    child_ids = fields.One2many("online.proof.comment", "parent_id", string="Answers")
    reviewer_id = fields.Many2one("online.proof.reviewer", ondelete="restrict", index="btree_not_null", readonly=True)
    user_id = fields.Many2one("res.users", string="Employee", readonly=True, index="btree_not_null")
    author_name = fields.Char(string="Author", required=True, readonly=True)
    resolved = fields.Boolean(readonly=True, default=False)
    resolved_revision_id = fields.Many2one(
        "online.proof.revision", string="Resolved In", readonly=True, index="btree_not_null"
    )
    resolved_by = fields.Char(readonly=True)

    _on_the_page = models.Constraint(
        "CHECK (x >= 0 AND x <= 1 AND y >= 0 AND y <= 1)", "A comment has to be on the page."
    )

    @api.constrains("body")
    def _check_body(self):
        for comment in self:
            if not comment.body.strip() or len(comment.body) > MAX_COMMENT_LENGTH:
                raise ValidationError(
                    self.env._("A comment needs a text of up to %(count)s characters.", count=MAX_COMMENT_LENGTH)
                )

    @api.constrains("parent_id", "proof_id")
    def _check_parent(self):
        for comment in self:
            if comment.parent_id and (comment.parent_id.parent_id or comment.parent_id.proof_id != comment.proof_id):
                raise ValidationError(self.env._("An answer belongs to a comment on the same proof."))

    @api.model
    def _add(self, revision, values, *, reviewer=None, user=None):
        """Pin a comment or answer one.

        :param values: ``body`` and either ``parent_id`` or ``page``, ``x``, ``y``
        """
        domain = [("revision_id", "=", revision.id)]
        domain.append(("reviewer_id", "=", reviewer.id) if reviewer else ("user_id", "=", user.id))
        if self.search_count(domain, limit=MAX_COMMENTS) >= MAX_COMMENTS:
            raise UserError(self.env._("You have reached the number of comments that one person can write."))
        parent = self.browse(values.get("parent_id") or []).exists()
        page, x, y = (parent.page_number, parent.x, parent.y) if parent else self._read_spot(revision, values)
        return self.create(
            {
                "revision_id": revision.id,
                "page_number": page,
                "x": x,
                "y": y,
                "body": str(values.get("body") or ""),
                "parent_id": parent.id,
                "reviewer_id": reviewer.id if reviewer else False,
                "user_id": user.id if user else False,
                "author_name": reviewer.name if reviewer else user.name,
            }
        )

    def _read_spot(self, revision, values):
        try:
            page, x, y = int(values["page"]), float(values["x"]), float(values["y"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise UserError(self.env._("Click on the spot of the page that you mean.")) from error
        if not 1 <= page <= revision.page_count:
            raise UserError(self.env._("This page does not exist."))
        if math.isnan(x) or math.isnan(y):
            raise UserError(self.env._("Click on the spot of the page that you mean."))
        return page, min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _resolve(self, resolved, name):
        """Mark a thread as done, or as open again."""
        root = self.parent_id or self
        root.write(
            {
                "resolved": resolved,
                "resolved_by": name if resolved else False,
                "resolved_revision_id": root.proof_id.latest_revision_id.id if resolved else False,
            }
        )

    def action_resolve(self):
        """Mark the threads as done."""
        self.proof_id.check_access("write")
        for comment in self.sudo():  # changed by methods only
            comment._resolve(True, self.env.user.name)

    def action_reopen(self):
        """Mark the threads as open again."""
        self.proof_id.check_access("write")
        for comment in self.sudo():  # changed by methods only
            comment._resolve(False, self.env.user.name)

    @api.model
    def _get_for_revision(self, revision):
        """Return the threads to show on a revision: its own and older ones that were still open then.

        What a former customer wrote is theirs: the proof may have been handed over since.
        """
        threads = self.search_fetch([("proof_id", "=", revision.proof_id.id), ("parent_id", "=", False)])
        customer = revision.customer_id or revision.proof_id.commercial_partner_id
        threads = threads.filtered(
            lambda root: root.revision_id == revision or root.revision_id.customer_id == customer
        )
        return threads.filtered(
            lambda root: (
                root.revision_id == revision
                or (
                    root.revision_id.number < revision.number
                    and (not root.resolved or root.resolved_revision_id.number >= revision.number)
                )
            )
        )

    def _prepare_viewer_values(self, revision):
        """Return the threads as the viewer shows them on a revision."""
        places = self._get_places(revision)
        return [
            {
                **comment._prepare_entry_values(),
                **places[comment.id],
                "resolved": comment.resolved,
                "resolvedBy": comment.resolved_by or "",
                "revision": comment.revision_id.number,
                "answers": [answer._prepare_entry_values() for answer in comment.child_ids.sorted("id")],
            }
            for comment in self
        ]

    def _prepare_entry_values(self):
        return {
            "id": self.id,
            "author": self.author_name,
            "staff": bool(self.user_id),
            "date": fields.Datetime.to_string(self.create_date),
            "body": self.body,
        }
