"""The story of the addon: a real checkout in a browser, real SMTP, real printing; see ``make run``."""

import re
import urllib.request
from email.utils import parseaddr

import pytest

from tools.rpc import Rpc

CUSTOMER = "portal"


class Shop:
    """What the staff of the shop does, over RPC."""

    def __init__(self, admin, mailbox):
        self.admin, self.mailbox = admin, mailbox
        self.order = "S0"

    def fetch_website_data(self):
        """Run the scheduled action, then Odoo's mail queue; return the customer's new status mails."""
        self.mailbox.clear()
        self.admin.run_cron("order_status_mail.ir_cron_tell_customers")
        self.admin.run_cron("mail.ir_cron_mail_scheduler_action")
        return [mail for mail in self.mailbox.messages() if mail["List-Unsubscribe-Post"]]

    def tell(self, *expected):
        """Run the action; exactly one mail per order comes; return that of the order, which says what is expected."""
        mails = self.fetch_website_data()
        assert len({mail["Subject"] for mail in mails}) == len(mails), "one mail per order and run"
        mails = [mail for mail in mails if self.order in mail["Subject"]]
        assert len(mails) == 1, [mail["Subject"] for mail in mails]
        assert not self.fetch_website_data(), "told twice"
        for kind in ("html", "plain"):
            content = re.sub(r"\s+", " ", mails[0].get_body((kind,)).get_content())
            for text in expected:
                assert text in content, f"{text!r} is not in the {kind} part"
        return mails[0]

    def lines(self, order_id):
        """Return the lines of the order by product name."""
        rows = self.admin.call(
            "sale.order.line",
            "search_read",
            [("order_id", "=", order_id), ("is_delivery", "=", False)],
            ["product_id", "product_uom_qty"],
        )
        return {row["product_id"][1]: row for row in rows}

    def process(self, picking_id, quantities=None):
        """Validate a transfer, all of it or given quantities per product name."""
        moves = self.admin.call(
            "stock.move", "search_read", [("picking_id", "=", picking_id)], ["product_id", "product_uom_qty"]
        )
        for move in moves:
            name = move["product_id"][1]
            quantity = move["product_uom_qty"] if quantities is None else quantities.get(name, 0)
            self.admin.call("stock.move", "write", [move["id"]], {"quantity": quantity, "picked": bool(quantity)})
        self.admin.call(
            "stock.picking", "button_validate", [picking_id], context={"skip_backorder": True, "skip_sms": True}
        )


@pytest.fixture(scope="module")
def shop(admin, mailbox):
    """The web shop of the demo data; what the demo order has to tell is told."""
    website = admin.ref("website.default_website")
    admin.call("website", "write", [website], {"status_mail_from": "orders@garden.example.com"})
    shop = Shop(admin, mailbox)
    shop.fetch_website_data()
    return shop


def checkout(visitor):
    """Order two lamps and three planters in the web shop; return the order's name."""
    page = visitor.login(CUSTOMER)
    for name, quantity in (("Solar Garden Lamp", 2), ("Cedar Planter", 3)):
        page.goto("/shop?search=" + name.replace(" ", "+"))
        page.locator(".oe_product_cart a", has_text=name).first.click()
        page.locator("input[name=add_qty]").fill(str(quantity))
        page.locator("#add_to_cart").click()
        page.wait_for_function("document.querySelector('.my_cart_quantity')?.textContent.trim() > 0")
        page.wait_for_timeout(500)
    page.goto("/shop/cart")
    visitor.screenshot("cart")
    page.goto("/shop/checkout?try_skip_step=true")
    if "/shop/payment" not in page.url:
        page.locator("a[name=website_sale_main_button]:visible").first.click()
        page.wait_for_url("**/shop/payment**")
    page.locator("button[name=o_payment_submit_button]:visible").first.click()
    page.wait_for_url("**/shop/confirmation**")
    visitor.screenshot("ordered")
    return re.search(r"S\d{5}", page.content()).group()


