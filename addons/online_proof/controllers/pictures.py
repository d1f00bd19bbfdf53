import json

from odoo import http
from odoo.addons.base_safeguard.http import private_response, read_id
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..engine.errors import FileRefusedError
from .visitor import Visitor


def proof_routes(path):
    """Return a route's addresses for people with a link and for employees."""
    return [f"/proof/<int:reviewer_id>{path}", f"/proof/staff/<int:proof_id>{path}"]


class ProofPictures(http.Controller):
    """Pictures and documents of a proof: what is rendered from the files, never the files."""

    def _stream(self, attachment, *, name=None, seconds=86_400, download=False, file=False):
        if not attachment:
            raise NotFound
        stream = request.env["ir.binary"]._get_stream_from(attachment, filename=name)
        # a page's picture never changes
        response = stream.get_response(as_attachment=download, max_age=seconds)
        return private_response(response, file=file, max_age=seconds)

    @http.route(
        proof_routes("/page/<int:page_id>/<string:picture>"), type="http", auth="public", methods=["GET"], sitemap=False
    )
    def picture(self, page_id, picture, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show a page's preview or thumbnail, or the page on the white of its paper."""
        if picture not in ("preview", "thumbnail", "paper"):
            raise NotFound
        page = Visitor.of_request(reviewer_id, proof_id, access_token).page(page_id)
        if picture != "paper":
            return self._stream(page._get_picture(picture))
        try:
            drawn = page._get_paper()
        except FileRefusedError as error:
            raise NotFound from error
        return self._busy() if drawn is None else self._stream(drawn)

    @http.route(proof_routes("/inks/<int:page_id>"), type="http", auth="public", methods=["GET"], sitemap=False)
    def inks(self, page_id, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Return which inks a page is printed with, as JSON; 503 while too much is being rendered."""
        plates = self._get_plates(page_id, reviewer_id, proof_id, access_token)
        return private_response(request.make_json_response(json.loads(plates.description))) if plates else self._busy()

    @http.route(proof_routes("/plates/<int:page_id>"), type="http", auth="public", methods=["GET"], sitemap=False)
    def plates(self, page_id, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show the plates of a page below each other, gray, white where the ink is full."""
        plates = self._get_plates(page_id, reviewer_id, proof_id, access_token)
        return self._stream(plates) if plates else self._busy()

    @http.route(
        proof_routes("/plates/<int:page_id>/<int:column>/<int:row>"),
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def plate_tile(self, page_id, column, row, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show the plates of a square of a page at full zoom, as of the whole page; 503 while the server is busy."""
        page = Visitor.of_request(reviewer_id, proof_id, access_token).page(page_id)
        return self._stream_square(lambda: page._get_plate_tile(column, row))

    def _get_plates(self, page_id, reviewer_id, proof_id, access_token):
        page = Visitor.of_request(reviewer_id, proof_id, access_token).page(page_id)
        try:
            return page._get_plates()
        except FileRefusedError as error:
            raise NotFound from error

    @http.route(
        proof_routes("/tile/<int:page_id>/<int:column>/<int:row>"),
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def tile(self, page_id, column, row, reviewer_id=None, proof_id=None, access_token=None, paper=None, **kwargs):
        """Show a square of a page at full zoom; 503 while too many are being rendered."""
        page = Visitor.of_request(reviewer_id, proof_id, access_token).page(page_id)
        on_paper = paper == "1" and page.renderer == "ghostscript"
        return self._stream_square(lambda: page._get_tile(column, row, paper=on_paper))

    def _stream_square(self, draw):
        try:
            square = draw()
        except (IndexError, FileRefusedError) as error:
            raise NotFound from error
        return self._stream(square) if square else self._busy()

    @http.route(
        proof_routes("/differences/<int:page_id>/<int:older_id>"),
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def differences(self, page_id, older_id, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Show what changed between two revisions' pages, as a transparent picture."""
        differences = self._get_differences(page_id, older_id, reviewer_id, proof_id, access_token)
        return self._stream(differences) if differences else self._busy()

    @http.route(
        proof_routes("/regions/<int:page_id>/<int:older_id>"),
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def regions(self, page_id, older_id, reviewer_id=None, proof_id=None, access_token=None, **kwargs):
        """Return what differs on a page as JSON: the regions, by how much it moved, what the file says."""
        differences = self._get_differences(page_id, older_id, reviewer_id, proof_id, access_token)
        if not differences:
            return self._busy()
        return private_response(request.make_json_response(json.loads(differences.description)))

    @http.route(proof_routes("/comparison/<int:older_id>"), type="http", auth="public", methods=["GET"], sitemap=False)
    def comparison(self, older_id, reviewer_id=None, proof_id=None, access_token=None, revision=None, **kwargs):
        """Return which page is which page of an older revision, as JSON."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        newer, older = visitor.revision(read_id(revision)), visitor.revision(older_id)
        if older.number >= newer.number or not (newer.is_ready and older.is_ready):
            raise NotFound
        with newer.page_ids[:1]._render_slot() as free:
            if not free:
                return self._busy()
            try:
                pairs = newer._get_page_pairs(older)
            except FileRefusedError as error:
                raise NotFound from error
        return private_response(request.make_json_response({"pages": [self._prepare_pair(pair) for pair in pairs]}))

    def _prepare_pair(self, pair):
        old, new = pair["old"], pair["new"]
        return {
            "state": pair["state"],
            "old": {"id": old.id, "number": old.number, "ready": old.state == "ready"} if old else None,
            "new": {"id": new.id, "number": new.number, "ready": new.state == "ready"} if new else None,
        }

    def _get_differences(self, page_id, older_id, reviewer_id, proof_id, access_token):
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        page, older = visitor.page(page_id), visitor.page(older_id)
        if page.state != "ready" or older.state != "ready":
            raise NotFound
        try:
            return page._get_differences(older)
        except FileRefusedError as error:
            raise NotFound from error

    def _busy(self):
        response = request.make_response("", status=503)
        response.headers["Retry-After"] = "1"
        return private_response(response)

    @http.route(proof_routes("/pdf"), type="http", auth="public", methods=["GET"], sitemap=False)
    def watermarked(self, reviewer_id=None, proof_id=None, access_token=None, revision=None, **kwargs):
        """Download the watermarked PDF."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token)
        revision_sudo = visitor.revision(read_id(revision))
        if not revision_sudo.is_ready:
            return request.redirect(visitor.url(message="preparing"))
        name = f"{visitor.proof.display_name}-{revision_sudo.number}.pdf".replace("/", "-")
        return self._stream(revision_sudo._get_watermark(), name=name, seconds=0, download=True)

    @http.route(proof_routes("/certificate"), type="http", auth="public", methods=["GET"], sitemap=False)
    def certificate(self, reviewer_id=None, proof_id=None, access_token=None, revision=None, **kwargs):
        """Download the approval certificate, which stays whatever becomes of order and proof."""
        visitor = Visitor.of_request(reviewer_id, proof_id, access_token, evidence=True)
        revision_sudo = visitor.revision(read_id(revision))
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
        return self._stream(found, seconds=0, download=True, file=True)
