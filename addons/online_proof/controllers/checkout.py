from odoo import http
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..engine.errors import FileRefusedError
from .pictures import private


class ProofCheckout(http.Controller):
    """What a personalised product will look like, before the order is placed."""

    @http.route("/shop/proof/<int:line_id>", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def preview(self, line_id, **kwargs):
        """Show the first page of a line of the visitor's own cart."""
        line_sudo = request.cart.order_line.filtered(lambda line: line.id == line_id) if request.cart else None
        if not line_sudo or not line_sudo.product_template_id.is_proof_template:
            raise NotFound
        try:
            picture = line_sudo._get_personalised_picture()
        except FileRefusedError as error:
            raise NotFound from error
        return private(request.make_response(picture, headers=[("Content-Type", "image/jpeg")]))
