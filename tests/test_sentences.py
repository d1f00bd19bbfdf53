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
        "<p>The order is <t t-if='x'>paid</t><t t-else=''>open</t>.</p>",
        "<p>Delivered<t t-if='x'> on <t t-out='d'/></t></p>",
        "<p t-out=\"'Order ' + name\"/>",
        "<p t-out=\"'Order %s' % name\"/>",
        "<t t-set='title' t-value=\"'Order ' + name\"/>",
    ],
)
def test_pieces_in_templates(tmp_path, text):
    """OS+7: whole sentences: what stands around a value belongs to it."""
    assert found(tmp_path, "x.xml", TEMPLATE.format(text))


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
        "<p>It is done.<t t-if='x'> Thank you.</t></p>",
        "<nav><a t-if='a' href='#'><span>One</span></a><a href='#'><span>Two</span></a></nav>",
        "<a t-attf-title='Order #{name} of today'>x</a>",
        "<a t-att-href=\"'/my/orders/' + number\">x</a>",
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


CODE = {
    "x.py": (
        "x = _('Order ') + name",
        "x = self.env._('Order') + ' ' + name",
        "x = f'{_(\"Certificate\")} {name}'",
        "x = ' '.join([_('Order'), name])",
        "x = ''.join((_('You have'), str(n), _('orders')))",
        "x = '%s %s' % (_('Order'), name)",
        "x = '{} {}'.format(_('Order'), name)",
        "x = Markup('<p>%s %s</p>') % (_('Order'), name)",
        "x = Markup('<p>Dear %s</p>') % _('customer')",
        "x = _(f'Order {name}')",
        "x = _('Order %s' % name)",
        "x = _('Order {}'.format(name))",
        "x = name\nx += _('is done')",
        "def f():\n    text = _('Order')\n    return f'{text} {name}'",
        "def f():\n    text = _('Order')\n    text += name",
    ),
    "x.js": (
        "const x = _t('Page ') + n;",
        "const x = `${_t('Page')} ${n}`;",
        "const x = `${n} ${\n    _t('pages')\n}`;",
        "const x = n + ' ' + _t('pages');",
        "const x = _t('Page') +\n    n;",
        "const x = [_t('Page'), n].join(' ');",
        "const x = _t(`Page ${n}`);",
        "text += _t('pages');",
    ),
}
WHOLE_CODE = {
    "x.py": (
        "x = _('Order %(name)s', name=name)",
        "x = ' ' + _('Not issued.')",
        "x = [_('Order'), name]",
        "x = [_('Order')] + names",
        "x = ', '.join([_('Order'), name])",
        "x = _('It is done.') + ' ' + _('Thank you.')",
        "x = Markup('<p>%s</p><ul>%s</ul>') % (_('Status mail:'), lines)",
        "x = f\"{_('Certificate %s', name)}.pdf\"",
        "x = f\"{_('Only a part is cancelled.')} {note}\"",
        "x = [_('%s issued.', n), _('Not issued: %(names)s', names=names)]\ny = ' '.join(x)",
    ),
    "x.js": (
        "const x = _t('Page %s', number);",
        "const x = [_t('Page'), n].join(', ');",
        "const x = _t('It is done.') + ' ' + _t('Thank you.');",
        "show(_t('Page'), n + 1);",
        "// _t('Page') + n\nconst x = _t('Page');",
    ),
}


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, all_ in CODE.items() for code in all_])
def test_texts_of_code(tmp_path, name, code):
    """OS+7: no text is put together of translated ones and values."""
    assert found(tmp_path, name, f"{code}\n")


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, all_ in WHOLE_CODE.items() for code in all_])
def test_whole_texts_of_code(tmp_path, name, code):
    """OS+7: lists, labels with their value, markup that breaks the line and whole sentences are no pieces."""
    assert not found(tmp_path, name, f"{code}\n")


OWL = "<templates><t t-name='a.B'>{}</t></templates>"


def test_templates_of_owl(tmp_path):
    """OS+7: Odoo translates no attribute with a value in it there, and no expression anywhere."""
    for text in (
        "<span>Page <t t-esc='number'/> of <t t-esc='all'/></span>",
        "<span t-attf-title='Page {{number}}'>x</span>",
        "<span t-out=\"'Page ' + number\"/>",
        '<span t-att-title="`Page ${number}`"/>',
    ):
        assert found(tmp_path, "x.xml", OWL.format(text)), text
    assert not found(tmp_path, "x.xml", OWL.format("<a t-attf-href='/page/{{number}}' t-att-title='title'>x</a>"))


def test_addons():
    """OS+7: no sentence of the addons is in pieces."""
    assert not list(check_sentences())
