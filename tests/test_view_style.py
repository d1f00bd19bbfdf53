"""What `make lint` says about the XML of the addons."""

import pytest
from lxml import etree

from tools.view_style import WIDEST, check_views, titled, wrapped, wrapped_texts

pytestmark = pytest.mark.plain


def test_titles():
    """Labels are titles, as Odoo's own; what is said in sentences, and what is no label, stays."""
    wrong = """<form><button string="Issue and send" help="Send it now"/><field name="x" string="width (mm)"/>
        <menuitem id="a" name="Customer mail"/><record name="no label"/><p string="no label">Send it</p></form>"""
    right = """<form><button string="Issue and Send" help="Send it now"/><field name="x" string="Width (mm)"/>
        <menuitem id="a" name="Customer Mail"/><record name="no label"/><p string="no label">Send it</p></form>"""
    assert titled(wrong) == right
    assert titled(right) == right
    assert titled('<filter string="of the shop of"/>') == '<filter string="Of the Shop Of"/>'


def test_wide_tags():
    """A wide tag is broken between its attributes and says the same; comments and texts stay as they are."""
    values = " ".join(f"name{number}=\"{'x' * 30} &lt; '{number}'\"" for number in range(6))
    wide = f"<a>\n    <b {values}/>\n    <!-- {'<c d=1>' * 30} -->\n    <p>{'word ' * 40}</p>\n</a>"
    broken = wrapped(wide)
    assert etree.tostring(etree.fromstring(broken), method="c14n") == etree.tostring(
        etree.fromstring(wide), method="c14n"
    )
    lines = broken.split("\n")
    assert [line for line in lines if len(line) > WIDEST] == lines[-3:-1]
    assert lines[2].startswith("        name")
    assert wrapped(broken) == broken


def test_wide_texts():
    """A wide text is broken between its words, an expression outside of its strings; one value and a style are not."""
    long = " ".join(f"word{number}" for number in range(30))
    domain = "[" + ", ".join(f"('field_{number}', '=', 'two words')" for number in range(5)) + "]"
    wide = f"""<odoo>
    <field name="arch" type="xml"><p class="text-muted">{long} <b>{long}</b></p>
        <p>{long}</p>
        <filter domain="{domain}" help="{long[:95]}"/>
        <style>.a {{ content: "{long}"; }}</style>
    </field>
    <field name="subject">{long}</field>
</odoo>
"""
    broken = wrapped_texts(wrapped(wide))
    assert wrapped_texts(wrapped(broken)) == broken
    assert " ".join(broken.split()) == " ".join(wide.replace(f"<p>{long}</p>", f"<p> {long} </p>").split())
    still = [line.strip() for line in broken.splitlines() if len(line) > WIDEST]
    assert [line.split(" ")[0] for line in still] == ["<style>.a", "<field"]
    assert f'help="{long[:95]}"' in broken, "what is shown as it is stays in one piece"
    assert "'two\n" not in broken
    assert f"<p>\n{' ' * 12}word0 " in broken, "a block's text stands on lines of its own"


def test_addons():
    """All XML of the addons looks like that."""
    assert not list(check_views())
