from odoo import models


class MailTemplate(models.Model):
    """The classic e-mail to the supplier takes the photos along."""

    _inherit = "mail.template"

    def _render_lang(self, res_ids, engine="inline_template"):
        rendered = super()._render_lang(res_ids, engine=engine)
        names = ("mail_template_order_photos", "mail_template_activation_request")
        ours = [self.env.ref(f"supplier_webservice_order.{name}", raise_if_not_found=False) for name in names]
        if self not in filter(None, ours):
            return rendered
        # a contact may still have a language that was taken away since; Odoo renders nothing in that
        known = {code for code, _name in self.env["res.lang"].get_installed()}
        return {res_id: code if code in known else self.env.lang for res_id, code in rendered.items()}

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        results = super()._generate_template_attachments(res_ids, render_fields, render_results=render_results)
        photos_template = self.env.ref("supplier_webservice_order.mail_template_order_photos", raise_if_not_found=False)
        if self == photos_template and "attachment_ids" in render_fields:
            for order in self.env["purchase.order"].browse(res_ids):
                photos = order.order_line.photo_ids.attachment_id
                values = results.setdefault(order.id, {})
                values["attachment_ids"] = [*values.get("attachment_ids", []), *photos.ids]
        return results
