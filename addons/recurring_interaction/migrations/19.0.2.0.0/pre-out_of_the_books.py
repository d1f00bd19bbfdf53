"""Views of patterns that were invoices go before the models change; the demo pattern keeps its external id."""

OLD_VIEWS = (
    "account_move_view_form_recurring",
    "account_move_view_list_recurring",
    "account_move_view_search_recurring",
    "account_move_view_list_add_recurring",
)
OLD_ACTIONS = ("account_move_action_recurring", "account_move_action_add_recurring")


def migrate(cr, version):
    """Delete what shows patterns in the invoice form."""
    cr.execute(
        """DELETE FROM ir_act_window_view WHERE act_window_id IN
             (SELECT res_id FROM ir_model_data WHERE module = 'recurring_interaction' AND name = ANY(%s))""",
        [list(OLD_ACTIONS)],
    )
    cr.execute(
        """UPDATE ir_act_window SET view_id = NULL, search_view_id = NULL, path = NULL WHERE id IN
             (SELECT res_id FROM ir_model_data WHERE module = 'recurring_interaction' AND name = ANY(%s))""",
        [list(OLD_ACTIONS)],
    )
    # the extension first: it stands on none of the others, the others stand on Odoo's
    for name in reversed(OLD_VIEWS):
        cr.execute(
            """DELETE FROM ir_ui_view WHERE id IN (SELECT res_id FROM ir_model_data
                WHERE module = 'recurring_interaction' AND name = %s AND model = 'ir.ui.view')""",
            [name],
        )
    cr.execute("DELETE FROM ir_model_data WHERE module = 'recurring_interaction' AND name = ANY(%s)", [list(OLD_VIEWS)])
    # so that the demo data is not made a second time; the row it stands for is made afterwards
    cr.execute(
        """UPDATE ir_model_data SET name = 'recurring_invoice_maintenance'
            WHERE module = 'recurring_interaction' AND name = 'account_move_pattern_maintenance'"""
    )
