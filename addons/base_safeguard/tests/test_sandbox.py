import io
import tempfile
from pathlib import Path

from odoo.tests import BaseCase
from odoo.tools import mute_logger
from PIL import Image

from ..sandbox import JobError, Limits, run_job

CLIENT = "odoo.addons.base_safeguard.sandbox.client"
PROBE = "base_safeguard.tests.sandbox_probe"


class TestSandbox(BaseCase):
    """PR5: strangers' files are opened in a process with limits."""

    def refused(self, job, **options):
        with mute_logger(CLIENT), self.assertRaises(JobError) as caught:
            run_job(f"{PROBE}.jobs", job, **options)
        return caught.exception

    def test_answers(self):
        """PR5: a job gets its parameters and answers what JSON holds; the worker knows no Odoo."""
        self.assertEqual(
            run_job(f"{PROBE}.jobs", "echo", text="é", number=2), {"text": "é", "number": 2, "odoo": False}
        )

    def test_reasons(self):
        """PR5: what the job says arrives with its values; a crash is damaged."""
        error = self.refused("refuse")
        self.assertEqual((error.code, error.values), ("encrypted", {"page": 3}))
        self.assertEqual(self.refused("crash").code, "damaged")

    def test_limits(self):
        """PR5: time, processor time, memory and size of output are bounded."""
        self.assertEqual(self.refused("sleep", seconds=1).code, "too_heavy")
        self.assertEqual(self.refused("spin", limits=Limits(cpu=1)).code, "too_heavy")
        self.assertEqual(self.refused("eat", limits=Limits(memory=256 * 2**20)).code, "too_heavy")
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "out"
            self.refused("write", limits=Limits(output=2**20), target=str(target))
            self.assertLessEqual(target.stat().st_size, 2**20)


class TestPictures(BaseCase):
    """SW7: pictures of strangers are cleaned in the sandbox."""

    def clean(self, content, **options):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in", Path(folder) / "out.jpg"
            source.write_bytes(content)
            answer = run_job("base_safeguard.sandbox.pictures", "clean", path=source, target=target, **options)
            return answer, target.read_bytes()

    def picture(self, size=(400, 300), file_format="PNG", **options):
        stream = io.BytesIO()
        Image.new(options.pop("mode", "RGB"), size, options.pop("color", "red")).save(stream, file_format, **options)
        return stream.getvalue()

    def test_metadata_goes_and_the_photo_stands_upright(self):
        """SW7: orientation is applied, GPS and other EXIF dropped, the longest side bounded."""
        exif = Image.Exif()
        exif[0x0112] = 6
        exif[0x010E] = "secret place"
        answer, jpeg = self.clean(self.picture(file_format="JPEG", exif=exif), side=200)
        self.assertEqual(answer, {"width": 150, "height": 200})
        with Image.open(io.BytesIO(jpeg)) as image:
            self.assertEqual((image.format, image.size, len(image.getexif())), ("JPEG", (150, 200), 0))
        self.assertNotIn(b"secret place", jpeg)

    def test_transparency_is_laid_on_white(self):
        """SW7: what is transparent is white paper."""
        _answer, jpeg = self.clean(self.picture(mode="RGBA", color=(255, 0, 0, 0)))
        with Image.open(io.BytesIO(jpeg)) as image:
            self.assertTrue(all(value > 250 for value in image.getpixel((5, 5))))

    def test_what_is_no_picture(self):
        """SW7: every refusal has its code."""
        cases = {
            "empty": b"",
            "heic": b"\0\0\0\x18ftypheic" + bytes(20),
            "image": b"%PDF-1.7 no picture",
        }
        # a film in the same container, and the brand without the container
        others = [("image", b"\0\0\0\x18ftypisom" + bytes(20)), ("image", b"\0\0\0\x18xxxxheic" + bytes(20))]
        for code, content in (*cases.items(), *others):
            with mute_logger(CLIENT), self.assertRaises(JobError) as caught:
                self.clean(content)
            self.assertEqual(caught.exception.code, code)
        with mute_logger(CLIENT), self.assertRaises(JobError) as caught:
            self.clean(self.picture((10, 10)), pixels=99)
        self.assertEqual(caught.exception.code, "pixels")
        self.assertEqual(self.clean(self.picture((10, 10)), pixels=100)[0], {"width": 10, "height": 10})
