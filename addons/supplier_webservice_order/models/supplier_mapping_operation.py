from dataclasses import fields as fields_of
from dataclasses import is_dataclass, replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from zeep.exceptions import Error as ZeepError

from ..connectors import mapped
from ..connectors.base import ADDED, Cancellation, Change
from ..soap.errors import SoapError
from ..soap.masking import readable

#: a number of a message that is only looked at
PREVIEW_ID = "0" * 32


class SupplierMappingOperation(models.Model):
    """One operation of a supplier's web service, and what of ours stands where in its message and its answer."""

    _name = "supplier.mapping.operation"
    _description = "Mapped Operation of a Supplier"
    _order = "connection_id, id"
    _rec_name = "operation"

    connection_id = fields.Many2one("supplier.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, precompute=True, index=True)
    kind = fields.Selection(
        [
            ("order", "Purchase Order"),
            ("change", "Order change"),
            ("cancel", "Order cancellation"),
            ("status", "Order status"),
            ("shipment", "Shipments"),
            ("offer", "Price and availability"),
            ("test", "Test"),
        ],
        string="What For",
        required=True,
    )
    operation = fields.Char(required=True, help="As the WSDL names it.")
    available_operations = fields.Char(compute="_compute_available_operations")
    request_ids = fields.One2many(
        "supplier.mapping.element", "operation_id", string="Message", domain=[("direction", "=", "request")]
    )
    answer_ids = fields.One2many("supplier.mapping.element", "operation_id", domain=[("direction", "=", "answer")])
    default_code = fields.Selection(
        [("AB", "Received"), ("AP", "Approved as sent"), ("CA", "Approved with changes"), ("RE", "Rejected")],
        string="State Where None Is Named",
        help="What a usable answer means that names no state of the order.",
    )
    default_line_status = fields.Selection(
        [("pending", "Pending"), ("confirmed", "Confirmed"), ("backordered", "Comes later")],
        string="State of a Line Where None Is Named",
    )
    preview_purchase_id = fields.Many2one(
        "purchase.order",
        string="Order to Look At",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    preview = fields.Text(compute="_compute_preview")
    preview_problems = fields.Text(compute="_compute_preview")
    last_try_text = fields.Text("Answer to the Test Call", readonly=True, copy=False)

    _kind_unique = models.Constraint("UNIQUE(connection_id, kind)", "For each purpose there is one operation.")

    @api.depends("connection_id.wsdl_file")
    def _compute_available_operations(self):
        for operation in self:
            connection = operation.connection_id  # none yet, in a form that begins with something else
            try:
                names = connection._get_service().operations() if connection else []
            except (UserError, ZeepError):
                names = []
            operation.available_operations = ", ".join(names)

    @api.depends(
        "operation", "kind", "preview_purchase_id", "request_ids.value", "request_ids.constant",
        "request_ids.table_text",
        "request_ids.date_format", "request_ids.is_lines", "connection_id.mapping_decimal_comma",
    )  # fmt: skip
    def _compute_preview(self):
        for operation in self:
            try:
                operation.preview, operation.preview_problems = operation._render_preview()
            except (UserError, SoapError, ZeepError, ValueError) as error:
                operation.preview = False
                operation.preview_problems = error.detail if isinstance(error, SoapError) else str(error)

    @api.constrains("operation", "connection_id")
    def _check_operation(self):
        for operation in self:
            if operation.operation not in operation.connection_id._get_service().operations():
                raise ValidationError(
                    self.env._(
                        "The WSDL has no operation %(name)s. It has: %(names)s.",
                        name=operation.operation,
                        names=operation.available_operations,
                    )
                )

    @api.onchange("operation")
    def _onchange_operation(self):
        """Show the elements of a new operation at once: what is being entered is saved with its connection."""
        if self._origin or self.operation not in (self.available_operations or "").split(", "):
            return
        found = {}
        for name, commands in self._prepare_schema().items():
            self[name] = [Command.clear(), *commands]
            found[name] = self[name]
        # both are lines of the same record: filling one of them in memory empties the other
        for name, elements in found.items():
            self._fields[name]._update_cache(self, elements._ids)

    @api.model_create_multi
    def create(self, vals_list):
        operations = super().create(vals_list)
        # of elements that come from the screen too: it does not send what nobody may change there
        operations._read_schema()
        self.env["supplier.connection"]._forget_mapping()
        return operations

    def write(self, vals):
        self.env["supplier.connection"]._forget_mapping()
        return super().write(vals)

    def unlink(self):
        self.env["supplier.connection"]._forget_mapping()
        return super().unlink()

    # Actions

    def action_read_schema(self):
        """Read the elements anew from the WSDL; what was filled in stays where its element is still there."""
        self._check_manager()
        self._read_schema()
        return True

    def action_try(self):
        """Send a question that changes nothing, and show what its answer says."""
        self.ensure_one()
        self._check_manager()
        if self.kind in ("order", "change", "cancel"):
            raise UserError(self.env._("A test call asks. An order is only sent by communicating a purchase order."))
        connection = self.connection_id
        connector = connection._get_connector()
        messages = self._write_preview(connector)
        try:
            client = connection._get_client()
            values = [connection._ask("test", client, lambda _account, each=each: each) for each in messages]
            self.last_try_text = "\n".join(map(str, self._describe_answers(connector, values)))
        except SoapError as error:
            self.last_try_text = self.env["supplier.exchange"]._describe_error(error)
        except (ValueError, ArithmeticError, LookupError) as error:
            self.last_try_text = self.env._("The answer cannot be read: %(error)s", error=error)
        return True

    def _check_manager(self):
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_manager"):
            raise AccessError(self.env._("Only a manager of supplier orders changes connections."))
        self.check_access("write")

    # Business

    def _read_schema(self):
        for operation in self:
            operation.write(operation._prepare_schema(operation.request_ids, operation.answer_ids))

    def _prepare_schema(self, request=(), answer=()):
        """Return the commands that make these elements, of message and answer, those of the schema.

        :raises UserError: where zeep cannot read it
        """
        service = self.connection_id._get_service()
        try:
            nodes, answered = service.tree(self.operation), service.tree(self.operation, answer=True)
        except ZeepError as error:
            raise UserError(self.env._("This operation cannot be mapped: %(error)s", error=error)) from error
        return {
            "request_ids": self._prepare_elements(request, nodes),
            "answer_ids": self._prepare_elements(answer, answered, "answer"),
        }

    def _prepare_elements(self, elements, nodes, direction="request"):
        """Return the commands that make the elements those of the schema."""
        there = {element.path: element for element in elements}
        commands = [
            Command.delete(element.id) for path, element in there.items() if path not in {n.path for n in nodes}
        ]
        for sequence, node in enumerate(nodes):
            values = {
                "sequence": sequence,
                "direction": direction,
                "path": node.path,
                "depth": node.depth,
                "type_name": node.type_name,
                "required": node.required,
                "repeats": node.repeats,
                "has_text": node.text,
            }
            known = there.get(node.path)
            commands.append(Command.update(known.id, values) if known else Command.create(values))
        return commands

    def _enter(self, message, answer):
        """Fill in elements by their paths: a value of ours, or a meaning; ``True`` for those that stand once per part.

        :param message: by path a value, ``True``, or a dictionary of ``value``, ``constant``, ``table`` and ``lines``
        :param answer: the same, with meanings
        """
        for elements, entered, name in ((self.request_ids, message, "value"), (self.answer_ids, answer, "meaning")):
            by_path = {element.path: element for element in elements}
            for path, what in entered.items():
                given = what if isinstance(what, dict) else {"lines": True} if what is True else {"value": what}
                by_path[path].write(
                    {
                        name: given.get("value", False),
                        "constant": given.get("constant", False),
                        "table_text": given.get("table", False),
                        "is_lines": given.get("lines", False),
                    }
                )

    def _to_plain(self):
        """Return the mapping of this operation for ``connectors.mapped``."""
        self.ensure_one()
        filled = self.request_ids.filtered(lambda element: element.value or element.constant)
        return mapped.Operation(
            name=self.operation,
            rules=tuple(element._to_rule() for element in filled),
            lines=self.request_ids.filtered("is_lines")[:1].path or "",
            answer=tuple(element._to_rule() for element in self.answer_ids.filtered("meaning")),
            answer_lines=self.answer_ids.filtered("is_lines")[:1].path or "",
            code=self.default_code or "",
            line_status=self.default_line_status or "",
        )

    def _write_preview(self, connector):
        """Return the messages of this operation for the chosen order, as the connector writes them."""
        account = self.connection_id._get_account()
        if self.kind == "status":
            return [connector.status_message(account, PREVIEW_ID)]
        if self.kind == "shipment":
            return [connector.shipment_message(account, PREVIEW_ID)]
        if self.kind == "test":
            return [connector.test_message(account)]
        if not self.preview_purchase_id:
            raise UserError(self.env._("Choose an order to look at."))
        order = self.preview_purchase_id
        lines = order.order_line.filtered(lambda line: not line.display_type)
        plain = order._prepare_supplier_order(PREVIEW_ID, lines)
        if self.kind == "offer":
            parts = [(part.number, part.quantity) for part in plain.parts]
            return connector.offer_messages(account, parts, plain.currency)[:1]
        if self.kind == "change":
            return [
                connector.change_message(
                    account, Change(PREVIEW_ID, 1, plain, {p.position: ADDED for p in plain.parts})
                )
            ]
        if self.kind == "cancel":
            return [connector.cancel_message(account, Cancellation(PREVIEW_ID, plain))]
        return [connector.order_message(account, plain)]

    def _render_preview(self):
        """Return the message for the chosen order, and what in it does not fit the schema."""
        self.ensure_one()
        if not (self.operation and self.kind and self.connection_id):
            return False, False
        connection = self.connection_id
        # what is being entered counts, not what is stored
        connector = mapped.MappedConnector(connection._make_mapping({self.kind: self._to_plain()}))
        client = replace(connection._get_client(), connector=connector, service=connection._get_service(connector))
        operation, payload = client.render(*self._write_preview(connector)[0])
        try:
            problems = "\n".join(client.service.problems(operation, payload, client.endpoint))
        except ZeepError:
            problems = self.env._("The schema of this supplier has faults itself, so that the message is not checked.")
        return readable(payload, client.endpoint.secrets), problems or False

    def _describe_answers(self, connector, values):
        """Return in lines what was understood of an answer."""
        if self.kind == "status":
            return [text for value in values for text in _describe(connector.status_answer(value))]
        if self.kind == "shipment":
            return [text for value in values for text in _describe(connector.shipment_answer(value))]
        if self.kind == "test":
            return [connector.test_answer(value) for value in values]
        order = self.preview_purchase_id
        numbers = [line.part_number for line in order.order_line if not line.display_type]
        if not self.request_ids.filtered("is_lines"):
            # one message for each part, and the first of them was sent
            numbers = numbers[: len(values)]
        offers = connector.read_offers([(number, 1) for number in numbers], values)
        return [text for offer in offers for text in _describe(offer)] or [self.env._("No offers.")]


def _describe(found, indent=""):
    """Yield what was found in an answer, by the names that the mapping has for it."""
    held = {field.name: getattr(found, field.name) for field in fields_of(found)}
    parts = {name: value for name, value in held.items() if isinstance(value, tuple)}
    shown = {name: value for name, value in held.items() if name not in parts and (value or isinstance(value, Decimal))}
    yield indent + (", ".join(f"{name}: {value}" for name, value in shown.items()) or "known: False")
    for values in parts.values():
        for value in values:
            yield from _describe(value, f"{indent}    ") if is_dataclass(value) else [f"{indent}    {value}"]
