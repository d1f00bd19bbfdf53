import contextlib

from odoo import models

from ..engine import client, rasteriser
from ..engine.errors import FileRefusedError

#: pixels on the longest side of a picture in the checkout
CHECKOUT_SIDE = 700


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

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
        own = [f"{value.name or ''}" for value in self.product_custom_attribute_value_ids]
        return {
            "line": self.id,
            "product": self.product_id.id,
            "name": self.product_id.display_name,
            "text": "\n".join([self.name or "", *own]),
            "quantity": f"{self.product_uom_qty:g} {self.product_uom_id.name}",
            "size": size,
        }

    def _get_personalised_texts(self):
        """Return the texts on this line's template with what the customer filled in."""
        self.ensure_one()
        own = {
            value.custom_product_template_attribute_value_id.attribute_id: value.custom_value
            for value in self.product_custom_attribute_value_ids
        }
        chosen = self.product_id.product_template_attribute_value_ids | self.product_no_variant_attribute_value_ids
        names = {value.attribute_id: value.name for value in chosen if not value.is_custom}
        texts = []
        for text in self.product_template_id.proof_template_text_ids:
            value = own.get(text.attribute_id) or names.get(text.attribute_id)
            if value:
                texts.append(text._prepare_engine_values(value))
        return texts

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
