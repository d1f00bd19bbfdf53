"""Odoo's documents with parts of ours in them, opened by every role that Odoo lets open them."""

import pytest
from lxml import etree

from tests.finish.test_back_office import DOCUMENTS
from tools.rpc import Rpc, RpcError
from tools.settings import our_addons

MODELS = sorted({model for documents in DOCUMENTS.values() for model, _name in documents})


@pytest.fixture(scope="module")
def ours(sql):
    """Return ``{(model, field)}`` of the fields that our addons add to models of Odoo."""
    return set(
        sql(
            "SELECT f.model, f.name FROM ir_model_fields f JOIN ir_model_data d"
            " ON d.model = 'ir.model.fields' AND d.res_id = f.id WHERE d.module = ANY(%s)",
            (our_addons(),),
        )
    )


def specification(views, model, node, ours):
    """Return what the web client reads of our fields for the view ``node``, as ``web_read`` takes it."""
    wanted = {}
    for field in node.xpath(".//field[not(ancestor::field)]"):
        name = field.get("name")
        info = views["models"][model]["fields"].get(name, {})
        inner = {}
        for view in field.xpath("./list | ./kanban") if "relation" in info else ():
            inner |= specification(views, info["relation"], etree.fromstring(etree.tostring(view)), ours)
        if inner or ((model, name) in ours and "relation" in info):
            wanted[name] = {"fields": inner or {"display_name": {}}}
        elif (model, name) in ours:
            wanted[name] = {}
    return wanted


@pytest.fixture(scope="module")
def roles(admin):
    """Return ``{group id: name}`` of the groups that may read one of the documents."""
    domain = [("model_id.model", "in", MODELS), ("perm_read", "=", True), ("group_id", "!=", False)]
    groups = {row["group_id"][0] for row in admin.call("ir.model.access", "search_read", domain, ["group_id"])}
    outside = [admin.ref("base.group_portal"), admin.ref("base.group_public")]
    return {
        row["id"]: row["full_name"]
        for row in admin.call("res.groups", "read", sorted(groups - set(outside)), ["full_name"])
    }


def test_every_role_opens_what_it_may(admin, the_world, odoo, database, roles, ours):
    """No part of ours on a form keeps people out of it who have nothing to do with our addons."""
    records = {model: getattr(the_world, name) for documents in DOCUMENTS.values() for model, name in documents}
    opened, problems = set(), []
    for group, role in roles.items():
        login = f"role{group}"
        values = {"login": login, "name": role, "password": login, "email": f"{login}@example.com"}
        groups = [(6, 0, [admin.ref("base.group_user"), group])]
        admin.call("res.users", "create", [{**values, "group_ids": groups}], context={"no_reset_password": True})
        person = Rpc(odoo.url, database, login, login)
        for model, record in records.items():
            try:
                seen = person.call(model, "search", [("id", "=", record)]) or person.call(model, "search", [], limit=1)
            except RpcError as error:
                assert error.name.endswith("AccessError"), error
                continue
            if not seen:
                continue
            opened.add(model)
            try:
                views = person.call(model, "get_views", [[False, "form"]])
                arch = etree.fromstring(views["views"]["form"]["arch"])
                person.call(model, "web_read", seen, specification(views, model, arch, ours))
            except RpcError as error:
                problems.append(f"{role} opens {model}: {str(error)[:300]}")
    assert opened == set(MODELS)
    assert not problems, "\n" + "\n".join(problems)
