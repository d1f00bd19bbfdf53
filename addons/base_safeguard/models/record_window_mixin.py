from odoo import api, models
from odoo.fields import Command


class RecordWindowMixin(models.AbstractModel):
    """A window (wizard) that opens on records: it points only at what its user may read.

    Whoever may open a window may name any id in it, by default, in the form or over RPC. Odoo tells the name of a
    linked record as superuser and follows related fields so, too; code of the window may go on from there. So the
    ids are asked for where they come in.
    """

    _name = "record.window.mixin"
    _description = "Window on Records That Its User May Read"

    @api.model
    def default_get(self, fields):
        """:raises AccessError: when a default of the context is a record that the user may not read"""
        values = super().default_get(fields)
        self._check_named_records(values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when it points at a record that the user may not read"""
        for vals in vals_list:
            self._check_named_records(vals)
        return super().create(vals_list)

    def write(self, vals):
        """:raises AccessError: when it is pointed at a record that the user may not read"""
        self._check_named_records(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """:raises AccessError: when a form that is not saved names a record that the user may not read"""
        self._check_named_records(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_named_records(self, values):
        for model, ids in named_records(self, values):
            self.env[model].browse(ids).check_access("read")


def named_records(model, values):
    """Yield pairs of a model's name and the ids of it that values of ``create``, ``write`` or ``onchange`` name."""
    for name, value in values.items():
        field = model._fields.get(name)
        if not field or not field.relational or not value:
            continue
        if field.type == "many2one":
            # a form sends the id, or what it shows of the record
            id_ = value.get("id") if isinstance(value, dict) else value
            yield field.comodel_name, [id_] if id_ and isinstance(id_, int) else getattr(id_, "ids", [])
        else:
            yield from _of_commands(model.env[field.comodel_name], value)


def _of_commands(comodel, commands):
    ids = []
    for command in commands:
        if isinstance(command, int):
            ids.append(command)
            continue
        number, id_, *rest = command
        if number in (Command.LINK, Command.UPDATE):
            ids.append(id_)
        if number == Command.SET:
            ids += rest[0]
        if number in (Command.CREATE, Command.UPDATE) and isinstance(rest[0], dict):
            yield from named_records(comodel, rest[0])
    # what is not saved yet has no number
    yield comodel._name, [id_ for id_ in ids if isinstance(id_, int) and id_]
