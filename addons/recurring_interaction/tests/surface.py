"""What the suites of the repository attack, look at and show of this addon; the names: ``tools/surfaces.py``."""

from tools.surfaces import CUSTOMER, STAFF, Page, Route

_ADDON = "recurring_interaction"

ROUTES = [
    Route("/recurring_interaction/feed/<string:token>.ics", "GET", {"token": "feed_token"}, secret="token"),
    Route("/recurring_interaction/preview/<int:recurrence_id>", "GET", {"recurrence_id": "recurrence"}, STAFF),
    Route("/my/subscriptions", "GET", mine=True),
    Route("/my/subscriptions/page/<int:page>", "GET", {"page": "=1"}, mine=True),
    Route("/my/subscriptions/<int:subscription_id>", "GET", {"subscription_id": "recurring_invoice"}, CUSTOMER),
    Route(
        "/my/subscriptions/<int:subscription_id>/cancel",
        "POST",
        {"subscription_id": "recurring_invoice"},
        CUSTOMER,
        {"reason": "=We close"},
        reset=("UPDATE recurring_invoice SET date_cancel_asked = NULL",),
    ),
]
METHODS = {
    "account.move": "unlink write",
    "calendar.event": "action_open_recurring_interaction action_recurring_interaction_done create unlink write",
    "mail.activity": "create unlink unlink_w_meeting write",
    "recurring.calendar.import": "action_import",
    "recurring.feed.link": "action_new_address action_revoke",
    "recurring.generate": "action_generate create write",
    "recurring.hand.over": "action_hand_over",
    "recurring.holiday.import": "action_import",
    "recurring.interaction": (
        "action_ask_early action_done action_issue action_issue_again action_let_go action_open_document"
        " action_open_invoices action_open_pattern action_open_recurrences action_plan_again action_skip"
        " create issue_dates unlink write"
    ),
    "recurring.index.value": "create unlink write",
    "recurring.invoice.line": "create write",
    "recurring.invoice": (
        "action_archive action_generate action_give_notice action_keep_agreed action_open_interactions"
        " action_open_invoices action_open_year action_pause action_preview action_take_anew action_unarchive"
        " action_update_fpos_values action_withdraw_notice copy_data create default_get unlink write"
    ),
    "recurring.notice": "action_confirm",
    "recurring.pause": "action_confirm",
    "recurring.price.change": "write",
    "recurring.quantity": "create write",
    "recurring.recurrence": (
        "action_archive action_generate action_import_rule action_open_interactions action_open_invoices"
        " action_open_pattern action_open_year copy create default_get unlink write"
    ),
    "recurring.rule.import": "action_apply create write",
    "res.partner": "action_open_recurring_interactions",
    "res.users": "action_archive write",
    "sale.order": "action_open_recurring_interactions",
}
ROLE = "group_recurring_interaction_user"
SEEDED = {
    "recurring.recurrence": "recurrence",
    "recurring.interaction": "interaction",
    "recurring.invoice": "recurring_invoice",
    "recurring.invoice.line": "invoice_line",
}
OWNED = {"recurrence": "recurring_recurrence", "interaction": "recurring_interaction"}
MAY_BE_SET = {
    "recurring.recurrence.kind": "people of Invoicing make both; neither is turned into the other",
}
CREATED = {
    "calendar.event": (
        {"name": "x", "start": "2030-01-01 08:00:00", "stop": "2030-01-01 09:00:00"},
        {"recurring_interaction_ids": "interaction"},
    ),
    "mail.activity": ({"summary": "x"}, {"recurring_interaction_id": "interaction"}),
    "recurring.generate": ({}, {"recurrence_id": "recurrence"}),
    "recurring.index.value": ({"date_from": "2030-01-01", "value": 1.0}, {"index_id": "index"}),
    "recurring.invoice": ({"company_id": 1}, {"partner_id": "partner"}),
    "recurring.invoice.line": ({"name": "x"}, {"invoice_id": "recurring_invoice"}),
    "recurring.interaction": ({"name": "x", "company_id": 1}, {"recurrence_id": "recurrence"}),
    "recurring.quantity": ({"date": "2030-01-01", "quantity": 1.0}, {"line_id": "invoice_line"}),
    "recurring.recurrence": ({"name": "x", "company_id": 1}, {}),
    "recurring.rule.import": ({"text": "FREQ=DAILY"}, {"recurrence_id": "recurrence"}),
}
CLOCKS = {"recurring_feed": ["date_last_used"]}
NO_PAGES = {"feed", "preview"}
PAGES = [
    Page("subscriptions", (_ADDON, "my_subscriptions"), "portal", "/my/subscriptions"),
    Page("subscriptions-none", (_ADDON, "my_subscriptions"), "dealer", "/my/subscriptions"),
    Page("subscription", (_ADDON, "my_subscription"), "portal", "/my/subscriptions/{world.subscription}"),
]
BUTTONS = {
    "generate": ("recurring.recurrence", "action_generate", "recurrence"),
    "import_rule": ("recurring.recurrence", "action_import_rule", "recurrence"),
    "notice": ("recurring.invoice", "action_give_notice", "subscription"),
    "pause": ("recurring.invoice", "action_pause", "subscription"),
}
WINDOWS = ["generate", "import_rule", "notice", "pause"]
DOCUMENTS = [("recurring.invoice", "pattern"), ("calendar.event", "event"), ("res.partner", "customer")]
JOB = "tests.faults.jobs.recurring:RecurringJob"
FEATURES = ("RI", 10, 10)
PICTURES = {
    "recurrence": "02-next-dates-while-editing",
    "confirmation": "05-confirmation-of-changes",
    "invoice": "10-recurring-invoice-dates",
}
APPS_PAGE = ("recurrence", "confirmation", "invoice")


