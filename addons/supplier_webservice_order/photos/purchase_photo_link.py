import base64
import io
from datetime import timedelta
from urllib.parse import urlsplit

import qrcode
from odoo import api, fields, models
from odoo.exceptions import AccessError


class PurchasePhotoLink(models.Model):
    """A link to the workshop page of one purchase order: it expires, and it can be revoked."""

    _name = "purchase.photo.link"
    _description = "Workshop Link"
    _inherit = ["access.link.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["purchase_id"]

    purchase_id = fields.Many2one(
        "purchase.order", required=True, readonly=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(related="purchase_id.company_id", store=True, precompute=True, index="btree_not_null")
    date_link_expiry = fields.Datetime("Valid Until", required=True, readonly=True)
    is_valid = fields.Boolean("Valid", compute="_compute_is_valid")
    date_last_used = fields.Datetime("Last Used", readonly=True)
    photo_ids = fields.One2many("purchase.line.photo", "link_id", readonly=True)
    photo_count = fields.Integer(compute="_compute_photo_count")
    url = fields.Char("Link", compute="_compute_url")
    is_unreachable = fields.Boolean(compute="_compute_url", help="The address is one that no phone reaches.")
    qr_code = fields.Binary("QR Code", compute="_compute_url")

    @api.depends("purchase_id.name")
    def _compute_display_name(self):
        for link in self:
            link.display_name = self.env._("Workshop link of %(order)s", order=link.purchase_id.name)

    @api.depends("date_link_expiry", "link_revoked", "purchase_id.state")
    def _compute_is_valid(self):
        for link in self:
            link.is_valid = link._is_access_link_open()

    def _compute_photo_count(self):
        counted = dict(
            self.env["purchase.line.photo"]._read_group([("link_id", "in", self.ids)], ["link_id"], ["__count"])
        )
        for link in self:
            link.photo_count = counted.get(link, 0)

    @api.depends("access_link_nonce", "is_valid")
    def _compute_url(self):
        for link in self:
            host = urlsplit(link.purchase_id.get_base_url()).hostname or "" if link.purchase_id else ""
            link.is_unreachable = host == "localhost" or host.startswith("127.") or host == "::1"
            if not link.id or not link.is_valid:
                link.url = link.qr_code = False
                continue
            link.url = f"{link.purchase_id.get_base_url()}/workshop/{link.id}/{link._get_access_token()}"
            picture = io.BytesIO()
            qrcode.make(link.url, box_size=8, border=2).save(picture, "PNG")
            link.qr_code = base64.b64encode(picture.getvalue())

    def _is_access_link_open(self):
        return super()._is_access_link_open() and self.purchase_id.state != "cancel"

    @api.model
    def _get_or_create(self, purchase):
        """Return a valid link of a purchase order."""
        link = self.search(
            [
                ("purchase_id", "=", purchase.id),
                ("link_revoked", "=", False),
                ("date_link_expiry", ">", fields.Datetime.now()),
            ],
            limit=1,
        )
        if link:
            return link
        hours = purchase.company_id.photo_link_hours
        # links are made by this method only, so that nobody chooses their lifetime
        return (
            self.sudo()
            .create({"purchase_id": purchase.id, "date_link_expiry": fields.Datetime.now() + timedelta(hours=hours)})
            .with_env(self.env)
        )

    def action_revoke(self):
        """End the link at once."""
        self._check_user()
        self._revoke_access_link()
        return True

    def action_renew(self):
        """Revoke the link and show a new one."""
        self.ensure_one()
        self.action_revoke()
        return self.purchase_id.action_open_workshop_link()

    def _check_user(self):
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_user"):
            raise AccessError(self.env._("You are not allowed to change workshop links."))
        self.purchase_id.check_access("write")

    @api.autovacuum
    def _gc_links(self):
        limit = fields.Datetime.now() - timedelta(days=90)
        self.search([("date_link_expiry", "<", limit)]).unlink()
