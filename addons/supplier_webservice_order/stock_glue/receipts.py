"""Glue for Odoo's *purchase_stock*, without which this addon works, too.

The methods are put on the registry's classes and taken off again: an inherited model would need that module.
"""

from odoo.exceptions import UserError

from ..const import UNSENT_STATES


def patch(registry):
    """Teach reordering rules and receipts what a supplier knows, where the models are there."""
    rules, moves = registry.get("stock.rule"), registry.get("stock.move")
    if hasattr(rules, "_make_po_get_domain"):
        _patch_rules(rules)
    if moves is not None and "purchase_line_id" in moves._fields:
        _patch_moves(moves)


def unpatch(registry):
    """Take off what :func:`patch` has put on."""
    for model, name in (("stock.rule", "_make_po_get_domain"), ("stock.move", "_action_done")):
        cls = registry.get(model)
        method = cls.__dict__.get(name) if cls is not None else None
        if getattr(method, "supplier_webservice_order", False):
            delattr(cls, name)


def _patch_rules(rules):
    def _make_po_get_domain(self, company_id, values, partner):
        # a reordering rule does not raise what the supplier was told
        domain = super(rules, self)._make_po_get_domain(company_id, values, partner)
        return (*domain, ("webservice_state", "in", UNSENT_STATES))

    _make_po_get_domain.supplier_webservice_order = True
    rules._make_po_get_domain = _make_po_get_domain


def _patch_moves(moves):
    def _action_done(self, *args, **kwargs):
        # whoever receives goods may not see the purchase order
        held_sudo = self.sudo().purchase_line_id.order_id.filtered("receipt_held")
        if held_sudo:
            raise UserError(
                self.env._(
                    "The supplier changed its mind about %(orders)s. A buyer has to look at its answer before "
                    "anything is received.",
                    orders=", ".join(held_sudo.mapped("name")),
                )
            )
        return super(moves, self)._action_done(*args, **kwargs)

    _action_done.supplier_webservice_order = True
    moves._action_done = _action_done
