"""What `make lint` says about sentences that are cut into pieces around their values."""

import pytest

from tools.sentences import CHECKS, check_sentences

pytestmark = pytest.mark.plain

TEMPLATE = "<odoo><template id='x'>{}</template></odoo>"
VIEW = "<odoo><record model='ir.ui.view' id='x'><field name='arch' type='xml'><form>{}</form></field></record></odoo>"


def found(tmp_path, name, text):
    """Return what the check says about a file."""
    path = tmp_path / name
    path.write_text(text)
    return [complaint for _line, complaint in CHECKS[path.suffix](path)]


@pytest.mark.parametrize(
    "text",
    [
        "<p>Order <t t-out='name'/> of <t t-out='day'/></p>",
        "<p>At most <t t-out='n'/> files.</p>",
        "<p><strong t-out='who'/> answers your message.</p>",
        "<h2>Order <span t-field='order.name'/></h2>",
        "<p>In <b t-out='name'/><t t-if='ref'> (<t t-out='ref'/>)</t>.</p>",
        "<p><span class='o_translate_inline'><t t-out='n'/> files are missing.</span></p>",
        "<p>Please wait. You are number <t t-out='n'/> in the queue.</p>",
    ],
)
def test_pieces_in_templates(tmp_path, text):
    """OS+7: whole sentences: what stands around a value belongs to it."""
    assert len(found(tmp_path, "x.xml", TEMPLATE.format(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<p><span class='o_translate_inline'>Order <t t-out='name'/> of <t t-out='day'/></span></p>",
        "<p>Number: <t t-out='name'/></p>",
        "<p>Please wait. <t t-out='sentence'/></p>",
        "<p><t t-out='a'/> · <t t-out='b'/></p>",
        "<p>Text</p><p t-out='value'/>",
        "<p>Text <span class='badge' t-out='value'/></p>",
        "<div class='d-flex'><span>Title</span><span t-out='value'/></div>",
        "<t t-if='a'>Yes</t><t t-else='' t-out='b'/>",
    ],
)
def test_what_is_whole(tmp_path, text):
    """OS+7: labels, sentences one behind the other, alternatives, and values of their own are no pieces."""
    assert not found(tmp_path, "x.xml", TEMPLATE.format(text))


def test_views(tmp_path):
    """OS+7: fields are values, too; a unit behind a field is none."""
    assert found(tmp_path, "x.xml", VIEW.format("<p><field name='n'/> invoices will be planned.</p>"))
    assert not found(tmp_path, "x.xml", VIEW.format("<div><field name='n'/> days</div>"))
    assert not found(tmp_path, "x.xml", VIEW.format("<group><field name='n'/><separator string='A'/></group>"))


def test_texts_of_code(tmp_path):
    """OS+7: no text is put together of translated ones and values."""
    for text in ("_('Order ') + name", "f'{_(\"Certificate\")} {name}'"):
        assert found(tmp_path, "x.py", f"x = {text}\n"), text
    for text in ("_('Order %(name)s', name=name)", "' ' + _('Not issued.')", "[_('Order'), name]"):
        assert not found(tmp_path, "x.py", f"x = {text}\n"), text
    assert found(tmp_path, "x.js", "const x = `${_t('Page')} ${number}`;\n")
    assert not found(tmp_path, "x.js", "const x = _t('Page %s', number);\n")


def test_addons():
    """OS+7: no sentence of the addons is in pieces."""
    assert not list(check_sentences())
