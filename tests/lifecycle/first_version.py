"""Rows that the demo data of the first version did not have, written as that version wrote them."""

import json

#: Numbers that no demo data reaches.
NUMBER = 900_001
#: A posted invoice of the demo data that the pattern is made after.
MODEL = """SELECT min(l.move_id) FROM account_move_line l JOIN account_move m ON m.id = l.move_id
            WHERE m.state = 'posted' AND m.move_type = 'out_invoice' AND m.company_id = 1
              AND l.display_type = 'product' AND l.product_id IS NOT NULL"""


def add_recurring_invoice(cursor):
    """Put in a recurring invoice as it was kept: a draft entry with a flag, and its recurrence."""
    cursor.execute(MODEL)
    [(source,)] = cursor.fetchall()
    pattern = {"state": "draft", "name": None, "is_recurring_pattern": True, "ref": "PO-1", "payment_state": "not_paid",
               "sequence_prefix": None, "sequence_number": 0, "access_token": None, "invoice_date": None,
               "payment_reference": None, "narration": "<p>Thank you</p>"}  # fmt: skip
    _copy(cursor, "account_move", "id = %s", [source], {**pattern, "id": NUMBER})
    _copy(cursor, "account_tax", "id = (SELECT account_sale_tax_id FROM res_company WHERE id = 1)", [],
          {"id": NUMBER, "name": {"en_US": "As agreed"}})  # fmt: skip
    lines = "move_id = %s AND display_type = 'product'"
    cursor.execute(f"SELECT id FROM account_move_line WHERE {lines} ORDER BY id", [source])  # noqa: S608 - a constant
    for number, (line,) in enumerate(cursor.fetchall()):
        values = {"id": NUMBER + number, "move_id": NUMBER, "parent_state": "draft", "name": "Care {month_year}"}
        _copy(cursor, "account_move_line", "id = %s", [line], {**values, "quantity": 3, "price_unit": 12.5})
        # a tax that the product does not have any more
        cursor.execute(
            "INSERT INTO account_move_line_account_tax_rel (account_move_line_id, account_tax_id) VALUES (%s, %s)",
            [NUMBER + number, NUMBER],
        )
    recurrence = {"id": NUMBER, "name": "Care", "kind": "invoice", "move_id": NUMBER, "is_generated": False,
                  "generated_key": None, "refill_on": None, "auto_issue": True, "catch_up": True}  # fmt: skip
    _copy(cursor, "recurring_recurrence", "name = 'Check the stock'", [], recurrence)
    cursor.execute(
        """UPDATE recurring_recurrence SET partner_id = m.partner_id FROM account_move m
            WHERE m.id = move_id AND recurring_recurrence.id = %s""",
        [NUMBER],
    )
    cursor.execute("UPDATE account_move SET recurring_recurrence_id = id WHERE id = %s", [NUMBER])
    cursor.execute(
        "INSERT INTO mail_message (model, res_id, message_type, body, date)"
        " VALUES ('account.move', %s, 'comment', 'Agreed by phone', now())",
        [NUMBER],
    )
    return source


def _copy(cursor, table, where, parameters, values):
    """Insert a copy of a row with some other values."""
    cursor.execute(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, %s::jsonb)).* FROM {table} t WHERE {where}",  # noqa: S608 - constants
        [json.dumps(values), *parameters],
    )
