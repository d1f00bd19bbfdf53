"""Plain functions: recipients, quotes, automatic mail, check digits."""

from email import message_from_string, policy

from odoo.addons.service_dossier import mail_text, warranty_number
from odoo.tests import BaseCase, tagged


@tagged("post_install", "-at_install")
class TestMailText(BaseCase):
    """What needs no database."""

    def test_recipients_separated_by_commas(self):
        """SD3: several addresses, commas or semicolons, names allowed, doubles dropped."""
        found = mail_text.parse_recipients("A <a@x.example>, b@y.example; A@X.example,", limit=5)
        self.assertEqual(found, ["a@x.example", "b@y.example"])

    def test_recipients_hostile(self):
        """SD3: header injection, 500 addresses and nonsense are refused, each for its own reason."""
        cases = {
            "a@x.example\r\nBcc: victim@y.example": "injection",
            "a@x.example\nb@y.example": "injection",
            ",".join(f"a{n}@x.example" for n in range(500)): "many",
            "a@x.example, not an address": "invalid",
            "a@x.example b@y.example": "invalid",
            "@x.example": "invalid",
            " , ": "none",
            "": "none",
        }
        for text, kind in cases.items():
            with self.subTest(text=text[:30]), self.assertRaises(mail_text.RecipientError) as caught:
                mail_text.parse_recipients(text, limit=20)
            self.assertEqual(caught.exception.kind, kind)

    def test_automatic_mail(self):
        """SD3: out-of-office notes, lists and bounces are told apart from people."""
        headers = (
            "Auto-Submitted: auto-replied",
            "Precedence: bulk",
            "X-Autoreply: yes",
            "List-Id: <news.example>",
            "Return-Path: <>",
        )
        for header in headers:
            message = message_from_string(f"{header}\nSubject: x\n\nbody", policy=policy.default)
            self.assertTrue(mail_text.is_automatic(message), header)
        person = message_from_string("Auto-Submitted: no\nReturn-Path: <a@x.example>\n\nbody", policy=policy.default)
        self.assertFalse(mail_text.is_automatic(person))

    def test_html_quote_is_folded(self):
        """SD3: the quoted mail is split off, with its attribution line."""
        body = "<div>Thursday is fine.</div><div>On Mon, Els wrote:</div><blockquote><p>When?</p></blockquote>"
        new, quote = mail_text.fold_quote(body)
        self.assertIn("Thursday", new)
        self.assertNotIn("When?", new)
        self.assertIn("Els wrote", quote)
        self.assertIn("When?", quote)

    def test_nested_html_quote(self):
        """SD3: a quote inside the mail program's own containers is found."""
        new, quote = mail_text.fold_quote('<div><p>Yes</p><div class="gmail_quote"><p>Old</p></div></div><p>sig</p>')
        self.assertIn("Yes", new)
        self.assertNotIn("Old", new)
        self.assertIn("Old", quote)

    def test_nothing_but_a_quote_stays(self):
        """SD3: an answer that is all quote is not emptied."""
        self.assertEqual(mail_text.fold_quote("<blockquote>All</blockquote>"), ("<blockquote>All</blockquote>", ""))

    def test_plain_quote_is_folded(self):
        """SD3: lines that start with > at the end are the quote."""
        new, quote = mail_text.fold_plain_quote("Fine.\n\nOp ma 3 mei schreef Els:\n> When?\n> Els\n")
        self.assertEqual(new, "Fine.")
        self.assertIn("> When?", quote)
        self.assertEqual(mail_text.fold_plain_quote("a > b\nno quote"), ("a > b\nno quote", ""))

    def test_signatures_are_found(self):
        """SD3: reply addresses come first, then the latest of the references."""
        one, two, three = ("0" * 32, "1" * 32, "2" * 32)
        found = list(
            mail_text.find_signatures(
                [f"dossier+7-{one}@x.example", "dossier@x.example", "dossier+7-nothex@x.example"],
                f"<dossier-5-{two}@x.example> <dossier-6-{three}@x.example>",
                "dossier",
            )
        )
        self.assertEqual(found, [(7, one), (6, three), (5, two)])
        huge = [f"dossier+9999999999-{one}@x.example"]
        found = list(mail_text.find_signatures(huge, f"<dossier-9999999999-{two}@x.example>", "dossier"))
        self.assertEqual(found, [], "no id of the database is that high")

    def test_comments_and_control_characters(self):
        """SD14: Outlook's comments before a quote and a stray control character do no harm."""
        new, quote = mail_text.fold_quote("<p>Fine\x1b.</p><!--[if mso]>x<![endif]--><blockquote>When?</blockquote>")
        self.assertIn("Fine.", new)
        self.assertIn("When?", quote)

    def test_check_digit(self):
        """SD9: a wrong character or two swapped ones are noticed; the way of writing does not matter."""
        number = warranty_number.with_check_digit("W26000123")
        self.assertTrue(warranty_number.is_valid(number))
        self.assertEqual(warranty_number.normalise(f" {number[:3].lower()}-{number[3:6]} {number[6:]}"), number)
        for position in range(len(number)):
            for character in "07AZ":
                wrong = number[:position] + character + number[position + 1 :]
                self.assertEqual(warranty_number.is_valid(wrong), wrong == number)
        swapped = "W2600" + "0132" + number[-1]
        self.assertFalse(warranty_number.is_valid(swapped))
        self.assertFalse(warranty_number.is_valid(""))
        self.assertFalse(warranty_number.is_valid(f"{number}\n"))
