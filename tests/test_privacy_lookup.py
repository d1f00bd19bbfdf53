"""Odoo's privacy lookup, which reads every table that names people, beside all of our addons."""

import pytest

#: A customer of the demo data in each of them.
KEPT = {
    "online.proof": "partner_id",
    "recurring.interaction": "partner_id",
    "recurring.invoice": "partner_id",
    "service.dossier": "partner_id",
    "service.warranty": "commercial_partner_id",
}


@pytest.fixture(scope="module")
def database(installation, database):
    """The module's database with the lookup, which an administrator installs when somebody asks what is known."""
    installation.install(database, ["privacy_lookup"])
    return database


@pytest.mark.parametrize("model", KEPT)
def test_it_finds_what_we_keep(admin, model):
    """PR5: what is kept about a person is found by name and address, and can be archived from there."""
    field = KEPT[model]
    record = admin.call(model, "search_read", [(f"{field}.email", "!=", False)], [field], limit=1)[0]
    person = admin.call("res.partner", "read", [record[field][0]], ["name", "email"])[0]
    asked = {"name": person["name"], "email": person["email"]}
    wizard = admin.call("privacy.lookup.wizard", "create", asked)
    admin.call("privacy.lookup.wizard", "action_lookup", [wizard])
    mine = [("wizard_id", "=", wizard), ("res_model", "=", model), ("res_id", "=", record["id"])]
    (line,) = admin.call("privacy.lookup.wizard.line", "search_read", mine, ["has_active", "is_active", "res_name"])
    assert line["res_name"]
    if line["has_active"]:
        assert line["is_active"]
        admin.call(model, "action_archive", [record["id"]])
        again = admin.call("privacy.lookup.wizard", "create", asked)
        admin.call("privacy.lookup.wizard", "action_lookup", [again])
        mine[0] = ("wizard_id", "=", again)
        (line,) = admin.call("privacy.lookup.wizard.line", "search_read", mine, ["is_active"])
        assert not line["is_active"]
