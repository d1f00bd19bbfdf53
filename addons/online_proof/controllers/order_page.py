from odoo import http
from odoo.addons.base_safeguard.http import private_response
from odoo.http import request
from odoo.tools import format_date
from werkzeug.exceptions import Gone

from .pictures import proof_routes
from .viewer import say
from .visitor import Visitor


class ProofOrderPage(http.Controller):
    """All proofs of an order on one page."""

    @http.route(
        proof_routes("/order"),
        type="http",
        auth="public",
        website=True,
        multilang=False,
        methods=["GET"],
        sitemap=False,
    )
    def order(self, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show this person's proofs of the order, each with its state, to be decided one by one."""
        try:
            visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        except Gone:
            return private_response(request.render("online_proof.viewer_gone", {"no_header": True}, status=410))
        cards = [self._prepare_card_values(*sibling) for sibling in visitor.siblings()]
        values = {
            "no_header": True,
            "no_footer": True,
            "visitor": visitor,
            "proof": visitor.proof,
            "company": visitor.proof.company_id,
            "cards": cards,
            "waiting": sum(card["yours"] for card in cards),
            "say": say,
        }
        return private_response(request.render("online_proof.order_proofs", values))

    def _prepare_card_values(self, proof, url, reviewer):
        latest, state = proof.latest_revision_id or proof.draft_revision_id, proof._get_present_state()
        code, label = proof._get_person_label(reviewer)
        base, _mark, query = url.partition("?")
        picture = f"{base}/page/{latest.page_ids.sorted('number')[:1].id}/thumbnail"
        return {
            "proof": proof,
            "revision": latest,
            "state": state,
            "yours": code == "yours",
            "label": label,
            "url": url,
            "picture": f"{picture}?{query}" if query else picture,
            "deadline": format_date(request.env, proof.deadline) if proof.deadline and state == "sent" else "",
            "lines": proof._get_proof_facts()["lines"],
        }
