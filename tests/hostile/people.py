"""The two customers, two companies and kinds of visitors that the suite plays with; runs inside of Odoo."""

from tools.settings import our_addons
from tools.surfaces import by_addon

ROLES = {
    **by_addon("ROLE"),
}
#: what a page must never show to somebody else: the texts of each side's records carry its word
SECRETS = {"a": "Kwisatz-A", "b": "Haderach-B"}
#: the same of a contact that every employee of its company may read, and nobody else
PRIVATE = {"a": "Thufir-A", "b": "Hawat-B"}


def make(env):
    """Create users and contacts; return them by name."""
    company = env.ref("base.main_company")
    other = env["res.company"].create({"name": "Second Company", "currency_id": company.currency_id.id})
    company.write({"email": "office@example.com"})
    roles = [env.ref(f"{module}.{group}").id for module, group in ROLES.items()]
    others = (
        "sales_team.group_sale_salesman_all_leads",
        "purchase.group_purchase_user",
        "account.group_account_invoice",
    )
    roles += [env.ref(group).id for group in others]
    people = {"company": company, "other_company": other}
    people["clerk"] = _user(env, "h_clerk", [env.ref("base.group_user").id, *roles], company)
    people["foreign"] = _user(env, "h_foreign", [env.ref("base.group_user").id, *roles], other)
    # every role of ours, managers' too, in either company
    chiefs = [env.ref("base.group_user").id, *_all_roles(env), *roles]
    people["chief"] = _user(env, "h_chief", chiefs, company)
    people["boss"] = _user(env, "h_boss", chiefs, other)
    people["intern"] = _user(env, "h_intern", [env.ref("base.group_user").id], company)
    for side in ("a", "b"):
        customer = env["res.partner"].create({"name": f"Customer {side}", "is_company": True})
        user = _user(env, f"h_portal_{side}", [env.ref("base.group_portal").id], company, name=f"Buyer {side}")
        user.partner_id.write({"parent_id": customer.id, "lang": "en_US"})
        people |= {f"customer_{side}": customer, f"portal_{side}": user}
    return people


def _all_roles(env):
    known = env["ir.model.data"].search([("model", "=", "res.groups"), ("module", "in", our_addons())])
    return env["res.groups"].browse(known.mapped("res_id")).exists().ids


def _user(env, login, groups, company, name=None):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": name or login,
                "login": login,
                "password": login,
                "email": f"{login}@example.com",
                "group_ids": [(6, 0, groups)],
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
            }
        )
    )
