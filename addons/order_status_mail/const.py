"""Codes shared by the models: reasons, hints of marks, times."""

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
