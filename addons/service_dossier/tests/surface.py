"""What the suites of the repository attack, look at and show of this addon; the names: ``tools/surfaces.py``."""

import base64
import datetime
import runpy
from pathlib import Path

from tools.surfaces import CUSTOMER, Page, Route

_DOSSIER = {"dossier_id": "dossier"}
_READERS = ("portal_a", "clerk")
#: takes back what was configured and ordered
_CONFIGURED = (
    "UPDATE service_dossier SET stage_id = (SELECT id FROM service_dossier_stage WHERE kind = 'draft' LIMIT 1)"
    " WHERE is_service",
    "DELETE FROM service_dossier_line WHERE id NOT IN (SELECT id FROM seeded_dossier_line)",
    "INSERT INTO service_dossier_line SELECT * FROM seeded_dossier_line"
    " ON CONFLICT (id) DO UPDATE SET is_placed = false, order_id = NULL, order_name = NULL",
)
ROUTES = [
    Route(
        "/my/dossiers",
        "*",
        values={"sortby": "=date", "filterby": "=all", "search": "=Villa", "search_in": "=all"},
        mine=True,
    ),
    Route("/my/dossiers/page/<int:page>", "*", {"page": "=1"}, values={"search": "=Villa"}, mine=True),
    # who names somebody else's customer number goes on seeing the own
    Route("/my/dossiers/customer", "POST", values={"customer_id": "partner"}, mine=True),
    *(
        Route(
            f"/my/dossiers/<int:dossier_id>{tail}",
            "GET",
            {**_DOSSIER, **path},
            _READERS,
            {
                "tab": f"={tab}",
                "thread": "message",
                "add": "=remark",
                "find": "=Text",
                "unread": "=1",
                "warranty": "warranty_number",
                "mode": "=dimensions",
                "order_number": "=S1",
                "width": "=100",
                "height": "=5",
                "depth": "=5",
            },
        )
        for tail, path, tab in (("", {}, "configurator"), ("/page/<int:page>", {"page": "=1"}, "communication"))
    ),
    Route(
        "/my/dossiers/<int:dossier_id>/message",
        "POST",
        _DOSSIER,
        _READERS,
        {
            "message_type": "=complaint",
            "parent_id": "=",
            "audience": "=company",
            "subject": "=Subject",
            "body": "=Text",
            "recipients": "=",
            "cc": "=",
            "category_id": "=",
            "warranty": "warranty_number",
            "post_key": "=",
        },
        upload="files",
    ),
    Route(
        "/my/dossiers/<int:dossier_id>/message/<int:message_id>/again",
        "POST",
        {**_DOSSIER, "message_id": "mailed"},
        _READERS,
        {"address": "=a@example.com", "new_address": "=b@example.com"},
        reset=("UPDATE mail_delivery SET state = 'bounced' WHERE address = 'a@example.com'",),
    ),
    Route(
        "/my/dossiers/<int:dossier_id>/complaint/<int:ticket_id>/satisfaction",
        "POST",
        {**_DOSSIER, "ticket_id": "solved"},
        CUSTOMER,
        {"satisfaction": "=good", "comment": "=Text"},
        reset=("UPDATE helpdesk_ticket SET satisfaction = NULL, satisfaction_comment = NULL",),
    ),
    Route("/my/dossiers/file/<int:file_id>", "GET", {"file_id": "file"}, _READERS, {"inline": "=1"}),
    Route(
        "/my/dossiers/file/<int:file_id>/deactivate",
        "POST",
        {"file_id": "file"},
        CUSTOMER,
        reset=("UPDATE service_dossier_file SET deactivated = false",),
    ),
    Route(
        "/my/dossiers/<int:dossier_id>/parts",
        "POST",
        _DOSSIER,
        CUSTOMER,
        {
            "warranty_id": "warranty",
            "element_id": "element",
            "quantity": "=1",
            "found_by": "=number",
            "reference": "=Kitchen",
            "note": "=Text",
            "post_key": "=",
        },
        reset=_CONFIGURED,
    ),
    Route(
        "/my/dossiers/<int:dossier_id>/parts/<int:line_id>/remove",
        "POST",
        {**_DOSSIER, "line_id": "line"},
        _READERS,
        reset=_CONFIGURED,
    ),
    Route("/my/dossiers/<int:dossier_id>/order", "POST", _DOSSIER, CUSTOMER, reset=_CONFIGURED),
    Route("/my/dossiers/<int:dossier_id>/pdf", "GET", _DOSSIER, _READERS),
    Route("/my/dossiers/new", "GET", values={"group": "=1"}, mine=True),
    Route("/my/colleagues", "GET", mine=True),
    # for the customer's administrator, whom nobody here is
    Route("/my/colleagues/invite", "POST", who=(), values={"name": "=New One", "email": "=new@example.com"}),
    Route("/my/colleagues/<int:user_id>/remove", "POST", {"user_id": "=1"}, ()),
    Route(
        "/my/dossiers/new",
        "POST",
        values={"product_id": "product", "reference": "=Kitchen", "customer_id": "=", "post_key": "="},
        mine=True,
    ),
    Route("/my/service/<string:number>", "GET", {"number": "warranty_number"}, CUSTOMER, leads=True),
    Route(
        "/ticket/close",
        "POST",
        {},
        CUSTOMER,
        {"ticket_id": "ticket", "stage_id": "ticket_stage"},
    ),
]
METHODS = {
    "helpdesk.ticket": "action_merge action_view_dossier create write",
    "mail.thread": "message_parse message_process message_route",
    "res.partner": "write",
    "sale.order": "action_confirm action_draft action_view_dossier unlink",
    "sale.order.line": "copy_data unlink write",
    "service.dossier": (
        "action_compose action_mark_read action_place_orders action_post_warranty_document"
        " action_view_complaints action_view_orders action_view_warranties copy_data create unlink write"
    ),
    "service.dossier.compose": "action_send",
    "service.dossier.file": "action_deactivate action_download",
    "service.dossier.line": "create write",
    "service.dossier.message": "action_mark_read action_reply action_send_again create",
    "service.dossier.place": "action_attach",
    "service.dossier.resend": "action_send",
    "service.dossier.transfer": "action_transfer",
    "service.dossier.unplaced": (
        "action_answer action_attach action_choose_dossier action_discard action_open_message action_wait"
    ),
    "service.warranty": "create write",
    "service.warranty.claim": "action_approve action_refuse create write",
    "service.warranty.import": "action_import action_read write",
    "service.warranty.transfer": "action_transfer",
}
ROLE = "group_service_dossier_user"
SEEDED = {
    "helpdesk.ticket": "ticket",
    "service.dossier": "dossier",
    "service.dossier.file": "file",
    "service.dossier.line": "line",
    "service.dossier.message": "message",
    "service.dossier.unplaced": "unplaced",
    "service.warranty": "warranty",
    "service.warranty.claim": "claim",
}
OWNED = {
    "dossier": "service_dossier",
    "warranty": "service_warranty",
    "message": "service_dossier_message",
    "file": "service_dossier_file",
    "line": "service_dossier_line",
    "ticket": "helpdesk_ticket",
    "solved": "helpdesk_ticket",
}
MAY_BE_SET = {"service.dossier.stage.kind": "what a stage means is a setting of managers"}
CREATED = {
    "helpdesk.ticket": ({"name": "x", "description": "x"}, {"dossier_id": "dossier", "partner_id": "partner"}),
    "service.dossier": ({"company_id": 1}, {"partner_id": "partner"}),
    "service.dossier.message": ({"body": "x"}, {"dossier_id": "dossier"}),
    "service.dossier.line": ({"quantity": 1}, {"dossier_id": "dossier", "warranty_id": "warranty"}),
    "service.warranty": ({"company_id": 1}, {"partner_id": "partner", "product_id": "product"}),
    "service.warranty.claim": ({"date": "2026-01-01"}, {"warranty_id": "warranty", "product_id": "product"}),
}


