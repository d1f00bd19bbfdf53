"""What a shop sees of the addons before it installs them."""

import pytest

from tools.settings import our_addons


@pytest.mark.parametrize("addon", our_addons())
def test_description(visit, admin, addon):
    """The Apps page shows the addon's description with all of its pictures, and its icon."""
    [module] = admin.call("ir.module.module", "search", [("name", "=", addon)])
    visitor = visit()
    page = visitor.login("admin")
    page.goto(f"/odoo/action-base.open_module_tree/{module}")
    description = page.locator(".o_field_widget[name=description_html]")
    description.locator("h1").wait_for()
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    pictures = page.evaluate(
        """() => [...document.querySelectorAll("[name=description_html] img, .o_field_widget[name=icon_image] img")]
            .map((image) => [image.getAttribute("src"), image.naturalWidth])"""
    )
    assert len(pictures) >= 4
    assert [source for source, width in pictures if not width] == []
    visitor.screenshot(addon)
    description.screenshot(path=visitor.folder / f"{addon}-description.png")
    assert not visitor.scrolls_sideways()
