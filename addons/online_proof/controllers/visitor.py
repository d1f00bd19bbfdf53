"""Who looks at a proof, and what that person may see and do."""

from odoo.exceptions import AccessError
from odoo.http import request
from werkzeug.exceptions import Gone, NotFound


class Visitor:
    """A reviewer with a link, or an employee of the shop.

    :ivar reviewer: the reviewer as superuser, empty for an employee
    :ivar proof: the proof as superuser
    :ivar user: the employee, empty for a reviewer
    :ivar token: the secret that the reviewer came with, empty for an employee
    """

    def __init__(self, reviewer, proof, user, token=""):
        self.reviewer, self.proof, self.user, self.token = reviewer, proof, user, token
        self._revisions = None
        self.is_staff = bool(user)
        self.can_comment = self.is_staff or reviewer.can_comment
        self.can_decide = bool(reviewer) and reviewer._may_decide()
        self.can_forward = bool(reviewer) and reviewer.kind != "guest"
        # the total of an order is for the customer's own people
        self.sees_prices = self.is_staff or reviewer._is_of_customer()
        self.name = user.name if user else reviewer.name

    @classmethod
    def of_request(cls, reviewer_id=None, proof_id=None, access_token=None, *, evidence=False):
        """Return who asks; from here on everything is said in that person's language.

        :param evidence: what was decided is asked for: that stays where the order was cancelled
        :raises NotFound: for a wrong link, without a word on whether the proof exists
        :raises Gone: for a link that does not work any more
        """
        if proof_id:
            return cls._employee(proof_id)
        # sudo: the token is the right; what the page shows of the record is chosen below
        reviewers_sudo = request.env["online.proof.reviewer"].sudo()
        reviewer_sudo = reviewers_sudo.search_fetch([("id", "=", reviewer_id or 0)], limit=1)
        if not reviewer_sudo or not reviewer_sudo._has_access_token(access_token):
            raise NotFound
        proof_sudo = reviewer_sudo.proof_id
        language = reviewer_sudo.lang
        if language and language in dict(request.env["res.lang"].get_installed()):
            request.update_context(lang=language)
            reviewer_sudo = reviewer_sudo.with_context(lang=language)
            proof_sudo = reviewer_sudo.proof_id
        cancelled = proof_sudo.state == "cancelled" and not evidence
        if not reviewer_sudo.is_active or cancelled or not proof_sudo.latest_revision_id:
            raise Gone
        return cls(reviewer_sudo, proof_sudo, request.env["res.users"], access_token)

    @classmethod
    def _employee(cls, proof_id):
        # whatever company the website is of: the person's own companies decide
        companies = request.env.user._get_company_ids()
        proof = request.env["online.proof"].with_context(allowed_company_ids=companies).browse(proof_id).exists()
        if not request.env.user.has_group("online_proof.group_online_proof_user") or not proof:
            raise NotFound
        try:
            proof.check_access("read")
        except AccessError as error:
            raise NotFound from error
        # sudo: access is checked above; the page's parts are the same as for the customer
        return cls(request.env["online.proof.reviewer"].sudo(), proof.sudo(), request.env.user)

    def revision(self, revision_id=None):
        """Return the revision asked for, or the newest one that this person may see.

        :raises NotFound: for a revision of another proof, or one that was not sent
        """
        revisions = self.revisions()
        if not revision_id:
            return revisions[:1]
        found = revisions.filtered(lambda revision: revision.id == int(revision_id))
        if not found:
            raise NotFound
        return found

    def revisions(self):
        """Return the revisions that this person may see, newest first."""
        if self._revisions is None:
            self._revisions = self._find_revisions()
        return self._revisions

    def _find_revisions(self):
        # sudo: this person may see the proof, as checked above
        revisions_sudo = request.env["online.proof.revision"].sudo()
        revisions = revisions_sudo.search_fetch([("proof_id", "=", self.proof.id)], order="number desc")
        if self.is_staff:
            return revisions.filtered(lambda revision: revision.state != "draft" or revision.page_ids)
        customer = self.proof.commercial_partner_id
        return revisions.filtered(lambda revision: revision.state != "draft" and revision.customer_id == customer)

    def siblings(self):
        """Return this person's proofs of the order, the open one included: ``(proof, address, reviewer)``."""
        if self.is_staff:
            proofs = self.proof.sale_order_id._get_proofs().filtered(lambda proof: proof.revision_ids.page_ids)
            return [(proof, f"/proof/staff/{proof.id}", self.reviewer) for proof in proofs]
        return [(link.proof_id, self._address_of(link), link) for link in self.reviewer._get_siblings()]

    def _address_of(self, reviewer):
        return self.url() if reviewer == self.reviewer else reviewer._get_address()

    def page(self, page_id):
        """Return a page.

        :raises NotFound: for a page of another proof or of a revision that was not sent
        """
        page_sudo = request.env["online.proof.page"].sudo().browse(page_id).exists()  # checked in the next line
        if not page_sudo or page_sudo.revision_id not in self.revisions():
            raise NotFound
        return page_sudo

    def url(self, path="", **parameters):
        """Return the address of a part of the page for this person."""
        if self.is_staff:
            base = f"/proof/staff/{self.proof.id}"
        else:
            base = f"/proof/{self.reviewer.id}"
            parameters["access_token"] = self.token
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"{base}{path}" + (f"?{query}" if query else "")

    def trace(self):
        """Return from where this person comes, for the record."""
        agent = request.httprequest.user_agent.string or ""
        return {"ip_address": request.httprequest.remote_addr or False, "user_agent": agent[:250]}
