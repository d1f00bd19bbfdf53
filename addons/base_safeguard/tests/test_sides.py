"""The last value on each side of a limit, and what stands beside the thing that is meant."""

from email.headerregistry import Address

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, new_test_user, tagged

from ..headers import LINE, LONG_NAME, fold_addresses
from ..links import check_new_links
from .common import MODEL, WINDOW, SafeguardCase


class TestSidesOfLines(BaseCase):
    """OS+7: header fields of addresses, to the last character."""

    def test_a_line_that_is_just_full(self):
        """OS+7: what fills a line to its last character stays in it; one character more goes into the next."""
        first = "a@example.com"
        for more, lines in ((0, 1), (1, 2)):
            left = LINE - len(f"To: {first}, ") + more
            people = [Address(addr_spec=first), Address(addr_spec="@example.com".rjust(left, "b"))]
            field = fold_addresses("To", people, "\r\n").removesuffix("\r\n")
            self.assertEqual([len(line) > LINE for line in field.split("\r\n")], [False] * lines)

    def test_the_longest_name_in_one_piece(self):
        """OS+7: the longest name that has room in a line is readable on the wire; a longer one is encoded."""
        for more, encoded in ((0, False), (1, True)):
            field = fold_addresses("From", [Address("x" * (LONG_NAME + more), addr_spec="a@b.example")], "\r\n")
            self.assertEqual("=?utf-8?" in field, encoded)


@tagged("post_install", "-at_install")
class TestSides(SafeguardCase):
    """PR3 PR5: links, forms and mails."""

    def test_links_that_are_new(self):
        """PR5: what a form is pointed at anew has to be readable; what stands there already is shown."""
        self.classPatch(self.registry[WINDOW], "_check_access", lambda self, operation: None)
        user = new_test_user(self.env, "sides_user", groups="base.group_user")
        company = self.env["res.company"].create({"name": "Second Company"})
        hidden = self.env["res.partner"].create({"name": "Theirs", "company_id": company.id})
        window = self.windows.create({"partner_id": user.partner_id.id}).with_user(user)
        values = {"partner_id": hidden.id}
        with self.assertRaises(AccessError):
            check_new_links(window, values, "partner_id")
        check_new_links(window, values, "id")
        window.sudo().partner_id = hidden
        check_new_links(window, values, "partner_id")

    def test_words_of_a_form(self):
        """PR5: what somebody wrote is given back: several words, or letters that no code has; codes are not."""
        sent = {"kind": "visit", "body": "two words", "name": "ö", "choice": '["a b"]', "new_password": "a b"}
        self.assertEqual(self.env["ir.http"]._words_of_form(sent), ["two words", "ö"])

    def _row(self, state, address, header="<1@example.com>", **values):
        return self.env["mail.delivery"].create(
            {"state": state, "address": address, "message_header": header, "res_model": MODEL, "reason": "no", **values}
        )

    def test_who_has_no_mail(self):
        """PR3: named is the address that has none, as long as it is the recipient's, and not those that have it."""
        ann = self.env["res.partner"].create({"name": "Ann", "email": "ann@example.com, second@example.com"})
        sent, failed = (
            self._row(state, address, partner_id=ann.id)
            for state, address in (("sent", "ann@example.com"), ("failed", "second@example.com"))
        )
        self.assertEqual((sent | failed)._troubled(), failed)
        ann.email = "ann@example.com"
        self.assertFalse((sent | failed)._troubled())
        self.assertEqual(failed._troubled(), failed, "where no address has it, the one that was used")

    def test_problem_of_the_last_mail(self):
        """PR3: a mail that did not arrive is no problem any more once a later one did; nor is another document's."""
        ann = self.env["res.partner"].create({"name": "Ann", "email": "ann@example.com"})
        document, other = self.documents.create([{"name": "A"}, {"name": "B"}])
        values = {"res_id": document.id, "partner_id": ann.id}
        self._row("failed", "ann@example.com", "<1@example.com>", **values)
        self.assertIn("ann@example.com", document.mail_delivery_problem)
        self.assertFalse(other.mail_delivery_problem)
        self._row("sent", "ann@example.com", "<2@example.com>", **values)
        document.invalidate_recordset()
        self.assertFalse(document.mail_delivery_problem)

    def test_end_of_a_mail(self):
        """PR3: a mail that everybody has is sent; one that a server refused for somebody is not."""
        ann = self.env["res.partner"].create({"name": "Ann", "email": "ann@example.com"})
        document = self.documents.create({"name": "A"})
        for states, state in ((("sent", "sent"), "sent"), (("sent", "failed"), "exception")):
            mail = self.env["mail.mail"].create({"subject": "News", "auto_delete": False})
            for number, each in enumerate(states):
                self._row(each, f"{number}@example.com", res_id=document.id, partner_id=ann.id, mail_id=mail.id)
            self.env.invalidate_all()
            outcome = mail._finish_deliveries(False)
            self.assertEqual((mail.state, outcome["success_emails"]), (state, self._sent(states)))

    def _sent(self, states):
        return [f"{number}@example.com" for number, state in reversed(list(enumerate(states))) if state == "sent"]
