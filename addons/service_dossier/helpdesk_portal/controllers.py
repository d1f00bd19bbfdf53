"""helpdesk_mgmt's portal routes, made safe."""

import werkzeug
from odoo import http
from odoo.addons.base_safeguard.http import plain_texts, read_id
from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.http import request


class SafeHelpdeskTicketController(HelpdeskTicketController):
    """Tickets are closed by POST, by people who may see them, into stages of their own team."""

    @http.route("/ticket/close", type="http", auth="user", methods=["POST"], csrf=True)
    @plain_texts
    def support_ticket_close(self, ticket_id=None, stage_id=None, **kw):
        """Close a ticket of the current user's.

        Link scanners and forged pages send GET; a ticket of somebody else's looks as if it did not exist.
        """
        ticket_id, stage_id = read_id(ticket_id), read_id(stage_id)
        ticket = request.env["helpdesk.ticket"].search([("id", "=", ticket_id or 0)])
        if not ticket:
            raise request.not_found()
        ticket_sudo = ticket.sudo()  # read access was checked by the search; customers have no write access
        team = ticket_sudo.team_id or ticket_sudo.team_id.with_company(ticket_sudo.company_id)
        stage = team._get_applicable_stages().filtered(lambda s: s.id == stage_id and s.close_from_portal)
        if stage and not ticket_sudo.stage_id.closed:
            ticket_sudo.stage_id = stage
        return werkzeug.utils.redirect(f"/my/ticket/{ticket_id}")
