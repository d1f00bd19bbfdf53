"""An order of two printed products, in a real browser: a proof for each, one mail, one page, decided one by one."""

from tests.online_proof.helpers import link_in
from tests.online_proof.steps import deliver, find_order, pdf_of_size, ready

CLARA = "clara.buyer@azure.example.com"


def test_two_products(visit, admin, mailbox):
    """OP+11: files find their product by size; one mail leads to both proofs, each is decided by itself."""
    flyer = admin.call(
        "product.product",
        "create",
        {"name": "Flyer", "type": "consu", "proof_width": 99, "proof_height": 210, "list_price": 1.0},
    )
    order = admin.call("sale.order", "copy", [find_order(admin, "Brochure A5, 12 pages")])[0]
    admin.call("sale.order.line", "create", {"order_id": order, "product_id": flyer, "product_uom_qty": 500})
    admin.call("sale.order", "action_confirm", [order])
    shop = visit()
    page = shop.login("admin")
    page.goto(f"/odoo/sales/{order}")
    page.click("button[name=action_view_proof]")
    page.wait_for_url(lambda url: not url.endswith(f"/{order}"))
    page.wait_for_selector(".o_kanban_record:has-text('Flyer'), .o_data_row:has-text('Flyer')")
    shop.screenshot("85-two-proofs")
    proofs = admin.call("online.proof", "search", [("sale_order_id", "=", order)])
    assert len(proofs) == 2
    page.goto(f"/odoo/online.proof/{proofs[0]}")
    page.wait_for_selector(".o_online_proof_upload")
    page.set_input_files(
        ".o_online_proof_file_input",
        [
            {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": pdf_of_size(*size)}
            for name, size in (("inside", (148, 210)), ("outside", (99, 210)))
        ],
    )
    page.wait_for_selector("[name=draft_file_ids] td:has-text('side.pdf')")
    admin.run_cron("online_proof.ir_cron_prepare")
    files = admin.call("online.proof.file", "search_read", [("revision_id.proof_id", "in", proofs)], ["name", "state"])
    assert {(row["name"], row["state"]) for row in files} == {("inside.pdf", "ready"), ("outside.pdf", "ready")}
    page.goto(f"/odoo/sales/{order}")
    page.click(".o_production_status button:has-text('038')")
    page.wait_for_selector(".modal button[name=action_send]")
    mailbox.clear()
    page.click(".modal button[name=action_send]")
    page.wait_for_selector(".modal", state="detached")
    deliver(admin)
    [message] = mailbox.wait(to=CLARA)
    customer = visit()
    page = customer.page
    for number, title in enumerate(("Brochure A5, 12 pages", "Flyer"), 1):
        page.goto(link_in(message))
        page.wait_for_selector(f"main a:has-text('{title}')")
        customer.screenshot(f"86-order-{number}")
        page.click(f"main a:has-text('{title}')")
        ready(page)
        page.click("[data-dialog=o_proof_approve]")
        for tick in page.locator("#o_proof_approve input[type=checkbox]").all():
            tick.check()
        page.click("#o_proof_approve button[type=submit]")
        # back among the proofs of the order, where the next one waits
        page.wait_for_url("**/order*")
        page.wait_for_selector(f":nth-match(main :text-is('Approved'), {number})")
        approved = [("id", "in", proofs), ("state", "=", "approved")]
        assert len(admin.call("online.proof", "search", approved)) == number
    customer.screenshot("87-both-approved")
    assert not customer.errors, customer.errors
