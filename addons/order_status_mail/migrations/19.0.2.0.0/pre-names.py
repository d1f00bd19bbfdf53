"""``order.status.touch`` became ``order.status.mark``: what its methods and the documentation call such a row."""

from odoo.addons.base_safeguard.upgrade import rename_model


def migrate(cr, version):
    """Rename the model."""
    if version:
        rename_model(cr, "order.status.touch", "order.status.mark")
