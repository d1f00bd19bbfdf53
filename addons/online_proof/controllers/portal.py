from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import AccessError, MissingError
from odoo.http import request


class ProofPortal(CustomerPortal):
    """The proofs of the logged-in customer's own company."""

    _proofs_per_page = 20

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "proof_count" in counters:
            values["proof_count"] = self._count_proofs([])
        if "proof_waiting_count" in counters:
            values["proof_waiting_count"] = self._count_proofs([("state", "=", "sent")])
        return values

    def _count_proofs(self, domain):
        proofs = request.env["online.proof"]
        return proofs.search_count(domain) if proofs.has_access("read") else 0

    @http.route(["/my/proofs", "/my/proofs/page/<int:page>"], type="http", auth="user", website=True)
    def my_proofs(self, page=1, **kwargs):
        """List the customer's proofs, those that wait for an answer first."""
        proofs = request.env["online.proof"]
        pages = pager("/my/proofs", proofs.search_count([]), page=page, step=self._proofs_per_page)
        found = proofs.search([], order="id desc", limit=self._proofs_per_page, offset=pages["offset"])
        values = self._prepare_portal_layout_values()
        person = request.env.user.partner_id
        found_sudo = found.sudo()  # names of orders and pictures of proofs that the record rule lets through
        values.update(
            proofs=found_sudo,
            labels={proof.id: proof._get_reader_label(person) for proof in found_sudo},
            page_name="proof",
            pager=pages,
            default_url="/my/proofs",
        )
        return request.render("online_proof.portal_my_proofs", values)

    @http.route("/my/proofs/<int:proof_id>", type="http", auth="user", website=True)
    def my_proof(self, proof_id, **kwargs):
        """Go to the proof with the visitor's own link; who was not asked may look and comment, and gets no say."""
        try:
            proof_sudo = self._document_check_access("online.proof", proof_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if request.env.user._is_internal():
            return request.redirect(f"/proof/staff/{proof_sudo.id}")
        partner_sudo = request.env.user.partner_id
        people = proof_sudo.reviewer_ids.filtered(lambda person: person.partner_id == partner_sudo)
        reviewer = people.sorted("link_revoked")[:1] or people._get_or_create(
            proof_sudo, partner_sudo, can_decide=False
        )
        return request.redirect(reviewer._get_address())
