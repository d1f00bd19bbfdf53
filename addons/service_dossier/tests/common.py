"""A manufacturer, two customers with portal users, and a finished dossier."""

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

ALIAS_DOMAIN = "dossier-test.example.com"


class DossierCommon(TransactionCase):
    """Records that all tests of dossiers share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True})
        cls._make_company()
        cls._make_people()
        cls._make_products()
        cls.dossier = cls._make_dossier(reference="Villa")
        cls.order = cls._make_order(cls.dossier)
        cls.warranty = cls.order.order_line.warranty_ids
        cls.dossier.stage_id = cls.stage("finished")

    @classmethod
    def _make_company(cls):
        cls.company = cls.env.company
        domain = cls.env["mail.alias.domain"].create({"name": ALIAS_DOMAIN})
        cls.company.write(
            {"alias_domain_id": domain.id, "email": "office@maker.example.com", "phone": "+32 56 62 71 11"}
        )
        cls.company.country_id = cls.env.ref("base.be")
        cls.company.dossier_complaint_team_id = False

    @classmethod
    def _make_people(cls):
        groups = "service_dossier.group_service_dossier_user"
        cls.employee = new_test_user(cls.env, "sd_employee", groups=groups, email="anna@maker.example.com", name="Anna")
        cls.employee.partner_id.write({"phone": "056 62 71 12", "country_id": cls.env.ref("base.be").id})
        cls.manager = new_test_user(
            cls.env,
            "sd_manager",
            groups="service_dossier.group_service_dossier_manager",
            email="boss@maker.example.com",
        )
        cls.customer = cls.env["res.partner"].create({"name": "Dealer", "is_company": True, "ref": "C1"})
        cls.other_customer = cls.env["res.partner"].create({"name": "Other shop", "is_company": True, "ref": "C2"})
        # whatever price lists other addons bring, these customers pay list prices
        prices = cls.env["product.pricelist"].create({"name": "List prices"})
        (cls.customer | cls.other_customer).property_product_pricelist = prices
        cls.dealer = cls._make_portal_user("sd_dealer", "Dirk", cls.customer)
        cls.colleague = cls._make_portal_user("sd_colleague", "Carla", cls.customer)
        cls.stranger = cls._make_portal_user("sd_stranger", "Steve", cls.other_customer)

    @classmethod
    def _make_portal_user(cls, login, name, company):
        user = new_test_user(cls.env, login, groups="base.group_portal", email=f"{login}@example.com", name=name)
        user.partner_id.parent_id = company
        return user

    @classmethod
    def _make_products(cls):
        cls.category = cls.env["product.category"].create({"name": "Screens"})
        cls.element = cls.env["product.product"].create(
            {"name": "Motor", "default_code": "EL-1", "list_price": 100, "taxes_id": False}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Screen",
                "default_code": "SCR",
                "list_price": 500,
                "categ_id": cls.category.id,
                "dossier_role": "request",
                "warranty_months": 24,
                "warranty_element_ids": [Command.set(cls.element.ids)],
                "taxes_id": False,
            }
        )
        cls.service = cls.env["product.product"].create(
            {"name": "Service", "type": "service", "categ_id": cls.category.id, "dossier_role": "service"}
        )

    @classmethod
    def stage(cls, kind):
        """Return the stage of a meaning."""
        return cls.env["service.dossier.stage"].search([("kind", "=", kind)], limit=1)

    @classmethod
    def _make_dossier(cls, user=None, **values):
        user = user or cls.dealer
        return cls.env["service.dossier"].create(
            {"partner_id": user.partner_id.id, "user_id": cls.employee.id, **values}
        )

    @classmethod
    def _make_order(cls, dossier, *, deliver=1, **line_values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": dossier.partner_id.id,
                "dossier_id": dossier.id,
                "client_order_ref": "PO-ORIGINAL",
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": max(deliver, 1),
                            "dossier_width": 1200,
                            "dossier_height": 2000,
                            "dossier_depth": 95,
                            "dossier_color": "RAL 7016",
                            "dossier_side": "left",
                            **line_values,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        if deliver:
            order.order_line.write({"qty_delivered": deliver})
        return order

    def post(self, user, message_type="remark", dossier=None, **values):
        """Write a message as a user."""
        dossier = (dossier or self.dossier).with_user(user)
        if message_type in ("remark", "complaint", "service_request", "email") or values.get("parent"):
            values.setdefault("body", "<p>Some text</p>")
        if parent := values.get("parent"):
            values["parent"] = parent.with_user(user)
        values.setdefault("audience", "company")
        return self.env["service.dossier.message"].with_user(user)._post(dossier, message_type, **values)

    @classmethod
    def mail_plan(cls, recipients):
        """Let the dealer write to addresses from the dossier; return the message and its mail."""
        known = cls.env["mail.mail"].search([])
        message = (
            cls.env["service.dossier.message"]
            .with_user(cls.dealer)
            ._post(
                cls.dossier.with_user(cls.dealer),
                "email",
                audience="company",
                recipients=recipients,
                subject="Plan",
                body="<p>When?</p>",
            )
        )
        return message, cls.env["mail.mail"].search([]) - known

    def run_cron(self, name):
        """Run a scheduled action of the addon."""
        with self.enter_registry_test_mode():
            self.env.ref(f"service_dossier.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def new_mails(self, known):
        """Return the mails made since ``known``, oldest first."""
        return (self.env["mail.mail"].search([]) - known).sorted("id")

    def all_mails(self):
        """Return every mail there is now."""
        return self.env["mail.mail"].search([])

    def make_warranty(self, **values):
        """Make a warranty of the customer's."""
        return self.env["service.warranty"].create(
            {
                "partner_id": self.customer.id,
                "product_id": self.product.id,
                "date_start": self.company._dossier_day(),
                **values,
            }
        )
