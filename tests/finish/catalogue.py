"""What there is to look at, read from the database and from the addons' code: a new screen cannot be forgotten."""

import ast

from tools.settings import ADDONS_DIR, our_addons
from tools.surfaces import by_addon

#: GET routes that serve no page of their own: pictures, files, feeds, redirects.
NO_PAGES = {}
NO_PAGES |= by_addon("NO_PAGES")


def actions(admin, addon):
    """Return the window actions of an addon as dicts, with ``key``, the name of the external id."""
    rows = admin.call(
        "ir.model.data",
        "search_read",
        [("model", "=", "ir.actions.act_window"), ("module", "=", addon)],
        ["name", "res_id"],
    )
    fields = ["res_model", "view_mode", "target", "domain", "help", "context"]
    found = {row["id"]: row for row in admin.call("ir.actions.act_window", "read", [r["res_id"] for r in rows], fields)}
    return [{"key": row["name"], **found[row["res_id"]]} for row in sorted(rows, key=lambda row: row["name"])]


def menu_actions(admin, addon):
    """Return the actions (model, id) that the addon's menus open."""
    rows = admin.call(
        "ir.model.data", "search_read", [("model", "=", "ir.ui.menu"), ("module", "=", addon)], ["res_id"]
    )
    menus = admin.call("ir.ui.menu", "read", [row["res_id"] for row in rows], ["action", "name"])
    return [menu["action"].split(",") for menu in menus if menu["action"]]


def page_routes(addon):
    """Return the names of the addon's methods that answer GET requests with a page."""
    names = set()
    for path in (ADDONS_DIR / addon / "controllers").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                names.update(node.name for call in node.decorator_list if _serves_pages(call))
    return names - NO_PAGES.get(addon, set())


def _serves_pages(call):
    if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("route"):
        return False
    if any(keyword.arg is None for keyword in call.keywords):  # **FORM: POST only
        return False
    options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    return options.get("type", "'http'") == "'http'" and options.get("methods", "").strip("[]") != "'POST'"


def all_page_routes():
    """Return (addon, method name) of every page of ours."""
    return {(addon, name) for addon in our_addons() for name in page_routes(addon)}
