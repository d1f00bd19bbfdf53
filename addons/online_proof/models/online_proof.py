from odoo import api, fields, models
from odoo.addons.base_safeguard.http import plain_text
from odoo.exceptions import UserError

from ..const import APPROVAL_RULES, MAX_UPLOAD_FILES, MAX_UPLOAD_MB, UPLOAD_PARAMETER
from ..engine.errors import FileRefusedError
from ..life import sorting
from .online_proof_file import refusal_text

STATES = [
    ("draft", "In preparation"),
    ("sent", "With the customer"),
    ("changes", "Changes requested"),
    ("approved", "Approved"),
    ("expired", "Deadline passed"),
    ("cancelled", "Cancelled"),
]


class OnlineProof(models.Model):
    """The proof of a sale order: its revisions, the people who see it, and how far it is."""

    _name = "online.proof"
    _description = "Online Proof"
    _inherit = [
        "online.proof.guarded",
        "part.search.mixin",
        "cron.batch.mixin",
        "mail.delivery.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _by_hand = frozenset({"approval_rule", "deadline", "draft_file_ids", "reviewer_ids"})
    _by_hand_when_new = frozenset({"sale_order_id"})

    name = fields.Char(compute="_compute_name", store=True, index="trigram")
    title = fields.Char(compute="_compute_title", string="Products", help="What is printed.")
    sale_order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", readonly=True, index=True)
    company_id = fields.Many2one(related="sale_order_id.company_id", store=True, precompute=True, index=True)
    website_id = fields.Many2one(related="sale_order_id.website_id")
    partner_id = fields.Many2one(
        related="sale_order_id.partner_id", store=True, string="Customer", precompute=True, index="btree_not_null"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer's Company",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="For whom the proof was made, whatever becomes of the contact; only a transfer changes it.",
    )
    customer_moved = fields.Boolean(
        compute="_compute_customer_moved", help="The contact works for another customer than the proof was made for."
    )
    user_id = fields.Many2one(related="sale_order_id.user_id", store=True, string="Salesperson", index="btree_not_null")
    proof_type = fields.Selection(related="sale_order_id.proof_type", store=True, string="Proof Type")
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, tracking=True, copy=False)
    revision_ids = fields.One2many("online.proof.revision", "proof_id", string="Revisions")
    revision_count = fields.Integer(compute="_compute_revision_count")
    reviewer_ids = fields.One2many("online.proof.reviewer", "proof_id", string="Reviewers")
    comment_ids = fields.One2many("online.proof.comment", "proof_id", string="Comments")
    open_comment_count = fields.Integer(compute="_compute_open_comment_count", string="Open Comments")
    has_unbilled_changes = fields.Boolean(
        compute="_compute_has_unbilled_changes", help="Changes were asked for that no order line bills."
    )
    approval_rule = fields.Selection(APPROVAL_RULES, string="Approval Needed From", default="any", required=True)
    deadline = fields.Date(tracking=True)
    next_reminder_date = fields.Date(readonly=True)
    reminder_count = fields.Integer(readonly=True)
    date_decided = fields.Datetime(string="Decided Date", readonly=True)
    latest_revision_id = fields.Many2one(
        "online.proof.revision", compute="_compute_revisions", store=True, index="btree_not_null"
    )
    draft_revision_id = fields.Many2one(
        "online.proof.revision", compute="_compute_revisions", store=True, index="btree_not_null"
    )
    draft_file_ids = fields.One2many(related="draft_revision_id.file_ids", string="Files", readonly=False)
    chain_head = fields.Char(string="Digest of the Last Decision", readonly=True, copy=False)
    chain_length = fields.Integer(string="Number of Decisions", readonly=True, copy=False)
    date_evidence_checked = fields.Datetime(string="Evidence Checked On", readonly=True, copy=False)
    thumbnail = fields.Binary(compute="_compute_thumbnail")
    sender_email = fields.Char(compute="_compute_emails", compute_sudo=True)
    shop_emails = fields.Char(compute="_compute_emails", compute_sudo=True)

    @api.depends("sale_order_id.name")
    def _compute_name(self):
        for proof in self:
            proof.name = proof.sale_order_id.name

    @api.depends("line_ids.product_id")
    def _compute_title(self):
        for proof in self:
            products = proof.line_ids.filtered(lambda line: line._is_proofed()).product_id
            proof.title = ", ".join(products.mapped("display_name"))

    @api.depends("name", "title", "sale_order_id.proof_ids")
    def _compute_display_name(self):
        for proof in self:
            several = len(proof.sale_order_id.proof_ids) > 1 and proof.title
            proof.display_name = f"{proof.name}: {proof.title}" if several else proof.name

    @api.depends("commercial_partner_id", "sale_order_id.partner_id.commercial_partner_id")
    def _compute_customer_moved(self):
        for proof in self:
            proof.customer_moved = proof.sale_order_id.partner_id.commercial_partner_id != proof.commercial_partner_id

    @api.depends("revision_ids.state", "revision_ids.number")
    def _compute_revisions(self):
        for proof in self:
            drafts = proof.revision_ids.filtered(lambda revision: revision.state == "draft")
            proof.draft_revision_id = drafts[:1]
            proof.latest_revision_id = (proof.revision_ids - drafts).sorted("number")[-1:]

    @api.depends("revision_ids")
    def _compute_revision_count(self):
        counts = dict(
            self.env["online.proof.revision"]._read_group(
                [("proof_id", "in", self.ids), ("state", "!=", "draft")], ["proof_id"], ["__count"]
            )
        )
        for proof in self:
            proof.revision_count = counts.get(proof, 0)

    def _compute_open_comment_count(self):
        counts = dict(
            self.env["online.proof.comment"]._read_group(
                [("proof_id", "in", self.ids), ("parent_id", "=", False), ("resolved", "=", False)],
                ["proof_id"],
                ["__count"],
            )
        )
        for proof in self:
            proof.open_comment_count = counts.get(proof, 0)

    def _compute_has_unbilled_changes(self):
        unbilled = self.env["online.proof.decision"]._get_unbilled(self).proof_id
        for proof in self:
            proof.has_unbilled_changes = proof in unbilled

    @api.depends("revision_ids.page_ids.state")
    def _compute_thumbnail(self):
        shown = {proof: proof.latest_revision_id or proof.draft_revision_id for proof in self}
        thumbnails = self.env["online.proof.revision"].union(*shown.values())._get_thumbnails()
        for proof, revision in shown.items():
            proof.thumbnail = thumbnails.get(revision.id)

    @api.depends(
        "company_id.proof_email_from", "company_id.proof_notify_email", "website_id.proof_email_from", "user_id"
    )
    def _compute_emails(self):
        for proof in self:
            company = proof.company_id
            own = company.email_formatted or proof.user_id.email_formatted
            proof.sender_email = proof.website_id.proof_email_from or company.proof_email_from or own
            told = filter(None, [proof.user_id.email_formatted, company.proof_notify_email])
            proof.shop_emails = ", ".join(told) or own

    @api.model_create_multi
    def create(self, vals_list):
        """Fix the customer: the one that the order has now."""
        proofs = super().create(vals_list)
        for proof_sudo in proofs.sudo():  # set by methods only
            proof_sudo.commercial_partner_id = proof_sudo.sale_order_id.partner_id.commercial_partner_id
        return proofs

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        sent = self.filtered(lambda proof: any(revision.state != "draft" for revision in proof.revision_ids))
        if sent:
            raise UserError(
                self.env._(
                    "The customer has the proof of %(orders)s; it is kept as evidence. "
                    "The order cannot be deleted, it is enough to cancel it.",
                    orders=", ".join(sent.mapped("name")),
                )
            )

    def unlink(self):
        # the database would delete revisions, files and pages in an order of its own, and leave their pictures
        self.revision_ids.filtered(lambda revision: revision.state == "draft").file_ids.unlink()
        return super().unlink()

    # Revisions

    def _get_or_create_draft(self):
        """Return the revision in preparation, a new one where the last was sent."""
        self.ensure_one()
        draft = self.revision_ids.filtered(lambda revision: revision.state == "draft")
        # the index that allows one draft looks at the table, not at what is still to be written
        self.env["online.proof.revision"].flush_model(["state"])
        return draft or self.env["online.proof.revision"].create(
            {"proof_id": self.id, "number": max(self.revision_ids.mapped("number"), default=0) + 1}
        )

    def _get_default_sale_line(self):
        """Return the order line that files are checked against: the first with a format."""
        lines = self.line_ids or self.sale_order_id.order_line
        return (
            lines.filtered(lambda line: line.product_template_id.proof_width)[:1]
            or lines.filtered(lambda line: line.product_template_id.proof_pages)[:1]
        )

    def _add_files(self, files):
        """Put uploaded files on the revision in preparation and have them prepared.

        :param files: list of (name, content)
        :returns: list of ``{"name", "error", "note"}``: why a file was refused, or which other proof it is for
        """
        self.ensure_one()
        self._check_upload_open()
        if len(files) > MAX_UPLOAD_FILES:
            raise UserError(self.env._("Upload at most %(count)s files at once.", count=MAX_UPLOAD_FILES))
        revision = self._get_or_create_draft()
        limit = self._get_upload_limit()
        results, filled = [], revision
        for name, content in files:
            error = note = ""
            try:
                if len(content) > limit * 2**20:
                    raise FileRefusedError("too_big", limit=limit)
                # whatever stands in a header; a name is what people read
                name = plain_text(name).strip() or self.env._("File")
                file = self.env["online.proof.file"]._take_in(revision, name, content)
                filled |= file.revision_id
                if file.proof_id != self:
                    note = self.env._("It is for %(product)s and was put on that proof.", product=file.proof_id.title)
            except FileRefusedError as refusal:
                error = refusal_text(self.env, refusal.code, refusal.values)
            results.append({"name": name, "error": error, "note": note})
        if filled.file_ids:
            filled._sort_naturally()
            self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()
        if not revision.file_ids:
            revision.unlink()
        return results

    def _find_line(self, name, document):
        """Return the line that a file is for, of whichever proof of the order; the usual one where none stands out.

        :param document: what ``engine.client.inspect`` says of the file
        """
        lines = self.sale_order_id.order_line.filtered(lambda line: line.proof_id and line._is_proofed())
        page = document["pages"][0]
        file = sorting.File(name, page["width_mm"], page["height_mm"], len(document["pages"]))
        found = lines.browse(sorting.find(file, [line._get_sorting_values() for line in lines]) or [])
        return found or self._get_default_sale_line()

    def _check_upload_open(self):
        if self.sale_order_id.state == "cancel":
            raise UserError(self.env._("Order %(name)s is cancelled.", name=self.sale_order_id.name))
        if self.proof_type == "none":
            raise UserError(self.env._("This order needs no proof. Choose another proof type first."))

    @api.model
    def _get_upload_limit(self):
        """Return how many megabytes one upload may have."""
        parameter = self.env["ir.config_parameter"].sudo().get_param(UPLOAD_PARAMETER)
        return int(parameter) if (parameter or "").isdigit() else MAX_UPLOAD_MB

    def get_upload_progress(self):
        """Return what the back office's progress bar shows of the revision in preparation."""
        self.ensure_one()
        self.check_access("read")
        revision = self.draft_revision_id
        if not revision:
            return {"total": 0, "ready": 0, "prepared": True}
        progress = revision._get_progress()
        return {key: progress[key] for key in ("total", "ready", "prepared")}

    # Actions

    def action_send(self):
        """Open the window that chooses the recipients and the text of the mail."""
        self.ensure_one()
        return self.sale_order_id._get_send_proof_action()

    def action_open_viewer(self):
        """Look at the newest revision as the customer does."""
        self.ensure_one()
        revision = self.draft_revision_id or self.latest_revision_id
        if not revision.page_ids:
            raise UserError(self.env._("There are no pages yet."))
        return revision.action_open_viewer()

    def action_view_order(self):
        """Open the order."""
        self.ensure_one()
        return self.sale_order_id.get_formview_action()

    def action_bill_changes(self):
        """Draft lines on the order for all changes that were asked for, and open the order."""
        self.ensure_one()
        self.check_access("write")
        self.env["online.proof.decision"]._get_unbilled(self).action_bill_changes()
        return self.action_view_order()

    def action_record_decision(self):
        """Open the window for a decision that the customer told the shop."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("online_proof.online_proof_record_action")
        return {**action, "context": {"default_revision_id": self.latest_revision_id.id}}
