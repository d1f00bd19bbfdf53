"""Models of the tests' own that use the mixins, in the registry for the time of a test class."""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase

MODEL = "safeguard.test.document"
WINDOW = "safeguard.test.window"


class SafeguardTestDocument(models.Model):
    """Something with a link, worked on by a scheduled action."""

    _name = MODEL
    _description = "Document of the Tests"
    _inherit = ["access.link.mixin", "cron.batch.mixin", "mail.delivery.mixin", "part.search.mixin"]
    _module = None  # in no registry but where a test adds it

    name = fields.Char(index="trigram")
    done = fields.Boolean(default=False)
    failure = fields.Char(help="What working on this record raises.")

    def _work(self):
        for record in self:
            if record.failure:
                record.name = "half done"
                record.flush_recordset()
                raise ValueError(record.failure)
            record.done = True


class SafeguardTestWindow(models.TransientModel):
    """A window on a contact."""

    _name = WINDOW
    _description = "Window of the Tests"
    _inherit = ["record.window.mixin"]
    _module = None

    partner_id = fields.Many2one("res.partner")


class SafeguardCase(TransactionCase):
    """Tests with ``self.documents`` and ``self.windows``, the models above."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        added = (SafeguardTestDocument, SafeguardTestWindow)
        names = [model._name for model in added]
        for model in added:
            add_to_registry(cls.registry, model)
        cls.addClassCleanup(cls._remove_models, added)
        cls.registry._setup_models__(cls.env.cr, names)
        cls.registry.init_models(cls.env.cr, names, {"module": "base_safeguard", "models_to_check": True})
        cls.documents = cls.env[MODEL].with_context(active_test=False)
        cls.windows = cls.env[WINDOW]

    @classmethod
    def _remove_models(cls, added):
        for model in added:
            del cls.registry[model._name]
            for parent in model._inherit:
                cls.registry[parent]._inherit_children.discard(model._name)
        cls.registry._setup_models__(cls.env.cr, [])
