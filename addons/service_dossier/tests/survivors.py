"""Mutants that may live, by the reason why (``SURVIVORS`` of ``surface.py``)."""

_REASONS = {
    "a page shows answers by their conversation, and only what has recipients has deliveries of e-mails": (
        "controllers/communication_tab.py CommunicationTab._messages_values: without filtered()",
        "controllers/communication_tab.py CommunicationTab._messages_values: without filtered() (2)",
    ),
    "the guesser is never sure to exactly this share": (
        "list_file.py _likely_encoding: limit '> 0.85' of \"(guess['confidence'] or 0) > 0.85\" by one",
    ),
    "bytes of a mail become U+DC80 to U+DCFF only": (
        "mail_parts.py _odd_headers: limit '<= character' of \"'\\\\ud800' <= character <= '\\\\udfff'\" by one",
        "mail_parts.py _odd_headers: limit \"<= '\\\\udfff'\" of \"'\\\\ud800' <= character <= '\\\\udfff'\" by one",
    ),
    "one of the two: a blank first line ends the way up like no line at all": (
        "mail_quote.py _with_rule: limit '>= 0' of 'above >= 0' by one",
    ),
    "the last one is no quote": ("mail_quote.py _choose: limit '<= last' of 'number <= last' by one",),
    "no introduction is that long; the limit saves time": (
        "mail_quote.py _read_introduction: limit '> LONGEST' of 'sum(map(len, texts)) > LONGEST' by one",
    ),
    "of nothing that came back nothing ends": (
        "models/sale_order_line.py SaleOrderLine._update_warranties: limit '< 0' of 'line.warranty_due < 0' by one",
    ),
    "Odoo lets nobody delete its own units": (
        "models/service_dossier_line.py ServiceDossierLine._check_pieces: without 'unit'",
    ),
    "an order that waits for a decision holds nothing else": (
        "models/service_dossier_line.py ServiceDossierLine._place_orders: without filtered() (2)",
    ),
    "an answer to a request has another type than the request": (
        "models/service_dossier_service.py ServiceDossier._claim_day: without \"('parent_id', '=', False)\"",
    ),
    "nobody else has the right to read these mails, which is asked a line before": (
        "models/service_dossier_unplaced.py ServiceDossierUnplaced._check_handling: never refuses",
    ),
    "nobody else has the right to open this window": (
        "wizards/service_dossier_place.py ServiceDossierPlace.action_attach: without "
        "'self.unplaced_id._check_handling()'",
    ),
    "both domains find the same": (
        "controllers/portal.py ServiceDossierPortal._warranty_search_domain: limit '< COUNT_LIMIT' of 'len(found) < "
        "COUNT_LIMIT' by one",
    ),
    "Odoo's own write refuses after it, and what was done before is taken back": (
        "models/helpdesk_ticket_flow.py HelpdeskTicket.action_merge: without \"self.check_access('write')\"",
    ),
    "the record's customer, which is read next, is refused, too": (
        "models/service_customer_mixin.py ServiceCustomerMixin._hand_over: without \"self.check_access('write')\"",
    ),
    "more rows are read, each record looks its own up": (
        "models/service_dossier.py ServiceDossier._compute_order_count: without \"('dossier_id', 'in', self.ids)\"",
        "models/service_dossier.py ServiceDossier._compute_warranty_count: without \"('dossier_id', 'in', self.ids)\"",
        "report/dossier_report.py ReportDossier._get_report_values: without \"('message_id', 'in', messages.ids)\"",
        "report/dossier_report.py ReportDossier._get_report_values: without \"('dossier_id', 'in', docids)\"",
        "controllers/communication_tab.py CommunicationTab._messages_values: without \"('root_id', 'in', "
        'roots.ids)" (2)',
        "models/sale_order_line.py SaleOrderLine._compute_warranty_due: without \"('sale_line_id', 'in', self.ids)\"",
        "models/service_dossier.py ServiceDossier._compute_unread_count: without \"('dossier_id', 'in', self.ids)\"",
        "models/service_dossier_message_mail.py ServiceDossierMessage._removed: without \"('partner_id', 'in', "
        'partners.ids)"',
        "models/service_warranty_claim.py ServiceWarrantyClaim._get_claimed: without \"('chain_id', 'in', "
        "[warranty._chain().id for warranty in wa",
        "models/service_warranty_lines.py ServiceWarranty._import_lookups: without \"('name', 'in', list(numbers))\"",
    ),
    "the warranties of the dossier, which are read next, are refused, too": (
        "models/service_dossier.py ServiceDossier.action_post_warranty_document: without "
        "\"self.check_access('write')\"",
    ),
    "whether a part was ordered, which is read next, is refused, too": (
        "models/service_dossier_line.py ServiceDossierLine._remove: without \"self.check_access('read')\"",
    ),
    "the claim's state, which is read next, is refused, too": (
        "models/service_warranty_claim.py ServiceWarrantyClaim._decide: without \"self.check_access('write')\"",
    ),
    "the mail, which is read next, is refused, too": (
        "models/service_dossier_unplaced.py ServiceDossierUnplaced._check_handling: without "
        "\"self.check_access('read')\"",
    ),
    "a user has the address of its contact, and is found before": (
        "models/res_users.py ResUsers._known_dossier_colleague: without \"('user_ids', '=', False)\"",
    ),
    "where nothing is due nothing is resumed": (
        "models/sale_order_line.py SaleOrderLine._update_warranties: limit '> 0' of 'line.warranty_due > 0' by one",
    ),
    "where nothing is due no number is given": (
        "models/sale_order_line.py SaleOrderLine._prepare_warranty_values: limit '<= 0' of 'self.warranty_due <= 0' "
        "by one",
    ),
    "only managers have the right to write claims, which is asked next": (
        "models/service_warranty_claim.py ServiceWarrantyClaim._decide: without 'self._check_decides()'",
    ),
    "each ticket takes its own conversation's files; it saves time": (
        "models/helpdesk_ticket.py HelpdeskTicket._compute_dossier_file_ids: without \"('thread_id', 'in', "
        'thread_ids)"',
    ),
    "a ticket without a dossier has no deadline": (
        "models/helpdesk_ticket.py HelpdeskTicket._cron_escalate_responses: without \"('dossier_id', '!=', False)\"",
    ),
    "no time lies between the two": (
        "models/helpdesk_ticket_times.py HelpdeskTicket._working_hours_until: limit '<= start' of 'moment <= start' "
        "by one",
    ),
    "0 is 0 either way": (
        "models/sale_order_line.py SaleOrderLine._compute_warranty_due: limit '< 0' of 'due < 0' by one",
    ),
    "nobody else has the right to read the mail, which is read next": (
        "models/service_dossier_unplaced.py ServiceDossierUnplaced.action_attach: without 'self._check_handling()'",
        "models/service_dossier_unplaced.py ServiceDossierUnplaced.action_choose_dossier: without "
        "'self._check_handling()'",
        "models/service_dossier_unplaced.py ServiceDossierUnplaced.action_answer: without 'self._check_handling()'",
        "models/service_dossier_unplaced.py ServiceDossierUnplaced.action_discard: without 'self._check_handling()'",
        "models/service_dossier_unplaced.py ServiceDossierUnplaced.action_wait: without 'self._check_handling()'",
    ),
    "Odoo handles a mail server's report before it looks for a place for it, and raises for none": (
        "models/mail_thread.py MailThread.message_route: without 'is_bounce'",
    ),
    "more people are compared, nobody else's company changes; it saves time": (
        "models/res_partner.py ResPartner.write: without \"('id', 'child_of', self.ids)\"",
    ),
    "who follows no dossier is unsubscribed from none": (
        "models/res_partner.py ResPartner._leave_documents: without \"('message_partner_ids', 'in', self.ids)\"",
    ),
    "what was below zero has ended its warranties before, and where nothing is due nothing is resumed": (
        "models/sale_order_line.py SaleOrderLine._update_warranties: without filtered() (2)",
    ),
    "what replaces nothing has nothing that it replaces": (
        "models/sale_order_line.py SaleOrderLine._update_warranties: without filtered() (3)",
    ),
    "where nothing is due nothing is made, ended or resumed; it saves locks": (
        "models/sale_order_line.py SaleOrderLine._update_warranties: without filtered() (4)",
    ),
    "more orders are asked, each is asked for it once more; it saves time": (
        "models/sale_order_line.py SaleOrderLine._cron_create_warranties: without \"('is_delivery_untold', '=', "
        'True)"',
    ),
    "Odoo's own unlink refuses after it, and what was deleted before is taken back": (
        "models/service_dossier.py ServiceDossier.unlink: without \"self.check_access('unlink')\"",
    ),
    "nobody else has the right to write dossiers, which is asked next": (
        "models/service_dossier.py ServiceDossier.action_post_warranty_document: never refuses",
    ),
    "of an order that is none, or none any more, nothing is due": (
        "models/service_dossier_service.py ServiceDossier._update_warranties: without \"('state', '=', 'sale')\"",
    ),
    "of one customer that customer is left": (
        "models/service_warranty_lines.py ServiceWarranty._find_customer: limit '> 1' of 'len(customer) > 1' by one "
        "(2)",
    ),
    "employees who follow are told before, as employees": (
        "models/service_dossier_message_mail.py ServiceDossierMessage._notified_partners: without filtered() (4)",
    ),
    "a number with a wrong check digit is not stored, so there is none to be found": (
        "models/service_warranty.py ServiceWarranty._find_by_number: without 'not found'",
    ),
}

SURVIVORS = {f"service_dossier/{name}": reason for reason, names in _REASONS.items() for name in names}
