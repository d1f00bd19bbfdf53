"""Codes shared by the models: rules, topics, reasons."""

#: The rules a shop switches on or off; the code is the suffix of the website's field.
RULES = [
    ("status", "Order status changed"),
    ("slip", "Packing slip printed"),
    ("picked", "Order picked"),
    ("tracking", "Tracking number entered"),
    ("delivered", "Delivered quantities changed"),
    ("date", "Expected delivery date changed"),
    ("stock", "Goods received"),
]
RULE_CODES = [code for code, _label in RULES]

#: What a change is about. One rule may cover several topics.
TOPICS = [
    ("state", "Order"),
    ("payment", "Payment"),
    ("failure", "Payment failed"),
    ("invoice", "Invoice"),
    ("refund", "Money back"),
    ("slip", "Packing slip"),
    ("picked", "Picked"),
    ("tracking", "Tracking number"),
    ("delivered", "Delivered quantity"),
    ("expected", "Expected delivery"),
    ("stock", "Received for you"),
]
RULE_OF_TOPIC = {
    "state": "status",
    "payment": "status",
    "failure": "status",
    "invoice": "status",
    "refund": "status",
    "slip": "slip",
    "picked": "picked",
    "tracking": "tracking",
    "delivered": "delivered",
    "expected": "date",
    "stock": "stock",
}

#: Where a topic is found in the facts of an order.
FACTS_OF_TOPIC = {
    "state": ("state",),
    "payment": ("payment",),
    "failure": ("failures",),
    "invoice": ("invoices",),
    "refund": ("refunds",),
    "slip": ("slips",),
    "picked": ("picked",),
    "tracking": ("tracking",),
    "delivered": ("delivered",),
    "expected": ("expected", "held"),
    "stock": (),
}

#: Why a change was not mailed.
REASONS = [
    ("rule_off", "The rule was switched off"),
    ("opted_out", "The customer does not want these mails"),
    ("no_address", "The customer has no e-mail address"),
    ("too_old", "The order was too old"),
    ("changed_back", "It changed back before it was told"),
    ("tolerance", "The date moved by less than the tolerance"),
    ("first_date", "It was the first known date, nothing changed"),
    ("not_news", "The customer need not know"),
    ("odoo_tells", "Odoo's own confirmation tells it"),
    ("undelivered", "The mail could not be delivered"),
    ("told_later", "A later mail told it"),
]
#: Reasons after which the customer still has to be told, once there is a way.
OWED_REASONS = ("no_address", "undelivered")
#: Reasons that customers do not see on their pages.
HIDDEN_REASONS = ("changed_back", "tolerance", "told_later")

#: Hint of a mark: what could not be told before is told now.
HINT_AGAIN = "again"
#: Hint of a mark: how the order is counts as told.
HINT_BASELINE = "baseline"
#: Hours that an order may be older than its record before it counts as imported.
IMPORT_HOURS = 24

#: Days a link in a mail opens the order's timeline.
LINK_DAYS = 365
#: Minutes before an order whose mail failed is tried again; doubled each time.
RETRY_MINUTES = 15
RETRY_MINUTES_MAX = 24 * 60
