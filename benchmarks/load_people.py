"""The people of the load test: customers on the portal and the office behind it."""

import contextlib
import html
import json
import re
import threading
import time

import requests

from tests.online_proof.helpers import Shop, make_pdf
from tools.rpc import Rpc, RpcError

ORDERS, PROOFS, MESSAGES = 3, 2, 10
CSRF = re.compile(r'csrf_token: "([^"]+)"')


class Records:
    """Makes what the customers see, over RPC as an employee."""

    def __init__(self, rpc, supplier_url):
        self.rpc = rpc
        self.portal_group = rpc.ref("base.group_portal")
        self.website = rpc.call("website", "search", [], limit=1)[0]
        rpc.call(
            "website",
            "write",
            [self.website],
            {"status_mail_tolerance": 0},
        )
        told = [("website_id", "=", self.website), ("code", "in", ("status", "date"))]
        rpc.call("order.status.rule", "write", rpc.call("order.status.rule", "search", told), {"enabled": True})
        values = [{"name": f"Load product {number}", "list_price": 12.0, "type": "service"} for number in range(5)]
        self.products = rpc.call("product.product", "create", values)
        connection = rpc.ref("supplier_webservice_order.connection_hemo")
        rpc.call("supplier.connection", "write", [connection], {"endpoint_url": supplier_url})
        self.supplier = rpc.ref("supplier_webservice_order.partner_hemo")
        self.part = rpc.ref("supplier_webservice_order.product_bumper")
        self.orders = []

    def make_customers(self, number):
        """Return per customer the login, the orders, the proofs' pages and the dossier."""
        names = [f"load{n}" for n in range(number)]
        people = [{"name": name, "email": f"{name}@load.example.com"} for name in names]
        partners = self.rpc.call("res.partner", "create", people)
        self.rpc.call(
            "res.users",
            "create",
            [
                {"login": name, "password": name, "partner_id": partner, "group_ids": [(6, 0, [self.portal_group])]}
                for name, partner in zip(names, partners, strict=True)
            ],
        )
        orders = self._make_orders(partners)
        proofs = self._make_proofs(partners)
        dossiers = self.rpc.call(
            "service.dossier",
            "create",
            [{"partner_id": partner, "reference": f"Load {partner}"} for partner in partners],
        )
        self._write_messages(dossiers)
        return [
            {"login": name, "orders": orders[partner], "proofs": proofs[partner], "dossier": dossier}
            for name, partner, dossier in zip(names, partners, dossiers, strict=True)
        ]

    def _make_orders(self, partners):
        lines = [(0, 0, {"product_id": product, "product_uom_qty": 2}) for product in self.products]
        values = [
            {"partner_id": partner, "website_id": self.website, "order_line": lines}
            for partner in partners
            for _number in range(ORDERS)
        ]
        self.orders = self.rpc.call("sale.order", "create", values)
        self.rpc.call("sale.order", "action_confirm", self.orders)
        self.rpc.run_cron("order_status_mail.ir_cron_tell_customers")
        return {partner: self.orders[ORDERS * n : ORDERS * (n + 1)] for n, partner in enumerate(partners)}

    def _make_proofs(self, partners):
        shop, pdf = Shop(self.rpc.url, self.rpc.database), make_pdf(2)
        values = [{"partner_id": partner} for partner in partners for _number in range(PROOFS)]
        orders = self.rpc.call("sale.order", "create", values)
        proofs = [self.rpc.call("sale.order", "action_view_proof", [order])["res_id"] for order in orders]
        for proof in proofs:
            shop.upload(proof, ("proof.pdf", pdf)).raise_for_status()
        # a run lasts some seconds at most
        while self.rpc.call("online.proof.file", "search_count", [("state", "=", "preparing")]):
            self.rpc.run_cron("online_proof.ir_cron_prepare")
        for order in orders:
            wizard = self.rpc.call("online.proof.send", "create", [{"sale_order_id": order}])[0]
            self.rpc.call("online.proof.send", "action_send", [wizard])
        return {partner: proofs[PROOFS * n : PROOFS * (n + 1)] for n, partner in enumerate(partners)}

    def _write_messages(self, dossiers):
        for number in range(MESSAGES):
            values = {"message_type": "remark", "body": f"<p>Message {number} of the manufacturer.</p>"}
            wizards = self.rpc.call(
                "service.dossier.compose", "create", [{"dossier_id": dossier, **values} for dossier in dossiers]
            )
            for wizard in wizards:
                self.rpc.call("service.dossier.compose", "action_send", [wizard])


