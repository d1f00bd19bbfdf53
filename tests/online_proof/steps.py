"""What people do on the pages of online proofs, step by step."""

import io


def deliver(admin):
    """Send what is in the mail queue."""
    admin.run_cron("mail.ir_cron_mail_scheduler_action")


def find_order(admin, product):
    return admin.call("sale.order", "search", [("order_line.product_id.name", "=", product)])[0]


def open_proof(page, order):
    page.goto(f"/odoo/sales/{order}")
    page.click("button[name=action_view_proof]")
    page.wait_for_selector(".o_online_proof_upload")


def choose_status(page, code):
    page.click(f".o_production_status button:has-text('{code}')")


def ready(page):
    page.wait_for_selector(".o_proof_preview:not([hidden])")
    page.wait_for_function("document.querySelector('.o_proof_preview').naturalWidth > 0")


#: the whole page lies on the stage, below the toolbar
FITS = """() => {
    const [sheet, stage, bar] = ["sheet", "stage", "toolbar"].map((name) =>
        document.querySelector(`.o_proof_${name}`).getBoundingClientRect());
    return document.querySelector(".o_proof_zoom").textContent === "100%" && sheet.height > 100 &&
        sheet.left >= stage.left && sheet.right <= stage.right &&
        sheet.top >= bar.bottom && sheet.bottom <= stage.bottom;
}"""


def open_link(visitor, link, odoo):
    visitor.page.goto(link)
    ready(visitor.page)
    return visitor.page


def pin(page, index, text, x=0.5, y=0.5):
    page.click(f".o_proof_thumb[data-index='{index}']")
    ready(page)
    page.click("[data-tool=pin]")
    sheet = page.locator(".o_proof_sheet").bounding_box()
    page.mouse.click(sheet["x"] + sheet["width"] * x, sheet["y"] + sheet["height"] * y)
    page.fill("#o_proof_new_comment", text)
    page.click(".o_proof_composer button[type=submit]")
    page.wait_for_selector(f".o_proof_thread:has-text('{text}')")


def pdf_text(content):
    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(content))
    return " ".join(page.get_textpage().get_text_range() for page in document)


def pdf_of_size(width, height):
    """Return a page (millimetres) with a picture up to its edges and no trim box."""
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(width / 25.4 * 72, height / 25.4 * 72), invariant=True)
    canvas.setFillColorCMYK(0.6, 0.1, 0, 0)
    canvas.rect(0, 0, 1000, 1000, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def buy_card(page, name):
    """Order a personalised business card in the web shop."""
    page.goto("/shop?search=business cards, personalised")
    page.click("a:has-text('Business cards, personalised') >> nth=0")
    fields = page.locator("input.variant_custom_value")
    fields.first.wait_for()
    for number, value in enumerate((name, "Director", "+40 21 555 0100")):
        fields.nth(number).fill(value)
    page.click("#add_to_cart")
    page.wait_for_timeout(1500)
    page.goto("/shop/checkout?try_skip_step=true")
    page.wait_for_load_state()
    if "/shop/payment" not in page.url:
        page.goto("/shop/payment")
    page.wait_for_selector(".o_proof_checkout_figure img")
