"""Charsets, TNEF, calendars, nameless parts and remote pictures of mails."""

import struct
from base64 import b64decode
from email.message import EmailMessage

from odoo.addons.service_dossier import mail_parts
from odoo.tests import BaseCase, tagged

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CALENDAR = """BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:1
DTSTART:20261130T090000Z
SUMMARY:Measuring
ATTENDEE;PARTSTAT=DECLINED:mailto:anna@x.example
END:VEVENT
END:VCALENDAR
"""


def make_tnef(files, body=b"Rich text"):
    """Return a ``winmail.dat`` as Outlook packs it: signature, key, attributes with checksums."""

    def attribute(level, name, kind, data):
        return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    parts = [struct.pack("<IH", 0x223E9F78, 1), attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))]
    parts.append(attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0)))
    parts.append(attribute(1, 0x800C, 2, body + b"\0"))
    for name, content in files:
        parts.append(attribute(2, 0x9002, 6, b"\0" * 14))
        parts.append(attribute(2, 0x8010, 1, name.encode() + b"\0"))
        parts.append(attribute(2, 0x800F, 6, content))
    return b"".join(parts)


@tagged("post_install", "-at_install")
class TestMailParts(BaseCase):
    """SD+5, what needs no database."""

    def test_charsets(self):
        """SD+5: names of charsets that nobody knows are replaced by one that reads the bytes."""
        for name in ("X-UNKNOWN", "unicode", "utf8mb4", "default", "rot13", "windows-1252http-equivcontent-type"):
            mail = EmailMessage()
            mail.set_content("café", charset="iso-8859-1", cte="8bit")
            mail.replace_header("Content-Type", f"text/plain; charset={name}")
            self.assertEqual(mail_parts.repair_charsets(mail), [name.lower()])
            self.assertEqual(mail.get_content().strip(), "café")
        mail = EmailMessage()
        mail.set_content("café", charset="iso-8859-15")
        self.assertEqual(mail_parts.repair_charsets(mail), [])

    def test_tnef(self):
        """SD+5: a winmail.dat gives its text and its files; a broken one gives nothing and is kept as it is."""
        body, files = mail_parts.unpack_tnef(make_tnef([("plan.pdf", b"%PDF-1.4")]))
        self.assertEqual(body, "Rich text")
        self.assertEqual(files, [("plan.pdf", b"%PDF-1.4")])
        self.assertIsNone(mail_parts.unpack_tnef(b"\x78\x9f\x3e\x22broken"))

    def test_calendar(self):
        """SD+5: an answer to an invitation is read."""
        event = mail_parts.read_calendar(CALENDAR)
        self.assertEqual((event["method"], event["answer"], event["summary"]), ("REPLY", "DECLINED", "Measuring"))
        self.assertEqual(mail_parts.read_calendar("BEGIN:VCALENDAR\nnonsense"), {})

    def test_names(self):
        """SD+5: what has no name gets one with an extension."""
        forwarded = EmailMessage()
        forwarded["Subject"] = "Measures"
        cases = (
            (forwarded, "Measures.eml"),
            (CALENDAR, "calendar.ics"),
            (b"%PDF-1.4 x", "file.pdf"),
            (b64decode(PIXEL), "file.png"),
            (b"\0\1\2", "file.bin"),
        )
        for content, name in cases:
            self.assertEqual(mail_parts.part_name("attachment", content), name)
        self.assertEqual(mail_parts.part_name("plan.pdf", b"x"), "plan.pdf")

    def test_remote_pictures(self):
        """SD+5: pictures of other servers become links, invisible ones vanish, the mail's own stay."""
        body = mail_parts.hold_back_pictures(
            '<p style="color:red;background:url(http://t.example/b)">x<img src="http://track.example/p.gif" width="1">'
            '<img src="//cdn.example/logo.png"><img src="data:image/png;base64,AA"></p>',
            "Picture from %(server)s",
        )
        self.assertNotIn("track.example", body)
        self.assertNotIn("t.example/b", body)
        self.assertIn('href="https://cdn.example/logo.png"', body)
        self.assertIn("Picture from cdn.example", body)
        self.assertIn("data:image/png", body)
        self.assertEqual(body.count("<img"), 1)
