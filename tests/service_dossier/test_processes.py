"""Several Odoo processes at once, and one that is killed: SD3, SD6, SD8, SD11, SD12."""

import email.message
import http.client
import threading
import time
import urllib.parse

import pytest

from benchmarks.bench_service_dossier import portal_session
from tests.helpers import at_once
from tools.rpc import Rpc, RpcError
from tools.settings import ALIAS_DOMAIN


@pytest.fixture(scope="module")
def both(odoo, start_server, database):
    """An administrator's session on each of two servers of the same database."""
    other = start_server("b")
    return [Rpc(odoo.url, database), Rpc(other.url, database)]


def new_line(admin):
    """Make a delivered, warrantied order line that has no number yet, behind the back of Odoo."""
    product = admin.ref("service_dossier.product_screen")
    partner = admin.ref("service_dossier.partner_dealer")
    order_id = admin.call(
        "sale.order",
        "create",
        {"partner_id": partner, "order_line": [(0, 0, {"product_id": product, "product_uom_qty": 3})]},
    )
    admin.call("sale.order", "action_confirm", [order_id])
    return order_id, admin.call("sale.order.line", "search", [("order_id", "=", order_id)])[0]


def test_warranties_are_made_once(both, admin, sql):
    """SD8: people and the scheduled action on two servers that meet the same delivery make each number once."""
    _order_id, line_id = new_line(admin)
    sql("UPDATE sale_order_line SET qty_delivered = 3, warranty_due = 3 WHERE id = %s", (line_id,))
    deliver = [
        lambda rpc=rpc: rpc.call("sale.order.line", "write", [line_id], {"qty_delivered": 3}) for rpc in both * 2
    ]
    at_once([*deliver, lambda: both[0].run_cron("service_dossier.ir_cron_create_warranties")])
    both[0].run_cron("service_dossier.ir_cron_create_warranties")
    rows = sql("SELECT unit FROM service_warranty WHERE sale_line_id = %s ORDER BY unit", (line_id,))
    assert rows == [(1,), (2,), (3,)]


def test_order_is_placed_once(both, admin, sql):
    """SD12: two clicks on Place order that reach two servers make one order."""
    dossier_id = admin.ref("service_dossier.dossier_finished")
    admin.call("service.dossier", "write", [dossier_id], {"stage_id": admin.ref("service_dossier.stage_service")})
    warranty_id = admin.call("service.warranty", "search", [("dossier_id", "=", dossier_id)], limit=1)[0]
    admin.call("product.product", "write", [admin.ref("service_dossier.product_screen")], {"warranty_claim_limit": 9})
    for _round in range(3):
        admin.call("service.dossier.line", "create", {"dossier_id": dossier_id, "warranty_id": warranty_id})
        before = sql("SELECT count(*) FROM sale_order WHERE is_service_order")[0][0]
        results = at_once(
            [lambda rpc=rpc: rpc.call("service.dossier", "action_place_orders", [dossier_id]) for rpc in both * 2]
        )
        assert sum(result is True for result in results) == 1, results
        assert sql("SELECT count(*) FROM sale_order WHERE is_service_order")[0][0] == before + 1
    names = [name for (name,) in sql("SELECT name FROM sale_order WHERE service_number IS NOT NULL")]
    assert len(names) == len(set(names)), names


def test_service_orders_share_no_number(both, admin, sql):
    """SD11: two dossiers that order under one original number at the same time get numbers of their own."""
    partner_id, product_id = admin.ref("service_dossier.partner_dealer"), admin.ref("service_dossier.product_screen")
    values = {"partner_id": partner_id, "product_id": product_id, "order_number": "OLD-7777"}
    dossier_ids = []
    for _number in range(4):
        dossier_id = admin.call("service.dossier", "create", {"partner_id": partner_id})
        admin.call("service.dossier", "write", [dossier_id], {"stage_id": admin.ref("service_dossier.stage_service")})
        warranty_id = admin.call("service.warranty", "create", values)
        admin.call("service.dossier.line", "create", {"dossier_id": dossier_id, "warranty_id": warranty_id})
        dossier_ids.append(dossier_id)
    waiting = dossier_ids
    while waiting:
        calls = [(both[i % 2], waiting[i]) for i in range(len(waiting))]
        results = at_once(
            [lambda c=call: c[0].call("service.dossier", "action_place_orders", [c[1]]) for call in calls]
        )
        assert True in results, results
        waiting = [dossier_id for dossier_id, result in zip(waiting, results, strict=True) if result is not True]
    names = [name for (name,) in sql("SELECT name FROM sale_order WHERE service_number = 'OLD-7777' ORDER BY name")]
    assert names == [f"OLD-7777-S{number}" for number in range(1, 5)]


