"""What the suites of the repository attack, look at and show of this addon; the names: ``tools/surfaces.py``."""

from tools.surfaces import Route

#: only administrators see them, none of which is among the attackers
ROUTES = [Route(f"/safeguard/{name}", "GET", who=()) for name in ("health", "health.json", "metrics")]
METHODS = {
    "cron.batch.failure": "action_retry",
    "ir.mail_server": "send_email",
    "mail.delivery": "action_send_again",
    "mail.mail": "create",
    "res.config.settings": "action_database_move_in",
}
CREATED = {"mail.mail": ({"subject": "x"}, {})}
PICTURES = {"health": "health-desktop", "failures": "failed-records", "deliveries": "deliveries"}
APPS_PAGE = ("health", "failures", "deliveries")
