import contextlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import APPROVAL_RULES, PROOF_TYPES
from ..engine import ahead, client
from ..engine.errors import FileRefusedError
from .online_proof_file_press import profile_path, shipped_path


class ResCompany(models.Model):
    """How a company handles its proofs."""

    _inherit = "res.company"

    proof_type = fields.Selection(PROOF_TYPES, string="Default Proof Type", default="online", required=True)
    proof_hourly_rate = fields.Monetary(
        string="Hourly Rate for Changes",
        default=60.0,
        help="Shown to customers who ask for changes. 0: changes are free and nothing is shown.",
    )
    proof_change_product_id = fields.Many2one(
        "product.product",
        string="Product for Changes",
        domain=[("type", "=", "service")],
        help="Service that changes are billed with.",
        index="btree_not_null",
    )
    proof_approval_rule = fields.Selection(APPROVAL_RULES, string="Approval Needed From", default="any", required=True)
    proof_deadline_days = fields.Integer(
        string="Days to Answer", default=7, help="Deadline proposed for a proof, in days from today. 0: none."
    )
    proof_reminder_days = fields.Integer(
        string="Days Between Reminders", default=2, help="0: customers are not reminded."
    )
    proof_link_days = fields.Integer(
        string="Days Guest Links Work", default=60, help="A guest's link stops working after so many days. 0: never."
    )
    proof_grace_minutes = fields.Integer(
        string="Minutes to Withdraw",
        default=30,
        help="How long a decision can be withdrawn, as long as production has not begun.",
    )
    proof_press = fields.Selection(
        [
            ("coated", "Offset, coated paper"),
            ("uncoated", "Offset, uncoated paper"),
            ("rgb", "Digital, RGB"),
            ("own", "Own profile"),
        ],
        string="Press",
        default="coated",
        required=True,
        help="Whose colors proofs show where a file has no output intent of its own.",
    )
    proof_press_profile = fields.Binary(string="Press Profile", help="ICC profile of the press, CMYK or RGB.")
    proof_minimum_dpi = fields.Integer(string="Lowest Resolution (dpi)", default=200)
    proof_tsa_url = fields.Char(
        string="Time Stamp Authority",
        help="Address (RFC 3161) that puts a time stamp on certificates of approvals. Empty: none.",
    )
    proof_watch_product = fields.Boolean(
        string="Products", default=True, help="Other products after the approval need a new one, or a reason."
    )
    proof_watch_quantity = fields.Boolean(
        string="Quantities", default=True, help="Other quantities after the approval need a new one, or a reason."
    )
    proof_watch_text = fields.Boolean(
        string="Descriptions", default=True, help="Other texts of lines after the approval need a new one, or a reason."
    )
    proof_watch_total = fields.Boolean(
        string="Total", default=False, help="Another total after the approval needs a new one, or a reason."
    )
    proof_notify_email = fields.Char(
        string="E-mail for Decisions",
        help="Address that is told of decisions besides the order's salesperson.",
    )
    proof_email_from = fields.Char(
        string="Sender of Proofs", help="Empty: the company's e-mail. A website's own sender takes precedence."
    )

    @api.constrains("proof_press", "proof_press_profile")
    def _check_proof_press(self):
        """Refuse what is no profile of a press when it is uploaded, not when a customer waits for a proof."""
        for company in self.filtered(lambda company: company.proof_press == "own"):
            if not company.with_context(bin_size=True).proof_press_profile:
                raise ValidationError(company.env._("Upload the ICC profile of the press."))
            try:
                with company._proof_press_path() as path:
                    client.check_profile(path)
            except FileRefusedError as error:
                raise ValidationError(company.env._("This is no ICC profile of a press (CMYK or RGB).")) from error

    @contextlib.contextmanager
    def _proof_press_path(self):
        """Yield the path of the profile that files without an output intent are shown with, empty for RGB."""
        self.ensure_one()
        if self.proof_press != "own":
            yield shipped_path(self.proof_press)
            return
        with profile_path(self, "proof_press_profile") as path:
            yield path

    @contextlib.contextmanager
    def _proof_first_page(self, path, folder):
        """Have the first page of a file drawn meanwhile; yield what draws it, None where it is no PDF."""
        with self._proof_press_path() as press, ahead.first_page(path, folder, press) as drawing:
            yield drawing

    def _proof_today_plus(self, days):
        """Return the date in so many days, or False for no days."""
        return fields.Date.add(self._proof_today(), days=days) if days > 0 else False

    def _get_proof_link_expiry(self):
        """Return when a guest's link that is given now stops working, False for never."""
        days = self.proof_link_days
        return fields.Datetime.add(fields.Datetime.now(), days=days) if days > 0 else False

    def _proof_today(self):
        """Return the day that it is where the company is: the same for whoever looks."""
        # sudo: where a company is, is no secret
        zone = self.sudo().partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def _get_proof_watched(self):
        """Return the kinds of changes after an approval that matter to the shop; customer and size always do."""
        chosen = [kind for kind in ("product", "quantity", "text", "total") if self[f"proof_watch_{kind}"]]
        return ("customer", "size", *chosen)