def pictures(visit, mail, name):
    """Show a mail at desktop and phone size; its pictures load and nothing scrolls sideways."""
    html = mail.get_body(("html",)).get_content()
    for phone in (False, True):
        visitor = visit(phone=phone)
        visitor.page.goto("/web/health")
        visitor.page.set_content(html, wait_until="networkidle")
        visitor.screenshot(f"{name}-{'phone' if phone else 'desktop'}", full_page=True)
        assert not visitor.scrolls_sideways()
        broken = visitor.page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
        assert not broken


def words_of_a_rule(visitor, rows):
    """OS+8: from the settings to the words of a rule: the mail beside them changes while they are typed."""
    page = visitor.page
    rows.nth(3).get_by_role("button", name="Words and Preview").click()
    subject = page.locator(".o_field_widget[name=subject] input, .o_field_widget[name=subject] textarea").first
    subject.fill("On the road: {order}")
    editor = page.locator(".o_field_widget[name=opening] .odoo-editor-editable")
    editor.click()
    page.keyboard.type("Good news, {customer}!")
    page.locator("h2").first.click()
    page.locator(".o_field_widget[name=preview_subject]", has_text="On the road: S0").wait_for()
    page.frame_locator(".o_field_widget[name=preview] iframe").get_by_text("Good news, ").wait_for()
    visitor.screenshot("words", full_page=True)
    page.locator("button.o_form_button_cancel").click()


def test_settings(visit, shop, admin):
    """OS2, OS3, OS4, OS5, OS6, OS7, OS8: the website's settings have a switch for each rule."""
    visitor = visit()
    page = visitor.login("admin")
    page.goto("/odoo/action-website.action_website_configuration")
    page.locator("#status_mail_rules_setting").wait_for()
    page.evaluate("document.querySelector('#status_mail_rules_setting').scrollIntoView()")
    page.mouse.wheel(0, -60)
    page.wait_for_timeout(300)
    visitor.screenshot("settings")
    assert page.get_by_text("Customer Communication").count()
    rows = page.locator("#status_mail_rules_setting .o_data_row")
    assert rows.count() == 7
    for row in rows.all():
        assert row.locator("[name=enabled] input").is_checked()
    rules = [("website_id", "=", admin.ref("website.default_website")), ("enabled", "=", True)]
    for on in (False, True):
        rows.last.locator("[name=enabled] input").click()
        page.locator(".o_form_button_save:visible").first.click()
        for _try in range(100):
            told = {row["code"] for row in admin.call("order.status.rule", "search_read", rules, ["code"])}
            if ("stock" in told) == on:
                break
            page.wait_for_timeout(200)
        assert ("stock" in told) == on
        page.wait_for_timeout(1000)
        page.goto("/odoo/action-website.action_website_configuration")
        rows.first.wait_for()
    words_of_a_rule(visitor, rows)
    assert not visitor.errors


