import base64

from odoo import api, fields, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import file_path, format_date

from ..engine import client, const, rasteriser
from ..engine.natural import natural_key
from .online_proof_template_text import FONT_FILES


class OnlineProofRevision(models.Model):
    """One state of the files: put together by the shop, frozen when it is sent, then decided."""

    _name = "online.proof.revision"
    _description = "Proof Revision"
    _inherit = ["online.proof.guarded", "cron.batch.mixin"]
    _order = "proof_id, number desc"
    _check_company_auto = True
    _rec_names_search = ["proof_id", "number"]
    _by_hand = frozenset({"file_ids"})

    proof_id = fields.Many2one("online.proof", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="proof_id.company_id", store=True, precompute=True, index="btree_not_null")
    number = fields.Integer(required=True, readonly=True)
    state = fields.Selection(
        [
            ("draft", "Being prepared"),
            ("sent", "Sent"),
            ("changes", "Changes requested"),
            ("approved", "Approved"),
            ("superseded", "Replaced"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    file_ids = fields.One2many("online.proof.file", "revision_id", string="Files")
    page_ids = fields.One2many("online.proof.page", "revision_id", string="Pages", readonly=True)
    finding_ids = fields.One2many("online.proof.finding", "revision_id", string="Preflight", readonly=True)
    comment_ids = fields.One2many("online.proof.comment", "revision_id", string="Comments")
    decision_ids = fields.One2many("online.proof.decision", "revision_id", string="Decisions", readonly=True)
    view_ids = fields.One2many("online.proof.view", "revision_id", string="Opened By", readonly=True)
    manual_order = fields.Boolean(readonly=True, help="The files were put in order by hand.")
    page_count = fields.Integer(compute="_compute_pages")
    ready_count = fields.Integer(compute="_compute_pages")
    is_ready = fields.Boolean(compute="_compute_is_ready")
    progress = fields.Integer(compute="_compute_pages", help="Percentage of pages that can be shown.")
    date_sent = fields.Datetime(string="Sent Date", readonly=True)
    customer_id = fields.Many2one(
        "res.partner", ondelete="restrict", readonly=True, index="btree_not_null", help="Whom it was sent to."
    )
    date_approved = fields.Datetime(string="Approved On", readonly=True, help="It stays when a newer revision is sent.")
    approval_basis = fields.Json(readonly=True, help="The rule that it was approved under, and who was asked then.")
    watermark = fields.Binary(string="Watermarked PDF", attachment=True, readonly=True)
    certificate = fields.Binary(attachment=True, readonly=True)
    certificate_digest = fields.Char(readonly=True, copy=False, help="SHA-256 of the certificate as it was made.")
    severity = fields.Selection(
        [("ok", "Ready"), ("info", "Notes"), ("warning", "Warnings"), ("error", "Errors")],
        compute="_compute_severity",
        string="Preflight Result",
    )

    _number_uniq = models.Constraint("UNIQUE (proof_id, number)", "A revision's number is used once.")
    _one_draft = models.UniqueIndex("(proof_id) WHERE state = 'draft'", "There is a revision in preparation already.")

    @api.depends("proof_id.display_name", "number")
    def _compute_display_name(self):
        for revision in self:
            revision.display_name = self.env._(
                "%(proof)s, revision %(number)s", proof=revision.proof_id.display_name or "", number=revision.number
            )

    @api.depends("page_ids.state")
    def _compute_pages(self):
        counts = {}
        groups = self.env["online.proof.page"]._read_group(
            [("revision_id", "in", self.ids)], ["revision_id", "state"], ["__count"]
        )
        for revision, state, count in groups:
            counts.setdefault(revision.id, {})[state] = count
        for revision in self:
            states = counts.get(revision.id, {})
            revision.page_count = sum(states.values())
            revision.ready_count = revision.page_count - states.get("waiting", 0)
            revision.progress = 100 * revision.ready_count // revision.page_count if states else 0

    @api.depends("file_ids.state")
    def _compute_is_ready(self):
        files = {}
        for revision, state in self.env["online.proof.file"]._read_group(
            [("revision_id", "in", self.ids)], ["revision_id", "state"]
        ):
            files.setdefault(revision.id, set()).add(state)
        for revision in self:
            revision.is_ready = files.get(revision.id) == {"ready"}

    @api.depends("file_ids.severity")
    def _compute_severity(self):
        for revision in self:
            found = revision.file_ids.mapped("severity")
            revision.severity = next((level for level in ("error", "warning", "info") if level in found), "ok")

    def _prepare_outcome_values(self, outcome):
        """Return the values for what the decisions amount to; what was certified is certified no more."""
        approved = outcome == "approved"
        return {
            "state": outcome,
            "date_approved": (self.date_approved or fields.Datetime.now()) if approved else False,
            "approval_basis": (self.approval_basis or self.proof_id._prepare_approval_basis()) if approved else False,
            **({} if approved else {"certificate": False, "certificate_digest": False}),
        }

    # Files and pages

    def _sort_naturally(self):
        """Put the files in the order of their names, unless somebody ordered them by hand."""
        for revision in self.filtered(lambda revision: not revision.manual_order):
            ordered = revision.file_ids.sorted(lambda file: natural_key(file.name))
            for number, file in enumerate(ordered, 1):
                if file.sequence != number:
                    file.with_context(proof_natural_order=True).sequence = number
        self._renumber_pages()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(revision.state != "draft" for revision in self):
            raise UserError(
                self.env._("This revision was sent and does not change any more. Upload files to make a new one.")
            )

    def _renumber_pages(self):
        """Number the pages through, file after file."""
        self.invalidate_recordset(["file_ids", "page_ids"])
        for revision in self.exists():
            number = 0
            for file in revision.file_ids.sorted(lambda file: (file.sequence, file.id)):
                for page in file.page_ids.sorted("frame"):
                    number += 1
                    if page.number != number:
                        page.number = number

    def action_copy_previous_files(self):
        """Take over the previous revision's files of other names: only one of many was corrected."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()  # pages and findings are made by methods only
        self.file_ids._check_editable()
        previous = self.proof_id.revision_ids.filtered(lambda other: other.number < self.number)[:1]
        names = set(self.file_ids.mapped("name"))
        for file in previous.file_ids.filtered(lambda file: file.name not in names):
            # sudo: originals are readable through their file only
            attachment_sudo = file.attachment_id.sudo().with_context(image_no_postprocess=True).copy({"res_id": 0})
            copied = file.copy({"revision_id": self.id, "attachment_id": attachment_sudo.id, "state": file.state})
            attachment_sudo.res_id = copied.id
            for page in file.page_ids:
                page.copy({"file_id": copied.id})
            for found in file.finding_ids:
                found.copy({"file_id": copied.id})
        self._sort_naturally()
        return True

    def action_natural_order(self):
        """Undo the order by hand."""
        self.check_access("write")
        self = self.sudo()  # changed by methods only
        self.file_ids._check_editable()
        self.manual_order = False
        self._sort_naturally()
        return True

    def _get_thumbnails(self):
        """Return the picture of each revision's first page by the revision's id, asked for at once."""
        pages = self.env["online.proof.page"].search_fetch(
            [("revision_id", "in", self.ids), ("number", "=", 1)], ["revision_id"]
        )
        pictures = pages._get_picture("thumbnail").grouped("res_id")
        return {page.revision_id.id: pictures[page.id][:1].datas for page in pages if page.id in pictures}

    def action_check_again(self):
        """Check the files again; those that are being prepared are checked then."""
        self.check_access("write")
        self.file_ids._check_again()

    def action_open_viewer(self):
        """Look at the revision as the customer does."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/proof/staff/{self.proof_id.id}?revision={self.id}",
            "target": "new",
        }

    def _check_sendable(self):
        self.ensure_one()
        if not self.file_ids:
            raise UserError(self.env._("Upload the files first: there is nothing to show to the customer."))
        if not self.is_ready:
            raise UserError(self.env._("The pages are still being prepared. Try again in a moment."))
        failed = self.page_ids.filtered(lambda page: page.state == "failed").sorted("number")
        if failed:
            # what is approved is what the page shows
            raise UserError(
                self.env._(
                    "Pages that cannot be displayed cannot be approved: page %(numbers)s. Upload these files anew.",
                    numbers=", ".join(map(str, failed.mapped("number"))),
                )
            )

    def _get_progress(self):
        """Return what a progress bar shows."""
        self.ensure_one()
        return {
            "total": self.page_count,
            "ready": self.ready_count,
            "prepared": self.is_ready,
            "pages": {page.id: page.state for page in self.page_ids},
        }

    # Watermarked PDF

    def _get_watermark(self):
        """Return the attachment with the watermarked PDF, made now where that was not done yet."""
        self.ensure_one()
        if not self.watermark:
            self._make_watermark()
        return self._get_field_attachment("watermark")

    def _get_field_attachment(self, field):
        return (
            self.env["ir.attachment"]
            .sudo()  # the caller has checked the right to see the revision
            .search([("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", field)])
        )

    def _make_watermark(self):
        if not self.is_ready:
            raise UserError(self.env._("The pages are still being prepared. Try again in a moment."))
        font = file_path(FONT_FILES["roboto"])
        with client.work_folder() as folder:
            pictures = self._get_watermark_pictures(folder)
            pages = [
                {"picture": pictures[page.id], "width_mm": page.width_mm, "height_mm": page.height_mm}
                for page in self.page_ids.sorted("number")
                if page.id in pictures
            ]
            client.watermark(pages, self._get_watermark_lines(), folder / "proof.pdf", font)
            self.watermark = base64.b64encode((folder / "proof.pdf").read_bytes())

    def _get_watermark_lines(self):
        """Return the text of the watermark, in the customer's language."""
        proof = self.proof_id
        revision = self.with_context(lang=installed_language(self.env, proof.partner_id.lang))
        day = format_date(revision.env, self.date_sent or fields.Date.context_today(self))
        return [
            revision.env._("%(order)s · Revision %(number)s", order=proof.display_name, number=self.number),
            proof.commercial_partner_id.name or proof.partner_id.name or "",
            revision.env._("Proof of %(date)s, not for printing", date=day),
        ]

    def _get_watermark_pictures(self, folder):
        """Return a picture's path by page id: the preview, or a bigger one for large formats."""
        pages = self.page_ids.filtered(lambda page: page.state == "ready")
        large = pages.filtered(
            lambda page: max(page.width_mm, page.height_mm) / 25.4 * const.WATERMARK_DPI > const.PREVIEW_SIDE * 1.1
        )
        pictures = {}
        for attachment in (pages - large)._get_picture():
            if attachment.store_fname:
                pictures[attachment.res_id] = attachment._full_path(attachment.store_fname)
            else:
                path = folder / f"{attachment.res_id}.jpg"
                path.write_bytes(attachment.raw)
                pictures[attachment.res_id] = str(path)
        for page in large:
            inches = max(page.width_mm, page.height_mm) / 25.4
            side = min(round(inches * const.WATERMARK_DPI), const.WATERMARK_SIDE)
            own = folder / str(page.id)
            own.mkdir()
            file = page.file_id
            # sudo: originals are readable through their file only
            with file.attachment_id.sudo()._proof_path() as path, file._press_path() as press:
                for _number, picture in rasteriser.render_pages(path, file.kind, [page.frame], own, side, press):
                    pictures[page.id] = str(picture) if picture else None
        return {page: picture for page, picture in pictures.items() if picture}

    # Cron

    @api.model
    def _cron_finish_documents(self):
        """Make the watermarked PDFs and certificates before somebody has to wait for them."""
        shown = Domain("state", "in", ["sent", "changes", "approved"]) & Domain("watermark", "=", False)
        certified = Domain("date_approved", "!=", False) & Domain("certificate", "=", False)
        prepared = Domain("page_ids", "!=", False) & Domain("file_ids", "not any", [("state", "!=", "ready")])
        self._cron_each((shown | certified) & prepared, "_finish_documents")

    def _finish_documents(self):
        for revision in self:
            revision._get_watermark()
            revision._get_certificate()
            revision._prepare_comparison()
