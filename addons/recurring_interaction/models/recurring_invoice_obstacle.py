from odoo import api, fields, models
from odoo.fields import Domain


class RecurringInvoice(models.Model):
    """What of a recurring invoice does not hold any more: a person decides, nothing is billed with it in silence."""

    _inherit = "recurring.invoice"

    outdated_reason = fields.Text("Not Valid Any More", compute="_compute_outdated_reason")
    is_outdated = fields.Boolean("Needs Attention", compute="_compute_outdated_reason", search="_search_is_outdated")

    @api.depends_context("lang")
    @api.depends(
        "partner_id", "customer_ids", "terms_mode", "price_mode", "fiscal_position_id", "fiscal_position_found_id",
        "journal_id", "currency_id", "partner_shipping_id", "partner_bank_id", "invoice_payment_term_id",
        "invoice_line_ids.product_id", "invoice_line_ids.tax_ids", "invoice_line_ids.account_id",
    )  # fmt: skip
    def _compute_outdated_reason(self):
        for record in self:
            partners = record.recurrence_id._invoiced_partners() if record.recurrence_id else record.partner_id
            reasons = [reason for partner in partners for reason in record._obstacles(partner)]
            record.outdated_reason = "\n".join(dict.fromkeys(reasons))
            record.is_outdated = bool(reasons)

    @api.model
    def _search_is_outdated(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search(Domain.TRUE).filtered("is_outdated")
        domain = Domain("id", "in", found.ids)
        return domain if True in value else ~domain

    def _obstacles(self, customer):
        """Return why a customer cannot be invoiced as it was agreed, as sentences."""
        record_sudo = self.sudo().with_company(self.company_id)  # whether it holds is no secret
        customer = customer.with_env(record_sudo.env)
        reasons = []
        if not customer.active:
            reasons.append(self.env._("The customer %(name)s is archived.", name=customer.display_name))
        for label, records in record_sudo._pointed_to(customer):
            archived = records.filtered(lambda item: not item.active)
            if archived:
                reasons.append(
                    self.env._(
                        "%(what)s %(name)s is archived.", what=label, name=", ".join(archived.mapped("display_name"))
                    )
                )
        return reasons + record_sudo._changed_position(customer)

    def _pointed_to(self, customer):
        """Return pairs of a label and the records that an invoice of a customer would be made with."""
        products = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        agreed = self.terms_mode == "agreed"
        # as on the day: Odoo finds the taxes and accounts of products anew
        lines = products if agreed else products.filtered(lambda line: not line.product_id)
        pairs = [
            (self.env._("The product"), products.product_id),
            (self.env._("The journal"), self.journal_id),
            (self.env._("The currency"), self.currency_id),
            (self.env._("The tax"), lines.tax_ids),
            (self.env._("The account"), lines.account_id),
        ]
        if self.price_mode == "pricelist":
            pairs.append((self.env._("The price list"), customer.specific_property_product_pricelist))
        if agreed and customer == self.partner_id:
            pairs += [
                (self.env._("The delivery address"), self.partner_shipping_id),
                (self.env._("The fiscal position"), self.fiscal_position_id),
                (self.env._("The bank account"), self.partner_bank_id),
            ]
        if agreed:
            pairs.append((self.env._("The payment term"), self.invoice_payment_term_id))
        return pairs

    def _changed_position(self, customer):
        if self.terms_mode != "agreed" or customer != self.partner_id:
            return []
        found = self._find_fiscal_position(customer, self.partner_shipping_id)
        if found == self.fiscal_position_found_id:
            return []
        return [
            self.env._(
                "The fiscal position of %(customer)s is now %(new)s, the invoice was agreed with %(old)s.",
                customer=customer.display_name,
                new=found.display_name or self.env._("none"),
                old=self.fiscal_position_found_id.display_name or self.env._("none"),
            )
        ]
