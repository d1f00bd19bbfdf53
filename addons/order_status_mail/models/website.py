"""A website's rules: which changes its customers are told."""

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache
from odoo.tools.image import base64_to_image
from odoo.tools.mail import email_normalize, email_normalize_all, formataddr


class Website(models.Model):
    """What its customers are told, by whom, and in which words; each rule is a row of its own."""

    _inherit = "website"

    status_mail_rule_ids = fields.One2many("order.status.rule", "website_id", "Rules of Status Mails")
    status_mail_tolerance = fields.Integer(
        "Date Tolerance", default=0, help="Days that an expected date may move without a mail."
    )
    status_mail_max_age = fields.Integer(
        "Oldest Order", default=180, help="Orders older than this many days are not mailed about. 0: no limit."
    )
    status_mail_tz = fields.Selection(
        _tz_get,
        "Time Zone",
        default=lambda self: self._default_status_mail_tz(),
        required=True,
        help="Where the shop is: what day it is there is told to customers.",
    )
    status_mail_confirmation = fields.Selection(
        [("ours", "The status mail"), ("odoo", "Odoo's order confirmation")],
        "Orders are confirmed by",
        default="ours",
        required=True,
        help="One mail tells that an order is confirmed, not two. Where the rule “Order status changed” is off, it is "
        "Odoo's.",
    )
    status_mail_from = fields.Char(
        "Sender", help="Address the status mails come from. Empty: the e-mail address of the website's company."
    )
    status_mail_subject = fields.Char(
        "Subject", translate=True, help="Subject of the mails; {order} stands for the order number."
    )
    status_mail_intro = fields.Text(
        "Opening Words", translate=True, help="Above what changed. Empty: a sentence in the customer's language."
    )
    status_mail_closing = fields.Text(
        "Closing Words", translate=True, help="Below what changed. Empty: a sentence in the customer's language."
    )

    def _default_status_mail_tz(self):
        """Return the zone of whoever installs or makes the website, else of the administrator or the company."""
        administrator = self.env.ref("base.user_admin", raise_if_not_found=False)
        zones = (self.env.user.tz, administrator and administrator.tz, self.env.company.partner_id.tz)
        return next(filter(None, zones), "UTC")

    _status_mail_days = models.Constraint(
        "CHECK(status_mail_tolerance >= 0 AND status_mail_max_age >= 0)", "A number of days cannot be negative."
    )

    @api.constrains("status_mail_from")
    def _check_status_mail_from(self):
        for website in self:
            if website.status_mail_from and not email_normalize(website.status_mail_from):
                raise ValidationError(
                    self.env._("“%(address)s” is not an e-mail address.", address=website.status_mail_from)
                )

    @api.constrains("status_mail_subject")
    def _check_status_mail_subject(self):
        for website in self:
            if website.status_mail_subject and "{order}" not in website.status_mail_subject:
                raise ValidationError(self.env._("The subject must contain {order}, the place of the order number."))

    @api.model_create_multi
    def create(self, vals_list):
        websites = super().create(vals_list)
        self.env["order.status.rule"]._make_missing()
        return websites

    def write(self, vals):
        if "status_mail_max_age" in vals:
            for website in self:
                # whoever changes a setting need not see the orders
                self.env["order.status.past"].sudo()._adopt_older(website, vals["status_mail_max_age"] or 0)
        result = super().write(vals)
        if "status_mail_from" in vals:
            self._status_mail_sender_changed()
        return result

    def _status_mail_sender_changed(self):
        """Let the next run try again what could not be made: for want of a sender, it may be."""
        # whoever mends an address need not see the orders
        waiting_sudo = self.env["order.status.snapshot"].sudo()
        waiting_sudo = waiting_sudo.search([("website_id", "in", self.ids), ("date_next_try", "!=", False)])
        waiting_sudo.date_next_try = False

    def _status_mail_rule(self, code):
        """Return the row of a rule, as superuser: whoever causes a mail need not be allowed to see what is told."""
        return self.sudo().status_mail_rule_ids.filtered(lambda row: row.code == code)

    def _status_mail_enabled(self, code):
        """Return whether the customers of this website are told about changes of this rule."""
        return bool(self._status_mail_rule(code).enabled)

    def _status_mail_mandatory(self, code):
        """Return whether customers have to take the mails of this rule."""
        return bool(self._status_mail_rule(code).mandatory)

    def _status_mail_words(self):
        """Return ``{code: words}``: the shop's own words by rule, in the language of the environment."""
        # the words are in the mail for everybody to read
        return {row.code: row._get_words() for row in self.sudo().status_mail_rule_ids}

    @ormcache("self.id", "self.write_date")
    def _status_mail_logo(self):
        """Return address, width and height of the logo, or None where mail programs could not show it (SVG)."""
        self.ensure_one()
        try:
            width, height = base64_to_image(self.logo).size
        except (UserError, ValueError, TypeError):
            return None
        scale = min(40 / height, 220 / width)
        return {
            "url": f"{self.get_base_url()}/web/image/website/{self.id}/logo",
            "width": max(round(width * scale), 1),
            "height": max(round(height * scale), 1),
        }

    @ormcache("self.id", "self.write_date", "code")
    def _status_mail_lang_prefix(self, code):
        """Return the part of an address that opens the website's pages in a language."""
        lang = self.language_ids.filtered(lambda lang: lang.code == code)
        return f"/{lang.url_code}" if lang and lang != self.default_lang_id else ""

    def _status_mail_sender(self):
        """Return the address that status mails of this website come from; empty where there is none."""
        self.ensure_one()
        company = self.company_id
        default = self.env["ir.mail_server"]._get_default_from_address()
        for address in (self.status_mail_from, company.email, company.catchall_formatted, default):
            if found := email_normalize_all(address or ""):
                return formataddr((self.name, found[0]))
        return ""

    def _status_mail_obstacle(self):
        """Return why no status mail of this website can be made, if so."""
        if self._status_mail_sender():
            return ""
        return self.env._(
            "Status mails of %(website)s have no sender: enter one in the settings of the website, or an e-mail "
            "address of the company %(company)s. What was to be told is told then.",
            website=self.name,
            company=self.company_id.name,
        )
