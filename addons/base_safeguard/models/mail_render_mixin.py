from odoo import models

from ..languages import installed_language


class MailRenderMixin(models.AbstractModel):
    """Templates speak languages that are there, whatever contacts spoke once."""

    _inherit = "mail.render.mixin"

    def _render_lang(self, *args, **kwargs):
        languages = super()._render_lang(*args, **kwargs)
        return {res_id: installed_language(self.env, lang) if lang else lang for res_id, lang in languages.items()}
