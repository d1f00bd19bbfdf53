"""The last value on each side of the limits in reading mails, recipients and sizes: plain Python."""

from email.message import EmailMessage
from unittest.mock import patch

from odoo.addons.service_dossier import dimension_search, mail_html, mail_parts, mail_quote, mail_text
from odoo.addons.service_dossier.mail_quote import Line
from odoo.tests import BaseCase, tagged

from .test_mail_parts import make_tnef

HEAD = ("From: Abe <a@x.example>", "Sent: Monday, 5 January 2026 10:00", "To: Dirk", "Subject: Plan")


@tagged("-at_install", "post_install")
class TestSizeBorders(BaseCase):
    """SD10: which sizes there are, and from which on other units are meant."""

    def test_largest_size(self):
        """SD10: 100,000 mm is a size, one more is none."""
        self.assertEqual(dimension_search.read_size("100000"), 100_000)
        self.assertEqual(len(list(dimension_search.readings((100_000, 1, 1)))), 2)
        self.assertFalse(list(dimension_search.readings((100_001, 1, 1))))

    def test_units_that_may_be_meant(self):
        """SD10: a part of 1 m or more was typed in millimetres, one of 10 cm or more not in metres."""
        for size, expected in (
            (1000, set()),
            (999, {"centimetres"}),
            (100, {"centimetres"}),
            (99, {"centimetres", "metres"}),
        ):
            reasons = {word for _sizes, words in dimension_search.readings((size, 20, 0)) for word in words}
            self.assertEqual(reasons - {"swapped"}, expected, size)


