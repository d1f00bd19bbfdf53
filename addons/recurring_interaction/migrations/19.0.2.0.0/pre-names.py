"""``recurring.issue`` became ``recurring.interaction.invoice``, and what points at it is called so."""

from odoo.addons.base_safeguard.upgrade import rename_column, rename_field, rename_model


def migrate(cr, version):
    """Rename the model, the activity's link to it and the list of the interaction."""
    if not version:
        return
    rename_column(cr, "mail.activity", "recurring_issue_id", "recurring_interaction_invoice_id")
    rename_model(cr, "recurring.issue", "recurring.interaction.invoice")
    rename_field(cr, "recurring.interaction", "issue_ids", "interaction_invoice_ids")
