"""A model of the tests' own that uses the mixins, in the registry for the time of a test class."""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase

MODEL = "safeguard.test.document"


class SafeguardTestDocument(models.Model):
    """Something with a link, worked on by a scheduled action."""

    _name = MODEL
    _description = "Document of the Tests"
    _inherit = ["access.link.mixin", "cron.batch.mixin", "mail.delivery.mixin"]
    _module = None  # in no registry but where a test adds it

    name = fields.Char()
    done = fields.Boolean(default=False)
    failure = fields.Char(help="What working on this record raises.")

    def _work(self):
        for record in self:
            if record.failure:
                record.name = "half done"
                record.flush_recordset()
                raise ValueError(record.failure)
            record.done = True


class SafeguardCase(TransactionCase):
    """Tests with ``self.documents``, the model above."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_to_registry(cls.registry, SafeguardTestDocument)
        cls.addClassCleanup(cls._remove_model)
        cls.registry._setup_models__(cls.env.cr, [MODEL])
        cls.registry.init_models(cls.env.cr, [MODEL], {"module": "base_safeguard", "models_to_check": True})
        cls.documents = cls.env[MODEL].with_context(active_test=False)

    @classmethod
    def _remove_model(cls):
        del cls.registry[MODEL]
        for parent in SafeguardTestDocument._inherit:
            cls.registry[parent]._inherit_children.discard(MODEL)
        cls.registry._setup_models__(cls.env.cr, [])
