"""What `make lint` says about the dialect of the addons: each rule sees what it is for, and lets its exceptions be."""

from dataclasses import replace

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
#: modules that know nothing of Odoo, and what the complaint about them says
PLAIN = [
    ("def f(a, b: int):\n    return a", "f() has no type hints for a, what it returns"),
    ("def f(*args, b, **kwargs) -> int:\n    return b", "f() has no type hints for args, b, kwargs"),
    ("async def f(a) -> int:\n    return a", "f() has no type hints for a"),
    ("def f() -> None:\n    def inner(a) -> int:\n        return a", "inner() has no type hints for a"),
    ("class A:\n    def f(self, a: int):\n        return a", "f() has no type hints for what it returns"),
    ("class A:\n    @staticmethod\n    def f(a) -> int:\n        return a", "f() has no type hints for a"),
    ("def f(self) -> int:\n    return self", "f() has no type hints for self"),
    ("from odoo.addons.base_safeguard.sandbox import run_job\ndef f(a) -> int:\n    return a",
     "f() has no type hints for a"),
]  # fmt: skip
PLAIN_LETS_BE = [
    "def f(a: int, *args: int, b: int = 1, **kwargs: int) -> int:\n    return lambda x: x",
    "class A:\n    def f(self, a: int) -> int:\n        return a\n    @classmethod\n    def g(cls) -> None: ...",
    "from odoo import models\nclass A(models.Model):\n    def f(self, a):\n        return a",
    "from odoo.tools import html2plaintext\ndef f(a):\n    return html2plaintext(a)",
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


@pytest.mark.parametrize(("text", "complaint"), PLAIN)
def test_plain_modules_have_type_hints(text, complaint):
    """PR4: what misses in a signature is named."""
    source = Source("online_proof", "addons/online_proof/engine/x.py", text)
    assert [said for _node, said in dialect.type_hints(source)] == [complaint]
    assert not list(dialect.type_hints(replace(source, shipped=False)))


@pytest.mark.parametrize("text", PLAIN_LETS_BE)
def test_models_have_no_type_hints(text):
    """What has all of them, and models, whose fields no checker knows."""
    assert not list(dialect.type_hints(Source("online_proof", "addons/online_proof/engine/x.py", text)))


def test_plain_modules():
    """PR4: all of them are checked, and nothing else: no model, no test, no manifest."""
    found = set(dialect.plain_modules())
    assert {"addons/online_proof/engine/preflight.py", "addons/supplier_webservice_order/photos/imaging.py"} <= found
    assert not {
        name for name in found if "/tests/" in name or ("/models/" in name and not name.endswith("__init__.py"))
    }
    assert not {name for name in found if name.endswith("__manifest__.py")}


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


def test_views_of_wizards(tmp_path, monkeypatch):
    """The view of a window that stands apart from it is named; one beside it is not."""
    monkeypatch.setattr(dialect, "ADDONS_DIR", tmp_path)
    monkeypatch.setattr(dialect, "ROOT", tmp_path)
    view = "<odoo><record id='v' model='ir.ui.view'><field name='model'>a.window</field></record></odoo>"
    for folder in ("wizards", "views"):
        (tmp_path / "a" / folder).mkdir(parents=True)
        (tmp_path / "a" / folder / "window_views.xml").write_text(view)
    (tmp_path / "a/wizards/window.py").write_text("class A(models.TransientModel):\n    _name = 'a.window'\n")
    assert list(dialect.check_wizard_views("a")) == [
        "a/views/window_views.xml:1: the view of a.window belongs to wizards/"
    ]
