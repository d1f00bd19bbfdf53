from odoo import api, fields, models
from odoo.exceptions import UserError

PREFIX = "recurrence_"


def _of_recurrence(name, **parameters):
    return {"related": f"recurring_recurrence_id.{name}", "readonly": False, **parameters}


class AccountMove(models.Model):
    """The recurrence of a pattern, edited in the invoice form itself."""

    _inherit = "account.move"

    recurring_recurrence_id = fields.Many2one(
        "recurring.recurrence", "Recurrence", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    recurrence_name = fields.Char(**_of_recurrence("name"), string="Subject")
    recurrence_freq = fields.Selection(**_of_recurrence("freq"))
    recurrence_interval = fields.Integer(**_of_recurrence("interval"))
    recurrence_mon = fields.Boolean(**_of_recurrence("mon"))
    recurrence_tue = fields.Boolean(**_of_recurrence("tue"))
    recurrence_wed = fields.Boolean(**_of_recurrence("wed"))
    recurrence_thu = fields.Boolean(**_of_recurrence("thu"))
    recurrence_fri = fields.Boolean(**_of_recurrence("fri"))
    recurrence_sat = fields.Boolean(**_of_recurrence("sat"))
    recurrence_sun = fields.Boolean(**_of_recurrence("sun"))
    recurrence_month_by = fields.Selection(**_of_recurrence("month_by"))
    recurrence_month_day = fields.Integer(**_of_recurrence("month_day"))
    recurrence_week = fields.Selection(**_of_recurrence("week"))
    recurrence_weekday = fields.Selection(**_of_recurrence("weekday"))
    recurrence_month = fields.Selection(**_of_recurrence("month"))
    recurrence_month_end = fields.Selection(**_of_recurrence("month_end"))
    recurrence_rule = fields.Char(**_of_recurrence("rule"))
    recurrence_date_start = fields.Date(**_of_recurrence("date_start"))
    recurrence_end_type = fields.Selection(**_of_recurrence("end_type"))
    recurrence_date_until = fields.Date(**_of_recurrence("date_until"))
    recurrence_count = fields.Integer(**_of_recurrence("count"))
    recurrence_all_day = fields.Boolean(**_of_recurrence("all_day"))
    recurrence_time_of_day = fields.Float(**_of_recurrence("time_of_day"))
    recurrence_duration = fields.Float(**_of_recurrence("duration"))
    recurrence_tz = fields.Selection(**_of_recurrence("tz"))
    recurrence_holiday_policy = fields.Selection(**_of_recurrence("holiday_policy"))
    recurrence_holiday_calendar = fields.Selection(**_of_recurrence("holiday_calendar"))
    recurrence_user_id = fields.Many2one(
        **_of_recurrence("user_id"), string="Recurrence Responsible", index="btree_not_null"
    )
    recurrence_catch_up = fields.Boolean(**_of_recurrence("catch_up"))
    recurrence_customer_ids = fields.Many2many(**_of_recurrence("customer_ids"))
    recurrence_auto_issue = fields.Boolean(**_of_recurrence("auto_issue"))
    recurrence_send_mail = fields.Boolean(**_of_recurrence("send_mail"))
    recurrence_price_mode = fields.Selection(**_of_recurrence("price_mode"))
    recurrence_period_mode = fields.Selection(**_of_recurrence("period_mode"))
    recurrence_price_change_ids = fields.One2many(**_of_recurrence("price_change_ids"))
    recurrence_state = fields.Selection(related="recurring_recurrence_id.state", string="Recurrence State")
    recurrence_is_stale = fields.Boolean(related="recurring_recurrence_id.is_stale")
    recurrence_open_count = fields.Integer(related="recurring_recurrence_id.open_count", string="Planned Invoices")
    recurrence_invoice_count = fields.Integer(related="recurring_recurrence_id.invoice_count", string="Issued Invoices")
    recurrence_summary = fields.Char("Pattern", compute="_compute_recurrence_preview")
    recurrence_next_dates = fields.Text("Next Dates", compute="_compute_recurrence_preview")

    @api.model
    def _recurrence_field_names(self):
        """Return our editable fields, by their name on the recurrence."""
        return {
            name.removeprefix(PREFIX): name
            for name, field in self._fields.items()
            if name.startswith(PREFIX) and field.related and not field.readonly
        }

    @api.model
    def default_get(self, fields):
        """Start a pattern with the defaults of a recurrence."""
        values = super().default_get(fields)
        if self.env.context.get("default_is_recurring_pattern"):
            names = {key: name for key, name in self._recurrence_field_names().items() if name in fields}
            recurrence = self.env["recurring.recurrence"].with_context(
                default_freq="monthly", default_month_by="day", default_catch_up=True
            )
            defaults = recurrence.default_get(list(names))
            values.update({names[key]: value for key, value in defaults.items()})
            values["is_recurring_pattern"] = True
        return values

    @api.depends(lambda self: [PREFIX + name for name in self.env["recurring.pattern"]._pattern_fields()])
    @api.depends_context("lang")
    def _compute_recurrence_preview(self):
        recurrences = self.env["recurring.recurrence"]
        for move in self:
            preview = {}
            if move.is_recurring_pattern and move.recurrence_freq:
                preview = recurrences._pattern_preview(move, PREFIX)
            move.recurrence_summary = preview.get("summary")
            move.recurrence_next_dates = preview.get("next_dates")

    @api.model_create_multi
    def create(self, vals_list):
        """Make the recurrence of a pattern together with the pattern."""
        names = self._recurrence_field_names()
        default = self.env.context.get("default_is_recurring_pattern")
        prepared, recurrence_values = [], []
        for vals in vals_list:
            if not vals.get("is_recurring_pattern", default):
                prepared.append(vals)
                recurrence_values.append(None)
                continue
            recurrence_values.append({key: vals[name] for key, name in names.items() if name in vals})
            rest = {name: value for name, value in vals.items() if name not in names.values()}
            prepared.append({**rest, "is_recurring_pattern": True, "move_type": "out_invoice"})
        moves = super().create(prepared)
        for move, values in zip(moves, recurrence_values, strict=True):
            if values is not None:
                move._create_recurrence(values)
        return moves

    def write(self, vals):
        """Keep the contact of the recurrence the customer of the pattern."""
        result = super().write(vals)
        if "partner_id" in vals:
            for move in self.filtered("is_recurring_pattern"):
                move.recurring_recurrence_id.partner_id = move.partner_id
        return result

    def copy(self, default=None):
        """A duplicated pattern is a pattern, too: it recurs like the first and is not generated yet."""
        if not any(move.is_recurring_pattern for move in self):
            return super().copy(default)
        copies = self.browse()
        for move in self.with_context(default_is_recurring_pattern=False):
            values = move._recurrence_copy_values() if move.is_recurring_pattern else {}
            copies += super(AccountMove, move).copy({**values, **(default or {})})
        return copies.with_env(self.env)

    def _recurrence_copy_values(self):
        """Return our fields of a copy of this pattern."""
        self.ensure_one()
        recurrence = self._recurrence()
        [values] = recurrence.copy_data()
        values["name"] = self.env._("%(name)s (copy)", name=recurrence.name)
        fields_of_move = {name: values[key] for key, name in self._recurrence_field_names().items() if key in values}
        return {"is_recurring_pattern": True, **fields_of_move}

    def _create_recurrence(self, values):
        self.ensure_one()
        if "default_is_recurring_pattern" in self.env.context:
            self = self.with_context(default_is_recurring_pattern=False)
        name = values.pop("name", None) or self.env._(
            "Invoice for %(customer)s", customer=self.partner_id.display_name or self.env._("customer")
        )
        self.recurring_recurrence_id = self.env["recurring.recurrence"].create(
            {
                "freq": "monthly",
                "catch_up": True,
                **values,
                "name": name,
                "kind": "invoice",
                "type_id": self.env.ref("recurring_interaction.mail_activity_type_invoice").id,
                "move_id": self.id,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
            }
        )

    # Actions

    def _recurrence(self):
        self.ensure_one()
        if not self.recurring_recurrence_id:
            raise UserError(self.env._("This is not a recurring invoice."))
        return self.recurring_recurrence_id

    def action_recurring_generate(self):
        """Ask for confirmation before the invoices are planned."""
        return self._recurrence().action_generate()

    def action_recurring_preview(self):
        """Show the PDF of the next invoice."""
        recurrence = self._recurrence()
        recurrence._check_ready()
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_interaction/preview/{recurrence.id}",
            "target": "new",
        }

    def action_recurring_interactions(self):
        """List the planned invoices."""
        return self._recurrence().action_open_interactions()

    def action_recurring_invoices(self):
        """List the invoices made from this pattern."""
        return self._recurrence().action_open_invoices()
