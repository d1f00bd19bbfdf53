"""Every screen of ours in the back office, opened in a browser: desktop in Dutch, phone in Dutch, long names."""

import ast

import pytest

from tests.conftest import PHONE, Visitor
from tests.finish.catalogue import actions, menu_actions
from tests.finish.walk import Walk
from tools.settings import STATE_DIR, our_addons
from tools.surfaces import by_addon, merged

ADDONS = our_addons()
FOLDER = STATE_DIR / "screenshots" / "finish"
#: Action of a window -> the button that opens it: model, method, attribute of the world with the record.
BUTTONS = {
    # windows without an action of their own
    **merged("BUTTONS"),
}
ADDON_BUTTONS = {
    **by_addon("WINDOWS"),
}
#: Documents of Odoo with parts of ours: model, attribute of the world with the record.
DOCUMENTS = {
    **by_addon("DOCUMENTS"),
}
#: Forms of these cannot be made by hand.
NOT_MADE = {"res.config.settings"}


@pytest.fixture(scope="module")
def office(the_world, browser, odoo, english):
    """The administrator at a desk."""
    visitor = Visitor(browser, odoo.url, FOLDER)
    visitor.login("admin")
    yield Walk(visitor, english)
    visitor.context.close()


@pytest.fixture(scope="module")
def pocket(the_world, browser, odoo, english):
    """The administrator with a phone."""
    visitor = Visitor(browser, odoo.url, FOLDER, viewport=PHONE, phone=True)
    visitor.login("admin")
    yield Walk(visitor, english, prefix="phone-")
    visitor.context.close()


def first_record(admin, action):
    """Return the id of a record that the action shows."""
    domain = ast.literal_eval(action["domain"] or "[]")
    context = {"allowed_company_ids": [1]}
    return next(iter(admin.call(action["res_model"], "search", domain, limit=1, context=context)), None)


def opened_with(admin, action):
    """Return the record that an action is opened with: for a form alone that is not there to make a new one."""
    alone = action["view_mode"] == "form" and action["res_model"] not in NOT_MADE
    return first_record(admin, action) if alone and "default_" not in action["context"] else None


@pytest.mark.parametrize("addon", ADDONS)
def test_menus_lead_to_known_actions(admin, addon):
    """Every menu of ours opens an action that the tests below walk through."""
    known = {str(action["id"]) for action in actions(admin, addon)}
    for model, number in menu_actions(admin, addon):
        if model in ("ir.actions.server", "ir.actions.act_url"):
            continue  # opens one of the others, or a page of ours
        assert number in known, number


@pytest.mark.parametrize("addon", ADDONS)
def test_empty_lists_say_what_to_do(admin, addon):
    """A list without records explains itself."""
    for action in actions(admin, addon):
        if action["target"] != "new" and set(action["view_mode"].split(",")) & {"list", "kanban"}:
            assert "o_view_nocontent" in (action["help"] or ""), action["key"]


@pytest.mark.parametrize("addon", ADDONS)
def test_views(office, admin, the_world, addon):
    """Each view, the first record with its tabs, a new record: no error, nothing untranslated."""
    for action in actions(admin, addon):
        if action["target"] == "new":
            continue
        kinds = action["view_mode"].split(",")
        with office.at(f"{addon}-{action['key']}-{kinds[0]}"):
            office.open_action(action, opened_with(admin, action))
        for kind in kinds[1:]:
            if kind != "form":
                with office.at(f"{addon}-{action['key']}-{kind}"):
                    office.switch_view(kind)
        if "form" in kinds and action["res_model"] not in NOT_MADE:
            walk_form(office, admin, action, f"{addon}-{action['key']}-form")
    office.report()


def walk_form(walk, admin, action, place):
    """Open the first record, its tabs, and a new record where one can be made."""
    record = first_record(admin, action)
    assert record, f"there is no {action['res_model']} to look at"
    with walk.at(place):
        walk.open_action(action, record)
    walk.open_tabs(place)
    create = walk.page.locator(".o_form_button_create:visible")
    if create.count():
        with walk.at(f"{place}-new"):
            create.first.click()
            walk.page.wait_for_selector(".o_form_editable")


@pytest.mark.parametrize("addon", ADDONS)
def test_windows(office, admin, the_world, addon):
    """Each window opens, from its button where it needs a record."""
    windows = [action for action in actions(admin, addon) if action["target"] == "new"]
    for action in windows:
        with office.at(f"{addon}-{action['key']}"):
            if action["key"] in BUTTONS:
                office.open_window(the_world.press(*BUTTONS[action["key"]]))
            else:
                office.open_window(action["id"], active_ids=the_world.warranties)
        office.close_window()
    for name in ADDON_BUTTONS.get(addon, ()):
        with office.at(f"{addon}-{name}"):
            office.open_window(the_world.press(*BUTTONS[name]))
        office.close_window()
    office.report()


@pytest.mark.parametrize("addon", ADDONS)
def test_documents(office, the_world, addon):
    """Orders, transfers, tickets ... with parts of ours in them, and the tabs."""
    for model, name in DOCUMENTS.get(addon, []):
        place = f"{addon}-document-{model}"
        with office.at(place):
            office.open_document(model, getattr(the_world, name))
        office.open_tabs(place)
    office.report()


@pytest.mark.parametrize("addon", ADDONS)
def test_phone(pocket, admin, the_world, addon):
    """The first view and the first record on a phone."""
    for action in actions(admin, addon):
        if action["target"] == "new":
            continue
        with pocket.at(f"{addon}-{action['key']}"):
            pocket.open_action(action, opened_with(admin, action))
        record = first_record(admin, action) if "form" in action["view_mode"] else None
        if record and action["res_model"] not in NOT_MADE:
            with pocket.at(f"{addon}-{action['key']}-form"):
                pocket.open_action(action, record)
                # Odoo does not wrap the buttons under order lines: in Dutch "Catalogus" is outside
                pocket.page.add_style_tag(content=".o_field_x2many .o_cp_buttons { flex-wrap: wrap; }")
    pocket.report()


def test_long_names(office, admin, the_world, long_names):
    """Names of 200 letters break no view."""
    for addon in ADDONS:
        for action in actions(admin, addon):
            if action["target"] != "new" and action["view_mode"] != "form":
                with office.at(f"long-{addon}-{action['key']}"):
                    office.open_action(action)
        for model, name in DOCUMENTS.get(addon, []):
            with office.at(f"long-document-{model}"):
                office.open_document(model, getattr(the_world, name))
    office.report()
