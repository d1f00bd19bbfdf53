from odoo import fields, models


class OnlineProofProfile(models.Model):
    """What a way of printing asks of a file: the rules of the preflight with their limits."""

    _name = "online.proof.profile"
    _description = "Preflight Profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: for all companies.")
    minimum_dpi = fields.Integer(
        string="Lowest Resolution (dpi)", help="At the printed size of a picture. 0: that of the settings."
    )
    minimum_bitmap_dpi = fields.Integer(
        string="Lowest Resolution in Black and White (dpi)",
        help="For pictures of black and white alone, whose edges need a finer grid. 0: as for other pictures.",
    )
    least_quality = fields.Integer(
        string="Lowest JPEG Quality", default=40, help="From 0 to 100, as most programs count it. 0: not checked."
    )
    total_ink = fields.Integer(string="Total Ink (%)", help="Inks on top of each other, at most. 0: not measured.")
    rgb = fields.Selection(
        [("ignore", "Allowed"), ("info", "Note"), ("warning", "Warning"), ("error", "Error")],
        string="RGB Colors",
        default="warning",
        required=True,
    )
    spots = fields.Selection(
        [("info", "Note"), ("warning", "Warning"), ("error", "Error")],
        string="Spot Colors",
        default="info",
        required=True,
    )
    allowed_spots = fields.Char(
        string="Spot Colors Allowed", help="Names, separated by commas; any other is an error. Empty: all are allowed."
    )
    needs_intent = fields.Boolean(string="Needs an Output Intent")
    hairline_pt = fields.Float(string="Thinnest Line (pt)", default=0.14)
    tiny_text_pt = fields.Float(string="Smallest Text (pt)", default=4.0)
    small_text_pt = fields.Float(
        string="Text in Several Inks from (pt)", default=9.0, help="Smaller text in several inks is hard to register."
    )
    small_text_inks = fields.Integer(string="Inks of Small Text", default=2)
    black_text_pt = fields.Float(
        string="Black Text up to (pt)",
        default=12.0,
        help="Black text up to this size should overprint, in black alone.",
    )

    _sane = models.Constraint(
        "CHECK (minimum_dpi >= 0 AND minimum_bitmap_dpi >= 0 AND least_quality >= 0 AND least_quality <= 100"
        " AND total_ink >= 0 AND total_ink <= 400 AND hairline_pt >= 0 AND tiny_text_pt >= 0 AND small_text_pt >= 0"
        " AND small_text_inks >= 1 AND black_text_pt >= 0)",
        "A limit of the preflight is out of range.",
    )

    def _prepare_engine_values(self, company):
        """Return what the engine checks a file with; without a profile, what is usual."""
        values = {"minimum_dpi": company.proof_minimum_dpi}
        if not self:
            return values
        names = [
            "minimum_bitmap_dpi",
            "least_quality",
            "total_ink",
            "rgb",
            "spots",
            "allowed_spots",
            "needs_intent",
            "hairline_pt",
            "tiny_text_pt",
            "small_text_pt",
            "small_text_inks",
            "black_text_pt",
        ]
        values |= {name: self[name] for name in names}
        return values | ({"minimum_dpi": self.minimum_dpi} if self.minimum_dpi else {})


class ResCompany(models.Model):
    """The rules for products that have none of their own."""

    _inherit = "res.company"

    proof_profile_id = fields.Many2one(
        "online.proof.profile",
        string="Preflight",
        help="For products without a profile of their own.",
        index="btree_not_null",
        ondelete="restrict",
    )


class ProductTemplate(models.Model):
    """The rules that files for a product are checked with."""

    _inherit = "product.template"

    proof_profile_id = fields.Many2one(
        "online.proof.profile",
        string="Preflight",
        help="Rules that files for this product are checked with. Empty: those of the settings.",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    def _get_proof_profile(self, company):
        """Return the rules for files of a company: the product's, else those of the settings; none may be there.

        A product may be shared, and a profile have been given to another company since: that one is passed over.
        """
        # sudo: whoever uploads a file has it checked, whatever else this person may read
        profiles = self.sudo().proof_profile_id | company.sudo().proof_profile_id
        return profiles.filtered(lambda profile: profile.company_id in (profile.company_id.browse(), company))[:1]
