"""What the addon does when it is uninstalled."""

from typing import Any


def uninstall_hook(env: Any) -> None:
    """Delete dossiers and warranties first: Odoo deletes the addon's records (demo customers) before its tables."""
    env.flush_all()
    # everything else of a dossier goes by cascade
    env.cr.execute("DELETE FROM service_dossier")
    env.cr.execute("DELETE FROM service_warranty")
    # the field is helpdesk_mgmt's, its index ours
    env.cr.execute("DROP INDEX IF EXISTS helpdesk_ticket__commercial_partner_id_index")
    env.invalidate_all()