def seed(seed, side):
    """Make a recurring invoice of a side, generated, and the calendar feed of whoever is responsible for it."""
    import datetime

    from odoo import Command

    from tests.hostile.people import SECRETS

    owner = seed.clerk if side == "a" else seed.env.user
    pattern = seed.env["recurring.invoice"].create(
        {
            "partner_id": seed.people[f"customer_{side}"].id,
            "invoice_line_ids": [Command.create({"name": SECRETS[side], "price_unit": 100.0})],
            "name": SECRETS[side],
            "freq": "monthly",
            "month_by": "day",
            "month_day": 1,
            "date_start": datetime.date.today(),
            "end_type": "count",
            "count": 3,
            "user_id": owner.id,
        }
    )
    recurrence = pattern.recurrence_id
    recurrence._generate()
    company = seed.people["company" if side == "a" else "other_company"]
    return {
        "index": seed.env["recurring.index"].create({"name": f"Index {side}", "company_id": company.id}).id,
        "recurrence": recurrence.id,
        "interaction": recurrence.interaction_ids[:1].id,
        "recurring_invoice": pattern.id,
        "invoice_line": pattern.invoice_line_ids.id,
        "feed_token": seed.env["recurring.feed"].with_user(owner)._issue_token(),
    }


def prepare(world):
    """Look up what the demo data made."""
    world.recurrence = world.ref("recurring_interaction.recurring_recurrence_visits")
    world.pattern = world.ref("recurring_interaction.recurring_invoice_maintenance")
    world.subscription = world.ref("recurring_interaction.recurring_invoice_website")
    [world.event] = world.call("calendar.event", "search", [("recurring_interaction_ids", "!=", False)], limit=1)


