import json

from odoo import http
from odoo.http import request
from werkzeug.exceptions import NotFound

from .inputs import record_id
from .visitor import Visitor


def both(path):
    """Return a route's addresses for people with a link and for employees."""
    return [f"/proof/<int:reviewer_id>{path}", f"/proof/staff/<int:proof_id>{path}"]


def private(response, seconds=0):
    """Keep a response out of shared caches and search engines, and its address out of other sites' logs."""
    response.headers["Cache-Control"] = f"private, max-age={seconds}" if seconds else "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


class ProofPictures(http.Controller):
    """Pictures and documents of a proof: what is rendered from the files, never the files."""

    def _stream(self, attachment, *, name=None, seconds=86_400, download=False):
        if not attachment:
            raise NotFound
        stream = request.env["ir.binary"]._get_stream_from(attachment, filename=name)
        # a page's picture never changes
        return private(stream.get_response(as_attachment=download, max_age=seconds), seconds)

    @http.route(
        both("/page/<int:page_id>/<string:picture>"), type="http", auth="public", methods=["GET"], sitemap=False
    )
    def picture(self, page_id, picture, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show a page's preview or thumbnail."""
        if picture not in ("preview", "thumbnail"):
            raise NotFound
        page = Visitor.of_request(reviewer_id, proof_id, access_token).page(page_id)
        return self._stream(page._get_picture(picture))

    @http.route(
        both("/tile/<int:page_id>/<int:column>/<int:row>"), type="http", auth="public", methods=["GET"], sitemap=False
    )
    def tile(self, page_id, column, row, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show a square of a page at full zoom; 503 while too many are being rendered."""
        page = Visitor.of_request(reviewer_id, proof_id, access_token).page(page_id)
        try:
            tile = page._get_tile(column, row)
        except IndexError as error:
            raise NotFound from error
        return self._stream(tile) if tile else self._busy()

    @http.route(
        both("/differences/<int:page_id>/<int:older_id>"), type="http", auth="public", methods=["GET"], sitemap=False
    )
    def differences(self, page_id, older_id, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show what changed between two revisions' pages, as a transparent picture."""
        differences = self._get_differences(page_id, older_id, reviewer_id, proof_id, access_token)
        return self._stream(differences) if differences else self._busy()

    @http.route(
        both("/regions/<int:page_id>/<int:older_id>"), type="http", auth="public", methods=["GET"], sitemap=False
    )
    def regions(self, page_id, older_id, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Return the changed regions of a page as JSON."""
        differences = self._get_differences(page_id, older_id, reviewer_id, proof_id, access_token)
        if not differences:
            return self._busy()
        return private(request.make_json_response({"regions": json.loads(differences.description or "[]")}))

    def _get_differences(self, page_id, older_id, reviewer_id, proof_id, access_token):
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        page, older = visitor.page(page_id), visitor.page(older_id)
        if page.state != "ready" or older.state != "ready":
            raise NotFound
        return page._get_differences(older)

    def _busy(self):
        response = request.make_response("", status=503)
        response.headers["Retry-After"] = "1"
        return private(response)

    @http.route(both("/pdf"), type="http", auth="public", methods=["GET"], sitemap=False)
    def watermarked(self, reviewer_id=None, proof_id=None, access_token=None, revision=None, **kwargs):
        """Download the watermarked PDF."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        revision_sudo = visitor.revision(record_id(revision))
        if not revision_sudo.is_ready:
            return request.redirect(visitor.url(message="preparing"))
        name = f"{visitor.proof.name}-{revision_sudo.number}.pdf"
        return self._stream(revision_sudo._get_watermark(), name=name, seconds=0, download=True)

    @http.route(both("/certificate"), type="http", auth="public", methods=["GET"], sitemap=False)
    def certificate(self, reviewer_id=None, proof_id=None, access_token=None, revision=None, **kwargs):
        """Download the approval certificate, which stays whatever becomes of order and proof."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token, evidence=True)
        revision_sudo = visitor.revision(record_id(revision))
        name = revision_sudo._get_certificate_name()
        return self._stream(revision_sudo._get_certificate(), name=name, seconds=0, download=True)

    @http.route(
        "/proof/staff/<int:proof_id>/request/<int:attachment_id>",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
    )
    def request_file(self, proof_id, attachment_id, **kwargs):
        """Download a file that came with a change request."""
        visitor = Visitor.of_request(proof_id=proof_id)
        attachments = visitor.proof.revision_ids.decision_ids.attachment_ids
        found = attachments.filtered(lambda attachment: attachment.id == attachment_id)
        return self._stream(found, seconds=0, download=True)
