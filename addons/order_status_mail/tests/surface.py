"""What the suites of the repository attack, look at and show of this addon; the names: ``tools/surfaces.py``."""

from tools.surfaces import Page, Route

_ADDON = "order_status_mail"
_LINK = "/order-status/<int:order_id>/<string:token>"
_STATUS = {"order_id": "order", "token": "status_token"}
_CHOICE = {"saved": "=1", "rule_tracking": "=on"}
#: a route of Odoo's that also prints delivery slips
_REPORT = {"converter": "=html", "reportname": "=sale.report_saleorder"}

ROUTES = [
    Route(_LINK, "*", _STATUS, secret="token"),
    Route(f"{_LINK}/preferences", "GET,POST", _STATUS, values=_CHOICE, secret="token"),
    Route(f"{_LINK}/unsubscribe", "GET", _STATUS, secret="token", leads=True),
    Route(f"{_LINK}/unsubscribe", "POST", _STATUS, secret="token", csrf=False),
    Route(f"{_LINK}/picture/<int:line_id>", "*", {**_STATUS, "line_id": "order_line"}, secret="token"),
    Route(
        "/my/orders/<int:order_id>/timeline",
        "*",
        {"order_id": "order"},
        values={"access_token": "order_token"},
        secret="access_token",
    ),
    Route("/my/status-mails", "GET,POST", values=_CHOICE, mine=True),
    Route("/report/<converter>/<reportname>/<docids>", "*", {**_REPORT, "docids": "order"}, ("clerk",), foreign=True),
    Route("/report/<converter>/<reportname>", "*", _REPORT, foreign=True, mine=True),
]
METHODS = {
    "account.move": "write",
    "order.status.event": "action_open_order action_same_mail",
    "order.status.report": "action_open_events",
    "order.status.rule": "action_edit_words write",
    "order.status.snapshot": "action_retry_now action_revoke_links write",
    "order.status.watched": "write",
    "payment.transaction": "write",
    "purchase.order": "write",
    "purchase.order.line": "create write",
    "res.config.settings": "action_edit_status_mail",
    "res.partner": "write",
    "sale.order": "action_preview_status_mail action_view_status_events create write",
    "stock.move": "write",
    "stock.picking": "create",
    "website": "create write",
}
CREATED = {"website": ({"name": "Third Shop"}, {})}
ROLE = "group_order_status_mail_user"
SEEDED = {
    "order.status.event": "event",
    "order.status.snapshot": "snapshot",
    "order.status.rule": "status_rule",
}
OWNED = {"snapshot": "order_status_snapshot"}


def seed(seed, side):
    """Make a web order whose customer has a link, and switch all rules on."""
    seed.website.status_mail_rule_ids.enabled = True
    order = seed._order(side, website_id=seed.website.id)
    order.action_confirm()
    snapshot = seed.env["order.status.snapshot"].create(
        {"order_id": order.id, "status": "confirmed", "date_changed": seed.env.cr.now()}
    )
    event = seed.env["order.status.event"].create(
        {"order_id": order.id, "rule": "picked", "topic": "picked", "new_value": order.client_order_ref}
    )
    return {
        "event": event.id,
        "order": order.id,
        "order_line": order.order_line.id,
        "order_token": order._portal_ensure_token(),
        "status_token": snapshot._get_access_token(),
        "snapshot": snapshot.id,
        "status_rule": seed.website.status_mail_rule_ids[:1].id,
    }


NO_PAGES = {"report_routes", "status_picture", "status_unsubscribe_page"}
PAGES = [
    Page("timeline", (_ADDON, "portal_order_timeline"), "portal", "/my/orders/{world.order}/timeline"),
    Page("timeline-guest", (_ADDON, "status_timeline"), None, "{world.status_link}"),
    Page("mails", (_ADDON, "portal_status_preferences"), "portal", "/my/status-mails"),
    Page("mails-guest", (_ADDON, "status_preferences"), None, "{world.status_link}/preferences"),
]
BUTTONS = {"order_status_preview_action": ("sale.order", "action_preview_status_mail", "order")}
DOCUMENTS = [("sale.order", "order"), ("stock.picking", "picking")]
JOB = "tests.faults.jobs.status:StatusJob"
FEATURES = ("OS", 12, 9)
PICTURES = {
    "settings": "settings",
    "words": "words",
    "mail": "mail-delivered-desktop",
    "timeline": "timeline-phone",
    "ledger": "ledger",
}
APPS_PAGE = ("mail", "timeline", "ledger")

