"""What became of the data of the first version: rows added to its dump, and columns that the updates changed."""

#: Rows that the dump lacks, as the first version wrote them.
ADDED = (
    "INSERT INTO recurring_feed (user_id, token_digest) VALUES (2, repeat('ab', 32))",
    """INSERT INTO supplier_exchange
           (connection_id, company_id, partner_id, purchase_id, attempts, operation, message_id, state, create_date,
            next_try, sent_at, answered_at, lease_until)
       SELECT c.id, c.company_id, c.partner_id, p.id, 1, 'order', 'upgrade-1', 'done', now(), now(), now(), now(),
              now()
         FROM supplier_connection c, purchase_order p
        WHERE p.id = (SELECT min(order_id) FROM purchase_order_line WHERE product_qty > 0 AND display_type IS NULL)
        ORDER BY c.id LIMIT 1""",
    """INSERT INTO purchase_photo_link (purchase_id, company_id, nonce, expires_at, revoked)
       SELECT id, company_id, 'nonce-of-the-first-version', now() + interval '1 day', false
         FROM purchase_order ORDER BY id LIMIT 1""",
    """INSERT INTO online_proof_reviewer
           (proof_id, company_id, partner_id, name, email, kind, access_token, can_comment, can_decide, expiry_date)
       SELECT id, company_id, partner_id, 'Old Link', 'old@example.com', 'customer', 'token-of-the-first-version',
              true, true, '2031-01-01'
         FROM online_proof ORDER BY id LIMIT 1""",
    """INSERT INTO mail_message (message_type, model, res_id, body, date)
       SELECT 'comment', 'online.proof', proof_id,
              '<a href="https://shop.example.com/proof/' || id || '?access_token=token-of-the-first-version">See</a>',
              now() AT TIME ZONE 'UTC'
         FROM online_proof_reviewer""",
    # two status mails: one that came back, one that waits in the queue
    """INSERT INTO mail_message (model, res_id, message_type, subject, body, message_id, date)
       SELECT 'sale.order', min(order_id), 'auto_comment', 'Your order: what is new', '<p>Packed</p>', header, now()
         FROM order_status_snapshot, unnest(ARRAY['<came-back@first>', '<waits@first>']) AS header GROUP BY header""",
    """INSERT INTO mail_notification (mail_message_id, res_partner_id, notification_type, notification_status,
                                      failure_reason)
       SELECT m.id, o.partner_id, 'email', CASE m.message_id WHEN '<waits@first>' THEN 'ready' ELSE 'bounce' END,
              'mailbox full'
         FROM mail_message m JOIN sale_order o ON o.id = m.res_id WHERE m.message_id LIKE '%@first>'""",
    """INSERT INTO mail_mail (mail_message_id, state, body_html)
       SELECT id, 'outgoing', body FROM mail_message WHERE message_id = '<waits@first>'""",
    """INSERT INTO order_status_event (order_id, company_id, website_id, partner_id, rule, topic, new_value, found_at,
                                       message_id)
       SELECT o.id, o.company_id, o.website_id, o.partner_id, 'picked', 'picked', 'True', now(), m.id
         FROM mail_message m JOIN sale_order o ON o.id = m.res_id WHERE m.message_id LIKE '%@first>'""",
    """INSERT INTO service_dossier_line (dossier_id, warranty_id, found_by, quantity)
       SELECT d.id, w.id, 'number', 1 FROM service_dossier d, service_warranty w
        WHERE d.commercial_partner_id = w.commercial_partner_id ORDER BY d.id, w.id LIMIT 1""",
    "UPDATE website SET status_mail_tracking_mandatory = TRUE, status_mail_slip = FALSE",
    """INSERT INTO recurring_issue
           (interaction_id, recurrence_id, company_id, partner_id, attempts, state, reason, next_try)
       SELECT i.id, i.recurrence_id, i.company_id, p.id, 2, 'failed', 'The customer has no e-mail address.', now()
         FROM recurring_interaction i, res_partner p WHERE p.email IS NULL ORDER BY i.id, p.id LIMIT 1""",
    """UPDATE mail_activity SET recurring_issue_id = (SELECT id FROM recurring_issue)
        WHERE id = (SELECT min(id) FROM mail_activity WHERE recurring_issue_id IS NULL)""",
    "INSERT INTO recurring_feed_link (url) VALUES ('https://example.com/recurring_interaction/feed/secret.ics')",
)
#: Tables that have another name.
RENAMED_TABLES = {
    "recurring_issue": "recurring_interaction_invoice",
    "order_status_touch": "order_status_mark",
}
#: What is kept under another name.
RENAMED = {
    ("recurring_feed", "token_digest"): "access_link_previous_digest",
    ("recurring_feed", "last_used"): "date_last_used",
    ("mail_activity", "recurring_issue_id"): "recurring_interaction_invoice_id",
    ("recurring_issue", "next_try"): "date_next_try",
    ("purchase_photo_link", "expires_at"): "date_link_expiry",
    ("purchase_photo_link", "revoked"): "link_revoked",
    ("helpdesk_ticket", "first_response_date"): "date_first_response",
    ("helpdesk_ticket", "response_deadline"): "date_response_deadline",
    ("service_dossier_message", "header_id"): "mail_header",
    ("service_dossier_file", "deactivated_date"): "date_deactivated",
    ("online_proof_reviewer", "revoked"): "link_revoked",
    ("online_proof_template_text", "colour"): "color",
    ("online_proof", "decided_date"): "date_decided",
    ("online_proof_reviewer", "sent_date"): "date_sent",
    ("online_proof_revision", "sent_date"): "date_sent",
    ("online_proof_terms", "published_date"): "date_published",
    ("online_proof_view", "first_date"): "date_first_opened",
    ("online_proof_view", "last_date"): "date_last_opened",
}
RENAMED |= {
    ("order_status_event", "found_at"): "date_found",
    ("order_status_snapshot", "changed_on"): "date_changed",
    ("order_status_snapshot", "retry_at"): "date_next_try",
    ("stock_picking", "slip_printed_on"): "date_slip_printed",
}
RENAMED |= {
    ("supplier_connection", "last_test_at"): "date_last_test",
    ("supplier_exchange", "message_id"): "message_number",
    ("supplier_exchange", "lease_until"): "date_lease_end",
    ("supplier_exchange", "next_try"): "date_next_try",
    ("supplier_exchange", "sent_at"): "date_sent",
    ("supplier_exchange", "answered_at"): "date_answered",
    ("purchase_order", "next_status_at"): "date_next_status",
    ("purchase_photo_link", "last_used_at"): "date_last_used",
    ("credit_reservation", "expires_at"): "date_expiry",
}
#: The switches of the status mails' rules were fields of the website.
STATUS_RULES = ("status", "slip", "picked", "tracking", "delivered", "date", "stock")
#: Windows that kept what is secret: their rows go on purpose.
EMPTIED = {"recurring_feed_link"}
#: The moment of a change is not data.
UNCOMPARED = {"write_date", "write_uid"}
#: Addons that the first version did not have.
LATER = {"base_safeguard"}
#: What is kept in another form since, and has a test of its own below.
TRANSFORMED = {
    ("order_status_snapshot", "access_token"),
    ("order_status_snapshot", "token_expires_on"),
    *(("website", f"status_mail_{code}{suffix}") for code in STATUS_RULES for suffix in ("", "_mandatory")),
    ("credit_account", "balance_units"),
    ("credit_account", "reserved_units"),
    ("credit_transaction", "balance_units"),
    ("purchase_photo_link", "nonce"),
    *(
        ("supplier_connection", name)
        for name in ("connector", "nordteile_branch_code", "has_own_wsdl", "wsdl_filename")
    ),
    ("supplier_connection", "mapping_duplicate_codes"),
    ("online_proof_decision", "withdrawn_date"),
    ("online_proof_reviewer", "access_token"),
    ("online_proof_reviewer", "expiry_date"),
    ("account_move", "is_recurring_pattern"),
    ("account_move", "recurring_recurrence_id"),
    ("recurring_recurrence", "move_id"),
}
