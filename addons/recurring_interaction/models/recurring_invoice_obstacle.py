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
        positions = {}
        invoiced = {
            record: record.recurrence_id._invoiced_partners() if record.recurrence_id else record.partner_id
            for record in self
        }
        together = self.env["res.partner"].union(*invoiced.values()).ids
        for record, partners in invoiced.items():
            reasons = [
                reason
                for partner in partners.with_prefetch(together)
                for reason in record._obstacles(partner, positions)
            ]
            record.outdated_reason = "\n".join(dict.fromkeys(reasons))
            record.is_outdated = bool(reasons)

    @api.model
    def _search_is_outdated(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search(Domain.TRUE).filtered("is_outdated")
        domain = Domain("id", "in", found.ids)
        return domain if True in value else ~domain

    def _obstacles(self, customer, positions=None):
        """Return why a customer cannot be invoiced as it was agreed, as sentences.

        :param positions: fiscal positions found already, where many are looked at; see ``_position_now``
        """
        record_sudo = self.sudo().with_company(self.company_id)  # whether it holds is no secret
        customer = customer.with_env(record_sudo.env)
        reasons = []
        if not customer.active:
            reasons.append(self.env._("The customer %(name)s is archived.", name=customer.display_name))
        positions = {} if positions is None else positions
        for label, records in record_sudo._pointed_to(customer, positions):
            archived = records.filtered(lambda item: not item.active).with_prefetch(records._prefetch_ids)
            if archived:
                reasons.append(
                    self.env._(
                        "%(what)s %(name)s is archived.", what=label, name=", ".join(archived.mapped("display_name"))
                    )
                )
        return reasons + record_sudo._changed_position(customer, positions)

    def _pointed_to(self, customer, positions):
        """Return pairs of a label and the records that an invoice of a customer would be made with.

        :param positions: see ``_position_now``
        """
        all_lines = self.invoice_line_ids
        products = all_lines.filtered(lambda line: line.display_type == "product")
        products = products.with_prefetch(all_lines._prefetch_ids)  # with those of the others in a list
        agreed = self.terms_mode == "agreed"
        # as on the day: Odoo finds the taxes and accounts of products anew
        lines = products
        if not agreed:
            lines = products.filtered(lambda line: not line.product_id).with_prefetch(all_lines._prefetch_ids)
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
                (self.env._("The bank account"), self.partner_bank_id),
            ]
        if customer == self.partner_id and (agreed or self.fiscal_position_id != self.fiscal_position_found_id):
            position = self.fiscal_position_id
        else:
            position = self._position_now(customer, positions)
        pairs.append((self.env._("The fiscal position"), position))
        if agreed:
            pairs.append((self.env._("The payment term"), self.invoice_payment_term_id))
        return pairs

    def _changed_position(self, customer, positions):
        if self.terms_mode != "agreed" or customer != self.partner_id:
            return []
        found = self._position_now(customer, positions)
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

    def _position_now(self, customer, positions):
        """Return the fiscal position that Odoo chooses now; asked once for all who are in the same place.

        :param positions: what was found already, by what Odoo chooses by
        """
        # a further customer has an address of delivery of his own
        delivery = customer == self.partner_id and self.partner_shipping_id
        delivery = delivery or self.env["res.partner"].browse(customer.address_get(["delivery"])["delivery"])
        key = (self.company_id.id, *(self._place(partner) for partner in (customer, delivery)))
        if key not in positions:
            positions[key] = self._find_fiscal_position(customer, delivery)
        return positions[key]

    @api.model
    def _place(self, partner):
        """Return what of a partner a fiscal position is chosen by."""
        chosen = partner.property_account_position_id
        return (chosen.id, partner.country_id.id, partner.state_id.id, partner.zip, partner.vat)
