from odoo import http
from odoo.addons.base_safeguard.http import private_response, read_id
from odoo.addons.website_sale.controllers.main import WebsiteSale
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..engine.const import MAX_PAGES
from ..engine.errors import FileRefusedError


class ProofCheckout(WebsiteSale):
    """What a personalised product will look like, and what of it cannot be printed, before the order is placed."""

    def _get_shop_payment_errors(self, order):
        title = request.env._("Please go back to your cart: something cannot be printed.")
        found = [(title, text) for text in order._get_personalised_problems()]
        return [*super()._get_shop_payment_errors(order), *found]

    @http.route("/shop/proof/<int:line_id>", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def preview(self, line_id, page=None, **kwargs):
        """Show a page of a line of the visitor's own cart, by default the first."""
        number = read_id(page) or 1
        line_sudo = request.cart.order_line.filtered(lambda line: line.id == line_id) if request.cart else None
        if not line_sudo or not line_sudo.product_template_id.is_proof_template:
            raise NotFound
        try:
            picture = number <= MAX_PAGES and line_sudo._get_personalised_picture(number)
        except FileRefusedError as error:
            raise NotFound from error
        if not picture:
            raise NotFound
        return private_response(request.make_response(picture, headers=[("Content-Type", "image/jpeg")]))
