"""What `make lint` says about the dialect of the addons: each rule sees what it is for, and lets its exceptions be."""

import pytest

from tools import dialect
from tools.dialect import Source

pytestmark = pytest.mark.plain

FINDS = [
    (dialect.x2many_commands, "x = [(0, 0, {'a': 1})]"),
    (dialect.x2many_commands, "x = [(6, 0, records.ids)]"),
    (dialect.x2many_commands, "x = [(4, record.id)]"),
    (dialect.x2many_commands, "x = [(1, line.id, {'a': 1})]"),
    (dialect.docstrings, "class Order:\n    name = 1"),
    (dialect.docstrings, "class Order:\n    'An order.'\n    def confirm(self):\n        return 1"),
    (dialect.reasons_for_sudo, "def f(self):\n    return self.partner_id.sudo().name"),
    (dialect.response_policies, "headers = {'Referrer-Policy': 'no-referrer'}"),
    (dialect.field_names, "class A:\n    sent_on = fields.Datetime()"),
    (dialect.field_names, "class A:\n    header_id = fields.Char()"),
    (dialect.spelling, "def set_colour(value):\n    return value"),
]
LETS_BE = [
    (dialect.x2many_commands, "x = [Command.create({'a': 1})]; y = [(0, 0, 255)]; z = [(4, 5)]"),
    (
        dialect.docstrings,
        "class Order:\n    'An order.'\n    def write(self, vals):\n        return super().write(vals)",
    ),
    (dialect.docstrings, "class Order:\n    'An order.'\n    def _confirm(self):\n        return 1"),
    (dialect.reasons_for_sudo, "def f(self):\n    partner_sudo = self.partner_id.sudo()"),
    (
        dialect.reasons_for_sudo,
        "def f(self):\n    # portal users do not read it\n    return self.partner_id.sudo().name",
    ),
    (dialect.reasons_for_sudo, "def f(self):\n    return self.sudo(False).name"),
    (dialect.reasons_for_sudo, "def f(self):\n    self.env.ref('a.cron').sudo()._trigger()"),
    (dialect.reasons_for_sudo, "def f(self):\n    '''Read as superuser.'''\n    return self.sudo().name"),
    (dialect.response_policies, "# a file, no page: nothing of it is run\nheaders = {'Referrer-Policy': 'x'}"),
    (dialect.field_names, "class A:\n    date_sent = fields.Datetime()\n    order_id = fields.Many2one('x')"),
    (dialect.field_names, "class A:\n    seen = fields.Datetime(related='order_id.date_seen')"),
    (dialect.spelling, "def set_color(value):\n    return value.behaviour"),
]


def found(rule, text, **options):
    """Return what a rule says about the text of a file."""
    model = f"from odoo import fields, models\n\n{text}"
    return list(rule(Source("online_proof", "addons/online_proof/models/x.py", model, **options)))


@pytest.mark.parametrize(("rule", "text"), FINDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_rule_finds(rule, text):
    """PR4: a rule that finds nothing would guard nothing."""
    assert len(found(rule, text)) == 1


@pytest.mark.parametrize(("rule", "text"), LETS_BE, ids=lambda value: getattr(value, "__name__", None))
def test_a_rule_lets_be(rule, text):
    """What the rules allow, and exceptions that say why."""
    assert not found(rule, text)


def test_tests_may_be_short():
    """Docstrings and reasons are asked of what is shipped."""
    assert not found(dialect.docstrings, "class A:\n    def b(self):\n        return 1", shipped=False)
    assert not found(dialect.reasons_for_sudo, "def f(a):\n    return a.sudo().name", shipped=False)


def test_scheduled_actions(tmp_path, monkeypatch):
    """A scheduled action that loops by itself is named, one that says why is not."""
    folder = tmp_path / "sixth"
    (folder / "data").mkdir(parents=True)
    (folder / "models").mkdir()
    crons = "".join(
        f'<record id="cron_{name}" model="ir.cron"><field name="model_id" ref="m"/>'
        f'<field name="code">model._cron_{name}()</field></record>'
        for name in ("each", "alone", "excused", "missing")
    )
    (folder / "data/cron.xml").write_text(f"<odoo>{crons}</odoo>")
    (folder / "models/x.py").write_text(
        "def _cron_each(self):\n    self._cron_each([], 'x')\ndef _cron_alone(self):\n    return 1\n"
        "def _cron_excused(self):\n    '''Do it; no batch: one query.'''\n"
    )
    monkeypatch.setattr(dialect, "ADDONS_DIR", tmp_path)
    monkeypatch.setattr(dialect, "ROOT", tmp_path)
    said = list(dialect.check_scheduled_actions("sixth"))
    assert len(said) == 2
    assert "_cron_alone()" in said[0]
    assert "cron_missing calls no _cron_ method" in said[1]
