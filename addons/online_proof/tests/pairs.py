"""Pages before and after a small change, as they come from a layout program."""

import io
import random

import pikepdf
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SIZE = (420, 595)
WORDS = [
    "paper",
    "print",
    "proof",
    "color",
    "sheet",
    "offset",
    "ink",
    "plate",
    "press",
    "cover",
    "spine",
    "fold",
    "trim",
    "bleed",
    "order",
    "price",
    "page",
    "letter",
    "magenta",
    "cyan",
    "yellow",
    "black",
    "folder",
    "brochure",
    "card",
    "label",
    "poster",
    "banner",
    "envelope",
    "stapled",
    "bound",
    "glossy",
    "matt",
]
#: Kinds of changes; each one has to be found.
CHANGES = (
    "letter",
    "comma",
    "gray",
    "tint",
    "moved",
    "picture",
    "hairline",
    "built",
    "removed",
    "font",
    "brand",
    "rich",
)


class Layout:
    """A page that is made of a seed; ``change`` alters one thing of it.

    :param font: path of a TrueType font, which is embedded
    """

    def __init__(self, font, other_font):
        pdfmetrics.registerFont(TTFont("Text", font))
        pdfmetrics.registerFont(TTFont("Other", other_font))

    def pdf(self, seeds, change=None, shift=0.0):
        """Return a PDF with one page per seed.

        :param change: of every page, or a list with the change of each
        :param shift: points by which everything is moved
        """
        stream = io.BytesIO()
        canvas = Canvas(stream, pagesize=SIZE, invariant=True)
        for number, seed in enumerate(seeds):
            canvas.translate(shift, shift)
            self._page(canvas, random.Random(seed), change[number] if isinstance(change, list) else change)
            canvas.showPage()
        canvas.save()
        return stream.getvalue()

    def _page(self, canvas, rng, change):
        tint = rng.choice([0.3, 0.5, 0.8])
        canvas.setFillColorCMYK(0.1, tint + (0.02 if change == "tint" else 0), 0.4, 0)
        canvas.rect(40, 480, 120, 60, stroke=0, fill=1)
        canvas.drawImage(ImageReader(self._photo(rng.randrange(1000) + (change == "picture"))), 220, 440, 150, 110)
        self._built(canvas, change)
        canvas.setLineWidth(0.25)
        canvas.setStrokeColorCMYK(0, 0, 0, 1)
        for number in range(3):
            if not (change == "hairline" and number == 1):
                canvas.line(40, 90 - number * 12, 380, 90 - number * 12)
        canvas.setFillColorCMYK(0, 0, 0, 1)
        # a brand's color, and a line of small black text, of one ink or of four
        canvas.setFillColorCMYK(0, 0.8 if change == "brand" else 0.9, 0.85, 0)
        canvas.rect(100, 410, 60, 30, stroke=0, fill=1)
        canvas.setFillColorCMYK(*((0.6, 0.5, 0.5, 1) if change == "rich" else (0, 0, 0, 1)))
        canvas.setFont("Text", 5)
        canvas.drawString(240, 412, "printed by the press of the shop")
        canvas.setFillColorCMYK(0, 0, 0, 1)
        edge = 200 + (0.2 * 72 / 25.4 if change == "moved" else 0)
        canvas.rect(edge, 410, 25, 12, stroke=0, fill=1)
        self._texts(canvas, rng, change)

    def _built(self, canvas, change):
        # nearly the same gray, of one ink and of three
        canvas.setFillColorCMYK(*((0.43, 0.35, 0.35, 0.01) if change == "built" else (0, 0, 0, 0.5)))
        canvas.rect(40, 410, 50, 30, stroke=0, fill=1)

    def _texts(self, canvas, rng, change):
        lines = [" ".join(rng.choice(WORDS) for _word in range(9)) for _line in range(20)]
        chosen = rng.randrange(20)
        if change == "letter":
            lines[chosen] = lines[chosen][:9] + ("x" if lines[chosen][9] != "x" else "y") + lines[chosen][10:]
        if change == "removed":
            lines[chosen] = ""
        for number, line in enumerate(lines):
            canvas.setFont("Other" if change == "font" and number == chosen else "Text", 5)
            canvas.drawString(40, 390 - 11 * number, line)
        canvas.setFont("Text", 7)
        price = f"{rng.randrange(1, 9)}.{rng.randrange(100, 999)}"
        canvas.drawString(40, 140, "Total EUR " + (price.replace(".", ",") if change == "comma" else price))
        canvas.setFillColorCMYK(0, 0, 0, 0.18)
        canvas.drawString(40, 120, f"{60 if change == 'gray' else 30} days net")

    def rewritten(self, content):
        """Return a PDF that looks the same and is written another way: letter by letter, rectangles as paths."""
        stream = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for page in pdf.pages:
                operations = [each for old in pikepdf.parse_content_stream(page) for each in _rewrite(*old)]
                page.Contents = pdf.make_stream(b"q\n" + pikepdf.unparse_content_stream(operations) + b"\nQ")
            pdf.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return stream.getvalue()

    def _photo(self, seed):
        rng = random.Random(seed)
        photo = Image.new("RGB", (30, 22))
        photo.putdata([tuple(rng.randrange(256) for _band in range(3)) for _pixel in range(30 * 22)])
        stream = io.BytesIO()
        photo.resize((300, 220), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=90)
        return io.BytesIO(stream.getvalue())


def _rewrite(operands, operator):
    """Yield the operations that stand for one."""
    name = str(operator)
    if name == "re":
        x, y, width, height = (float(value) for value in operands)
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        for number, corner in enumerate(corners):
            yield list(corner), pikepdf.Operator("l" if number else "m")
        yield [], pikepdf.Operator("h")
    elif name == "Tj":
        letters = [pikepdf.String(bytes([letter])) for letter in bytes(operands[0])]
        yield [pikepdf.Array(letters)], pikepdf.Operator("TJ")
    else:
        yield operands, operator
