"""Records that values of ``create``, ``write`` or ``onchange`` name."""

from odoo.fields import Command


def check_new_links(record, values, *names):
    """Ask for what the form of a document is pointed at anew, in some of its links.

    For documents whose form shows more of a linked record than its name. What stands in the link already is the
    document's: whoever may read that is shown it.

    :raises AccessError: when it is a record that the user may not read
    """
    for name in names:
        for comodel, ids in named_records(record, {name: values.get(name)}):
            record.env[comodel].browse(set(ids) - set(record[name].ids)).check_access("read")


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
