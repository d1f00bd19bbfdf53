from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import file_path

from ..engine import fonts
from ..engine.const import MAX_TEXT, MM_PER_POINT

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
    _rec_name = "attribute_id"

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
    max_width = fields.Float(
        string="Maximum Width (mm)", help="Longer texts are set smaller. 0: up to the edge of the page."
    )
    max_length = fields.Integer(string="Longest (Letters)", help="Longer texts are refused in the shop. 0: any length.")
    required = fields.Boolean(
        string="Has to Be Filled In", default=True, help="The order is not taken while the customer left it empty."
    )
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
    smallest = fields.Float(
        string="Smallest Size (pt)", default=5.0, help="A text that does not fit at this size is refused in the shop."
    )
    color = fields.Char(
        default="#222222", required=True, help="Printed in four inks; grey and black in black ink alone."
    )
    align = fields.Selection(
        [("left", "Left"), ("center", "Center"), ("right", "Right")], default="left", required=True
    )

    _sane = models.Constraint(
        "CHECK (page > 0 AND size >= 4 AND size <= 400)", "A text needs a page and a size between 4 and 400 points."
    )

    @api.constrains("color")
    def _check_color(self):
        for text in self:
            digits = text.color[1:]
            if text.color[:1] != "#" or len(digits) != 6 or set(digits.lower()) - set("0123456789abcdef"):
                raise ValidationError(self.env._("A color looks like #1a2b3c."))

    @api.constrains("page", "x", "y")
    def _check_place(self):
        self.product_tmpl_id._check_proof_texts()

    @api.model
    def _get_fonts(self):
        """Return the font files by the names of the selection."""
        return {name: file_path(path) for name, path in FONT_FILES.items()}

    def _get_problem(self, value):
        """Return why a customer's text cannot be printed here, as a sentence; empty where it can."""
        self.ensure_one()
        names = {"field": self.attribute_id.name}
        value = fonts.printable(value)
        if not value:
            return self.env._("Please fill in %(field)s.", **names) if self.required else ""
        limit = min(self.max_length or MAX_TEXT, MAX_TEXT)
        if len(value) > limit:
            return self.env._("%(field)s can have up to %(count)s letters.", count=limit, **names)
        font = file_path(FONT_FILES[self.font])
        missing = fonts.missing(value, font)
        if missing or not fonts.is_set_plainly(value):
            return self.env._(
                "%(field)s has letters that cannot be printed: %(letters)s", letters=missing or value, **names
            )
        width = fonts.width(value, font, min(self.smallest or self.size, self.size)) * MM_PER_POINT
        room = fonts.room(self.x, self._get_page_width(), self.align, self.max_width)
        if room and width > room:
            return self.env._("%(field)s is too long for its place. Please shorten it.", **names)
        return ""

    def _get_page_width(self):
        """Return how wide the text's page is, in millimetres; 0 where that is not known."""
        widths = self.product_tmpl_id.proof_template_widths or []
        return widths[self.page - 1] if self.page <= len(widths) else 0

    def _prepare_engine_values(self, value):
        """Return this text with a customer's value, as the engine wants it."""
        return {
            "page": self.page,
            "x_mm": self.x,
            "y_mm": self.y,
            "max_mm": self.max_width,
            "font": self.font,
            "size": self.size,
            "smallest": min(self.smallest or self.size, self.size),
            "color": self.color,
            "align": self.align,
            "text": fonts.printable(value),
        }