def test_story(visit, shop, admin, odoo, database):
    """OS1 to OS9, OS12: from the checkout to the invoice, one mail per run with what changed."""
    name = shop.order = checkout(visit())
    [order] = admin.call("sale.order", "search_read", [("name", "=", name)], ["id", "website_id", "state"])
    order_id = order["id"]
    assert order["website_id"]
    admin.call("sale.order", "action_confirm", [order_id])
    first = shop.tell("Your order is confirmed", name)
    assert name in first["Subject"]
    assert parseaddr(first["From"])[1] == "orders@garden.example.com"

    planters = shop.lines(order_id)["Cedar Planter"]
    bought = admin.call(
        "purchase.order.line",
        "search_read",
        [("product_id", "=", planters["product_id"][0]), ("state", "=", "draft")],
        ["order_id", "product_qty"],
    )
    # the demo order, which is older, gets the older purchase, this order the newer one
    purchase_ids = sorted({line["order_id"][0] for line in bought})
    admin.call("purchase.order", "button_confirm", purchase_ids)
    purchase_id = purchase_ids[-1]
    assert not shop.fetch_website_data(), "a first date is no change"
    move_purchase(visit(), purchase_id)
    moved = shop.tell("Cedar Planter", "Expected on", "instead of")
    assert first["Message-Id"].strip() in moved["References"]

    for purchase in admin.call("purchase.order", "read", purchase_ids, ["picking_ids"]):
        shop.process(purchase["picking_ids"][0])
    shop.tell("Cedar Planter", "Back in stock")

    [delivery] = admin.call("sale.order", "read", [order_id], ["picking_ids"])[0]["picking_ids"][:1]
    printed = visit()
    printed.login("admin")
    answer = printed.context.request.get(f"/report/pdf/stock.report_deliveryslip/{delivery}", timeout=90_000)
    assert answer.body()[:5] == b"%PDF-"
    shop.tell("The packing slip")

    admin.call("sale.order", "write", [order_id], {"status_picked": True})
    shop.tell("Your order is picked")

    shop.process(delivery, {"Solar Garden Lamp": 2, "Cedar Planter": 1})
    delivered = shop.tell("Solar Garden Lamp", "Cedar Planter", "Delivered: 1 piece")
    pictures(visit, delivered, "mail-delivered")

    admin.call("stock.picking", "write", [delivery], {"carrier_tracking_ref": "DK123456789"})
    tracked = shop.tell(": DK123456789")

    invoice(admin, order_id)
    invoiced = shop.tell("Invoiced: INV/")
    pictures(visit, invoiced, "mail-invoiced")

    customer_pages(visit, order_id, tracked)
    unsubscribe(visit, odoo, admin, order_id, invoiced)
    back_office(visit, order_id)


def move_purchase(visitor, purchase_id):
    """Move the purchase order's arrival by ten days, in its form."""
    page = visitor.login("admin")
    page.goto(f"/odoo/purchase/{purchase_id}")
    page.locator("[name=date_planned] input, [name=date_planned] button").first.click()
    field = page.locator("[name=date_planned] input").first
    day, _space, clock = field.input_value().partition(" ")
    month, number, year = (int(part) for part in day.split("/"))
    number, month = (number + 10, month) if number <= 18 else (10, month + 1)
    month, year = (1, year + 1) if month > 12 else (month, year)
    field.fill(f"{month:02d}/{number:02d}/{year} {clock}".strip())
    field.press("Enter")
    page.locator("button.o_form_button_save").click()
    page.locator(".o_form_status_indicator_buttons.invisible").wait_for(state="attached")
    visitor.screenshot("purchase-moved")


def invoice(admin, order_id):
    """Invoice what is delivered and post the invoice."""
    context = {"active_model": "sale.order", "active_ids": [order_id], "active_id": order_id}
    [wizard] = admin.call(
        "sale.advance.payment.inv", "create", [{"advance_payment_method": "delivered"}], context=context
    )
    admin.call("sale.advance.payment.inv", "create_invoices", [wizard], context=context)
    invoice_ids = admin.call("sale.order", "read", [order_id], ["invoice_ids"])[0]["invoice_ids"]
    admin.call("account.move", "action_post", invoice_ids)


def customer_pages(visit, order_id, mail):
    """OS11, OS12, OS+3: the mail's link on a phone without login, the customer's own pages."""
    link = re.search(r'href="(http[^"]*/order-status/\d+/[^"/]+)"', mail.get_body(("html",)).get_content()).group(1)
    guest = visit(phone=True)
    guest.page.goto(link)
    history = guest.page.locator(".o_osm_timeline")
    for text in ("DK123456789", "Your order is picked", "Back in stock", "instead of", "confirmed"):
        assert history.get_by_text(text).count(), text
    assert not guest.scrolls_sideways()
    guest.screenshot("timeline-phone", full_page=True)
    customer = visit()
    page = customer.login(CUSTOMER)
    page.goto("/my/orders")
    assert page.get_by_text("Partly delivered").count()
    customer.screenshot("my-orders")
    page.goto(f"/my/orders/{order_id}")
    assert page.locator("#order_history").get_by_text("DK123456789").count()
    page.locator("#order_history").scroll_into_view_if_needed()
    customer.screenshot("my-order")
    page.goto(f"/my/orders/{order_id}/timeline")
    customer.screenshot("timeline-desktop", full_page=True)
    assert not customer.errors