@tagged("-at_install", "post_install")
class TestMailBorders(BaseCase):
    """SD+5: how much of a mail is read."""

    def test_labels_in_cells(self):
        """SD+6: a cell of 30 characters may be a label, a longer one is a text of its own."""
        for length, lines in ((30, 1), (31, 2)):
            label = "x" * (length - 1) + ":"
            table = mail_html.parse_body(f"<table><tr><td>{label}</td><td>Anna</td></tr></table>")
            self.assertEqual(len([line for line in mail_html.read_lines(table) if line.text]), lines)

    def test_cells_of_a_quote(self):
        """SD+6: a folded row leaves no empty cell behind, a folded cell beside another leaves the row in shape."""
        rows = "".join(f"<tr><td>{line}</td></tr>" for line in ("From: a@x.example", *HEAD[1:], "When?"))
        new, quote = mail_html.fold_html(f"<p>Thursday.</p><table>{rows}</table>")
        self.assertEqual(new, "<p>Thursday.</p>")
        self.assertIn("When?", quote)

    def test_stray_end_of_a_style(self):
        """SD+5: an end tag without a beginning hides nothing."""
        self.assertEqual(mail_parts.html_text("one</style> two<style>p{}</style> three"), "one two\nthree")

    def test_shortest_deep_mail(self):
        """SD+5: HTML of up to 1,000 characters cannot be nested too deeply for a parser."""
        for length, lost in ((1000, ""), (1001, "word")):
            mail = EmailMessage()
            mail.set_content("word".ljust(length - 1) + "\n", subtype="html")
            self.assertEqual(len(mail.get_content()), length)
            self.assertEqual(mail_parts.lost_text(mail, "<p/>"), lost)

    def test_most_of_a_winmail(self):
        """SD+5: as many files and bytes as an honest mail holds are unpacked, more is an attack."""
        for count, unpacked in ((50, True), (51, False)):
            content = make_tnef([(f"{number}.txt", b"x") for number in range(count)])
            self.assertEqual(bool(mail_parts.unpack_tnef(content)), unpacked, count)
        with patch.object(mail_parts, "MAX_TNEF_SIZE", 10):
            for size, unpacked in ((10, True), (11, False)):
                content = make_tnef([("a.txt", b"x" * size)])
                self.assertEqual(bool(mail_parts.unpack_tnef(content)), unpacked, size)

    def test_recipients(self):
        """SD3: as many addresses as the limit, written in at most 320 characters each, doubles not counted."""
        for text, expected in (
            ("a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
            ("a@x.example, b@x.example, A@x.example", ["a@x.example", "b@x.example"]),
            ("a@x.example," + " " * 617 + "b@x.example", ["a@x.example", "b@x.example"]),
        ):
            self.assertEqual(mail_text.parse_recipients(text, limit=2), expected)
        for text, kind in (
            ("a@x.example, b@x.example, c@x.example", "many"),
            ("a@x.example," + " " * 618 + "b@x.example", "many"),
            ("", "none"),
            (" ,; ", "none"),
            ("a@x.example\nBcc: b@x.example", "injection"),
        ):
            with self.assertRaises(mail_text.RecipientError) as refusal:
                mail_text.parse_recipients(text, limit=2)
            self.assertEqual(refusal.exception.kind, kind, text)

    def test_largest_id(self):
        """SD3: the last id that a database holds is one, the next is not asked for."""
        for number, found in ((2**31 - 1, True), (2**31, False)):
            token = f"{number}-{'0' * 32}"
            for addresses, references in (([f"dossier+{token}@x.example"], ""), ([], f"<dossier-{token}@x.example>")):
                signatures = list(mail_text.find_signatures(addresses, references, "dossier"))
                self.assertEqual(signatures, [(number, "0" * 32)] if found else [])


@tagged("-at_install", "post_install")
class TestQuoteBorders(BaseCase):
    """SD+6: up to where something is a quote; on the other side it is shown."""

    def fold(self, *lines, known=()):
        """Return what is shown of a text."""
        return mail_quote.fold_text("\n".join(lines), known)[0].split("\n")

    def test_most_lines(self):
        """SD+6: a mail of 20,000 lines is folded, a longer one shown as it is."""
        for count, folded in ((20_000, True), (20_001, False)):
            lines = [Line("Thursday."), *(Line("> x", marked=True) for _n in range(count - 1))]
            self.assertEqual(any(mail_quote.fold(lines)), folded, count)

    def test_longest_line_of_a_head(self):
        """SD+6: 500 characters of a head are read, in a longer line no program's head is looked for."""
        for length, folded in ((500, True), (501, False)):
            lines = ("Thursday.", HEAD[0].ljust(length, "x"), *HEAD[1:], "When?")
            self.assertEqual(self.fold(*lines) == ["Thursday."], folded, length)

    def test_fewest_labels(self):
        """SD+6: three labels, with a sender and a date, are a head; two are a list that somebody writes."""
        self.assertEqual(self.fold("Thursday.", *HEAD[:2], HEAD[3], "When?"), ["Thursday."])
        self.assertIn("When?", self.fold("Thursday.", *HEAD[:2], "When?"))

    def test_wrapped_labels(self):
        """SD+6: two more lines of addresses belong to a label, three do not."""
        for count, folded in ((2, True), (3, False)):
            more = [f"person{number}@x.example;" for number in range(count)]
            lines = ("Thursday.", HEAD[0], "To: Dirk;", *more, HEAD[1], "When?")
            self.assertEqual(self.fold(*lines) == ["Thursday."], folded, count)

    def test_rule_on_top(self):
        """SD+6: a line drawn above the very first head goes with it."""
        self.assertEqual(self.fold("_" * 20, *HEAD, "> When?", "Thursday."), ["Thursday."])

    def test_wrapped_introduction(self):
        """SD+6: a line that a program wrapped was at least 40 characters long."""
        for length, folded in ((40, True), (39, False)):
            first = "On Monday 5 January 2026 at 10:00 Abe".ljust(length, "y")
            lines = ("Thursday.", first, "<abe@x.example> wrote:", "> When?")
            self.assertEqual(self.fold(*lines) == ["Thursday."], folded, length)

    def test_longest_line_for_the_library(self):
        """SD+6: what only the library knows is looked for in up to 160 characters."""
        for length, folded in ((160, True), (161, False)):
            line = "On " + "a" * (length - 12) + " 5 wrote:"
            self.assertEqual(len(line), length)
            self.assertEqual(self.fold("Thursday.", line, "> When?") == ["Thursday."], folded, length)

    def test_what_was_sent(self):
        """SD+6: of a line that was sent, 20 characters are recognised inside of another; fewer only alone."""
        known = mail_quote.Known(["please measure the doors in the hall"])
        self.assertIn("the doors in the hal", known)
        self.assertNotIn("doors in the hall x", known)
        self.assertNotIn("the doors in the ha", known)
        self.assertIn("please measure the doors in the hall", known)

    def test_first_line_below_a_head(self):
        """SD+6: the very line below a head proves that what follows was sent before."""
        introduction = "On 2026-01-05 10:00, Abe <abe@x.example> wrote:"
        known = ("When can you come to measure?",)
        self.assertEqual(self.fold("Thursday.", introduction, *known, known=known), ["Thursday."])

    def test_blank_lines_below(self):
        """SD+6: where new text ends a mail, nothing below it is folded."""
        lines = [Line("> When?", marked=True), Line("Thursday."), Line("")]
        self.assertEqual(mail_quote.fold(lines), [False, False, False])
