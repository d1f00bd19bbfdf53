from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..soap.errors import SoapError
from ..utils import execute_contended


class SupplierOrderWizard(models.TransientModel):
    """The window behind *Order*: tick parts, choose suppliers, compare, order."""

    _name = "supplier.order.wizard"
    _inherit = ["record.window.mixin"]
    _description = "Order Parts"

    sale_id = fields.Many2one("sale.order", "File", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="sale_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        check_company=True,
        help="The supplier of the ticked parts; it can be changed part by part.",
    )
    supplier_ids = fields.Many2many("res.partner", string="Possible Suppliers", compute="_compute_supplier_ids")
    line_ids = fields.One2many("supplier.order.wizard.line", "wizard_id")
    selected_count = fields.Integer(compute="_compute_selected")
    supplier_count = fields.Integer(compute="_compute_selected")
    credit_cost = fields.Float(compute="_compute_selected", digits=(16, 2))
    message = fields.Text(readonly=True)
    purchase_ids = fields.Many2many("purchase.order", readonly=True)

    @api.depends("company_id", "line_ids.product_id")
    def _compute_supplier_ids(self):
        for wizard in self:
            connections = self.env["supplier.connection"].search(
                [("company_id", "=", wizard.company_id.id), ("state", "=", "active")]
            )
            sellers = wizard.line_ids.product_id.seller_ids.partner_id
            wizard.supplier_ids = connections.partner_id | sellers

    @api.depends("line_ids.selected", "line_ids.partner_id", "company_id")
    def _compute_selected(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("selected")
            wizard.selected_count = len(lines)
            wizard.supplier_count = len(lines.partner_id)
            wizard.credit_cost = len(lines.connection_id) * wizard.company_id.credit_price_order

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id:
            for line in self.line_ids:
                line.partner_id = self.partner_id

    @api.model
    def _create_for(self, sale):
        """Return a wizard with the parts of a job file."""
        lines = sale._get_orderable_lines()
        connections = self.env["supplier.connection"].search(
            [("company_id", "=", sale.company_id.id), ("state", "=", "active")]
        )
        ordered = self._get_ordered_quantities(lines)
        return self.create(
            {
                "sale_id": sale.id,
                "line_ids": [
                    Command.create(
                        {
                            "sale_line_id": line.id,
                            "ordered_quantity": ordered.get(line, 0.0),
                            "quantity": max(line.product_uom_qty - ordered.get(line, 0.0), 0.0),
                            "partner_id": self._guess_supplier(line, connections).id,
                        }
                    )
                    for line in lines
                ],
            }
        )

    @api.model
    def _get_ordered_quantities(self, lines):
        """Return by sale line what is on purchase orders already, in the unit of the sale line."""
        # colleagues may have ordered on purchase orders that this user does not see
        purchase_lines_sudo = (
            self.env["purchase.order.line"]
            .sudo()
            .search([("sale_line_id", "in", lines.ids), ("state", "!=", "cancel")])
        )
        ordered = {}
        for purchase_line_sudo in purchase_lines_sudo:
            line = lines.browse(purchase_line_sudo.sale_line_id.id)
            ordered[line] = ordered.get(line, 0.0) + purchase_line_sudo.product_uom_id._compute_quantity(
                purchase_line_sudo.product_qty, line.product_uom_id
            )
        return ordered

    @api.model
    def _guess_supplier(self, line, connections):
        """Return the supplier to begin with: one that can be ordered from electronically, if any."""
        sellers = line.product_id.seller_ids.filtered(
            lambda seller: not seller.company_id or seller.company_id == line.company_id
        ).partner_id
        connected = connections.partner_id.filtered(lambda partner: partner in sellers)
        return (connected or sellers or connections.partner_id)[:1]

    def action_check(self):
        """Ask the suppliers for price and availability of the ticked parts."""
        self.ensure_one()
        # nothing ticked yet: what is missing is asked about, to decide by that
        lines = self.line_ids.filtered("selected") or self.line_ids.filtered(lambda line: line.quantity > 0)
        if not lines:
            raise UserError(self.env._("Everything in this file is on order already."))
        lines.offer_ids.unlink()
        connections = self.env["supplier.connection"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "active")]
        )
        if not connections:
            raise UserError(self.env._("No supplier has an active connection to a web service."))
        wanted = {connection: self._get_numbers(connection, lines) for connection in connections}
        resting = connections.filtered(lambda connection: wanted[connection] and connection.is_paused)
        asked = connections.filtered(lambda connection: wanted[connection] and not connection.is_paused)
        outcomes = asked._ask_prices(
            {each: self._sum_up(wanted[each]) for each in asked},
            {each: self._get_units(each, wanted[each]) for each in asked},
        )
        problems = [f"{each.partner_id.name}: {each._describe_pause()}" for each in resting]
        for connection in asked:
            problem = self._take_offers(connection, wanted[connection], outcomes[connection])
            if problem:
                problems.append(f"{connection.partner_id.name}: {problem}")
        lines._mark_best_offers()
        self.message = "\n".join(problems) or False
        return self._reopen()

    @api.model
    def _get_numbers(self, connection, lines):
        """Return by line what a supplier calls the part, where it calls it anything."""
        numbers = {line: line._get_part_number(connection.partner_id) for line in lines}
        return {line: number for line, number in numbers.items() if number}

    @api.model
    def _sum_up(self, numbers):
        """Return pairs of part number and quantity: a part that stands on several lines is asked about once."""
        total = {}
        for line, number in numbers.items():
            total[number] = total.get(number, 0.0) + line.quantity
        return list(total.items())

    @api.model
    def _get_units(self, connection, numbers):
        """Return what a supplier calls the unit to order, by part number."""
        return {number: connection._find_unit_code(line.product_uom_id) for line, number in numbers.items()}

    def _take_offers(self, connection, numbers, outcome):
        """Keep the offers of one supplier; return in words what is wrong with its answer, or nothing.

        :param numbers: part numbers by line; those without an offer are kept as such
        :param outcome: ``offers.Chosen`` by part number, or a ``SoapError``
        """
        if isinstance(outcome, SoapError):
            # a supplier without a price question has nothing to say here
            unsupported = outcome.reason == "unsupported"
            return "" if unsupported else self.env["supplier.exchange"]._describe_error(outcome)
        self.env["supplier.order.wizard.offer"].create(
            [
                line._prepare_offer_values(connection, outcome[number])
                if number in outcome
                else {"line_id": line.id, "connection_id": connection.id, "part_number": number, "is_silent": True}
                for line, number in numbers.items()
            ]
        )
        return ""

    def action_select_all(self):
        """Tick every part of which something is missing."""
        self.ensure_one()
        self.line_ids.filtered(lambda line: line.quantity > 0).selected = True
        return self._reopen()

    def action_take_best(self):
        """Give each ticked part to the supplier with the best offer."""
        self.ensure_one()
        for line in self._get_ticked_lines():
            best = line.offer_ids.filtered("is_best")[:1]
            if best:
                line.partner_id = best.partner_id
        return self._reopen()

    def action_order(self):
        """Make one purchase order per supplier with exactly the ticked parts."""
        self.ensure_one()
        if not self.exists():
            raise UserError(self.env._("This window is out of date. Close it and press “Order” again."))
        self.check_access("write")
        try:
            self.lock_for_update()
        except LockError as error:
            raise ConcurrencyError("this window is being confirmed by another request") from error
        if not self.purchase_ids:
            lines = self._get_ticked_lines()
            self._check_not_ordered_meanwhile(lines)
            missing = lines.filtered(lambda line: not line.partner_id)
            if missing:
                raise UserError(
                    self.env._("Choose a supplier for: %(parts)s.", parts=", ".join(missing.mapped("name")))
                )
            self.purchase_ids = self.env["purchase.order"].create(
                [self._prepare_purchase_values(partner, part) for partner, part in lines.grouped("partner_id").items()]
            )
            for line in lines:
                line._carry_offer()
            for purchase in self.purchase_ids:
                purchase.message_post_with_source(
                    "mail.message_origin_link",
                    render_values={"self": purchase, "origin": self.sale_id},
                    subtype_xmlid="mail.mt_note",
                )
        return self._open_purchases()

    def _check_not_ordered_meanwhile(self, lines):
        """:raises UserError: where another window ordered some of the parts since this one was opened"""
        # touching the file lets two windows that are confirmed at the same moment see each other: the second one's
        # transaction is run again, and reads what the first one ordered
        sale_sudo = self.sale_id.sudo()
        execute_contended(
            self.env, SQL("UPDATE sale_order SET write_date = write_date WHERE id = %s RETURNING id", sale_sudo.id)
        )
        ordered = self._get_ordered_quantities(lines.sale_line_id)
        more = lines.filtered(lambda line: ordered.get(line.sale_line_id, 0.0) > line.ordered_quantity)
        if more:
            raise UserError(
                self.env._(
                    "Meanwhile somebody else ordered: %(parts)s. Close this window and press “Order” again to see what "
                    "is still missing.",
                    parts=", ".join(more.mapped("name")),
                )
            )

    def _get_ticked_lines(self):
        lines = self.line_ids.filtered("selected")
        if not lines:
            raise UserError(self.env._("Tick the parts first."))
        if any(line.quantity <= 0 for line in lines):
            raise UserError(self.env._("The quantity of a ticked part has to be above zero."))
        return lines

    def _prepare_purchase_values(self, partner, lines):
        sale = self.sale_id
        partner = partner.with_company(sale.company_id)
        currency = partner.property_purchase_currency_id or sale.company_id.currency_id
        return {
            "partner_id": partner.id,
            "company_id": sale.company_id.id,
            "currency_id": currency.id,
            "origin": sale.name,
            "user_id": self.env.uid,
            "payment_term_id": partner.property_supplier_payment_term_id.id,
            "order_line": [Command.create(line._prepare_purchase_line_values()) for line in lines],
        }

    def _open_purchases(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("purchase.purchase_rfq")
        if len(self.purchase_ids) == 1:
            return {
                **action,
                "views": [(False, "form")],
                "view_mode": "form",
                "res_id": self.purchase_ids.id,
                "context": {},
            }
        return {**action, "domain": [("id", "in", self.purchase_ids.ids)], "context": {}}

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.supplier_order_wizard_action")
        return {**action, "res_id": self.id}
