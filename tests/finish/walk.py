"""Walking through the back office: opening actions, views, forms, tabs and windows."""

import contextlib
import os

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.finish.checks import look

#: Views that may be wider than the window: columns side by side.
SCROLLING = ", ".join(
    (
        ".o_kanban_grouped",
        ".o_kanban_grouped *",
        ".o_calendar_renderer",
        ".o_activity_view",
        ".o_content:has(.o_kanban_grouped, .o_activity_view)",
    )
)
#: On a phone lists are moved sideways with the finger; Odoo's own cards of order lines stand out by their margin.
SCROLLING_PHONE = f"{SCROLLING}, .o_list_renderer, [name=order_line] .o_kanban_record"
#: Nothing is being loaded, and what was is drawn.
SETTLED = """() => !document.querySelector(".o_loading_indicator")
    && [...document.querySelectorAll(".o_view_controller > .o_content")].every((el) => el.childElementCount)"""
#: Pictures of every screen under .state/screenshots/finish, for a person to look at: ``PICTURES=1 make test ...``
PICTURES = os.environ.get("PICTURES")
OPEN = "async (action) => { await odoo.__WOWL_DEBUG__.root.env.services.action.doAction(...action); }"


class Walk:
    """A logged-in visitor who looks at everything; ``problems`` collects what is wrong.

    :param visitor: a ``tests.conftest.Visitor``
    :param english: texts that must not be seen, see ``checks.untranslated_texts``
    """

    def __init__(self, visitor, english=frozenset(), prefix=""):
        self.visitor, self.page, self.english, self.prefix = visitor, visitor.page, english, prefix
        self.scrolling = SCROLLING if self.page.viewport_size["width"] > 800 else SCROLLING_PHONE
        self.problems = []
        self.where, self.status = "", 200
        self.page.on("response", self._on_response)
        self.page.on("requestfailed", self._on_failure)

    def _on_response(self, response):
        if response.status == self.status and response.request.is_navigation_request():
            return
        if response.status >= 400 and response.url.startswith(self.visitor.base_url):
            self.problems.append(f"{self.where}: {response.status} for {response.url[:150]}")

    def _on_failure(self, request):
        if request.url.startswith(self.visitor.base_url) and "ERR_ABORTED" not in (request.failure or ""):
            self.problems.append(f"{self.where}: {request.failure} for {request.url[:150]}")

    @contextlib.contextmanager
    def at(self, place, status=200):
        """Look at what is open at the end of the block, under the name ``place``.

        :param status: what the page answers with, an error where it is there to say so
        """
        self.where, self.status = place, status
        del self.visitor.errors[:]
        try:
            yield
            self.settle()
        except Error as error:  # the walk goes on, it reports in the end
            self.problems += [f"{place}: {str(error)[:300]}", *self.visitor.errors]
            self.page.goto("about:blank")
            return
        if PICTURES:
            self.visitor.screenshot(f"{self.prefix}{place}")
        found = look(self.page, self.english, self.scrolling)
        found += [error for error in self.visitor.errors if f"status of {status} " not in error]
        self.problems += [f"{place}: {problem}" for problem in found]

    def settle(self):
        """Wait until nothing moves."""
        self.page.wait_for_function(SETTLED)
        self.page.wait_for_timeout(120)

    def report(self):
        """Fail with everything that was found since the last call."""
        problems, self.problems = sorted(set(self.problems)), []
        assert not problems, "\n" + "\n".join(problems)

    # Back office

    def run(self, action, **options):
        """Let the web client run an action, as a menu or a button does."""
        if not self.page.url.startswith(f"{self.visitor.base_url}/odoo"):
            self.page.goto("/odoo")
            self.page.wait_for_selector(".o_action_manager > *")
        self.page.wait_for_function("window.odoo?.__WOWL_DEBUG__?.root?.env.services.action")
        self.page.evaluate(OPEN, [action, options])

    def open_action(self, action, record=None):
        """Open a window action, or a record in it."""
        form = {"viewType": "form", "props": {"resId": record}} if record else {}
        self.run(action["id"], clearBreadcrumbs=True, **form)
        self.page.wait_for_selector(".o_form_view" if record else ".o_view_controller")

    def open_document(self, model, record):
        """Open the form of a document."""
        views = {"type": "ir.actions.act_window", "res_model": model, "res_id": record, "views": [[False, "form"]]}
        self.run(views, clearBreadcrumbs=True)
        self.page.wait_for_selector(".o_form_view")

    def switch_view(self, kind):
        """Press a button of the view switcher."""
        self.page.click(f".o_switch_view.o_{kind}")
        self.page.wait_for_selector(f".o_{kind}_view")

    def open_tabs(self, place):
        """Open each page of each notebook of a form."""
        tabs = self.page.locator(".o_form_view .o_notebook_headers .nav-link:visible")
        for number in range(1, tabs.count()):
            if not tabs.nth(number).is_visible():
                continue
            name = tabs.nth(number).get_attribute("name") or str(number)
            with self.at(f"{place}-{name}"):
                tabs.nth(number).click()

    def open_window(self, action, **context):
        """Run an action of the server, or one by its id, and wait for its window."""
        self.run(action, additionalContext=context)
        self.page.wait_for_selector(".modal .o_form_view")

    def close_window(self):
        """Close the window without saving; what is open over it (a calendar, a list of choices) closes first."""
        self.page.keyboard.press("Escape")
        try:
            self.page.wait_for_selector(".modal", state="detached", timeout=5000)
        except PlaywrightTimeoutError:
            self.page.keyboard.press("Escape")
            self.page.wait_for_selector(".modal", state="detached")
