"""What the suites of the repository attack, look at and show of this addon; the names: ``tools/surfaces.py``."""

from tools.surfaces import Route

#: only administrators see them, none of which is among the attackers
ROUTES = [Route(f"/safeguard/{name}", "GET", who=()) for name in ("health", "health.json", "metrics")]
METHODS = {
    "cron.batch.failure": "action_retry",
    "ir.mail_server": "send_email",
    "mail.delivery": "action_send_again",
    "mail.mail": "create mark_outgoing",
    "mail.message": "unlink",
    "res.config.settings": "action_database_move_in",
    "res.partner": "write",
}
CREATED = {"mail.mail": ({"subject": "x"}, {})}
PICTURES = {"health": "health-desktop", "failures": "failed-records", "deliveries": "deliveries"}
APPS_PAGE = ("health", "failures", "deliveries")
#: `make mutants`: what may live
SURVIVORS = {
    "base_safeguard/models/mail_delivery_mixin.py MailDeliveryMixin._compute_mail_delivery_problem: without "
    "\"('res_id', 'in', self.ids)\"": "more rows are read, each record looks its own up",
    "base_safeguard/models/mail_mail.py MailMail.mark_outgoing: without \"self.check_access('write')\"": (
        "Odoo's own write refuses after it, and what was done before is taken back"
    ),
}
