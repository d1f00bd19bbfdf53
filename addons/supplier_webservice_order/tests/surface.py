"""What the suites of the repository attack, look at and show of this addon; the names: ``tools/surfaces.py``."""

from tools.surfaces import STAFF, Page, Route

_ADDON = "supplier_webservice_order"
_LINK = {"link_id": "link", "token": "link_token"}
_WORKSHOP = "/workshop/<int:link_id>/<string:token>"
_PHOTO = {**_LINK, "photo_id": "photo"}

ROUTES = [
    Route(_WORKSHOP, "GET", _LINK, secret="token"),
    Route(f"{_WORKSHOP}/photo", "POST", _LINK, values={"line_id": "purchase_line"}, secret="token", upload="photo"),
    Route(f"{_WORKSHOP}/photo/<int:photo_id>", "GET", _PHOTO, secret="token"),
    Route(f"{_WORKSHOP}/photo/<int:photo_id>/remove", "POST", _PHOTO, secret="token"),
    Route(f"/{_ADDON}/photos/<int:line_id>", "POST", {"line_id": "purchase_line"}, STAFF, upload="ufile"),
]
METHODS = {
    "account.move": "write",
    "credit.account": "action_buy action_open_company_account action_view_transactions create write",
    "credit.purchase": "action_confirm create",
    "credit.transaction": "action_open_origin write",
    "purchase.line.photo": "create unlink",
    "purchase.order": (
        "action_accept_answer action_ask_supplier action_communicate action_create_invoice action_open_supplier_mail"
        " action_open_workshop_link action_order_rest action_send_cancellation action_send_change"
        " action_view_exchanges button_cancel button_draft create write"
    ),
    "purchase.order.line": "action_take_substitute create get_photos write",
    "purchase.photo.link": "action_renew action_revoke",
    "sale.order": "action_order_parts action_view_exchanges",
    "supplier.connection": (
        "action_activate action_deactivate action_request_activation action_resume action_suspend action_test"
        " action_view_exchanges action_view_purchases create onchange write"
    ),
    "supplier.connection.address": "create write",
    "supplier.exchange": (
        "action_open_purchase action_retry action_settle_not_ordered action_settle_ordered process_now"
    ),
    "supplier.mapping.element": "create unlink write",
    "supplier.mapping.operation": "action_read_schema action_try create unlink write",
    "supplier.order.charge": "action_accept action_decline create write",
    "supplier.order.wizard": "action_check action_order action_select_all action_take_best",
}
ROLE = "group_supplier_webservice_order_user"
SEEDED = {
    "purchase.order": "purchase",
    "purchase.order.line": "purchase_line",
    "purchase.photo.link": "link",
    "purchase.line.photo": "photo",
    "supplier.connection": "connection",
    "supplier.exchange": "exchange",
    "supplier.order.charge": "charge",
}
OWNED = {
    "purchase": "purchase_order",
    "purchase_line": "purchase_order_line",
    "link": "purchase_photo_link",
    "photo": "purchase_line_photo",
}
MAY_BE_SET = {"supplier.mapping.operation.kind": "whoever maps an operation says what it is for"}
CREATED = {
    "credit.account": ({"company_id": 1}, {}),
    "credit.purchase": ({}, {}),
    "purchase.line.photo": ({"name": "x.jpg"}, {"line_id": "purchase_line", "attachment_id": "request_file"}),
    "purchase.order": ({"company_id": 1}, {"partner_id": "partner"}),
    "purchase.order.line": ({"name": "x", "product_qty": 1}, {"order_id": "purchase", "product_id": "product"}),
    "supplier.connection": ({"name": "x", "company_id": 1, "connector": "ubl"}, {"partner_id": "partner"}),
    "supplier.connection.address": ({}, {}),
    "supplier.mapping.element": ({}, {}),
    "supplier.mapping.operation": ({}, {}),
    "supplier.order.charge": ({}, {}),
}
NO_IDS = {"action_open_company_account": []}
ARGUMENTS = {"onchange": [{}, [], {}]}
CLOCKS = {"purchase_photo_link": ["date_last_used"]}


