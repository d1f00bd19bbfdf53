"""The table of our models' methods that RPC can call.

A public method that no addon's ``tests/surface.py`` names fails ``test_rpc``; once it is there, it is called by
everybody who has no role for it, and has to show and change nothing.
"""

from tools.surfaces import methods

#: model: methods that our addons define, or override
CENTRAL = {
    "account.move": "write",
    "res.company": "create",
    "res.config.settings": "set_values",
    "res.partner": "write",
    "sale.order": ("action_confirm action_draft action_set_production_status action_view_proof create unlink write"),
    "sale.order.line": "unlink write",
}
METHODS = methods(CENTRAL)
