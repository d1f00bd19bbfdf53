"""The main story in a browser."""

from odoo.tests import HttpCase, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestTour(DossierCommon, HttpCase):
    """SD1 to SD12 with mouse and keyboard."""

    def test_portal_tour(self):
        """SD1, SD6, SD9, SD12: overview, remark, service request, configurator, order."""
        self.dealer.sudo().password = "sd_dealer"
        self.start_tour("/my/dossiers", "service_dossier_portal", login="sd_dealer")
        self.assertEqual(self.dossier.stage_id.kind, "service")
        self.assertEqual(len(self.dossier.complaint_ids), 1)
        order = self.dossier.order_ids.filtered("is_service_order")
        self.assertEqual(order.service_number, self.order.name)
        self.assertTrue(self.dossier.communication_ids.filtered(lambda m: m.message_type == "remark"))
