"""What the outside can reach, as Odoo itself sees it; runs inside of Odoo (``odoo shell``)."""

import inspect


def _ours(module, addons):
    """Return the addon of ours that a Python module belongs to, or None."""
    parts = module.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] and len(parts) > 2 and parts[2] in addons else None


def routes(env, addons):
    """Return ``{url + methods: what Odoo knows}`` of every route that is written, or overridden, in our addons."""
    found = {}
    for rule in env["ir.http"].routing_map().iter_rules():
        method = rule.endpoint.func
        owners = [
            _ours(cls.__module__, addons)
            for cls in type(method.__self__).mro()
            if getattr(vars(cls).get(method.__name__), "original_routing", None) is not None
        ]
        owner = next(filter(None, owners), None)
        if not owner:
            continue
        routing = rule.endpoint.routing
        methods = sorted(routing["methods"] or ["*"])
        found[f"{rule.rule} {','.join(methods)}"] = {
            "addon": owner,
            "type": routing["type"],
            "auth": routing["auth"],
            "csrf": routing.get("csrf", True),
        }
    return found


def methods(env, addons):
    """Return ``{model: names}`` of what RPC can call and our addons define or override."""
    found = {}
    for name, model in env.registry.items():
        if name.endswith(".mixin"):  # called through the models that have it
            continue
        names = set()
        for cls in model.mro():
            if not _ours(cls.__module__, addons) or getattr(cls, "_name", None) != name:
                continue
            names.update(
                key
                for key, value in vars(cls).items()
                if not key.startswith("_") and inspect.isroutine(getattr(cls, key, value)) and _callable(model, key)
            )
        if names:
            found[name] = sorted(names)
    return found


def _callable(model, name):
    """Return whether RPC may call a method: as ``odoo.service.model.get_public_method`` decides."""
    return not any(getattr(getattr(cls, name, None), "_api_private", False) for cls in model.mro())


def tables(env, addons):
    """Return the names of the tables that our models have."""
    found = {
        model._table
        for model in env.registry.values()
        if not model._abstract and not model._transient and model._auto and _ours(model.__module__, addons)
    }
    for name, model in env.registry.items():
        if not model._abstract and not model._transient and model._auto and env[name]._original_module in addons:
            found.add(model._table)
    return sorted(found)


def _our_models(env, addons):
    """Yield the models that our addons make or add fields to, those of Odoo's included, without mixins."""
    for name, model in sorted(env.registry.items()):
        if not model._abstract and model._auto and any(_ours(cls.__module__, addons) for cls in model.mro()):
            yield env[name]


#: what a field is called whose value says how far something is, or what was decided
STATES = ("state", "stage", "status", "decision", "kind", "outcome")


def states(env, addons):
    """Return ``{model: {field: values}}`` of the stored selections of our own models that say how far something is."""
    found = {}
    for model in _our_models(env, addons):
        if model._original_module not in addons or model._transient:
            continue
        for name, field in model._fields.items():
            if field.type == "selection" and field.store and not field.related and name in STATES:
                found.setdefault(model._name, {})[name] = [value for value in field.get_values(env) if value]
    return found


#: what of Odoo's own models our records write their texts into
WRITTEN = ("name", "description", "client_order_ref")


def texts(env, addons):
    """Return ``{model: fields}``: every stored text, and those one link further, by which a record can be searched.

    Of Odoo's own models those that ours add, and those that ours write to.
    """
    found = {}
    for model in _our_models(env, addons):
        for name, field in model._fields.items():
            if model._original_module not in addons and not {*field._modules} & {*addons} and name not in WRITTEN:
                continue
            if field.type in ("char", "text", "html") and field.store:
                found.setdefault(model._name, []).append(name)
            elif field.type in ("many2one", "one2many", "many2many") and field.store and field.comodel_name in env:
                inner = env[field.comodel_name]
                named = inner._fields.get(inner._rec_name or "")
                if inner._original_module in addons and named and named.store:
                    found.setdefault(model._name, []).append(f"{name}.{inner._rec_name}")
    return found


def links(env, addons):
    """Return ``{model: {"transient", "fields": {field: [type, comodel]}, "shown": {field: texts of its comodel}}}``.

    Every field of ours that names other records, and what a form can be asked to show: each of our fields, and of
    each linked record its name and its texts.
    """
    found = {}
    for model in _our_models(env, addons):
        fields, shown = {}, {}
        for name, field in model._fields.items():
            ours = model._original_module in addons or {*field._modules} & {*addons}
            if not ours or name in ("create_uid", "write_uid"):
                continue
            if field.type not in ("many2one", "one2many", "many2many"):
                shown[name] = []
            elif field.comodel_name in env:
                fields[name] = [field.type, field.comodel_name]
                shown[name] = _texts_of(env[field.comodel_name])
        if fields:
            found[model._name] = {"transient": model._transient, "fields": fields, "shown": shown}
    return found


def _texts_of(model):
    texts = [name for name, field in model._fields.items() if field.type in ("char", "text", "html") and field.store]
    return ["display_name", *(name for name in texts if not model._fields[name].groups)][:12]
