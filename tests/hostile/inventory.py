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
