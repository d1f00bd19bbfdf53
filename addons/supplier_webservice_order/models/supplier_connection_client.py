import base64
import logging
from dataclasses import replace

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from zeep.exceptions import Error as ZeepError

from ..connectors.base import Account
from ..connectors.client import SupplierClient
from ..const import QUANTITY_DIGITS
from ..delivery import PriceQuestion, ask_all
from ..offers import choose_offers
from ..reading import fetch_along
from ..soap.client import Service
from ..soap.documents import load_documents
from ..soap.errors import RefusedError, SoapError
from ..utils import to_decimal
from .supplier_connection_access import ACCESS_FIELDS

_logger = logging.getLogger(__name__)

#: what a message is written and sent with; reading the rest for each costs more than parsing the answer
CALL_FIELDS = (
    "name",
    "company_id",
    "partner_id",
    "connector",
    "customer_number",
    "contact_email",
    "has_own_wsdl",
    "unit_codes",
    "address_urls",
)
#: what a ``SupplierClient`` is made of
CLIENT_FIELDS = tuple(dict.fromkeys((*CALL_FIELDS, *ACCESS_FIELDS)))


class SupplierConnection(models.Model):
    """What a connection is to those who talk over it: connector, service, endpoint and account."""

    _inherit = "supplier.connection"

    @api.model
    def _get_for_supplier(self, partner, company):
        """Return the active connection to a supplier (or to the company it belongs to), or an empty recordset."""
        commercial = partner.commercial_partner_id
        wanted = [
            ("partner_id", "in", (partner | commercial).ids),
            ("company_id", "=", company.id),
            ("state", "=", "active"),
        ]
        return fetch_along(self.browse(), self._search(wanted, limit=1, order=self._order), {"": CALL_FIELDS})

    def _get_connector(self):
        """Return the ``Connector`` that speaks this supplier's language."""
        self.ensure_one()
        return getattr(self, f"_{self.connector}_get_connector")()

    def _get_options(self):
        """Return what only this connector needs, by name."""
        getter = getattr(self, f"_{self.connector}_get_options", dict)
        return getter()

    def _get_account(self):
        return Account(
            customer_number=self.customer_number or "",
            contact_email=self.contact_email or "",
            options=self._get_options(),
        )

    def _get_service(self, connector=None):
        # an uploaded WSDL is for managers' eyes, but every order is written with it; a form asks for its size only
        connection_sudo = self.sudo().with_context(bin_size=False)
        connector = connector or connection_sudo._get_connector()
        source = connector.wsdls or connector.wsdl
        if connection_sudo.has_own_wsdl:
            # one that is being entered is no record yet
            kept = isinstance(self.id, int)
            source = connection_sudo._get_uploaded() if kept else base64.b64decode(connection_sudo.wsdl_file)
        if not source:
            raise UserError(self.env._("%(connection)s: upload the supplier's WSDL first.", connection=self.name))
        return Service(source, credentials=connector.credentials, raw=connector.raw)

    @tools.ormcache("self.id")
    def _get_uploaded(self):
        """Return the parsed documents of the upload, which is not read again for every message."""
        return load_documents(base64.b64decode(self.wsdl_file))

    def _get_client(self):
        """Return the ``SupplierClient``: all that talking to this supplier takes, without Odoo."""
        # in one question: reading row by row costs more than parsing the answer
        self.sudo().with_context(bin_size=False).fetch(CLIENT_FIELDS)
        return replace(self._get_writer(), endpoint=self._get_endpoint())

    def _get_writer(self):
        """Return the ``SupplierClient`` without address and password, which cost queries: it only writes."""
        connector = self._get_connector()
        return SupplierClient(connector, self._get_service(connector), None, self._get_account())

    def _get_abilities(self):
        """Return what of changes, cancellations and shipments this supplier's service can do."""
        return self._get_connector().abilities(self._get_account()) if self else frozenset()

    def _check_options(self):
        """:raises UserError: if the connector needs more than is filled in"""
        options = self._get_options()
        if any(not options.get(name) for name in self._get_connector().required_options):
            raise UserError(
                self.env._("%(connection)s: fill in what this supplier needs in every order.", connection=self.name)
            )

    def _ask(self, operation, client, write):
        """Ask the supplier something that changes nothing there; return the decoded answer.

        The question and its answer are kept in a transaction of their own.

        :param write: function of the ``Account`` returning operation name and values
        :raises SoapError: without a usable answer
        """
        self.ensure_one()
        return self.env["supplier.exchange"]._ask(self, operation, client, write)

    def _get_currency(self, name, own):
        """Return the currency of the supplier's prices, or none where they cannot be converted.

        :param name: its code, where the supplier names one
        :param own: the currency in which prices were asked for
        """
        if not name or name == own.name:
            return own
        company = self.company_id
        # an archived currency, or one without a rate, would count one for one
        currency = self.env["res.currency"].search([("name", "=", name)], limit=1)
        rates = Domain("currency_id", "=", currency.id) & Domain("company_id", "in", (False, company.root_id.id))
        if currency != company.currency_id and not self.env["res.currency.rate"].search_count(rates, limit=1):
            return currency.browse()
        return currency

    def _get_offers(self, parts):
        """Return the ``offers.Chosen`` per part number.

        :param parts: pairs of part number and quantity
        :raises SoapError: without a usable answer
        """
        self.ensure_one()
        offers = self._ask_prices({self: parts})[self]
        if isinstance(offers, SoapError):
            raise offers
        return offers

    def _ask_prices(self, wanted, units=None):
        """Ask suppliers for prices at once; return by connection ``offers.Chosen`` per part number, or a ``SoapError``.

        :param wanted: pairs of part number and quantity by connection
        :param units: by connection the code of the unit to order, by part number
        """
        exchanges, found, questions = self.env["supplier.exchange"], {}, []
        for connection, parts in wanted.items():
            try:
                questions.append(connection._prepare_price_question(parts))
            except (UserError, ZeepError, ValueError, OSError) as error:
                # a connection that cannot be used as it is set up leaves the others alone
                _logger.warning("No prices over connection %s: %s", connection.id, error)
                found[connection] = RefusedError("setup", str(error))
        for question, (result, calls) in zip(questions, ask_all(questions), strict=True):
            connection = self.browse(question.connection_id)
            for each in calls:
                exchanges._keep_call(connection, "offer", question.client, each)
            failed = isinstance(result, SoapError)
            wanted_units = (units or {}).get(connection, {})
            found[connection] = result if failed else choose_offers(result, question.parts, wanted_units)
        return found

    def _prepare_price_question(self, parts):
        parts = [(number, to_decimal(quantity, QUANTITY_DIGITS)) for number, quantity in parts]
        return PriceQuestion(self.id, self._get_client(), parts, self.company_id.currency_id.name)
