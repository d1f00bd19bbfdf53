from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request
from odoo.tools import format_amount, format_date
from werkzeug.exceptions import Gone, NotFound

from ..const import MAX_REQUEST_FILE_BYTES
from ..engine import const as engine
from .inputs import plain_texts, read_comment, record_id
from .pictures import both, private
from .visitor import Visitor

FORM = {"type": "http", "auth": "public", "methods": ["POST"], "website": True, "multilang": False, "sitemap": False}


class ProofViewer(http.Controller):
    """The proof page. Looking is GET and changes nothing; everything else is POST."""

    # The page

    @http.route(both(""), type="http", auth="public", website=True, multilang=False, methods=["GET"], sitemap=False)
    def page(self, reviewer_id=None, proof_id=None, access_token=None, revision=None, message=None, **kwargs):
        """Show a proof."""
        try:
            visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        except Gone:
            return private(request.render("online_proof.viewer_gone", {"no_header": True}, status=410))
        return self._render(visitor, visitor.revision(record_id(revision)), message=message)

    def _render(self, visitor, revision_sudo, *, message=None, error=None):
        language = visitor.reviewer.lang
        if language and language in dict(request.env["res.lang"].get_installed()):
            request.update_context(lang=language)
            revision_sudo = revision_sudo.with_context(lang=language)
            visitor.proof = visitor.proof.with_context(lang=language)
        if not revision_sudo:
            raise NotFound
        values = self._prepare_page_values(visitor, revision_sudo)
        values.update(message=message, error=error)
        response = request.render("online_proof.viewer", values, status=409 if error else 200)
        return private(response)

    def _prepare_page_values(self, visitor, revision):
        proof, company = visitor.proof, visitor.proof.company_id
        latest = proof._get_latest_revision()
        decisions = request.env["online.proof.decision"].sudo()
        of_latest = decisions._get_standing(latest)
        standing = of_latest if revision == latest else decisions._get_standing(revision)
        mine = standing.filtered(lambda own: own.reviewer_id == visitor.reviewer) if visitor.reviewer else standing[:0]
        open_now = proof.state == "sent" and revision == latest and revision.state == "sent"
        can_decide = visitor.can_decide and open_now and not mine
        terms = request.env["online.proof.terms"].sudo()
        if can_decide:
            terms = terms._get_current(company)
        rate = company.proof_hourly_rate
        data = self._prepare_viewer_values(visitor, revision)
        return {
            "no_header": True,
            "no_footer": True,
            "visitor": visitor,
            "proof": proof,
            "revision": revision,
            "revisions": visitor.revisions(),
            "latest": latest,
            "company": company,
            "can_decide": can_decide,
            "waits_for_others": bool(open_now and mine),
            "standing": standing,
            "withdrawable": visitor.can_decide and bool(proof._get_withdrawable(visitor.reviewer, of_latest)),
            "terms": terms if not terms._is_accepted_by(proof.partner_id) else terms.browse(),
            "rate": format_amount(request.env, rate, company.currency_id) if rate else "",
            "shown_rate": repr(rate),
            "deadline": format_date(request.env, proof.deadline) if proof.deadline else "",
            "data": data,
            "page_count": len(data["pages"]),
            "ready_count": sum(page["state"] != "waiting" for page in data["pages"]),
        }

    def _prepare_viewer_values(self, visitor, revision):
        """Return what the page's script works on."""
        older = visitor.revisions().filtered(lambda other: other.number < revision.number)
        pages = request.env["online.proof.page"].sudo()._fetch_for_viewer(revision | older)
        comments = request.env["online.proof.comment"].sudo()._get_for_revision(revision)
        by_revision = pages.grouped("revision_id")
        return {
            "base": visitor.url().partition("?")[0],
            "token": visitor.reviewer.access_token or "",
            "revision": revision.id,
            "revisionNumber": revision.number,
            "tile": engine.TILE,
            "pages": by_revision.get(revision, pages[:0]).sorted("number")._prepare_viewer_values(),
            "older": [
                {
                    "id": other.id,
                    "number": other.number,
                    "pages": [[page.id, page.state] for page in by_revision.get(other, pages[:0]).sorted("number")],
                }
                for other in older
            ],
            "comments": comments._prepare_viewer_values(),
            "canComment": visitor.can_comment and revision.state != "superseded",
            "canResolve": visitor.is_staff or visitor.can_decide,
            "prepared": revision.is_ready,
        }

    # What the page's script calls; JSON requests of other sites are refused by the browser

    @http.route(both("/progress"), type="jsonrpc", auth="public", methods=["POST"])
    def progress(self, revision=None, reviewer_id=None, proof_id=None, access_token=None):
        """Return which pages can be shown."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        return visitor.revision(record_id(revision))._get_progress()

    @http.route(both("/opened"), type="jsonrpc", auth="public", methods=["POST"])
    def opened(self, revision=None, reviewer_id=None, proof_id=None, access_token=None):
        """Count that a person opened the page; called by the script, which link scanners do not run."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        if visitor.reviewer:
            request.env["online.proof.view"].sudo()._record(
                visitor.reviewer, visitor.revision(record_id(revision)), request.httprequest.remote_addr
            )

    @http.route(both("/comment"), type="jsonrpc", auth="public", methods=["POST"])
    def comment(self, revision=None, values=None, reviewer_id=None, proof_id=None, access_token=None):
        """Pin a comment or answer one; returns all threads, or what was wrong."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        revision_sudo = visitor.revision(record_id(revision))
        if not visitor.can_comment or revision_sudo.state == "superseded":
            return {"error": request.env._("You may look at this proof, but not comment on it.")}
        comments_sudo = request.env["online.proof.comment"].sudo()  # the visitor may, as checked above
        try:
            with request.env.cr.savepoint():
                comments_sudo._add(revision_sudo, read_comment(values), reviewer=visitor.reviewer, user=visitor.user)
        except (UserError, ValidationError) as error:
            return {"error": str(error)}
        return {"comments": comments_sudo._get_for_revision(revision_sudo)._prepare_viewer_values()}

    @http.route(both("/resolve"), type="jsonrpc", auth="public", methods=["POST"])
    def resolve(self, revision=None, comment=None, resolved=False, reviewer_id=None, proof_id=None, access_token=None):
        """Mark a thread as done or open; returns all threads."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        revision_sudo = visitor.revision(record_id(revision))
        comment_sudo = request.env["online.proof.comment"].sudo().browse(record_id(comment)).exists()
        if comment_sudo.proof_id != visitor.proof:
            raise NotFound
        if visitor.is_staff or visitor.can_decide:
            comment_sudo._resolve(bool(resolved), visitor.name)
        return {"comments": comment_sudo._get_for_revision(revision_sudo)._prepare_viewer_values()}

    # Forms, with Odoo's token against forged requests

    def _answer(self, visitor, revision, action, message):
        """Run what a form asks for; show the page with the result, or with what was wrong."""
        try:
            with request.env.cr.savepoint():
                action()
        except (UserError, ValidationError) as error:
            request.env.invalidate_all()
            return self._render(visitor, revision, error=str(error))
        return request.redirect(visitor.url(message=message), code=303)

    @http.route("/proof/<int:reviewer_id>/decide", **FORM, max_content_length=MAX_REQUEST_FILE_BYTES + 2**20)
    @plain_texts
    def decide(self, reviewer_id, access_token=None, revision=None, decision=None, **post):
        """Approve a revision or ask for changes."""
        visitor = Visitor.of_request(reviewer_id, None, access_token)
        revision_sudo = visitor.revision(record_id(revision))
        if decision not in ("approved", "changes"):
            raise NotFound
        action = self._approve if decision == "approved" else self._ask_for_changes
        return self._answer(visitor, revision_sudo, lambda: action(visitor, revision_sudo, post), decision)

    def _approve(self, visitor, revision, post):
        proof = visitor.proof
        terms = request.env["online.proof.terms"].sudo()._get_current(proof.company_id)
        if not terms._is_accepted_by(proof.partner_id):
            if post.get("terms") != str(terms.version):
                raise UserError(request.env._("Please accept the terms of sale."))
            terms._accept(proof.partner_id, visitor.reviewer, **visitor.trace())
        proof._decide(
            revision,
            "approved",
            reviewer=visitor.reviewer,
            channel="online",
            message=(post.get("message") or "").strip()[:4000],
            terms_id=terms.id,
            **visitor.trace(),
        )

    def _ask_for_changes(self, visitor, revision, post):
        proof, company = visitor.proof, visitor.proof.company_id
        text = (post.get("message") or "").strip()[:4000]
        pins = request.env["online.proof.comment"].sudo()._get_for_revision(revision)
        if not text and not pins.filtered(lambda pin: not pin.resolved):
            raise UserError(request.env._("Please describe what is to be changed."))
        rate = company.proof_hourly_rate
        if rate and not post.get("rate_consent"):
            raise UserError(request.env._("Please agree that changes may be billed."))
        if post.get("rate", repr(rate)) != repr(rate):
            raise UserError(request.env._("Our rate for changes has changed. Please look at the page again."))
        made = proof._decide(
            revision,
            "changes",
            reviewer=visitor.reviewer,
            channel="online",
            message=text,
            rate_consent=bool(rate),
            hourly_rate=rate,
            currency_id=company.currency_id.id,
            **visitor.trace(),
        )
        self._keep_request_file(made)

    def _keep_request_file(self, made):
        file = request.httprequest.files.get("file")
        if not file or not file.filename or made.attachment_ids:
            return
        content = file.read(MAX_REQUEST_FILE_BYTES + 1)
        if len(content) > MAX_REQUEST_FILE_BYTES:
            limit = MAX_REQUEST_FILE_BYTES // 2**20
            raise UserError(request.env._("The file is too big; the limit is %(limit)s MB.", limit=limit))
        # sudo: the customer hands it over and cannot read it back
        made.attachment_ids = (
            request.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": file.filename[:200],
                    "raw": content,
                    # whatever it is, it is downloaded, never shown
                    "mimetype": "application/octet-stream",
                    "res_model": made._name,
                    "res_id": made.id,
                }
            )
        )

    @http.route("/proof/<int:reviewer_id>/withdraw", **FORM)
    @plain_texts
    def withdraw(self, reviewer_id, access_token=None, **post):
        """Take a decision back."""
        visitor = Visitor.of_request(reviewer_id, None, access_token)
        return self._answer(visitor, visitor.revision(), lambda: visitor.proof._withdraw(visitor.reviewer), "withdrawn")

    @http.route("/proof/<int:reviewer_id>/forward", **FORM)
    @plain_texts
    def forward(self, reviewer_id, access_token=None, name=None, email=None, **post):
        """Send the proof to a colleague."""
        visitor = Visitor.of_request(reviewer_id, None, access_token)

        def invite():
            visitor.reviewer._invite_guest(
                name, email, can_comment=bool(post.get("can_comment")), can_decide=bool(post.get("can_decide"))
            )

        return self._answer(visitor, visitor.revision(), invite, "forwarded")
