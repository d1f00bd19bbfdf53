import contextlib

from odoo import api, fields, models
from odoo.addons.base_safeguard.numbers import plain_number
from odoo.exceptions import ValidationError

from ..engine import client, rasteriser
from ..engine.errors import FileRefusedError
from ..life import sorting

#: pixels on the longest side of a picture in the checkout
CHECKOUT_SIDE = 700


class SaleOrderLine(models.Model):
    """A product that is printed: the proof that it is shown on, and what the customer wrote on it."""

    _inherit = "sale.order.line"

    proof_id = fields.Many2one(
        "online.proof",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        domain="[('sale_order_id', '=', order_id)]",
        help="Lines with the same proof are printed together: they are shown and decided as one.",
    )
    proof_state = fields.Selection(related="proof_id.state", string="Proof State")

    @api.constrains("proof_id", "order_id")
    def _check_proof(self):
        for line in self:
            if line.proof_id and line.proof_id.sale_order_id != line.order_id:
                raise ValidationError(self.env._("The proof belongs to another order."))

    def write(self, vals):
        """Proofs that nothing is left to show of go."""
        former_sudo = self.proof_id.sudo() if "proof_id" in vals else None  # whoever may change the order
        result = super().write(vals)
        if former_sudo:
            former_sudo._drop_if_unused()
        return result

    def unlink(self):
        """Proofs that nothing is left to show of go with their lines."""
        former_sudo = self.proof_id.sudo()  # whoever may change the order
        result = super().unlink()
        former_sudo._drop_if_unused()
        return result

    def _needs_proof(self):
        """Return whether the line is printed, so that its customer has to see it first."""
        self.ensure_one()
        product = self.product_template_id
        printed = product.is_proof_template or (product.type not in ("service", "combo") and product.proof_needed)
        return self._is_proofed() and printed

    def _is_proofed(self):
        """Return whether the line is a product that files may be printed for."""
        self.ensure_one()
        changes = self.company_id.proof_change_product_id
        return bool(
            self.product_id
            and not self.display_type
            and not self.is_downpayment
            and self.product_id != changes
            and not ("is_delivery" in self._fields and self.is_delivery)
        )

    def _get_proof_facts(self):
        """Return what the line says of what is printed."""
        self.ensure_one()
        template = self.product_template_id
        size = f"{template.proof_width:g} x {template.proof_height:g} mm" if template.proof_width else ""
        # without the attribute's name, which is another one in each reader's language
        own = [value.custom_value or "" for value in self.product_custom_attribute_value_ids]
        return {
            "line": self.id,
            "product": self.product_id.id,
            "name": self.product_id.display_name,
            "text": "\n".join([self.name or "", *own]),
            "quantity": f"{plain_number(self.product_uom_qty)} {self.product_uom_id.name}",
            # the same in every language
            "amount": [plain_number(self.product_uom_qty), self.product_uom_id.id],
            "size": size,
        }

    def _get_sorting_values(self):
        """Return the line as ``life.sorting`` looks at it."""
        product = self.product_template_id
        return sorting.Product(
            key=self.id,
            name=self.product_id.display_name or "",
            width=product.proof_width,
            height=product.proof_height,
            bleed=product.proof_bleed,
            pages=product.proof_pages,
        )

    def _get_personalised_texts(self):
        """Return the texts on this line's template with what the customer filled in."""
        return [text._prepare_engine_values(value) for text, value in self._get_personalised_values() if value]

    def _get_shown_values(self):
        """Return what a customer sees of a personalised product, the same in every language."""
        template_sudo = self.product_template_id.sudo()  # customers do not read how a template is made
        chosen = self.product_id.product_template_attribute_value_ids | self.product_no_variant_attribute_value_ids
        own = self.product_custom_attribute_value_ids
        return [
            self.id,
            self.product_id.id,
            self.product_uom_qty,
            sorted(chosen.ids),
            sorted([value.custom_product_template_attribute_value_id.id, value.custom_value or ""] for value in own),
            template_sudo._get_proof_template_attachment().checksum or "",
            [text._prepare_engine_values("") for text in template_sudo.proof_template_text_ids],
        ]

    def _get_personalised_problems(self):
        """Return sentences about what of the customer's texts cannot be printed."""
        found = []
        # sudo: customers do not read how a template is made
        offered = self.product_template_id.sudo().attribute_line_ids.attribute_id
        for text, value in self._get_personalised_values():
            problem = text._get_problem(value) if value or text.attribute_id in offered else ""
            if problem:
                name = self.product_id.display_name
                found.append(self.env._("%(product)s: %(problem)s", product=name, problem=problem))
        return found

    def _get_personalised_values(self):
        """Return each text on this line's template beside what the customer filled in."""
        self.ensure_one()
        own = {
            value.custom_product_template_attribute_value_id.attribute_id: value.custom_value
            for value in self.product_custom_attribute_value_ids
        }
        chosen = self.product_id.product_template_attribute_value_ids | self.product_no_variant_attribute_value_ids
        names = {value.attribute_id: value.name for value in chosen if not value.is_custom}
        # sudo: customers do not read how a template is made
        texts_sudo = self.product_template_id.sudo().proof_template_text_ids
        return [(text, own.get(text.attribute_id) or names.get(text.attribute_id) or "") for text in texts_sudo]

    @contextlib.contextmanager
    def _personalised_path(self):
        """Yield the path of the template's PDF with the customer's texts, in a folder that goes away.

        :raises FileRefusedError: if the template cannot be read
        """
        fonts = self.env["online.proof.template.text"]._get_fonts()
        # sudo: customers get the rendered result, never the template
        with self.product_template_id.sudo()._proof_template_path() as path, client.work_folder() as folder:
            target = folder / "personalised.pdf"
            client.personalise(path, self._get_personalised_texts(), target, fonts)
            yield target

    def _get_personalised_file(self):
        """Return the personalised PDF."""
        with self._personalised_path() as path:
            return path.read_bytes()

    def _get_personalised_name(self):
        return f"{self.product_id.display_name}.pdf".replace("/", "-")

    def _get_personalised_pages(self):
        """Return number, width and height of the picture of each page; none where the template cannot be read.

        With its size known, a picture is asked for, and made, when it comes into view.
        """
        try:
            # sudo: customers get the rendered result, never the template
            with self.product_template_id.sudo()._proof_template_path() as path:
                pages = client.inspect(path)["pages"]
        except FileRefusedError:
            return []  # a broken template must not stop somebody from paying
        scales = [CHECKOUT_SIDE / max(page["width_mm"], page["height_mm"]) for page in pages]
        return [
            {
                "number": number,
                "width": round(page["width_mm"] * scale),
                "height": round(page["height_mm"] * scale),
            }
            for number, (page, scale) in enumerate(zip(pages, scales, strict=True), 1)
        ]

    def _get_personalised_picture(self, number=1):
        """Return a JPEG of a page of the personalised file, for the last step of the checkout; empty without it."""
        with self._personalised_path() as path, self.company_id._proof_press_path() as press:
            drawn = rasteriser.render_pages(path, "pdf", [number - 1], path.parent, CHECKOUT_SIDE, press)
            for _number, picture in drawn:
                return picture.read_bytes() if picture else b""
        return b""
