"""axe-core (from the package ``axe-playwright-python``) and the keyboard."""

from axe_playwright_python.base import AXE_SCRIPT

RUN = """async ([selector, skip]) => {
    const options = { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa"] } };
    const result = await axe.run({ include: [[selector]], exclude: skip.map((one) => [one]) }, options);
    const reason = (rule, node) => node.any.concat(node.all).map((check) => check.message)[0] || rule.help;
    return result.violations.flatMap((rule) =>
        rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${reason(rule, node)}`)
    );
}"""
#: Odoo's own parts inside our pages: the breadcrumb and the bar that sorts and searches.
ODOOS = [".o_portal_navbar", ".o_portal_submenu", ".o_portal_search_panel", ".o_wsale_my_cart"]
FOCUS = """() => {
    const el = document.activeElement;
    const style = getComputedStyle(el);
    const box = el.getBoundingClientRect();
    return {
        visible: el.checkVisibility() && box.width > 0 && box.height > 0,
        marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
        name: `${el.tagName} ${el.id} ${el.className}`,
    };
}"""


def violations(page, selector):
    """Return what axe finds in a part of the page."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    present = [part for part in ODOOS if page.locator(f"{selector} {part}").count()]
    return page.evaluate(RUN, [selector, present])


def tab_to(page, selector, *, backwards=False, limit=120):
    """Press Tab until the focus is on an element; each stop on the way must be seen and marked."""
    for _press in range(limit):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        focus = page.evaluate(FOCUS)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert focus["visible"], f"the focus is on something invisible: {focus['name']}"
            page.wait_for_timeout(200)  # focus rings fade in
            focus = page.evaluate(FOCUS)
            assert focus["marked"], f"the focus does not show: {focus['name']}"
            return
    raise AssertionError(f"{selector} is not reached with the Tab key")
