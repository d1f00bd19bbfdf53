"""The table of our models' methods that RPC can call.

A public method that no addon's ``tests/surface.py`` names fails ``test_rpc``; once it is there, it is called by
everybody who has no role for it, and has to show and change nothing.
"""

from tools.surfaces import methods

#: model: methods that our addons define, or override
CENTRAL = {
    "account.move": "write",
    "order.status.event": "action_open_order action_same_mail",
    "order.status.snapshot": "action_retry_now action_revoke_links",
    "payment.transaction": "write",
    "res.company": "create",
    "res.config.settings": "action_edit_status_mail set_values",
    "res.partner": "write",
    "sale.order": (
        "action_confirm action_draft action_preview_status_mail"
        " action_set_production_status action_view_proof"
        " action_view_status_events create unlink write"
    ),
    "sale.order.line": "unlink write",
    "stock.picking": "create write",
    "website": "write",
}
METHODS = methods(CENTRAL)