def seed(seed, side):
    """Make a dossier with messages, files, complaints, a warranty and a part of one customer."""
    from odoo import Command

    from tests.hostile.people import SECRETS
    from tests.hostile.seed import picture

    env, secret = seed.env, SECRETS[side]
    user, customer = seed.people[f"portal_{side}"], seed.people[f"customer_{side}"]
    dossier = env["service.dossier"].create(
        {
            "partner_id": user.partner_id.id,
            "user_id": seed.clerk.id,
            "product_id": seed.product.id,
            "reference": secret,
        }
    )
    warranty = env["service.warranty"].create(
        {
            "partner_id": customer.id,
            "product_id": seed.product.id,
            "date_start": datetime.date.today(),
            "dossier_id": dossier.id,
            "element_ids": [Command.set(seed.product.warranty_element_ids.ids)],
        }
    )
    Message, as_user = env["service.dossier.message"].with_user(user), dossier.with_user(user)
    message = Message._post(as_user, "attachment", audience="company", files=[(f"{secret}.jpg", picture())])
    # one that did not arrive, to be sent again
    texts = {"subject": secret, "body": secret}
    mailed = Message._post(as_user, "email", **texts, recipients="a@example.com")
    deliveries = env["mail.delivery"].search([("state", "=", "waiting"), ("address", "=", "a@example.com")])
    deliveries.state = "bounced"
    solved = Message._post(as_user, "complaint", **texts).sudo().ticket_ids
    solved.stage_id = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    unplaced = env["service.dossier.unplaced"].create(
        {**texts, "mail_header": f"<{secret}@example.org>", "company_id": dossier.company_id.id, "reason": "unknown"}
    )
    line = env["service.dossier.line"]._add(dossier, warranty, note=secret)
    claimed = {"date": datetime.date.today(), "product_id": seed.product.warranty_element_ids.id, "order_name": secret}
    claim = env["service.warranty.claim"].create({**claimed, "warranty_id": warranty.id})
    ticket = env["helpdesk.ticket"].create({"name": secret, "description": secret, "partner_id": user.partner_id.id})
    env.flush_all()
    # what the orders of the suite are taken back to, see above
    env.cr.execute("DROP TABLE IF EXISTS seeded_dossier_line")
    env.cr.execute("CREATE TABLE seeded_dossier_line AS TABLE service_dossier_line")
    return {
        "dossier": dossier.id,
        "warranty": warranty.id,
        "warranty_number": warranty.name,
        "element": warranty.element_ids[:1].id,
        "message": message.id,
        "mailed": mailed.id,
        "solved": solved.id,
        "unplaced": unplaced.id,
        "file": message.sudo().file_ids.id,
        "claim": claim.id,
        "line": line.id,
        "ticket": ticket.id,
        "ticket_stage": env["helpdesk.ticket.stage"].search([("close_from_portal", "=", True)], limit=1).id,
    }


