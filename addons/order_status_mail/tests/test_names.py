from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestNames(StatusMailCommon):
    """Changes of orders are looked up by what they are about."""

    def test_an_event_by_its_order(self):
        """OS1: the name of an event is computed: it is found by its order's number and by its product."""
        order = self._create_told_order(self.lamp)
        event = self.events(order)[:1]
        self.assertIn(event.id, [number for number, _name in event.name_search(order.name)])
        self.assertFalse(event.name_search("no such order"))