def seed(seed, side):
    """Make a purchase order with a photo, its workshop page and a charge, and what a supplier has answered."""
    from odoo.fields import Command

    from tests.hostile.people import SECRETS
    from tests.hostile.seed import picture

    purchase = seed.env["purchase.order"].create(
        {
            "partner_id": seed.supplier.id,
            "user_id": seed.clerk.id,
            "order_line": [Command.create({"product_id": seed.product.id, "product_qty": 1, "name": SECRETS[side]})],
        }
    )
    link = seed.env["purchase.photo.link"]._get_or_create(purchase)
    photo = seed.env["purchase.line.photo"]._add(purchase.order_line, picture("blue"), "photo.jpg", link=link)
    supplier = seed.env["res.partner"].create({"name": f"Supplier {side}"})
    connection = seed.env["supplier.connection"].create(
        {"name": SECRETS[side], "partner_id": supplier.id, "connector": "ubl", "company_id": purchase.company_id.id}
    )
    answered = {"operation": "test", "state": "done", "response_text": SECRETS[side]}
    exchange = seed.env["supplier.exchange"].create({**answered, "connection_id": connection.id})
    charge = seed.env["supplier.order.charge"].create(
        {"purchase_id": purchase.id, "key": "freight", "name": SECRETS[side]}
    )
    return {
        "connection": connection.id,
        "exchange": exchange.id,
        "charge": charge.id,
        "purchase": purchase.id,
        "purchase_line": purchase.order_line.id,
        "link": link.id,
        "link_token": link._get_access_token(),
        "photo": photo.id,
    }


NO_PAGES = {"photo"}
PAGES = [
    Page("workshop", (_ADDON, "page"), None, "{world.workshop_link}", "body"),
    Page("workshop-gone", (_ADDON, "page"), None, "{world.workshop_link}0", "body", status=404),
]
BUTTONS = {
    "credit_purchase_action": ("credit.account", "action_buy", "account"),
    "purchase_photo_link_action": ("purchase.order", "action_open_workshop_link", "purchase"),
    "supplier_order_wizard_action": ("sale.order", "action_order_parts", "job"),
}
DOCUMENTS = [("sale.order", "job"), ("purchase.order", "purchase")]
JOB = "tests.faults.jobs.supplier:SupplierJob"
FEATURES = ("SW", 12, 9)
PICTURES = {
    "wizard": "02-tick-parts",
    "workshop": "07-workshop-photo",
    "approved": "09-approved",
    "ledger": "14-credits-bought",
    "connection": "16-connection",
}
APPS_PAGE = ("wizard", "approved", "workshop")

