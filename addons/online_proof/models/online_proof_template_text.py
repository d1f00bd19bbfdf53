from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import file_path

#: Fonts that come with Odoo and have the letters of all our languages.
FONT_FILES = {
    "roboto": "web/static/fonts/google/Roboto/Roboto-Regular.ttf",
    "roboto_bold": "web/static/fonts/google/Roboto/Roboto-Bold.ttf",
    "montserrat": "web/static/fonts/google/Montserrat/Montserrat-Regular.ttf",
    "montserrat_bold": "web/static/fonts/google/Montserrat/Montserrat-Bold.ttf",
}


class OnlineProofTemplateText(models.Model):
    """A text that the customer fills in: where it stands on the template and what it looks like."""

    _name = "online.proof.template.text"
    _description = "Text on a Template Product"
    _order = "product_tmpl_id, page, y, id"

    product_tmpl_id = fields.Many2one("product.template", required=True, ondelete="cascade", index=True)
    attribute_id = fields.Many2one(
        "product.attribute",
        required=True,
        ondelete="cascade",
        help="The customer's own value of this attribute, or else the chosen value's name, is printed here.",
        index=True,
    )
    page = fields.Integer(default=1, required=True)
    x = fields.Float(string="From the Left (mm)", default=10.0)
    y = fields.Float(string="From the Top (mm)", default=10.0, help="To the base line of the text.")
    max_width = fields.Float(string="Widest (mm)", help="Longer texts are set smaller. 0: any width.")
    font = fields.Selection(
        [
            ("roboto", "Roboto"),
            ("roboto_bold", "Roboto Bold"),
            ("montserrat", "Montserrat"),
            ("montserrat_bold", "Montserrat Bold"),
        ],
        default="roboto",
        required=True,
    )
    size = fields.Float(string="Size (pt)", default=10.0, required=True)
    colour = fields.Char(default="#222222", required=True)
    align = fields.Selection(
        [("left", "Left"), ("center", "Centre"), ("right", "Right")], default="left", required=True
    )

    _sane = models.Constraint(
        "CHECK (page > 0 AND size >= 4 AND size <= 400)", "A text needs a page and a size between 4 and 400 points."
    )

    @api.constrains("colour")
    def _check_colour(self):
        for text in self:
            digits = text.colour[1:]
            if text.colour[:1] != "#" or len(digits) != 6 or set(digits.lower()) - set("0123456789abcdef"):
                raise ValidationError(self.env._("A colour looks like #1a2b3c."))

    @api.model
    def _get_fonts(self):
        """Return the font files by the names of the selection."""
        return {name: file_path(path) for name, path in FONT_FILES.items()}

    def _prepare_engine_values(self, value):
        """Return this text with a customer's value, as the engine wants it."""
        return {
            "page": self.page,
            "x_mm": self.x,
            "y_mm": self.y,
            "max_mm": self.max_width,
            "font": self.font,
            "size": self.size,
            "colour": self.colour,
            "align": self.align,
            "text": value,
        }
