"""What the tab Configurator shows."""

import secrets

from odoo.exceptions import UserError
from odoo.http import request

from ..dimension_search import SizeError, read_size
from .visitor import DossierVisitor

SIZES = ("width", "height", "depth")


class ConfiguratorTab:
    """The parts of a service order, and the warranties that a search finds; a search changes nothing."""

    def __init__(self, visitor: DossierVisitor):
        self.visitor = visitor

    def values(self, mode="number", warranty="", order_number="", **sizes):
        """Return what the page needs."""
        visitor = self.visitor
        Line = request.env["service.dossier.line"]
        lines = Line.search([("dossier_id", "=", visitor.dossier.id)]) if visitor.is_own else Line
        values = {
            "mode": "dimensions" if mode == "dimensions" else "number",
            "post_key": secrets.token_urlsafe(12),
            "lines": lines,
            "to_place": lines.filtered(lambda line: not line.is_placed),
            "search_number": warranty,
            "search_order": order_number or visitor.dossier_sudo.order_number or "",
            "sizes": {name: sizes.get(name, "") for name in SIZES},
            "candidates": [],
            "searched": False,
            "search_problem": "",
            "tolerance": visitor.dossier._settings().dossier_tolerance,
        }
        if visitor.is_own and visitor.dossier.configurator_open:
            try:
                values.update(self._search(values, order_number))
            except UserError as error:
                values.update(searched=True, search_problem=str(error.args[0]))
        return values

    def _search(self, values, order_number):
        """Return ``searched`` and ``candidates``: triples of warranty (superuser), deviation in mm and reasons."""
        if values["mode"] == "number":
            found = self._by_number(values["search_number"])
        else:
            found = self._by_dimensions(values["sizes"], order_number, values["tolerance"])
        if found is None:
            return {}
        Warranty_sudo = request.env["service.warranty"].sudo()  # found as the user; products are out of their reach
        return {
            "searched": True,
            "candidates": [(Warranty_sudo.browse(warranty.id), *rest) for warranty, *rest in found],
        }

    def _by_number(self, number):
        if not number:
            return None
        found = request.env["service.warranty"]._find_by_number(self.visitor.customer, number)
        return [(warranty, 0, ()) for warranty in found]

    def _by_dimensions(self, sizes, order_number, tolerance):
        if not order_number and not any(sizes.values()):
            return None
        numbers = [self._read_size(sizes[name]) for name in SIZES]
        if not order_number.strip():
            raise UserError(request.env._("Fill in the order number."))
        if not any(numbers):
            raise UserError(request.env._("Fill in at least one dimension."))
        return request.env["service.warranty"]._find_by_dimensions(
            self.visitor.customer, numbers, order_number=order_number[:64], tolerance=tolerance
        )

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
