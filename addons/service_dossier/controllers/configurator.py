"""The tab Configurator: finding warranties, configuring parts, placing the order."""

from urllib.parse import urlencode

from odoo import http
from odoo.addons.base_safeguard.http import plain_texts
from odoo.exceptions import LockError, UserError
from odoo.http import request

from ..dimension_search import SizeError, read_size
from .communication import ServiceDossierCommunication
from .inputs import record_id


class ServiceDossierConfigurator(ServiceDossierCommunication):
    """Service orders on the portal. Everything that changes something is a POST."""

    def _customer(self):
        return request.env.user.partner_id.commercial_partner_id

    def _require_own(self, dossier):
        """:raises NotFound: for guests, who read a dossier but order nothing in it"""
        if dossier.sudo().commercial_partner_id != self._customer():
            raise request.not_found()

    def _configurator_values(self, dossier, mode="number", warranty="", order_number="", **sizes):
        """Return what the tab shows; a search changes nothing, so it is a GET."""
        own = dossier.sudo().commercial_partner_id == self._customer()
        Line = request.env["service.dossier.line"]
        lines = Line.search([("dossier_id", "=", dossier.id)]) if own else Line
        values = {
            "mode": "dimensions" if mode == "dimensions" else "number",
            "lines": lines,
            "to_place": lines.filtered(lambda line: not line.is_placed),
            "search_number": warranty,
            "search_order": order_number or dossier.sudo().order_number or "",
            "sizes": {name: sizes.get(name, "") for name in ("width", "height", "depth")},
            "candidates": [],
            "searched": False,
            "search_problem": "",
            "tolerance": dossier.sudo().company_id.dossier_tolerance,
        }
        if own and dossier.configurator_open:
            try:
                self._search_candidates(dossier, values, order_number)
            except UserError as error:
                values["search_problem"] = str(error.args[0])
        return values

    def _search_candidates(self, dossier, values, order_number):
        Warranty = request.env["service.warranty"]
        if values["mode"] == "number":
            if values["search_number"]:
                values["searched"] = True
                found = Warranty._find_by_number(self._customer(), values["search_number"])
                values["candidates"] = [(warranty.sudo(), 0, ()) for warranty in found]
            return
        sizes = values["sizes"]
        if not order_number and not any(sizes.values()):
            return
        values["searched"] = True
        numbers = [self._read_size(sizes[name]) for name in ("width", "height", "depth")]
        if not order_number.strip():
            raise UserError(request.env._("Fill in the order number."))
        if not any(numbers):
            raise UserError(request.env._("Fill in at least one dimension."))
        found = Warranty._find_by_dimensions(
            self._customer(), numbers, order_number=order_number[:64], tolerance=values["tolerance"]
        )
        values["candidates"] = [(warranty.sudo(), deviation, reasons) for warranty, deviation, reasons in found]

    def _read_size(self, text):
        """Return a dimension in mm, 0 when empty.

        :raises UserError: for anything that is not a sensible number
        """
        try:
            return read_size(text)
        except SizeError as error:
            if error.args[0] == "range":
                raise UserError(request.env._("Dimensions are between 1 and 100,000 mm.")) from None
            raise UserError(request.env._("Dimensions are numbers; you can add mm, cm or m.")) from None

    def _back(self, dossier, *, notice="", problem="", **arguments):
        self._tell(notice=notice, problem=problem)
        return request.redirect(f"/my/dossiers/{dossier.id}?{urlencode({'tab': 'configurator', **arguments})}")

    @http.route("/my/dossiers/<int:dossier_id>/parts", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_add_part(self, dossier_id, warranty_id="", element_id="", quantity="1", found_by="number", **post):
        """Configure a part of a warranty that the user chose."""
        dossier = self._get_dossier(dossier_id)
        self._require_own(dossier)
        warranty = request.env["service.warranty"].search([("id", "=", record_id(warranty_id))])
        if not warranty:
            raise request.not_found()
        elements_sudo = warranty.sudo().element_ids  # customers may not read products
        try:
            quantity = float(quantity.replace(",", ".") or 1)
            with request.env.cr.savepoint():
                request.env["service.dossier.line"]._add(
                    dossier,
                    warranty,
                    element=elements_sudo.filtered(lambda element: str(element.id) == element_id)[:1],
                    quantity=quantity if quantity == quantity else 0,
                    reference=post.get("reference") or "",
                    note=post.get("note") or "",
                    found_by="dimensions" if found_by == "dimensions" else "number",
                )
        except ValueError:
            return self._back(dossier, problem=request.env._("The quantity is not a number."), warranty=warranty.name)
        except UserError as error:
            return self._back(dossier, problem=str(error.args[0]), warranty=warranty.name)
        return self._back(dossier, notice=request.env._("The part was added to your order."))

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
        dossier = self._get_dossier(dossier_id)
        line = request.env["service.dossier.line"].search([("id", "=", line_id), ("dossier_id", "=", dossier.id)])
        if not line:
            raise request.not_found()
        try:
            line._remove()
        except UserError as error:
            return self._back(dossier, problem=str(error.args[0]))
        return self._back(dossier)

    @http.route("/my/dossiers/<int:dossier_id>/order", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_place_order(self, dossier_id, **post):
        """Place the service order."""
        dossier = self._get_dossier(dossier_id)
        self._require_own(dossier)
        try:
            with request.env.cr.savepoint():  # all orders or none
                orders_sudo = request.env["service.dossier.line"]._place_orders(dossier)
        except LockError:
            problem = request.env._("A colleague is placing this order at this moment.")
            return self._back(dossier, problem=problem)
        except UserError as error:
            return self._back(dossier, problem=str(error.args[0]))
        waiting = orders_sudo.filtered(lambda order: "waiting" in order.order_line.warranty_claim_ids.mapped("state"))
        names = ", ".join((orders_sudo - waiting).mapped("name"))
        notices = [request.env._("Your order was placed: %(names)s", names=names)] if names else []
        if waiting:
            waiting_names = ", ".join(waiting.mapped("name"))
            notices.append(
                request.env._("The manufacturer decides whether this is free of charge: %(names)s", names=waiting_names)
            )
        return self._back(dossier, notice=". ".join(notices))

    @http.route("/my/service/<string:number>", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_service(self, number, **kw):
        """Lead whoever scanned a QR code to the service request for that very part."""
        warranty = self._own_warranty(number)
        if not warranty:
            raise request.not_found()
        dossier = request.env["service.dossier"].search([("id", "=", warranty.dossier_id.id)])
        query = urlencode({"warranty": warranty.name})
        if dossier and dossier.configurator_open:
            return request.redirect(f"/my/dossiers/{dossier.id}?tab=configurator&{query}")
        if dossier and dossier.stage_id.kind == "finished":
            return request.redirect(f"/my/dossiers/{dossier.id}?tab=communication&add=service_request&{query}")
        values = self._prepare_portal_layout_values()
        contact = dossier._contact_notice() if dossier else None
        values.update(page_name="new_dossier", warranty=warranty, dossier=dossier.sudo(), contact=contact)
        return request.render("service_dossier.portal_service_notice", values)
