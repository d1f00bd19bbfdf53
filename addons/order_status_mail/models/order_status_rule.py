"""The rules of a website: which are on, which cannot be refused, the shop's own words."""

from odoo import api, fields, models
from odoo.tools import SQL, html_sanitize

from ..rules import rule_of, rules_of

#: The shop's own words.
WORDS = ("subject", "opening", "line", "closing")
#: Those that are HTML. Odoo translates HTML term by term where it sanitizes it itself: a language's words would
#: replace those of all others. They are sanitized here, and again where they go into a mail.
HTML_WORDS = WORDS[1:]


class OrderStatusRule(models.Model):
    """A row per website and rule of the registry (see ``rules``), made by itself and switched off at first."""

    _name = "order.status.rule"
    _description = "Status Mail Rule"
    _order = "website_id, sequence, id"
    _rec_name = "code"

    website_id = fields.Many2one("website", required=True, readonly=True, ondelete="cascade", index=True)
    code = fields.Selection(selection="_selection_code", string="Rule", required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    explanation = fields.Char("Tells", compute="_compute_explanation")
    enabled = fields.Boolean("On", help="Customers are told when this happens.")
    mandatory = fields.Boolean("Cannot Be Refused", help="Customers cannot choose not to get these mails.")
    subject = fields.Char(
        translate=True,
        help="Subject of mails in which this is the first thing told. {order} and {customer} are filled in. "
        "Empty: the website's subject, or else what happened.",
    )
    opening = fields.Html(
        "Opening Words", translate=True, sanitize=False, help="Above the changes, where this is the first thing told."
    )
    line = fields.Html(
        "Line of This Rule", translate=True, sanitize=False, help="Below the changes, whenever a mail tells of this."
    )
    closing = fields.Html(
        "Closing Words", translate=True, sanitize=False, help="At the end, where this is the first thing told."
    )
    has_words = fields.Boolean("Own Words", compute="_compute_has_words")
    preview_order_id = fields.Many2one(
        "sale.order",
        "Order",
        compute="_compute_preview_order_id",
        readonly=False,
        domain="[('website_id', '=', website_id)]",
    )
    preview_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_preview_lang",
        readonly=False,
    )
    preview_subject = fields.Char("Subject of the Mail", compute="_compute_preview")
    preview = fields.Html("Mail", compute="_compute_preview", sanitize=False)

    _website_code_unique = models.Constraint("UNIQUE(website_id, code)", "A website has each rule once.")

    def _selection_code(self):
        return [(rule.code, rule.label(self.env)) for rule in rules_of(self.env)]

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            rule = rule_of(self.env, row.code)
            row.display_name = rule.label(self.env) if rule else row.code

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for row in self:
            rule = rule_of(self.env, row.code)
            row.explanation = rule.help(self.env) if rule else False

    @api.depends(*WORDS)
    def _compute_has_words(self):
        for row in self:
            row.has_words = any(row[name] for name in WORDS)

    @api.depends("website_id")
    def _compute_preview_order_id(self):
        for row in self:
            row.preview_order_id = self.env["sale.order"].search(
                [("website_id", "=", row.website_id.id), ("state", "=", "sale")], limit=1
            )

    @api.depends_context("lang")
    def _compute_preview_lang(self):
        for row in self:
            row.preview_lang = self.env.lang or "en_US"

    @api.depends("preview_order_id", "preview_lang", *WORDS)
    def _compute_preview(self):
        for row in self:
            # in an onchange the record is a new one, on which no access would be checked
            order = row.preview_order_id._origin
            order.check_access("read")
            if not order or not row.code:
                row.preview = row.preview_subject = False
                continue
            # what is typed is in the user's own language; other languages show what is saved
            lang = row.preview_lang or self.env.lang
            drafts = {row.code: row._get_words()} if lang == (self.env.lang or "en_US") else None
            # the mail is made by the scheduled action's own rights, so is its preview
            order_sudo, mailer_sudo = order.sudo(), self.env["order.status.mailer"].sudo()
            mail = mailer_sudo._preview(order_sudo, row.code, lang, drafts)
            row.update({"preview": mail["body"], "preview_subject": mail["subject"]})

    @api.model
    def _make_missing(self):
        """Make the rows that are missing: a website or a rule is new."""
        rules = rules_of(self.env)
        self.flush_model()
        self.env["website"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_status_rule (website_id, code, sequence, create_date, write_date)
                SELECT website.id, rule.code, rule.sequence, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                  FROM website, unnest(%s::varchar[], %s::int[]) AS rule (code, sequence)
                 WHERE NOT EXISTS (SELECT FROM order_status_rule known
                                    WHERE known.website_id = website.id AND known.code = rule.code)
                ON CONFLICT (website_id, code) DO NOTHING
                """,
                [rule.code for rule in rules],
                [rule.sequence for rule in rules],
            )
        )
        self.env["website"].invalidate_model(["status_mail_rule_ids"])

    def _register_hook(self):
        super()._register_hook()
        # an addon may have brought a rule
        self._make_missing()

    def write(self, vals):
        vals = {name: html_sanitize(value) if name in HTML_WORDS and value else value for name, value in vals.items()}
        if vals.get("enabled"):
            for website, rows in self.filtered(lambda row: not row.enabled).grouped("website_id").items():
                # what happened while the rule was off stays untold
                self.env["order.status.past"].sudo()._adopt_pending(website, rows.mapped("code"))
        return super().write(vals)

    def _get_words(self):
        """Return the shop's own words, in the language of the environment."""
        return {name: self[name] or "" for name in WORDS}

    def action_edit_words(self):
        """Open the words of this rule, with a preview beside them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Words of a Rule"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("order_status_mail.order_status_rule_view_form").id, "form")],
        }
