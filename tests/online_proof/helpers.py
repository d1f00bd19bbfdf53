"""Files and requests of the end-to-end tests."""

import html
import io
import re

import requests
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tools.settings import ADDONS_DIR

DEMO_FILES = ADDONS_DIR / "online_proof/demo/files"


def make_pdf(pages, size=(595, 842), picture=None):
    """Return a PDF of so many pages, with a picture on each where one is given."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size, invariant=True)
    reader = ImageReader(str(picture)) if picture else None
    for number in range(1, pages + 1):
        canvas.setFillColorCMYK(0.1 * (number % 7), 0.6, 0.2, 0)
        canvas.rect(40, 40, 200, 120, stroke=0, fill=1)
        if reader:
            canvas.drawImage(reader, 60, 380, 460, 320)
        canvas.setFont("Times-Roman", 11)
        for row in range(24):
            canvas.drawString(60, 350 - 12 * row, f"Line {row} of page {number}: the quick brown fox jumps over it.")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def shown_on(page):
    """Return what the forms of a proof page say that their reader saw."""
    found = {name: re.search(f'name="{name}" value="([^"]*)"', page) for name in ("shown", "rate")}
    return {name: html.unescape(value[1]) for name, value in found.items() if value}


class Shop:
    """A logged-in employee who uploads over HTTP, as the back office does."""

    def __init__(self, url, database, login="admin"):
        self.url = url
        self.session = requests.Session()
        answer = self.session.post(
            f"{url}/web/session/authenticate",
            json={"params": {"db": database, "login": login, "password": login}},
            timeout=60,
        ).json()
        assert answer["result"]["uid"], "login failed"
        page = self.session.get(f"{url}/my/proofs", timeout=60).text
        self.csrf = re.search(r'csrf_token: "([^"]+)"', page)[1]

    def upload(self, proof_id, *files, timeout=120):
        """Put (name, content) files on a proof and return the server's answer."""
        return self.session.post(
            f"{self.url}/online_proof/upload/{proof_id}",
            data={"csrf_token": self.csrf},
            files=[("files", file) for file in files],
            timeout=timeout,
        )


def new_proof(rpc, *, name="Printing Customer"):
    """Create an order with its proof over RPC; return (order id, proof id)."""
    partner = rpc.call("res.partner", "create", [{"name": name, "email": "printing@example.org"}])[0]
    order = rpc.call("sale.order", "create", [{"partner_id": partner}])[0]
    action = rpc.call("sale.order", "action_view_proof", [order])
    return order, action["res_id"]


def link_in(message):
    """Return the personal link in a received mail."""
    body = message.get_body(("html",)).get_content()
    return re.search(r'href="([^"]*/proof/\d+(?:/order)?\?access_token=[^"]+)"', body)[1]
