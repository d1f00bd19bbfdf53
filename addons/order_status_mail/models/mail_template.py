from odoo import models


class MailTemplate(models.Model):
    """A delivery slip that is attached to a mail is not printed."""

    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        quiet = self.with_context(order_status_not_printed=True)
        return super(MailTemplate, quiet)._generate_template_attachments(
            res_ids, render_fields, render_results=render_results
        )
