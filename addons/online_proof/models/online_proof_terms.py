import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..life.chain import canonical


class OnlineProofTerms(models.Model):
    """One version of a company's terms of sale; published versions do not change any more."""

    _name = "online.proof.terms"
    _description = "Terms of Sale"
    _inherit = ["online.proof.guarded", "mail.thread"]
    _order = "company_id, version desc"
    _rec_name = "version"

    _by_hand = frozenset({"body", "company_id"})

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    version = fields.Integer(readonly=True, copy=False, help="Given when the text is published.")
    body = fields.Html(string="Text", required=True, translate=True, default=lambda self: self._default_body())
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
        readonly=True,
    )
    date_published = fields.Datetime(string="Published On", readonly=True, copy=False)
    digest = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Of the text in all its languages, taken when it was published.",
    )
    acceptance_ids = fields.One2many("online.proof.terms.acceptance", "terms_id", string="Accepted By")
    acceptance_count = fields.Integer(compute="_compute_acceptance_count", string="Acceptances")

    _version_uniq = models.UniqueIndex("(company_id, version) WHERE version > 0")

    @api.model
    def _default_body(self):
        return self.env.company.invoice_terms_html or self.env.company.invoice_terms or ""

    @api.depends("version", "state")
    def _compute_display_name(self):
        for terms in self:
            if terms.version:
                terms.display_name = self.env._("Version %(number)s", number=terms.version)
            else:
                terms.display_name = self.env._("Draft")

    def _compute_acceptance_count(self):
        counts = dict(
            self.env["online.proof.terms.acceptance"]._read_group(
                [("terms_id", "in", self.ids)], ["terms_id"], ["__count"]
            )
        )
        for terms in self:
            terms.acceptance_count = counts.get(terms, 0)

    def write(self, vals):
        if {"body", "company_id"} & vals.keys():
            self._check_unpublished()
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        if field_name == "body":
            self._check_unpublished()
        return super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)

    def _check_unpublished(self):
        """Refuse to touch a text that customers accept, in whatever language.

        :raises UserError: if one of these is published
        """
        if "published" in self.mapped("state"):
            raise UserError(self.env._("Published terms do not change. Make a new version instead."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if "published" in self.mapped("state"):
            raise UserError(self.env._("Published terms are kept: customers have accepted them."))

    def action_publish(self):
        """Make this the version that customers accept from now on."""
        self.check_access("write")
        for terms in self.sudo().filtered(lambda terms: terms.state == "draft"):  # the state is changed here only
            latest = self.search([("company_id", "=", terms.company_id.id), ("version", ">", 0)], limit=1)
            terms.write(
                {
                    "version": latest.version + 1,
                    "state": "published",
                    "date_published": fields.Datetime.now(),
                    "digest": terms._get_text_digest(),
                }
            )

    def _get_text_digest(self):
        """Return the SHA-256 of the text in all languages as the database holds it now."""
        self.ensure_one()
        self.flush_recordset(["body"])
        [[texts]] = self.env.execute_query(SQL("SELECT body FROM online_proof_terms WHERE id = %s", self.id))
        return hashlib.sha256(canonical(texts or {}).encode()).hexdigest()

    def action_new_version(self):
        """Open a draft that starts with this text."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.copy().id,
            "view_mode": "form",
        }

    def action_view_acceptances(self):
        """Show who accepted these terms."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("online_proof.online_proof_terms_acceptance_action")
        return {**action, "domain": [("terms_id", "=", self.id)]}

    @api.model
    def _get_current(self, company):
        """Return the version that a company's customers accept, or nothing where none is published."""
        return self.search_fetch([("company_id", "=", company.id), ("state", "=", "published")], limit=1)

    def _is_accepted_by(self, partner):
        """Return whether the customer of this person accepted this version already."""
        return not self or bool(
            self.env["online.proof.terms.acceptance"].search_count(
                [("terms_id", "=", self.id), ("partner_id", "=", partner.commercial_partner_id.id)], limit=1
            )
        )

    def _accept(self, partner, reviewer, ip_address=None, **trace):
        """Remember that a person of the customer accepted this version; one acceptance is enough."""
        if self._is_accepted_by(partner):
            return
        self.env["online.proof.terms.acceptance"].sudo().create(  # customers accept, nobody writes acceptances
            {
                "terms_id": self.id,
                "partner_id": partner.commercial_partner_id.id,
                "accepted_by": f"{reviewer.name} <{reviewer.email}>",
                "ip_address": ip_address,
                "terms_digest": self.digest,
            }
        )
