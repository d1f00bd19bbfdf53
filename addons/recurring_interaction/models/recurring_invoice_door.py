import dataclasses
import functools
import typing

from markupsafe import Markup, escape
from odoo import Command, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.tools import float_round

from ..utils import fill_placeholders
from . import recurring_invoice, recurring_invoice_line  # noqa: F401 - what is extended here is defined first

#: Fields of an invoice that hold for every customer of a recurring invoice.
SHARED_FIELDS = (
    "journal_id", "currency_id", "invoice_user_id", "campaign_id", "medium_id", "source_id", "invoice_incoterm_id",
    "incoterm_location", "invoice_cash_rounding_id", "qr_code_method",
)  # fmt: skip
#: What belongs to the customer of the recurring invoice: others have their own.
CUSTOMER_FIELDS = ("partner_shipping_id", "preferred_payment_method_line_id", "partner_bank_id")


@dataclasses.dataclass(frozen=True)
class Deal:
    """What one customer is invoiced by on one date."""

    date: typing.Any
    day: typing.Any
    customer: typing.Any
    own: bool
    position: typing.Any
    part: typing.Any
    lang: str
    values: typing.Callable

    def fill(self, text):
        """Return a text with its placeholders filled in."""
        return fill_placeholders(text, self.values()) if text and "{" in text else text

    def fill_html(self, text):
        """Return HTML with its placeholders filled in."""
        if not text or "{" not in text:
            return text
        escaped = {key: escape(value) for key, value in self.values().items()}
        return Markup(fill_placeholders(str(text), escaped))  # noqa: S704 - HTML before, and what is filled in is escaped


class RecurringInvoice(models.Model):
    """The one door from a recurring invoice to the books."""

    _inherit = "recurring.invoice"

    def _prepare_invoice_values(self, date, customer, day=None):
        """Return the values of the ``account.move`` of one customer on one date.

        :param date: the date that the pattern gave: what periods and prices go by
        :param day: the date of the invoice, where it was moved
        """
        self.ensure_one()
        record_sudo = self.sudo().with_company(self.company_id)  # the invoice is created with the caller's rights
        return record_sudo._prepare_move_values(record_sudo._make_deal(date, customer, day or date))

    def _make_deal(self, date, customer, day):
        customer = customer.with_env(self.env)
        own = customer == self.partner_id
        lang = installed_language(self.env, customer.lang, self.env.user.lang)
        return Deal(
            date=date,
            day=day,
            customer=customer,
            own=own,
            position=self._position_for(customer, own),
            part=self.recurrence_id._prorated(date)[2] if self.proration == "days" else 1,
            lang=lang,
            values=functools.cache(lambda: self.recurrence_id._placeholder_values(date, lang)),
        )

    def _position_for(self, customer, own):
        """Return the fiscal position of a customer: as agreed, as chosen by hand, or as Odoo chooses it now."""
        by_hand = self.fiscal_position_id != self.fiscal_position_found_id
        if own and (by_hand or self.terms_mode == "agreed"):
            return self.fiscal_position_id
        return self._find_fiscal_position(customer)

    def _prepare_move_values(self, deal):
        values = {name: self._fields[name].convert_to_write(self[name], self) for name in SHARED_FIELDS}
        values.update(
            move_type="out_invoice",
            company_id=self.company_id.id,
            partner_id=deal.customer.id,
            invoice_date=deal.day,
            team_id=self.sales_team_id.id,
            fiscal_position_id=deal.position.id,
            ref=deal.fill(self.ref),
            narration=self._prepare_narration(deal),
            invoice_line_ids=[
                *(
                    Command.create(values)
                    for line in self.invoice_line_ids
                    for values in line._prepare_billed_values(deal)
                ),
                *(Command.create(values) for values in self.price_change_ids._prepare_note_values(deal)),
            ],
        )
        if self.payment_reference:
            values["payment_reference"] = deal.fill(self.payment_reference)
        values.update(self._prepare_customer_values(deal))
        return values

    def _prepare_narration(self, deal):
        if self.narration and self.narration == self._as_narration(self._default_terms(self.partner_id)):
            return self._default_terms(deal.customer)
        return deal.fill_html(self.narration)

    def _as_narration(self, terms):
        """Return terms as they are stored: many recurring invoices have the same, and to clean them takes long."""
        known = self.env.cr.cache.setdefault("recurring_interaction_terms", {})
        if terms not in known:
            known[terms] = self._fields["narration"].convert_to_cache(terms, self)
        return known[terms]

    def _prepare_customer_values(self, deal):
        """Return terms, addresses and accounts of payment; what is left out Odoo finds for the customer."""
        if deal.own and self.terms_mode == "agreed":
            names = (*CUSTOMER_FIELDS, "invoice_payment_term_id")
            return {name: self[name].id for name in names}
        if self.terms_mode == "agreed" and not deal.customer.property_payment_term_id:
            return {"invoice_payment_term_id": self.invoice_payment_term_id.id}
        return {}


