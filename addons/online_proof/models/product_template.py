import contextlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import client
from ..engine.errors import FileRefusedError
from .online_proof_file import refusal_text


class ProductTemplate(models.Model):
    """What is printed: its format, whether it needs a proof, and what customers personalise of it."""

    _inherit = "product.template"

    proof_needed = fields.Boolean(
        string="Needs a Proof",
        default=True,
        help="The customer has to approve a proof of its own for this product. Services never need one.",
    )
    proof_width = fields.Float(string="Format Width (mm)", help="Trim size; 0: not checked.")
    proof_height = fields.Float(string="Format Height (mm)", help="Trim size; 0: not checked.")
    proof_bleed = fields.Float(string="Bleed (mm)", default=3.0)
    proof_pages = fields.Integer(string="Number of Pages", help="0: not checked.")
    proof_template_file = fields.Binary(
        string="Template PDF",
        attachment=True,
        groups="base.group_user",
        help="Customers personalise this file in the web shop; placing the order approves the result.",
    )
    proof_template_filename = fields.Char(string="Template File Name")
    proof_template_text_ids = fields.One2many(
        "online.proof.template.text", "product_tmpl_id", string="Texts", copy=True
    )
    is_proof_template = fields.Boolean(
        string="Template Product", compute="_compute_is_proof_template", store=True, compute_sudo=True
    )
    proof_template_widths = fields.Json(
        compute="_compute_proof_template_widths",
        store=True,
        compute_sudo=True,
        help="How wide each page of the template is, in millimetres.",
    )

    @api.depends("proof_template_file")
    def _compute_is_proof_template(self):
        for product in self.with_context(bin_size=True):
            product.is_proof_template = bool(product.proof_template_file)

    @api.depends("proof_template_file")
    def _compute_proof_template_widths(self):
        for product in self:
            pages, attachment = [], product._get_proof_template_attachment()
            if attachment:
                # what cannot be read is refused by the check below
                with contextlib.suppress(FileRefusedError), attachment._proof_path() as path:
                    pages = client.inspect(path)["pages"]
            product.proof_template_widths = [page["width_mm"] for page in pages]

    @api.constrains("proof_template_file")
    def _check_proof_template_file(self):
        """Refuse a template that is no readable PDF when it is uploaded, not when a customer orders."""
        for product in self.filtered("is_proof_template"):
            # sudo: the file of the product that is being written
            with product.sudo()._proof_template_path() as path:
                try:
                    kind = client.inspect(path)["kind"]
                except FileRefusedError as error:
                    raise ValidationError(refusal_text(self.env, error.code, error.values)) from error
            if kind != "pdf":
                raise ValidationError(self.env._("A template has to be a PDF file."))

    @api.constrains("proof_template_file", "proof_template_text_ids")
    def _check_proof_texts(self):
        """Refuse texts beside the template when it is made, not when a customer orders."""
        for product in self.filtered(lambda product: product.is_proof_template and product.proof_template_text_ids):
            # sudo: the file of the product that is being written
            with product.sudo()._proof_template_path() as path:
                try:
                    pages = client.inspect(path)["pages"]
                except FileRefusedError:
                    continue  # said by the check of the file
            for text in product.proof_template_text_ids:
                product._check_proof_text(text, pages)

    def _check_proof_text(self, text, pages):
        if text.page > len(pages):
            raise ValidationError(
                self.env._(
                    "%(field)s stands on page %(page)s; the template has %(count)s.",
                    field=text.attribute_id.name,
                    page=text.page,
                    count=len(pages),
                )
            )
        page = pages[text.page - 1]
        if not (0 <= text.x <= page["width_mm"] and 0 <= text.y <= page["height_mm"]):
            raise ValidationError(self.env._("%(field)s stands beside the page.", field=text.attribute_id.name))

    def _proof_template_path(self):
        """Return a context manager for the path of the template file."""
        return self._get_proof_template_attachment()._proof_path()

    def _get_proof_template_attachment(self):
        return (
            self.env["ir.attachment"]
            .sudo()  # the file of a field: reading it is a matter of the product
            .search(
                [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", "proof_template_file")],
                limit=1,
            )
        )

    def _get_proof_format(self):
        """Return what the preflight compares a file with."""
        return {
            "width_mm": self.proof_width,
            "height_mm": self.proof_height,
            "bleed_mm": self.proof_bleed,
            "pages": self.proof_pages,
        }
