import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import MAX_PHOTOS_PER_LINE
from .imaging import MAX_BYTES, MAX_PIXELS, PhotoError, clean_photo


class PurchaseLinePhoto(models.Model):
    """A photo of the part on a purchase line; the picture itself is an attachment of the line."""

    _name = "purchase.line.photo"
    # its name is an attachment's: nobody reads that of a file of somebody else's by naming it in a form
    _inherit = ["record.window.mixin"]
    _description = "Photo of an Ordered Part"
    _order = "id"

    line_id = fields.Many2one("purchase.order.line", required=True, readonly=True, ondelete="cascade", index=True)
    order_id = fields.Many2one(related="line_id.order_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True, index="btree_not_null")
    attachment_id = fields.Many2one("ir.attachment", required=True, readonly=True, ondelete="cascade", index=True)
    name = fields.Char(related="attachment_id.name")
    width = fields.Integer(readonly=True)
    height = fields.Integer(readonly=True)
    link_id = fields.Many2one(
        "purchase.photo.link", "Taken Through", readonly=True, ondelete="set null", index="btree_not_null"
    )

    @api.model
    def _add(self, line, content, name="", *, link=None):
        """Keep an uploaded photo and return its record.

        :param content: the file as it was uploaded, its path or its bytes
        :raises UserError: telling the person what is wrong with the file
        """
        if len(line.photo_ids) >= MAX_PHOTOS_PER_LINE:
            raise UserError(self.env._("A part can have %(count)s photos.", count=MAX_PHOTOS_PER_LINE))
        try:
            jpeg, width, height = clean_photo(content)
        except PhotoError as error:
            raise UserError(self._describe_refusal(error.reason, name)) from error
        digest = hashlib.sha256(jpeg).hexdigest()[:12]
        same = line.photo_ids.filtered(lambda photo: photo.name.endswith(f"-{digest}.jpg"))
        if same:
            # the same picture again: a double tap, or the phone repeated the upload
            return same[:1]
        part = "".join(char if char.isalnum() or char in "-_." else "-" for char in line.part_number or "part")
        # the attachment belongs to the line, whose access rights have been checked by the caller; the sandbox has made
        # the picture as it is to be: Odoo would decode it once more, in the server's process
        attachment = (
            self.env["ir.attachment"]
            .with_context(image_no_postprocess=True)
            .create(
                {
                    "name": f"{line.order_id.name}-{part}-{digest}.jpg".replace("/", "-"),
                    "raw": jpeg,
                    "mimetype": "image/jpeg",
                    "res_model": "purchase.order.line",
                    "res_id": line.id,
                }
            )
        )
        return self.create(
            {
                "line_id": line.id,
                "attachment_id": attachment.id,
                "width": width,
                "height": height,
                "link_id": link.id if link else False,
            }
        )

    @api.model
    def _describe_refusal(self, reason, name):
        values = {
            "name": name or self.env._("The file"),
            "megabytes": MAX_BYTES // 2**20,
            "pixels": MAX_PIXELS // 10**6,
        }
        messages = {
            "empty": self.env._("%(name)s is empty.", **values),
            "bytes": self.env._("%(name)s is larger than %(megabytes)s MB.", **values),
            "pixels": self.env._("%(name)s has more than %(pixels)s million pixels.", **values),
            "heic": self.env._(
                "%(name)s is a HEIC picture, which suppliers cannot open. Choose JPEG in the camera's settings "
                "(“Most compatible”), or send it as JPEG.",
                **values,
            ),
            "image": self.env._("%(name)s is not a picture that can be read (JPEG, PNG, WebP).", **values),
        }
        return messages[reason]

    @api.model_create_multi
    def create(self, vals_list):
        photos = super().create(vals_list)
        for photo in photos:
            attachment = photo.attachment_id
            if (attachment.res_model, attachment.res_id) != ("purchase.order.line", photo.line_id.id):
                raise UserError(self.env._("A photo belongs to one line of one order."))
        return photos

    def unlink(self):
        attachments = self.attachment_id
        result = super().unlink()
        # mails that were sent keep their own link to the attachment
        attachments.filtered(lambda attachment: not self._is_mailed(attachment)).unlink()
        return result

    def _is_mailed(self, attachment):
        # whether a mail holds the file is no secret, and mails are not the user's to search
        return bool(self.env["mail.message"].sudo().search_count([("attachment_ids", "in", attachment.ids)], limit=1))

    def _get_public_values(self):
        """Return what the gallery and the workshop page need to show the photos."""
        return [
            {
                "id": photo.id,
                "name": photo.name,
                "width": photo.width,
                "height": photo.height,
                "attachment_id": photo.attachment_id.id,
            }
            for photo in self
        ]
