"""What dossiers and warranties know of their customer."""

from odoo import api, fields, models
from odoo.addons.base_safeguard.links import check_new_links
from odoo.exceptions import AccessError, UserError


class ServiceCustomerMixin(models.AbstractModel):
    """A document whose customer is fixed when it is made and changes by a transfer only.

    The contact is a person, the customer that person's company at that time: as ``account.move`` does
    it, the document stays with the company when the person leaves it.
    """

    _name = "service.customer.mixin"
    _description = "Document of a Customer"

    #: what hangs on a record and is of its company
    _company_bound: tuple[str, ...] = ()

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, tracking=True, check_company=True
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        help="Fixed when this is made: it does not follow a contact who changes employer.",
    )

    @api.depends("partner_id")  # not on the person's company, on purpose
    def _compute_commercial_partner_id(self):
        for record in self:
            record.commercial_partner_id = record.partner_id.commercial_partner_id

    def write(self, vals):
        """Keep the customer: another contact must belong to the same one."""
        if vals.get("partner_id") and not self.env.su:
            self._check_same_customer(self.env["res.partner"].browse(vals["partner_id"]))
        if "company_id" in vals:
            self.filtered(lambda record: record.company_id.id != vals["company_id"])._check_free_of_company()
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """:raises AccessError: when the form names a customer of others: it would show the customer's number"""
        check_new_links(self, values, "partner_id", "commercial_partner_id")
        return super().onchange(values, field_names, fields_spec)

    def _check_free_of_company(self):
        """:raises UserError: where records are to move to another company while something of the old one hangs on them

        What was said would be read by the employees of the other company, and no longer by those it was written to.
        """
        records_sudo = self.sudo().with_context(active_test=False)  # what hangs on them, whoever may see it
        for record in records_sudo:
            if any(record[name] for name in self._company_bound):
                raise UserError(
                    self.env._(
                        "%(name)s stays in %(company)s: messages, orders, warranties or complaints of this company "
                        "belong to it.",
                        name=record.display_name,
                        company=record.company_id.name,
                    )
                )

    def _check_same_customer(self, partner):
        """:raises UserError: where a new contact would hand the record over to another customer by the way"""
        if any(record.commercial_partner_id != partner.commercial_partner_id for record in self):
            raise UserError(
                self.env._(
                    "%(contact)s belongs to another customer. To hand this over, use the action Transfer.",
                    contact=partner.display_name,
                )
            )

    def _hand_over(self, partner):
        """Make ``partner`` the contact and its company the customer, and say so on the record.

        :raises AccessError: for everybody but dossier managers
        """
        if not self.env.user.has_group("service_dossier.group_service_dossier_manager"):
            raise AccessError(self.env._("Only dossier managers can hand something over to another customer."))
        self.check_access("write")
        partner.check_access("read")
        for record in self:
            old = record.commercial_partner_id
            record_sudo = record.sudo()  # checked above; write() refuses it to everybody else
            record_sudo.partner_id = partner
            record.message_post(
                body=self.env._(
                    "Transferred from %(old)s to %(new)s.",
                    old=old.display_name,
                    new=record.commercial_partner_id.display_name,
                )
            )

    def _replace_contact(self, person):
        """Let the customer itself take the place of a contact who left it."""
        for record in self:
            customer = record.commercial_partner_id
            # a customer that became part of another company keeps what it has
            if customer != person and customer.commercial_partner_id == customer:
                record.partner_id = customer
                record.message_post(
                    body=self.env._("%(person)s left %(customer)s.", person=person.name, customer=customer.display_name)
                )
