from odoo.api import SUPERUSER_ID, Environment

#: Elements of products: now a bill with quantities.
BILL = """
    INSERT INTO product_warranty_element (product_tmpl_id, element_id, quantity, create_uid, create_date)
         SELECT product_tmpl_id, product_id, 1, 1, now() AT TIME ZONE 'UTC'
           FROM product_template_warranty_element_rel
    ON CONFLICT DO NOTHING"""
#: What warranties have paid for: the free lines of service orders.
CLAIMS = """
    INSERT INTO service_warranty_claim
                (warranty_id, chain_id, company_id, dossier_id, sale_line_id, order_name, element_id, product_id,
                 quantity, date, state, create_uid, create_date)
         SELECT w.id, w.id, w.company_id, o.dossier_id, l.id, o.name,
                CASE WHEN l.product_id = w.product_id THEN NULL ELSE l.product_id END, l.product_id,
                l.product_uom_qty, o.date_order::date,
                CASE WHEN o.state = 'cancel' THEN 'cancelled' ELSE 'approved' END, 1, now() AT TIME ZONE 'UTC'
           FROM sale_order_line l
           JOIN sale_order o ON o.id = l.order_id
           JOIN service_warranty w ON w.id = l.service_warranty_id
          WHERE l.service_free"""
#: The parts that were configured, by the order line that they became.
LINES = """
    UPDATE service_dossier_line d
       SET sale_line_id = l.id, claim_id = c.id
      FROM sale_order_line l
      JOIN service_warranty w ON w.id = l.service_warranty_id
      LEFT JOIN service_warranty_claim c ON c.sale_line_id = l.id
     WHERE d.order_id = l.order_id AND d.warranty_id = w.id
       AND l.product_id = COALESCE(d.element_id, w.product_id)"""


def migrate(cr, version):
    """Keep what was delivered, claimed and told; end the warranties of what came back."""
    cr.execute("SELECT to_regclass('product_template_warranty_element_rel')")
    if cr.fetchone()[0]:
        cr.execute(BILL)
        cr.execute("DROP TABLE product_template_warranty_element_rel")
    cr.execute(CLAIMS)
    cr.execute(LINES)
    # nobody is told today of deliveries of the past
    cr.execute("UPDATE sale_order SET is_delivery_told = true, is_delivery_untold = false WHERE is_service_order")
    cr.execute(
        """UPDATE service_warranty SET order_number = upper(regexp_replace(trim(order_number), '\\s+', ' ', 'g'))
            WHERE order_number IS NOT NULL"""
    )
    cr.execute(
        """UPDATE helpdesk_ticket t SET commercial_partner_id = d.commercial_partner_id
             FROM service_dossier d WHERE d.id = t.dossier_id"""
    )
    env = Environment(cr, SUPERUSER_ID, {})
    lines = env["sale.order.line"].search([("service_warranty_id", "=", False), ("warranty_ids", "!=", False)])
    env.add_to_compute(lines._fields["warranty_due"], lines)
    lines.flush_recordset(["warranty_due"])
    # begun on a day that their last month does not have: that month's last day is covered as well
    cr.execute(
        """SELECT id FROM service_warranty
            WHERE extract(day FROM date_start) > extract(day FROM date_start + months * interval '1 month')"""
    )
    warranties = env["service.warranty"].browse(row[0] for row in cr.fetchall())
    env.add_to_compute(warranties._fields["date_end"], warranties)
    warranties.flush_recordset(["date_end"])
