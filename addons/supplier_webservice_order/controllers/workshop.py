import json

from odoo import fields, http
from odoo.addons.base_safeguard.http import private_response, read_id, stored_upload, uploaded_files
from odoo.addons.base_safeguard.numbers import plain_number
from odoo.exceptions import UserError
from odoo.http import request

from ..photos.imaging import MAX_BYTES


class WorkshopController(http.Controller):
    """The photo page behind the QR code. The link is all that a visitor has; it opens one order."""

    def _get_link(self, link_id, token):
        return request.env["purchase.photo.link"]._find_by_access_token(link_id, token)

    @http.route("/workshop/<int:link_id>/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def page(self, link_id, token, **query):
        """Show the parts of the order with large buttons for the camera."""
        link_sudo = self._get_link(link_id, token)
        if not link_sudo:
            return self._gone()
        return self._render_page(link_sudo, token)

    def _render_page(self, link_sudo, token, errors=()):
        values = {
            "link": link_sudo,
            "token": token,
            "parts": self._get_parts(link_sudo, token),
            "errors": errors,
            "lang": request.env.lang or "en_US",
        }
        return private_response(request.render("supplier_webservice_order.workshop_page", values))

    @http.route(
        "/workshop/<int:link_id>/<string:token>/photo", type="http", auth="public", methods=["POST"], sitemap=False,
        max_content_length=MAX_BYTES + 2**20,
    )  # fmt: skip
    def upload(self, link_id, token, line_id=0, **post):
        """Add a photo to a line of the order."""
        link_sudo = self._get_link(link_id, token)
        line_id = read_id(line_id)
        # only lines of this very order, whatever number the visitor sends
        line_sudo = link_sudo.purchase_id.order_line.filtered(lambda line: line.id == line_id and not line.display_type)
        if not line_sudo:
            return self._gone()
        errors = []
        for file in uploaded_files("photo", limit=10):
            try:
                with stored_upload(file) as path:
                    # sudo: the link is the right
                    photos_sudo = request.env["purchase.line.photo"].sudo()
                    photos_sudo._add(line_sudo, path, file.filename, link=link_sudo)
            except UserError as error:
                errors.append(str(error))
        link_sudo.date_last_used = fields.Datetime.now()
        if "application/json" in request.httprequest.headers.get("Accept", ""):
            values = {"photos": self._get_photos(link_sudo, token, line_sudo), "errors": errors}
            return private_response(request.make_response(json.dumps(values), [("Content-Type", "application/json")]))
        if errors:
            return self._render_page(link_sudo, token, errors)
        return private_response(request.redirect(f"/workshop/{link_id}/{token}"))

    @http.route(
        "/workshop/<int:link_id>/<string:token>/photo/<int:photo_id>", type="http", auth="public", methods=["GET"],
        sitemap=False,
    )  # fmt: skip
    def photo(self, link_id, token, photo_id, **query):
        """Show a photo of the order, small."""
        link_sudo = self._get_link(link_id, token)
        photo_sudo = link_sudo.purchase_id.order_line.photo_ids.filtered(lambda photo: photo.id == photo_id)
        if not photo_sudo:
            return self._gone()
        stream = request.env["ir.binary"]._get_image_stream_from(photo_sudo.attachment_id, "raw", width=400, height=400)
        return private_response(stream.get_response())

    @http.route(
        "/workshop/<int:link_id>/<string:token>/photo/<int:photo_id>/remove", type="http", auth="public",
        methods=["POST"], sitemap=False,
    )  # fmt: skip
    def remove(self, link_id, token, photo_id, **post):
        """Take back a photo that was taken through this very link, also when pressed twice; others' photos stay."""
        link_sudo = self._get_link(link_id, token)
        photo_sudo = link_sudo.purchase_id.order_line.photo_ids.filtered(lambda photo: photo.id == photo_id)
        if not link_sudo or (photo_sudo and photo_sudo.link_id != link_sudo):
            return self._gone()
        photo_sudo.unlink()
        return private_response(request.redirect(f"/workshop/{link_id}/{token}"))

    def _get_parts(self, link_sudo, token):
        """Return what the page shows of each line: nothing about prices, customers or other orders."""
        return [
            {
                "id": line.id,
                "name": line.product_id.name or line.name,
                "number": line.part_number,
                "quantity": plain_number(line.product_qty),
                "photos": self._get_photos(link_sudo, token, line),
            }
            for line in link_sudo.purchase_id.order_line
            if not line.display_type
        ]

    def _get_photos(self, link_sudo, token, line_sudo):
        address = f"/workshop/{link_sudo.id}/{token}/photo"
        return [
            {
                "url": f"{address}/{photo.id}",
                # what somebody else took is not for this visitor to take away
                "remove": f"{address}/{photo.id}/remove" if photo.link_id == link_sudo else "",
            }
            for photo in line_sudo.photo_ids
        ]

    def _gone(self):
        return private_response(request.render("supplier_webservice_order.workshop_gone", {}, status=404))