NO_PAGES = {"portal_dossier_pdf", "portal_file", "portal_service"}
_ADDON = "service_dossier"
_FOUND = "?tab=configurator&mode=dimensions&order_number={world.service_order}&width=1200"
PAGES = [
    Page("dossiers", (_ADDON, "portal_my_dossiers"), "dealer", "/my/dossiers"),
    Page("dossiers-none", (_ADDON, "portal_my_dossiers"), "clara", "/my/dossiers"),
    Page("dossier", (_ADDON, "portal_dossier"), "dealer", "/my/dossiers/{world.dossier}"),
    Page("configurator", (_ADDON, "portal_dossier"), "dealer", "/my/dossiers/{world.dossier}?tab=configurator"),
    Page("configurator-found", (_ADDON, "portal_dossier"), "dealer", f"/my/dossiers/{{world.dossier}}{_FOUND}"),
    Page("colleagues", (_ADDON, "portal_colleagues"), "dealer", "/my/colleagues"),
    Page("new-dossier", (_ADDON, "portal_new_dossier"), "dealer", "/my/dossiers/new"),
]
BUTTONS = {"compose": ("service.dossier", "action_compose", "dossier")}
WINDOWS = ["compose"]
DOCUMENTS = [("sale.order", "dossier_order"), ("helpdesk.ticket", "ticket"), ("product.product", "part")]


def prepare(world):
    """Write messages, solve a complaint, ask for service, read a list."""
    world.dossier = world.ref("service_dossier.dossier_finished")
    world.dossier_order = world.ref("service_dossier.order_finished")
    world.part = world.ref("service_dossier.product_screen")
    for values in (
        {"subject": "Our visit", "body": "<p>We come on Monday.</p>"},
        {"message_type": "complaint", "subject": "A dent", "body": "<p>Seen on site.</p>"},
    ):
        wizard = world.call("service.dossier.compose", "create", [{"dossier_id": world.dossier, **values}])
        world.call("service.dossier.compose", "action_send", wizard)
    [world.ticket] = world.call("helpdesk.ticket", "search", [("dossier_id", "=", world.dossier)], limit=1)
    done = world.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    world.call("helpdesk.ticket", "write", [world.ticket], {"stage_id": done})
    # somebody acts for two customers, and so can switch
    dealer = world.call("res.users", "search_read", [("login", "=", "dealer")], ["partner_id"])[0]["partner_id"][0]
    other = world.ref("base.res_partner_2")
    world.call("res.partner", "write", [dealer], {"dossier_customer_ids": [(4, other)]})
    # an answer that nobody can place
    head = "From: Ann <ann@example.org>\nTo: dossier@mail.example.com\nMessage-Id: <1@example.org>\n"
    world.call("mail.thread", "message_process", False, f"{head}Subject: My door\n\nIt does not close.")
    [dossier] = world.call("service.dossier", "read", [world.dossier], ["order_number"])
    world.service_order = dossier["order_number"]
    # the stage in which parts can be ordered
    world.call("service.dossier", "write", [world.dossier], {"stage_id": world.ref("service_dossier.stage_service")})
    domain = [("dossier_id", "=", world.dossier), ("order_number", "=", world.service_order)]
    world.warranty_number = world.call("service.warranty", "search_read", domain, ["name"], limit=1)[0]["name"]
    world.warranties = world.call("service.warranty", "search", [])
    listed = base64.b64encode(b"Product;Delivered\nSCREEN;31/01/2026\n").decode()
    world.call("service.warranty.import", "create", [{"file": listed, "file_name": "list.csv"}])
    # claims follow from orders that dealers place; one is enough to look at
    world.sql(
        """INSERT INTO service_warranty_claim
                  (warranty_id, chain_id, company_id, product_id, quantity, dossier_id, date, state, order_name)
           SELECT id, id, company_id, product_id, 1, dossier_id, CURRENT_DATE, 'waiting', 'S00001'
             FROM service_warranty WHERE name = %s""",
        (world.warranty_number,),
    )


SURVIVORS = runpy.run_path(str(Path(__file__).with_name("survivors.py")))["SURVIVORS"]
JOB = "tests.faults.jobs.dossier:DossierJob"
LOGINS = {"dealer": "dealer with dossiers", "marie": "contact person at the manufacturer"}
FEATURES = ("SD", 14, 10)
PICTURES = {
    "composer": "02_composer",
    "communication": "04_email_answer",
    "office": "05_office_form",
    "configurator": "10_by_dimensions",
}
APPS_PAGE = ("communication", "configurator", "office")