# what may be broken without a test that notices
SURVIVORS = {
    "order_status_mail/allocation.py allocate: limit '<= 1e-09' of 'pool <= 1e-09' by one": (
        "what is left of the pool is refused one line below"
    ),
    "order_status_mail/models/order_status_facts.py OrderStatusFacts._allocated_dates: without filtered()": (
        "lines that nothing is bought for get no date, only later"
    ),
    "order_status_mail/models/order_status_facts.py OrderStatusFacts._expected_dates: without filtered() (2)": (
        "what is bought for a certain order is left out again where purchases are shared out"
    ),
    "order_status_mail/models/order_status_facts.py OrderStatusFacts._lacks_parts: limit '< "
    "wanted.get(line, 0.0)' of 'given.get(line, 0.0) + 1e-06 < wanted.get(line, 0.0)' by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/models/order_status_mailer.py MailPolicy.too_old: limit '< self._now - "
    "timedelta(days=days)' of 'last < self._now - timedelta(days=days)' by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/models/order_status_mailer.py OrderStatusMailer._render: limit '<= "
    "MAX_BYTES' of 'len(html.encode()) <= MAX_BYTES' by one": ("mail programs cut off at another byte each"),
    "order_status_mail/models/order_status_past.py OrderStatusPast._adopt_pending: without "
    "\"('product_id', '!=', False)\"": ("the field is required"),
    "order_status_mail/models/order_status_preference.py OrderStatusPreference._opted_out: "
    "without \"('email', 'in', list(wanted))\"": ("more rows are read, each record looks its own up"),
    "order_status_mail/models/order_status_preference.py OrderStatusPreference._opted_out: "
    "without \"('website_id', 'in', websites.ids)\"": ("more rows are read, each record looks its own up"),
    "order_status_mail/models/order_status_run.py OrderStatusRun._cron_tell_customers: limit '> "
    "0' of 'seconds > 0' by one": ("the two sides of the limit are a microsecond, or the last digit of a float, apart"),
    "order_status_mail/models/order_status_run.py OrderStatusRun._snapshots: without "
    "\"('order_id', 'in', orders.ids)\"": ("more rows are read, each record looks its own up"),
    "order_status_mail/models/order_status_run.py OrderStatusRun._is_imported: limit '> "
    "timedelta(hours=IMPORT_HOURS)' of 'order.create_date - order.date_order > "
    "timedelta(hours=IMPO by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/models/res_partner.py ResPartner._status_address_changed: without "
    "\"('website_id', '!=', False)\"": ("orders outside of a website have no link and owe nothing"),
    "order_status_mail/models/order_status_past.py OrderStatusPast._adopt_older: limit '<= before' of "
    "'days <= before' by one": ("between two ages that are the same lies no order"),
    "order_status_mail/models/order_status_run.py OrderStatusRun._cron_tell_customers: limit '> 0' of 'seconds > 0' "
    "by one (2)": ("the two sides of the limit are a microsecond, or the last digit of a float, apart"),
    "order_status_mail/models/order_status_run.py OrderStatusRun._cron_tell_customers: limit '< remaining' of "
    "'len(seen) < remaining' by one": ("after the last order there is no next one"),
    "order_status_mail/models/order_status_supply.py OrderStatusSupply._share_out: without filtered()": (
        "one order more is looked at, of which there is nothing to tell"
    ),
    "order_status_mail/models/stock_picking.py StockPicking.create: without filtered()": (
        "one order more is looked at, of which there is nothing to tell"
    ),
    "order_status_mail/models/website.py Website._status_mail_sender_changed: without "
    "\"('date_next_try', '!=', False)\"": ("what has no next try keeps none"),
    "order_status_mail/rules/delivered.py Delivered._pieces: limit '< line.product_uom_qty' of "
    "'EPSILON < done < line.product_uom_qty' by one": ("what is begun is asked only where nothing is done"),
    "order_status_mail/wizards/order_status_preview.py OrderStatusPreview._compute_preview: without "
    "\"order.check_access('read')\"": ("the order's website, which is read next, refuses, too"),
    "order_status_mail/models/sale_order.py SaleOrder.write: without filtered() (2)": (
        "orders outside of a website have no link and owe nothing"
    ),
    "order_status_mail/models/stock_picking.py StockPicking._tick_picked: without filtered() (2)": (
        "an order that is picked is written as picked again"
    ),
    "order_status_mail/models/order_status_supply.py OrderStatusSupply._share_out_arrival: limit '< wanted[line_id]' "
    "of 'before.get(line_id, 0.0) + EPSILON < wanted[line_id]' by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/rules/delivered.py Delivered._pieces: limit '< done' of 'EPSILON < done < "
    "line.product_uom_qty' by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/rules/delivered.py _of_one: limit '> EPSILON' of 'row[name] > EPSILON' by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/models/sale_order.py SaleOrder._compute_status_event_count: without "
    "\"('order_id', 'in', self.ids)\"": ("more rows are read, each record looks its own up"),
    "order_status_mail/models/sale_order.py SaleOrder._on_mail_delivery: without "
    "\"('message_header', 'in', headers)\"": ("what has come to its end is settled again in the same way"),
    "order_status_mail/models/sale_order.py SaleOrder.create: without filtered()": (
        "that it is a web order is asked again when the marks are written"
    ),
    "order_status_mail/rules/delivered.py Delivered._is_return: limit '< float(event.old_value "
    "or 0)' of 'float(event.new_value or 0) < float(event.old_value or 0)' by one": (
        "an event without a change is never made"
    ),
    "order_status_mail/goods.py Goods.short: limit '<= EPSILON' of 'missing <= EPSILON' by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/goods.py Goods.short: limit '> EPSILON' of 'short > EPSILON' by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/models/order_status_mail.py OrderStatusMail._take_back: without \"('state', '=', 'waiting')\"": (
        "a mail that does not wait is not in the queue either"
    ),
    "order_status_mail/rules/delivered.py Delivered.compare: limit '> EPSILON' of 'abs(quantity - "
    "old) > EPSILON' by one": ("the two sides of the limit are a microsecond, or the last digit of a float, apart"),
    "order_status_mail/rules/delivered.py Delivered.compare: limit '> EPSILON' of 'abs(short - old) "
    "> EPSILON' by one": ("the two sides of the limit are a microsecond, or the last digit of a float, apart"),
    "order_status_mail/rules/delivered.py Delivered.missing: limit '> EPSILON' of "
    "\"abs(now['delivered'][key] - told['delivered'].get(key, 0.0) by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/rules/delivered.py Delivered.missing: limit \"> told['short'].get(key, 0.0) + "
    "EPSILON of \"short > told['short'].get(key, 0.0) + EPSILON\" by one": (
        "the two sides of the limit are a microsecond, or the last digit of a float, apart"
    ),
    "order_status_mail/rules/money.py Money._gather_payments: limit '< 0' of 'amount < 0' by one": (
        "a refund of nothing is no more than what was told"
    ),
    "order_status_mail/rules/money.py Money._gather_invoices: without filtered()": (
        "where there are no invoices nothing is read from them"
    ),
    "order_status_mail/rules/money.py Money._read_invoice_payments: limit '> 0' of 'invoice.money_beside > 0' by one": (
        "a refund of nothing is no more than what was told"
    ),
    "order_status_mail/wizards/base_partner_merge.py MergePartner._merge: without \"('website_id', '!=', False)\"": (
        "orders outside of a website have no link and owe nothing"
    ),
}
