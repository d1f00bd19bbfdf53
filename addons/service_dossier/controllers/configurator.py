"""Configuring parts and placing the order."""

from odoo import http
from odoo.addons.base_safeguard.http import plain_texts, read_id
from odoo.exceptions import LockError, UserError
from odoo.http import request
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .visitor import DossierVisitor, form_key


class ServiceDossierConfigurator(http.Controller):
    """Service orders on the portal. Everything that changes something is a POST."""

    @http.route("/my/dossiers/<int:dossier_id>/parts", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_add_part(self, dossier_id, warranty_id="", element_id="", quantity="1", found_by="number", **post):
        """Configure a part of a warranty that the user chose."""
        visitor = DossierVisitor.of_request(dossier_id)
        visitor.require_own()
        warranty = request.env["service.warranty"].search([("id", "=", read_id(warranty_id) or 0)])
        if not warranty:
            raise request.not_found()
        filled_in = [post.get(name) or "" for name in ("reference", "note")]
        post_key = form_key(post.get("post_key"), warranty.id, element_id, quantity, found_by, filled_in)
        elements_sudo = warranty.sudo().element_ids  # customers may not read products
        try:
            quantity = float(quantity.replace(",", ".") or 1)
            with mute_logger("odoo.sql_db"), request.env.cr.savepoint():
                request.env["service.dossier.line"]._add(
                    visitor.dossier,
                    warranty,
                    element=elements_sudo.filtered(lambda element: str(element.id) == element_id)[:1],
                    quantity=quantity if quantity == quantity else 0,
                    reference=post.get("reference") or "",
                    note=post.get("note") or "",
                    found_by="dimensions" if found_by == "dimensions" else "number",
                    post_key=post_key,
                )
        except UniqueViolation:
            return self._lead_to_basket(visitor)  # the same form arrived before, and is no second part
        except ValueError:
            problem = request.env._("The quantity is not a number.")
            return visitor.lead_back(problem=problem, tab="configurator", warranty=warranty.name)
        except UserError as error:
            return visitor.lead_back(problem=str(error.args[0]), tab="configurator", warranty=warranty.name)
        return self._lead_to_basket(visitor)

    def _lead_to_basket(self, visitor):
        return visitor.lead_back(notice=request.env._("The part was added to your order."), tab="configurator")

    @http.route(
        "/my/dossiers/<int:dossier_id>/parts/<int:line_id>/remove",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    @plain_texts
    def portal_remove_part(self, dossier_id, line_id, **post):
        """Take back a configured part."""
        visitor = DossierVisitor.of_request(dossier_id)
        line = visitor.find("service.dossier.line", line_id)
        try:
            line._remove()
        except UserError as error:
            return visitor.lead_back(problem=str(error.args[0]), tab="configurator")
        return visitor.lead_back(tab="configurator")

    @http.route("/my/dossiers/<int:dossier_id>/order", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_place_order(self, dossier_id, **post):
        """Place the service order."""
        visitor = DossierVisitor.of_request(dossier_id)
        visitor.require_own()
        try:
            with request.env.cr.savepoint():  # all orders or none
                orders_sudo = request.env["service.dossier.line"]._place_orders(visitor.dossier)
        except LockError:
            problem = request.env._(
                "This order is being placed already. Please look at this page again in some seconds."
            )
            return visitor.lead_back(problem=problem, tab="configurator")
        except UserError as error:
            return visitor.lead_back(problem=str(error.args[0]), tab="configurator")
        return visitor.lead_back(notice=self._placed_notice(orders_sudo), tab="configurator")

    def _placed_notice(self, orders_sudo):
        waiting = orders_sudo.filtered(lambda order: "waiting" in order.order_line.warranty_claim_ids.mapped("state"))
        names = ", ".join((orders_sudo - waiting).mapped("name"))
        notices = [request.env._("Your order was placed: %(names)s", names=names)] if names else []
        if waiting:
            waiting_names = ", ".join(waiting.mapped("name"))
            notices.append(
                request.env._("The manufacturer decides whether this is free of charge: %(names)s", names=waiting_names)
            )
        return ". ".join(notices)