class RecurringInvoiceLine(models.Model):
    """What one line becomes on the invoice of one customer."""

    _inherit = "recurring.invoice.line"

    def _prepare_billed_values(self, deal):
        """Return the values of what the line becomes on the invoice of one customer, as a list."""
        return [self._prepare_move_line_values(deal)] if self._is_billed(deal) else []

    def _prepare_move_line_values(self, deal):
        """Return the values of the invoice line of one customer."""
        values = {
            "sequence": self.sequence,
            "display_type": self.display_type,
            "name": self._text_for(deal),
            "collapse_composition": self.collapse_composition,
            "collapse_prices": self.collapse_prices,
        }
        if self.display_type != "product":
            return values
        taxes = self._taxes_for(deal)
        values.update(
            product_id=self.product_id.id,
            quantity=self._quantity_of(deal),
            product_uom_id=self.product_uom_id.id,
            discount=self.discount,
            price_unit=self._price_for(deal, taxes),
            tax_ids=[Command.set(taxes.ids)],
            analytic_distribution=self.analytic_distribution,
        )
        account = self._account_for(deal)
        if account:
            values["account_id"] = account.id
        return values

    def _text_for(self, deal):
        """Return the text; the product's own text comes in the customer's language."""
        if self.product_id and not deal.own and self.name == self._product_text(self.partner_id.lang):
            return self._product_text(deal.customer.lang)
        return deal.fill(self.name)

    def _taxes_for(self, deal):
        invoice = self.invoice_id
        if invoice.terms_mode == "day" and self.product_id:
            return deal.position.map_tax(self._default_taxes())
        if deal.position == invoice.fiscal_position_id:
            return self.tax_ids
        return deal.position.map_tax(self._unmapped_taxes())

    def _account_for(self, deal):
        """Return the account, none where Odoo chooses it for the product and the customer."""
        position = self.invoice_id.fiscal_position_id
        if self.invoice_id.terms_mode == "agreed" and deal.position == position:
            return self.account_id
        if self.product_id and (
            self.invoice_id.terms_mode == "day" or self.account_id == self._product_account(position)
        ):
            return self._product_account(deal.position)
        return deal.position.map_account(self.account_id)

    def _price_for(self, deal, taxes):
        """Return the unit price of a line, of which only a part is paid in a period that is not whole.

        A part is not rounded, so that the total is right to the cent whatever the quantity.
        """
        price = self._full_price_for(deal, taxes)
        if deal.part == 1 or self.is_once or self.quantity_source != "fixed":
            return price
        return price * deal.part.numerator / deal.part.denominator

    def _full_price_for(self, deal, taxes):
        """Return the unit price: agreed or from the price list, as it is on the date, with the customer's taxes."""
        invoice = self.invoice_id
        changes = invoice.price_change_ids
        by_list = invoice.price_mode == "pricelist" and self.product_id
        # which one is the customer's takes Odoo long to find
        pricelist = by_list and deal.customer.property_product_pricelist
        if not pricelist:
            source = self._default_taxes() if invoice.terms_mode == "day" and self.product_id else None
            return self._price_with(changes._apply(self.price_unit, self.product_id, deal.date), taxes, source)
        quantity = self._quantity_for(deal.date) or 1.0
        price = pricelist._get_product_price(self.product_id, quantity, uom=self.product_uom_id, date=deal.date)
        price = pricelist.currency_id._convert(price, invoice.currency_id, invoice.company_id, deal.day, round=False)
        price = changes._apply(self._round_price(price), self.product_id, deal.date)
        return self.product_id._get_tax_included_unit_price_from_price(
            price, self._default_taxes(), product_taxes_after_fp=taxes
        )

    def _round_price(self, price):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return float_round(price, precision_digits=digits)
