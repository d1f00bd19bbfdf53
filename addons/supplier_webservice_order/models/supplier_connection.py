from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.addons.base_safeguard.links import check_new_links
from odoo.addons.phone_validation.tools import phone_validation
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, email_normalize
from zeep.exceptions import Error as ZeepError

from ..connectors.base import UNREADABLE
from ..soap.errors import FateUnknownError, SoapError
from ..soap.masking import masked
from ..utils import check_guarded, guarded_create

#: messages are counted up to here
MAX_COUNT = 10_000
#: what only methods write
GUARDED = (
    "state",
    "failures",
    "date_pause_end",
    "pause_reason",
    "date_last_test",
    "last_test_ok",
    "last_test_text",
    # computed: whoever wrote them would send the credentials elsewhere
    "address_urls",
    "unit_codes",
)


class SupplierConnection(models.Model):
    """One supplier's web service, as one company uses it.

    A connector is added by a class in one file, see ``connectors/ubl.py``: it extends
    the selection ``connector`` and defines ``_<connector>_get_connector``.
    """

    _name = "supplier.connection"
    _description = "Supplier Connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Supplier", required=True, check_company=True, index=True, tracking=True
    )
    supplier_phone = fields.Char(related="partner_id.phone", string="Supplier's Phone")
    supplier_email = fields.Char(related="partner_id.email", string="Supplier's E-mail")
    connector = fields.Selection([], required=True, tracking=True, help="How this supplier's web service is spoken to.")
    state = fields.Selection(
        [("inactive", "Inactive"), ("requested", "Requested"), ("active", "Active"), ("suspended", "Suspended")],
        default="inactive",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    customer_number = fields.Char("Customer Number at the Supplier", tracking=True)
    contact_email = fields.Char("Contact E-mail", tracking=True, help="Where the supplier can reach you.")
    contact_phone = fields.Char(tracking=True)
    endpoint_url = fields.Char("Web Service Address", tracking=True)
    wsdl_file = fields.Binary(
        "Another WSDL",
        attachment=True,
        copy=False,
        groups="supplier_webservice_order.group_supplier_webservice_order_manager",
        help="Replaces the connector's own WSDL: a WSDL, or a zip with a WSDL and its schemas. Nothing is fetched.",
    )
    wsdl_filename = fields.Char()
    has_own_wsdl = fields.Boolean(
        compute="_compute_has_own_wsdl", store=True, help="Whether messages are written with another WSDL."
    )
    auth = fields.Selection(
        [
            ("none", "None"),
            ("basic", "HTTP basic"),
            ("digest", "HTTP digest"),
            ("wsse", "WS-Security PasswordDigest"),
            ("wsse_text", "WS-Security PasswordText"),
            ("body", "In the message itself"),
        ],
        string="Authentication",
        default="basic",
        required=True,
    )
    username = fields.Char(copy=False, groups="supplier_webservice_order.group_supplier_webservice_order_manager")
    password = fields.Char(copy=False, groups="supplier_webservice_order.group_supplier_webservice_order_manager")
    connect_timeout = fields.Float("Time to Connect (s)", default=5.0, digits=(6, 1))
    read_timeout = fields.Float("Time to Answer (s)", default=30.0, digits=(6, 1))
    price_tolerance = fields.Float(
        "Price Tolerance (%)", default=5.0, digits=(6, 2), help="Prices further away than this are flagged."
    )
    confirm_on_approval = fields.Boolean(
        "Confirm Approved Orders",
        default=True,
        help="An order that the supplier approves as it was sent becomes a confirmed purchase order by itself.",
    )
    max_calls = fields.Integer(
        "Calls at Once", default=4, required=True, help="How many messages may be under way to this supplier."
    )
    failures = fields.Integer(readonly=True, copy=False, help="Calls in a row that failed.")
    date_pause_end = fields.Datetime(
        "Paused Until",
        readonly=True,
        copy=False,
        help="The supplier failed or asked for patience: until then it is left alone.",
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    is_paused = fields.Boolean(compute="_compute_is_paused")
    charge_product_ids = fields.One2many("supplier.connection.charge", "connection_id", "Charge Products")
    unit_ids = fields.One2many("supplier.connection.unit", "connection_id", "Unit Codes")
    unit_codes = fields.Json(
        "Codes by Unit", compute="_compute_unit_codes", store=True, help="The same by unit: every message needs them."
    )
    date_last_test = fields.Datetime("Last Test", readonly=True, copy=False)
    last_test_ok = fields.Boolean(readonly=True, copy=False)
    last_test_text = fields.Char("Test Result", readonly=True, copy=False)
    exchange_ids = fields.One2many("supplier.exchange", "connection_id", readonly=True)
    exchange_count = fields.Integer(compute="_compute_counts")
    purchase_count = fields.Integer(compute="_compute_counts")
    color = fields.Integer(compute="_compute_color")

    _supplier_unique = models.UniqueIndex(
        "(company_id, partner_id) WHERE active", "This supplier has a connection in this company already."
    )
    _timeouts_sensible = models.Constraint(
        "CHECK(connect_timeout > 0 AND connect_timeout <= 60 AND read_timeout > 0 AND read_timeout <= 300)",
        "Times have to be above zero; 60 seconds to connect and 300 to answer at most.",
    )
    _max_calls_sensible = models.Constraint("CHECK(max_calls BETWEEN 1 AND 64)", "1 to 64 calls can be under way.")
    _tolerance_positive = models.Constraint("CHECK(price_tolerance >= 0)", "The tolerance cannot be negative.")

    def _compute_counts(self):
        """Count up to a limit: nobody reads the difference between ten thousand messages and a million."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id, (SELECT count(*) FROM (SELECT FROM supplier_exchange x
                                  WHERE x.connection_id = c.id LIMIT %(limit)s) AS listed),
                          (SELECT count(DISTINCT purchase_id) FROM (SELECT purchase_id FROM supplier_exchange x
                                  WHERE x.connection_id = c.id ORDER BY x.id DESC LIMIT %(limit)s) AS listed)
                     FROM supplier_connection c WHERE c.id IN %(ids)s""",
                limit=MAX_COUNT,
                ids=tuple(self.ids) or (0,),
            )
        )
        counts = {connection_id: numbers for connection_id, *numbers in rows}
        for connection in self:
            connection.exchange_count, connection.purchase_count = counts.get(connection.id, (0, 0))

    def _compute_is_paused(self):
        now = fields.Datetime.now()
        for connection in self:
            connection.is_paused = bool(connection.date_pause_end and connection.date_pause_end > now)

    @api.depends("unit_ids.uom_id", "unit_ids.code")
    def _compute_unit_codes(self):
        for connection in self:
            connection.unit_codes = {str(unit.uom_id.id): unit.code for unit in connection.unit_ids}

    @api.depends("wsdl_file")
    def _compute_has_own_wsdl(self):
        # looking for a file that is not there would cost every message a query
        for connection in self:
            connection.has_own_wsdl = bool(connection.wsdl_file)

    @api.depends("state")
    def _compute_color(self):
        colors = {"inactive": 0, "requested": 3, "active": 10, "suspended": 1}
        for connection in self:
            connection.color = colors[connection.state]

    @api.constrains("endpoint_url")
    def _check_endpoint_url(self):
        for connection in self.filtered("endpoint_url"):
            parts = urlsplit(connection.endpoint_url.strip())
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(self.env._("The web service address has to begin with https:// or http://."))
            if parts.username or parts.password:
                raise ValidationError(self.env._("Do not write user name or password into the address."))

    @api.constrains("contact_email")
    def _check_contact_email(self):
        for connection in self.filtered("contact_email"):
            if not email_normalize(connection.contact_email):
                raise ValidationError(
                    self.env._("%(email)s is not one valid e-mail address.", email=connection.contact_email)
                )

    @api.constrains("wsdl_file", "connector")
    def _check_wsdl_file(self):
        for connection in self.filtered("wsdl_file"):
            try:
                connection._get_service()
            except (ZeepError, ValueError, OSError, StopIteration) as error:
                raise ValidationError(self.env._("This WSDL cannot be used: %(error)s", error=error)) from error

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        model, vals_list = guarded_create(self, vals_list, (*GUARDED, "inner_network"))
        return super(SupplierConnection, model).create([self._tidy_values(vals) for vals in vals_list])

    def write(self, vals):
        check_guarded(self, [vals], GUARDED)
        self._check_whose(vals)
        if "contact_phone" in vals and len(self) > 1:
            return all(connection.write(vals) for connection in self)
        if not vals.get("active", True):
            # what is archived sends nothing any more; the state is written by methods only
            self.sudo().filtered(lambda connection: connection.state == "active").state = "suspended"
        return super().write(self._tidy_values(vals))

    def onchange(self, values, field_names, fields_spec):
        """:raises AccessError: when the form names a contact of others: it would show phone and e-mail"""
        check_new_links(self, values, "partner_id")
        return super().onchange(values, field_names, fields_spec)

    def _check_whose(self, vals):
        """:raises UserError: where messages would become those of another company, or to another supplier"""
        moved = self.filtered(
            lambda connection: any(
                name in vals and connection[name].id != vals[name] for name in ("company_id", "partner_id")
            )
        )
        # whoever changes a connection may not see all of its messages
        if moved and self.env["supplier.exchange"].sudo().search_count([("connection_id", "in", moved.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Messages went over this connection: its company and its supplier stay. "
                    "Archive it, and make a new one."
                )
            )

    @api.model
    def _tidy_values(self, vals):
        """Return the values with e-mail address and phone number in their normal form."""
        tidy = dict(vals)
        if tidy.get("contact_email"):
            tidy["contact_email"] = email_normalize(tidy["contact_email"]) or tidy["contact_email"].strip()
        if tidy.get("customer_number"):
            tidy["customer_number"] = tidy["customer_number"].strip()
        if tidy.get("contact_phone"):
            company = self.env["res.company"].browse(tidy.get("company_id")) or self.company_id or self.env.company
            country = company.country_id
            # raises a UserError that names the number and what is wrong with it
            tidy["contact_phone"] = phone_validation.phone_format(
                tidy["contact_phone"], country.code or None, country.phone_code or None, force_format="INTERNATIONAL"
            )
        return tidy

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # whoever deletes a connection may not see all of its messages
        if self.env["supplier.exchange"].sudo().search_count([("connection_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Messages went over this connection. Archive it instead of deleting it."))

    # Actions

    def action_request_activation(self):
        """Ask support by e-mail to activate the connection."""
        self._check_manager()
        template = self.env.ref("supplier_webservice_order.mail_template_activation_request")
        for connection in self:
            connection._check_activation_data()
            # as the system: the state is changed by these methods only
            connection.sudo().state = "requested"
            template.with_context(mail_owed=True).send_mail(connection.id)
            connection.message_post(
                body=self.env._(
                    "Activation requested from %(email)s.", email=connection.company_id.supplier_support_email
                )
            )
        return True

    def _check_activation_data(self):
        self.ensure_one()
        if self.state != "inactive":
            raise UserError(self.env._("Activation was requested already."))
        missing = [
            self._fields[name].get_description(self.env, ["string"])["string"]
            for name in ("customer_number", "contact_email")
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Still missing: %(fields)s. Where you do not know it, ask %(supplier)s (%(contact)s).",
                    fields=", ".join(missing),
                    supplier=self.partner_id.name,
                    contact=", ".join(filter(None, (self.supplier_phone, self.supplier_email))) or "-",
                )
            )
        if not email_normalize(self.company_id.supplier_support_email):
            raise UserError(self.env._("Enter the support e-mail address in the settings first."))

    def action_activate(self):
        """Put the connection into service."""
        self._check_manager()
        for connection in self:
            if not (connection.endpoint_url and connection.customer_number and connection.contact_email):
                raise UserError(
                    self.env._("Address, customer number and contact e-mail are needed before orders can be sent.")
                )
            connection._check_options()
            connection._check_password_found()
            # the state is written by these methods only
            connection.sudo().write({"state": "active", "failures": 0, "date_pause_end": False, "pause_reason": False})
        self.env["supplier.exchange"]._wake_workers()
        return True

    def action_suspend(self):
        """Stop sending; what is on its way is still followed up."""
        self._check_manager()
        # the state is written by these methods only
        self.filtered(lambda connection: connection.state == "active").sudo().state = "suspended"
        return True

    def action_deactivate(self):
        """Take the connection out of service."""
        self._check_manager()
        # the state is written by these methods only
        self.sudo().state = "inactive"
        return True

    def action_test(self):
        """Send the supplier's test message and show how it went."""
        self._check_manager()
        self.ensure_one()
        try:
            client = self._get_client()
            text = self._ask("test", client, client.connector.test_message)
            ok, shown = True, masked(client.connector.test_answer(text), client.endpoint.secrets)
        except UNREADABLE:
            unreadable = FateUnknownError("unreadable")
            ok, shown = False, self.env["supplier.exchange"]._describe_error(unreadable)
        except SoapError as error:
            ok, shown = False, self.env["supplier.exchange"]._describe_error(error)
        # how the test went is written by this method only
        self.sudo().write({"date_last_test": fields.Datetime.now(), "last_test_ok": ok, "last_test_text": shown[:500]})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if ok else "danger",
                "title": self.env._("The connection works") if ok else self.env._("The connection does not work"),
                "message": shown,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_exchanges(self):
        """Open the messages of this connection."""
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.supplier_exchange_action")
        return {**action, "domain": [("connection_id", "in", self.ids)], "context": {}}

    def action_view_purchases(self):
        """Open the purchase orders that went over this connection."""
        action = self.env["ir.actions.act_window"]._for_xml_id("purchase.purchase_rfq")
        return {**action, "domain": [("exchange_ids.connection_id", "in", self.ids)], "context": {}}

    def _check_manager(self):
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_manager"):
            raise AccessError(self.env._("Only a manager of supplier orders changes connections."))
        # what follows works as the system: a manager of another company has the role, too
        self.check_access("write")
