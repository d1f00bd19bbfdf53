import email.policy
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import getaddresses

from odoo.tests import TransactionCase

from ..headers import ascii_address, ascii_host, ascii_url, fold_addresses
from ..texts import one_line, without_controls

NAMES = (
    "Miller, Smith",
    "Garden Shop (Europe) of the Company: Miller, Smith and Sons Garden Tools Inc.",
    "Zweigniederlassung für außergewöhnliche Gartengeräte, Möbel (Süd) und Räder GmbH & Co. KG",
    'Karen "Tanne" Blixen, of Rungstedlund and of the Ngong Hills, where she had a farm',
    "ليلى العامرية " * 6,
    "",
)


class TestHeaders(TransactionCase):
    """Headers as they go over the wire, read by a parser that knows nothing of how they were made."""

    def _wire(self, **values):
        """Return ``{name: value}``, not decoded, of the lines of a mail as Odoo builds it."""
        values = {"email_from": "shop@example.com", "email_to": ["a@example.com"], "subject": "News", **values}
        content = self.env["ir.mail_server"]._build_email__(body="News", **values).as_bytes()
        head = content.partition(b"\r\n\r\n")[0]
        self.assertTrue(head.isascii())
        self.assertLess(max(map(len, head.split(b"\r\n"))), 998, "RFC 5322, 2.1.1")
        return dict(message_from_bytes(content, policy=email.policy.compat32).items())

    def _people(self, value):
        """Return the names and addresses of a header."""
        return [(str(make_header(decode_header(name))), spec) for name, spec in getaddresses([value])]

    def test_names_longer_than_a_line(self):
        """OS+7: a comma in a long name makes no second sender (RFC 5322, 3.6.2): Python loses its quotation marks."""
        for name in NAMES:
            for spec in ("a@b.example", f"orders.{'x' * 50}@garden.example.com"):
                quoted = name.replace('"', '\\"')
                sender = f'"{quoted}" <{spec}>' if name else spec
                wire = self._wire(email_from=sender, reply_to=sender)
                self.assertEqual(self._people(wire["From"]), [(name.strip(), spec)])
                self.assertEqual(self._people(wire["Reply-To"]), [(name.strip(), spec)])

    def test_many_recipients(self):
        """OS+7: each recipient arrives with name and address, in lines of at most 78 characters (RFC 5322, 2.1.1)."""
        people = [(f"{name} {number}".strip(), f"c{number}@example.com") for number, name in enumerate(NAMES[:3] * 4)]
        recipients = [f'"{name}" <{spec}>' for name, spec in people]
        to = self._wire(email_to=recipients)["To"]
        self.assertEqual(self._people(to), people)
        self.assertLess(max(map(len, to.splitlines())), 90, "but for a name that is longer than a line")

    def test_a_domain_with_letters_beyond_ascii(self):
        """OS+7: the unsubscribe address of an international domain is ASCII, no encoded word (RFC 2369, RFC 8058)."""
        url = f"https://gärtnerei.example/order-status/1/{'x' * 60}/unsubscribe"
        wire = self._wire(
            headers={"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        )
        self.assertEqual(wire["List-Unsubscribe"], f"<{url.replace('gärtnerei', 'xn--grtnerei-0za')}>")
        self.assertEqual(ascii_url("https://a.example/ä?b=ü%20#c"), "https://a.example/%C3%A4?b=%C3%BC%20#c")
        self.assertEqual(ascii_url("https://ä:ö@ü.example:8069/"), "https://%C3%A4:%C3%B6@xn--tda.example:8069/")

    def test_a_line_break_in_a_name(self):
        """OS+7: Python sends no header with a line break; what was imported with one is sent, as one line."""
        for broken in (
            "Karen\nBcc: eve@example.com",
            "Karen\r\n\r\nBlixen",
            "Karen\u2028Blixen",
            "Karen\x0bBlixen\x85",
        ):
            person = f'"{broken}" <a@example.com>'
            wire = self._wire(
                email_from=person,
                email_to=[person],
                email_cc=[person],
                reply_to=person,
                subject=broken,
                headers={"X-Order": broken},
                attachments=[(f"{broken}.txt", b"x", "text/plain")],
            )
            plain = one_line(broken)
            for field in ("From", "To", "Cc", "Reply-To"):
                self.assertEqual([spec for _name, spec in getaddresses([wire[field]])], ["a@example.com"], field)
            self.assertEqual(
                " ".join(str(make_header(decode_header(wire["Subject"]))).split()), " ".join(plain.split())
            )
            self.assertNotIn("Bcc", wire)
        self.assertIs(one_line(False), False)
        self.assertEqual(without_controls("a\x0bb\tc\nd\ufffe"), "a b\tc\nd ")

    def test_a_domain_of_people(self):
        """OS+7: domains are ASCII in headers (RFC 5890); an encoded word in an address is none (RFC 2047, 5)."""
        wire = self._wire(email_from='"Garden" <shop@gärtnerei.example>', email_to=["karen@straße.example"])
        self.assertEqual(self._people(wire["From"]), [("Garden", "shop@xn--grtnerei-0za.example")])
        self.assertEqual(wire["To"], "karen@xn--strae-oqa.example")

    def test_ascii_hosts(self):
        """OS+7: "ß" is not "ss" (IDNA 2008, as browsers have it); emoji are what they were in 2003."""
        self.assertEqual(ascii_host("straße.example"), "xn--strae-oqa.example")
        self.assertEqual(ascii_host("ZÜRICH.example"), "xn--zrich-kva.example")
        self.assertEqual(ascii_host("i❤.example"), "xn--i-7iq.example")
        self.assertEqual(ascii_url("https://straße.example:8069/ß"), "https://xn--strae-oqa.example:8069/%C3%9F")
        self.assertEqual(ascii_url("https://[::1]:80/ß"), "https://[::1]:80/%C3%9F")
        self.assertEqual(ascii_host("ä..example"), "ä..example", "no host, and no reason to fail")
        self.assertEqual(ascii_address("jürgen@bücher.example"), "jürgen@xn--bcher-kva.example")

    def test_lines_with_encoded_words(self):
        """OS+7: a line with encoded words has at most 76 characters (RFC 2047, 2); a very long name is folded, too."""
        for name in ("ä" * 300, "é " * 100 + "é", "x " * 700 + "x", "🌷" * 60):
            people = [Address(name, "shop", "garden.example.com")] * 2
            field = fold_addresses("Reply-To", people, "\r\n")
            self.assertLessEqual(max(map(len, field.split("\r\n"))), 76)
            value = message_from_bytes(field.encode() + b"\r\n", policy=email.policy.compat32)["Reply-To"]
            self.assertEqual(self._people(value), [(name, "shop@garden.example.com")] * 2)

    def test_subjects(self):
        """OS+7: long subjects of every script arrive as they are."""
        for subject in (
            "Order S1: on its way with „Österreichische Post“ " + "ß" * 90,
            "灯" * 80,
            "a" * 300,
            ("é b " * 50).strip(),
        ):
            self.assertEqual(str(make_header(decode_header(self._wire(subject=subject)["Subject"]))), subject)
