from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..connectors import mapped_rules as mapped
from ..soap.trees import HEADER

REQUEST_VALUES = (*mapped.ORDER_VALUES, *mapped.PART_VALUES, *mapped.CREDENTIALS)
MEANINGS = (*mapped.ANSWER_VALUES, *mapped.LINE_VALUES, *mapped.SHIPMENT_VALUES)


def _labels(names):
    """Return names as a selection; they are those of the documentation, the same in every language."""
    return [(name, name.replace("_", " ").replace(".", ": ")) for name in names]


class SupplierMappingElement(models.Model):
    """One element or attribute of a supplier's message, and what of ours stands in it or what it means."""

    _name = "supplier.mapping.element"
    _description = "Mapped Element"
    _order = "operation_id, direction desc, sequence, id"
    _rec_name = "path"

    operation_id = fields.Many2one("supplier.mapping.operation", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="operation_id.company_id", store=True, precompute=True, index=True)
    direction = fields.Selection([("request", "Message"), ("answer", "Answer")], required=True, default="request")
    sequence = fields.Integer()
    path = fields.Char(required=True)
    depth = fields.Integer()
    label = fields.Char("Element", compute="_compute_label")
    type_name = fields.Char("Type")
    required = fields.Boolean("Mandatory")
    repeats = fields.Boolean()
    has_text = fields.Boolean()
    is_lines = fields.Boolean("Once per Part", help="This element stands once for each part of the order.")
    value = fields.Selection(lambda self: _labels(REQUEST_VALUES), string="Our Value")
    meaning = fields.Selection(lambda self: _labels(MEANINGS), string="Means")
    constant = fields.Char(help="Stands there always, or where our value is empty.")
    date_format = fields.Char(help="As in %d.%m.%Y; empty for dates as XML has them.")
    table_text = fields.Text(
        "Values",
        help="One line for each value, ours = theirs, as in C62 = PCS. An asterisk stands for all others.",
    )
    is_missing = fields.Boolean(compute="_compute_is_missing")

    @api.depends("path", "depth")
    def _compute_label(self):
        for element in self:
            name = (element.path or "").rpartition("/")[2].removeprefix(HEADER)
            # spaces that a browser keeps
            element.label = "\u2003" * (element.depth or 0) + name

    @api.depends("required", "has_text", "depth", "value", "constant")
    def _compute_is_missing(self):
        for operation, elements in self.grouped("operation_id").items():
            others = operation.request_ids
            filled = [f"{each.path}/" for each in others if each.value or each.constant]
            # what stands in a group that is left out as a whole is missed by nobody
            groups = [f"{each.path}/" for each in others if not (each.required or each.repeats or each.has_text)]
            empty = tuple(group for group in groups if not any(path.startswith(group) for path in filled))
            for element in elements:
                wanted = element.required and element.has_text and not (element.path or "").startswith(empty)
                element.is_missing = wanted and not (element.value or element.constant)

    @api.constrains("is_lines", "operation_id", "direction")
    def _check_lines(self):
        for operation in self.operation_id:
            for elements in (operation.request_ids, operation.answer_ids):
                lines = elements.filtered("is_lines")
                if len(lines) > 1:
                    raise ValidationError(
                        self.env._(
                            "Only one element can stand once per part: %(paths)s.",
                            paths=", ".join(lines.mapped("path")),
                        )
                    )
                if lines and not lines.repeats:
                    raise ValidationError(self.env._("%(path)s cannot stand several times.", path=lines.path))

    @api.constrains("date_format")
    def _check_date_format(self):
        day = date(2031, 12, 24)
        for element in self.filtered("date_format"):
            try:
                fits = datetime.strptime(day.strftime(element.date_format), element.date_format).date() == day
            except ValueError:
                fits = False
            if not fits:
                raise ValidationError(self.env._("%(format)s does not write a whole date.", format=element.date_format))

    @api.constrains("table_text", "value", "meaning")
    def _check_table(self):
        codes = {"code": mapped.CODES, "line.status": mapped.LINE_CODES, "known": mapped.YES + mapped.NO}
        codes |= dict.fromkeys(("complete", "duplicate"), codes["known"])
        for element in self:
            known = codes.get(element.meaning)
            unknown = [ours for ours, _theirs in element._get_table() if known and ours not in known]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(path)s: %(values)s means nothing here. Possible are %(known)s.",
                        path=element.path,
                        values=", ".join(unknown),
                        known=", ".join(known),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["supplier.connection"]._forget_mapping()
        return super().create(vals_list)

    def write(self, vals):
        self.env["supplier.connection"]._forget_mapping()
        return super().write(vals)

    def unlink(self):
        self.env["supplier.connection"]._forget_mapping()
        return super().unlink()

    def _get_table(self):
        """Return the pairs of our value and theirs.

        :raises ValidationError: where a line is none
        """
        pairs = []
        for line in filter(None, map(str.strip, (self.table_text or "").splitlines())):
            ours, sign, theirs = line.partition("=")
            if not sign or not ours.strip():
                raise ValidationError(self.env._("%(line)s: write each value as ours = theirs.", line=line))
            pairs.append((ours.strip(), theirs.strip()))
        return tuple(pairs)

    def _to_rule(self):
        return mapped.Rule(
            path=self.path,
            value=(self.value if self.direction == "request" else self.meaning) or "",
            constant=self.constant or "",
            table=self._get_table(),
            date_format=self.date_format or "",
            type_name=self.type_name or "string",
        )