class Customer:
    """One person in one browser session, who looks, thinks and clicks."""

    def __init__(self, url, rng, known):
        self.url, self.rng, self.known = url, rng, known
        self.session = requests.Session()
        self.requests = []
        self.proof = None

    def log_in(self):
        page = self.session.get(f"{self.url}/web/login", timeout=120).text
        data = {"login": self.known["login"], "password": self.known["login"], "csrf_token": CSRF.search(page)[1]}
        answer = self.session.post(f"{self.url}/web/login", data=data, timeout=120)
        assert answer.url.endswith("/my"), f"login of {self.known['login']} failed: {answer.url}"

    def live(self, stop, think):
        """Click until ``stop``; the choice of pages is weighted as a day on the portal is."""
        acts = [self.follow_order, self.read_proof, self.decide, self.read_dossier, self.write, self.look_around]
        weights = [6, 4, 2, 4, 2, 2]
        stop.wait(self.rng.uniform(0, think[1]))
        while not stop.is_set():
            [act] = self.rng.choices(acts, weights)
            for _step in act():
                stop.wait(self.rng.uniform(*think))
                if stop.is_set():
                    return

    def ask(self, kind, path, *, method="GET", ok=(200,), **options):
        """Make one request, note its time and what was wrong with it, and return the answer."""
        started, error, answer = time.perf_counter(), None, None
        try:
            answer = self.session.request(method, f"{self.url}{path}", timeout=120, **options)
            if answer.status_code not in ok:
                error = f"{path}: status {answer.status_code}"
            elif "/web/login" in answer.url:
                error = f"{path}: logged out"
        except requests.RequestException as failure:
            error = f"{path}: {failure}"
        self.requests.append((kind, time.perf_counter() - started, error))
        return None if error else answer

    def _json(self, kind, path, **params):
        answer = self.ask(kind, path, method="POST", json={"jsonrpc": "2.0", "method": "call", "params": params})
        if answer is not None and "error" in answer.json():
            self.requests[-1] = (*self.requests[-1][:2], f"{path}: {answer.json()['error'].get('message')}")
            return None
        return answer and answer.json().get("result")

    # What people do; each yield is a moment to read and think

    def look_around(self):
        self.ask("portal home", "/my")
        self._json(
            "counters of the home page", "/my/counters", counters=["order_count", "dossier_count", "proof_count"]
        )
        yield

    def follow_order(self):
        self.ask("order list", "/my/orders")
        yield
        order = self.rng.choice(self.known["orders"])
        self.ask("order page", f"/my/orders/{order}")
        yield
        self.ask("order timeline", f"/my/orders/{order}/timeline")
        yield

    def read_proof(self):
        self.ask("proof list", "/my/proofs")
        yield
        opened = self._open_proof()
        if opened:
            yield
            for picture in opened["pictures"]:
                self.ask("proof picture", picture)
            self._json(
                "proof opened", f"{opened['path']}/opened", revision=opened["revision"], access_token=opened["token"]
            )
            yield

    def _open_proof(self):
        answer = self.ask("proof page", f"/my/proofs/{self.rng.choice(self.known['proofs'])}")
        if answer is None:
            return None
        path = answer.url.removeprefix(self.url).partition("?")[0]
        data = json.loads(html.unescape(re.search(r'data-proof="([^"]+)"', answer.text)[1]))
        pictures = [f"{path}/page/{page['id']}/preview?access_token={data['token']}" for page in data["pages"]]
        terms = re.search(r'name="terms"[^>]* value="([^"]+)"', answer.text)
        return {
            "path": path,
            "token": data["token"],
            "csrf": CSRF.search(answer.text)[1],
            "revision": data["revision"],
            "terms": terms[1] if terms else "",
            "can_decide": 'name="decision"' in answer.text,
            "shown": {
                name: html.unescape(value)
                for name, value in re.findall(r'name="(shown|rate)" value="([^"]*)"', answer.text)
            },
            "pictures": pictures,
        }

    def decide(self):
        """Approve, ask for changes, or take the decision back, as the page offers."""
        opened = self._open_proof()
        if not opened:
            return
        yield
        data = {"csrf_token": opened["csrf"], "access_token": opened["token"], "revision": opened["revision"]}
        data |= opened["shown"]
        if not opened["can_decide"]:
            self._press("proof decision withdrawn", f"{opened['path']}/withdraw", data)
        elif self.rng.random() < 0.5:
            data.update(decision="changes", message="Please make the logo bigger.", rate_consent="1")
            self._press("proof decided", f"{opened['path']}/decide", data)
        else:
            data.update(decision="approved", terms=opened["terms"], checked="1")
            self._press("proof decided", f"{opened['path']}/decide", data)
        yield

    def _press(self, kind, path, data):
        self.ask(kind, path, method="POST", data=data, ok=(303,), allow_redirects=False)

    def read_dossier(self):
        self.ask("dossier list", "/my/dossiers")
        yield
        self.ask("dossier page", f"/my/dossiers/{self.known['dossier']}")
        yield

    def write(self):
        dossier = self.known["dossier"]
        page = self.ask("dossier page", f"/my/dossiers/{dossier}?add=remark")
        if page is None:
            return
        yield
        data = {
            "csrf_token": CSRF.search(page.text)[1],
            "message_type": "remark",
            "audience": "company",
            "body": f"A question of {self.known['login']} at {time.time():.0f}.",
        }
        answer = self.ask(
            "dossier message",
            f"/my/dossiers/{dossier}/message",
            method="POST",
            data=data,
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        if answer is not None and "url" not in answer.json():
            self.requests[-1] = (*self.requests[-1][:2], f"message refused: {answer.text[:100]}")
        yield


class Office:
    """An employee who puts work in for the scheduled actions, every other second; a context manager."""

    def __init__(self, url, database, records):
        self.rpc, self.records = Rpc(url, database), records
        self.stop, self.done, self.errors = threading.Event(), {}, []
        self.thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc_info):
        self.stop.set()
        self.thread.join(60)

    def summary(self):
        """Return what was done, in words."""
        return ", ".join(f"{number} {what}" for what, number in self.done.items())

    def _work(self):
        acts = {"orders changed": self._change_order, "purchase orders": self._order, "proofs uploaded": self._upload}
        number = 0
        while not self.stop.wait(2):
            what = list(acts)[number % len(acts)]
            number += 1
            try:
                acts[what](number)
            except (RpcError, OSError) as error:
                self.errors.append(f"{what}: {error}")
            else:
                self.done[what] = self.done.get(what, 0) + 1

    def _change_order(self, number):
        order = self.records.orders[number % len(self.records.orders)]
        day = f"20{30 + number // 300}-{1 + number // 25 % 12:02d}-{1 + number % 25:02d}"
        self.rpc.call("sale.order", "write", [order], {"commitment_date": day})

    def _order(self, _number):
        line = (0, 0, {"product_id": self.records.part, "product_qty": 1})
        values = {"partner_id": self.records.supplier, "order_line": [line]}
        purchase = self.rpc.call("purchase.order", "create", values)
        with contextlib.suppress(KeyError):
            self.rpc.call("purchase.order", "action_communicate", [purchase])

    def _upload(self, _number):
        partner = self.rpc.call("res.partner", "create", {"name": "Load upload", "email": "upload@load.example.com"})
        order = self.rpc.call("sale.order", "create", {"partner_id": partner})
        proof = self.rpc.call("sale.order", "action_view_proof", [order])["res_id"]
        Shop(self.rpc.url, self.rpc.database).upload(proof, ("office.pdf", make_pdf(4)))
