from odoo import api, models

#: What an invoice's lines are signed by in the books.
SIGN = -1


class RecurringInteractionInvoice(models.Model):
    """Tell Odoo beforehand what it will find for the amounts of a new invoice's lines.

    Odoo works the amounts of an invoice out after its lines were created, and writes what differs line by line: that
    takes longer than all the rest. Where they are right already it has nothing to write; where they are not, it
    corrects them as always. What an invoice says is never decided here.
    """

    _inherit = "recurring.interaction.invoice"

    @api.model
    def _foretell_amounts(self, vals_list):
        """Add amounts and tax tags to the lines in the values of invoices.

        Where no line is taxed Odoo would take them as they are: those are left to it.
        """
        known = {}
        for values in vals_list:
            lines = [command[2] for command in values["invoice_line_ids"]]
            lines = [line for line in lines if line.get("display_type", "product") == "product"]
            if any(line["tax_ids"][0][2] for line in lines):
                for line, amounts in zip(lines, self._find_amounts(values, lines, known), strict=True):
                    line.update(amounts)

    def _find_amounts(self, values, lines, known):
        """Return what Odoo's own computation of taxes gives for the lines of one invoice.

        :param known: what was found already: many customers are billed the same
        """
        company = self.env["res.company"].browse(values["company_id"])
        currency = self.env["res.currency"].browse(values["currency_id"]) or company.currency_id
        rate = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, values["invoice_date"]
        )
        keys = ("product_id", "product_uom_id", "price_unit", "quantity", "discount")
        key = (company.id, currency.id, rate, *(tuple(line[name] for name in keys) for line in lines))
        key += tuple(tuple(line["tax_ids"][0][2]) for line in lines)
        if key not in known:
            known[key] = self._compute_amounts(company, currency, rate, lines)
        return known[key]

    @api.model
    def _compute_amounts(self, company, currency, rate, lines):
        taxes = self.env["account.tax"]
        base_lines = [
            taxes._prepare_base_line_for_taxes_computation(
                {},
                product_id=self.env["product.product"].browse(line["product_id"]),
                product_uom_id=self.env["uom.uom"].browse(line["product_uom_id"]),
                tax_ids=taxes.browse(line["tax_ids"][0][2]),
                price_unit=line["price_unit"],
                quantity=line["quantity"],
                discount=line["discount"],
                currency_id=currency,
                rate=rate,
                sign=SIGN,
            )
            for line in lines
        ]
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        taxes._add_accounting_data_in_base_lines_tax_details(base_lines, company)
        return [amounts for _line, amounts in taxes._prepare_tax_lines(base_lines, company)["base_lines_to_update"]]
