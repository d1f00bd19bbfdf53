from odoo import api, fields, models
from odoo.addons.base_safeguard.domains import either
from odoo.fields import Domain

#: What is chosen, what was found when that was agreed, and what finds it.
FOUND = {
    "currency_id": ("currency_found_id", "_find_currency"),
    "partner_shipping_id": ("delivery_found_id", "_find_delivery_address"),
    "invoice_payment_term_id": ("payment_term_found_id", "_find_payment_term"),
    "preferred_payment_method_line_id": ("payment_method_found_id", "_find_payment_method"),
    "partner_bank_id": ("bank_found_id", "_find_bank_account"),
}
#: How a field of that kind is kept: beside what is chosen, and found at the same moments. Of a read-only one a form
#: that is edited would not show what is stored, but find it anew.
KEPT = {"store": True, "readonly": False, "index": "btree_not_null"}


class RecurringInvoice(models.Model):
    """What of a recurring invoice does not hold any more: a person decides, nothing is billed with it in silence."""

    _inherit = "recurring.invoice"

    currency_found_id = fields.Many2one(
        "res.currency", "Currency When Agreed", compute="_compute_currency_found_id", **KEPT
    )
    delivery_found_id = fields.Many2one(
        "res.partner", "Delivery Address When Agreed", compute="_compute_delivery_found_id", **KEPT
    )
    payment_term_found_id = fields.Many2one(
        "account.payment.term", "Payment Terms When Agreed", compute="_compute_payment_term_found_id", **KEPT
    )
    payment_method_found_id = fields.Many2one(
        "account.payment.method.line", "Payment Method When Agreed", compute="_compute_payment_method_found_id", **KEPT
    )
    bank_found_id = fields.Many2one(
        "res.partner.bank", "Recipient Bank When Agreed", compute="_compute_bank_found_id", **KEPT
    )
    outdated_reason = fields.Text("Not Valid Any More", compute="_compute_outdated_reason")
    address_reason = fields.Text("Cannot Be Mailed", compute="_compute_address_reason")
    is_outdated = fields.Boolean("Needs Attention", compute="_compute_outdated_reason", search="_search_is_outdated")

    @api.depends("journal_id", "company_id")
    def _compute_currency_found_id(self):
        for record in self:
            record.currency_found_id = record._find_currency()

    @api.depends("partner_id")
    def _compute_delivery_found_id(self):
        for record in self:
            record.delivery_found_id = record._find_delivery_address()

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_found_id(self):
        for record in self:
            record.payment_term_found_id = record._find_payment_term()

    @api.depends("partner_id", "company_id")
    def _compute_payment_method_found_id(self):
        for record in self:
            record.payment_method_found_id = record._find_payment_method()

    @api.depends("currency_id", "preferred_payment_method_line_id", "company_id")
    def _compute_bank_found_id(self):
        for record in self:
            record.bank_found_id = record._find_bank_account()

    @api.model
    def _found_fields(self):
        """Return the names of the fields that say what was found when an invoice was agreed."""
        return ["fiscal_position_found_id", *(found for found, _finder in FOUND.values())]

    @api.depends_context("lang")
    @api.depends(
        "partner_id", "customer_ids", "terms_mode", "price_mode", "fiscal_position_id", "fiscal_position_found_id",
        "journal_id", "currency_id", "partner_shipping_id", "partner_bank_id", "invoice_payment_term_id",
        "invoice_line_ids.product_id", "invoice_line_ids.tax_ids", "invoice_line_ids.account_id",
        "invoice_line_ids.tax_found_ids", "invoice_line_ids.account_found_id",
        *(found for found, _finder in FOUND.values()),
    )  # fmt: skip
    def _compute_outdated_reason(self):
        known = {}
        invoiced = {
            record: record.recurrence_id._invoiced_partners() if record.recurrence_id else record.partner_id
            for record in self
        }
        together = self.env["res.partner"].union(*invoiced.values()).ids
        for record, partners in invoiced.items():
            reasons = [
                reason for partner in partners.with_prefetch(together) for reason in record._obstacles(partner, known)
            ]
            record.outdated_reason = "\n".join(dict.fromkeys(reasons))
            record.is_outdated = bool(reasons)

    @api.depends_context("lang")
    @api.depends("send_mail", "partner_id.email", "customer_ids.email")
    def _compute_address_reason(self):
        rows = self.env["recurring.interaction.invoice"]
        for record in self:
            # while it is typed there is no recurrence to ask
            partners = (record.partner_id | record.customer_ids) if record.send_mail else record.partner_id.browse()
            record.address_reason = "\n".join(filter(None, map(rows._address_obstacle, partners)))

    @api.model
    def _search_is_outdated(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search(Domain.TRUE).filtered("is_outdated")
        return either(Domain("id", "in", found.ids), value)

    def _obstacles(self, customer, known=None):
        """Return why a customer cannot be invoiced as it was agreed, as sentences.

        :param known: what was found already, where many are looked at
        """
        record_sudo = self.sudo().with_company(self.company_id)  # whether it holds is no secret
        customer = customer.with_env(record_sudo.env)
        reasons = []
        if not customer.active:
            reasons.append(self.env._("The customer %(name)s is archived.", name=customer.display_name))
        known = {} if known is None else known
        for label, records in record_sudo._pointed_to(customer, known):
            archived = records.filtered(lambda item: not item.active).with_prefetch(records._prefetch_ids)
            if archived:
                reasons.append(
                    self.env._(
                        "%(what)s %(name)s is archived.", what=label, name=", ".join(archived.mapped("display_name"))
                    )
                )
        replaced = [
            self.env._(
                "%(what)s of %(whom)s is now %(new)s, this was agreed with %(old)s.",
                what=what,
                whom=whom,
                new=", ".join(new.mapped("display_name")) or self.env._("none"),
                old=", ".join(old.mapped("display_name")) or self.env._("none"),
            )
            for what, whom, old, new in (
                *record_sudo._replaced_terms(customer),
                *record_sudo._replaced_on_lines(known),
            )
        ]
        return reasons + record_sudo._without_account() + replaced + record_sudo._changed_position(customer, known)

    def _without_account(self):
        """Return which lines no account is found for, as sentences."""
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product" and not line.account_id)
        journal_account = self.journal_id.default_account_id
        return [
            self.env._("No account was found for the line %(name)s.", name=line.display_name or "/")
            for line in lines
            if not journal_account and not line._find_account()
        ]

    def _pointed_to(self, customer, known):
        """Return pairs of a label and the records that an invoice of a customer would be made with.

        :param known: see ``_obstacles``
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
            # Odoo leaves an archived tax out of its group in silence
            (self.env._("The tax"), lines.tax_ids | lines.tax_ids.with_context(active_test=False).children_tax_ids),
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
            position = self._position_now(customer, known)
        pairs.append((self.env._("The fiscal position"), position))
        if agreed:
            pairs.append((self.env._("The payment term"), self.invoice_payment_term_id))
        return pairs

    def _replaced_terms(self, customer):
        """Yield what, of whom, the old and the new records of what Odoo would choose otherwise by now."""
        labels = {
            "currency_id": (self.env._("The currency"), self.journal_id),
            "partner_shipping_id": (self.env._("The delivery address"), self.partner_id),
            "invoice_payment_term_id": (self.env._("The payment term"), self.partner_id),
            "preferred_payment_method_line_id": (self.env._("The payment method"), self.partner_id),
            "partner_bank_id": (self.env._("The bank account"), self.company_id),
        }
        agreed = self.terms_mode == "agreed" and customer == self.partner_id
        for name, (found, finder) in FOUND.items():
            if not agreed and name != "currency_id":
                continue  # found anew for each invoice
            new = getattr(self, finder)()
            if new not in (self[found], self[name]):
                what, whom = labels[name]
                yield what, whom.display_name, self[name], new

    def _replaced_on_lines(self, known):
        """Return what, of whom, the old and the new records of what Odoo would choose otherwise on the lines.

        :param known: see ``_obstacles``: the lines are the same for all customers
        """
        key = (self._name, self.id)
        if key not in known:
            known[key] = list(self._find_replaced_on_lines()) if self.terms_mode == "agreed" else []
        return known[key]

    def _find_replaced_on_lines(self):
        lines = self.invoice_line_ids
        for line in lines.filtered(lambda line: line.display_type == "product" and not line.date_once):
            line = line.with_prefetch(lines._prefetch_ids)
            new = line._find_taxes()
            # in a form, what is chosen is not stored yet
            if new not in (line.tax_found_ids._origin, line.tax_ids._origin):
                yield self.env._("The tax"), line.display_name, line.tax_ids, new
            if not line.product_id:
                continue
            new = line._product_account(self.fiscal_position_id)
            if new not in (line.account_found_id, line.account_id):
                yield self.env._("The account"), line.display_name, line.account_id, new

    def _changed_position(self, customer, known):
        if self.terms_mode != "agreed" or customer != self.partner_id:
            return []
        found = self._position_now(customer, known)
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

    def _position_now(self, customer, known):
        """Return the fiscal position that Odoo chooses now; asked once for all who are in the same place.

        :param known: what was found already, by what Odoo chooses by
        """
        # a further customer has an address of delivery of his own
        delivery = customer == self.partner_id and self.partner_shipping_id
        delivery = delivery or self.env["res.partner"].browse(customer.address_get(["delivery"])["delivery"])
        key = (self.company_id.id, *(self._place(partner) for partner in (customer, delivery)))
        if key not in known:
            known[key] = self._find_fiscal_position(customer, delivery)
        return known[key]

    @api.model
    def _place(self, partner):
        """Return what of a partner a fiscal position is chosen by."""
        chosen = partner.property_account_position_id
        return (chosen.id, partner.country_id.id, partner.state_id.id, partner.zip, partner.vat)
