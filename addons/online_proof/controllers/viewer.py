import json

from odoo import Command, http
from odoo.addons.base_safeguard.file_content import FileContent
from odoo.addons.base_safeguard.http import plain_text, plain_texts, private_response, read_id, uploaded_files
from odoo.exceptions import UserError, ValidationError
from odoo.http import request
from odoo.tools import format_amount, format_date
from werkzeug.exceptions import Gone, NotFound

from ..const import DIFFERENCES, MAX_REQUEST_FILE_BYTES, SENTENCES
from ..engine import const as engine
from ..life import order_facts, verdict
from ..life.chain import canonical
from ..utils import sentence
from .inputs import read_comment
from .pictures import proof_routes
from .visitor import Visitor

FORM = {"type": "http", "auth": "public", "methods": ["POST"], "website": True, "multilang": False, "sitemap": False}


def say(key, /, **values):
    """Return one of the page's sentences with values in it: whole, in whatever order a language has."""
    return sentence(request.env, SENTENCES[key], values)


class ProofViewer(http.Controller):
    """The proof page. Looking is GET and changes nothing; everything else is POST."""

    # The page

    @http.route(
        proof_routes(""), type="http", auth="public", website=True, multilang=False, methods=["GET"], sitemap=False
    )
    def page(self, reviewer_id=None, proof_id=None, access_token=None, revision=None, message=None, **kwargs):
        """Show a proof."""
        try:
            visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        except Gone:
            return private_response(request.render("online_proof.viewer_gone", {"no_header": True}, status=410))
        return self._render(visitor, visitor.revision(read_id(revision)), message=message)

    def _render(self, visitor, revision_sudo, *, message=None, error=None, entered=None):
        """Show the page.

        :param entered: what a refused form held, which stays in it
        """
        if not revision_sudo:
            raise NotFound
        values = self._prepare_page_values(visitor, revision_sudo)
        values.update(error=error, entered=entered or {}, message=self._get_message(message, visitor, values))
        response = request.render("online_proof.viewer", values, status=409 if error else 200)
        return private_response(response)

    def _get_message(self, message, visitor, values):
        """Return the notice to show: what an address says is believed where it is so."""
        own_decision = values["own_decision"]
        true = {
            "approved": own_decision.decision == "approved",
            "changes": own_decision.decision == "changes",
            "withdrawn": visitor.can_decide and not own_decision,
            "forwarded": visitor.can_forward,
            "preparing": not values["revision"].is_ready,
        }
        return message if true.get(message) else None

    def _prepare_page_values(self, visitor, revision):
        proof, company = visitor.proof, visitor.proof.company_id
        latest = proof.latest_revision_id
        # sudo: the link is the right; what is shown of them is chosen below
        decisions = request.env["online.proof.decision"].sudo()
        of_latest = decisions._get_standing(latest)
        standing = of_latest if revision == latest else decisions._get_standing(revision)
        own_decision = standing._get_own(visitor.reviewer)[:1] if visitor.reviewer else standing[:0]
        state = proof._get_present_state(of_latest)
        open_now = revision == latest and verdict.allows("decide", state)
        can_decide = visitor.can_decide and open_now and not own_decision
        # sudo: visitors read no terms but those that they are to accept
        terms = self._get_terms(visitor) if can_decide else request.env["online.proof.terms"].sudo()
        rate = company.proof_hourly_rate
        data = self._prepare_viewer_values(visitor, revision, state)
        facts = self._get_facts(visitor)
        return {
            "no_header": True,
            "no_footer": True,
            "visitor": visitor,
            "proof": proof,
            "state": state,
            "revision": revision,
            "revisions": visitor.revisions(),
            "latest": latest,
            "company": company,
            "can_decide": can_decide,
            "waits_for_others": bool(open_now and own_decision),
            "standing": standing,
            "own_decision": own_decision,
            "withdrawable": bool(visitor.reviewer) and bool(proof._get_withdrawable(visitor.reviewer, of_latest)),
            "terms": terms,
            "rate": format_amount(request.env, rate, company.currency_id) if rate else "",
            "shown_rate": repr(rate),
            "facts": facts,
            "total": format_amount(request.env, facts["total"], proof.sale_order_id.currency_id)
            if facts.get("total")
            else "",
            "shown": canonical(facts),
            "deadline": format_date(request.env, proof.deadline) if proof.deadline else "",
            "say": say,
            "siblings": visitor.siblings() if len(proof.sale_order_id.order_line.proof_id | proof) > 1 else [],
            "data": data,
            "page_count": len(data["pages"]),
            "ready_count": sum(page["state"] != "waiting" for page in data["pages"]),
        }

    def _get_terms(self, visitor):
        """Return the terms that this person has to accept: the customer's own people, once."""
        # sudo: visitors read no terms but these
        terms = request.env["online.proof.terms"].sudo()
        if visitor.reviewer._is_of_customer():
            terms = terms._get_current(visitor.proof.company_id)
        return terms.browse() if terms._is_accepted_by(visitor.proof.commercial_partner_id) else terms

    def _get_facts(self, visitor):
        """Return what the order says, as far as this person may see it."""
        facts = visitor.proof._get_proof_facts()
        return order_facts.reduce_facts(facts, with_total=visitor.sees_prices)

    def _prepare_viewer_values(self, visitor, revision, state):
        """Return what the page's script works on."""
        older = visitor.revisions().filtered(lambda other: other.number < revision.number)
        # sudo: the visitor may see these revisions, with their pages and comments
        pages = request.env["online.proof.page"].sudo()._fetch_for_viewer(revision | older)
        comments = request.env["online.proof.comment"].sudo()._get_for_revision(revision)  # see above
        by_revision = pages.grouped("revision_id")
        return {
            "base": visitor.url().partition("?")[0],
            "token": visitor.token,
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
            "comments": comments._prepare_viewer_values(revision),
            "canComment": self._may_comment(visitor, revision, state),
            "canResolve": visitor.is_staff or visitor.can_decide,
            "prepared": revision.is_ready,
        }

    def _may_comment(self, visitor, revision, state):
        return visitor.is_staff or (
            visitor.can_comment
            and visitor.proof.proof_type == "online"
            and revision.state != "superseded"
            and verdict.allows("comment", state)
        )

    # What the page's script calls; JSON requests of other sites are refused by the browser

    @http.route(proof_routes("/progress"), type="jsonrpc", auth="public", methods=["POST"])
    def progress(self, revision=None, reviewer_id=None, proof_id=None, access_token=None):
        """Return which pages can be shown."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        return visitor.revision(read_id(revision))._get_progress()

    @http.route(proof_routes("/opened"), type="jsonrpc", auth="public", methods=["POST"])
    def opened(self, revision=None, reviewer_id=None, proof_id=None, access_token=None):
        """Count that a person opened the page; called by the script, which link scanners do not run."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        if visitor.reviewer:
            # sudo: nobody writes who opened a page by hand
            request.env["online.proof.view"].sudo()._record(
                visitor.reviewer, visitor.revision(read_id(revision)), request.httprequest.remote_addr
            )

    @http.route(proof_routes("/comment"), type="jsonrpc", auth="public", methods=["POST"])
    def comment(self, revision=None, values=None, reviewer_id=None, proof_id=None, access_token=None):
        """Pin a comment or answer one; returns all threads, or what was wrong."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        revision_sudo = visitor.revision(read_id(revision))
        if not self._may_comment(visitor, revision_sudo, visitor.proof._get_present_state()):
            return {"error": request.env._("You may look at this proof, but not comment on it.")}
        comments_sudo = request.env["online.proof.comment"].sudo()  # the visitor may, as checked above
        try:
            with request.env.cr.savepoint():
                comments_sudo._add(revision_sudo, read_comment(values), reviewer=visitor.reviewer, user=visitor.user)
        except (UserError, ValidationError) as error:
            return {"error": str(error)}
        return {"comments": comments_sudo._get_for_revision(revision_sudo)._prepare_viewer_values(revision_sudo)}

    @http.route(proof_routes("/resolve"), type="jsonrpc", auth="public", methods=["POST"])
    def resolve(self, revision=None, comment=None, resolved=False, reviewer_id=None, proof_id=None, access_token=None):
        """Mark a thread as done or open; returns all threads."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        revision_sudo = visitor.revision(read_id(revision))
        comment_sudo = request.env["online.proof.comment"].sudo().browse(read_id(comment)).exists()
        if comment_sudo.proof_id != visitor.proof:
            raise NotFound
        if visitor.is_staff or visitor.can_decide:
            comment_sudo._resolve(bool(resolved), visitor.name)
        return {"comments": comment_sudo._get_for_revision(revision_sudo)._prepare_viewer_values(revision_sudo)}

    # Forms, with Odoo's token against forged requests

    def _answer(self, visitor, revision, action, message, entered=None):
        """Run what a form asks for; show the page with the result, or with what was wrong and was entered."""
        try:
            with request.env.cr.savepoint():
                action()
        except (UserError, ValidationError) as error:
            request.env.invalidate_all()
            newest = visitor.revision() or revision
            return self._render(visitor, newest, error=str(error), entered=entered)
        if message in verdict.CHOICES and len(visitor.siblings()) > 1:
            return request.redirect(visitor.url("/order"), code=303)  # the next proof of the order
        return request.redirect(visitor.url(message=message), code=303)

    @http.route("/proof/<int:reviewer_id>/decide", **FORM, max_content_length=MAX_REQUEST_FILE_BYTES + 2**20)
    @plain_texts
    def decide(self, reviewer_id, access_token=None, revision=None, decision=None, **post):
        """Approve a revision or ask for changes."""
        visitor = Visitor.of_request(reviewer_id, None, access_token)
        revision_sudo = visitor.revision(read_id(revision))
        if decision not in ("approved", "changes"):
            raise NotFound
        action = self._approve if decision == "approved" else self._ask_for_changes
        kept = self._hold_request_file(visitor, post)
        entered = {**post, "dialog": decision, "file": kept}
        return self._answer(
            visitor, revision_sudo, lambda: action(visitor, revision_sudo, post, kept), decision, entered
        )

    def _check_shown(self, visitor, post):
        """Refuse a decision about something else than what the reader saw, and say what changed.

        :raises UserError: if order, terms or rate are not as the page showed them
        """
        proof = visitor.proof
        try:
            shown = json.loads(post.get("shown") or "")
            before = {**shown, "lines": list(shown.get("lines", []))}
            found = order_facts.differences(before, self._get_facts(visitor))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UserError(request.env._("Please look at the page again, and decide then.")) from error
        if found:
            texts = [sentence(request.env, DIFFERENCES[code], values) for code, values in found]
            intro = request.env._("The order changed while you were reading. Please check it and decide again.")
            raise UserError("\n".join([intro, *texts]))
        rate, company = proof.company_id.proof_hourly_rate, proof.company_id
        if post.get("rate", repr(rate)) != repr(rate):
            now = format_amount(request.env, rate, company.currency_id)
            raise UserError(request.env._("Our rate for changes has changed: it is %(now)s per hour now.", now=now))

    def _check_terms(self, visitor, post):
        """Return the terms that hold for this approval, accepted now where that was not done before."""
        terms = self._get_terms(visitor)
        if terms and post.get("terms") != str(terms.version):
            if post.get("terms"):
                raise UserError(
                    request.env._(
                        "New terms of sale, version %(number)s, were published meanwhile. Please read and accept them.",
                        number=terms.version,
                    )
                )
            raise UserError(request.env._("Please accept the terms of sale."))
        if terms:
            terms._accept(visitor.proof.commercial_partner_id, visitor.reviewer, **visitor.trace())
        if not visitor.reviewer._is_of_customer():
            return terms  # approves the picture, not the contract
        return request.env["online.proof.terms"].sudo()._get_current(visitor.proof.company_id)

    def _approve(self, visitor, revision, post, _file):
        if not post.get("checked"):
            raise UserError(request.env._("Please tick that you have checked every page."))
        self._check_shown(visitor, post)
        visitor.proof._decide(
            revision,
            "approved",
            reviewer=visitor.reviewer,
            channel="online",
            message=(post.get("message") or "").strip()[:4000],
            terms_id=self._check_terms(visitor, post).id,
            **visitor.trace(),
        )

    def _ask_for_changes(self, visitor, revision, post, file):
        proof, company = visitor.proof, visitor.proof.company_id
        if post.get("too_big"):
            limit = MAX_REQUEST_FILE_BYTES // 2**20
            raise UserError(request.env._("The file is too big; the limit is %(limit)s MB.", limit=limit))
        text = (post.get("message") or "").strip()[:4000]
        # sudo: the visitor may see this revision, with its comments
        pins = request.env["online.proof.comment"].sudo()._get_for_revision(revision)
        if not text and not file and not pins.filtered(lambda pin: not pin.resolved):
            raise UserError(request.env._("Please describe what is to be changed."))
        rate = company.proof_hourly_rate
        if rate and not post.get("rate_consent"):
            raise UserError(request.env._("Please agree that changes may be billed."))
        self._check_shown(visitor, post)
        proof._decide(
            revision,
            "changes",
            reviewer=visitor.reviewer,
            channel="online",
            message=text,
            rate_consent=bool(rate),
            hourly_rate=rate,
            currency_id=company.currency_id.id,
            attachment_ids=[Command.set(file.ids)],
            **visitor.trace(),
        )

    def _hold_request_file(self, visitor, post):
        """Return the file that comes with a request: posted now, or with the form that was refused before."""
        # the customer hands it over and cannot read it back
        attachments_sudo = request.env["ir.attachment"].sudo().with_context(image_no_postprocess=True)
        owner = [("res_model", "=", "online.proof.reviewer"), ("res_id", "=", visitor.reviewer.id)]
        upload = next((each for each in uploaded_files("file", 1) if each.filename), None)
        if not upload:
            number = read_id(post.get("kept_file"))
            return attachments_sudo.search([*owner, ("id", "=", number)]) if number else attachments_sudo
        content = FileContent(upload.stream)
        if len(content) > MAX_REQUEST_FILE_BYTES:
            post["too_big"] = "1"
            return attachments_sudo
        attachments_sudo.search(owner).unlink()  # one at a time, whatever is posted how often
        return attachments_sudo.create(
            {
                "name": plain_text(upload.filename)[:200] or "file",
                "raw": content,
                # whatever it is, it is downloaded, never shown
                "mimetype": "application/octet-stream",
                "res_model": "online.proof.reviewer",
                "res_id": visitor.reviewer.id,
            }
        )

    @http.route("/proof/<int:reviewer_id>/withdraw", **FORM)
    @plain_texts
    def withdraw(self, reviewer_id, access_token=None, **post):
        """Take a decision back."""
        visitor = Visitor.of_request(reviewer_id, None, access_token)

        def withdraw():
            visitor.proof._withdraw(visitor.reviewer, **visitor.trace())

        return self._answer(visitor, visitor.revision(), withdraw, "withdrawn")

    @http.route("/proof/<int:reviewer_id>/forward", **FORM)
    @plain_texts
    def forward(self, reviewer_id, access_token=None, name=None, email=None, **post):
        """Send the proof to a colleague."""
        visitor = Visitor.of_request(reviewer_id, None, access_token)

        def invite():
            visitor.reviewer._invite_guest(
                name, email, can_comment=bool(post.get("can_comment")), can_decide=bool(post.get("can_decide"))
            )

        entered = {"dialog": "forward", "name": name, "email": email}
        return self._answer(visitor, visitor.revision(), invite, "forwarded", entered)
