"""Folding what a mail quotes, measured on answers as mail programs write them."""

import time

from lxml import html as lxml_html
from odoo.addons.service_dossier import mail_html, mail_quote
from odoo.tests import BaseCase, tagged

from . import quote_corpus, quote_more, quote_programs

#: the share of mails in which exactly the quote is folded, as the issue asks for
TARGET = 0.95


def _cases():
    programs = (quote_programs.program_cases, quote_programs.inline_cases, quote_programs.sentence_cases)
    more = (quote_corpus.cases, *programs, quote_more.more_cases, quote_more.passed_on_cases)
    return [case for made in more for case in made()]


def _text(markup, is_html):
    root = lxml_html.fragment_fromstring(markup or "", create_parent="div") if is_html else None
    return " ".join((root.xpath("string()") if is_html else markup).split())


def _fold(case):
    new, quote = (mail_html.fold_html if case.html else mail_quote.fold_text)(case.body, case.known)
    return _text(new, case.html), _text(quote, case.html)


@tagged("post_install", "-at_install")
class TestQuotes(BaseCase):
    """SD+6."""

    def test_no_new_sentence_is_hidden(self):
        """SD+6: in none of the mails, in six languages, is a new sentence folded away (100 %)."""
        for case in _cases():
            with self.subTest(case.name):
                new, _quote = _fold(case)
                for sentence in case.new:
                    self.assertIn(_text(sentence, False), new)

    def test_quotes_are_folded(self):
        """SD+6: by mail program and language, exactly the quote is folded in at least 95 % of the mails."""
        wrong, count = [], 0
        for case in _cases():
            new, quote = _fold(case)
            old = [_text(sentence, False) for sentence in case.old]
            right = all(sentence in quote and sentence not in new for sentence in old)
            if not case.folds:
                right = not quote
            elif " trap " not in case.name:
                right = right and "Peeters" not in new
            count += 1
            wrong += [] if right else [case.name]
        self.assertGreater(count, 2800)
        self.assertGreaterEqual(1 - len(wrong) / count, TARGET, wrong)

    def test_marks_of_people(self):
        """SD+6: a person's own "more than", list or indented paragraph is new, though mail programs mark quotes so."""
        known = ("Which width do you need? Please tell us the measures.", "Kind regards Marie")
        new = "> 5 mm at the top is too much.\n> 3 mm at the bottom as well."
        for text in (f"Hello,\n{new}", f"Hello,\n\nthe gaps:\n\n{new}\n", f"{new}\n\nAbe"):
            self.assertEqual(mail_quote.fold_text(text, known), (text.strip(), ""))
        for attributes in ("", ' type="cite"', ' style="margin-left: 40px"'):
            text = f"<p>Hello</p><blockquote{attributes}><p>I want my money back.</p></blockquote>"
            self.assertEqual(mail_html.fold_html(text, known), (text, ""))
        head = "On Fri, 27 Nov 2026 at 10:00, Marie <m@x.example> wrote:"
        for quote in (f"{head}\n{new}", f"> Which width do you need? Please tell\n> us\n{new}"):
            self.assertEqual(mail_quote.fold_text(f"1300.\n\n{quote}", known), ("1300.", quote))

    def test_quick(self):
        """SD+6: a mail made to take long does not."""
        mails = {
            "labels": "From: a\nSent: 2026\nTo: b\n" * 6000,
            "introductions": ("On 1 " + "wrote " * 24 + ":\n") * 3000,
            "addresses": ("a <b@c> " * 30 + "wrote:\n") * 3000,
            "marks": ">" * 500_000,
        }
        for name, body in mails.items():
            start = time.monotonic()
            mail_quote.fold_text(body, ("something else that was sent",))
            self.assertLess(time.monotonic() - start, 10, name)

    def test_comments_and_control_characters(self):
        """SD14: Outlook's comments before a quote and a stray control character do no harm."""
        new, quote = mail_html.fold_html(
            "<p>Fine\x1b.</p><!--[if mso]>x<![endif]--><div>On 3 May 2026, Els wrote:</div>"
            "<blockquote>When?</blockquote>"
        )
        self.assertIn("Fine.", new)
        self.assertIn("When?", quote)

    def test_nothing_but_a_quote_stays(self):
        """SD3: an answer that is all quote is not emptied."""
        self.assertEqual(mail_html.fold_html("<blockquote>All</blockquote>"), ("<blockquote>All</blockquote>", ""))

    def test_pictures_stay_where_they_are(self):
        """SD+6: a picture in the answer is not folded with the quote, one in the quote is."""
        quoted = '<blockquote>Old<img src="data:image/png;base64,BB=="></blockquote>'
        body = f'<p>See</p><img src="data:image/png;base64,AA==">{quoted}'
        new, quote = mail_html.fold_html(body)
        self.assertIn("AA==", new)
        self.assertNotIn("BB==", new)
        self.assertIn("BB==", quote)
