"""What the supplier was told was not kept by line: orders that it has, or may have, were closed since."""

import json


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """SELECT x.id, l.id, COALESCE(l.expected_price, l.price_unit * (1 - COALESCE(l.discount, 0) / 100)),
                  l.product_qty, l.product_id
             FROM supplier_exchange x JOIN purchase_order_line l ON l.order_id = x.purchase_id
            WHERE x.operation = 'order' AND x.state IN ('queued', 'sending', 'unknown', 'done') AND x.sent_lines IS NULL
              AND l.display_type IS NULL AND l.product_qty > 0 AND l.create_date <= x.create_date
            ORDER BY x.id, l.id"""
    )
    rows = {}
    for exchange_id, line_id, price, quantity, product_id in cr.fetchall():
        rows.setdefault(exchange_id, []).append(
            {
                "position": line_id,
                "number": "",
                "quantity": str(quantity),
                "unit": "",
                "price": str(price) if price else None,
                "product_id": product_id,
            }
        )
    for exchange_id, lines in rows.items():
        cr.execute("UPDATE supplier_exchange SET sent_lines = %s WHERE id = %s", [json.dumps(lines), exchange_id])
