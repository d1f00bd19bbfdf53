import contextlib
import hashlib
import logging
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import LOCK_PREPARE, REFUSALS
from ..engine import ahead, client, rasteriser
from ..engine.errors import FileRefusedError

_logger = logging.getLogger(__name__)


def refusal_text(env, code, values=None):
    """Return the sentence for a refused file, in the language of ``env``."""
    return env._(REFUSALS.get(code, REFUSALS["damaged"])) % (values or {})


def _digest(path):
    """Return the SHA-256 digest of a file, read in pieces."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class OnlineProofFile(models.Model):
    """A file that the shop put on a proof: the original, which customers never get."""

    _name = "online.proof.file"
    _description = "Proof File"
    _inherit = ["online.proof.guarded", "cron.batch.mixin"]
    _order = "revision_id, sequence, id"
    _check_company_auto = True
    _by_hand = frozenset({"sequence", "sale_line_id"})

    name = fields.Char(required=True, readonly=True)
    revision_id = fields.Many2one("online.proof.revision", required=True, ondelete="cascade", index=True)
    proof_id = fields.Many2one(related="revision_id.proof_id", store=True, index=True)
    company_id = fields.Many2one(related="revision_id.company_id", store=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    attachment_id = fields.Many2one("ir.attachment", string="Original", required=True, readonly=True, index=True)
    checksum = fields.Char(string="SHA-256", readonly=True)
    file_size = fields.Integer(related="attachment_id.file_size")
    kind = fields.Selection([("pdf", "PDF"), ("image", "Picture")], required=True, readonly=True)
    page_ids = fields.One2many("online.proof.page", "file_id", string="Pages")
    page_count = fields.Integer(readonly=True)
    state = fields.Selection(
        [("preparing", "Being prepared"), ("ready", "Ready")], default="preparing", required=True, readonly=True
    )
    finding_ids = fields.One2many("online.proof.finding", "file_id", string="Preflight", readonly=True)
    profile_name = fields.Char(string="Checked With", readonly=True, help="The preflight profile of the last check.")
    severity = fields.Selection(
        [("ok", "Ready"), ("info", "Notes"), ("warning", "Warnings"), ("error", "Errors")],
        compute="_compute_severity",
        string="Preflight Result",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        domain="[('order_id.proof_ids', '=', proof_id), ('display_type', '=', False)]",
        help="The product that the pages are checked against; one of another proof takes the file with it.",
        index="btree_not_null",
    )

    @api.depends("finding_ids.severity", "state")
    def _compute_severity(self):
        for file in self:
            found = file.finding_ids.mapped("severity")
            worst = next((level for level in ("error", "warning", "info") if level in found), "ok")
            file.severity = worst if file.state == "ready" else False

    # CRUD

    def write(self, vals):
        if "sequence" in vals and not self.env.context.get("proof_natural_order"):
            self._check_editable()
            self.sudo().revision_id.manual_order = True  # changed by methods only
        if "sale_line_id" in vals:
            self._check_editable()
        result = super().write(vals)
        if "sequence" in vals:
            self.sudo().revision_id._renumber_pages()  # pages are changed by methods only
        if "sale_line_id" in vals:
            self.sudo()._follow_line()  # and so are findings
        return result

    def _follow_line(self):
        """Check the files against their products, on the proofs of these."""
        for file in self:
            former, proof = file.revision_id, file.sale_line_id.proof_id
            if proof and proof != file.proof_id:
                file.revision_id = proof._get_or_create_draft()
                (former | file.revision_id)._sort_naturally()
                former.filtered(lambda revision: not revision.file_ids).unlink()
        self._run_preflight()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._check_editable()

    def unlink(self):
        self.check_access("unlink")
        self._check_editable()
        self_sudo = self.sudo()  # pages, pictures and the original belong to the file that goes
        revisions, attachments = self_sudo.revision_id, self_sudo.attachment_id | self_sudo.original_attachment_id
        self_sudo.page_ids.unlink()  # with their pictures, which the database would leave behind
        result = super().unlink()
        # what a mended file was made of stays with it
        mended = self_sudo.search([("original_attachment_id", "in", attachments.ids)])
        (attachments - mended.original_attachment_id).exists().unlink()
        revisions._renumber_pages()
        return result

    def _check_editable(self):
        if any(file.revision_id.state != "draft" for file in self):
            raise UserError(
                self.env._("This revision was sent and does not change any more. Upload files to make a new one.")
            )

    def _is_unaltered(self):
        """Return whether the file has the content that its digest was taken of."""
        # sudo: the original is readable through this record only
        with self.attachment_id.sudo()._proof_path() as path:
            return _digest(path) == self.checksum

    # Taking a file in

    @api.model
    def _take_in(self, revision, name, content, line=None):
        """Make a file with its pages from what was uploaded; the first page is rendered at once.

        :param content: bytes, or a ``FileContent``
        :param line: the order line that it is for, where that is known; else it goes to the proof that it fits
        :raises FileRefusedError: if the file cannot be proofed; nothing is kept then
        """
        if not content:
            raise FileRefusedError("empty")
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()  # people with the right to upload need none on attachments in general
            .with_context(image_no_postprocess=True)
            .create({"name": name, "raw": content, "res_model": self._name})
        )
        folder = attachment_sudo._proof_folder_ahead()
        with attachment_sudo._proof_path() as path, revision.company_id._proof_first_page(path, folder) as drawing:
            try:
                document = client.inspect(path)
            except FileRefusedError:
                attachment_sudo.unlink()
                raise
            line = line or revision.proof_id._find_line(name, document)
            if line.proof_id and line.proof_id != revision.proof_id:
                revision = line.proof_id._get_or_create_draft()
            file = self.create(
                {
                    "name": name,
                    "revision_id": revision.id,
                    "attachment_id": attachment_sudo.id,
                    "checksum": _digest(path),
                    "kind": document["kind"],
                    "page_count": len(document["pages"]),
                    "sequence": max(revision.file_ids.mapped("sequence"), default=0) + 1,
                    "sale_line_id": line.id,
                    **self._prepare_press_values(revision.company_id),
                }
            )
            attachment_sudo.res_id = file.id
            self.env["online.proof.page"].create(
                [
                    file._prepare_page_values(number, page)
                    for number, page in enumerate(document["pages"], revision.page_count + 1)
                ]
            )
            drawing = drawing if file.kind == "pdf" else None
            file._render(file.page_ids[:1], path, drawing=drawing)
            # a copy of a file outside of the filestore goes with this request
            if drawing and file.page_count > 1 and attachment_sudo.store_fname:
                drawing.leave()
                self.env.cr.postrollback.add(drawing.recall)
        return file

    def _prepare_page_values(self, number, page):
        keys = ("frame", "width_mm", "height_mm", "zoom_width", "zoom_height", "trim")
        return {"file_id": self.id, "number": number, **{key: page[key] for key in keys}}

    # Preparing: pages and preflight

    def _prepare_file(self):
        """Render the pages that are missing, then check the file; commits what is ready again and again.

        A crash loses the pages in work at most: the next run goes on after them.
        """
        self.ensure_one()
        with self._exclusive() as alone:
            if not alone:
                return
            self.invalidate_recordset()
            if self.state != "preparing":
                return
            self._make_ready(commit=True)
            self.env["ir.cron"]._commit_progress()

    def _make_ready(self, *, commit=False):
        """Render the pages that are missing, then check the file.

        :param commit: whenever pages are ready
        """
        pages = self.page_ids.filtered(lambda page: page.state == "waiting")
        # sudo: the original is readable through this record only
        with self.attachment_id.sudo()._proof_path() as path:
            self._render(pages, path, commit=commit)
        self._run_preflight()
        self.state = "ready"

    @contextlib.contextmanager
    def _exclusive(self):
        """Yield whether this process alone prepares the file, across its commits."""
        cr = self.env.cr
        cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK_PREPARE, self.id))
        alone = cr.fetchone()[0]
        try:
            yield alone
        except Exception:
            # what is committed stays; the connection has to be usable again for the line below
            cr.rollback()
            raise
        finally:
            if alone:
                cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_PREPARE, self.id))

    def _render(self, pages, path, *, commit=False, drawing=None):
        """Draw pages and keep their pictures.

        :param commit: whenever pages are ready
        :param drawing: what is drawing all of them already
        """
        by_frame = {page.frame: page for page in pages}
        # sudo: as for the path of it
        folder_ahead = self.attachment_id.sudo()._proof_folder_ahead()
        with contextlib.ExitStack() as stack:
            if drawing:
                drawn = drawing.pages()
            else:
                folder = stack.enter_context(client.work_folder())
                press = stack.enter_context(self._press_path())
                begun = stack.enter_context(ahead.begun(folder_ahead, by_frame))
                drawn = rasteriser.render_together(path, self.kind, list(by_frame), folder, press, begun)
            for ready in drawn:
                pages._store_pictures([(by_frame[frame], picture) for frame, picture in ready])
                if commit:
                    self.env["ir.cron"]._commit_progress()

    def _run_preflight(self):
        """Check the files against their products and keep the findings."""
        for file in self:
            product = file.sale_line_id.product_template_id
            expected = file._get_expected()
            profile = product._get_proof_profile(file.company_id)
            rules = profile._prepare_engine_values(file.company_id)
            # sudo: the original is readable through this record only
            with file.attachment_id.sudo()._proof_path() as path, file._press_path() as press:
                try:
                    found = client.preflight(path, expected, rules, press)
                except FileRefusedError as error:
                    _logger.warning("preflight of %s (file %s) failed: %s", file.name, file.id, error.code)
                    found = [{"code": "not_read_fully", "severity": "warning", "page": 0, "values": {}}]
                found += file._get_disagreements(path, press)
            found += [
                {"code": "page_not_shown", "severity": "error", "page": page.frame + 1, "values": {}}
                for page in file.page_ids
                if page.state == "failed"
            ]
            best = client.renderers(file.kind)[0]
            found += [
                {"code": "shown_by_other", "severity": "warning", "page": page.frame + 1, "values": {}}
                for page in file.page_ids
                if page.state == "ready" and page.renderer != best
            ]
            file.profile_name = profile.name
            file.finding_ids.unlink()
            self.env["online.proof.finding"].create([{"file_id": file.id, **values} for values in found])

    # Cron

    @api.model
    def _cron_prepare(self):
        """Prepare the files that wait, first come first served; then what sent revisions still need."""
        self._cron_each([("state", "=", "preparing")], "_prepare_each")
        self.env["online.proof.revision"]._cron_finish_documents()

    def _prepare_each(self):
        """Prepare the files; what cannot be read is said on the proof, what passes is left to the next run."""
        for file in self:
            try:
                file._prepare_file()
            except FileRefusedError as error:
                file._give_up(refusal_text(self.env, error.code, error.values))
            except FileNotFoundError:
                _logger.exception("file %s cannot be prepared", file.id)
                file._give_up(self.env._("The file is missing on the server. Upload it again."))
            except OSError:
                # the disk is full or out of reach: that passes, and the next run goes on where this one stopped
                self.env.cr.rollback()
                _logger.exception("file %s cannot be prepared now, the next run tries again", file.id)

    def _give_up(self, reason):
        """Keep a file that cannot be prepared out of the next runs and say so on the proof."""
        self.env.cr.rollback()
        self.page_ids.filtered(lambda page: page.state == "waiting").state = "failed"
        self.state = "ready"
        self.env["online.proof.finding"].create(
            {"file_id": self.id, "code": "page_not_shown", "severity": "error", "page": 0, "values": {}}
        )
        text = self.proof_id._shop_env()._("%(file)s: %(reason)s", file=self.name, reason=reason)
        self.proof_id.message_post(body=text)
