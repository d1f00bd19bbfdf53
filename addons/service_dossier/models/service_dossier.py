"""The dossier: everything about one order of one customer, shared with that customer."""

from operator import ge, gt, le, lt

from odoo import api, fields, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import COUNT_LIMIT
from ..dimension_search import order_key

#: Comparing numbers, in the database and here.
COMPARED = {
    "in": (SQL("IN"), lambda number, numbers: number in numbers),
    ">": (SQL(">"), gt),
    ">=": (SQL(">="), ge),
    "<": (SQL("<"), lt),
    "<=": (SQL("<="), le),
}


class ServiceDossier(models.Model):
    """A dossier; its communication is a model of its own (``service.dossier.message``)."""

    _name = "service.dossier"
    _description = "Service Dossier"
    _inherit = [
        "service.customer.mixin",
        "service.dossier.viewed.mixin",
        "part.search.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "reference", "order_number"]
    _company_bound = ("communication_ids", "order_ids", "line_ids", "warranty_ids", "complaint_ids")

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    name_key = fields.Char(
        compute="_compute_name_key",
        store=True,
        index=True,
        help="The number as it is searched for: capitals and digits only.",
    )
    reference = fields.Char(string="Your Reference", index="trigram", help="The customer's own name for this dossier.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(string="Contact at the Customer")
    commercial_partner_id = fields.Many2one(
        help="Everybody of this company has the same customer number and opens the same dossiers. "
        "It is fixed when the dossier is made and changes by a transfer only."
    )
    customer_number = fields.Char(related="commercial_partner_id.ref", string="Customer Number")
    user_id = fields.Many2one(
        "res.users",
        string="Contact Person",
        index="btree_not_null",
        tracking=True,
        default=lambda self: self.env.user if not self.env.user.share else False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The employee whom the customer's remarks go to.",
    )
    categ_id = fields.Many2one("product.category", string="Product Group", index="btree_not_null")
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null")
    is_service = fields.Boolean(
        compute="_compute_is_service",
        store=True,
        precompute=True,
        help="Opened with the product Service: its configurator is open from the start.",
    )
    stage_id = fields.Many2one(
        "service.dossier.stage",
        required=True,
        index=True,
        tracking=True,
        copy=False,
        default=lambda self: self._get_stage("draft"),
        group_expand="_read_group_stage_ids",
    )
    stage_kind = fields.Selection(related="stage_id.kind", string="Meaning of the Stage")
    configurator_open = fields.Boolean(compute="_compute_configurator_open")
    order_number = fields.Char(index="trigram", copy=False, help="Number of the original order.")
    order_ids = fields.One2many(
        "sale.order", "dossier_id", string="Orders", groups="sales_team.group_sale_salesman", copy=False
    )
    post_key = fields.Char(readonly=True, copy=False)
    date_activity = fields.Datetime(string="Last Activity", readonly=True, copy=False, default=fields.Datetime.now)
    communication_ids = fields.One2many("service.dossier.message", "dossier_id")
    file_ids = fields.One2many("service.dossier.file", "dossier_id", string="Files")
    line_ids = fields.One2many("service.dossier.line", "dossier_id", string="Configured Parts")
    warranty_ids = fields.One2many("service.warranty", "dossier_id", string="Warranties")
    complaint_ids = fields.One2many("helpdesk.ticket", "dossier_id", string="Complaints")
    order_count = fields.Integer(compute="_compute_order_count", compute_sudo=True)
    warranty_count = fields.Integer(compute="_compute_warranty_count")
    complaint_count = fields.Integer(compute="_compute_complaint_count")
    open_complaint_count = fields.Integer(compute="_compute_complaint_count")
    unread_count = fields.Integer(
        string="Unread Messages", compute="_compute_unread_count", search="_search_unread_count"
    )

    _post_key_unique = models.UniqueIndex("(post_key) WHERE post_key IS NOT NULL")
    _name_company_unique = models.UniqueIndex("(name, company_id) WHERE name <> '/'")
    _customer_index = models.Index("(commercial_partner_id, id DESC)")
    _customer_activity_index = models.Index("(commercial_partner_id, date_activity DESC, id DESC)")
    _customer_stage_index = models.Index("(commercial_partner_id, stage_id, id DESC)")

    # Computes

    @api.depends("name")
    def _compute_name_key(self):
        for dossier in self:
            dossier.name_key = order_key(dossier.name)

    @api.depends("product_id.dossier_role")
    def _compute_is_service(self):
        for dossier in self:
            dossier.is_service = dossier.product_id.dossier_role == "service"

    @api.depends("stage_id.kind", "is_service")
    def _compute_configurator_open(self):
        for dossier in self:
            kind = dossier.stage_id.kind
            dossier.configurator_open = kind == "service" or (dossier.is_service and kind == "draft")

    def _compute_order_count(self):
        counts = dict(self.env["sale.order"]._read_group([("dossier_id", "in", self.ids)], ["dossier_id"], ["__count"]))
        for dossier in self:
            dossier.order_count = counts.get(dossier, 0)

    def _compute_warranty_count(self):
        counts = dict(
            self.env["service.warranty"]._read_group([("dossier_id", "in", self.ids)], ["dossier_id"], ["__count"])
        )
        for dossier in self:
            dossier.warranty_count = counts.get(dossier, 0)

    def _compute_complaint_count(self):
        groups = self.env["helpdesk.ticket"]._read_group(
            [("dossier_id", "in", self.ids)], ["dossier_id", "stage_id"], ["__count"]
        )
        totals = dict.fromkeys(self.ids, 0)
        still_open = dict.fromkeys(self.ids, 0)
        for dossier, stage, count in groups:
            totals[dossier.id] += count
            still_open[dossier.id] += 0 if stage.closed else count
        for dossier in self:
            dossier.complaint_count = totals.get(dossier.id, 0)
            dossier.open_complaint_count = still_open.get(dossier.id, 0)

    @api.depends_context("uid")
    def _compute_unread_count(self):
        Mark = self.env["service.dossier.message.read"]
        query = Mark._query_unread(self.env.user.partner_id, [("dossier_id", "in", self.ids)])
        dossier_id = SQL.identifier(query.table, "dossier_id")
        query.groupby = dossier_id
        counts = dict(self.env.execute_query(query.select(dossier_id, SQL("count(*)"))))
        for dossier in self:
            dossier.unread_count = counts.get(dossier.id, 0)

    @api.model
    def _search_unread_count(self, operator, value):
        """Find dossiers by the number of messages that the user has not read."""
        if operator not in COMPARED:
            return NotImplemented
        unread = self.env["service.dossier.message.read"]._query_unread(self.env.user.partner_id, [])
        has_unread = Domain("id", "in", unread.subselect("dossier_id"))
        if (operator, value) == (">", 0):
            return has_unread
        if operator == "in":
            value = tuple(number or 0 for number in value)
        unread.groupby = SQL.identifier(unread.table, "dossier_id")
        sql_operator, compare = COMPARED[operator]
        unread.having = SQL("count(*) %s %s", sql_operator, value)
        found = Domain("id", "in", SQL("(%s)", unread.select(unread.groupby)))
        return found | ~has_unread if compare(0, value) else found

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for dossier in self:
            dossier.access_url = f"/my/dossiers/{dossier.id}"
        return result

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        return stages.search([])  # pylint: disable=no-search-all

    @api.constrains("user_id")
    def _check_user_id(self):
        if any(dossier.user_id.share for dossier in self):
            raise ValidationError(self.env._("The contact person must be an employee."))

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Number the dossiers."""
        for values in vals_list:
            if values.get("name", "/") == "/":
                company_id = values.get("company_id") or self.env.company.id
                sequence = self.env["ir.sequence"].with_company(company_id)
                values["name"] = sequence.next_by_code("service.dossier") or "/"
        return super().create(vals_list)

    def write(self, vals):
        """Keep to the flow that the stages describe; managers may leave it."""
        if vals.get("stage_id"):
            self._check_move(self.env["service.dossier.stage"].browse(vals["stage_id"]))
        result = super().write(vals)
        if vals.get("stage_id"):
            self.filtered(lambda d: d.stage_id.kind in ("delivered", "finished"))._update_warranties()
        return result

    def copy_data(self, default=None):
        """Number copies anew."""
        default = {"name": "/", **(default or {})}
        return super().copy_data(default)

    def unlink(self):
        """Delete everything that was said, with the files' contents and mails; tickets, orders and warranties stay."""
        self.check_access("unlink")
        self_sudo = self.sudo()  # deactivated files and internal messages go as well
        self_sudo.file_ids.unlink()
        self_sudo.communication_ids.unlink()
        attached = [("dossier_id", "in", self.ids), ("state", "=", "attached")]
        self_sudo.env["service.dossier.unplaced"].search(attached).unlink()
        return super().unlink()

    # Stages

    @api.model
    def _get_stage(self, kind):
        return self.env["service.dossier.stage"].search([("kind", "=", kind)], limit=1)

    def _check_move(self, target):
        if self.env.su or self.env.user.has_group("service_dossier.group_service_dossier_manager"):
            return
        for dossier in self:
            if not dossier.stage_id._allows(target):
                raise UserError(
                    self.env._(
                        "Dossier %(dossier)s cannot go from “%(old)s” to “%(new)s”.",
                        dossier=dossier.name,
                        old=dossier.stage_id.name,
                        new=target.name,
                    )
                )

    def _move_to_kind(self, kind):
        """Move the dossiers to the first stage of a meaning, where the flow allows it."""
        for dossier in self:
            stages = dossier.stage_id.next_ids.filtered(lambda stage: stage.kind == kind)[:1] or self._get_stage(kind)
            if stages and dossier.stage_id.kind != kind and dossier.stage_id._allows(stages):
                dossier.stage_id = stages

    # Actions

    def _action_compose(self, **context):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write a message"),
            "res_model": "service.dossier.compose",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dossier_id": self.id, **context},
        }

    def action_compose(self):
        """Open the composer."""
        return self._action_compose()

    def _get_document_lang(self):
        """Return the language of the customer's documents."""
        return installed_language(self.env, self.partner_id.lang)

    def action_post_warranty_document(self):
        """Post the warranty document of this dossier and mail it to the customer."""
        self.ensure_one()
        if not self.env.user.has_group("service_dossier.group_service_dossier_user"):
            raise AccessError(self.env._("You cannot post warranty documents."))
        self.check_access("write")
        if not self.warranty_ids:
            raise UserError(self.env._("There is no warranty in this dossier yet."))
        content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
            "service_dossier.report_warranty_document", self.ids
        )
        name = self.env._("Warranty %(dossier)s.pdf", dossier=self.name.replace("/", "-"))
        message = self.env["service.dossier.message"]._post(
            self,
            "warranty_document",
            chosen=False,
            audience="company",
            subject=self.env._("Warranty document"),
            files=[(name, content)],
        )
        message_sudo = message.sudo()  # as its mails are made
        if not message_sudo._notified_partners().filtered("partner_share"):
            raise UserError(self.env._("Nobody of this customer has an e-mail address to send the document to."))
        return True

    def action_view_orders(self):
        """Open the orders of this dossier."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return {**action, "domain": [("dossier_id", "=", self.id)], "context": {"create": False}}

    def action_view_warranties(self):
        """Open the warranties of this dossier."""
        action = self.env["ir.actions.act_window"]._for_xml_id("service_dossier.service_warranty_action")
        return {**action, "domain": [("dossier_id", "=", self.id)], "context": {"default_dossier_id": self.id}}

    def action_view_complaints(self):
        """Open the complaints of this dossier."""
        action = self.env["ir.actions.act_window"]._for_xml_id("helpdesk_mgmt.helpdesk_ticket_action")
        return {**action, "domain": [("dossier_id", "=", self.id)], "context": {"create": False}}

    def action_place_orders(self):
        """Make the service orders of the configured parts."""
        self.ensure_one()
        self.check_access("write")
        self.env["service.dossier.line"]._place_orders(self)
        return True

    def action_mark_read(self):
        """Mark everything in this dossier as read by the current user."""
        self.env["service.dossier.message"].search([("dossier_id", "in", self.ids)])._mark_read()
        return True

    @api.model
    def _count_up_to(self, domain):
        """Return a count that stops at ``COUNT_LIMIT``: nobody turns to page 51."""
        return self.search_count(domain, limit=COUNT_LIMIT)
