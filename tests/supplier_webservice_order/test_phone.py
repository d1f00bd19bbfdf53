"""The way of a part on a phone: the window that orders, and what the supplier answered to each line."""

WIDTH = 390


def test_window(visit, shop):
    """SW3 SW+3: a phone shows each part with its supplier, price and stock; a part is ticked with a finger."""
    phone = visit(phone=True)
    page = phone.login("admin")
    page.goto(f"/odoo/sales/{shop.ref('sale_order_golf')}")
    page.wait_for_selector(".o_form_view .o_statusbar_buttons")
    if not page.locator("button[name=action_order_parts]").count():
        page.click(".o_statusbar_buttons button:has(.oi-ellipsis-v)")
    page.click("button[name=action_order_parts]")
    page.wait_for_selector(".modal .o_kanban_record:has-text('Front Bumper')")
    phone.screenshot("20-phone-window")
    page.click(".modal button[name=action_check]")
    card = page.locator(".modal .o_kanban_record:has-text('Front Bumper')")
    card.locator("text=In stock").wait_for()
    phone.screenshot("21-phone-offers")
    text = card.inner_text()
    for shown in ("HM-51117-A", "HEMO", "$"):
        assert shown in text, f"{shown} is not in {text!r}"
    assert not phone.scrolls_sideways()
    assert not page.locator(".modal .o-kanban-button-new, .modal button:has-text('Add')").count()
    card.locator(".o_part_tick input").click()
    assert card.locator(".o_part_tick input").is_checked()
    card.locator("text=Front Bumper").click()
    opened = page.locator(".modal .o_form_view:has([name=offer_price])").last
    opened.locator("[name=quantity] input").fill("2")
    phone.screenshot("22-phone-part")
    assert not page.locator(".modal [name=wizard_id]").count()


def test_answer(visit, shop, sandbox):
    """SW+2 SW8: the lines of an order on a phone say what the supplier answered, and what is to be reviewed."""
    purchase, name = shop.make_purchase("grille", "headlight")
    shop.call("supplier.exchange", "process_now", shop.communicate(purchase))
    sandbox.control("approve", reference=name)
    shop.call("purchase.order", "action_ask_supplier", [purchase])
    phone = visit(phone=True)
    page = phone.login("admin")
    page.goto(f"/odoo/purchase/{purchase}")
    page.wait_for_selector(".o_supplier_answer")
    assert page.viewport_size["width"] == WIDTH
    cards = page.locator(".o_supplier_answer")
    cards.first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    phone.screenshot("23-phone-answer")
    grille, headlight = (" ".join(text.split()) for text in cards.all_inner_texts())
    assert "Substitute: HM-51131-B" in grille
    assert "Take the substitute" in grille
    assert "Expected: 240.00" in headlight
    assert "a price outside of the tolerance" in headlight
    assert "Confirmed: 1.00" in headlight
    assert not phone.scrolls_sideways()
    assert not phone.errors
