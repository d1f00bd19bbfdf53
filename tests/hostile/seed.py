"""Records of two customers in all five addons, and the tokens that open them; runs inside of Odoo."""

import base64
import io
import json
from pathlib import Path

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from tools.surfaces import by_addon

from . import inventory, people
from .people import PRIVATE, SECRETS


def run(env, addons, target):
    """Seed the database of ``odoo shell`` and write what the tests need to know to ``target``."""
    env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
    world = Seed(env).make()
    env.cr.commit()
    known = {
        "world": world,
        "routes": inventory.routes(env, addons),
        "methods": inventory.methods(env, addons),
        "tables": inventory.tables(env, addons),
        "states": inventory.states(env, addons),
        "texts": inventory.texts(env, addons),
        "links": inventory.links(env, addons),
    }
    Path(target).write_text(json.dumps(known))


def picture(colour="red"):
    """Return a small JPEG as bytes."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(stream, "JPEG")
    return stream.getvalue()


def document(text):
    """Return a PDF with two pages as bytes."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(300, 400), invariant=True)
    for number in (1, 2):
        canvas.drawString(40, 300, f"{text} {number}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


class Seed:
    """Makes the same set of records once per customer."""

    def __init__(self, env):
        self.env = env
        self.people = people.make(env)
        self.clerk = self.people["clerk"]
        self.supplier = env["res.partner"].create({"name": "Parts Supplier", "email": "parts@example.com"})
        self.product = env["product.product"].create(
            {
                "name": "Screen",
                "type": "consu",
                "list_price": 50,
                "dossier_role": "service",
                "warranty_months": 24,
                "taxes_id": False,
            }
        )
        self.product.warranty_element_ids = env["product.product"].create({"name": "Motor", "taxes_id": False})
        self.template = env["product.product"].create(
            {
                "name": "Card",
                "type": "consu",
                "list_price": 5,
                "taxes_id": False,
                "is_published": True,
                "proof_template_file": base64.b64encode(document("Template")),
            }
        )
        self.website = env["website"].search([], limit=1)

    def make(self):
        """Return the ids and tokens of both sides, and the ids of the users."""
        world = {"a": self._side("a"), "b": self._side("b")}
        users = ("clerk", "foreign", "intern", "portal_a", "portal_b")
        self.env.flush_all()
        world["users"] = {name: self.people[name].id for name in users}
        return world

    def _side(self, side):
        known = {"product": self.product.id, "partner": self.people[f"portal_{side}"].partner_id.id}
        for part in (self._cart, self._private):
            known |= part(side)
        for seed in by_addon("seed").values():
            known |= seed(self, side)
        return known

    def _order(self, side, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.people[f"portal_{side}"].partner_id.id,
                "user_id": self.clerk.id,
                "client_order_ref": SECRETS[side],
                "order_line": [(0, 0, {"product_id": self.product.id, "product_uom_qty": 1, "name": SECRETS[side]})],
                **values,
            }
        )

    def _cart(self, side):
        line = {"product_id": self.template.id, "product_uom_qty": 1, "name": SECRETS[side]}
        cart = self._order(side, website_id=self.website.id, order_line=[(0, 0, line)])
        return {"cart_line": cart.order_line.id}

    def _private(self, side):
        """Make a contact that only the people of its company may read."""
        texts = dict.fromkeys(("name", "phone", "email", "ref", "comment", "street"), PRIVATE[side])
        return {"private": self.env["res.partner"].create({**texts, "company_id": self.people["company"].id}).id}
