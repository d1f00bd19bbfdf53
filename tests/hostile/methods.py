"""The table of our models' methods that RPC can call.

A public method that no addon's ``tests/surface.py`` names fails ``test_rpc``; once it is there, it is called by
everybody who has no role for it, and has to show and change nothing.
"""

from tools.surfaces import methods

#: model: methods that our addons define, or override
CENTRAL = {
    "account.move": "write",
    "online.proof": (
        "action_bill_changes action_check_evidence action_extend action_open_viewer action_record_decision"
        " action_remind action_send action_view_order get_upload_progress message_post unlink write"
    ),
    "online.proof.comment": "action_reopen action_resolve create",
    "online.proof.correct": "action_correct",
    "online.proof.decision": "action_bill_changes action_download_files create write",
    "online.proof.file": "unlink write",
    "online.proof.finding": "action_show",
    "online.proof.guarded": "create write",
    "online.proof.keep": "action_keep",
    "online.proof.record": "action_record",
    "online.proof.reviewer": "action_resend action_restore action_revoke write",
    "online.proof.revision": "action_certificate action_copy_previous_files action_natural_order action_open_viewer",
    "online.proof.send": "action_send",
    "online.proof.terms": "action_new_version action_publish action_view_acceptances write",
    "online.proof.terms.acceptance": "write",
    "order.status.event": "action_open_order action_same_mail",
    "order.status.snapshot": "action_retry_now action_revoke_links",
    "payment.transaction": "write",
    "res.company": "create",
    "res.config.settings": "action_edit_status_mail set_values",
    "res.partner": "write",
    "sale.order": (
        "action_confirm action_draft action_preview_status_mail"
        " action_set_production_status action_view_proof"
        " action_view_status_events create unlink write"
    ),
    "sale.order.line": "unlink write",
    "stock.picking": "create write",
    "website": "write",
}
METHODS = methods(CENTRAL)
