"""A file that is mended before it is sent, in a real browser."""

from tests.online_proof.steps import find_order, open_proof, pdf_of_size


def test_a_file_is_mended(visit, admin):
    """OP+9: a file without bleed gets one in two clicks; the one that came can still be downloaded."""
    order = admin.call("sale.order", "copy", [find_order(admin, "Brochure A5, 12 pages")])[0]
    shop = visit()
    page = shop.login("admin")
    open_proof(page, order)
    page.set_input_files(
        ".o_online_proof_file_input",
        {"name": "no bleed.pdf", "mimeType": "application/pdf", "buffer": pdf_of_size(148, 210)},
    )
    page.wait_for_selector("td:has-text('no bleed.pdf')")
    admin.run_cron("online_proof.ir_cron_prepare")
    page.wait_for_selector("[name=draft_file_ids] td:has-text('Ready')", timeout=60_000)
    revision = admin.call("online.proof.revision", "search", [("proof_id.sale_order_id", "=", order)])[0]
    page.goto(f"/odoo/online.proof.revision/{revision}")
    page.click(".nav-link[name=findings]")
    page.click("tr:has-text('mm of bleed') button[name=action_mend]")
    page.wait_for_selector(".modal .o_radio_input:checked")
    shop.screenshot("75-mend")
    page.click(".modal button[name=action_mend]")
    page.wait_for_selector(".modal", state="detached")
    admin.run_cron("online_proof.ir_cron_prepare")
    open_proof(page, order)
    page.wait_for_selector("[name=draft_file_ids] td:has-text('Ready')", timeout=60_000)
    shop.screenshot("76-mended")
    with page.expect_download() as download:
        page.click("button[name=action_download_original]")
    assert download.value.path().read_bytes() == pdf_of_size(148, 210)
    assert not admin.call("online.proof.finding", "search", [("revision_id", "=", revision), ("code", "=", "no_bleed")])
    assert not shop.errors, shop.errors
