from odoo import api, models

from ..links import named_records


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
