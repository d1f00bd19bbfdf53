"""The whole story in a browser: a damaged car, four parts, photos, an order, prices.

SW2 SW3 SW4 SW5 SW6 SW7 SW8 SW9 SW11 SW+2 SW+3 SW+4
"""

import io

import pytest
import zxingcpp
from PIL import Image

TICKED = ("Front Bumper", "Radiator Grille", "LED Headlight", "Bonnet")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Three photos as a phone takes them, with EXIF."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = []
    for number, colour in enumerate(((180, 60, 50), (60, 90, 160), (70, 140, 90))):
        image = Image.new("RGB", (1600, 1200), colour)
        image.paste((240, 240, 240), (300, 300, 900, 800))
        exif = Image.Exif()
        exif[0x010F] = "PhoneMaker"
        path = folder / f"photo{number}.jpg"
        target = io.BytesIO()
        image.save(target, "JPEG", exif=exif)
        path.write_bytes(target.getvalue())
        paths.append(path)
    return paths


def test_story(visit, shop, sandbox, mailbox, pictures):
    """SW1 to SW9, SW11: from the job file to the approved prices."""
    office = visit()
    page = office.login("admin")
    before = shop.balance()["balance"]
    order_parts(office, page, shop)
    purchase, name = created_purchase(shop)
    insist_on_list_price(page, shop, purchase)
    add_photos(office, page, pictures)
    take_photo_in_workshop(office, page, visit, pictures)
    communicate(office, page, shop, sandbox, purchase, name)
    send_mail(office, page, mailbox, name)
    assert round(before - shop.balance()["balance"], 3) == 0.1
    approve(office, page, shop, sandbox, purchase, name)
    look_around(office, page, shop)
    assert not office.errors


def order_parts(office, page, shop):
    page.goto(f"/odoo/sales/{shop.ref('sale_order_golf')}")
    page.wait_for_selector("button[name=action_order_parts]")
    office.screenshot("01-job-file")
    button = page.locator("button[name=action_order_parts]").bounding_box()
    assert button["x"] > page.viewport_size["width"] * 0.5, "the button is not at the right"
    page.click("button[name=action_order_parts]")
    page.wait_for_selector(".modal .o_order_parts_list")
    for part in TICKED:
        page.locator(f".modal tr.o_data_row:has-text('{part}') td[name=selected] input").click()
    page.click(".modal button[name=action_check]")
    page.wait_for_selector(".modal td[name=availability]:has-text('In stock')")
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    office.screenshot("02-tick-parts")
    page.click(".modal button[name=action_order]")
    page.wait_for_selector("button[name=action_communicate]")
    office.screenshot("03-purchase-order")


def created_purchase(shop):
    found = shop.call(
        "purchase.order",
        "search_read",
        [("partner_id", "=", shop.ref("partner_hemo"))],
        ["name", "order_line"],
        order="id desc",
        limit=1,
    )[0]
    lines = shop.call("purchase.order.line", "read", found["order_line"], ["name", "sale_order_id"])
    assert len(lines) == len(TICKED)
    assert {line["sale_order_id"][0] for line in lines} == {shop.ref("sale_order_golf")}
    return found["id"], found["name"]


def insist_on_list_price(page, shop, purchase):
    """The price that the window showed stands in the order; a buyer who puts the list's back will see it flagged."""
    fields = ["part_number", "price_unit"]
    lines = shop.call("purchase.order.line", "search_read", [("order_id", "=", purchase)], fields)
    [headlight] = [line for line in lines if line["part_number"] == "HM-63117-L"]
    assert headlight["price_unit"] == 283.2
    shop.call("purchase.order.line", "write", [headlight["id"]], {"price_unit": 240.0})
    page.reload()
    page.wait_for_selector("button[name=action_communicate]")


def add_photos(office, page, pictures):
    for part, picture in zip(TICKED, pictures[:2], strict=False):
        page.locator(f"tr.o_data_row:has-text('{part}') .o_part_photos").click()
        page.set_input_files(".o_part_input", picture)
        page.wait_for_selector(".o_part_gallery .o_part_photo img")
        office.screenshot(f"04-gallery-{part.split()[0].lower()}")
        page.click(".modal .btn-close, .modal footer button.btn-primary")
        page.wait_for_selector(f"tr.o_data_row:has-text('{part}') .o_part_photos img")


