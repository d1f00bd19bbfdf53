"""SW+5 SW+9: changes and cancellations of a supplier that was mapped on a screen."""

from decimal import Decimal

import pytest
from lxml import etree


@pytest.fixture
def parts():
    """Return an account, an order, and a connector that maps order, change and cancellation."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account, Order, Part
    from odoo.addons.supplier_webservice_order.connectors.mapped import MappedConnector, Mapping, Operation, Rule

    rules = tuple(
        Rule(path, value, table=table)
        for path, value, table in (
            ("number", "message_id", ()),
            ("about", "order_id", ()),
            ("row/no", "part.position", ()),
            ("row/qty", "part.quantity", ()),
            ("row/what", "part.change", (("added", "N"), ("changed", "M"), ("removed", "D"), ("*", "="))),
        )
    )
    answer = (
        Rule("state", "code", table=(("AP", "OK"), ("RE", "NO"))),
        Rule("change", "change_id"),
        Rule("order", "message_id"),
    )
    operations = {
        "change": Operation("Amend", rules, lines="row", answer=answer),
        "cancel": Operation("Revoke", (*rules[:2], Rule("why", "reason")), answer=answer),
    }
    order = Order("m-2", "P1", "EUR", (Part(1, "A", "A", Decimal(5)), Part(2, "B", "B", Decimal(0))))
    return Account("C-7"), order, MappedConnector(Mapping(operations))


def test_messages(parts):
    """SW+9: the mapping says where the order's own number stands, and what became of each line."""
    from odoo.addons.supplier_webservice_order.connectors.base import Cancellation, Change

    account, order, connector = parts
    assert connector.abilities(account) == {"change", "cancel"}
    name, values = connector.change_message(account, Change("m-1", 1, order, {1: "changed", 2: "removed"}))
    assert (name, values["number"], values["about"]) == ("Amend", "m-2", "m-1")
    assert values["row"] == [{"no": "1", "qty": "5", "what": "M"}, {"no": "2", "qty": "0", "what": "D"}]
    name, values = connector.cancel_message(account, Cancellation("m-1", order, "Sold"))
    assert (name, values) == ("Revoke", {"number": "m-2", "about": "m-1", "why": "Sold"})


def test_answers(parts):
    """SW+9 SW+7: what the answer names is kept to be compared; an unknown state is no answer."""
    _account, _order, connector = parts
    said = connector.change_answer(etree.fromstring("<a><state>OK</state><change>m-2</change><order>m-1</order></a>"))
    assert (said.code, said.change_id, said.message_id) == ("AP", "m-2", "m-1")
    assert connector.cancel_answer(etree.fromstring("<a><state>NO</state></a>")).code == "RE"
    with pytest.raises(ValueError, match="no known state"):
        connector.cancel_answer(etree.fromstring("<a><state>?</state></a>"))


def test_followed_where_it_can_be_asked(parts):
    """SW+9: approved orders of a mapped supplier are asked about as well, where its status question is mapped."""
    from odoo.addons.supplier_webservice_order.connectors.mapped import MappedConnector, Mapping, Operation

    assert not parts[2].follows
    assert MappedConnector(Mapping({"status": Operation("Ask")})).follows


def test_outcome_cannot_be_asked(parts):
    """SW+9 SW+1: a mapping has no question about a change: one whose outcome is unknown is not sent again."""
    account, _order, connector = parts
    with pytest.raises(NotImplementedError):
        connector.news_status_message(account, "m-2")