def test_colleague_is_invited_once(odoo, sql):
    """SD+10: the same invitation sent twice at once gives one login, which one removal takes away."""
    opener = portal_session(odoo.url, "dealer")
    page = opener.open(f"{odoo.url}/my/colleagues").read().decode()
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    for number in range(3):
        address = f"new{number}@peeters.example.com"
        form = urllib.parse.urlencode({"name": "Jan", "email": address, "csrf_token": token}).encode()
        at_once([lambda form=form: opener.open(f"{odoo.url}/my/colleagues/invite", form).status] * 3)
        assert sql("SELECT count(*) FROM res_users WHERE login = %s", (address,)) == [(1,)]


def test_warranty_pays_once(both, admin, sql):
    """SD+8: dossiers that claim under one warranty at the same time get one product free; the others wait."""
    admin.call("product.product", "write", [admin.ref("service_dossier.product_screen")], {"warranty_claim_limit": 1})
    partner_id, product_id = admin.ref("service_dossier.partner_dealer"), admin.ref("service_dossier.product_screen")
    warranty_id = admin.call("service.warranty", "create", {"partner_id": partner_id, "product_id": product_id})
    waiting = []
    for _number in range(4):
        dossier_id = admin.call("service.dossier", "create", {"partner_id": partner_id})
        admin.call("service.dossier", "write", [dossier_id], {"stage_id": admin.ref("service_dossier.stage_service")})
        admin.call("service.dossier.line", "create", {"dossier_id": dossier_id, "warranty_id": warranty_id})
        waiting.append(dossier_id)
    while waiting:
        calls = [(both[i % 2], waiting[i]) for i in range(len(waiting))]
        results = at_once(
            [lambda c=call: c[0].call("service.dossier", "action_place_orders", [c[1]]) for call in calls]
        )
        assert True in results, results
        waiting = [dossier_id for dossier_id, result in zip(waiting, results, strict=True) if result is not True]
    claims = sql("SELECT state, count(*) FROM service_warranty_claim WHERE warranty_id = %s GROUP BY 1", (warranty_id,))
    assert dict(claims) == {"approved": 1, "waiting": 3}


def test_mail_is_taken_once(both, admin, mailbox, sql):
    """SD3: a mail that two gateways deliver at the same time makes one answer."""
    dossier_id = admin.ref("service_dossier.dossier_finished")
    post(admin, dossier_id, "a@x.example", "Once")
    admin.run_cron("mail.ir_cron_mail_scheduler_action")
    sent = mailbox.wait(1, to="a@x.example")[-1]
    assert ALIAS_DOMAIN in sent["Reply-To"]
    answer = email.message.EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = "a@x.example", sent["Reply-To"], "Re: Once"
    answer["Message-Id"] = "<only-once@x.example>"
    answer.set_content("Fine.")
    raw = answer.as_string()
    at_once([lambda rpc=rpc: rpc.call("mail.thread", "message_process", False, raw) for rpc in both * 2])
    rows = sql("SELECT count(*) FROM service_dossier_message WHERE mail_header = %s", ("<only-once@x.example>",))
    assert rows == [(1,)]


def post(rpc, dossier_id, recipients, subject):
    """Send an e-mail from a dossier with the composer."""
    wizard_id = rpc.call(
        "service.dossier.compose",
        "create",
        {
            "dossier_id": dossier_id,
            "message_type": "email",
            "recipients": recipients,
            "subject": subject,
            "body": "<p>Text</p>",
        },
    )
    rpc.call("service.dossier.compose", "action_send", [wizard_id])


def test_killed_while_posting(start_server, database, admin, sql):
    """SD3: a server killed at any moment leaves no message without its mail and no mail without its message."""
    dossier_id = admin.ref("service_dossier.dossier_finished")
    for round_number in range(3):
        victim = start_server(f"victim{round_number}")
        rpc = Rpc(victim.url, database)
        stop, begun = threading.Event(), threading.Event()

        def write(rpc=rpc, stop=stop, begun=begun, prefix=f"kill{round_number}"):
            for number in range(200):
                if stop.is_set():
                    return
                try:
                    post(rpc, dossier_id, "k@x.example", f"{prefix}-{number}")
                    begun.set()
                except (OSError, ValueError, http.client.HTTPException, RpcError):
                    return

        writer = threading.Thread(target=write)
        writer.start()
        # a server that has just started on a busy machine takes its time for the first one
        assert begun.wait(60)
        time.sleep(0.1 + 0.23 * round_number)
        victim.kill()
        stop.set()
        writer.join(timeout=30)
    messages = {
        subject for (subject,) in sql("SELECT subject FROM service_dossier_message WHERE subject LIKE 'kill%%'")
    }
    mails = {
        subject
        for (subject,) in sql(
            "SELECT m.subject FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id"
            " WHERE m.subject LIKE 'kill%%'"
        )
    }
    assert messages, "the server was killed before it wrote anything"
    assert messages == mails
    orphans = sql(
        "SELECT count(*) FROM service_dossier_message m WHERE m.subject LIKE 'kill%%'"
        " AND NOT EXISTS (SELECT FROM service_dossier_mail d WHERE d.message_id = m.id)"
    )
    assert orphans == [(0,)]
