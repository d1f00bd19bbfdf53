"""Demo data with something on every screen: sent proofs, answered orders, mails, messages."""

import contextlib
import os
import re

import requests

from tools.odoo_server import free_port
from tools.sandbox_supplier import running
from tools.settings import HOST
from tools.surfaces import by_addon

#: One of the languages we translate to; another one, or en_US, by FINISH_LANGUAGE=de_DE.
LANGUAGE = os.environ.get("FINISH_LANGUAGE", "nl_NL")
#: Portal users that the demo data does not have: login -> external id of the contact.
PEOPLE = {"clara": "online_proof.partner_print_buyer", "paul": "online_proof.partner_print_checker"}
SUPPLIER = "supplier_webservice_order"


class World:
    """What the tests look at: ids and links.

    :param sql: runs a statement on the database
    """

    def __init__(self, odoo, admin, sql, mailbox, database):
        self.odoo, self.admin, self.sql, self.mailbox, self.database = odoo, admin, sql, mailbox, database
        self.call, self.ref = admin.call, admin.ref

    def build(self, sandbox_url):
        """Do one of everything."""
        self._speak()
        self._make_users()
        self._change_order()
        self._order_parts(sandbox_url)
        self._find_records()
        for prepare in by_addon("prepare").values():
            prepare(self)
        return self

    def press(self, model, method, name):
        """Return the action that a button answers, pressed on a record of ours."""
        action = self.call(model, method, [getattr(self, name)], context={"lang": LANGUAGE})
        return {"views": [[False, "form"]], **action}

    # Language and people

    def _speak(self):
        """Install our test language, for the web site too."""
        language = self.call("res.lang", "search", [("code", "=", LANGUAGE)], context={"active_test": False})[0]
        wizard = self.call("base.language.install", "create", [{"lang_ids": [(6, 0, [language])]}])
        self.call("base.language.install", "lang_install", wizard)
        website = self.ref("website.default_website")
        self.call("website", "write", [website], {"language_ids": [(4, language)]})
        users = self.call("res.users", "search", [])
        self.call("res.users", "write", users, {"lang": LANGUAGE})

    def _make_users(self):
        group = self.ref("base.group_portal")
        self.partners = {login: self.ref(xmlid) for login, xmlid in PEOPLE.items()}
        for login, partner in self.partners.items():
            values = {
                "login": login,
                "password": login,
                "partner_id": partner,
                "lang": LANGUAGE,
                "group_ids": [(6, 0, [group])],
            }
            self.call("res.users", "create", [values], context={"no_reset_password": True})

    # Status mails

    def _change_order(self):
        self.order = self.ref("order_status_mail.order_portal")
        self.call("sale.order", "write", [self.order], {"commitment_date": "2031-03-04 10:00:00"})
        self.mailbox.clear()
        self.admin.run_cron("order_status_mail.ir_cron_tell_customers")
        self.admin.run_cron("mail.ir_cron_mail_scheduler_action")
        mails = [mail for mail in self.mailbox.wait() if mail["List-Unsubscribe-Post"]]
        body = mails[0].get_body(("html",)).get_content()
        self.status_link = re.search(r"/order-status/\d+/[^/\"?]+", body)[0]
        requests.post(f"{self.odoo.url}{self.status_link}/unsubscribe", timeout=60).raise_for_status()

    # Supplier

    def _order_parts(self, sandbox_url):
        for dialect, name in (("standard", "hemo"), ("nordteile", "nordteile")):
            connection = self.ref(f"{SUPPLIER}.connection_{name}")
            self.call("supplier.connection", "write", [connection], {"endpoint_url": f"{sandbox_url}/{dialect}"})
        parts = [self.ref(f"{SUPPLIER}.product_{part}") for part in ("bumper", "grille", "headlight")]
        self.purchase = self.call(
            "purchase.order",
            "create",
            {
                "partner_id": self.ref(f"{SUPPLIER}.partner_hemo"),
                "order_line": [(0, 0, {"product_id": part, "product_qty": 1}) for part in parts],
            },
        )
        self.call("purchase.order", "action_communicate", [self.purchase])
        self.admin.run_cron(f"{SUPPLIER}.ir_cron_send_orders")
        self.admin.run_cron(f"{SUPPLIER}.ir_cron_fetch_answers")
        link = self.call("purchase.order", "action_open_workshop_link", [self.purchase])["res_id"]
        url = self.call("purchase.photo.link", "read", [link], ["url"])[0]["url"]
        self.workshop_link = "/workshop" + url.partition("/workshop")[2]

    # Records

    def _find_records(self):
        """Look up what the demo data made."""

        def one(model, *domain):
            return self.call(model, "search", list(domain), limit=1)[0]

        self.account = one("credit.account", ("company_id", "=", 1))
        self.job = self.ref(f"{SUPPLIER}.sale_order_golf")
        self.customer = self.ref("base.res_partner_2")
        self.picking = one("stock.picking", ("sale_id", "=", self.order))

    # Long names

    def lengthen_names(self):
        """Give what the screens show a name of 200 letters without a space."""
        name = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
        name = name[:200]
        products = [f"{SUPPLIER}.product_bumper", "order_status_mail.product_lamp", "service_dossier.product_screen"]
        products += ["service_dossier.product_motor", "online_proof.product_brochure"]
        for xmlid in products:
            model = "product.template" if xmlid.endswith("lamp") else "product.product"
            self.call(model, "write", [self.ref(xmlid)], {"name": name}, context={"lang": LANGUAGE})
        contacts = ["online_proof.partner_print_buyer", f"{SUPPLIER}.partner_hemo", "base.partner_demo_portal"]
        contacts += ["service_dossier.partner_dealer", "base.res_partner_2"]
        self.call("res.partner", "write", [self.ref(xmlid) for xmlid in contacts], {"name": name})
        self.call("service.dossier", "write", [self.dossier], {"reference": name})
        lines = self.call("sale.order.line", "search", [("order_id", "=", self.order)])
        self.call("sale.order.line", "write", lines, {"name": name})
        self.call("recurring.recurrence", "write", self.call("recurring.recurrence", "search", []), {"name": name})


@contextlib.contextmanager
def sandbox(folder):
    """Run a sandbox supplier that approves at once; yields its address."""
    port = free_port()
    with running(folder, port=port, approval_delay=0):
        yield f"http://{HOST}:{port}"
