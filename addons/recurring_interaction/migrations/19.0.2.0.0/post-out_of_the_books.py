"""Recurring invoices that were draft entries with a flag become records of their own; the entries go."""

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

MOVE_FIELDS = (
    "journal_id", "currency_id", "partner_shipping_id", "fiscal_position_id", "invoice_payment_term_id",
    "preferred_payment_method_line_id", "partner_bank_id", "payment_reference", "qr_code_method", "ref",
    "invoice_user_id", "campaign_id", "medium_id", "source_id", "invoice_incoterm_id", "incoterm_location",
    "invoice_cash_rounding_id", "narration",
)  # fmt: skip
LINE_FIELDS = (
    "sequence", "display_type", "product_id", "name", "account_id", "quantity", "product_uom_id", "price_unit",
    "discount", "tax_ids", "analytic_distribution", "collapse_composition", "collapse_prices",
)  # fmt: skip
#: What is attached to a record by model and number.
ATTACHED = (("mail_message", "model"), ("mail_followers", "res_model"), ("ir_attachment", "res_model"),
            ("mail_activity", "res_model"))  # fmt: skip


def migrate(cr, version):
    """Make a recurring invoice of each pattern, with its lines, messages and files, and delete the entry."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False, "tracking_disable": True, "mail_notrack": True,
                                             "mail_create_nolog": True, "mail_create_nosubscribe": True})  # fmt: skip
    cr.execute("SELECT id, move_id FROM recurring_recurrence WHERE kind = 'invoice' AND move_id IS NOT NULL")
    made = {move: _make(env, recurrence, env["account.move"].browse(move)) for recurrence, move in cr.fetchall()}
    env.flush_all()
    for move, invoice in made.items():
        _take_along(cr, env, move, invoice.id)
    env.invalidate_all()
    moves = env["account.move"].browse(made)
    cr.execute("UPDATE recurring_recurrence SET move_id = NULL WHERE move_id IS NOT NULL")
    moves.with_context(force_delete=True).unlink()


def _make(env, recurrence, move):
    values = {name: _value(move, name) for name in MOVE_FIELDS}
    lines = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
    invoice = env["recurring.invoice"].create(
        {
            **values,
            "recurrence_id": recurrence,
            "sales_team_id": move.team_id.id,
            "invoice_line_ids": [Command.create({name: _value(line, name) for name in LINE_FIELDS}) for line in lines],
        }
    )
    _note_agreed(invoice.invoice_line_ids)
    return invoice


def _note_agreed(lines):
    """Note taxes and accounts that Odoo would not choose by now as agreed: a person is asked before they are billed."""
    for line in lines.filtered("product_id"):
        if line.tax_ids != line.tax_found_ids:
            line.tax_source_ids = line._unmapped_taxes()
            line.tax_found_ids = line.tax_ids
        if line.account_id != line.account_found_id:
            line.account_found_id = line.account_id


def _value(record, name):
    return record._fields[name].convert_to_write(record[name], record)


def _take_along(cr, env, move, invoice):
    model_id = env["ir.model"]._get_id("recurring.invoice")
    for table, column in ATTACHED:
        more = f", res_model_id = {int(model_id)}" if table == "mail_activity" else ""
        cr.execute(
            f"UPDATE {table} SET {column} = 'recurring.invoice', res_id = %s{more}"  # noqa: S608 - constants
            f" WHERE {column} = 'account.move' AND res_id = %s",
            [invoice, move],
        )
    cr.execute(
        """UPDATE ir_model_data SET model = 'recurring.invoice', res_id = %s
            WHERE module = 'recurring_interaction' AND model = 'account.move' AND res_id = %s""",
        [invoice, move],
    )
