"""The table of our routes: who may call each, with which ids and secrets.

A route that is missing fails ``test_inventory``; whoever adds one says in the addon's ``tests/surface.py``
(``tools/surfaces.py``) what a stranger may try on it, and the attacks of ``test_routes`` follow by themselves.
"""

from tools.surfaces import CUSTOMER, EVERYBODY, LOGGED_IN, STAFF, Route, all_of, surface

__all__ = ["CUSTOMER", "EVERYBODY", "LOGGED_IN", "ROUTES", "STAFF", "UNDECIDED", "Route"]

#: takes back every decision about proofs but the seeded ones
UNDECIDED = surface("online_proof")._UNDECIDED
_STATUS = {"order_id": "order", "token": "status_token"}

ORDER_STATUS = [
    Route("/order-status/<int:order_id>/<string:token>", "*", _STATUS, secret="token"),
    Route(
        "/order-status/<int:order_id>/<string:token>/preferences",
        "GET,POST",
        _STATUS,
        values={"saved": "=1", "rule_tracking": "=on"},
        secret="token",
    ),
    Route("/order-status/<int:order_id>/<string:token>/unsubscribe", "GET", _STATUS, secret="token", leads=True),
    Route("/order-status/<int:order_id>/<string:token>/unsubscribe", "POST", _STATUS, secret="token", csrf=False),
    Route(
        "/order-status/<int:order_id>/<string:token>/picture/<int:line_id>",
        "*",
        {**_STATUS, "line_id": "order_line"},
        secret="token",
    ),
    Route(
        "/my/orders/<int:order_id>/timeline",
        "*",
        {"order_id": "order"},
        values={"access_token": "order_token"},
        secret="access_token",
    ),
    Route("/my/status-mails", "GET,POST", values={"saved": "=1", "rule_tracking": "=on"}, mine=True),
    Route(
        "/report/<converter>/<reportname>/<docids>",
        "*",
        {"converter": "=html", "reportname": "=sale.report_saleorder", "docids": "order"},
        ("clerk",),
        foreign=True,
    ),
    Route(
        "/report/<converter>/<reportname>",
        "*",
        {"converter": "=html", "reportname": "=sale.report_saleorder"},
        foreign=True,
        mine=True,
    ),
]

ROUTES = [*ORDER_STATUS, *all_of("ROUTES")]