_MORE_ROWS = "more rows are read, each record looks its own up"
# what may be broken without a test that notices
SURVIVORS = {
    "supplier_webservice_order/connectors/ubl_reading.py unit_of: limit '<= PIECES' of '{counted, priced} <= PIECES' "
    "by one": "a piece has more names than two",
    "supplier_webservice_order/credit/account_move.py AccountMove._check_credits_not_booked: without 'booked'": (
        "no row of the ledger is about no bill"
    ),
    "supplier_webservice_order/credit/account_move.py AccountMove._check_credits_not_booked: without filtered()": (
        "bills are posted before their credits are booked"
    ),
    "supplier_webservice_order/credit/account_move.py AccountMove._take_credits_back: limit '<= 0' of 'bought <= 0' "
    "by one": "of nothing that was bought nothing is taken back",
    "supplier_webservice_order/models/purchase_order_change.py PurchaseOrder.action_order_rest: limit '> 0' of "
    "'by > 0' by one": "a line of which the supplier knows all is none of those that are looked at",
    "supplier_webservice_order/models/supplier_connection.py SupplierConnection._compute_is_paused: limit '> now' of "
    "'connection.date_pause_end > now' by one": "the very second in which a pause ends",
    "supplier_webservice_order/models/supplier_connection_rules.py SupplierConnection._note_outcome: limit '< until' "
    "of 'connection_sudo.date_pause_end < until' by one": "a pause until the same second is the same pause",
    "supplier_webservice_order/models/supplier_exchange.py SupplierExchange._is_in_doubt: limit '< "
    "fields.Datetime.now()' of 'self.date_lease_end < fields.Datetime.now()' by one": (
        "the very second in which a lease ends"
    ),
    "supplier_webservice_order/models/supplier_exchange_worker.py SupplierExchange._waits_for_place: limit '<= "
    "fields.Datetime.now()' of 'self.date_next_try <= fields.Datetime.now()' by one": (
        "the very second in which a message is due"
    ),
    "supplier_webservice_order/pool.py work_off: limit '> FILL_SECONDS' of 'time.monotonic() - filled > "
    "FILL_SECONDS' by one": "the clock counts in billionths of a second",
    "supplier_webservice_order/soap/transport.py _Response._read_status: limit '<= status' of '100 <= status < 200' "
    "by one": "100 is one of the two that the line before takes",
    "supplier_webservice_order/judge.py _average_price: limit '<= 1' of 'len({price for price, _quantity in priced}) "
    "<= 1' by one": "one price, weighed by whatever comes at it, is that price",
    "supplier_webservice_order/judge.py _sum_up: limit '> 1' of 'len(statuses) > 1' by one": (
        "of a single status by which nothing comes, the quantity is nothing"
    ),
    "supplier_webservice_order/soap/client.py Service._check_body: without 'expected is not None'": (
        "zeep knows the body of every answer that has an element"
    ),
    "supplier_webservice_order/soap/client.py Service._check_body: without 'expected.qname is not None'": (
        "zeep knows the name of every element that a message is made of"
    ),
    "supplier_webservice_order/soap/transport.py _talk: never refuses": (
        "without a connection the answer is not read either, with the same outcome"
    ),
    "supplier_webservice_order/soap/envelopes.py read_envelope: without 'not isinstance(root.tag, str)'": (
        "the parser leaves out comments and instructions: a root is an element"
    ),
    "supplier_webservice_order/soap/envelopes.py _content: never refuses": (
        "what is not made of bytes is not read a line later either"
    ),
    "supplier_webservice_order/soap/masking.py excerpt: limit '<= 2 * length + margin' of 'len(text) <= 2 * length + "
    "margin' by one": "what is left out there lies beyond what is shown",
    "supplier_webservice_order/credit/credit_account.py CreditAccount._compute_balance: without "
    "\"('account_id', 'in', self.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/credit/credit_account.py CreditAccount._compute_transaction_count: without "
    "\"('account_id', 'in', self.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/models/purchase_order.py PurchaseOrder._compute_exchange_count: without "
    "\"('purchase_id', 'in', self.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/models/purchase_order.py PurchaseOrder._compute_photo_count: without "
    "\"('order_id', 'in', self.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/models/purchase_order_line.py PurchaseOrderLine._compute_photo_count: without "
    "\"('line_id', 'in', self.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/photos/purchase_photo_link.py PurchasePhotoLink._compute_photo_count: without "
    "\"('link_id', 'in', self.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/wizards/supplier_order_wizard.py SupplierOrderWizard._get_ordered_quantities: without "
    "\"('sale_line_id', 'in', lines.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/models/supplier_exchange_worker.py SupplierExchange._send_soon: limit '> deadline' of "
    "'time.monotonic() > deadline' by one": "the two sides of the limit are the last digit of a float apart",
    "supplier_webservice_order/connectors/client.py SupplierClient._read: without 'buyer'": (
        "an answer without a buyer names no scheme either: it may be for us"
    ),
    "supplier_webservice_order/controllers/photos.py PhotoController.upload: without \"line.check_access('write')\"": (
        "an attachment of a line is made by who may write that line, and its photos are read by who may read it"
    ),
    "supplier_webservice_order/credit/account_move.py AccountMove._post: without filtered()": (
        "what credits no bill takes nothing back of what a bill has bought"
    ),
    'supplier_webservice_order/credit/credit_purchase.py CreditPurchase._check_values: without "self.mode == '
    "'correction'\"": "an entry of nothing is refused by the line before",
    "supplier_webservice_order/models/purchase_order.py PurchaseOrder.action_communicate: without filtered()": (
        "an order that was not sent has no open message: a search is saved"
    ),
    "supplier_webservice_order/models/purchase_order.py PurchaseOrder._queue_order: without filtered()": (
        "an order that was not answered has no answer to forget"
    ),
    "supplier_webservice_order/models/purchase_order_answer.py PurchaseOrder._accept_answer: without filtered() (2)": (
        "accepting takes the charges that are proposed only"
    ),
    "supplier_webservice_order/models/supplier_connection.py SupplierConnection._check_whose: without 'moved'": (
        "over no connection no message went"
    ),
    "supplier_webservice_order/models/supplier_connection_address.py "
    "SupplierConnectionAddress._forget_inner_network: without filtered()": (
        "what was not allowed is not allowed afterwards either"
    ),
    "supplier_webservice_order/models/res_company.py ResCompany._create_credit_accounts: without \"('company_id', "
    "'in', self.ids)\"": _MORE_ROWS,
    "supplier_webservice_order/models/purchase_order.py PurchaseOrder._fetch_lines: without \"('order_id', 'in', "
    'self.ids)"': _MORE_ROWS,
    "supplier_webservice_order/models/purchase_order.py PurchaseOrder._fetch_lines: without \"('display_type', '=', "
    'False)"': "the database keeps no note with a quantity, and what has none is left out by the part that follows",
    "supplier_webservice_order/models/supplier_connection_access.py SupplierConnection.write: without filtered()": (
        "what was not allowed is not allowed afterwards either"
    ),
    "supplier_webservice_order/wizards/supplier_order_wizard.py SupplierOrderWizard.action_order: without "
    "\"self.check_access('write')\"": "the orders are written into the window, which Odoo refuses: none is made",
}
