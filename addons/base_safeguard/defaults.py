"""What methods decide starts as the model says, whatever a caller proposes."""

from odoo import fields


def without_proposals(model, names, vals_list):
    """Return a model and values for ``create`` by which some fields start as their model says.

    Whoever calls can propose a value for every field: a ``default_`` of the context, or a default of his own that
    Odoo keeps for him (``ir.default``). Neither stands in the values that a guard of ``create`` looks at. Nothing
    changes for what Odoo itself, working as superuser, proposes.

    :param names: fields that methods set
    """
    if model.env.su:
        return model, vals_list
    names = {name for name in names if name in model._fields}
    proposed = {f"default_{name}" for name in names}
    context = {key: value for key, value in model.env.context.items() if key not in proposed}
    kept = names & model.env["ir.default"]._get_model_defaults(model._name).keys()
    own = own_defaults(model, kept)
    return model.with_env(model.env(context=context)), [{**own, **vals} for vals in vals_list]


def own_defaults(model, names):
    """Return the values with which some fields start as their model says, whatever anybody proposes."""
    return {name: _own_default(model, model._fields[name]) for name in names}


def _own_default(model, field):
    if field.default:
        return field.default(model)
    return [] if isinstance(field, fields.One2many | fields.Many2many) else False
