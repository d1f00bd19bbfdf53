"""The digests of the addresses that were given away."""

from odoo import SUPERUSER_ID, api
from odoo.tools import hmac


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    for link in env["purchase.photo.link"].search([("access_link_digest", "=", False)]):
        # as the version before computed it
        parts = (link.id, link.purchase_id.id, link.access_link_nonce)
        token = hmac(env, "supplier_webservice_order.workshop", parts)[:43]
        link.write({"access_link_nonce": False, "access_link_previous_digest": link._hash_access_token(token)})