# what may be broken without a test that notices
SURVIVORS = {
    "recurring_interaction/models/recurring_invoice.py RecurringInvoice._find_bank_account: without filtered()": (
        "a bank account is of its owner's company, and the partner of a company is of none"
    ),
    "recurring_interaction/models/recurring_quantity.py RecurringQuantity.write: without "
    "\"self.check_access('write')\"": ("Odoo's own write refuses after it, and what was done before is taken back"),
    "recurring_interaction/models/recurring_recurrence.py RecurringRecurrence._selection_document: without "
    "\"('transient', '=', False)\"": "no window of Odoo has a chatter",
    "recurring_interaction/models/recurring_recurrence.py RecurringRecurrence.unlink: without "
    "\"self.check_access('unlink')\"": "Odoo's own unlink refuses after it, and what was done before is taken back",
    "recurring_interaction/models/recurring_recurrence_invoice.py RecurringRecurrence._compute_invoice_count: without "
    "\"('interaction_id.recurrence_id', 'in', self.ids)\"": "more rows are read, each record looks its own up",
    "recurring_interaction/models/recurring_revenue.py RecurringInvoice._note_revenue: limit '> before' of "
    "'now > before' by one": "what is the same is left a few lines before",
    "recurring_interaction/models/recurring_subscription.py RecurringInvoice._amount_on: without filtered() (2)": (
        "before its first change each price has the factor one"
    ),
    "recurring_interaction/wizards/recurring_notice.py RecurringNotice._compute_date_end: without "
    "\"wizard.invoice_id.check_access('read')\"": "the window's form, and making it, refuse before it",
    "recurring_interaction/models/recurring_index.py RecurringPriceChange._is_capped: limit '< 100 * (new.value / "
    "base.value - 1)' of '0 < self.index_cap < 100 * (new.value / base.value - 1)' by one": (
        "a rise of exactly the limit gives the same price"
    ),
    "recurring_interaction/models/recurring_interaction_agenda.py RecurringInteraction._note_feedback: without "
    "filtered()": "what is said already is written as it is",
    "recurring_interaction/models/recurring_interaction_issue.py RecurringInteraction.action_issue_again: without "
    "'self._check_may_issue()'": "it is asked again where they are issued, and what was done before is taken back",
    "recurring_interaction/models/recurring_interaction_issue.py RecurringInteraction._close_issued: without "
    "filtered() (3)": "what was edited already is marked as edited",
    "recurring_interaction/models/recurring_interaction_invoice_issue.py RecurringInteractionInvoice._issue_now: "
    "without filtered()": "the action that sends finds nothing to send",
    "recurring_interaction/recurrence/ics_read.py _groups: without 'not events'": (
        "a file of which no entry comes is refused in the end, by the same code"
    ),
    "recurring_interaction/recurrence/ics_read.py _day: never refuses": (
        "what is no date fails where it is compared, with the same code"
    ),
    "recurring_interaction/recurrence/pattern.py parse_parts: without 'not separator'": (
        "without an equals sign there is no value either"
    ),
    "recurring_interaction/recurrence/rule_text.py _structured: never refuses": (
        "the pattern is checked once more, with the same sentence"
    ),
    "recurring_interaction/recurrence/rules.py Rule._all_days: limit '> last + 7' of 'base > last + 7' by one": (
        "days after the last one are left out by who asks for them"
    ),
    "recurring_interaction/recurrence/period.py next_term_end: limit '> 0' of 'number > 0' by one": (
        "a term that ends the day before the start is followed by the first one, either way"
    ),
    "recurring_interaction/recurrence/period.py prorated: limit '< date' of 'before <= pattern.start < date' by one": (
        "from a start to itself there are no days, and that is no part"
    ),
    "recurring_interaction/recurrence/period.py prorated: limit '< last' of 'pattern.until < last' by one": (
        "a pattern that ends with the period has all of it, one either way"
    ),
    "recurring_interaction/recurrence/rules.py Rule._check_days: limit '< 0' of 'day < 0' by one": (
        "a day of the month is never 0: that is refused where it is read"
    ),
    "recurring_interaction/recurrence/rules.py Rule._candidates: limit '< 0' of 'day < 0' by one": (
        "a day of the month is never 0: that is refused where it is read"
    ),
    "recurring_interaction/recurrence/rules.py Rule._candidates: limit '> length' of 'day > length' by one": (
        "the last day of the month is taken a few lines before"
    ),
    "recurring_interaction/recurrence/rules.py Rule._takes_weekday: limit '> 0' of 'ordinal > 0' by one": (
        "a weekday without a number is taken a few lines before"
    ),
    "recurring_interaction/recurrence/rules.py Rule._chosen: limit '> 0' of 'place > 0' by one": (
        "a place is never 0: that is refused where it is read"
    ),
    "recurring_interaction/recurrence/speech.py _Parsed._set_time: limit '<= 12' of 'hour <= 12' by one": (
        "twelve at noon is 12 either way, twelve at night has no hours to add"
    ),
    "recurring_interaction/recurrence/speech.py _Parsed._frequency: limit '> 1' of 'self.interval > 1' by one": (
        "one day is no number of weeks"
    ),
    "recurring_interaction/recurrence/times.py zones_of_other_days: "
    "limit '< moment.date()' of 'day < moment.date()' by one": (
        "a zone in which it is the same day is left out before"
    ),
    "recurring_interaction/recurrence/speech.py _Parsed.take: never refuses": (
        "a time that never comes refuses the whole"
    ),
    "recurring_interaction/recurrence/speech.py _Parsed._leave_days_out: never refuses (2)": (
        "of no day of the week there is no frequency, and that is refused"
    ),
    "recurring_interaction/models/recurring_attention.py RecurringRecurrence._compute_attention: without "
    "\"('recurrence_id', 'in', self.ids)\"": "more rows are read, each record looks its own up",
    "recurring_interaction/models/recurring_attention.py RecurringRecurrence._compute_attention: without \"('day', "
    "'<=', tomorrow)\"": "fewer rows are read, the day of each is compared afterwards",
    "recurring_interaction/models/recurring_interaction.py RecurringInteraction.action_done: without filtered()": (
        "what is not planned is left alone where it is marked as done"
    ),
    "recurring_interaction/models/recurring_interaction_agenda.py RecurringInteraction._sync_agenda: "
    "without filtered() (3)": (
        "the activity of what is planned is made active again right after it, that of what was skipped is gone"
    ),
    "recurring_interaction/models/recurring_interaction_agenda.py RecurringInteraction._ensure_agenda: "
    "without filtered() (3)": ("what is scheduled already is written as it is"),
    "recurring_interaction/models/recurring_interaction_agenda.py "
    "RecurringInteraction._ensure_activities: without filtered()": ("what is active already is written as it is"),
    "recurring_interaction/models/recurring_interaction_invoice_issue.py "
    "RecurringInteractionInvoice._issue_bundles: limit '> 1' of 'len(bundles) > 1' by one": (
        "one invoice is tried twice, what failed before is taken back"
    ),
    "recurring_interaction/models/recurring_interaction_invoice_issue.py "
    "RecurringInteractionInvoice._waive_empty: without filtered() (2)": (
        "what has an invoice is noted as issued right after it, without a reason"
    ),
    "recurring_interaction/models/recurring_interaction_issue.py RecurringInteraction.action_let_go: "
    "without filtered()": ("without a recurring invoice there are no lines to bill later"),
    "recurring_interaction/models/recurring_invoice.py RecurringInvoice.write: without "
    "\"self.check_access('write')\"": ("Odoo's own write refuses after it, and what was done before is taken back"),
    "recurring_interaction/models/recurring_invoice_obstacle.py RecurringInvoice._pointed_to: without filtered()": (
        "a note has neither product, account nor tax"
    ),
    "recurring_interaction/models/recurring_recurrence.py RecurringRecurrence._compute_counts: without "
    "\"('recurrence_id', 'in', self.ids)\"": ("more rows are read, each record looks its own up"),
    "recurring_interaction/models/recurring_recurrence.py RecurringRecurrence.action_archive: without "
    "\"self.check_access('write')\"": ("it writes that the recurrence is archived, and that is refused"),
    "recurring_interaction/models/recurring_recurrence.py RecurringRecurrence._pause_planning: without "
    "\"self.check_access('write')\"": ("Odoo's own write refuses after it, and what was done before is taken back"),
    "recurring_interaction/models/recurring_recurrence_invoice.py RecurringRecurrence.unlink: without "
    "\"self.check_access('unlink')\"": ("Odoo's own unlink refuses after it, and what was done before is taken back"),
    "recurring_interaction/models/recurring_recurrence_plan.py RecurringRecurrence._is_plan_outdated: "
    "limit '< last' of 'day < last' by one": ("a date that is planned is not one to add"),
    "recurring_interaction/models/recurring_recurrence_plan.py RecurringRecurrence._update_interactions: "
    "without filtered()": ("what is the same is written as it is"),
    "recurring_interaction/models/recurring_subscription.py RecurringInvoice._prepare_subscription_rows: "
    "without \"('recurrence_id', 'in', self.recurrence_id.ids)\"": ("more rows are read, each record looks its own up"),
    "recurring_interaction/models/recurring_subscription.py RecurringInvoice._prepare_subscription_rows: "
    "without \"('day', '>=', fields.Date.today() - ONE_DAY)\"": (
        "fewer rows are read, the day of each is compared afterwards"
    ),
    "recurring_interaction/models/res_partner.py ResPartner._compute_recurring_interaction_count: "
    "without \"('partner_id', 'child_of', self.ids)\"": ("more rows are read, only those of the contacts are counted"),
    "recurring_interaction/models/recurring_invoice.py RecurringInvoice.unlink: without "
    "\"self.check_access('unlink')\"": "its recurrences ask for the same right, and nothing is done before",
    "recurring_interaction/models/recurring_contract.py RecurringInvoice._give_notice: without "
    "\"self.check_access('write')\"": ("Odoo refuses the message about it, and what was done before is taken back"),
    "recurring_interaction/models/recurring_contract.py RecurringInvoice._pause: without "
    "\"self.check_access('write')\"": ("Odoo refuses the message about it, and what was done before is taken back"),
    "recurring_interaction/security/recurring_interaction_security.xml recurring_invoice_rule_company: "
    "lets everything through": ("its recurrence is of the same company, and the rule of that one refuses"),
    "recurring_interaction/models/recurring_interaction.py RecurringInteraction.action_done: without filtered() (2)": (
        "the activity of what is planned is active"
    ),
    "recurring_interaction/models/recurring_interaction_agenda.py RecurringInteraction._apply: without filtered() "
    "(3)": "what is skipped right after it loses its agenda",
}
