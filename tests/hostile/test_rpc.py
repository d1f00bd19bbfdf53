"""Every public method of our models, called by those who have no role for it."""

import pytest

from tools.rpc import Rpc, RpcError
from tools.surfaces import merged

from .methods import METHODS
from .people import SECRETS
from .seeded import NOBODYS, SEEDED
from .server import DATABASE

LOW = ("portal_b", "intern", "foreign")
#: arguments after the ids
ARGUMENTS = {"write": [{"create_uid": 1}], "action_set_production_status": [1], **merged("ARGUMENTS")}
#: methods that work on no records, and their arguments
NO_IDS = {
    "default_get": [["name", "partner_id", "company_id"]],
    "get_formview_id": [[]],
    **merged("NO_IDS"),
}
#: methods of Odoo's that ours extend and that refuse, with an error of their own, what RPC can send
THEIRS = ("message_parse", "message_process", "message_route", "send_email")
#: what a record of customer A in the first company takes at least; names in the second dictionary are seeded ids
MINIMAL = {
    "res.company": ({"name": "Third Company"}, {}),
    "sale.order": ({"company_id": 1}, {"partner_id": "partner"}),
    "stock.picking": ({"picking_type_id": 1, "company_id": 1}, {"partner_id": "partner"}),
    **merged("CREATED"),
}

pytestmark = pytest.mark.usefixtures("clean_log")


def _call(target, visitor, model, name, *arguments):
    """Call a method as the web client does; return the answer's text and the refusal's name."""
    answer = visitor.request(
        "POST",
        f"{target.url}/web/dataset/call_kw/{model}/{name}",
        json={"params": {"model": model, "method": name, "args": arguments, "kwargs": {}}},
    ).json()
    refusal = answer["error"]["data"]["name"] if "error" in answer else ""
    return str(answer.get("result")), refusal


def test_every_public_method_is_in_the_table(target):
    """A new public method fails here until ``methods.py`` names it."""
    assert target.known["methods"] == METHODS


def test_no_login(target):
    """Without a login, or with a wrong password, no method of any model is reached."""
    for login, password in (("h_clerk", "wrong"), ("h_clerk", ""), ("", "")):
        assert not Rpc(target.url, DATABASE, login, password).uid
    rpc = Rpc(target.url, DATABASE, "h_clerk", "h_clerk")
    rpc.password = "wrong"
    for model in ("online.proof", "service.dossier"):
        with pytest.raises(RpcError) as refusal:
            rpc.call(model, "read", [target.world["a"][SEEDED[model]]])
        assert refusal.value.name == "odoo.exceptions.AccessDenied"


def _try(target, visitors, model, calls):
    """Let everybody without a role make calls, pairs of method and arguments."""
    problems, before = [], target.checksums()
    for login in LOW:
        for name, arguments in calls:
            shown, refusal = _call(target, visitors[login], model, name, *arguments)
            if refusal and not refusal.startswith("odoo.exceptions."):
                problems.append(f"{login} {name}: {refusal}")
            if SECRETS["a"] in shown:
                problems.append(f"{login} {name}: shows {shown[:200]}")
    assert not problems, "\n".join(problems)
    assert not target.changes(before)


@pytest.mark.parametrize("model", sorted(METHODS))
def test_methods_without_a_role(target, visitors, model):
    """Portal users, employees without a role and those of another company change nothing and see nothing of A's."""
    ids = [target.record_of(model, SEEDED) or 1]
    names = METHODS[model]
    if model.replace(".", "_") not in target.known["tables"] and model not in SEEDED:
        # who may change Odoo's own records is Odoo's matter; ours are tried as they are seeded
        names = [name for name in names if name not in ("write", "unlink")]
    calls = [(name, [ids, *ARGUMENTS.get(name, [])]) for name in names if name not in (*NO_IDS, *THEIRS, "create")]
    _try(target, visitors, model, calls + [(name, NO_IDS[name]) for name in names if name in NO_IDS])


def test_every_model_has_a_valid_id(target):
    """PR5: of each model of ours the id that strangers call its methods with is a record of customer A."""
    ours = {model for model in METHODS if model.replace(".", "_") in target.known["tables"]}
    assert {model for model in ours if not target.record_of(model, SEEDED)} <= set(NOBODYS)
    assert set(NOBODYS) <= ours - set(SEEDED)


def test_names_of_every_model(target, visitors):
    """PR5: looking a record up by its name answers on each of our models, also where the name is computed."""
    models = {*METHODS, *target.known["texts"], *(table.replace("_", ".") for table in target.known["tables"])}
    problems = []
    for model in sorted(models):
        for text in ("x", "1", SECRETS["a"], "2026-01-01", ""):
            _shown, refusal = _call(target, visitors["clerk"], model, "name_search", text)
            # what is no model's name is answered as a page that is not there
            if refusal and not refusal.startswith(("odoo.exceptions.", "werkzeug.exceptions.NotFound")):
                problems.append(f"{model} {text!r}: {refusal}")
    assert not problems, "\n".join(problems)


def test_every_create_has_values():
    """A new ``create`` of ours fails here until ``MINIMAL`` says what it takes."""
    assert set(MINIMAL) == {model for model, names in METHODS.items() if "create" in names}


@pytest.mark.parametrize("model", sorted(MINIMAL))
def test_create_without_a_role(target, visitors, model):
    """Nobody without a role makes a record of customer A, and the refusal is about rights, not about values."""
    values, seeded = MINIMAL[model]
    values = {**values, **{field: target.world["a"][name] for field, name in seeded.items()}}
    before = target.checksums()
    for login in LOW:
        _shown, refusal = _call(target, visitors[login], model, "create", [values])
        assert refusal in ("odoo.exceptions.AccessError", "odoo.exceptions.UserError"), f"{login}: {refusal}"
    assert not target.changes(before)


@pytest.mark.parametrize("model", sorted(SEEDED))
def test_generic_methods(target, visitors, model):
    """What every model offers by RPC shows and changes nothing of A's records, either."""
    record = target.world["a"][SEEDED[model]]
    calls = [
        ("read", [[record]]),
        ("search_read", [[["id", "=", record]]]),
        ("export_data", [[record], ["display_name"]]),
        ("name_search", [SECRETS["a"]]),
        ("write", [[record], {"create_uid": 1}]),
        ("unlink", [[record]]),
        ("copy", [[record]]),
    ]
    _try(target, visitors, model, calls)