def unsubscribe(visit, odoo, admin, order_id, mail):
    """OS+3: the mail program's button, then the preferences page."""
    url = mail["List-Unsubscribe"].strip("<>")
    request = urllib.request.Request(url, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(request) as response:
        assert response.status == 200
    visitor = visit(phone=True)
    visitor.page.goto(url)
    assert visitor.page.url.endswith("/preferences")
    assert not visitor.page.locator("input[role=switch]:checked").count()
    visitor.page.locator("#rule_delivered").check()
    visitor.page.get_by_role("button", name="Save").click()
    visitor.page.get_by_text("Your choice is saved").wait_for()
    visitor.screenshot("preferences-phone", full_page=True)
    assert not visitor.scrolls_sideways()
    refused = admin.call("order.status.preference", "search_read", [], ["rule"])
    assert sorted(row["rule"] for row in refused) == ["date", "picked", "slip", "status", "stock", "tracking"]


def back_office(visit, order_id):
    """OS+4: the ledger of the order, why the mail went out, and a preview."""
    visitor = visit()
    page = visitor.login("admin")
    page.goto(f"/odoo/sales/{order_id}")
    visitor.press_stat_button("action_view_status_events")
    page.locator(".o_breadcrumb .active", has_text="Status Events").wait_for()
    page.locator(".o_list_view .o_data_row").first.wait_for()
    visitor.screenshot("ledger")
    page.locator(".o_data_row td", has_text="DK123456789").first.click()
    page.locator(".o_form_view .alert-info", has_text="Tracking number entered").wait_for()
    visitor.screenshot("event")
    page.goto(f"/odoo/sales/{order_id}")
    page.get_by_role("tab", name="Other Info").click()
    page.locator("button[name=action_preview_status_mail]").click()
    page.locator(".modal .o_field_widget[name=body]").wait_for()
    page.wait_for_timeout(1000)
    visitor.screenshot("preview")
    assert not visitor.errors


def test_a_bounce_is_seen_on_the_order(shop, admin, mailbox, odoo, database):
    """OS1: the customer's mail server refuses the mail; Odoo's gateway gets the report."""
    partner = admin.call("res.partner", "create", [{"name": "Gone", "email": "gone@example.com"}])[0]
    lamp = admin.ref("order_status_mail.product_lamp")
    [variant] = admin.call("product.template", "read", [lamp], ["product_variant_id"])
    [order_id] = admin.call(
        "sale.order",
        "create",
        [
            {
                "partner_id": partner,
                "website_id": admin.ref("website.default_website"),
                "order_line": [(0, 0, {"product_id": variant["product_variant_id"][0]})],
            }
        ],
    )
    admin.call("sale.order", "action_confirm", [order_id])
    [order] = admin.call("sale.order", "read", [order_id], ["name"])
    shop.order = order["name"]
    mail = shop.tell("Your order is confirmed")
    mailbox.sink.gateway(bounce_report(mail))
    [order] = admin.call("sale.order", "read", [order_id], ["status_mail_problem"])
    assert "gone@example.com" in (order["status_mail_problem"] or "")


def bounce_report(mail):
    """Return the delivery report of a mail server for a mail, as RFC 3464 has it."""
    return (
        f"From: MAILER-DAEMON@mx.example.com\r\nTo: {mail['X-Envelope-From']}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMessage-Id: <report-1@mx.example.com>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such mailbox.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        "Final-Recipient: rfc822; gone@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-Id: {mail['Message-Id'].strip()}\r\nSubject: x\r\nTo: gone@example.com\r\n\r\n--b--\r\n"
    ).encode()


def test_nobody_sends_one_by_hand(odoo, database):
    """OS10: the methods that make the mails cannot be called over RPC, not even by the administrator."""
    rpc = Rpc(odoo.url, database)
    for model, method in (("order.status.run", "_cron_tell_customers"), ("order.status.mailer", "_queue")):
        with pytest.raises(Exception, match=r"[Pp]rivate|not allowed|cannot be called"):
            rpc.call(model, method, [])
