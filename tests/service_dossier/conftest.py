"""What the story of a dossier starts from."""

import pytest


@pytest.fixture(scope="module")
def facts(admin, odoo):
    """Ids and numbers of the demo data; links and reports lead to the running server."""
    admin.call("ir.config_parameter", "set_param", "web.base.url", odoo.url)
    dossier_id = admin.ref("service_dossier.dossier_finished")
    dossier = admin.call("service.dossier", "read", [dossier_id], ["name", "order_number", "warranty_ids"])[0]
    warranties = admin.call(
        "service.warranty", "read", dossier["warranty_ids"], ["name", "order_number", "width", "is_valid"]
    )
    # list prices, whatever price lists other addons bring
    dealer = admin.call("service.dossier", "read", [dossier_id], ["partner_id"])[0]["partner_id"][0]
    prices = admin.call("product.pricelist", "create", [{"name": "List prices"}])
    admin.call("res.partner", "write", [dealer], {"property_product_pricelist": prices[0]})
    return {
        "id": dossier_id,
        "name": dossier["name"],
        "order": dossier["order_number"],
        "warranties": sorted((w for w in warranties if w["is_valid"]), key=lambda w: w["width"]),
    }


@pytest.fixture
def send_mails(admin):
    """Send what is queued, through the SMTP server."""

    def run():
        admin.run_cron("mail.ir_cron_mail_scheduler_action")

    return run
