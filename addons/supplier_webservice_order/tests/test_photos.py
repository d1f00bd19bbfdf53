import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from PIL import Image

from ..photos.imaging import PhotoError, clean_photo
from .common import SupplierCase, picture


@tagged("post_install", "-at_install")
class TestPhotos(SupplierCase):
    """SW7: photos per part."""

    def setUp(self):
        super().setUp()
        self.purchase = self._new_purchase()
        self.line = self.purchase.order_line[0]
        self.photos = self.env["purchase.line.photo"].with_user(self.user)

    def test_attachment_of_the_line(self):
        """SW7: the photo is a JPEG attachment of its line, named after order and part."""
        photo = self.photos._add(self.line, picture(), "IMG_1.jpg")
        attachment = photo.attachment_id
        self.assertEqual((attachment.res_model, attachment.res_id), ("purchase.order.line", self.line.id))
        self.assertEqual(attachment.mimetype, "image/jpeg")
        self.assertIn("PN-A", attachment.name)
        self.assertEqual(self.line.photo_count, 1)
        self.assertEqual(self.purchase.photo_count, 1)
        self.assertEqual(self.line.get_photos()[0]["attachment_id"], attachment.id)

    def test_cleaned(self):
        """SW7: turned upright, without GPS and other EXIF, 2048 pixels at most."""
        jpeg, width, height = clean_photo(picture((4000, 1000), orientation=6, gps=True))
        self.assertEqual((width, height), (512, 2048))
        with Image.open(io.BytesIO(jpeg)) as image:
            self.assertEqual((image.format, image.size), ("JPEG", (512, 2048)))
            self.assertFalse(image.getexif())
            self.assertNotIn("exif", image.info)
            # turned by 90 degrees clockwise, the red left half is on top
            red, _green, blue = image.getpixel((256, 100))
            self.assertGreater(red, blue)
        self.assertNotIn(b"PhoneMaker", jpeg)

    def test_other_formats(self):
        """SW7: PNG with transparency and WebP become JPEG on white."""
        image = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
        target = io.BytesIO()
        image.save(target, "PNG")
        jpeg, *_size = clean_photo(target.getvalue())
        with Image.open(io.BytesIO(jpeg)) as converted:
            self.assertEqual(converted.getpixel((10, 10)), (255, 255, 255))
        self.assertTrue(clean_photo(picture(picture_format="WEBP")))

    def test_refused_files(self):
        """SW7: HEIC, text named .jpg, a 30,000 x 30,000 PNG: each with a clear reason."""
        for content, reason, words in (
            (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "heic", "HEIC"),
            (b"I am a text", "image", "not a picture"),
            (_huge_png(), "pixels", "million pixels"),
            (b"", "empty", "empty"),
            (b"\xff\xd8\xff" + b"\x00" * (21 * 2**20), "bytes", "MB"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image", "not a picture"),
        ):
            with self.subTest(reason=reason, words=words):
                with self.assertRaises(PhotoError) as raised:
                    clean_photo(content)
                self.assertEqual(raised.exception.reason, reason)
                with self.assertRaises(UserError) as refused:
                    self.photos._add(self.line, content, "car.jpg")
                self.assertIn(words, str(refused.exception))
                self.assertIn("car.jpg", str(refused.exception))
        self.assertFalse(self.line.photo_ids)

    def test_same_photo_twice(self):
        """SW7: an upload that is repeated is kept once; a part has a limited number of photos."""
        first = self.photos._add(self.line, picture(), "a.jpg")
        self.assertEqual(self.photos._add(self.line, picture(), "a.jpg"), first)
        for number in range(11):
            self.photos._add(self.line, picture((100 + number, 100)), "b.jpg")
        with self.assertRaises(UserError):
            self.photos._add(self.line, picture((99, 99)), "c.jpg")

    def test_delete(self):
        """SW7: deleting a photo, or its line, deletes the file."""
        photo = self.photos._add(self.line, picture(), "a.jpg")
        attachment = photo.attachment_id
        photo.unlink()
        self.assertFalse(attachment.exists())
        second = self.photos._add(self.line, picture(), "a.jpg").attachment_id
        self.line.unlink()
        self.assertFalse(second.exists())

    def test_no_foreign_attachment(self):
        """SW7: a photo record cannot expose an attachment of something else."""
        secret = self.env["ir.attachment"].create({"name": "contract.pdf", "raw": b"x"})
        with self.assertRaises(UserError):
            self.photos.create({"line_id": self.line.id, "attachment_id": secret.id})

    def test_no_name_of_a_foreign_attachment(self):
        """PR5: a form that names somebody else's file is not told what it is called."""
        secret = self.env["ir.attachment"].create({"name": "contract.pdf", "raw": b"x"})
        with self.assertRaises(AccessError):
            self.photos.onchange({"attachment_id": secret.id}, ["attachment_id"], {"name": {}})

    def test_other_company(self):
        """SW7: photos of another company cannot be seen."""
        photo = self.photos._add(self.line, picture(), "a.jpg")
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self._new_user(
            "photo-stranger", "supplier_webservice_order.group_supplier_webservice_order_user", company
        )
        with self.assertRaises(AccessError):
            photo.with_user(stranger).with_context(allowed_company_ids=company.ids).read(["name"])


def _huge_png():
    """Return the beginning of a PNG that claims 30,000 x 30,000 pixels."""
    import struct
    import zlib

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"IDAT" + zlib.compress(b"\x00" * 1000)
    parts = [b"\x89PNG\r\n\x1a\n"]
    parts += [
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (chunk, data, b"IEND")
    ]
    return b"".join(parts)
