from odoo import fields, models


class RecurringTeam(models.Model):
    """People who take the occurrences of a recurrence in turn."""

    _name = "recurring.team"
    _description = "Interaction Team"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to share the team between all companies.", index="btree_not_null"
    )
    member_ids = fields.Many2many(
        "res.users",
        string="Members",
        domain="[('share', '=', False)]",
        help="They take the occurrences in turn, in alphabetical order.",
    )

    _name_company_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0))", "There is already a team with this name."
    )