def take_photo_in_workshop(office, page, visit, pictures):
    page.locator(".o_statusbar_buttons button[name=action_open_workshop_link]").click()
    page.wait_for_selector(".modal .o_field_image img")
    page.wait_for_timeout(300)
    office.screenshot("05-qr-code")
    link = page.locator(".modal [name=url] a, .modal [name=url] .o_field_copy_url").first.inner_text().strip()
    with Image.open(io.BytesIO(page.locator(".modal .o_field_image img").screenshot())) as code:
        [scanned] = zxingcpp.read_barcodes(code.convert("L"))
    assert scanned.text == link, "the code on the screen leads elsewhere"
    phone = visit(phone=True)
    phone.page.goto(scanned.text)
    phone.screenshot("06-workshop", full_page=True)
    assert not phone.scrolls_sideways()
    sizes = [box.bounding_box() for box in phone.page.locator(".ws-button").all()]
    assert all(size["height"] >= 48 for size in sizes)
    camera = phone.page.locator(".ws-part:has-text('LED Headlight') input[capture]")
    assert camera.get_attribute("accept") == "image/*"
    camera.set_input_files(pictures[2])
    phone.page.wait_for_selector(".ws-part:has-text('LED Headlight') .ws-photos img")
    phone.page.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth)")
    phone.screenshot("07-workshop-photo", full_page=True)
    assert not phone.errors
    page.click(".modal footer button.btn-primary")


def communicate(office, page, shop, sandbox, purchase, name):
    page.reload()
    page.click("button[name=action_communicate]")
    page.wait_for_selector(".modal .o_mail_composer_form, .modal .o_form_view:has([name=subject])")
    page.wait_for_selector(".modal .o-mail-AttachmentCard, .modal .o_attachment, .modal [name=attachment_ids]")
    page.wait_for_timeout(500)
    office.screenshot("08-mail-ready")
    [order] = sandbox.orders(name)
    assert [line["number"] for line in order["lines"]] == ["HM-51117-A", "HM-51131-A", "HM-63117-L", "HM-41617-C"]
    assert shop.read(purchase, "webservice_state") == "AB"
    [charge] = shop.charges(purchase)
    assert charge["amount"] == -0.1


def send_mail(office, page, mailbox, name):
    page.click(".modal button[name=action_send_mail]")
    page.wait_for_selector(".modal", state="detached")
    [message] = mailbox.wait(1, to="orders@hemo.example.com")
    assert name in message["subject"]
    files = [part.get_filename() for part in message.iter_attachments()]
    assert sum(file.endswith(".jpg") for file in files) == 3
    for part in message.iter_attachments():
        if part.get_filename().endswith(".jpg"):
            with Image.open(io.BytesIO(part.get_content())) as image:
                assert not image.getexif()


def approve(office, page, shop, sandbox, purchase, name):
    sandbox.control("approve", reference=name)
    page.reload()
    page.click("button[name=action_ask_supplier]")
    page.wait_for_selector("button[name=action_accept_answer]")
    page.wait_for_timeout(300)
    office.screenshot("09-approved")
    lines = {
        line["part_number"]: line
        for line in shop.call(
            "purchase.order.line",
            "search_read",
            [("order_id", "=", purchase)],
            ["part_number", "price_unit", "expected_price", "price_deviation", "price_flagged", "substitute_number"],
        )
    }
    assert lines["HM-63117-L"]["price_unit"] == 283.2
    assert lines["HM-63117-L"]["expected_price"] == 240.0
    assert lines["HM-63117-L"]["price_deviation"] == 18.0
    assert lines["HM-63117-L"]["price_flagged"]
    assert lines["HM-51131-A"]["substitute_number"] == "HM-51131-B"
    assert not lines["HM-51117-A"]["price_flagged"]
    page.click("button[name=action_accept_answer]")
    page.wait_for_selector("button[name=action_accept_answer]", state="detached")


def look_around(office, page, shop):
    office.press_stat_button("action_view_exchanges")
    page.wait_for_selector(".o_list_view, .o_supplier_message")
    office.screenshot("10-exchanges")
    page.locator("tr.o_data_row:has-text('Order')").last.click()
    page.wait_for_selector(".o_supplier_message")
    office.screenshot("11-exchange")
    text = page.inner_text("body")
    assert "garage-secret" not in text
    assert "PlaceOrder" in text
    page.goto("/odoo/system-credits")
    page.wait_for_selector(".o_credit_balance")
    office.screenshot("12-credits")
    page.click("button[name=action_buy]")
    page.wait_for_selector(".modal button[name=action_confirm]")
    office.screenshot("13-buy-credits")
    page.fill(".modal div[name=reason] input", "voucher of support")
    page.click(".modal button[name=action_confirm]")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector("td:has-text('voucher of support')")
    office.screenshot("14-credits-bought")
    for name, path in (
        ("15-connections", "/odoo/action-supplier_webservice_order.supplier_connection_action"),
        (
            "16-connection",
            f"/odoo/action-supplier_webservice_order.supplier_connection_action/{shop.ref('connection_hemo')}",
        ),
        (
            "17-inactive",
            f"/odoo/action-supplier_webservice_order.supplier_connection_action/{shop.ref('connection_lakwerk')}",
        ),
    ):
        page.goto(path)
        page.wait_for_selector(".o_list_view, .o_form_view")
        page.wait_for_timeout(400)
        office.screenshot(name)
    refusal = page.inner_text(".o_form_view .alert-info")
    supplier = shop.call("res.partner", "read", [shop.ref("partner_lakwerk")], ["phone", "email"])[0]
    assert supplier["phone"] in refusal
    assert supplier["email"] in refusal
