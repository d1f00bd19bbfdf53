"""Who looks at a dossier on the portal, and what that person may see and do."""

import hashlib
import json
from urllib.parse import urlencode

from odoo.exceptions import UserError
from odoo.http import request
from werkzeug.exceptions import NotFound


def own_customers():
    """Return the customers (superuser) whose dossiers the user opens, the own company first."""
    return request.env.user.partner_id._dossier_customers()


def chosen_customers():
    """Return the customer that the user switched to, or all of them."""
    customers = own_customers()
    chosen = customers.filtered(lambda customer: customer.id == request.session.get("dossier_customer_id"))
    return chosen or customers


def find_warranty(customers, number):
    """Return the customers' warranty with a number (superuser: the pages show its product), or none."""
    Warranty = request.env["service.warranty"]
    warranty = Warranty
    if number and Warranty.has_access("read"):
        try:
            warranty = Warranty._find_by_number(customers, number)
        except UserError:
            warranty = Warranty
    return warranty.sudo()  # found as the user, who may not read products


def form_key(key, *said):
    """Return what a form posted a second time has in common with the first time, False where it has no key.

    The browser's way back shows a form as it was, with its key; something else filled in is something else.
    """
    return hashlib.sha256(json.dumps([key, request.env.uid, *said]).encode()).hexdigest() if key else False


def tell(*, notice="", problem=""):
    """Leave what the next page says; it says nothing of what was before."""
    request.session["dossier_notice"], request.session["dossier_problem"] = notice, problem


def told():
    """Return what was left for this page."""
    return {name: request.session.pop(f"dossier_{name}", None) for name in ("notice", "problem")}


class DossierVisitor:
    """A user of the customer, a guest, or an employee, in front of one dossier.

    :ivar user: whoever asks
    :ivar dossier: the dossier as this user
    :ivar dossier_sudo: the same as superuser, for pages that show chosen values of it
    :ivar customer: the dossier's customer (superuser)
    :ivar is_own: whether the user acts for that customer; guests read and write, but order nothing
    """

    def __init__(self, dossier):
        self.user = request.env.user
        self.dossier, self.dossier_sudo = dossier, dossier.sudo()  # found as the user; pages show chosen values
        self.customer = self.dossier_sudo.commercial_partner_id
        self.is_own = dossier._is_customers(self.user)

    @classmethod
    def of_request(cls, dossier_id):
        """Return who asks for a dossier.

        :raises NotFound: where this user may not read it; nobody learns whether it exists
        """
        return cls(cls._find("service.dossier", ("id", "=", dossier_id)))

    @classmethod
    def of_file(cls, file_id):
        """Return who asks for a file, and the file as this user."""
        file = cls._find("service.dossier.file", ("id", "=", file_id))
        return cls(file.dossier_id), file

    @staticmethod
    def _find(model, *domain):
        record = request.env[model].search(list(domain), limit=1)
        if not record:
            raise NotFound
        return record

    def require_own(self):
        """:raises NotFound: for guests, who read a dossier but order nothing in it"""
        if not self.is_own:
            raise NotFound

    def find(self, model, record_id):
        """Return a record of this dossier, as the user.

        :raises NotFound: where it is of another dossier, or out of the user's reach
        """
        return self._find(model, ("id", "=", record_id), ("dossier_id", "=", self.dossier.id))

    def find_complaint(self, ticket_id):
        """Return a complaint of this dossier (superuser: customers have no write access).

        :raises NotFound: for guests, and where it is of another dossier
        """
        self.require_own()
        return self.find("helpdesk.ticket", ticket_id).sudo()  # found as the user

    def find_warranty(self, number):
        """Return the warranty of the dossier's customer with a number (superuser), or none."""
        return find_warranty(self.customer, number)

    def orders(self):
        """Return the confirmed orders of the dossier (superuser), for its customer only.

        Those of the customer that had the dossier before it was transferred stay that one's: the page links them
        with their access tokens.
        """
        orders_sudo = self.dossier_sudo.order_ids.filtered(
            lambda order: order.state == "sale" and order.partner_id.commercial_partner_id == self.customer
        )
        return orders_sudo if self.is_own else orders_sudo.browse()

    def knows_reader(self, partner):
        """Return whether the user may learn that ``partner`` read a message: the user's own people, and employees."""
        return not partner.partner_share or bool(partner._dossier_customers() & own_customers())

    def address(self, **arguments):
        """Return the address of the dossier's page."""
        query = urlencode({key: value for key, value in arguments.items() if value})
        return f"/my/dossiers/{self.dossier.id}" + (f"?{query}" if query else "")

    def lead_back(self, *, notice="", problem="", **arguments):
        """Lead back to the dossier's page, which says how it went."""
        tell(notice=notice, problem=problem)
        return request.redirect(self.address(**arguments))
