import json

from odoo import http
from odoo.addons.base_safeguard.http import stored_upload, uploaded_files
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request


class PhotoController(http.Controller):
    """Uploads from the gallery in the back office."""

    @http.route("/supplier_webservice_order/photos/<int:line_id>", type="http", auth="user", methods=["POST"])
    def upload(self, line_id, **post):
        """Add the uploaded photos to a purchase line; return the gallery and what went wrong."""
        line = request.env["purchase.order.line"].browse(line_id)
        try:
            line.check_access("write")
            line = line.exists()
        except (AccessError, MissingError):
            line = line.browse()
        if not line:
            return self._answer({"errors": [request.env._("This part does not exist, or you may not change it.")]}, 403)
        errors = []
        for file in uploaded_files("ufile"):
            try:
                with stored_upload(file) as path:
                    request.env["purchase.line.photo"]._add(line, path, file.filename)
            except UserError as error:
                errors.append(str(error))
        return self._answer({"photos": line.get_photos(), "errors": errors})

    @staticmethod
    def _answer(values, status=200):
        return request.make_response(json.dumps(values), [("Content-Type", "application/json")], status=status)
