"""The mail after a transfer carries the purchase order, not a request for quotation."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    template = env.ref("supplier_webservice_order.mail_template_order_photos", raise_if_not_found=False)
    if template and template.report_template_ids == env.ref("purchase.report_purchase_quotation"):
        template.report_template_ids = env.ref("supplier_webservice_order.report_transferred_order")
